"""What a batch prediction has produced: rows, classes or numbers, and the rows to show: the first or the highest."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from automl.card import Card
from automl.predictor import Predictions
from tools.modelling.words import number, percent
from tools.words import counted, listed, plain

if TYPE_CHECKING:
    import pyarrow as pa

PREVIEW = 20


@dataclass
class Tally:
    """What a batch prediction has produced so far."""

    card: Card
    whole: bool = True
    """Whether every input column is kept."""
    top: int | None = None
    """So many rows are shown, the highest first; None shows the first ones."""
    rows: int = 0
    empty: int = 0
    """So many of them have no prediction: their pictures can't be read."""
    columns: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    preview: list[list[Any]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    total: float = 0.0
    low: float = float("inf")
    high: float = float("-inf")
    _scores: list[float] = field(default_factory=list)

    def add(self, predicted: Predictions, table: "pa.Table") -> None:
        """Count one batch's predictions, of which the table holds the rows as they are written."""
        self._show(predicted, table)
        self.rows += len(predicted.values)
        if predicted.probabilities is not None:
            self.counts.update(predicted.values.value_counts().to_dict())
            self.empty = self.rows - self.counts.total()
        elif len(predicted.values):
            self.total += float(predicted.values.sum())
            self.low = min(self.low, float(predicted.values.min()))
            self.high = max(self.high, float(predicted.values.max()))

    def _show(self, predicted: Predictions, table: "pa.Table") -> None:
        if self.top is None:
            self.preview.extend(_cells(table.slice(0, PREVIEW - len(self.preview))))
            return
        shares, positive = predicted.probabilities, self.card.problem.positive
        scores = predicted.values if shares is None else shares[positive] if positive else shares.max(axis=1)
        places = scores.reset_index(drop=True).nlargest(self.top).dropna().index.tolist()
        known = [*self._scores, *(float(scores.iloc[place]) for place in places)]
        rows = [*self.preview, *_cells(table.take(places))]
        order = sorted(range(len(known)), key=lambda place: -known[place])[: self.top]
        self._scores, self.preview = [known[place] for place in order], [rows[place] for place in order]

    def shown(self) -> str:
        """A sentence on which rows are shown; empty where they are the first ones."""
        if self.top is None or not self.preview:
            return ""
        positive = self.card.problem.positive
        what = (
            "number"
            if self.card.problem.kind == "regression"
            else f"probability of {positive}"
            if positive
            else "probability"
        )
        return f"Shown: {counted(len(self.preview), 'row')} with the highest {what}, the highest first.{self._known()}"

    def _known(self) -> str:
        """How many of those shown are known to be what is looked for, where the rows hold the answer already."""
        positive, names = self.card.problem.positive, [name.casefold() for name in self.columns]
        if not positive or self.card.target.casefold() not in names:
            return ""
        place = names.index(self.card.target.casefold())
        known = sum(str(row[place]).casefold() == positive.casefold() for row in self.preview)
        return f" In {known:,} of them {self.card.target} is {positive} already, as the data say." if known else ""

    def told(self) -> str:
        """`10,000 rows`, or `9,998 of 10,000 rows`."""
        return f"{self.rows - self.empty:,} of {self.rows:,} rows" if self.empty else f"{self.rows:,} rows"

    def words(self) -> str:
        """`0 8,312 rows (83.1 %) and 1 1,688 rows (16.9 %)`, or the mean and range of numbers."""
        if not self.rows:
            return "there was no row"
        if self.card.problem.kind == "regression":
            return f"{number(self.total / self.rows)} on average, from {number(self.low)} to {number(self.high)}"
        return listed(
            [
                f"{name} for {count:,} ({percent(count / self.counts.total())})"
                for name, count in self.counts.most_common()
            ]
        )

    def values(self) -> dict[str, Any]:
        """The same for programs."""
        if self.card.problem.kind == "regression":
            return {"mean": self.total / self.rows, "min": self.low, "max": self.high} if self.rows else {}
        return {"counts": dict(self.counts)} | ({"unpredicted": self.empty} if self.empty else {})


def _cells(table: "pa.Table") -> list[list[Any]]:
    return [[plain(cell) for cell in row.values()] for row in table.to_pylist()]

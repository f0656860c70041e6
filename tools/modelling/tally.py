"""What a batch prediction has produced: rows, classes or numbers, and the first rows to show."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from automl.card import Card
from automl.predictor import Predictions
from tools.modelling.words import number, percent
from tools.words import listed


@dataclass
class Tally:
    """What a batch prediction has produced so far."""

    card: Card
    whole: bool = True
    """Whether every input column is kept."""
    rows: int = 0
    columns: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    preview: list[list[Any]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    total: float = 0.0
    low: float = float("inf")
    high: float = float("-inf")

    def add(self, predicted: Predictions) -> None:
        """Count one batch's predictions."""
        self.rows += len(predicted.values)
        if predicted.probabilities is not None:
            self.counts.update(predicted.values.astype(str).value_counts().to_dict())
        elif len(predicted.values):
            self.total += float(predicted.values.sum())
            self.low = min(self.low, float(predicted.values.min()))
            self.high = max(self.high, float(predicted.values.max()))

    def words(self) -> str:
        """`0 8,312 rows (83.1 %) and 1 1,688 rows (16.9 %)`, or the mean and range of numbers."""
        if not self.rows:
            return "there was no row"
        if self.card.problem.kind == "regression":
            return f"{number(self.total / self.rows)} on average, from {number(self.low)} to {number(self.high)}"
        return listed(
            [f"{name} for {count:,} ({percent(count / self.rows)})" for name, count in self.counts.most_common()]
        )

    def values(self) -> dict[str, Any]:
        """The same for programs."""
        if self.card.problem.kind == "regression":
            return {"mean": self.total / self.rows, "min": self.low, "max": self.high} if self.rows else {}
        return {"counts": dict(self.counts)}

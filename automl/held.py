"""What a saved model, or another candidate of its fit, says of the rows that were kept to measure it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from automl.card import Card
from automl.frames import as_frame, labels
from automl.intervals import RESAMPLES
from automl.metrics import Scores, score
from automl.predictor import SavedModel
from automl.validation import MEASURED, load_validation

if TYPE_CHECKING:
    import pandas as pd

FILE = "holdout.parquet"
KEPT = 8
GROUPS, ROWS_OF_A_GROUP = 5, 100
"""Most groups of rows that are predicted alike, and the rows that each has at least."""
_known: dict[tuple[str, int, str], "Held"] = {}


@dataclass(frozen=True)
class Held:
    """Rows that training never saw, their true answers and a candidate's predictions, all of one index."""

    rows: "pd.DataFrame"
    """The prepared rows with all their columns, also those the model does not use."""
    actual: "pd.Series[Any]"
    predicted: "pd.Series[Any]"
    probabilities: "pd.DataFrame | None"
    own: "pd.DataFrame | None"
    """The candidate's own probabilities, before any calibration."""

    @property
    def wrong(self) -> "pd.Series[Any]":
        """1 where the class is wrong, or how far a number is off."""
        if self.probabilities is not None:
            return (self.actual != self.predicted).astype(float)
        return (self.actual - self.predicted).abs()


def held(model: SavedModel, candidate: str | None = None) -> Held:
    """The predictions of the default candidate, or of another one, on the holdout rows. Raises ModelError."""
    chosen = candidate or model.card.best
    key = (str(model.folder.resolve()), (model.folder / "card.json").stat().st_mtime_ns, chosen)
    if key not in _known:
        while len(_known) >= KEPT:
            del _known[next(iter(_known))]
        _known[key] = _predicted(model, chosen)
    return _known[key]


def _predicted(model: SavedModel, candidate: str) -> Held:
    import pandas as pd
    import pyarrow.parquet

    parquet: Any = pyarrow.parquet
    problem = model.card.problem
    rows = as_frame(parquet.read_table(model.folder / FILE))
    actual = rows[problem.target]
    if problem.kind != "regression":
        actual = labels(actual)
        rows, actual = rows[actual.isin(problem.classes)], actual[actual.isin(problem.classes)]
    filled = actual.notna()
    rows, actual = rows[filled].reset_index(drop=True), actual[filled].reset_index(drop=True)
    kept = load_validation(model.folder, problem, candidate, MEASURED)
    if kept and len(kept[0]) == len(rows) and isinstance(kept[1], pd.DataFrame):
        said = model.decided(kept[1], candidate)
    else:
        said = model.predict(rows, candidate)
    return Held(rows, actual, said.values, said.probabilities, said.own)


def joined(first: Held, more: "pd.DataFrame", actual: "pd.Series[Any]", predicted: "pd.Series[Any]") -> Held:
    """The rows that measure a model of a number and more that did not teach what predicted them, of one index."""
    import pandas as pd

    def both(one: Any, other: Any) -> Any:
        return pd.concat([one, other], ignore_index=True)

    return Held(both(first.rows, more), both(first.actual, actual), both(first.predicted, predicted), None, None)


def bands(seen: Held) -> "pd.DataFrame":
    """Between which numbers, `low` and `high`, 90 % of the rows lie that are predicted alike.

    Rows predicted alike are a fifth of all, by the prediction: errors of dear homes are larger than those of cheap ones.
    """
    import pandas as pd

    error = seen.actual - seen.predicted
    groups = max(1, min(GROUPS, len(error) // ROWS_OF_A_GROUP))
    alike = (seen.predicted.rank(method="first", pct=True) * groups).clip(upper=groups - 1e-9) // 1
    low, high = (error.groupby(alike).transform("quantile", level) for level in (0.05, 0.95))
    return pd.DataFrame({"low": seen.predicted + low, "high": seen.predicted + high})


def measure(card: Card, seen: Held, *, resamples: int = RESAMPLES, seed: int = 0) -> Scores:
    """All scores of these predictions, with intervals."""
    return score(card.problem, seen.actual, seen.predicted, seen.probabilities, resamples=resamples, seed=seed)

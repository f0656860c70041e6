"""Two models measured on the same rows: their scores, and how sure the difference is.

Both are measured on every draw of the rows (a paired bootstrap), so that what makes a row hard for both cancels out.
"""

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from automl.intervals import Interval, bootstrap, weighted_metrics
from automl.problem import Problem

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from automl.predictor import Predictions


class Paired(BaseModel):
    """Scores of two models on the same rows; a difference is the second model's score less the first one's."""

    model_config = ConfigDict(frozen=True)
    rows: int
    first: dict[str, float]
    second: dict[str, float]
    differences: dict[str, Interval]
    """The 95 % interval of each difference."""

    def sure(self, metric: str) -> bool:
        """Whether the difference is more than chance."""
        low, high = self.differences[metric]
        return low > 0 or high < 0


def pair(
    problem: Problem, actual: "pd.Series[Any]", first: "Predictions", second: "Predictions", *, seed: int = 0
) -> Paired:
    """Measure both on the rows whose true answers are `actual`; for classes these are among the problem's."""
    import numpy as np

    one, other = (
        weighted_metrics(problem, actual, predicted.values, predicted.probabilities) for predicted in (first, second)
    )

    def difference(weights: "np.ndarray[Any, np.dtype[Any]]") -> dict[str, float]:
        mine, theirs = one(weights), other(weights)
        return {name: theirs[name] - mine[name] for name in mine if name in theirs}

    every = np.ones(len(actual))
    return Paired(
        rows=len(actual),
        first=one(every),
        second=other(every),
        differences=bootstrap(difference, len(actual), seed=seed),
    )

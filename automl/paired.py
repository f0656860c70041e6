"""Models measured on the same rows: their scores, and how sure the difference is.

All are measured on every draw of the rows (a paired bootstrap), so that what makes a row hard for all cancels out.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from automl.intervals import LEVEL, Interval, bootstrap, weighted_metrics
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


class Ranked(BaseModel):
    """Scores of several models on the same rows, in the order they were given, and how far each is behind the best."""

    model_config = ConfigDict(frozen=True)
    rows: int
    metric: str
    best: int
    scores: list[dict[str, float]]
    intervals: list[dict[str, Interval]]
    behind: list[Interval | None]
    """The best one's score less each other's, or the other way round of an error: above 0 the best is better. As the best
    was picked from all, all of these hold at once with 95 % certainty (Bonferroni); None for the best itself.
    """

    def sure(self, place: int) -> bool:
        """Whether the best is better than that one by more than chance."""
        behind = self.behind[place]
        return behind is not None and behind[0] > 0


def rank(
    problem: Problem,
    actual: "pd.Series[Any]",
    said: "Sequence[Predictions]",
    metric: str,
    *,
    lower: bool,
    seed: int = 0,
) -> Ranked:
    """Measure all on the rows whose true answers are `actual`, the best by a metric; `lower` says that less is better."""
    import numpy as np

    measures = [weighted_metrics(problem, actual, one.values, one.probabilities) for one in said]
    every = np.ones(len(actual))
    scores = [one(every) for one in measures]
    sign = -1 if lower else 1
    best = max(range(len(said)), key=lambda place: sign * scores[place][metric])

    def found(weights: "np.ndarray[Any, np.dtype[Any]]") -> dict[str, float]:
        drawn = [one(weights) for one in measures]
        behind = {f"{place} behind": sign * (drawn[best][metric] - one[metric]) for place, one in enumerate(drawn)}
        return behind | {f"{place} {name}": value for place, one in enumerate(drawn) for name, value in one.items()}

    level = 1 - (1 - LEVEL) / (len(said) - 1)
    levels = {f"{place} behind": level for place in range(len(said))}
    ends = bootstrap(found, len(actual), seed=seed, levels=levels)
    return Ranked(
        rows=len(actual),
        metric=metric,
        best=best,
        scores=scores,
        intervals=[
            {name: ends[f"{place} {name}"] for name in one if f"{place} {name}" in ends}
            for place, one in enumerate(scores)
        ],
        behind=[None if place == best else ends[f"{place} behind"] for place in range(len(said))],
    )

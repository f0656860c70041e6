"""How a model's answers spread over the rows that measured it: curves of two classes, calibration, and misses of numbers.

Sources: Fawcett, An introduction to ROC analysis (2006); Brier, Verification of forecasts expressed in terms of
probability (1950); Guo and others, On Calibration of Modern Neural Networks (2017), for the expected calibration error
over bins of equal count; Wilson, Probable inference (1927), for the interval of a share.
"""

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from automl.decide import sweep

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Array = np.ndarray[Any, np.dtype[Any]]

POINTS = 200
BINS = 10
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


class Bin(BaseModel):
    """Rows of about one probability: what was said, what came true, and where that share may lie."""

    model_config = ConfigDict(frozen=True)
    said: float
    true: float
    low: float
    high: float
    rows: int


class Calibration(BaseModel):
    """Whether shares come true: mean squared error of the probabilities, and the mean gap over the bins."""

    model_config = ConfigDict(frozen=True)
    brier: float
    error: float
    bins: list[Bin]


def roc(positive: "Array", share: "Array") -> list[tuple[float, float]]:
    """(share of the others flagged, share of the positive ones found), from the strictest threshold on."""
    found = sweep(positive, share)
    others = max(len(positive) - float(positive.sum()), 1)
    points = zip(found["alarms"] / others, found["hits"] / max(float(positive.sum()), 1), strict=True)
    return _thinned([(0.0, 0.0), *points])


def precision_recall(positive: "Array", share: "Array") -> list[tuple[float, float]]:
    """(recall, precision), from the strictest threshold on."""
    found = sweep(positive, share)
    recall, precision = found["hits"] / max(float(positive.sum()), 1), found["hits"] / (found["hits"] + found["alarms"])
    return _thinned(list(zip(recall, precision, strict=True)))


def thresholds(positive: "Array", share: "Array", points: int = POINTS) -> list[dict[str, float]]:
    """What each threshold flags, finds and gets wrong, thinned to so many, and exactly that of each whole percent."""
    import numpy as np

    found = sweep(positive, share)
    rows = [dict(zip(found, row, strict=True)) for row in zip(*found.values(), strict=True)]
    flagged = np.rint(found["flagged"] * len(share))
    for percent in np.arange(101) / 100:
        if count := np.count_nonzero(share >= percent):
            rows.append({**rows[int(np.searchsorted(flagged, count))], "threshold": percent})
    kept = [*_even(rows[: len(flagged)], points), *rows[len(flagged) :]]
    ordered = sorted(kept, key=lambda row: (-row["threshold"], row["flagged"]))
    return [{name: round(float(value), 6) for name, value in row.items()} for row in ordered]


def calibration(positive: "Array", share: "Array") -> Calibration:
    """Rows in bins of equal count by their probability, what was said beside what came true."""
    import numpy as np

    order = np.argsort(share, kind="stable")
    parts = [part for part in np.array_split(order, min(BINS, max(len(order) // 5, 1))) if len(part)]
    bins = []
    for part in parts:
        true = float(positive[part].mean())
        low, high = wilson(int(positive[part].sum()), len(part))
        bins.append(
            Bin(said=round(float(share[part].mean()), 6), true=round(true, 6), low=low, high=high, rows=len(part))
        )
    gap = sum(one.rows * abs(one.said - one.true) for one in bins) / len(order)
    return Calibration(brier=round(float(((share - positive) ** 2).mean()), 6), error=round(gap, 6), bins=bins)


def wilson(hits: int, rows: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share."""
    if not rows:
        return (0.0, 1.0)
    share, weight = hits / rows, z * z / rows
    middle, half = share + weight / 2, z * (share * (1 - share) / rows + weight / (4 * rows)) ** 0.5
    return (round(max((middle - half) / (1 + weight), 0.0), 6), round(min((middle + half) / (1 + weight), 1.0), 6))


def misses(actual: "pd.Series[Any]", predicted: "pd.Series[Any]") -> dict[str, float]:
    """Quantiles of how far a number is off (predicted less actual), and of the size of that."""
    error = predicted - actual
    out = {f"error_q{round(100 * q)}": float(error.quantile(q)) for q in QUANTILES}
    return {name: round(value, 6) for name, value in out.items()} | {
        f"off_q{round(100 * q)}": round(float(error.abs().quantile(q)), 6) for q in (0.5, 0.9, 0.95)
    }


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(round(float(x), 6), round(float(y), 6)) for x, y in _even(points, POINTS)]


def _even(points: list[Any], count: int) -> list[Any]:
    """So many of the points at most, evenly spaced, the first and the last among them."""
    if len(points) <= count:
        return points
    step = (len(points) - 1) / (count - 1)
    return [points[round(place * step)] for place in range(count)]

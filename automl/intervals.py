"""How sure a score is: percentile bootstrap intervals over the rows that measured it.

Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13. Rows are drawn with replacement as
often as there are rows; every draw is kept as the number of times each row came, and all metrics are sums over rows
weighted by it. The interval runs from the 2.5th to the 97.5th percentile. A share of all or of none is the same in
every draw: how sure it is tells Wilson (Probable inference, 1927) from the number of rows it was counted on.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from automl.curves import wilson
from automl.problem import Problem

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Array = np.ndarray[Any, np.dtype[Any]]

RESAMPLES = 500
MANY_ROWS, FEWER = 100_000, 100
"""Above so many rows fewer draws do: the intervals are narrow."""
LEVEL = 0.95
USUAL: Mapping[str, float] = {}

Interval = tuple[float, float]
Metrics = Callable[["Array"], dict[str, float]]


def intervals(
    problem: Problem,
    actual: "pd.Series[Any]",
    predicted: "pd.Series[Any]",
    probabilities: "pd.DataFrame | None",
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> dict[str, Interval]:
    """The interval of every metric by name, over rows drawn anew `resamples` times."""
    metrics = weighted_metrics(problem, actual, predicted, probabilities)
    found = bootstrap(metrics, len(actual), resamples=resamples, seed=seed)
    counted = {} if problem.kind == "regression" else _counted_on(problem, actual, predicted)
    return {
        name: wilson(round(ends[0] * counted[name]), counted[name])
        if name in counted and ends in ((0.0, 0.0), (1.0, 1.0))
        else ends
        for name, ends in found.items()
    }


def _counted_on(problem: Problem, actual: "pd.Series[Any]", predicted: "pd.Series[Any]") -> dict[str, int]:
    """How many rows a share is of; for what weighs classes alike, those of the smallest class."""
    rarest = int(actual.value_counts().min())
    found = {"accuracy": len(actual), "balanced_accuracy": rarest, "macro_f1": rarest}
    if problem.kind != "binary":
        return found
    yes, said = int((actual == problem.positive).sum()), int((predicted == problem.positive).sum())
    return found | {"recall": yes, "precision": said, "f1": yes, "auc": rarest}


def bootstrap(
    metrics: Metrics, rows: int, *, resamples: int = RESAMPLES, seed: int = 0, levels: Mapping[str, float] = USUAL
) -> dict[str, Interval]:
    """The interval of each number that a function of the rows' weights gives; draws it can't measure are passed.

    `levels` names numbers whose interval shall hold with another certainty.
    """
    import numpy as np

    drawn: dict[str, list[float]] = {}
    for weights in draws(rows, resamples if rows <= MANY_ROWS else min(resamples, FEWER), seed):
        for name, value in metrics(weights).items():
            if np.isfinite(value):
                drawn.setdefault(name, []).append(value)
    tails = {name: 50 * (1 - levels.get(name, LEVEL)) for name in drawn}
    return {
        name: (rounded(np.percentile(values, tails[name])), rounded(np.percentile(values, 100 - tails[name])))
        for name, values in drawn.items()
    }


def rounded(value: float) -> float:
    """Six decimals, or as many digits of a number that they would leave little of."""
    return round(float(value), 6) if abs(value) >= 0.001 else float(f"{value:.6g}")


def draws(rows: int, resamples: int, seed: int) -> "Iterator[Array]":
    """How often each of the rows came in each draw with replacement."""
    import numpy as np

    random = np.random.default_rng(seed)
    for _ in range(resamples):
        yield np.bincount(random.integers(0, rows, rows), minlength=rows)


def weighted_metrics(
    problem: Problem, actual: "pd.Series[Any]", predicted: "pd.Series[Any]", probabilities: "pd.DataFrame | None"
) -> Metrics:
    """All metrics of `automl.metrics.score` as a function of how often each row counts."""
    import numpy as np

    if problem.kind == "regression":
        return _number_metrics(np.asarray(actual, float), np.asarray(predicted, float))
    assert probabilities is not None
    return _class_metrics(problem, actual, predicted, probabilities)


def _number_metrics(actual: "Array", predicted: "Array") -> Metrics:
    import numpy as np

    error = predicted - actual
    parts = np.vstack([np.abs(error), error**2, actual, actual**2])
    relative = np.abs(error / actual) if bool((actual != 0).all()) else None

    def metrics(weights: "Array") -> dict[str, float]:
        mae, mse, mean, square = parts @ weights / weights.sum()
        spread = square - mean**2
        out = {"rmse": mse**0.5, "mae": mae, "r2": 1 - mse / spread if spread > 0 else np.nan, "mse": mse}
        return out if relative is None else out | {"mape": relative @ weights / weights.sum()}

    return metrics


def _class_metrics(
    problem: Problem, actual: "pd.Series[Any]", predicted: "pd.Series[Any]", probabilities: "pd.DataFrame"
) -> Metrics:
    import numpy as np

    known = sorted(problem.classes)
    count = len(known)
    places = {name: place for place, name in enumerate(known)}
    truth = actual.map(places).to_numpy(int)
    cells = truth * count + predicted.map(places).to_numpy(int)
    table = probabilities.reindex(columns=known, fill_value=0.0).to_numpy(float).clip(1e-15, 1)
    surprise = -np.log(table[np.arange(len(truth)), truth] / table.sum(axis=1))
    yes = places[problem.positive] if problem.kind == "binary" and problem.positive else None
    area = None if yes is None else _area(truth == yes, table[:, yes])

    def metrics(weights: "Array") -> dict[str, float]:
        confusion = np.bincount(cells, weights, minlength=count * count).reshape(count, count)
        out = _of_confusion(confusion, yes) | {"log_loss": float(surprise @ weights / weights.sum())}
        return out if area is None else out | {"auc": area(weights)}

    return metrics


def _of_confusion(confusion: "Array", yes: int | None) -> dict[str, float]:
    import numpy as np

    right, actual, said = confusion.diagonal(), confusion.sum(axis=1), confusion.sum(axis=0)
    recalls = right / np.maximum(actual, 1)
    both = actual + said
    f1 = np.where(both > 0, 2 * right / np.maximum(both, 1), 0.0)
    out = {
        "accuracy": float(right.sum() / confusion.sum()),
        "balanced_accuracy": float(recalls[actual > 0].mean()),
        "macro_f1": float(f1.mean()),
    }
    if yes is None:
        return out
    precision = float(right[yes] / said[yes]) if said[yes] else 0.0
    return out | {"f1": float(f1[yes]), "precision": precision, "recall": float(recalls[yes])}


def _area(positive: "Array", scores: "Array") -> Callable[["Array"], float]:
    """The area under the ROC curve as a function of the rows' weights; rows of one score count half."""
    import numpy as np

    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(scores[order]) > 0])
    yes, no = positive[order], ~positive[order]

    def area(weights: "Array") -> float:
        ordered = weights[order]
        ups, downs = np.add.reduceat(ordered * yes, starts), np.add.reduceat(ordered * no, starts)
        total = float(ups.sum() * downs.sum())
        return float((ups * (np.cumsum(downs) - downs / 2)).sum() / total) if total else np.nan

    return area

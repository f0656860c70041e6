"""Scores on rows that training never saw, and the same scores of the simplest guess."""

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from automl.intervals import Interval, intervals, rounded
from automl.problem import Problem

if TYPE_CHECKING:
    import pandas as pd


class Scores(BaseModel):
    """Metrics by name, and for classes the confusion matrix: actual (rows) by predicted (columns)."""

    model_config = ConfigDict(frozen=True)
    metrics: dict[str, float]
    classes: list[str] = []
    confusion: list[list[int]] = []
    intervals: dict[str, Interval] = {}
    """Where each metric lies with 95 % certainty; empty where nobody asked."""


def score(
    problem: Problem,
    actual: "pd.Series[Any]",
    predicted: "pd.Series[Any]",
    probabilities: "pd.DataFrame | None",
    *,
    resamples: int = 0,
    seed: int = 0,
) -> Scores:
    """All metrics of a problem, with intervals from so many resamples.

    `probabilities` has one column per class; for a number it is None.
    """
    sure = {}
    if resamples:
        sure = intervals(problem, actual, predicted, probabilities, resamples=resamples, seed=seed)
    if problem.kind == "regression":
        return Scores(metrics=_rounded(_number_metrics(actual, predicted)), intervals=sure)
    from sklearn.metrics import confusion_matrix

    assert probabilities is not None
    metrics = _class_metrics(problem, actual, predicted, probabilities)
    matrix = confusion_matrix(actual, predicted, labels=problem.classes)
    return Scores(metrics=_rounded(metrics), classes=problem.classes, confusion=matrix.tolist(), intervals=sure)


def naive_scores(problem: Problem, trained: "pd.Series[Any]", actual: "pd.Series[Any]") -> Scores:
    """What always guessing the commonest class, or the mean, would score."""
    import pandas as pd

    if problem.kind == "regression":
        return score(problem, actual, pd.Series(float(trained.mean()), index=actual.index), None)
    shares = trained.value_counts(normalize=True).reindex(problem.classes, fill_value=0.0)
    probabilities = pd.DataFrame({name: shares[name] for name in problem.classes}, index=actual.index)
    return score(problem, actual, pd.Series(shares.idxmax(), index=actual.index), probabilities)


def _number_metrics(actual: "pd.Series[Any]", predicted: "pd.Series[Any]") -> dict[str, float]:
    from sklearn.metrics import mean_absolute_error, mean_absolute_percentage_error, mean_squared_error, r2_score

    squared = mean_squared_error(actual, predicted)
    metrics = {
        "rmse": squared**0.5,
        "mae": mean_absolute_error(actual, predicted),
        "r2": r2_score(actual, predicted),
        "mse": squared,
    }
    if bool((actual != 0).all()):
        metrics["mape"] = mean_absolute_percentage_error(actual, predicted)
    return metrics


def _class_metrics(
    problem: Problem, actual: "pd.Series[Any]", predicted: "pd.Series[Any]", probabilities: "pd.DataFrame"
) -> dict[str, float]:
    from sklearn.metrics import accuracy_score, f1_score, log_loss, precision_score, recall_score, roc_auc_score

    known = sorted(problem.classes)
    table = probabilities.reindex(columns=known, fill_value=0.0).clip(1e-15, 1)
    recalls = recall_score(actual, predicted, labels=known, average=None, zero_division=0)
    present = [index for index, name in enumerate(known) if (actual == name).any()]
    metrics = {
        "accuracy": accuracy_score(actual, predicted),
        "balanced_accuracy": float(sum(recalls[index] for index in present) / len(present)),
        "macro_f1": f1_score(actual, predicted, labels=known, average="macro", zero_division=0),
        "log_loss": log_loss(actual, table.div(table.sum(axis=1), axis=0).to_numpy(), labels=known),
    }
    if problem.kind == "binary":
        yes = {"pos_label": problem.positive, "zero_division": 0}
        metrics["f1"] = f1_score(actual, predicted, **yes)
        metrics["precision"] = precision_score(actual, predicted, **yes)
        metrics["recall"] = recall_score(actual, predicted, **yes)
        if len(present) == 2:
            metrics["auc"] = roc_auc_score(actual == problem.positive, table[problem.positive])
    return metrics


def _rounded(metrics: dict[str, float]) -> dict[str, float]:
    """Metrics as they are kept; a share of the differences has no unit, so its noise behind the sixth decimal goes."""
    return {name: round(value, 6) + 0.0 if name == "r2" else rounded(value) for name, value in metrics.items()}

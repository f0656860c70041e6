"""What a person may set of a build. Everything has a default; what was set travels in the model's card."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from automl.problem import Kind, ProblemError

Build = Literal["auto", "preview", "quick", "standard", "thorough"]
Metric = Literal[
    "auto",
    "accuracy",
    "auc",
    "balanced_accuracy",
    "f1",
    "log_loss",
    "precision",
    "recall",
    "mae",
    "mape",
    "mse",
    "r2",
    "rmse",
]
Algorithm = Literal[
    "lightgbm",
    "catboost",
    "xgboost",
    "linear",
    "random_forest",
    "extra_trees",
    "nearest_neighbours",
    "neural_network",
]
SplitBy = Literal["auto", "random", "stratified", "time", "group"]

CLASS_METRICS = {
    "accuracy": ("accuracy", "accuracy"),
    "auc": ("roc_auc", "roc_auc_ovr_weighted"),
    "balanced_accuracy": ("balanced_accuracy", "balanced_accuracy"),
    "f1": ("f1", "f1_macro"),
    "log_loss": ("log_loss", "log_loss"),
    "precision": ("precision", "precision_macro"),
    "recall": ("recall", "recall_macro"),
}
"""AutoGluon's name for two classes, and for more."""
NUMBER_METRICS = {
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "mse": "mean_squared_error",
    "r2": "r2",
    "rmse": "root_mean_squared_error",
}
DEFAULT_METRIC: dict[Kind, Metric] = {"binary": "auc", "multiclass": "log_loss", "regression": "rmse"}


class Settings(BaseModel):
    """How a model shall be built."""

    model_config = ConfigDict(frozen=True)
    build: Build = "auto"
    metric: Metric = "auto"
    """What the build makes as good as it can."""
    algorithms: tuple[Algorithm, ...] = ()
    """The families that are tried; empty for the build's own."""
    folds: int | None = None
    """How many parts of the training rows take turns in choosing; 0 for one part only."""
    split: SplitBy = "auto"
    split_column: str | None = None
    """The dates of a split by time, the key of a split by group."""
    holdout: float = 0.2
    """The share of rows that measure and never teach."""
    seconds: float | None = None
    """The time the fit may take."""
    memory_gb: float | None = None
    """The memory the fit may hold."""
    seed: int = 0
    balance: bool = False
    """Whether every class weighs alike, however rare."""


def metric_name(metric: Metric, kind: Kind) -> str:
    """AutoGluon's name of a metric. Raises ProblemError where it does not measure this kind of problem."""
    wanted = DEFAULT_METRIC[kind] if metric == "auto" else metric
    if kind == "regression" and wanted in NUMBER_METRICS:
        return NUMBER_METRICS[wanted]
    if kind != "regression" and wanted in CLASS_METRICS:
        return CLASS_METRICS[wanted][kind == "multiclass"]
    known: dict[str, Any] = NUMBER_METRICS if kind == "regression" else CLASS_METRICS
    what = "a number" if kind == "regression" else "classes"
    raise ProblemError(f"'{metric}' does not measure the prediction of {what}. Choose one of: {', '.join(known)}.")

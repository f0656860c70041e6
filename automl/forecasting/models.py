"""The models of a forecast: which a build compares, what each is given, what it costs, how a person calls it."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from automl.builds import Estimate
from automl.forecasting.spec import SeriesSpec

NAIVE = "SeasonalNaive"
MOST_LOCAL_SEASON = 366
FULL, SECOND = "_FULL", "_2"
"""AutoGluon's marks of a model refitted on everything, and of the second one of a kind."""
BESIDE = "+columns"
"""Marks a model of one series that gets a linear model of the known columns beside it."""
ForecastBuild = Literal["quick", "standard", "thorough"]


class ForecastPlan(BaseModel):
    """What one build of a forecast asks of AutoGluon."""

    model_config = ConfigDict(frozen=True)
    name: ForecastBuild
    seconds: float
    """The time limit AutoGluon is given for each of two fits."""
    deadline: float
    """When the child process is killed."""
    models: tuple[str, ...]
    windows: int
    """Windows of a back-test, fewer where the series are short."""


_MODELS: dict[ForecastBuild, tuple[str, ...]] = {
    "quick": (NAIVE, "AutoETS", "DynamicOptimizedTheta"),
    "standard": (NAIVE, "AutoETS", "DynamicOptimizedTheta", "RecursiveTabular", "DirectTabular"),
    "thorough": (
        NAIVE, "AutoETS", "DynamicOptimizedTheta", "RecursiveTabular", "DirectTabular", "AutoARIMA", "Croston", "TiDE", "DeepAR",
    ),
}  # fmt: skip
_SECONDS: dict[ForecastBuild, float] = {"quick": 60, "standard": 150, "thorough": 450}
_WINDOWS: dict[ForecastBuild, int] = {"quick": 2, "standard": 3, "thorough": 5}
_LOCAL = (NAIVE, "AutoETS", "DynamicOptimizedTheta", "AutoARIMA", "Croston")


def plan_forecast(
    build: ForecastBuild, *, known: bool, observations: int, seconds: float | None = None
) -> ForecastPlan:
    """The settings of a build; columns that are known ahead need a model that reads them, whatever the build."""
    models = _MODELS[build]
    if known and "RecursiveTabular" not in models:
        models = (*models, "RecursiveTabular")
    limit = seconds or _SECONDS[build]
    return ForecastPlan(
        name=build,
        seconds=limit,
        deadline=90 + 4 * limit + observations / 5_000,
        models=models,
        windows=_WINDOWS[build],
    )


def estimate_forecast(rows: int, build: str) -> Estimate:
    """What a build will about cost on two cores; a thorough one learns until its time is up."""
    memory = round(700 + rows / 1_000)
    if build == "thorough":
        return Estimate(round(60 + 2 * _SECONDS["thorough"]), memory + 500)
    start, each = (12, 0.0012) if build == "quick" else (20, 0.0016)
    return Estimate(round(start + rows * each), memory)


def compared(plan: ForecastPlan, series: SeriesSpec) -> list[str]:
    """The models that are compared: those of the build, and one that reads the known columns where there are any."""
    return [*plan.models, *([f"AutoETS{BESIDE}"] if series.ahead else [])]


def families(weights: dict[str, float], plan: ForecastPlan, series: SeriesSpec) -> list[str]:
    """The models of the plan that the winner is made of; AutoGluon numbers a second one of a kind."""
    beside = [f"{name}{BESIDE}" for name in plan.models if series.ahead and f"{name}{SECOND}" in weights]
    return [name for name in plan.models if name in weights] + beside


def hyperparameters(names: list[str], season: int) -> dict[str, list[dict[str, Any]]]:
    """The settings of each kind of model, one for each of its kind."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for name in names:
        kinds.setdefault(name.removesuffix(BESIDE), []).append(_settings(name, season))
    return kinds


def _settings(name: str, season: int) -> dict[str, Any]:
    """Local models get the season and stay in this process; `BESIDE` reads known columns with a linear model."""
    kind = name.removesuffix(BESIDE)
    if kind not in _LOCAL:
        return {}
    own: dict[str, Any] = {"n_jobs": 1}
    if kind != "Croston":
        own["seasonal_period"] = season if kind == NAIVE or season <= MOST_LOCAL_SEASON else 1
    if name != kind:
        own |= {"covariate_regressor": {"model_name": "LR"}, "target_scaler": "standard"}
    return own

"""Fit a forecast and measure it on back-test windows beside the seasonal naive. Runs in the worker's child process.

Two fits: one on everything before the windows, which is measured on them, and one on everything, which is kept. What
the second may use was chosen by the first, on a window before the ones that measure.
"""

import time
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from automl.builds import Progress
from automl.forecasting.models import (
    FULL,
    NAIVE,
    ForecastBuild,
    compared,
    families,
    hyperparameters,
    plan_forecast,
)
from automl.forecasting.predictor import ForecastSpec, Said, as_series, fitted, quiet
from automl.forecasting.scores import Part, by, errors, metrics_of
from automl.forecasting.series import ITEM, TIME, Step, farthest, least_points
from automl.forecasting.spec import SeriesSpec, prepared, read
from automl.metrics import Scores
from automl.problem import ProblemError
from automl.tabular import Candidate
from automl.versions import forecast_versions

if TYPE_CHECKING:
    import pandas as pd

MOST_ITEMS = 2_000
"""So many items have their own scores on the card."""


class BackTest(BaseModel):
    """What a forecast was fitted on, and how it did on windows that it had not seen."""

    model_config = ConfigDict(frozen=True)
    observations: int
    measured: int
    filled: int
    start: str
    end: str
    season: int
    naive_won: bool
    weights: dict[str, float]
    """What the winner is mixed of."""
    windows: list[Part]
    steps: list[Part]
    short: list[str] = []
    """Series too short for the back-test; they are forecast all the same."""


class ForecastResult(BackTest):
    """What the child process found."""

    scores: Scores
    baseline: Scores
    items: list[Part]
    leaderboard: list[Candidate]
    best: str
    series: int
    seconds: float
    versions: dict[str, str]


class ForecastFacts(BackTest):
    """What a forecast's card tells besides what every card does."""

    series: SeriesSpec
    time: str
    items: list[str]
    """The columns that tell the series apart."""
    only: list[str] = []
    """What the series were chosen by, where it is of some of them alone."""
    combine: Literal["sum", "mean", "last"]
    """What a step takes of several values that fall into it."""
    learned: dict[str, Any] = {}
    """How dates kept as text are written."""
    count: int
    parts: list[Part] = []
    """Scores of each series."""
    reasons: list[str] = []
    notes: list[str] = []


def fit(spec: ForecastSpec, report: Progress) -> ForecastResult:
    """Measure on back-test windows, then fit on everything and keep that. Raises ProblemError for too short series."""
    started = time.monotonic()
    report(0.02, "Making the series even")
    frame, filled = prepared(read(spec.rows), spec.series)
    lengths = frame.groupby(ITEM).size()
    windows = _windows(lengths, spec)
    season = _season(lengths, spec.series.step)
    report(0.05, "Loading the forecasting library")
    quiet()
    enough = lengths.index[lengths >= least(spec.series.horizon, windows)]
    tested = frame[frame[ITEM].isin(enough)]
    found = _measured(spec, tested, windows, season, report)
    kept = [NAIVE] if found.naive_won else found.members
    report(0.6, "Learning from all observations")
    fitted(spec, frame, kept, season, spec.folder, Said(report, 0.6, 0.95, len(kept)))
    frame.to_parquet(spec.history)
    naive, best = metrics_of(found.naive), metrics_of(found.best)
    return ForecastResult(
        scores=Scores(metrics=best),
        baseline=Scores(metrics=naive),
        windows=by(found.best, found.naive, "window"),
        steps=by(found.best, found.naive, "step"),
        items=by(found.best, found.naive, "item")[:MOST_ITEMS] if frame[ITEM].nunique() > 1 else [],
        leaderboard=found.leaderboard,
        best=found.name,
        naive_won=found.naive_won,
        series=len(lengths),
        short=[str(name) for name in lengths.index[~lengths.index.isin(enough)]],
        observations=len(frame),
        measured=len(found.best),
        filled=filled,
        start=str(frame[TIME].min()),
        end=str(frame[TIME].max()),
        season=season,
        weights=found.weights,
        seconds=round(time.monotonic() - started, 1),
        versions=forecast_versions(),
    )


def least(horizon: int, windows: int) -> int:
    """Observations a series must have to be tested on so many windows."""
    return least_points(horizon) + (windows - 1) * horizon


def _windows(lengths: Any, spec: ForecastSpec) -> int:
    """How many windows of a back-test half the series can have, at least one where any can."""
    horizon, longest = spec.series.horizon, int(lengths.max())
    if longest < least_points(horizon):
        raise ProblemError(too_short(longest, spec.series.step, horizon))
    usual = max(int(lengths[lengths >= least_points(horizon)].median()), least_points(horizon))
    return min(spec.plan.windows, 1 + (usual - least_points(horizon)) // horizon)


def too_short(longest: int, step: Step, horizon: int) -> str:
    """What to say, and do, where no series is long enough."""
    possible = farthest(longest)
    advice = f"forecast at most {step.counted(possible)} ahead" if possible else "add earlier rows"
    return (
        f"To forecast {step.counted(horizon)} ahead at least {least_points(horizon)} observations are needed, but the"
        f" longest series has {longest}: {advice}, or choose a shorter step."
    )


def _season(lengths: Any, step: Step) -> int:
    """The step's season where half the series saw it twice, else none."""
    return step.season if lengths.median() >= 2 * step.season else 1


class _Found(BaseModel):
    """What the measurement found: the errors of the winner and of the seasonal naive, row by row."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    name: str
    best: Any
    naive: Any
    naive_won: bool
    members: list[str]
    weights: dict[str, float]
    leaderboard: list[Candidate]


def _measured(spec: ForecastSpec, frame: "pd.DataFrame", windows: int, season: int, report: Progress) -> _Found:
    series, horizon = spec.series, spec.series.horizon
    before = frame[frame.groupby(ITEM).cumcount(ascending=False) >= windows * horizon]
    folder = spec.folder.with_name("measured")
    wanted = compared(spec.plan, series)
    said = Said(report, 0.06, 0.4, len(wanted))
    predictor = fitted(spec, before, wanted, season, folder, said, compares=True)
    report(
        0.42,
        f"Testing on {windows} windows of {series.step.words(horizon)}"
        if windows > 1
        else f"Testing on the last {series.step.words(horizon)}",
    )
    names = _latest(predictor.model_names())
    forecasts = predictor.backtest_predictions(
        as_series(frame, series), model=list(names.values()), num_val_windows=windows
    )
    tables = {name: errors(frame, forecasts[full], series, season) for name, full in names.items()}
    totals = {name: _total(metrics_of(table), series.metric) for name, table in tables.items()}
    fit_times = predictor.leaderboard(silent=True).set_index("model")["fit_time_marginal"]
    board = [
        Candidate(model=name, score=-total, seconds=round(float(fit_times.get(name, 0.0)), 2))
        for name, total in sorted(totals.items(), key=lambda pair: pair[1])
    ]
    chosen = str(predictor.model_best).removesuffix(FULL)
    naive_won = not totals[chosen] < totals[NAIVE]
    name = NAIVE if naive_won else chosen
    weights = _weights(predictor, name, names[name])
    return _Found(
        name=name, best=tables[name], naive=tables[NAIVE], naive_won=naive_won, members=families(weights, spec.plan, series),
        weights=weights, leaderboard=board,
    )  # fmt: skip


def settings_of(build: ForecastBuild, found: "ForecastFacts") -> tuple[dict[str, Any], dict[str, Any], int]:
    """What AutoGluon was given, for whoever trains it again: the compared models, those kept, the seconds of a fit."""
    plan = plan_forecast(build, known=bool(found.series.ahead), observations=found.observations)
    kept = [NAIVE] if found.naive_won else families(found.weights, plan, found.series)
    tried = hyperparameters(compared(plan, found.series), found.season)
    return tried, hyperparameters(kept, found.season), round(plan.seconds)


def _latest(names: list[str]) -> dict[str, str]:
    """Each model by its plain name, with the name of its refitted twin where it has one."""
    return {name: f"{name}{FULL}" if f"{name}{FULL}" in names else name for name in names if not name.endswith(FULL)}


def _total(metrics: dict[str, float], metric: str) -> float:
    """The metric that was asked for, or the plain error where that can't be told, such as a share of nothing."""
    return metrics.get(metric.lower(), metrics["mae"])


def _weights(predictor: Any, name: str, full: str) -> dict[str, float]:
    """What a mix is mixed of; a model alone is all of itself."""
    if not name.startswith("WeightedEnsemble"):
        return {name: 1.0}
    found = predictor.info()["model_info"][full]["model_weights"]
    return {str(one).removesuffix(FULL): round(float(share), 3) for one, share in found.items() if share > 0}

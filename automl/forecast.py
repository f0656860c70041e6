"""Fit a forecast and measure it on back-test windows beside the seasonal naive. Runs in the worker's child process.

Two fits: one on everything before the windows, which is measured on them, and one on everything, which is kept. What
the second may use was chosen by the first, on a window before the ones that measure.
"""

import logging
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from automl.builds import Estimate, Progress
from automl.forecast_scores import Part, by, errors, metrics_of
from automl.metrics import Scores
from automl.problem import ProblemError
from automl.series import (
    HOLIDAY,
    ITEM,
    TARGET,
    TIME,
    Gaps,
    Metric,
    Step,
    completed,
    even,
    following,
    holiday_flags,
    least_points,
)
from automl.tabular import Candidate

if TYPE_CHECKING:
    import pandas as pd

NAIVE = "SeasonalNaive"
MOST_ITEMS = 2_000
"""So many items have their own scores on the card."""
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


class SeriesSpec(BaseModel):
    """What a forecast model reads: the columns of a frame of series, and what to do with them."""

    model_config = ConfigDict(frozen=True)
    step: Step
    horizon: int
    quantiles: list[float]
    metric: Metric
    gaps: Gaps
    known: list[str] = []
    """Columns whose future values will be given."""
    statics: list[str] = []
    """Columns that never change within a series."""
    holidays: str = ""
    """The country whose public holidays the model is told of."""

    @property
    def ahead(self) -> list[str]:
        """Everything that is known ahead, holidays included."""
        return [*self.known, *([HOLIDAY] if self.holidays else [])]

    @property
    def point(self) -> str:
        """The column of AutoGluon's forecast that is the one number: the mean misses least in squares, the median else."""
        return "mean" if self.metric == "RMSE" else "0.5"


class ForecastSpec(BaseModel):
    """Everything the child process needs, in one JSON file."""

    model_config = ConfigDict(frozen=True)
    series: SeriesSpec
    rows: Path
    folder: Path
    """Where the predictor is written; must not exist."""
    history: Path
    """Where the series are written as the model reads them: even, without gaps."""
    plan: ForecastPlan
    seed: int = 0


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
    combine: Literal["sum", "mean", "last"]
    """What a step takes of several values that fall into it."""
    learned: dict[str, Any] = {}
    """How dates kept as text are written."""
    count: int
    parts: list[Part] = []
    """Scores of each series."""
    reasons: list[str] = []
    notes: list[str] = []


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


def fit(spec: ForecastSpec, report: Progress) -> ForecastResult:
    """Measure on back-test windows, then fit on everything and keep that. Raises ProblemError for too short series."""
    started = time.monotonic()
    report(0.02, "Making the series even")
    frame, filled = prepared(read(spec.rows), spec.series)
    lengths = frame.groupby(ITEM).size()
    windows = _windows(lengths, spec)
    season = _season(lengths, spec.series.step)
    report(0.05, "Loading the forecasting library")
    _quiet()
    enough = lengths.index[lengths >= least(spec.series.horizon, windows)]
    tested = frame[frame[ITEM].isin(enough)]
    found = _measured(spec, tested, windows, season, report)
    kept = [NAIVE] if found.naive_won else found.members
    report(0.6, "Learning from all observations")
    _fitted(spec, frame, kept, season, spec.folder, _Said(report, 0.6, 0.95, len(kept)))
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


def read(path: Path) -> "pd.DataFrame":
    """The rows of a Parquet file of series, always in the same types."""
    import pyarrow.parquet

    from automl.frames import as_frame

    parquet: Any = pyarrow.parquet
    frame = as_frame(parquet.read_table(path))
    return frame.assign(**{ITEM: frame[ITEM].astype(str)}) if ITEM in frame else frame


def prepared(frame: "pd.DataFrame", spec: SeriesSpec) -> tuple["pd.DataFrame", int]:
    """Even series without gaps, with the holidays, and how many gaps were filled."""
    whole, filled = even(frame, spec.step, spec.gaps, spec.known)
    if whole.empty:
        raise ProblemError("No series has a value to learn from. Look at the column to forecast.")
    return _with_holidays(whole, spec), filled


def _with_holidays(frame: "pd.DataFrame", spec: SeriesSpec) -> "pd.DataFrame":
    return frame.assign(**{HOLIDAY: holiday_flags(frame[TIME], spec.step, spec.holidays)}) if spec.holidays else frame


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
    possible = max((longest - 1) // 3, 0)
    advice = f"forecast at most {step.words(possible)} ahead" if possible else "add earlier rows"
    return (
        f"To forecast {step.words(horizon)} ahead at least {least_points(horizon)} observations are needed, but the"
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
    wanted = _compared(spec.plan, series)
    said = _Said(report, 0.06, 0.4, len(wanted))
    predictor = _fitted(spec, before, wanted, season, folder, said)
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
        name=name, best=tables[name], naive=tables[NAIVE], naive_won=naive_won, members=_families(weights, spec.plan, series),
        weights=weights, leaderboard=board,
    )  # fmt: skip


def _compared(plan: ForecastPlan, series: SeriesSpec) -> list[str]:
    """The models that are compared: those of the build, and one that reads the known columns where there are any."""
    return [*plan.models, *([f"AutoETS{BESIDE}"] if series.ahead else [])]


def settings_of(build: ForecastBuild, found: "ForecastFacts") -> tuple[dict[str, Any], dict[str, Any], int]:
    """What AutoGluon was given, for whoever trains it again: the compared models, those kept, the seconds of a fit."""
    plan = plan_forecast(build, known=bool(found.series.ahead), observations=found.observations)
    kept = [NAIVE] if found.naive_won else _families(found.weights, plan, found.series)
    compared = _hyperparameters(_compared(plan, found.series), found.season)
    return compared, _hyperparameters(kept, found.season), round(plan.seconds)


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


def _families(weights: dict[str, float], plan: ForecastPlan, series: SeriesSpec) -> list[str]:
    """The models of the plan that the winner is made of; AutoGluon numbers a second one of a kind."""
    beside = [f"{name}{BESIDE}" for name in plan.models if series.ahead and f"{name}{SECOND}" in weights]
    return [name for name in plan.models if name in weights] + beside


def _fitted(
    spec: ForecastSpec, frame: "pd.DataFrame", names: list[str], season: int, folder: Path, said: "_Said"
) -> Any:
    """One predictor, fitted on a frame of even series."""
    from autogluon.timeseries import TimeSeriesPredictor

    series = spec.series
    alone = len(names) == 1
    predictor = TimeSeriesPredictor(
        target=TARGET,
        known_covariates_names=series.ahead,
        prediction_length=series.horizon,
        freq=series.step.frequency,
        eval_metric=series.metric,
        eval_metric_seasonal_period=season,
        quantile_levels=sorted({0.5, *series.quantiles}),
        path=str(folder),
        verbosity=2,
        log_to_file=False,
    )
    said.listen()
    predictor.fit(
        as_series(frame, series),
        hyperparameters=_hyperparameters(names, season),
        time_limit=round(spec.plan.seconds),
        enable_ensemble=not alone,
        skip_model_selection=alone,
        refit_full=not alone,
        random_seed=spec.seed,
    )
    return predictor


def _hyperparameters(names: list[str], season: int) -> dict[str, list[dict[str, Any]]]:
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


def as_series(frame: "pd.DataFrame", series: SeriesSpec) -> Any:
    """A frame of even series as AutoGluon reads them."""
    from autogluon.timeseries import TimeSeriesDataFrame

    columns = [ITEM, TIME, *([TARGET] if TARGET in frame else []), *series.ahead]
    rows = frame[columns].copy()
    for name in series.known:
        if rows[name].dtype == object:
            rows[name] = rows[name].astype("category")
    statics = None
    if series.statics and TARGET in frame:
        statics = frame.groupby(ITEM)[series.statics].first().reset_index()
        for name in series.statics:
            if statics[name].dtype == object:
                statics[name] = statics[name].astype("category")
    return TimeSeriesDataFrame.from_data_frame(rows, id_column=ITEM, timestamp_column=TIME, static_features_df=statics)


class _Said(logging.Handler):
    """AutoGluon's log as our progress: one step per model, with its name."""

    def __init__(self, report: Progress, start: float, end: float, models: int) -> None:
        super().__init__(logging.INFO)
        self._report, self._start, self._end, self._models, self._done = report, start, end, models + 1, 0

    def listen(self) -> None:
        """Take the place of whoever listened before."""
        logger = logging.getLogger("autogluon.timeseries")
        for handler in [one for one in logger.handlers if isinstance(one, _Said)]:
            logger.removeHandler(handler)
        logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Tell which model is tried."""
        if match := re.search(r"Training timeseries model (\w+)|Fitting (?:weighted )?ensemble", record.getMessage()):
            share = self._start + (self._end - self._start) * min(self._done / self._models, 1.0)
            self._done += 1
            self._report(share, f"Trying {plain_name(match[1] or 'WeightedEnsemble')}")


def _quiet() -> None:
    """Libraries that talk about what they do."""
    for name in ("pytorch_lightning", "lightning.pytorch", "lightning"):
        logging.getLogger(name).setLevel(logging.ERROR)


_PLAIN = {
    "SeasonalNaive": "the seasonal naive (as a season before)",
    "AutoETS": "exponential smoothing (ETS)",
    "DynamicOptimizedTheta": "the Theta method",
    "RecursiveTabular": "gradient boosting, step by step",
    "DirectTabular": "gradient boosting, all steps at once",
    "AutoARIMA": "ARIMA",
    "Croston": "Croston's method for rare sales",
    "TiDE": "a dense neural network (TiDE)",
    "DeepAR": "a recurrent neural network (DeepAR)",
    "WeightedEnsemble": "the best mix of them",
}


def plain_name(model: str) -> str:
    """`RecursiveTabular_FULL` as a person says it."""
    words = next((words for start, words in _PLAIN.items() if model.startswith(start)), model)
    return f"{words} with the known columns" if model.removesuffix(FULL).endswith(SECOND) else words


def forecast_versions() -> dict[str, str]:
    """The libraries a saved forecast depends on."""
    import platform
    from importlib.metadata import version

    packages = ("autogluon.timeseries", "statsforecast", "mlforecast", "scikit-learn", "lightgbm", "pandas", "numpy")
    return {"python": ".".join(platform.python_version_tuple()[:2]), **{name: version(name) for name in packages}}


# --- forecasting with a saved model ------------------------------------------------------------------------------


class ForecastAsk(BaseModel):
    """A forecast by a saved model, in one JSON file."""

    model_config = ConfigDict(frozen=True)
    series: SeriesSpec
    folder: Path
    rows: Path
    """The series so far, even or not."""
    future: Path | None = None
    """Values of known columns to come: ITEM, TIME and their columns."""
    changes: list["Change"] = []
    out: Path
    """Where the forecast is written: ITEM, TIME, what is known ahead, `mean` and a column for each quantile; with
    changes also `before`, the forecast without them."""
    season: int = 1


class Change(BaseModel):
    """What if a column that is known ahead were another one: set to a value, moved by an amount or by a share."""

    model_config = ConfigDict(frozen=True)
    column: str
    kind: Literal["set", "add", "multiply"]
    value: str | float


class ForecastMade(BaseModel):
    """What was made of a ForecastAsk."""

    rows: int
    end: str
    guessed: list[str]
    """Known columns whose future was not given in full, and was taken as it was a season before."""
    filled: int


def predict(ask: ForecastAsk, report: Progress) -> ForecastMade:
    """Forecast every series from its end on."""
    report(0.1, "Loading the forecasting library")
    from autogluon.timeseries import TimeSeriesPredictor

    _quiet()
    series = ask.series
    history, filled = prepared(read(ask.rows), series)
    future = following(history, series.step, series.horizon)
    if ask.future is not None:
        given = read(ask.future).drop_duplicates([ITEM, TIME], keep="last")
        future = future.merge(
            given[[ITEM, TIME, *(name for name in series.known if name in given)]], "left", [ITEM, TIME]
        )
    future, guessed = completed(future, history, series.known, ask.season)
    future = _with_holidays(future, series)
    predictor = TimeSeriesPredictor.load(str(ask.folder))
    report(0.4, "Forecasting")
    made = _forecast(predictor, history, future, series)
    if ask.changes:
        report(0.7, "Forecasting with the change")
        before = made[series.point]
        future = _changed(future, ask.changes)
        made = _forecast(predictor, history, future, series)
        made["before"] = before
    for name in series.known:
        made[name] = future[name].to_numpy()
    made.to_parquet(ask.out)
    return ForecastMade(rows=len(made), end=str(history[TIME].max()), guessed=guessed, filled=filled)


def _forecast(predictor: Any, history: "pd.DataFrame", future: "pd.DataFrame", series: SeriesSpec) -> "pd.DataFrame":
    known = as_series(future, series) if series.ahead else None
    made = predictor.predict(as_series(history, series), known_covariates=known).reset_index()
    return made.rename(columns={"item_id": ITEM, "timestamp": TIME}).sort_values([ITEM, TIME], ignore_index=True)


def _changed(future: "pd.DataFrame", changes: list[Change]) -> "pd.DataFrame":
    for one in changes:
        column = future[one.column]
        if one.kind == "set":
            future = future.assign(**{one.column: type(column.iloc[0])(one.value)})
        else:
            future = future.assign(
                **{one.column: column * float(one.value) if one.kind == "multiply" else column + float(one.value)}
            )
    return future

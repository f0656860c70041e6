"""AutoGluon's predictor over even series: how it is fitted, what it reads, what its log tells of its progress."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from automl.builds import Progress
from automl.enough import enough, something
from automl.forecasting.models import ForecastPlan, hyperparameters
from automl.forecasting.series import ITEM, TARGET, TIME
from automl.forecasting.spec import SeriesSpec
from automl.lean import make_lean
from automl.names import plain_name

if TYPE_CHECKING:
    import pandas as pd

LEAST_COMPARED = 2
"""The seasonal naive and one model beside it are worth keeping where a build is stopped."""


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


def fitted(
    spec: ForecastSpec,
    frame: "pd.DataFrame",
    names: list[str],
    season: int,
    folder: Path,
    said: "Said",
    *,
    compares: bool = False,
) -> Any:
    """One predictor, fitted on a frame of even series; one that only compares its models may end before all are fitted."""
    from autogluon.timeseries import predictor as predictors

    make_lean(predictors, gpus=True)
    series = spec.series
    alone = len(names) == 1
    predictor = predictors.TimeSeriesPredictor(
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
    with _skipping() if compares else nullcontext():
        predictor.fit(
            as_series(frame, series),
            hyperparameters=hyperparameters(names, season),
            time_limit=round(spec.plan.seconds),
            enable_ensemble=not alone,
            skip_model_selection=alone,
            refit_full=not alone,
            random_seed=spec.seed,
        )
    return predictor


@contextmanager
def _skipping() -> Iterator[None]:
    """A build that was told to end leaves no time to the models that are left; AutoGluon skips those by itself."""
    from autogluon.timeseries.trainer import TimeSeriesTrainer

    train = TimeSeriesTrainer._train_and_save

    def in_time(trainer: Any, *given: Any, **named: Any) -> list[str]:
        if named.get("time_limit") and enough():  # fitted again on all rows, a model has no limit
            named["time_limit"] = 0
        made: list[str] = train(trainer, *given, **named)
        if len(trainer.get_model_names()) >= LEAST_COMPARED:
            something()
        return made

    TimeSeriesTrainer._train_and_save = in_time
    try:
        yield
    finally:
        TimeSeriesTrainer._train_and_save = train


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


class Said(logging.Handler):
    """AutoGluon's log as our progress: one step per model, with its name."""

    def __init__(self, report: Progress, start: float, end: float, models: int) -> None:
        super().__init__(logging.INFO)
        self._report, self._start, self._end, self._models, self._done = report, start, end, models + 1, 0

    def listen(self) -> None:
        """Take the place of whoever listened before."""
        logger = logging.getLogger("autogluon.timeseries")
        for handler in [one for one in logger.handlers if isinstance(one, Said)]:
            logger.removeHandler(handler)
        logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Tell which model is tried."""
        if match := re.search(r"Training timeseries model (\w+)|Fitting (?:weighted )?ensemble", record.getMessage()):
            share = self._start + (self._end - self._start) * min(self._done / self._models, 1.0)
            self._done += 1
            self._report(share, f"Trying {plain_name(match[1] or 'WeightedEnsemble')}")


def quiet() -> None:
    """Libraries that talk about what they do."""
    for name in ("pytorch_lightning", "lightning.pytorch", "lightning"):
        logging.getLogger(name).setLevel(logging.ERROR)

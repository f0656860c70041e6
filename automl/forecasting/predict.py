"""Forecast with a saved model from the end of every series on, also what if. Runs in the worker's child process."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from automl.builds import Progress
from automl.forecasting.predictor import as_series, quiet
from automl.forecasting.series import ITEM, TARGET, TIME, bounded, completed, following
from automl.forecasting.spec import SeriesSpec, prepared, read, with_holidays

if TYPE_CHECKING:
    import pandas as pd


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
    given: int = 0
    """For so many steps something known ahead was given."""
    strangers: list[str] = []
    """Series of values to come that the history does not have."""


def predict(ask: ForecastAsk, report: Progress) -> ForecastMade:
    """Forecast every series from its end on."""
    report(0.1, "Loading the forecasting library")
    from autogluon.timeseries import TimeSeriesPredictor

    quiet()
    series = ask.series
    history, filled = prepared(read(ask.rows), series)
    future = following(history, series.step, series.horizon)
    strangers: list[str] = []
    if ask.future is not None:
        given = read(ask.future).drop_duplicates([ITEM, TIME], keep="last")
        strangers = sorted(set(given[ITEM]) - set(history[ITEM]))
        future = future.merge(
            given[[ITEM, TIME, *(name for name in series.known if name in given)]], "left", [ITEM, TIME]
        )
    told = int(future.drop(columns=[ITEM, TIME]).notna().any(axis=1).sum())
    future, guessed = completed(future, history, series.known, ask.season)
    future = with_holidays(future, series)
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
    return ForecastMade(
        rows=len(made), end=str(history[TIME].max()), guessed=guessed, filled=filled, given=told, strangers=strangers
    )


def _forecast(predictor: Any, history: "pd.DataFrame", future: "pd.DataFrame", series: SeriesSpec) -> "pd.DataFrame":
    known = as_series(future, series) if series.ahead else None
    made = predictor.predict(as_series(history, series), known_covariates=known).reset_index()
    made = made.rename(columns={"item_id": ITEM, "timestamp": TIME}).sort_values([ITEM, TIME], ignore_index=True)
    return bounded(made, made[TIME], series.closed, series.amounts, history[TARGET])


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

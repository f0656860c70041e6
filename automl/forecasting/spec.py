"""What a forecast model reads: the columns and the step of its series, and rows of them made even."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from automl.forecasting.series import HOLIDAY, ITEM, TIME, Gaps, Metric, Step, even, holiday_flags
from automl.problem import ProblemError

if TYPE_CHECKING:
    import pandas as pd


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
    closed: list[int] = []
    """Days of the week, 0 for Monday, on which nothing ever happens: their forecast is none."""
    amounts: bool = False
    """The numbers are amounts or counts, which can't be below zero where none ever was; levels such as degrees can."""
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
    return with_holidays(whole, spec), filled


def with_holidays(frame: "pd.DataFrame", spec: SeriesSpec) -> "pd.DataFrame":
    """The frame with the public holidays of each step, where the model is told of them."""
    return frame.assign(**{HOLIDAY: holiday_flags(frame[TIME], spec.step, spec.holidays)}) if spec.holidays else frame

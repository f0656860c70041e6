"""Series over time as forecasts need them: an even step, no gaps, and the columns that are known ahead.

A frame of series has the columns ITEM (text), TIME (datetime64) and TARGET (numbers), then one column for each thing
that is known ahead and for each that never changes within a series. `Step` is the distance of two moments.
It stands alone: an exported forecast carries this file as it is.
"""

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    import pandas as pd

ITEM, TIME, TARGET, HOLIDAY = "__item", "__time", "__target", "__holiday"
Unit = Literal["minute", "hour", "day", "weekday", "week", "month", "quarter", "year"]
Gaps = Literal["line", "forward", "zero"]
Metric = Literal["MASE", "WAPE", "RMSE", "MAPE", "WQL"]

_SEASONS: dict[Unit, int] = {
    "minute": 1440, "hour": 24, "day": 7, "weekday": 5, "week": 52, "month": 12, "quarter": 4, "year": 1,
}  # fmt: skip
_ALIASES: dict[Unit, str] = {
    "minute": "min", "hour": "h", "day": "D", "weekday": "B", "week": "W", "month": "MS", "quarter": "QS", "year": "YS",
}  # fmt: skip
WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


class Step(BaseModel):
    """The distance between two moments of a series: a month, 15 minutes, a week that is dated by its Sunday."""

    model_config = ConfigDict(frozen=True)
    unit: Unit
    count: int = 1
    """More than 1 for minutes only: 120 of them are two hours."""
    weekday: int = 0
    """Which day dates a week: 0 is Monday."""
    last_day: bool = False
    """Months, quarters and years are dated by their last day."""
    first_month: int = 1
    """In which month years begin, or the first of the quarters: 2 for those of February, May, August and November."""

    @property
    def frequency(self) -> str:
        """What pandas calls it."""
        alias = _ALIASES[self.unit]
        if self.unit == "week":
            return f"{alias}-{WEEKDAYS[self.weekday]}"
        if self.first_month > 1:
            return f"{alias}-{MONTHS[self.first_month - 1]}"
        return f"{self.count}{alias}" if self.count > 1 else alias

    @property
    def season(self) -> int:
        """Steps after which the year, the week or the day comes round; 1 where nothing does."""
        return _SEASONS[self.unit] // self.count

    @property
    def one(self) -> str:
        """`a month`, `an hour`, `15 minutes`."""
        return self.words() if self.count > 1 else f"{'an' if self.unit == 'hour' else 'a'} {self.unit}"

    def words(self, number: int = 1) -> str:
        """`month`, `15 minutes`; `12 months` for more than one of them."""
        if self.count > 1:
            each = f"{self.count // 60} hours" if self.count % 60 == 0 else f"{self.count} minutes"
            return f"{number:,} × {each}" if number > 1 else each
        return f"{number:,} {self.unit}s" if number > 1 else self.unit

    def counted(self, number: int) -> str:
        """`1 month`, `12 months`, `15 minutes`."""
        return f"1 {self.unit}" if number == 1 and self.count == 1 else self.words(number)


def least_points(horizon: int) -> int:
    """Observations the longest series must have: some to learn from, one horizon to choose by, one to measure on."""
    return max(horizon + 1, 5) + 2 * horizon


def farthest(points: int) -> int:
    """How many steps ahead so many observations let one look; 0 where they are too few for any."""
    return max((steps for steps in range(1, points) if least_points(steps) <= points), default=0)


def even(frame: "pd.DataFrame", step: Step, gaps: Gaps, known: list[str]) -> tuple["pd.DataFrame", int]:
    """The series at an even step in the order of item and time, and how many empty steps had to be filled.

    What lies between a series' first and last value is filled; where empty steps are zero, up to the end of all series:
    what was not sold lately is none, not unknown. Known columns get the value before.
    """
    import pandas as pd

    parts, filled = [], 0
    end = frame.loc[frame[TARGET].notna(), TIME].max()
    for item, series in frame.groupby(ITEM, sort=True):
        series = series.drop_duplicates(TIME, keep="last").set_index(TIME).sort_index()
        first, last = series[TARGET].first_valid_index(), series[TARGET].last_valid_index()
        if first is None:
            continue
        moments = pd.date_range(first, end if gaps == "zero" else last, freq=step.frequency)
        whole = series.reindex(moments)
        filled += int(whole[TARGET].isna().sum())
        whole[TARGET] = _bridged(whole[TARGET], gaps)
        others = [name for name in whole if name not in (ITEM, TARGET)]
        whole[others] = whole[others].ffill().bfill()
        whole[ITEM] = item
        parts.append(whole.rename_axis(TIME).reset_index())
    empty = frame.iloc[:0]
    return (pd.concat(parts, ignore_index=True) if parts else empty), filled


def _bridged(values: "pd.Series[Any]", gaps: Gaps) -> "pd.Series[Any]":
    if gaps == "zero":
        return values.fillna(0.0)
    return values.ffill() if gaps == "forward" else values.interpolate("linear")


def continued(newer: "pd.DataFrame", kept: "pd.DataFrame") -> "pd.DataFrame":
    """Newer rows of series behind the history that was kept of them, as far as it lies before."""
    import pandas as pd

    begun = kept[ITEM].map(newer.groupby(ITEM)[TIME].min())
    older = kept.loc[kept[TIME] < begun, [name for name in newer if name in kept]]
    return pd.concat([older, newer], ignore_index=True) if len(older) else newer


def following(frame: "pd.DataFrame", step: Step, horizon: int) -> "pd.DataFrame":
    """The moments after the end of every series, one row each: ITEM and TIME."""
    import pandas as pd

    ends = frame.groupby(ITEM, sort=True)[TIME].max()
    parts = [
        pd.DataFrame({ITEM: item, TIME: pd.date_range(end, periods=horizon + 1, freq=step.frequency)[1:]})
        for item, end in ends.items()
    ]
    return pd.concat(parts, ignore_index=True)


def holiday_flags(times: "pd.Series[Any]", step: Step, country: str) -> "pd.Series[Any]":
    """How many public holidays of a country fall into each step."""
    import holidays
    import pandas as pd

    if times.empty:
        return pd.Series(dtype="float64")
    years = range(times.min().year - 1, times.max().year + 2)
    days = pd.DatetimeIndex(sorted(holidays.country_holidays(country, years=years)))
    if step.unit in ("minute", "hour", "day", "weekday"):
        return times.dt.normalize().isin(days).astype("float64")
    edges = pd.date_range(
        times.min(), periods=2 + len(pd.date_range(times.min(), times.max(), freq=step.frequency)), freq=step.frequency
    )
    counts = pd.Series(days.searchsorted(edges[1:]) - days.searchsorted(edges[:-1]), index=edges[:-1])
    return counts.reindex(times).astype("float64").reset_index(drop=True).set_axis(times.index)


def bounded(
    made: "pd.DataFrame", times: Any, closed: list[int], amounts: bool, past: "pd.Series[Any]"
) -> "pd.DataFrame":
    """A forecast, and its bands, with none on days of the week on which nothing ever happens.

    Amounts of which none was below zero in the past are not forecast below it either.
    """
    import pandas as pd

    happens = ~pd.DatetimeIndex(times).weekday.isin(closed)
    least = 0.0 if amounts and past.min() >= 0 else None
    numbers = made.select_dtypes("number")
    return made.assign(**{name: numbers[name].clip(lower=least).where(happens, 0.0) for name in numbers})


def completed(
    future: "pd.DataFrame", history: "pd.DataFrame", known: list[str], season: int
) -> tuple["pd.DataFrame", list[str]]:
    """Future rows with every known column filled, and the names of columns that had to be guessed.

    Where the future of a column was not given it is taken as it was one season before.
    """
    import pandas as pd

    guessed = []
    places = future.groupby(ITEM).cumcount()
    for name in known:
        given = future[name] if name in future else pd.Series(None, index=future.index, dtype=object)
        if given.notna().all():
            continue
        guessed.append(name)
        past = {item: series.to_numpy() for item, series in history.groupby(ITEM)[name]}
        back = [_before(past[item], int(place), season) for item, place in zip(future[ITEM], places, strict=True)]
        filled = given.astype(object).where(given.notna(), pd.Series(back, index=future.index, dtype=object))
        future = future.assign(**{name: filled.astype(history[name].dtype)})
    return future, guessed


def _before(past: Any, place: int, season: int) -> Any:
    back = min(season, len(past))
    return past[len(past) - back + place % back]

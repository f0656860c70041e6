"""The axis of a chart: a column as the expression that groups it, and times by steps or laid over each other by weekday, hour, month."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from tools.tool import ToolError
from tools.transform import Column
from tools.words import identifier, literal

Cycle = Literal["weekday", "hour_of_day", "month_of_year"]
TimeStep = Literal["hour", "day", "week", "month", "quarter", "year"] | Cycle
_STEPS = (
    ("minute", 60),
    ("hour", 3600),
    ("day", 86_400),
    ("week", 604_800),
    ("month", 2_629_800),
    ("quarter", 7_889_400),
)
_FORMATS = {"minute": "%Y-%m-%d %H:%M", "hour": "%Y-%m-%d %H:00", "month": "%Y-%m", "year": "%Y"}
STEPS_SHOWN = 120
_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]  # fmt: skip
CYCLES: dict[str, tuple[str, list[str]]] = {
    "weekday": ("%A", _WEEKDAYS),
    "hour_of_day": ("%H:00", [f"{hour:02}:00" for hour in range(24)]),
    "month_of_year": ("%B", _MONTHS),
}
"""How a part of the calendar is written that comes again, and all it may be, in order."""
_CALLED = {cycle: cycle.replace("_", " ") for cycle in CYCLES}


@dataclass(frozen=True)
class Source:
    """A table to draw: its quoted name and the way to ask it."""

    name: str
    ask: Callable[[str], list[tuple[Any, ...]]]
    step: str = ""
    """The step of times that is asked for, such as month; the finest that fits where it is empty."""


@dataclass(frozen=True)
class Axis:
    """One column as the expression that groups it."""

    column: Column
    sql: str
    scale: str
    order: list[str] | None = None
    unit: str = ""
    rest: str = ""
    """The name of the group that holds all values not shown by name."""

    @property
    def title(self) -> str:
        return f"{self.column.name} ({self.unit})" if self.unit else self.column.name

    @property
    def ours(self) -> bool:
        """Whether its groups are parts of the calendar, which Easel names."""
        return self.unit in _CALLED.values()


def stepped(source: Source, column: Column) -> Axis:
    """A time column by the step that is asked for, else the finest one (minute … year) that makes at most so many steps."""
    name = identifier(column.name)
    if source.step in CYCLES:
        return _cyclic(column, source.step)
    seconds = source.ask(f"SELECT epoch(max({name})) - epoch(min({name})) FROM {source.name}")[0][0]
    if seconds is None:
        raise ToolError(f"{column.name} is empty in every row, so there is nothing to draw.")
    steps = _STEPS[2:] if column.type == "DATE" else _STEPS
    unit = source.step or next((step for step, length in steps if seconds / length <= STEPS_SHOWN), "year")
    text = f"strftime(date_trunc({literal(unit)}, {name}), {literal(_FORMATS.get(unit, '%Y-%m-%d'))})"
    return Axis(column, text, "temporal", unit=unit)


def _cyclic(column: Column, cycle: str) -> Axis:
    """A time column by a part of the calendar that comes again. Raises ToolError for the hours of dates."""
    if cycle == "hour_of_day" and column.type == "DATE":
        raise ToolError(f"{column.name} has no time of day. Draw it by weekday, day, week, month, quarter or year.")
    form, order = CYCLES[cycle]
    text = f"strftime({identifier(column.name)}, {literal(form)})"
    return Axis(column, text, "nominal", order, unit=_CALLED[cycle])

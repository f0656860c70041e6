"""Series over time at an even step, with what falls into a step measured and what is missing filled.

What is not covered: seasonal parts (a forecast model finds these), and steps of less than a second.
"""

from collections.abc import Sequence
from typing import Literal

from tools.tool import ColumnName, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms.parts import moment_of
from tools.transforms.sql import is_integer, names
from tools.words import counted, identifier, listed

Unit = Literal["second", "minute", "hour", "day", "week", "month", "quarter", "year"]
Function = Literal["mean", "median", "min", "max", "sum", "count", "first", "last"]
Fill = Literal["none", "forward", "linear", "zero"]
MOST_STEPS = 20_000_000
SECONDS: dict[Unit, int] = {
    "second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800, "month": 2_629_746, "quarter": 7_889_238,
    "year": 31_556_952,
}  # fmt: skip
_CLOCK: tuple[Unit, ...] = ("second", "minute", "hour")


@transform(
    group="time series",
    title="Resample by {step} {unit}",
    rows="reshape",
    asked_by=r"\b(?:re|up|down)-?sampl\w*\b|\bfrequency\b[^.]*\b(?:to|into)\b|\b(?:to|into) (?:an? )?\w+ frequency\b|\b(?:fill|missing|add)\w*\b[^.]*\b(?:dates|days|months|weeks|hours|timestamps|periods)\b|\b(?:to|into) (?:an? )?(?:hourly|daily|weekly|monthly|quarterly|yearly|even|regular) (?:series|data|values|totals|averages|steps?|frequency)|\b(?:time|date) gaps?\b|\bgaps? in (?:the )?(?:time|dates?|series)"
    r"|리샘플|재표본|(?:빠진|누락된|없는|비어 있는) ?(?:날짜|날|일자|시간|월)|(?:일|주|월|분기|연|시간)별 (?:시계열|데이터)로",
)
def resample_series(
    table: Input,
    time: ColumnName,
    unit: Unit,
    step: int = 1,
    columns: list[ColumnName] | None = None,
    function: Function = "mean",
    fill: Fill = "none",
    group_by: list[ColumnName] | None = None,
) -> Derived:
    """Resample a time series to an even step, such as hours to days or months to days, and fill the gaps in it.

    Args:
        time: the column of dates.
        unit: the unit of the new step.
        step: how many units a step has.
        columns: the columns of values; all number columns if left out.
        function: what a step takes of the values that fall into it.
        fill: what steps without a value get: nothing, the value before, the line between two values, or zero.
        group_by: the columns that tell the series apart.
    """
    source, groups = table.column(time), table.pick(group_by or [])
    values = values_of(table, source, groups, columns, function)
    if not 1 <= step <= 100_000:
        raise ToolError(f"A step of {step} {unit}s can't be. Give a step from 1.")
    moment = moment_of(table, source)
    interval = f"INTERVAL '{step * (3 if unit == 'quarter' else 1)} {'month' if unit == 'quarter' else unit}'"
    _check_steps(table, moment, groups, step * SECONDS[unit])
    sql = _resampled(source, groups, values, function, fill, moment, interval, unit, table)
    steps, empty = table.learn_rows(
        "steps", f"SELECT count(*), count(*) FILTER ({identifier('__seen')} IS NULL) FROM ({sql})"
    )[0]
    kept = {column.name for column in (source, *groups, *values)}
    lost = [column.name for column in table.columns if column.name not in kept]
    filled = {"none": "stay empty", "forward": "got the value before", "linear": "lie on the line between two", "zero": "are zero"}  # fmt: skip
    every = f"{step} {unit}s" if step > 1 else f"{'an' if unit == 'hour' else 'a'} {unit}"
    text = f"Made {counted(steps, 'step')} of {every} each, with the {function} of {listed([v.name for v in values])}"
    text += f" for each {' and '.join(group.name for group in groups)}." if groups else "."
    text += f" {counted(empty, 'step')} had no rows and {filled[fill]}." if empty else ""
    text += f" Left out {listed(lost)}." if lost else ""
    return Derived(f"SELECT * EXCLUDE (__seen) FROM ({sql})", text, materialise=True)


def values_of(
    table: Input, time: Column, groups: Sequence[Column], asked: Sequence[str] | None, function: str
) -> list[Column]:
    """The columns of values. Raises ToolError where one can't be measured so."""
    rest = [column for column in table.columns if column not in (time, *groups)]
    values = table.pick(asked) if asked else [column for column in rest if column.is_number]
    if not values:
        raise ToolError("No column of values was named, and no other column holds numbers. Name the columns of values.")
    if mixed := [column.name for column in values if column in (time, *groups)]:
        raise ToolError(f"{listed(mixed)} can't be a value and tell the series or its time at once.")
    texts = [column.name for column in values if not column.is_number]
    if texts and function in ("mean", "median", "sum"):
        raise ToolError(f"{listed(texts)} holds no numbers, so it has no {function}. Use first, last, min or max.")
    return values


def _check_steps(table: Input, moment: str, groups: Sequence[Column], seconds: int) -> None:
    """Raises ToolError where the new series would be too long, or there is none."""
    by = f" GROUP BY {names(groups)}" if groups else ""
    span = f"SELECT epoch(max({moment})) - epoch(min({moment})) AS span FROM {table.name}{by}"
    count = table.learn("span", f"SELECT sum(span // {seconds} + 1) FROM ({span})")
    if count is None:
        raise ToolError("No row has a date that can be read, so there is no series.")
    if count > MOST_STEPS:
        raise ToolError(f"That would make about {int(count):,} steps, more than {MOST_STEPS:,}. Take a longer step.")


def _resampled(
    time: Column, groups: Sequence[Column], values: Sequence[Column], function: Function, fill: Fill, moment: str,
    interval: str, unit: Unit, table: Input,
) -> str:  # fmt: skip
    """The SELECT of the new series, in the order of the table's columns; `__seen` is empty where a step had no rows."""
    at, keys = identifier(time.name), names(groups)
    comma = f"{keys}, " if groups else ""
    cells = ", ".join(f"{_measured(value, function, moment)} AS {identifier(value.name)}" for value in values)
    kind = "TIMESTAMP" if unit in _CLOCK else "DATE"
    seen = (
        f"SELECT {comma}time_bucket({interval}, CAST({moment} AS TIMESTAMP)) AS {at}, {cells}, true AS __seen"
        f" FROM {table.name} WHERE {moment} IS NOT NULL GROUP BY ALL"
    )
    ends = f"generate_series(min({at}), max({at}), {interval})"
    steps = f"SELECT {comma}unnest({ends}) AS {at} FROM seen{f' GROUP BY {keys}' if groups else ''}"
    equal = " AND ".join(
        f"steps.{identifier(key.name)} IS NOT DISTINCT FROM seen.{identifier(key.name)}" for key in (*groups, time)
    )
    window = f"{f'PARTITION BY {names(groups)} ' if groups else ''}ORDER BY {at}"
    filled = {value.name: _filled(f"{identifier(value.name)}", fill, window, at, value) for value in values}
    shown = [
        f"CAST({at} AS {kind}) AS {at}" if column == time else filled.get(column.name, identifier(column.name))
        for column in table.columns
        if column in (time, *groups, *values)
    ]
    joined = f"SELECT steps.*, seen.* EXCLUDE ({comma}{at}) FROM steps LEFT JOIN seen ON {equal}"
    order = ", ".join(f"{identifier(key.name)} NULLS LAST" for key in (*groups, time))
    return (
        f"WITH seen AS ({seen}), steps AS ({steps}) SELECT {', '.join(shown)}, __seen FROM ({joined}) ORDER BY {order}"
    )


def _measured(value: Column, function: Function, moment: str) -> str:
    """What a step takes of the values that fall into it."""
    name = identifier(value.name)
    match function:
        case "first" | "last":
            return f"arg_{'min' if function == 'first' else 'max'}({name}, {moment})"
        case "mean":
            return f"avg({name})"
        case "sum" if is_integer(value):
            return f"CAST(sum({name}) AS BIGINT)"
    return f"{function}({name})"


def _filled(name: str, fill: Fill, window: str, at: str, value: Column) -> str:
    """A value with what an empty step gets."""
    before = f"last_value({name} IGNORE NULLS) OVER ({window})"
    match fill:
        case "forward":
            return f"{before} AS {name}"
        case "zero" if value.is_number:
            return f"coalesce({name}, 0) AS {name}"
        case "linear" if value.is_number:
            ahead = f"OVER ({window} ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)"
            known = f"CASE WHEN {name} IS NOT NULL THEN epoch({at}) END"
            low, high = (
                f"last_value({known} IGNORE NULLS) OVER ({window})",
                f"first_value({known} IGNORE NULLS) {ahead}",
            )
            next_ = f"first_value({name} IGNORE NULLS) {ahead}"
            line = f"{before} + ({next_} - {before}) * (epoch({at}) - {low}) / ({high} - {low})"
            return f"CASE WHEN {name} IS NOT NULL THEN {name} ELSE {line} END AS {name}"
    return name

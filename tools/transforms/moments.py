"""Transforms of dates: cut to the start of a unit, the time between two of them, their place in a cycle.

What is not covered: business days.
"""

from datetime import date
from typing import Literal

from tools.tool import ColumnName, ToolError
from tools.transform import Derived, Input, transform
from tools.transforms import parse
from tools.transforms.parts import moment_of
from tools.transforms.sql import new_names, with_columns
from tools.words import counted, literal

Unit = Literal["year", "quarter", "month", "week", "day", "hour", "minute"]
Between = Literal["years", "months", "weeks", "days", "hours", "minutes", "seconds"]
Cycle = Literal["month", "day", "weekday", "hour", "minute"]
_CYCLES: dict[Cycle, tuple[str, int]] = {
    "month": ("month({moment}) - 1", 12), "day": ("day({moment}) - 1", 31), "weekday": ("isodow({moment}) - 1", 7),
    "hour": ("hour({moment})", 24), "minute": ("minute({moment})", 60),
}  # fmt: skip
_SECONDS: dict[str, int] = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}


@transform(
    group="dates",
    title="Cut {column} to the {unit}",
    rows="same",
    asked_by=r"\btruncat\w*|\bround\w* (?:down )?(?:the )?(?:dates?|times?|timestamps?)|\bto the (?:start|beginning|first day) of|(?:달|월|주|분기|해|년)의? ?(?:첫날|첫째 ?날|첫 ?일)|절사|월초|주초|분기초|연초",
)
def truncate_date(table: Input, column: ColumnName, unit: Unit, name: str | None = None) -> Derived:
    """Cut dates to the start of their year, quarter, month, week, day or hour.

    Args:
        column: the column of dates.
        unit: what they are cut to; weeks begin on Monday.
        name: what the new column is called; the column itself is changed if left out.
    """
    source = table.column(column)
    moment = moment_of(table, source)
    if unit in ("hour", "minute") and source.type == "DATE":
        raise ToolError(f"{source.name} has no time of day, so it can't be cut to the {unit}. Choose day or longer.")
    cell = f"date_trunc('{unit}', {moment})"
    cell = cell if unit in ("hour", "minute") else f"CAST({cell} AS DATE)"
    called = new_names(table, [name or source.name], source)[0]
    note = parse.note(table, source, "date", moment) if not source.is_time else ""
    where = f" into {called}" if called != source.name else ""
    return Derived(with_columns(table, source, {called: cell}), f"Cut {source.name} to the {unit}{where}.{note}")


@transform(
    group="dates",
    title="Time from {start}",
    rows="same",
    asked_by=r"\b(?:(?:years?|months?|weeks?|days|hours|minutes|time) (?:between|since|elapsed|passed|from|until)|date difference|difference between|duration|age in (?:years|days|months))\b(?=[\s\S]*\b(?:column|add|new)\b)|\b(?:column|add|new)\b[\s\S]*\b(?:(?:years?|months?|weeks?|days|hours|minutes|time) (?:between|since|elapsed|passed|from|until)|date difference|duration)\b"
    r"|(?:경과 ?(?:일|기간|시간)|(?:사이|까지|부터|이후)(?:의|로)? ?(?:일수|기간|며칠|개월 ?수|날짜 ?차이))(?=[\s\S]*(?:컬럼|칼럼|열|추가))",
)
def date_difference(
    table: Input,
    start: ColumnName,
    end: ColumnName | None = None,
    until: str | None = None,
    unit: Between = "days",
    name: str | None = None,
) -> Derived:
    """Add the time between two dates of each row, or from a date to a fixed day, as a number.

    Args:
        start: the column of the earlier dates.
        end: the column of the later dates.
        until: a fixed day instead of a column, such as 2025-12-31.
        unit: years and months are whole ones, the others count parts too where there are times of day.
        name: what the new column is called; unit_since_start if left out.
    """
    first = table.column(start)
    if (end is None) == (until is None):
        raise ToolError("Give one end: a column of dates, or a fixed day in until, such as 2025-12-31.")
    begin, last = moment_of(table, first), table.column(end) if end is not None else None
    if until is not None:
        try:
            day = date.fromisoformat(until.strip())
        except ValueError:
            raise ToolError(f"'{until}' is no day. Write it as 2025-12-31.") from None
        finish, told = f"DATE {literal(day.isoformat())}", day.isoformat()
    else:
        finish, told = moment_of(table, last), last.name if last else ""  # type: ignore[arg-type]
    wanted = name or (f"{unit}_from_{first.name}_to_{last.name}" if last is not None else f"{unit}_since_{first.name}")
    called = new_names(table, [wanted], first)[0]
    cell = _between(begin, finish, unit, whole=first.type == "DATE" and (last is None or last.type == "DATE"))
    [(empty, back)] = table.learn_rows(
        "order", f"SELECT count(*) FILTER ({cell} IS NULL), count(*) FILTER ({cell} < 0) FROM {table.name}"
    )
    text = f"Added {called}: {unit} from {first.name} to {told}."
    text += f" {counted(back, 'row')} has the end before the start." if back == 1 else ""
    text += f" {counted(back, 'row')} have the end before the start." if back > 1 else ""
    text += f" {counted(empty, 'row')} without both stayed empty." if empty else ""
    return Derived(with_columns(table, first, {called: cell}), text)


def _between(begin: str, end: str, unit: Between, *, whole: bool) -> str:
    if unit in ("years", "months"):
        return f"datesub('{unit[:-1]}', CAST({begin} AS TIMESTAMP), CAST({end} AS TIMESTAMP))"
    if whole and unit == "days":
        return f"datediff('day', {begin}, {end})"
    seconds = f"epoch(CAST({end} AS TIMESTAMP)) - epoch(CAST({begin} AS TIMESTAMP))"
    return f"({seconds}) / {_SECONDS[unit]}"


@transform(
    group="dates",
    title="Add {cycle} of {column} as a cycle",
    rows="same",
    asked_by=r"\bcyclic\w*|\bsin\w*\b[\s\S]*\bcos|사인[\s\S]*코사인|순환|주기\s?(?:특성|인코딩|변수)",
)
def add_cycle(table: Input, column: ColumnName, cycle: Cycle) -> Derived:
    """Add a part of a date as its place on a circle, a sine and a cosine: December lies beside January then.

    Args:
        column: the column of dates.
        cycle: month of the year, day of the month, weekday, hour or minute.
    """
    source = table.column(column)
    moment = moment_of(table, source)
    if cycle in ("hour", "minute") and source.type == "DATE":
        raise ToolError(f"{source.name} has no time of day, so it has no {cycle}. Choose month, day or weekday.")
    place, length = _CYCLES[cycle]
    angle = f"2 * pi() * ({place.format(moment=moment)}) / {length}"
    called = new_names(table, [f"{source.name}_{cycle}_sin", f"{source.name}_{cycle}_cos"], source)
    cells = {called[0]: f"sin({angle})", called[1]: f"cos({angle})"}
    return Derived(
        with_columns(table, source, cells), f"Added {called[0]} and {called[1]}: the {cycle} on a circle of {length}."
    )

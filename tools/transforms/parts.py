"""The transform that takes dates apart: year, month, weekday and the like as columns of their own.

Weeks are ISO's, weekdays are named in English.
"""

from collections.abc import Iterable
from typing import Literal

from tools.tool import ColumnName, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms import parse
from tools.transforms.sql import new_names, skipped, with_columns
from tools.words import identifier, listed

Part = Literal[
    "year", "quarter", "month", "month_name", "week", "day", "weekday", "hour", "minute", "is_weekend", "date", "time",
    "half", "day_of_year", "weekday_number", "days_in_month", "is_month_start", "is_month_end", "second",
]  # fmt: skip
_PART: dict[Part, str] = {
    "year": "year({moment})",
    "quarter": "quarter({moment})",
    "month": "month({moment})",
    "month_name": "monthname({moment})",
    "week": "week({moment})",
    "day": "day({moment})",
    "weekday": "dayname({moment})",
    "hour": "hour({moment})",
    "minute": "minute({moment})",
    "is_weekend": "isodow({moment}) >= 6",
    "date": "CAST({moment} AS DATE)",
    "time": "CAST({moment} AS TIME)",
    "half": "(month({moment}) + 5) // 6",
    "day_of_year": "dayofyear({moment})",
    "weekday_number": "isodow({moment})",
    "days_in_month": "day(last_day({moment}))",
    "is_month_start": "day({moment}) = 1",
    "is_month_end": "CAST({moment} AS DATE) = last_day({moment})",
    "second": "second({moment})",
}
_OF_TIME: tuple[Part, ...] = ("hour", "minute", "second", "time")
_OF_MONTH: tuple[Part, ...] = ("half", "quarter", "month", "month_name", "days_in_month")
_RARE: dict[Part, str] = {
    "half": r"\bhalf(?:-| of the )?year|\bhalves\b|반기",
    "day_of_year": r"\bday of (?:the )?year|\bday number in the year|연중 ?일",
    "weekday_number": r"\b(?:weekday|day of (?:the )?week)\b[^.]*\b(?:number|numeric|1 ?(?:to|-) ?7)|\bnumber\w* of (?:the )?(?:weekday|day of (?:the )?week)|요일 ?(?:번호|숫자)",
    "days_in_month": r"\bdays in (?:the |each |a )?month|\blength of (?:the )?month|월의 ?일수",
    "is_month_start": r"\b(?:first|start|beginning)\b[^.]*\bof (?:the |a )?month|월초",
    "is_month_end": r"\b(?:last|end)\b[^.]*\bof (?:the |a )?month|\bmonth[- ]end|월말",
    "second": r"\bseconds\b|초(?:를|만|까지| 단위)",
}
"""Parts that the planner is told of where a request has such words."""


@transform(
    group="columns",
    title="Add {parts} of {column}",
    rows="same",
    more={f"parts={part}": pattern for part, pattern in _RARE.items()},
)
def extract_date_part(table: Input, column: ColumnName, parts: list[Part], names: list[str] | None = None) -> Derived:
    """Add parts of a date as columns, such as its year, quarter, month, weekday or hour. Reads dates kept as text too.

    Args:
        column: the column of dates.
        parts: which parts; weekday is the day's name, day the number in the month.
        names: names of the new columns, one for each part; leave it out for column_part.
    """
    source, wanted = table.column(column), list(dict.fromkeys(parts))
    if not wanted:
        raise ToolError("No parts were named. Name at least one, for example month.")
    if names is not None and len(names) != len(wanted):
        raise ToolError(
            f"Got {len(names)} names for {len(wanted)} parts ({listed(wanted)}). Give one name for each part."
        )
    moment = moment_of(table, source)
    reasons: dict[str, str] = {part: reason for part in wanted if (reason := _lacks(table, source, part))}
    if len(reasons) == len(wanted):
        raise ToolError(f"{source.name} {reasons[wanted[0]]}, so it has no {listed(wanted)}. Choose another part.")
    called = new_names(table, names or [f"{source.name}_{part}" for part in wanted], source)
    cells = {name: part_of(part, moment) for name, part in zip(called, wanted, strict=True) if part not in reasons}
    note = parse.note(table, source, "date", moment) if not source.is_time else ""
    text = f"Added {listed(list(cells))} from {source.name}.{note}{skipped(reasons)}"
    return Derived(with_columns(table, source, cells), text)


def moment_of(table: Input, column: Column) -> str:
    """An expression for the dates of a column. Raises ToolError where it holds none."""
    if column.is_time:
        return identifier(column.name)
    whole = column.is_number and "INT" in column.type
    if (column.is_text or whole) and parse.date_formats(table, column):
        return parse.moment(table, column, "TIMESTAMP")
    dates = [other.name for other in table.columns if other.is_time]
    hint = f" Columns of dates: {listed(dates)}." if dates else ""
    raise ToolError(f"{column.name} holds no dates, so it has no parts of dates.{hint} Choose a column of dates.")


def part_of(part: Part, moment: str) -> str:
    """The expression of one part of a date."""
    return _PART[part].format(moment=moment)


def _lacks(table: Input, column: Column, part: Part) -> str:
    """Why a column's dates have no such part; empty where they have it."""
    if column.type == "DATE":
        return "has no time of day" if part in _OF_TIME else ""
    if column.type.startswith("TIME") and not column.type.startswith("TIMESTAMP"):
        return "" if part in _OF_TIME else "holds times of day without a date"
    if column.is_time:
        return ""
    formats = parse.date_formats(table, column)
    if part in _OF_TIME:
        return "" if _any(formats, ("%H", "%I")) else "has no time of day"
    if part in _OF_MONTH:
        return "" if _any(formats, ("%m", "%b", "%B")) else "holds years without a month"
    return "" if part == "year" or _any(formats, ("%d",)) else "has no day of the month"


def _any(formats: Iterable[str], marks: Iterable[str]) -> bool:
    return any(mark in format_ for format_ in formats for mark in marks)

"""How people write numbers and dates, as SQL that reads them.

Which decimal mark and which date formats a column uses is learned from its rows.
What is not covered: time zones other than Z.
"""

import re
from collections.abc import Sequence
from functools import cache

from automl.amounts import AROUND, AROUND_ONE, COMMA, DOT, NEGATIVE
from tools.tool import ToolError
from tools.transform import Column, Input
from tools.transforms.sql import text_of
from tools.words import counted, identifier, listed, literal

_DATES = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%m.%d.%Y", "%d-%m-%Y", "%m-%d-%Y",
    "%m/%d/%y", "%d/%m/%y", "%d.%m.%y", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y",
    "%b %d %Y", "%B %d %Y", "%a, %d %b %Y", "%b %Y", "%B %Y", "%b-%y", "%Y-%m", "%Y%m%d", "%Y", "%Y년 %m월 %d일",
)  # fmt: skip
_TIMES = (
    "", " %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M:%SZ", "T%H:%M", " %H:%M:%S.%f", "T%H:%M:%S.%f", "T%H:%M:%S.%fZ",
    " %I:%M %p", " %I:%M:%S %p",
)  # fmt: skip
FORMATS = tuple(date + time for date in _DATES for time in _TIMES if not time or "%d" in date)
_SAMPLE = 1_000
"""Different cells that show which formats are likely; these are then counted on all rows."""


def number(table: Input, column: Column, type_: str, mark: str | None = None) -> str:
    """An expression that reads amounts: `$1,234.50`, `12 %`, `1.234,5`, `(5)`. Percent signs are dropped.

    The decimal mark is learned from the rows where none is given.
    """
    clean = f"regexp_replace(replace({text_of(column)}, '−', '-'), {literal(AROUND)}, '', 'g')"
    clean = f"regexp_replace({clean}, {literal(NEGATIVE)}, '-\\1\\2')"
    if (mark or decimal_mark(table, column, clean)) == ",":
        found = f"regexp_extract({clean}, {literal(COMMA)})"
        return f"TRY_CAST(replace(replace({found}, '.', ''), ',', '.') AS {type_})"
    return f"TRY_CAST(replace(regexp_extract({clean}, {literal(DOT)}), ',', '') AS {type_})"


def amount(cell: str, type_: str) -> str:
    """An expression that reads one amount by itself, `$1,234.50`, `(5)` or `3,5`; of percents nobody knows the unit."""
    clean = f"regexp_replace(replace({cell}, '−', '-'), {literal(AROUND_ONE)}, '', 'g')"
    clean = f"regexp_replace({clean}, {literal(NEGATIVE)}, '-\\1\\2')"
    dots = f"replace(regexp_extract({clean}, {literal(DOT)}), ',', '')"
    commas = f"replace(replace(regexp_extract({clean}, {literal(COMMA)}), '.', ''), ',', '.')"
    return f"coalesce(TRY_CAST({dots} AS {type_}), TRY_CAST({commas} AS {type_}))"


def decimal_mark(table: Input, column: Column, clean: str) -> str:
    """The mark that reads more of the column's cells; a full stop where both read the same."""
    dots, commas = table.learn_rows(
        f"decimal_mark:{column.name}",
        f"SELECT count(*) FILTER (WHERE regexp_matches(cell, {literal(DOT)})),"
        f" count(*) FILTER (WHERE regexp_matches(cell, {literal(COMMA)})) FROM (SELECT {clean} AS cell FROM {table.name})",
    )[0]
    return "," if commas > dots else "."


_COUNTED: dict[str, str] = {
    "epoch": "make_timestamp(CAST(floor({number} * 1000000) AS BIGINT))",
    "epoch_ms": "make_timestamp(CAST(floor({number} * 1000) AS BIGINT))",
    "excel": "TIMESTAMP '1899-12-30' + to_microseconds(CAST(round({number} * 86400000000) AS BIGINT))",
}
"""Moments told as numbers: seconds or milliseconds since 1970, Excel's days."""


def moment_as(table: Input, column: Column, type_: str, format_: str) -> str:
    """An expression that reads dates and times in a format that is given: strptime's, `day first`, `epoch`, …

    Raises ToolError where it is none.
    """
    import duckdb

    if counted_as := _COUNTED.get(format_.casefold().replace(" ", "_")):
        read = counted_as.format(number=f"TRY_CAST({identifier(column.name)} AS DOUBLE)")
        return read if type_ == "TIMESTAMP" else f"CAST({read} AS {type_})"
    wanted = format_.casefold().replace(" ", "_")
    if wanted in ("day_first", "month_first"):
        return _read_as(column, type_, [_turned(name, wanted) for name in date_formats(table, column)])
    try:
        table.relation.rows(f"SELECT try_strptime('', {literal(format_)})")
    except duckdb.Error as error:
        raise ToolError(
            f"'{format_}' is no format of dates. Write it as %d.%m.%Y, or as day_first, epoch, excel."
        ) from error
    if "%" not in format_:
        raise ToolError(f"'{format_}' is no format of dates. Write it as %d.%m.%Y, or as day_first, epoch, excel.")
    return _read_as(column, type_, [format_])


def month_first(format_: str) -> bool:
    """Whether a format's month comes before its day, both as numbers."""
    return 0 <= format_.find("%m") < format_.find("%d")


def _turned(format_: str, wanted: str) -> str:
    """A format with day and month in the order that is wanted, where both are numbers."""
    return _swapped(format_) if (format_.find("%d") < format_.find("%m")) != (wanted == "day_first") else format_


def moment(table: Input, column: Column, type_: str) -> str:
    """An expression that reads dates and times in the formats learned from the rows; NULL where none fits."""
    return _read_as(column, type_, date_formats(table, column))


def _read_as(column: Column, type_: str, formats: Sequence[str]) -> str:
    if not formats:
        return f"CAST(NULL AS {type_})"
    wanted = literal(formats[0]) if len(formats) == 1 else f"[{', '.join(map(literal, formats))}]"
    parsed = f"try_strptime(trim({text_of(column)}), {wanted})"
    return parsed if type_ == "TIMESTAMP" else f"CAST({parsed} AS {type_})"


def comparable(table: Input, column: Column) -> str:
    """An expression whose order is that of what the column tells: dates and amounts kept as text are read first."""
    if not column.is_text:
        return identifier(column.name)
    filled = f"count(nullif(trim({text_of(column)}), ''))"
    for what, read in (("dates", moment(table, column, "TIMESTAMP")), ("numbers", number(table, column, "DOUBLE"))):
        if table.learn(f"{what}:{column.name}", f"SELECT 2 * count({read}) > {filled} FROM {table.name}"):
            return read
    return identifier(column.name)


def date_formats(table: Input, column: Column) -> list[str]:
    """The formats of a column, the one that reads most cells first; of two that differ in day and month, one."""
    key, cell = f"date_formats:{column.name}", f"trim({text_of(column)})"
    sql = ""
    if key not in table.learned and not table.frozen:
        few = table.relation.rows(
            f"SELECT DISTINCT {cell} AS cell FROM {table.name} WHERE {cell} <> '' ORDER BY hash(cell) LIMIT {_SAMPLE}"
        )
        likely = [name for name in FORMATS if any(_shape(name).fullmatch(row[0]) for row in few)] or list(FORMATS[:1])
        sql = (
            f"SELECT unnest([{', '.join(map(literal, likely))}]) AS format,"
            f" unnest([{', '.join(map(_fits, likely))}]) AS cells FROM (SELECT {cell} AS cell FROM {table.name})"
        )
    counts = {format_: count for format_, count in table.learn_rows(key, sql) if count}
    chosen: list[str] = []
    for format_ in sorted(counts, key=lambda name: (-counts[name], FORMATS.index(name))):
        if _swapped(format_) not in chosen:
            chosen.append(format_)
    # A two-digit year also fits %Y, as the year 20; %y never takes four digits.
    return sorted(chosen, key=lambda name: "%y" not in name)


def ambiguous(table: Input, column: Column) -> bool:
    """Whether day first and month first read the column equally well, so that month first is a guess."""
    counts = {format_: count for format_, count in table.learned.get(f"date_formats:{column.name}", []) if count}
    return any(counts.get(_swapped(name)) == count for name, count in counts.items() if _swapped(name) != name)


def _fits(format_: str) -> str:
    return f"count(*) FILTER (WHERE year(try_strptime(cell, {literal(format_)})) BETWEEN 1000 AND 2999)"


_SHAPES = {
    "%Y": r"\d{4}", "%y": r"\d{2}", "%m": r"\d{1,2}", "%d": r"\d{1,2}", "%b": "[A-Za-z]{3}", "%B": "[A-Za-z]{3,9}",
    "%a": "[A-Za-z]{3}", "%H": r"\d{1,2}", "%I": r"\d{1,2}", "%M": r"\d{1,2}", "%S": r"\d{1,2}", "%f": r"\d{1,9}",
    "%p": "[AaPp][Mm]",
}  # fmt: skip


@cache
def _shape(format_: str) -> re.Pattern[str]:
    """What text of a format looks like: cheap to test, so that DuckDB counts the few formats that are likely."""
    parts = re.split(r"(%[A-Za-z])", format_)
    return re.compile("".join(_SHAPES.get(part) or re.escape(part) for part in parts))


def _swapped(format_: str) -> str:
    """The same format with day and month changed over, where both are numbers."""
    if "%d" not in format_ or "%m" not in format_:
        return format_
    return format_.replace("%d", "%\0").replace("%m", "%d").replace("%\0", "%m")


# --- what could not be read ---


def note(table: Input, column: Column, type_: str, read: str) -> str:
    """What was lost on the way: cells that could not be read, decimals that were rounded, a guess about dates."""
    cell = text_of(column)
    filled, lost, rounded = table.learn_rows(
        f"lost:{column.name}",
        f"SELECT count(*) FILTER (WHERE trim({cell}) <> ''), count(*) FILTER (WHERE trim({cell}) <> '' AND {read} IS NULL),"
        f" {_rounded(read) if type_ == 'integer' else '0'} FROM {table.name}",
    )[0]
    if not lost and not rounded:
        return _guess(table, column)
    examples = table.learn_rows(
        f"unread:{column.name}",
        f"SELECT DISTINCT {cell} AS cell FROM {table.name} WHERE trim({cell}) <> '' AND {read} IS NULL ORDER BY cell LIMIT 3",
    )
    quoted = [f"'{row[0]!s:.40}'" for row in examples]
    if lost == filled and not table.frozen:
        raise ToolError(
            f"None of the {filled:,} values of {column.name} can be read as {type_}, for example {listed(quoted)}. Choose another type or column."
        )
    said = ""
    if lost:
        said = f" {column.name}: {lost:,} of {counted(filled, 'value')} could not be read and became empty, for example {listed(quoted)}."
    if rounded:
        said += (
            f" {column.name}: {counted(rounded, 'value')} with decimals {'was' if rounded == 1 else 'were'} rounded."
        )
    return said + _guess(table, column)


def _rounded(read: str) -> str:
    """Counts the cells whose decimals a whole number loses."""
    return f"count(*) FILTER (WHERE {read} <> {read.removesuffix('BIGINT)')}DOUBLE))"


def _guess(table: Input, column: Column) -> str:
    if not ambiguous(table, column):
        return ""
    return f" {column.name}: day and month can't be told apart, so 03/04 was read as March 4."

"""How a dataset is read as series: its time, the columns that tell series apart, what never changes within one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from automl.columns import name_words
from tools.dataset import Version
from tools.forecasting.step import Ask
from tools.tool import ToolError
from tools.transform import Column, Input
from tools.transforms import parse
from tools.transforms.parts import moment_of
from tools.words import identifier, listed
from tools.workspace import Workspace

UNIQUE = 0.995
"""Columns tell the series apart where this share of the rows is alone at its time."""
LEAST_ROWS = 5
"""So many rows a series has at least, on average; fewer are single events, not series."""
MOST_CANDIDATES, MOST_ITEM_COLUMNS = 6, 3
JOINED = " | "
_TIME_WORDS = {"date", "time", "datetime", "timestamp", "day", "week", "month", "quarter", "year", "period", "fecha", "datum",
               "날짜", "일자", "일시", "월", "연도", "년월", "시간"}  # fmt: skip
_ID_WORDS = {"id", "item", "product", "sku", "store", "shop", "series", "code", "no", "number"}
_YEARS, _MONTHS, _QUARTERS = {"year", "yr", "연도", "년도", "년"}, {"month", "월"}, {"quarter", "qtr", "분기"}
_COUNTED_YEARS = r"^\d{1,3}-\d{1,2}$"


@dataclass
class Shape:
    """The columns of a version as a forecast reads them, and why."""

    version: Version
    time: Column
    moment: str
    """SQL of the time of a row."""
    items: tuple[Column, ...]
    learned: dict[str, Any]
    """How dates kept as text are written."""
    reasons: list[str] = field(default_factory=list)
    part: Column | None = None
    """The month or quarter beside a time of years."""

    @property
    def source(self) -> str:
        return identifier(self.version.ref)

    @property
    def label(self) -> str:
        """SQL of the name of a row's series."""
        return label_of([column.name for column in self.items])


def label_of(items: Sequence[str]) -> str:
    """SQL of the name of a row's series, from the columns that tell series apart."""
    if not items:
        return "''"
    texts = [f"coalesce(CAST({identifier(name)} AS VARCHAR), 'empty')" for name in items]
    return texts[0] if len(texts) == 1 else f"concat_ws('{JOINED}', {', '.join(texts)})"


def find_shape(
    workspace: Workspace, version: Version, target: str, time: str | None, items: Sequence[str] | None
) -> Shape:
    """The shape of a version, with what was not named found in the rows. Raises ToolError where there is no time."""
    learned: dict[str, Any] = {}
    table = Input(identifier(version.ref), version.columns, workspace, learned)
    reasons: list[str] = []
    if time is not None:
        column = table.column(time)
        moment = time_of(table, column)
    else:
        column, moment = _time(table, target)
    part = part_beside(table, column)
    if time is None or part is not None:
        reasons.append(
            f"{column.name} is the time, with {part.name} beside it"
            if part
            else f"{column.name} is the time: it holds dates"
        )
    if learned.get(f"counted_years:{column.name}", [[False]])[0][0]:
        reasons.append(f"the years of {column.name} are counted from 1: shown as 2001, 2002 and so on")
    shape = Shape(version, column, moment, (), learned, reasons, part)
    if items is not None:
        chosen = tuple(table.pick(items))
        if mixed := [one.name for one in chosen if one.name in (target, column.name)]:
            raise ToolError(f"{listed(mixed)} can't tell the series apart and be the time or the target at once.")
        shape.items = chosen
    else:
        shape.items, reason = _items(workspace.rows, shape, target)
        shape.reasons += [reason] if reason else []
    return shape


def time_of(table: Input, column: Column) -> str:
    """SQL of the moments of a column of dates, of text that reads as dates, or of years."""
    if column.is_text and _counts_years(table, column):
        name = identifier(column.name)
        parts = [f"TRY_CAST(split_part({name}, '-', {place}) AS INTEGER)" for place in (1, 2)]
        return f"make_timestamp(2000 + {parts[0]}, {parts[1]}, 1, 0, 0, 0)"
    if beside := _beside(table, column):
        return beside
    try:
        return moment_of(table, column)
    except ToolError as error:
        raise ToolError(
            f"{column.name} holds no dates, so it can't be the time of a forecast.{_dates(table)}"
        ) from error


def part_beside(table: Input, column: Column) -> Column | None:
    """The column that tells the month, or the quarter, of a column of years."""
    if "INT" not in column.type or not name_words(column.name) & _YEARS:
        return None
    return next(
        (
            one
            for words, most in ((_MONTHS, 12), (_QUARTERS, 4))
            for one in table.columns
            if "INT" in one.type
            and one.name != column.name
            and name_words(one.name) & words
            and _within(table, one, most)
        ),
        None,
    )


def _within(table: Input, column: Column, most: int) -> bool:
    name = identifier(column.name)
    sql = f"SELECT coalesce(min({name}) = 1 AND max({name}) = {most}, false) FROM {table.name}"
    return bool(table.learn(f"part:{column.name}:{most}", sql))


def _beside(table: Input, column: Column) -> str:
    """SQL of the start of a month or quarter that two columns tell together; empty where none stands beside."""
    part = part_beside(table, column)
    if part is None:
        return ""
    year, name = identifier(column.name), identifier(part.name)
    month = name if name_words(part.name) & _MONTHS else f"3 * {name} - 2"
    return f"CASE WHEN {name} IS NOT NULL THEN make_timestamp(CAST({year} AS BIGINT), CAST({month} AS BIGINT), 1, 0, 0, 0) END"


def _counts_years(table: Input, column: Column) -> bool:
    """Months of years that are counted from 1, such as 3-11: year 3, month 11."""
    name = identifier(column.name)
    return bool(
        table.learn(
            f"counted_years:{column.name}",
            f"SELECT coalesce(bool_and(regexp_matches({name}, '{_COUNTED_YEARS}')"
            f" AND TRY_CAST(split_part({name}, '-', 2) AS INTEGER) BETWEEN 1 AND 12), false)"
            f" FROM {table.name} WHERE {name} IS NOT NULL",
        )
    )


def _dates(table: Input) -> str:
    dates = [column.name for column in table.columns if column.is_time and column.type != "TIME"]
    return (
        f" Columns of dates: {listed(dates)}."
        if dates
        else " Name a column of dates, or change its type to date first."
    )


def _time(table: Input, target: str) -> tuple[Column, str]:
    """The column of dates with most different ones; text and years count only where their name says time."""
    others = [column for column in table.columns if column.name != target]
    dates = [
        column for column in others if column.is_time and not column.type.startswith("TIME W") and column.type != "TIME"
    ]
    if dates:
        counts = ", ".join(f"approx_count_distinct({identifier(column.name)})" for column in dates)
        found = table.relation.rows(f"SELECT {counts} FROM {table.name}")[0]
        best = max(range(len(dates)), key=lambda place: (_says_time(dates[place]), found[place]))
        return dates[best], identifier(dates[best].name)
    for column in sorted(others, key=lambda one: not _says_time(one)):
        if not (column.is_text or (_says_time(column) and "INT" in column.type)):
            continue
        if _counts_years(table, column) if column.is_text else False:
            return column, time_of(table, column)
        if beside := _beside(table, column):
            return column, beside
        if parse.date_formats(table, column):
            return column, parse.moment(table, column, "TIMESTAMP")
    raise ToolError(
        f"{table.name.strip(chr(34)).split('@')[0]} has no column of dates, so there is nothing to forecast along.{_dates(table)}"
    )


def _says_time(column: Column) -> bool:
    return bool(name_words(column.name) & _TIME_WORDS) or any(word in column.name for word in ("날짜", "일자", "년월"))


def _items(ask: Ask, shape: Shape, target: str) -> tuple[tuple[Column, ...], str]:
    """The fewest columns that leave one row a moment, and why; none where the rows are alone already, or never are."""
    rows, moments = ask(
        f"SELECT count(*), count(DISTINCT {shape.moment}) FROM {shape.source} WHERE {shape.moment} IS NOT NULL"
    )[0]
    if not rows or moments >= UNIQUE * rows:
        return (), ""
    candidates = _candidates(ask, shape, target, rows)
    for size in range(1, MOST_ITEM_COLUMNS + 1):
        for chosen in combinations(candidates, size):
            keys = ", ".join(identifier(column.name) for column in chosen)
            alone, series = ask(
                f"SELECT (SELECT count(*) FROM (SELECT DISTINCT {shape.moment} AS m, {keys} FROM {shape.source} WHERE {shape.moment} IS NOT NULL)),"
                f" (SELECT count(*) FROM (SELECT DISTINCT {keys} FROM {shape.source}))"
            )[0]
            if alone >= UNIQUE * rows and rows >= LEAST_ROWS * series:
                names = listed([column.name for column in chosen])
                return tuple(
                    chosen
                ), f"one series for each {names}: with {'it' if size == 1 else 'them'}, every date comes once"
    return (), "all rows of a step are put together: no column tells series apart"


def _candidates(ask: Ask, shape: Shape, target: str, rows: int) -> list[Column]:
    """Texts, and numbers named like identifiers, that repeat often enough; those with few values first."""
    columns = [
        column
        for column in shape.version.columns
        if column.name not in (target, shape.time.name, shape.part.name if shape.part else "")
        and (column.is_text or ("INT" in column.type and bool(name_words(column.name) & _ID_WORDS)))
    ]
    if not columns:
        return []
    counts = ask(
        f"SELECT {', '.join(f'approx_count_distinct({identifier(column.name)})' for column in columns)} FROM {shape.source}"
    )[0]
    fit = [(count, place) for place, count in enumerate(counts) if 1 < count <= rows / LEAST_ROWS]
    return [columns[place] for _, place in sorted(fit)[:MOST_CANDIDATES]]


def mean_words(name: str) -> bool:
    """Whether a column's name says that its values are levels, which are averaged, not amounts, which are added up."""
    levels = {"rate", "price", "temp", "temperature", "avg", "average", "mean", "percent", "pct", "ratio", "share", "score", "index",
              "level", "humidity", "speed", "rating"}  # fmt: skip
    return bool(name_words(name) & levels) or bool(re.search(r"가격|온도|기온|비율|평균|지수|단가|습도|평점", name))

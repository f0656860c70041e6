"""How a dataset is read as series: its time, the columns that tell series apart, what never changes within one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from automl.columns import name_words
from tools.dataset import Version
from tools.forecasting.periods import beside_of, counted_from_one, parts_beside, period_of, settle_order
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
LEAST_WEEKS = 4
"""From so many weeks on a day of the week without any row is one on which nothing happens."""
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
JOINED = " | "
_TIME_WORDS = {"date", "time", "datetime", "timestamp", "day", "week", "month", "quarter", "year", "period", "fecha", "datum",
               "날짜", "일자", "일시", "월", "연도", "년도", "년월", "시간", "분기", "주차", "기간", "yyyymm", "yearmonth", "ym"}  # fmt: skip
_ID_WORDS = {"id", "item", "product", "sku", "store", "shop", "series", "code", "no", "number"}


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
    parts: tuple[str, ...] = ()
    """The month and the day, the quarter or the week beside a time of years."""
    only: str = ""
    """SQL of the rows that are read, where not all of them are."""

    @property
    def source(self) -> str:
        whole = identifier(self.version.ref)
        return f"(SELECT * FROM {whole} WHERE {self.only})" if self.only else whole

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
    column = table.column(time) if time is not None else _time(table, target)
    order = settle_order(table, column)
    moment = time_of(table, column)
    parts = tuple(parts_beside(table, column))
    if time is None or parts:
        beside = f", with {listed(list(parts))} beside it" if parts else ": it holds dates"
        reasons.append(f"the time is {column.name}{beside}")
    reasons += [order] if order else []
    if counted_from_one(learned, column.name):
        reasons.append(f"the years of {column.name} are counted from 1: shown as 2001, 2002 and so on")
    shape = Shape(version, column, moment, (), learned, reasons, parts)
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
    """SQL of the moments of a column of dates, of text that reads as dates or periods, or of years."""
    if found := beside_of(table, column) or _read(table, column):
        return found
    try:
        return moment_of(table, column)
    except ToolError as error:
        raise ToolError(
            f"{column.name} holds no dates, so it can't be the time of a forecast.{_dates(table)}"
        ) from error


def _read(table: Input, column: Column) -> str:
    """SQL of the moments that text or numbers tell; empty where most cells tell none."""
    if column.is_time:
        return ""
    if not column.type.startswith(("DOUBLE", "FLOAT", "DECIMAL")) and parse.date_formats(table, column):
        moment = parse.moment(table, column, "TIMESTAMP")
        name = identifier(column.name)
        if table.frozen or table.relation.rows(f"SELECT 2 * count({moment}) > count({name}) FROM {table.name}")[0][0]:
            return moment
    return period_of(table, column)


def _dates(table: Input) -> str:
    dates = [column.name for column in table.columns if column.is_time and column.type != "TIME"]
    return (
        f" Columns of dates: {listed(dates)}."
        if dates
        else " Name a column of dates, or change its type to date first."
    )


def _time(table: Input, target: str) -> Column:
    """The column of dates with most different ones; text and numbers count only where most cells, and the name, say time."""
    others = [column for column in table.columns if column.name != target]
    dates = [
        column for column in others if column.is_time and not column.type.startswith("TIME W") and column.type != "TIME"
    ]
    if dates:
        counts = ", ".join(f"approx_count_distinct({identifier(column.name)})" for column in dates)
        found = table.relation.rows(f"SELECT {counts} FROM {table.name}")[0]
        best = max(range(len(dates)), key=lambda place: (_says_time(dates[place]), found[place]))
        return dates[best]
    for column in sorted(others, key=lambda one: not _says_time(one)):
        if (column.is_text or (_says_time(column) and column.is_number)) and (
            beside_of(table, column) or _read(table, column)
        ):
            return column
    raise ToolError(
        f"{table.name.strip(chr(34)).split('@')[0]} has no column of dates, so there is nothing to forecast along.{_dates(table)}"
    )


def _says_time(column: Column) -> bool:
    return bool(name_words(column.name) & _TIME_WORDS) or any(
        word in column.name for word in ("날짜", "일자", "년월", "연월")
    )


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
        if column.name not in (target, shape.time.name, *shape.parts)
        and (column.is_text or ("INT" in column.type and bool(name_words(column.name) & _ID_WORDS)))
    ]
    if not columns:
        return []
    counts = ask(
        f"SELECT {', '.join(f'approx_count_distinct({identifier(column.name)})' for column in columns)} FROM {shape.source}"
    )[0]
    fit = [(count, place) for place, count in enumerate(counts) if 1 < count <= rows / LEAST_ROWS]
    return [columns[place] for _, place in sorted(fit)[:MOST_CANDIDATES]]


def closed_days(workspace: Workspace, shape: Shape, target: Column) -> list[int]:
    """The days of the week on which nothing ever happens, 0 for Monday; none where all but one are."""
    open_days, weeks = workspace.rows(
        f"SELECT list(DISTINCT isodow({shape.moment})), count(DISTINCT date_trunc('week', CAST({shape.moment} AS TIMESTAMP)))"
        f" FROM {shape.source} WHERE {shape.moment} IS NOT NULL AND {identifier(target.name)} IS NOT NULL"
    )[0]
    closed = [day for day in range(len(DAYS)) if day + 1 not in open_days]
    return closed if weeks >= LEAST_WEEKS and len(closed) < len(DAYS) - 1 else []


def mean_words(name: str) -> bool:
    """Whether a column's name says that its values are levels, which are averaged, not amounts, which are added up."""
    levels = {"rate", "price", "temp", "temperature", "avg", "average", "mean", "percent", "pct", "ratio", "share", "score", "index",
              "level", "humidity", "speed", "rating", "stock", "inventory", "balance"}  # fmt: skip
    return bool(name_words(name) & levels) or bool(
        re.search(r"가격|온도|기온|비율|평균|지수|단가|습도|평점|재고|잔액|환율", name)
    )


def may_fall_below_zero(name: str) -> bool:
    """Whether a column's name says that its numbers are differences or levels; amounts and counts are never below zero."""
    differences = {"profit", "margin", "net", "growth", "change", "difference", "diff", "delta", "deviation", "anomaly"}
    return (
        mean_words(name) or bool(name_words(name) & differences) or bool(re.search(r"이익|손익|증감|차이|편차", name))
    )

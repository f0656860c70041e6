"""The rows of a dataset as series: cut to the step, put together where several fall into one, one file for the fit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from automl.forecasting.series import ITEM, TARGET, TIME, Step
from tools.forecasting.shape import label_of
from tools.forecasting.step import Ask, bucket, ending
from tools.transform import Column
from tools.words import identifier

Combine = Literal["sum", "mean", "last"]
PARTIAL = 2.0
"""A step may lack so many of the usual gaps at its end and still be whole."""


@dataclass(frozen=True)
class Reading:
    """How rows become series; it reads newer rows the same way."""

    moment: str
    items: tuple[str, ...]
    target: str
    step: Step
    combine: Combine
    known: tuple[Column, ...]
    statics: tuple[str, ...]

    def series(self, source: str, where: str = "true") -> str:
        """The SELECT of the series: an item, a time and a target a row, then known and static columns."""
        others = [f"{_taken(column)} AS {identifier(column.name)}" for column in self.known]
        others += [f"any_value({identifier(name)}) AS {identifier(name)}" for name in self.statics]
        target = identifier(self.target)
        value = {
            "sum": f"sum(CAST({target} AS DOUBLE))",
            "mean": f"avg(CAST({target} AS DOUBLE))",
            "last": f"arg_max(CAST({target} AS DOUBLE), {self.moment})",
        }[self.combine]
        cells = ", ".join([f"{value} AS {identifier(TARGET)}", *others])
        return (
            f"SELECT {label_of(self.items)} AS {identifier(ITEM)}, {bucket(self.step, self.moment)} AS {identifier(TIME)}, {cells}"
            f" FROM {source} WHERE {self.moment} IS NOT NULL AND {where} GROUP BY 1, 2"
        )

    def past(self, source: str, where: str = "true") -> str:
        """The series up to each one's last value."""
        ends = f"max({identifier(TIME)}) FILTER (WHERE {identifier(TARGET)} IS NOT NULL) OVER (PARTITION BY {identifier(ITEM)})"
        return (
            f"SELECT * EXCLUDE (__end) FROM (SELECT *, {ends} AS __end FROM ({self.series(source, where)}))"
            f" WHERE {identifier(TIME)} <= __end ORDER BY ALL"
        )

    def ahead(self, source: str, where: str = "true") -> str:
        """What is known ahead at each step: an item and a time a row, then the known columns."""
        cells = ", ".join(f"{_taken(column)} AS {identifier(column.name)}" for column in self.known)
        return (
            f"SELECT {label_of(self.items)} AS {identifier(ITEM)}, {bucket(self.step, self.moment)} AS {identifier(TIME)}, {cells}"
            f" FROM {source} WHERE {self.moment} IS NOT NULL AND {where} GROUP BY 1, 2 ORDER BY ALL"
        )

    @property
    def unknown(self) -> str:
        """The condition of rows whose target is still to come."""
        return f"{identifier(self.target)} IS NULL"


def _taken(column: Column) -> str:
    """What a step takes of a known column: the mean of numbers, the commonest of the rest."""
    name = identifier(column.name)
    return f"avg(CAST({name} AS DOUBLE))" if column.is_number else f"mode(CAST({name} AS VARCHAR))"


def partial_ends(ask: Ask, reading: Reading, source: str) -> tuple[str, list[str]]:
    """A condition that leaves out steps at the ends that the rows cover in part only, and what to say of it."""
    found = ask(edges(reading, source))
    conditions, said = [], []
    for first, last, begun, broken in found:
        if begun is not None:
            conditions.append(f"{bucket(reading.step, reading.moment)} > TIMESTAMP '{begun}'")
            said.append(f"The first {reading.step.words()} was left out: its rows begin on {str(first)[:10]}.")
        if broken is not None:
            conditions.append(f"{bucket(reading.step, reading.moment)} < TIMESTAMP '{broken}'")
            said.append(f"The last {reading.step.words()} was left out: its rows end on {str(last)[:10]}.")
    return " AND ".join(conditions) or "true", said


def edges(reading: Reading, source: str) -> str:
    """SQL of the first and the last moment, and of the steps at the two ends that the rows cover in part only, else NULL.

    The sum of half a month is no month. A step counts as whole where the rows reach within two usual gaps of its end. No
    row where that matters not: nothing is added up, or every step has one moment.
    """
    step, target = reading.step, identifier(reading.target)
    room = 0 if step.unit in ("minute", "hour") else 86_400
    start, end = bucket(step, "first"), bucket(step, "last")
    return (
        f"WITH moments AS (SELECT DISTINCT CAST({reading.moment} AS TIMESTAMP) AS m FROM {source}"
        f" WHERE {reading.moment} IS NOT NULL AND {target} IS NOT NULL AND {str(reading.combine == 'sum').lower()}),"
        " gaps AS (SELECT m, epoch(m) - epoch(lag(m) OVER (ORDER BY m)) AS gap FROM moments),"
        f" reach AS (SELECT min(m) AS first, max(m) AS last, greatest({PARTIAL} * median(gap), {room}) AS room FROM gaps"
        f" HAVING count(*) > count(DISTINCT {bucket(step, 'm')}))"
        f" SELECT first, last, CASE WHEN epoch(first) - epoch({start}) > room THEN {start} END AS begun,"
        f" CASE WHEN epoch({ending(step, end)}) - epoch(last) > room THEN {end} END AS broken FROM reach"
    )


def constant_columns(ask: Ask, columns: Sequence[Column], items: Sequence[str], source: str) -> list[str]:
    """The columns that never change within a series."""
    if not items or not columns:
        return []
    each = ", ".join(f"count(DISTINCT {identifier(column.name)}) AS c{place}" for place, column in enumerate(columns))
    most = ", ".join(f"max(c{place})" for place in range(len(columns)))
    found: tuple[Any, ...] = ask(f"SELECT {most} FROM (SELECT {each} FROM {source} GROUP BY {label_of(items)})")[0]
    return [column.name for column, count in zip(columns, found, strict=True) if count is not None and count <= 1]


def lengths(ask: Ask, series: str) -> list[tuple[str, int, str, str]]:
    """Each series with its number of values, its first and its last moment, the longest first."""
    name, time = identifier(ITEM), identifier(TIME)
    rows = ask(
        f"SELECT {name}, count({identifier(TARGET)}), CAST(min({time}) AS VARCHAR), CAST(max({time}) AS VARCHAR)"
        f" FROM ({series}) GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    return [(str(item), int(count), str(first), str(last)) for item, count, first, last in rows]

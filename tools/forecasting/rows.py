"""The rows of a dataset as series: cut to the step, put together where several fall into one, one file for the fit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from automl.series import ITEM, TARGET, TIME, Step
from tools.forecasting.shape import label_of
from tools.forecasting.step import Ask, bucket, ending
from tools.tool import Column, identifier

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
    """A condition that leaves out steps at the ends that the rows cover in part only, and what to say of it.

    The sum of half a month is no month. A step counts as whole where the rows reach within two usual gaps of its end.
    """
    moment, target = f"CAST({reading.moment} AS TIMESTAMP)", identifier(reading.target)
    moments, places = ask(
        f"SELECT count(DISTINCT {moment}), count(DISTINCT {bucket(reading.step, reading.moment)}) FROM {source}"
        f" WHERE {reading.moment} IS NOT NULL AND {target} IS NOT NULL"
    )[0]
    if reading.combine != "sum" or moments <= places:
        return "true", []
    first, last, gap = ask(
        f"SELECT min(m), max(m), median(gap) FROM (SELECT m, epoch(m) - epoch(lag(m) OVER (ORDER BY m)) AS gap FROM"
        f" (SELECT DISTINCT {moment} AS m FROM {source} WHERE {target} IS NOT NULL AND {reading.moment} IS NOT NULL))"
    )[0]
    if first is None or gap is None:
        return "true", []
    room = max(PARTIAL * float(gap), 86_400.0 if reading.step.unit not in ("minute", "hour") else 0.0)
    start, end = bucket(reading.step, f"TIMESTAMP '{first}'"), bucket(reading.step, f"TIMESTAMP '{last}'")
    begun, left, start_at, end_at = ask(
        f"SELECT epoch(TIMESTAMP '{first}') - epoch({start}), epoch({ending(reading.step, end)}) - epoch(TIMESTAMP '{last}'),"
        f" {start}, {end}"
    )[0]
    conditions, said = [], []
    if begun > room:
        conditions.append(f"{bucket(reading.step, reading.moment)} > TIMESTAMP '{start_at}'")
        said.append(f"The first {reading.step.words()} was left out: its rows begin on {str(first)[:10]}.")
    if left > room:
        conditions.append(f"{bucket(reading.step, reading.moment)} < TIMESTAMP '{end_at}'")
        said.append(f"The last {reading.step.words()} was left out: its rows end on {str(last)[:10]}.")
    return " AND ".join(conditions) or "true", said


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

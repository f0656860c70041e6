"""Empty cells filled from the rows most like their own, which are written into the SQL.

Two rows are as far apart as their numbers are, each in standard deviations, and one for each category that differs; a
cell that one of them lacks counts as one, too. The rows to compare with are a sample, learned once. What is not covered:
dates, neither filled nor read, and texts most of which are different.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tools.tool import ToolError
from tools.transform import Column, Derived, Input
from tools.transforms.sql import is_integer, names, numbered, skipped, taken_names, untouched
from tools.words import counted, free_name, identifier, listed, literal

MOST_ROWS = 1_000
"""Rows that are kept to compare with."""
LEAST_ROWS = 100
MOST_CELLS = 20_000
"""Cells of these rows that are written into the SQL."""
MOST_COMPARED = 4_000_000_000
"""Pairs of cells that are compared: about a minute on two cores."""
MOST_NEIGHBOURS = 50
_RUNNING = 20
"""Whole numbers from this many on that are all different, with few left out between them, only name the rows."""


@dataclass(frozen=True)
class Known:
    """The rows to compare with, what tells how far another one is, and names that no column has."""

    columns: Sequence[Column]
    deviations: Mapping[str, float | None]
    """Of the columns that are compared; None for categories."""
    rows: Sequence[Sequence[Any]]
    row: str
    place: str
    far: str

    @property
    def table(self) -> str:
        """The SELECT of the rows with their place: of equally near ones the first, the most usual ones, are taken."""
        cells = ",\n    ".join(f"({n}, {', '.join(map(literal, row))})" for n, row in enumerate(self.rows, start=1))
        typed = ", ".join(f"{identifier(one.name)}::{one.type} AS {identifier(one.name)}" for one in self.columns)
        named = f"AS known({self.place}, {names(self.columns)})"
        return f"SELECT {self.place}, {typed} FROM (VALUES\n    {cells}\n  ) {named}"

    def distance(self, without: str = "") -> str:
        """How far a row called `one` is from one called `other`; the place only parts those that are equally far."""
        types = {column.name: column.type for column in self.columns}
        parts = [_apart(name, types[name], wide) for name, wide in self.deviations.items() if name != without]
        return f"{' + '.join(parts)} + other.{self.place} / 1e9"


def _apart(name: str, type_: str, deviation: float | None) -> str:
    one, other = (f"{row}.{identifier(name)}" for row in ("one", "other"))
    if deviation is None:
        return f"coalesce(({one} <> {other})::INT, 1)"
    apart = f"coalesce(abs({one}::DOUBLE - {other}::DOUBLE) / {deviation!r}, 1)"
    return f"CASE WHEN isfinite({one}) THEN {apart} ELSE 1 END" if type_ in ("DOUBLE", "FLOAT") else apart


def fill_by_neighbours(
    table: Input, empty: Mapping[Column, int], using: Sequence[Column] | None, count: int
) -> Derived:
    """Fill each column's empty cells, of which it has so many, from the `count` rows that are most like theirs.

    Without `using` all columns tell which rows are alike. Raises ToolError where that would take many minutes.
    """
    if not 1 <= count <= MOST_NEIGHBOURS:
        raise ToolError(f"From 1 to {MOST_NEIGHBOURS} neighbours were expected, got {count}.")
    facts = _facts(table, list(dict.fromkeys([*empty, *(table.columns if using is None else using)])))
    told_by = [one for one in using or facts if one in facts and one not in table.hidden]
    read = [one for one in told_by if facts[one].tells(running=using is not None)]
    reasons = {column.name: reason for column in empty if (reason := _unfit(column, facts, read))}
    gaps = [column for column in empty if column.name not in reasons]
    known = _known(table, gaps, {one: facts[one] for one in read}) if gaps else None
    told = {column: _told(table, known, column, count) for column in gaps} if known else {}
    reasons |= {column.name: "has too few values to learn from" for column in gaps if not told[column]}
    gaps = [column for column in gaps if told[column]]
    if not known or not gaps:
        return untouched(table, f"Nothing to fill.{skipped(reasons)}")
    said = [f"{column.name}: {counted(empty[column], 'cell')} with {told[column]}" for column in gaps]
    total = counted(sum(empty[column] for column in gaps), "empty cell")
    alike = (
        f"Rows are alike by {listed([one.name for one in read], 5)}; {counted(len(known.rows), 'row')} to compare with."
    )
    text = f"Filled {total}. {'; '.join(said)}. {alike}{skipped(reasons)}"
    return Derived(_filled(table, known, gaps, count), text, materialise=True)


# --- what is learned ---------------------------------------------------------------------------------------------


class Facts(NamedTuple):
    """What a column holds; categories have no mean, deviation and range."""

    filled: int
    distinct: int
    mean: float | None
    deviation: float | None
    range: float | None

    def tells(self, *, running: bool) -> bool:
        """Whether it can tell which rows are alike; a running number does so only where it is asked to."""
        if self.deviation is None or self.range is None:
            return 2 <= self.distinct <= self.filled / 2
        runs = self.distinct == self.filled >= _RUNNING and self.range < 2 * self.filled
        return self.deviation > 0 and (running or not runs)


def _facts(table: Input, columns: Sequence[Column]) -> dict[Column, Facts]:
    """What each column of numbers, texts or yes and no holds, learned in one query."""
    fit = [column for column in columns if column.is_number or column.is_text or column.type == "BOOLEAN"]
    parts: list[str] = []
    for column in fit:
        name, cell = identifier(column.name), f"{identifier(column.name)}::DOUBLE"
        finite = f"FILTER (isfinite({cell}))"
        distinct = f"count(DISTINCT {name})" if not column.is_number or is_integer(column) else "0"
        spread = f"avg({cell}) {finite}, stddev_pop({cell}) {finite}, max({cell}) {finite} - min({cell}) {finite}"
        parts += [f"count({name}), {distinct}, {spread if column.is_number else 'NULL, NULL, NULL'}"]
    if not fit:
        return {}
    row = table.learn_rows("facts", f"SELECT {', '.join(parts)} FROM {table.name}")[0]
    return {column: Facts(*row[5 * place : 5 * place + 5]) for place, column in enumerate(fit)}


def _unfit(column: Column, facts: Mapping[Column, Facts], read: Sequence[Column]) -> str:
    """Why a column's empty cells can't be filled; nothing where they can."""
    if column not in facts:
        return "holds dates or other values that have no mean"
    if not facts[column].filled:
        return "has no values to learn from"
    if column.is_text and facts[column].distinct > facts[column].filled / 2:
        return "holds texts most of which are different"
    return "" if set(read) - {column} else "has no other column to tell which rows are alike"


def _known(table: Input, gaps: Sequence[Column], read: Mapping[Column, Facts]) -> Known:
    """The rows to compare with, the most usual ones first. Raises ToolError where too much would be compared."""
    columns = list(dict.fromkeys([*read, *gaps]))
    taken = taken_names(table)
    row, place, far = (free_name(name, taken) for name in ("row", "place", "far"))
    filled, gap = (" OR ".join(f"{identifier(one.name)} IS {test}" for one in gaps) for test in ("NOT NULL", "NULL"))

    def sample() -> list[Any]:
        holes = table.relation.rows(f"SELECT count(*) FROM {table.name} WHERE {gap}")[0][0]
        most = min(MOST_ROWS, MOST_CELLS // len(columns), MOST_COMPARED // (holes * len(read)))
        if most < LEAST_ROWS:
            raise ToolError(
                f"{counted(holes, 'row')} with empty cells and {counted(len(columns), 'column')} are too many to compare."
                " Name fewer columns in columns and using, or use method model, which takes any number of rows."
            )
        usual = " + ".join(
            f"coalesce(abs({identifier(one.name)}::DOUBLE - {facts.mean!r}) / {facts.deviation!r}, 1)"
            for one, facts in read.items()
            if facts.deviation
        )
        drawn = f"SELECT * FROM ({numbered(table.name, row)}) WHERE {filled} ORDER BY hash({row}), {row} LIMIT {most}"
        return table.relation.rows(f"SELECT {names(columns)} FROM ({drawn}) ORDER BY {usual or '0'}, {row}")

    deviations = {one.name: facts.deviation for one, facts in read.items()}
    return Known(columns, deviations, table.learn_value("known", sample), row, place, far)


def _told(table: Input, known: Known, column: Column, count: int) -> str:
    """What the column is filled with and how good that is, measured on the rows to compare with; nothing if none has it."""
    name, far, number = identifier(column.name), known.far, "::DOUBLE" if column.is_number else ""
    good = "1 - sum(pow(own - told, 2)) / nullif(var_pop(own) * count(*), 0)" if number else "avg((own = told)::INT)"
    sql = f"""WITH known AS MATERIALIZED ({known.table}), near AS (
  SELECT any_value(own){number} AS own, {_pick(column, "told", far, count)}{number} AS told
  FROM (SELECT one.{known.place}, one.{name} AS own, other.{name} AS told, {known.distance(without=column.name)} AS {far}
    FROM known one JOIN known other ON one.{known.place} <> other.{known.place}
    WHERE one.{name} IS NOT NULL AND other.{name} IS NOT NULL) GROUP BY {known.place}
)
SELECT count(*), {good} FROM near"""
    tested, share = table.learn_rows(f"good:{column.name}", sql)[0]
    if not tested:
        return ""
    does = "explains {:.0%} of the variance" if number else "gets {:.0%} of the cells right"
    how = f" ({does.format(max(share, 0))}, measured on cells that were known)" if share is not None else ""
    return f"the {'mean' if number else 'most frequent value'} of the {counted(count, 'row')} most like theirs{how}"


# --- the SQL -----------------------------------------------------------------------------------------------------


def _pick(column: Column, cell: str, far: str, count: int) -> str:
    """The aggregate over other rows that gives what a cell is filled with."""
    near = f"min_by({cell}, {far}, {count}) FILTER ({cell} IS NOT NULL)"
    if not column.is_number:
        return f"list_aggregate({near}, 'mode')"  # of equally frequent ones the nearest
    mean = f"list_avg({near})"
    return f"round({mean})::{column.type}" if is_integer(column) else f"{mean}::{column.type}"


def _filled(table: Input, known: Known, gaps: Sequence[Column], count: int) -> str:
    """All rows in their order, with the cells that neighbours fill."""
    row, far = known.row, known.far
    called = [identifier(column.name) for column in gaps]
    lacks = " OR ".join(f"one.{name} IS NULL" for name in called)
    others = ", ".join(f"CASE WHEN one.{name} IS NULL THEN other.{name} END AS {name}" for name in called)
    picks = ",\n    ".join(
        f"{_pick(column, identifier(column.name), far, count)} AS {identifier(column.name)}" for column in gaps
    )
    cells = ", ".join(f"coalesce(numbered.{name}, near.{name}) AS {name}" for name in called)
    return f"""WITH numbered AS NOT MATERIALIZED ({numbered(table.name, row)}),
known AS MATERIALIZED (
  {known.table}
), near AS (
  SELECT {row}, {picks}
  FROM (
    SELECT one.{row}, {others},
      {known.distance()} AS {far}
    FROM numbered one JOIN known other ON {lacks}
  ) GROUP BY {row}
)
SELECT numbered.* EXCLUDE ({row}) REPLACE ({cells}) FROM numbered LEFT JOIN near USING ({row}) ORDER BY {row}"""

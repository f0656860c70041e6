"""A SELECT on trial, before its version is recorded: which cells are new, whether one of them can fail, what they cost.

A version that is a view computes its cells whenever it is read. So every new cell that might fail is computed once
before; those that can't, such as sums of floating-point numbers, need not be.
What is not covered: expressions that are not listed below; they are taken to be able to fail.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from tools.dataset import Version
from tools.words import identifier

if TYPE_CHECKING:
    from sqlglot import exp

LARGE = 1_000_000
"""Of a table with so many rows some are timed first, and only cells that might fail are computed."""
TIMED_ROWS = 50_000
"""So many rows of a large table tell how long all would take."""

Types = Mapping[int, str]
"""What DuckDB says of each part of an expression, by the part's `id`."""


@dataclass(frozen=True)
class Projection:
    """A SELECT of all columns of one table, some of them computed anew: each row stays, in its place."""

    computed: tuple[str, ...]
    """The columns that are no longer what they were, or are new."""
    filtered: bool
    """Whether a condition takes rows out."""
    can_fail: bool
    """Whether there may be a cell that can't be computed, such as a text cast to a number."""


def projection(cursor: duckdb.DuckDBPyConnection, sql: str, parent: Version) -> Projection | None:
    """How a SELECT is a projection of that version; None for any other, which may order, join or group."""
    import sqlglot
    from sqlglot import exp

    try:
        tree = sqlglot.parse_one(sql, read="duckdb")
    except sqlglot.errors.SqlglotError:
        return None
    elsewhere = (exp.Subquery, exp.Window, exp.Unnest, exp.Explode, exp.AggFunc, exp.Join)
    if not isinstance(tree, exp.Select) or tree.find(*elsewhere):
        return None
    parts = {name for name, value in tree.args.items() if value and name not in ("expressions", "kind")}
    source = tree.find(exp.Table)
    if parts - {"from_", "where"} or source is None or source.name != parent.ref or not tree.expressions:
        return None
    star, *rest = tree.expressions
    if not isinstance(star, exp.Star) or not all(isinstance(one, exp.Alias) for one in rest):
        return None
    cells = [*(star.args.get("replace") or []), *rest]
    return Projection(
        computed=tuple(one.alias for one in cells),
        filtered="where" in parts,
        can_fail=parent.row_count >= LARGE and not _computable(cursor, parent, [one.this for one in cells]),
    )


# --- which cells can't fail --------------------------------------------------------------------------------------

_INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}


def _computable(cursor: duckdb.DuckDBPyConnection, parent: Version, cells: Sequence["exp.Expression"]) -> bool:
    """Whether no cell of these expressions can fail, whatever the rows hold. DuckDB tells the type of each part."""
    from sqlglot import exp

    every = [part for cell in cells for part in cell.walk() if not isinstance(part, exp.Identifier | exp.DataType)]
    parts = [part for part in every if not (isinstance(part, exp.If) and isinstance(part.parent, exp.Case))]
    asked = ", ".join(part.sql(dialect="duckdb") for part in parts)
    if not parts:
        return True
    try:
        described = cursor.execute(f"DESCRIBE SELECT {asked} FROM {identifier(parent.ref)}").fetchall()
    except duckdb.Error:
        return False
    types = {id(part): str(row[1]) for part, row in zip(parts, described, strict=True)}
    return all(_sure(part, types) for part in parts)


def _sure(part: "exp.Expr", types: Types) -> bool:
    """Whether a part of an expression can't fail where those below it don't."""
    from sqlglot import exp

    made = types[id(part)]
    given = _types(list(part.iter_expressions()), types)
    match part:
        case exp.Column() | exp.Literal() | exp.Boolean() | exp.Null() | exp.Paren():
            return True
        case exp.Is():
            return isinstance(part.expression, exp.Null) or given == ["BOOLEAN", "BOOLEAN"]
        case exp.Case():
            return _sure_case(part, types)
        case exp.Not() | exp.And() | exp.Or():
            return set(given) <= {"BOOLEAN"}
        case exp.RegexpReplace():
            return set(given) <= {"VARCHAR"} and isinstance(part.expression, exp.Literal)
        case exp.Lower() | exp.Upper() | exp.Trim() | exp.DPipe():
            return set(given) <= {"VARCHAR"}
        case exp.EQ() | exp.NEQ() | exp.GT() | exp.GTE() | exp.LT() | exp.LTE() | exp.In() | exp.Between():
            return _alike(given)
        case exp.Coalesce() | exp.Nullif() | exp.Greatest() | exp.Least():
            return _alike(given)
        case exp.Neg() if isinstance(part.this, exp.Literal):
            return True
        case exp.Add() | exp.Sub() | exp.Mul() | exp.Div() | exp.Neg() | exp.Abs() | exp.Round():
            return made == "DOUBLE" and all(map(_is_number, given))
        case exp.Year() | exp.Quarter() | exp.Month() | exp.Day():
            return given in (["DATE"], ["TIMESTAMP"])
        case exp.TryCast():
            return True
        case exp.Cast():
            return all(_widens(one, made) for one in given)
    return False


def _types(parts: Sequence["exp.Expr | None"], types: Types) -> list[str]:
    """The types of some parts; an empty value has any."""
    from sqlglot import exp

    return [types[id(part)] for part in parts if id(part) in types and not isinstance(part, exp.Null)]


def _sure_case(case: "exp.Case", types: Types) -> bool:
    """Whether neither the choice of a CASE nor making one type of its values can fail."""
    ifs = case.args["ifs"]
    asked = _types([case.this, *(one.this for one in ifs)], types)
    chosen = _types([*(one.args["true"] for one in ifs), case.args.get("default")], types)
    return (_alike(asked) if case.this else set(asked) <= {"BOOLEAN"}) and _alike(chosen)


def _is_number(name: str) -> bool:
    return name in _INTEGERS or name == "DOUBLE" or name.startswith("DECIMAL")


def _alike(names: Sequence[str]) -> bool:
    """Whether values of these types can always be brought to one: they are of one, integers, or numbers beside a DOUBLE."""
    kinds = set(names)
    return len(kinds) <= 1 or kinds <= _INTEGERS or ("DOUBLE" in kinds and all(map(_is_number, kinds)))


def _widens(given: str, made: str) -> bool:
    """Whether every value of a type has one of the other."""
    return (
        given == made
        or (made == "DOUBLE" and (_is_number(given) or given == "BOOLEAN"))
        or (made in _INTEGERS and given == "BOOLEAN")
        or (made == "BIGINT" and given in _INTEGERS)
        or (made == "VARCHAR" and (_is_number(given) or given in ("BOOLEAN", "DATE", "TIMESTAMP")))
    )


# --- what cells cost ---------------------------------------------------------------------------------------------


def _stopwatch() -> Callable[[], float]:
    """Tells the seconds since now: of the clock, or of the processor where that had other things to do."""
    clock, processor = time.monotonic(), time.process_time()
    return lambda: min(time.monotonic() - clock, time.process_time() - processor)


@dataclass(frozen=True)
class Trial:
    """A view that may become a version."""

    cursor: duckdb.DuckDBPyConnection
    view: str
    parent: Version
    plainly: Projection | None

    def foreseen(self) -> float:
        """About how many seconds the new cells of a large table take, by some of its rows."""
        if self.parent.row_count < LARGE or self.plainly is None or not self.plainly.computed:
            return 0.0
        cells = ", ".join(f"any_value({identifier(name)})" for name in self.plainly.computed)
        some = f"SELECT {cells} FROM (SELECT * FROM {self.view} LIMIT {TIMED_ROWS})"
        planned = self._seconds(f"EXPLAIN {some}")
        return max(0.0, self._seconds(some) - planned) * self.parent.row_count / TIMED_ROWS

    def _seconds(self, sql: str) -> float:
        passed = _stopwatch()
        self.cursor.execute(sql).fetchall()
        return passed()

    def run(self) -> tuple[int, float]:
        """The number of rows, and the seconds that it took to know that all can be computed."""
        passed = _stopwatch()
        if self.plainly is None:
            found = self.cursor.execute(f"SELECT count(*), any_value(COLUMNS(*)) FROM {self.view}").fetchall()
            return int(found[0][0]), passed()
        computed = self.plainly.computed if self.plainly.can_fail or self.parent.row_count < LARGE else ()
        if not computed and not self.plainly.filtered:
            return self.parent.row_count, 0.0
        cells = "".join(f", any_value({identifier(name)})" for name in computed)
        found = self.cursor.execute(f"SELECT count(*){cells} FROM {self.view}").fetchall()
        return int(found[0][0]), passed()

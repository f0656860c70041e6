"""Mends by rule what language models get wrong in SQL: names, aliases, joins, groups, spellings of values.

A small model knows what it wants long before it gets every name right: `T2.height` where T1 has it, `pet_type` for
PetType, a column of a table it forgot to join, 'chicago' for 'Chicago'. Each rule changes the statement only where what
it says can't be meant, and says what it changed. The result passes the guard like any other SQL.

What is not covered: recursive CTEs, PIVOT, and statements that sqlglot can't read; they come back as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from tools import engine
from tools.guard import explain
from tools.mending.forms import TypeOf, from_elsewhere, mend_forms
from tools.mending.groups import mend_groups
from tools.mending.joins import drop_unasked_joins, mend_joins
from tools.mending.names import Names, mend_names
from tools.mending.rejoin import rejoin
from tools.mending.values import Lookup, mend_values
from tools.relations import Relation, relations
from tools.tool import ToolError, identifier
from tools.workspace import Workspace


@dataclass(frozen=True)
class Mended:
    """A statement after mending, and what was changed, one sentence each."""

    sql: str
    changes: list[str] = field(default_factory=list)


def mend_sql(workspace: Workspace, sql: str, request: str = "") -> Mended:
    """The statement with what can be mended by rule; unchanged where nothing is wrong or it can't be read."""
    heads = {head.dataset: head for head in workspace.datasets()}
    types = {(name, column.name): column.type for name, head in heads.items() for column in head.columns}

    def lookup(table: str, column: str, text: str) -> list[str] | None:
        if not types.get((table, column), "").startswith(("VARCHAR", "ENUM")):
            return None
        name = identifier(column)
        with workspace.cursor() as cursor:
            rows = engine.fetch(
                cursor,
                f"SELECT DISTINCT {name} FROM {identifier(table)} WHERE lower(trim({name})) = lower(trim(?)) LIMIT 5",
                [text],
            )
        return [str(row[0]) for row in rows]

    tables = {name: head.names for name, head in heads.items()}
    mended = mend(sql, tables, relations(workspace), lookup, request, lambda table, column: types[table, column])
    error = _error(workspace, mended.sql)
    if "unction" in error or "arser" in error:
        told = from_elsewhere(mended.sql, lambda text: not _error(workspace, text))
        if told != mended.sql:
            return Mended(told, [*mended.changes, "Functions are written as DuckDB knows them."])
    return mended


def _error(workspace: Workspace, sql: str) -> str:
    """What keeps a statement from running, or nothing."""
    try:
        explain(workspace, sql)
    except ToolError as error:
        return str(error)
    return ""


def mend(
    sql: str,
    tables: Mapping[str, Sequence[str]],
    joins: Sequence[Relation],
    lookup: Lookup,
    request: str = "",
    type_of: TypeOf = lambda table, column: "VARCHAR",
) -> Mended:
    """The same over given tables (name -> columns) and relations; `lookup` finds values of a text column."""
    from sqlglot import parse_one
    from sqlglot.errors import SqlglotError

    try:
        tree = parse_one(sql, read="duckdb")
        before = tree.sql("duckdb")
        names = Names(tables, joins)
        changes = [*mend_names(tree, names), *mend_joins(tree, names), *rejoin(tree, names, request)]
        if request:
            changes += drop_unasked_joins(tree, names, request)
        changes += [*mend_groups(tree), *mend_values(tree, names, lookup), *mend_forms(tree, names, type_of)]
    except (SqlglotError, RecursionError, duckdb.Error):
        return Mended(sql)
    after = tree.sql("duckdb")
    return Mended(sql) if after == before else Mended(after, changes)

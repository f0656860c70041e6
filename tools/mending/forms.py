"""Forms that mean something else in DuckDB than where they were learned: LIKE, NOT IN with empty cells, functions."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tools.mending.data import Data
from tools.mending.names import Names, Source, around, scopes, sources

if TYPE_CHECKING:
    from sqlglot import exp

DIALECTS = ("mysql", "sqlite", "postgres", "tsql")
"""Where functions that DuckDB does not know usually come from."""


_SYNONYMS = {"std": "stddev", "stdev": "stddev", "stddev_sample": "stddev_samp", "average": "avg"}
"""Functions by names that DuckDB does not know."""


def mend_functions(tree: "exp.Expr") -> list[str]:
    """Call functions by the names that DuckDB knows, in place. Returns what was changed, one sentence each."""
    from sqlglot import exp

    changes = []
    for call in list(tree.find_all(exp.Anonymous)):
        if known := _SYNONYMS.get(call.name.casefold()):
            call.replace(exp.func(known, *call.expressions, dialect="duckdb"))
            changes.append(f"{call.name} is {known} here.")
    return changes


def mend_forms(tree: "exp.Expr", names: Names, data: Data) -> list[str]:
    """Mend LIKE and NOT IN in place. Returns what was changed, one sentence each."""
    from sqlglot import exp

    changes: list[str] = []
    for scope in scopes(tree):
        read = [*sources(scope, names), *around(scope, names)]
        for like in list(scope.find_all(exp.Like)):
            changes += _like(like, read, data)
        for negation in list(scope.find_all(exp.Not)):
            inside = negation.this
            if isinstance(inside, exp.In) and (query := inside.args.get("query")) is not None:
                changes += [*_absent(negation, inside, read, data), *_without_empty(query, names, data)]
    return changes


def _absent(negation: "exp.Expr", inside: "exp.In", read: list[Source], data: Data) -> Iterator[str]:
    """`x NOT IN (SELECT …)`: a row without an x is in no list."""
    from sqlglot import exp

    column = inside.this
    holder = next((s for s in read if s.table and isinstance(column, exp.Column) and _is_of(column, s)), None)
    if holder and data.has_empty(holder.table, holder.column(column.name) or ""):
        empty = exp.Is(this=column.copy(), expression=exp.Null())
        negation.replace(exp.Paren(this=exp.Or(this=exp.Not(this=inside), expression=empty)))
        yield f"Rows without {column.name} are in no list and count too."


def _like(like: "exp.Like", read: list[Source], data: Data) -> Iterator[str]:
    """A LIKE that any case meets, over a column that holds text."""
    from sqlglot import exp

    column = like.this
    if isinstance(column, exp.Column):
        holder = next((s for s in read if s.table and _is_of(column, s)), None)
        if holder and not data.is_text(holder.table, holder.column(column.name) or ""):
            column.replace(exp.cast(column.copy(), "VARCHAR"))
            yield f"{column.name} is compared as text."
        if any(letter.isalpha() for letter in like.expression.name):
            like.replace(exp.ILike(**like.args))
            yield f"{column.name} is compared whatever its case."


def _is_of(column: "exp.Column", source: Source) -> bool:
    named = not column.table or column.table.casefold() == source.alias.casefold()
    return named and source.column(column.name) is not None


def _without_empty(query: "exp.Expr", names: Names, data: Data) -> Iterator[str]:
    """`NOT IN (SELECT x …)` is never true where one x is NULL: those are left out."""
    from sqlglot import exp

    select = query.this if isinstance(query, exp.Subquery) else query
    if not isinstance(select, exp.Select) or len(select.expressions) != 1 or select.args.get("group"):
        return
    column = select.expressions[0].unalias()
    if not isinstance(column, exp.Column) or not select.args.get("from_") or _leaves_out_empty(select, column):
        return
    read = sources(scopes(select)[-1], names)
    holder = next((source for source in read if source.table and _is_of(column, source)), None)
    outer = any(join.side for join in select.args.get("joins") or [])
    if holder and (outer or data.has_empty(holder.table, holder.column(column.name) or "")):
        select.where(exp.Not(this=exp.Is(this=column.copy(), expression=exp.Null())), copy=False)
        yield f"Empty cells of {column.name} are left out of NOT IN."


def _leaves_out_empty(select: "exp.Select", column: "exp.Column") -> bool:
    from sqlglot import exp

    where = select.args.get("where")
    tests = where.find_all(exp.Is) if where else ()
    return any(isinstance(test.this, exp.Column) and test.this.name == column.name for test in tests)


def from_elsewhere(sql: str, runs: Callable[[str], bool]) -> str:
    """The statement with functions of other engines in DuckDB's words, or as it is where none of them makes it run."""
    from sqlglot import transpile
    from sqlglot.errors import SqlglotError

    for dialect in DIALECTS:
        try:
            told = transpile(sql, read=dialect, write="duckdb")[0]
        except (SqlglotError, RecursionError):
            continue
        if told != sql and runs(told):
            return told
    return sql

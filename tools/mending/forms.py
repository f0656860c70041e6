"""Forms that mean something else in DuckDB than where they were learned: LIKE, NOT IN with empty cells, functions."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tools.mending.names import Names, around, scopes, sources

if TYPE_CHECKING:
    from sqlglot import exp

DIALECTS = ("mysql", "sqlite", "postgres", "tsql")
"""Where functions that DuckDB does not know usually come from."""
TypeOf = Callable[[str, str], str]
"""(table, column) -> DuckDB's type."""


def mend_forms(tree: "exp.Expr", names: Names, type_of: TypeOf) -> list[str]:
    """Mend LIKE and NOT IN in place. Returns what was changed, one sentence each."""
    from sqlglot import exp

    changes = []
    for scope in scopes(tree):
        read = [*sources(scope, names), *around(scope, names)]
        for like in list(scope.find_all(exp.Like)):
            column = like.this
            if isinstance(column, exp.Column):
                holder = next((s for s in read if s.table and s.column(column.name)), None)
                kind = type_of(holder.table, holder.column(column.name) or "") if holder else "VARCHAR"
                if kind and not kind.startswith(("VARCHAR", "ENUM")):
                    column.replace(exp.cast(column.copy(), "VARCHAR"))
                    changes.append(f"{column.name} is compared as text.")
            if any(letter.isalpha() for letter in like.expression.name):
                like.replace(exp.ILike(this=like.this, expression=like.expression))
    for negation in list(tree.find_all(exp.Not)):
        inside = negation.this
        if isinstance(inside, exp.In) and (query := inside.args.get("query")) is not None:
            changes += _without_empty(query)
    return changes


def _without_empty(query: "exp.Expr") -> list[str]:
    """`NOT IN (SELECT x …)` is never true where one x is NULL: those are left out."""
    from sqlglot import exp

    select = query.this if isinstance(query, exp.Subquery) else query
    if not isinstance(select, exp.Select) or len(select.expressions) != 1 or select.args.get("group"):
        return []
    column = select.expressions[0].unalias()
    if not isinstance(column, exp.Column) or not (select.args.get("from_")):
        return []
    select.where(exp.Not(this=exp.Is(this=column.copy(), expression=exp.Null())), copy=False)
    return [f"Empty cells of {column.name} are left out of NOT IN."]


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

"""Tables that are read in place of another one, which alone has all the columns that a statement speaks of."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tools.mending.names import Names, Source, scopes, sources
from tools.mending.written import as_identifier

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope


def read_instead(tree: "exp.Expr", names: Names) -> list[str]:
    """One table is read, and another one alone has every column that is spoken of: that one is meant; in place."""
    from sqlglot import exp

    changes: list[str] = []
    for scope in scopes(tree):
        select = scope.expression
        if isinstance(select, exp.Select) and select.args.get("from_"):
            changes += _instead(scope, select, names)
    return changes


def _instead(scope: "Scope", select: "exp.Select", names: Names) -> Iterator[str]:
    from sqlglot import exp

    own, read = sources(scope, names), select.args["from_"].this
    if (
        len(own) != 1
        or not own[0].table
        or not isinstance(read, exp.Table)
        or select.is_star
        or select.find(exp.Subquery)
    ):
        return
    aliases = {projection.alias.casefold() for projection in select.selects if projection.alias}
    spoken = {column.name for column in scope.find_all(exp.Column) if column.name.casefold() not in aliases}

    def holds(source: Source) -> bool:
        return all(
            source.column(name) or names.like_column(source, name) or names.wider_column(source, name)
            for name in spoken
        )

    if holds(own[0]) or any(names.close_column(own[0], name) for name in spoken if not own[0].column(name)):
        return
    others = [table for table, columns in names.tables.items() if holds(Source(table, table, columns))]
    counts = any(isinstance(count.this, exp.Star) for count in select.find_all(exp.Count))
    if counts and any((join.table, join.other) == (own[0].table, *others[:1]) for join in names.joins):
        return  # its rows are counted, those of another table told by a key
    if spoken and len(others) == 1:
        if not read.alias:
            for column in scope.find_all(exp.Column):
                if column.table:
                    column.set("table", as_identifier(others[0]))
        yield f"{own[0].table} has no {next(name for name in spoken if not own[0].column(name))}: {others[0]} is read."
        read.set("this", as_identifier(others[0]))
        scope.sources[read.alias or others[0]] = read
        scope.sources.pop("" if read.alias else own[0].alias, None)
        scope.clear_cache()

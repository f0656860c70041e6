"""Columns that are shown although a condition fixes them: the names of authors, not the name of the domain that is looked for."""

import re
from typing import TYPE_CHECKING

from tools.mending.names import Names, Source, scopes, sources
from tools.relations import singular

if TYPE_CHECKING:
    from sqlglot import exp


def mend_labels(tree: "exp.Expr", names: Names, request: str) -> list[str]:
    """Show the column of that name in the table that the request asks for, in place. Returns what was changed.

    `SELECT domain.name … WHERE domain.name = 'Art'` says nothing; with the names of authors asked for, author.name does.
    """
    from sqlglot import exp

    changes = []
    for scope in scopes(tree):
        select = scope.expression
        where = select.args.get("where") if isinstance(select, exp.Select) else None
        if where is None or where.find(exp.Or, exp.Not, exp.Subquery):
            continue
        read = [source for source in sources(scope, names) if source.table]
        fixed = {
            (test.this.table.casefold(), test.this.name.casefold())
            for test in where.find_all(exp.EQ, exp.Like, exp.ILike)
            if isinstance(test.this, exp.Column) and isinstance(test.expression, exp.Literal)
        }
        for shown in select.expressions:
            column = shown.unalias()
            if isinstance(column, exp.Column) and (column.table.casefold(), column.name.casefold()) in fixed:
                others = _asked_for(column, read, request)
                if len(others) == 1:
                    column.set("table", exp.to_identifier(others[0].alias))
                    changes.append(f"The {column.name} of {others[0].table} is shown: that is asked for.")
    return changes


def _asked_for(column: "exp.Column", read: list[Source], request: str) -> list[Source]:
    """The other tables with a column of that name whose name the request puts behind it: `names of the authors`."""
    name = re.escape(singular(column.name.rpartition("_")[2]))
    found = re.search(rf"\b{name}s? of (?:the |all |all the |those )?(?P<whose>\w+)", request, re.IGNORECASE)
    whose = singular(found["whose"]) if found else ""
    return [
        source
        for source in read
        if source.alias.casefold() != column.table.casefold()
        and source.column(column.name)
        and singular(source.table) == whose
    ]

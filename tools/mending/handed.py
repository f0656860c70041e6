"""Columns that a query reads from an inner one which does not hand them on: `SELECT band, avg(fee) FROM (SELECT … AS band FROM t)`.

What is not covered: inner queries of groups, of several tables, or with DISTINCT, whose rows are others.
"""

from typing import TYPE_CHECKING

from tools.mending.data import Data
from tools.mending.written import as_column

if TYPE_CHECKING:
    from sqlglot import exp


def hand_on(tree: "exp.Expr", data: Data) -> list[str]:
    """Let inner queries show the columns that the outer one reads, in place. Returns what was changed, one sentence each."""
    from sqlglot import exp

    changes = []
    for outer in tree.find_all(exp.Select):
        inner = _inner(outer)
        known = {name.casefold(): name for name in data.tables.get(_table(inner), [])} if inner else {}
        if inner is None or not known:
            continue
        shown = {one.alias_or_name.casefold() for one in [*inner.selects, *outer.selects]}
        read = [column.name for column in outer.find_all(exp.Column) if column.find_ancestor(exp.Select) is outer]
        for name in dict.fromkeys(read):
            if name.casefold() in known and name.casefold() not in shown - {one.casefold() for one in _bare(outer)}:
                inner.select(as_column(known[name.casefold()]), copy=False)
                changes.append(f"The inner query hands {known[name.casefold()]} on.")
    return changes


def _bare(outer: "exp.Select") -> list[str]:
    """The columns that a query shows as they are: they must come from within, unlike its own names for results."""
    from sqlglot import exp

    inner = _inner(outer)
    within = {one.alias_or_name for one in inner.selects} if inner else set()
    return [one.name for one in outer.selects if isinstance(one, exp.Column) and one.name not in within]


def _inner(outer: "exp.Select") -> "exp.Select | None":
    """The plain inner query over one table that a query reads alone."""
    from sqlglot import exp

    origin = outer.args.get("from_")
    inner = origin.this.this if origin is not None and isinstance(origin.this, exp.Subquery) else None
    if not isinstance(inner, exp.Select) or outer.args.get("joins") or inner.args.get("joins") or inner.is_star:
        return None
    if inner.args.get("group") or inner.args.get("distinct") or any(one.find(exp.AggFunc) for one in inner.selects):
        return None
    return inner


def _table(inner: "exp.Select") -> str:
    from sqlglot import exp

    origin = inner.args.get("from_")
    return origin.this.name if origin is not None and isinstance(origin.this, exp.Table) else ""

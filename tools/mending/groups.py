"""GROUP BY: columns that are missing from it, labels beside an aggregate without it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tools.mending.names import scopes

if TYPE_CHECKING:
    from sqlglot import exp

_UNKNOWN_TO_SQLGLOT = ("string_agg", "list", "arg_max", "arg_min", "mode", "count_if", "histogram", "product")


def mend_groups(tree: "exp.Expr") -> list[str]:
    """Mend groups in place. Returns what was changed, one sentence each."""
    from sqlglot import exp

    changes: list[str] = []
    for scope in scopes(tree):
        if isinstance(scope.expression, exp.Select):
            changes += _groups(scope.expression)
    return changes


def _groups(select: "exp.Select") -> Iterator[str]:
    from sqlglot import exp

    group = select.args.get("group")
    if group is not None and (
        group.args.get("all") or any(group.args.get(key) for key in ("rollup", "cube", "grouping_sets"))
    ):
        return
    bare = _bare(select)
    if group is None:
        yield from _label_beside_aggregate(select, bare)
        return
    grouped = {_plain(expression, select) for expression in group.expressions}
    summed = {part.sql() for call in select.find_all(exp.Avg, exp.Sum, exp.Min, exp.Max) for part in [call.this]}
    for projection in bare:
        inner = projection.unalias()
        if inner.sql() in summed and not any(_plain(one.unalias(), select) in grouped for one in bare):
            projection.replace(group.expressions[0].copy())
            yield f"{group.expressions[0].sql('duckdb')} is shown for each group, not {inner.sql('duckdb')}."
            continue
        if _plain(inner, select) not in grouped and projection.alias.casefold() not in grouped:
            group.append("expressions", inner.copy())
            yield f"{inner.sql('duckdb')} was added to GROUP BY."


def _bare(select: "exp.Select") -> list["exp.Expr"]:
    """Projections of single rows: neither aggregates nor computed from the names of aggregates."""
    from sqlglot import exp

    totals = {p.alias.casefold() for p in select.expressions if p.alias and aggregates(p)}
    return [
        p
        for p in select.expressions
        if not aggregates(p)
        and not p.find(exp.Star, exp.Subquery)
        and any(True for _ in p.find_all(exp.Column))
        and not any(not column.table and column.name.casefold() in totals for column in p.find_all(exp.Column))
    ]


def _label_beside_aggregate(select: "exp.Select", bare: list["exp.Expr"]) -> Iterator[str]:
    """`SELECT name, max(age)` wants the name of that row; `SELECT city, count(*)` wants groups."""
    from sqlglot import exp

    aggregated = [p for p in select.expressions if aggregates(p)]
    if not bare or not aggregated or select.args.get("from_") is None:
        return
    calls = [call for p in aggregated for call in p.find_all(exp.AggFunc)]
    if len(calls) == 1 and isinstance(calls[0], exp.Max | exp.Min) and aggregated[0].unalias() is calls[0]:
        best = "arg_max" if isinstance(calls[0], exp.Max) else "arg_min"
        for projection in bare:
            inner = projection.unalias()
            call = exp.Anonymous(this=best, expressions=[inner.copy(), calls[0].this.copy()])
            projection.replace(exp.alias_(call, projection.alias_or_name or "label", quoted=False))
        yield "The label belongs to the row of the extreme value."
        return
    select.group_by(*[p.unalias().copy() for p in bare], copy=False)
    yield "GROUP BY was added for the columns beside the aggregate."


def aggregates(node: "exp.Expr") -> bool:
    """Whether an expression aggregates rows or looks through a window; what a subquery in it does is its own affair."""
    from sqlglot import exp

    return any(
        isinstance(part, exp.AggFunc | exp.Window)
        or (isinstance(part, exp.Anonymous) and part.name.casefold() in _UNKNOWN_TO_SQLGLOT)
        for part in node.walk(prune=lambda part: isinstance(part, exp.Query))
    )


def group_by_projections(select: "exp.Select") -> bool:
    """Group by everything that is selected, in place; False where that can't be (a star)."""
    from sqlglot import exp

    shown = [projection.unalias() for projection in select.expressions]
    if any(part.find(exp.Star) for part in shown):
        return False
    select.group_by(*[part.copy() for part in shown], copy=False)
    return True


def _plain(node: "exp.Expr", select: "exp.Select") -> str:
    """An expression for comparison: columns without their table, a place in the list as what stands there."""
    from sqlglot import exp

    if isinstance(node, exp.Literal) and not node.is_string:
        place = int(float(node.name)) - 1
        if 0 <= place < len(select.expressions):
            return _plain(select.expressions[place].unalias(), select)
    if isinstance(node, exp.Column):
        return node.name.casefold()
    copy = node.copy()
    for column in copy.find_all(exp.Column):
        column.set("table", None)
    return str(copy.sql("duckdb").casefold())

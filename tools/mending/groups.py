"""GROUP BY: columns that are missing from it, labels beside an aggregate without it."""

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from tools.mending.names import scopes
from tools.relations import plain_name, singular
from tools.words import listed

if TYPE_CHECKING:
    from sqlglot import exp

_UNKNOWN_TO_SQLGLOT = ("string_agg", "list", "arg_max", "arg_min", "mode", "count_if", "histogram", "product")


def mend_groups(tree: "exp.Expr", said: Collection[str] = ()) -> list[str]:
    """Mend groups in place, for a request of these words. Returns what was changed, one sentence each."""
    from sqlglot import exp

    changes: list[str] = []
    for scope in scopes(tree):
        if isinstance(scope.expression, exp.Select):
            changes += _groups(scope.expression, said)
    return changes


def show_groups(tree: "exp.Expr") -> Iterator[str]:
    """Show in place what each of several numbers is of, where a query shows nothing but aggregates of its groups."""
    from sqlglot import exp

    if not isinstance(tree, exp.Select) or tree.args.get("limit") or tree.args.get("distinct"):
        return
    if any(part.sql().casefold().startswith("arg_") for part in tree.find_all(exp.Func)):
        return  # a name tells what it is of
    keys = group.expressions if (group := tree.args.get("group")) else []
    if keys and all(isinstance(key, exp.Column) for key in keys) and all(map(aggregates, tree.expressions)):
        shown = {column.name.casefold() for one in tree.expressions for column in one.find_all(exp.Column)}
        if not shown & {key.name.casefold() for key in keys}:
            tree.set("expressions", [*(key.copy() for key in keys), *tree.expressions])
            for place in tree.args["order"].find_all(exp.Ordered) if tree.args.get("order") else ():
                if isinstance(place.this, exp.Literal) and place.this.is_int:
                    place.set("this", exp.Literal.number(int(place.this.this) + len(keys)))
            yield f"Each group is shown with its {listed([key.name for key in keys])}."


def _groups(select: "exp.Select", said: Collection[str]) -> Iterator[str]:
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
    of_extreme = _of_extreme(select)
    for projection in bare:
        inner = projection.unalias()
        asked = _is_said(group.expressions[0], said) and not _is_said(inner, said)
        if (inner.sql() in summed or asked) and not any(_plain(one.unalias(), select) in grouped for one in bare):
            projection.replace(group.expressions[0].copy())
            yield f"{group.expressions[0].sql('duckdb')} is shown for each group, not {inner.sql('duckdb')}."
            continue
        if _plain(inner, select) not in grouped and projection.alias.casefold() not in grouped:
            if of_extreme and not _is_used_after(inner, select):
                _take_label(projection, of_extreme)
                yield f"{inner.sql('duckdb')} is that of the row with the extreme value."
                continue
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
    if not bare or not any(map(aggregates, select.expressions)) or select.args.get("from_") is None:
        return
    if extreme := _of_extreme(select):
        for projection in bare:
            _take_label(projection, extreme)
        yield "The label belongs to the row of the extreme value."
        return
    select.group_by(*[p.unalias().copy() for p in bare], copy=False)
    yield "GROUP BY was added for the columns beside the aggregate."


def _of_extreme(select: "exp.Select") -> "exp.Expr | None":
    """The only aggregate that is shown, where it is a highest or lowest value as it stands."""
    from sqlglot import exp

    aggregated = [p for p in select.expressions if aggregates(p)]
    calls = [call for p in aggregated for call in p.find_all(exp.AggFunc)]
    only = len(calls) == 1 and isinstance(calls[0], exp.Max | exp.Min) and aggregated[0].unalias() is calls[0]
    return calls[0] if only else None


def _take_label(projection: "exp.Expr", extreme: "exp.Expr") -> None:
    """Show what stands in the row of the extreme value, in place."""
    from sqlglot import exp

    best = "arg_max" if isinstance(extreme, exp.Max) else "arg_min"
    call = exp.Anonymous(this=best, expressions=[projection.unalias().copy(), extreme.this.copy()])
    projection.replace(exp.alias_(call, projection.alias_or_name or "label", quoted=False))


def _is_said(node: "exp.Expr", said: Collection[str]) -> bool:
    """Whether a column's name is among the words of a request."""
    from sqlglot import exp

    return isinstance(node, exp.Column) and {plain_name(node.name), singular(node.name)} & set(said) != set()


def _is_used_after(inner: "exp.Expr", select: "exp.Select") -> bool:
    """Whether HAVING or ORDER BY speak of a column of an expression."""
    from sqlglot import exp

    own = {column.name.casefold() for column in inner.find_all(exp.Column)}
    parts = [part for key in ("having", "order", "qualify") if (part := select.args.get(key))]
    return any(column.name.casefold() in own for part in parts for column in part.find_all(exp.Column))


def aggregates(node: "exp.Expr") -> bool:
    """Whether an expression aggregates rows or looks through a window; what a subquery in it does is its own affair."""
    from sqlglot import exp

    return any(
        isinstance(part, exp.AggFunc | exp.Window)
        or (isinstance(part, exp.Anonymous) and part.name.casefold() in _UNKNOWN_TO_SQLGLOT)
        for part in node.walk(prune=lambda part: isinstance(part, exp.Query))
    )


def conditions(select: "exp.Select") -> list["exp.Expr"]:
    """The conditions of WHERE that must all hold, one by one."""
    from sqlglot import exp

    where = select.args.get("where")
    return list(where.this.flatten()) if where and isinstance(where.this, exp.And) else [where.this] if where else []


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


def grouped_apart(tree: "exp.Query") -> tuple["exp.Query", list[str]]:
    """Totals of one value INTERSECT totals of another are one query with a row for each, where only that value differs."""
    from sqlglot import exp

    one, other = (tree.this, tree.expression) if isinstance(tree, exp.Intersect | exp.Union) else (None, None)
    if not (isinstance(one, exp.Select) and isinstance(other, exp.Select)) or one.args.get("group"):
        return tree, []
    apart = _differing(one, other)
    totals = all(entry.find(exp.AggFunc) for entry in one.expressions)
    if apart is None or not totals or one.expressions != other.expressions:
        return tree, []
    mine, theirs = apart
    column, values = mine.this, [mine.expression.copy(), theirs.expression.copy()]
    made = one.copy()
    test = next(test for test in made.find_all(exp.EQ) if test == mine)
    test.replace(exp.In(this=column.copy(), expressions=values))
    made.set("expressions", [column.copy(), *made.expressions])
    return made.group_by(column.copy()), [f"Each {column.name} has a row of its own."]


_VERSUS = re.compile(
    r"\bversus\b|\bvs\b|\bcompared? (?:to|with)\b|\bcompare\b|\bagainst\b|\b(?:difference|gap) between\b|\bbetween\b[^?]*\band\b|대비|비교|차이",
    re.IGNORECASE,
)


def mend_versus(tree: "exp.Expr", request: str) -> list[str]:
    """`the share that fail, basic versus full` over `tariff IN ('basic', 'full')` has a row for each, in place."""
    from sqlglot import exp

    where = tree.args.get("where")
    if not isinstance(tree, exp.Select) or where is None or tree.args.get("group") or not _VERSUS.search(request):
        return []
    if not all(entry.find(exp.AggFunc) for entry in tree.expressions):
        return []
    for test in where.find_all(exp.In):
        texts = [one.name for one in test.expressions if isinstance(one, exp.Literal) and one.is_string]
        said = [text for text in texts if text.casefold() in request.casefold()]
        if isinstance(test.this, exp.Column) and len(texts) == len(test.expressions) == len(said) > 1:
            tree.set("expressions", [test.this.copy(), *tree.expressions])
            tree.group_by(test.this.copy(), copy=False)
            return [f"Each {test.this.name} has a row of its own."]
    return []


def _differing(one: "exp.Select", other: "exp.Select") -> "tuple[exp.EQ, exp.EQ] | None":
    """The one condition in which two statements differ: a column that equals another text in each."""
    from sqlglot import exp

    mine, theirs = ({test.sql(): test for test in side.find_all(exp.EQ)} for side in (one, other))
    mine_alone = [mine[text] for text in mine.keys() - theirs.keys()]
    theirs_alone = [theirs[text] for text in theirs.keys() - mine.keys()]
    if len(mine_alone) != 1 or len(theirs_alone) != 1:
        return None
    [first], [second] = mine_alone, theirs_alone
    texts = isinstance(first.expression, exp.Literal) and isinstance(second.expression, exp.Literal)
    swapped = other.sql().replace(second.sql(), first.sql()) == one.sql()
    return (first, second) if texts and first.this == second.this and swapped else None

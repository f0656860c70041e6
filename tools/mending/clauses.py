"""Clauses that can't say what they were meant to: aggregates in WHERE, `= NULL`, texts in double quotes, ranges."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tools.mending.data import Data
from tools.mending.groups import aggregates, conditions, group_by_projections
from tools.mending.names import Names, Source, around, scopes, sources

if TYPE_CHECKING:
    from sqlglot import exp

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_OUTSIDE = re.compile(
    r"\b(?:less|smaller|lower|fewer|below|under)\b[^\d.-]{0,20}(-?\d+(?:\.\d+)?)[^\d]{0,40}?\b(?:or|and)\b[^\d]{0,40}?"
    r"\b(?:more|greater|larger|higher|above|over|bigger)\b[^\d.-]{0,20}(-?\d+(?:\.\d+)?)",
    re.IGNORECASE,
)
"""Words of what lies outside of a range."""


def mend_nulls(tree: "exp.Expr") -> list[str]:
    """`= NULL` is never true: it becomes IS NULL, in place. Returns what was changed, one sentence each."""
    from sqlglot import exp

    changes = []
    for equal in list(tree.find_all(exp.EQ, exp.NEQ)):
        if not isinstance(equal.expression, exp.Null) or isinstance(equal.parent, exp.PropertyEQ):
            continue
        empty = exp.Is(this=equal.this.copy(), expression=exp.Null())
        equal.replace(empty if isinstance(equal, exp.EQ) else exp.Not(this=empty))
        changes.append(f"Empty cells of {equal.this.sql('duckdb')} are found with IS NULL.")
    return changes


def mend_ranges(tree: "exp.Expr", request: str) -> list[str]:
    """`BETWEEN 40 AND 53` for "less than 40 or more than 53" is turned round, in place. Returns what was changed."""
    from sqlglot import exp

    ends = {(float(low), float(high)) for low, high in _OUTSIDE.findall(request)}
    changes = []
    for between in list(tree.find_all(exp.Between)):
        low, high = between.args["low"], between.args["high"]
        numbers = (low.sql(), high.sql())
        if isinstance(between.parent, exp.Not) or not all(_NUMBER.fullmatch(number) for number in numbers):
            continue
        if (float(numbers[0]), float(numbers[1])) in ends:
            below, above = exp.LT(this=between.this.copy(), expression=low), exp.GT(this=between.this, expression=high)
            between.replace(exp.paren(exp.Or(this=below, expression=above)))
            changes.append(f"What lies below {numbers[0]} and above {numbers[1]} is asked for, not what lies between.")
    return changes


def mend_quoted(tree: "exp.Expr", names: Names, data: Data) -> list[str]:
    """`city = "Oslo"`: what is no column, compared with a text, is a text. Mends in place, returns what was changed."""
    changes = []
    for scope in scopes(tree):
        read = [*sources(scope, names), *around(scope, names)]
        if read and all(source.columns is not None for source in read):
            for column in list(_quoted(scope.expression)):
                if not any(source.column(column.name) for source in read) and _beside_text(column, read, data):
                    column.replace(_text(column.name))
                    changes.append(f"'{column.name}' is a text, not a column.")
    return changes


def _text(text: str) -> "exp.Expr":
    from sqlglot import exp

    return exp.Literal.string(text)


def _quoted(select: "exp.Expr") -> Iterator["exp.Column"]:
    from sqlglot import exp

    for column in select.find_all(exp.Column):
        named = {p.alias.casefold() for p in select.selects} if isinstance(select, exp.Query) else set()
        if not column.table and column.this.args.get("quoted") and column.name.casefold() not in named:
            yield column


def _beside_text(quoted: "exp.Column", read: list[Source], data: Data) -> bool:
    """Whether a name in quotes is compared with a column that holds text."""
    from sqlglot import exp

    parent = quoted.parent
    if not isinstance(parent, exp.EQ | exp.NEQ | exp.Like | exp.ILike | exp.In) or parent.this is quoted:
        return False
    other = parent.this.this if isinstance(parent.this, exp.Lower | exp.Upper | exp.Trim) else parent.this
    if not isinstance(other, exp.Column):
        return False
    for source in read:
        if (not other.table or source.alias.casefold() == other.table.casefold()) and (
            found := source.column(other.name)
        ):
            return not source.table or data.is_text(source.table, found)
    return False


def mend_aggregates(tree: "exp.Expr", names: Names) -> list[str]:
    """Aggregates in WHERE go to HAVING or into a subquery, one in ORDER BY gets its groups; in place."""
    from sqlglot import exp

    changes: list[str] = []
    for scope in scopes(tree):
        select = scope.expression
        if isinstance(select, exp.Select) and select.args.get("from_") is not None:
            real = {column.casefold() for source in sources(scope, names) for column in source.columns or ()}
            changes += [*_out_of_where(select, real), *_order_of_groups(select)]
    return changes


def _out_of_where(select: "exp.Select", real: set[str]) -> Iterator[str]:
    from sqlglot import exp

    totals = {p.alias.casefold(): p.unalias() for p in select.expressions if p.alias and aggregates(p)}
    parts, kept = conditions(select), []
    for part in parts:
        alias = [c for c in part.find_all(exp.Column) if c.name.casefold() in totals and c.name.casefold() not in real]
        if not alias and not (aggregates(part) and part.find(exp.Window) is None):
            kept.append(part)
        elif one := _with_average(part, select):
            kept.append(one)
            yield f"{part.sql('duckdb')} compares each row with all of them."
        else:
            if select.args.get("group") is None and not any(aggregates(p) for p in select.expressions):
                group_by_projections(select)
            select.having(part.copy(), copy=False)
            yield f"{part.sql('duckdb')} counts groups and stands in HAVING."
    if len(kept) < len(parts) or any(new is not old for new, old in zip(kept, parts, strict=True)):
        select.set("where", exp.Where(this=exp.and_(*kept, copy=True)) if kept else None)


def _with_average(part: "exp.Expr", select: "exp.Select") -> "exp.Expr | None":
    """`price > avg(price)` over one table, as `price > (SELECT avg(price) FROM …)`; None where it is no such thing."""
    from sqlglot import exp

    if not isinstance(part, exp.Predicate | exp.Binary) or not isinstance(part.this, exp.Column):
        return None
    call, start = part.expression, select.args["from_"]
    if not isinstance(call, exp.Avg | exp.Min | exp.Max) or select.args.get("joins") or select.args.get("group"):
        return None
    new = part.copy()
    new.set("expression", exp.select(call.copy()).from_(start.this.copy()).subquery())
    return new


def _order_of_groups(select: "exp.Select") -> Iterator[str]:
    """`SELECT city … ORDER BY count(*)` orders groups of cities."""
    order = select.args.get("order")
    if order is None or select.args.get("group") is not None or any(aggregates(p) for p in select.expressions):
        return
    if any(aggregates(key) for key in order.expressions) and group_by_projections(select):
        yield "GROUP BY was added for the aggregate in ORDER BY."


_DIFFERENCE = re.compile(
    r"\bdifference|\bhow (?:much|many) (?:more|less|fewer|higher|lower|longer|older|taller)|차이", re.IGNORECASE
)


_RATIO = re.compile(r"\bratio\b|\btimes (?:as|more|higher|larger)\b|비율|몇\s?배", re.IGNORECASE)


def mend_differences(tree: "exp.Expr") -> list[str]:
    """`growth - growth` is always nothing: the column tells the difference itself; in place."""
    from sqlglot import exp

    changes = []
    for part in list(tree.find_all(exp.Sub)):
        if _is_of_itself(part):
            told = part.this.sql("duckdb")
            changes.append(f"{told} less itself is nothing: {told} is shown.")
            part.replace(part.this.copy())
    return changes


def _is_of_itself(part: "exp.Expr") -> bool:
    """Whether both sides of an operation are one and the same value of a row."""
    from sqlglot import exp

    same = part.this.sql().casefold() == part.expression.sql().casefold()
    return same and part.find(exp.Column) is not None and part.find(exp.Query) is None


def reckoned_across(tree: "exp.Query", request: str) -> tuple["exp.Query", list[str]]:
    """Two numbers on the two sides of INTERSECT, where their difference or ratio is asked for: one less, or by, the other."""
    from sqlglot import exp

    sides = [tree.this, tree.expression] if isinstance(tree, exp.Intersect | exp.Except) else []
    told = [side.expressions for side in sides if isinstance(side, exp.Select) and side.args.get("where")]
    less, by = _DIFFERENCE.search(request), _RATIO.search(request)
    if len(told) != 2 or bool(less) == bool(by) or any(len(shown) != 1 for shown in told):
        return tree, []
    if told[0][0].unalias() != told[1][0].unalias() or told[0][0].find(exp.Sub):
        return tree, []
    for shown in told if by else []:
        if isinstance(shown[0].unalias(), exp.Div) and _is_of_itself(shown[0].unalias()):
            shown[0].unalias().replace(shown[0].unalias().this.copy())
    one, other = (side.subquery() for side in sides)
    if less:
        made = exp.alias_(exp.Abs(this=exp.Sub(this=one, expression=other)), "difference")
        return exp.select(made), ["The difference of the two is shown."]
    below = exp.Nullif(this=other, expression=exp.Literal.number(0))
    made = exp.alias_(exp.Div(this=exp.cast(one, "DOUBLE"), expression=below), "ratio")
    return exp.select(made), ["The ratio of the two is shown."]


def drop_beyond_all(tree: "exp.Expr") -> list[str]:
    """`WHERE distance > (SELECT max(distance) FROM staff)` is true of no row of staff: the condition is left out; in place."""
    from sqlglot import exp

    changes = []
    for test in list(tree.find_all(exp.GT, exp.LT)):
        inner = test.expression.this if isinstance(test.expression, exp.Subquery) else None
        extreme = (
            inner.expressions[0].unalias() if isinstance(inner, exp.Select) and len(inner.expressions) == 1 else None
        )
        ends = exp.Max if isinstance(test, exp.GT) else exp.Min
        outer = test.find_ancestor(exp.Select)
        if not isinstance(extreme, ends) or inner is None or outer is None or inner.args.get("where"):
            continue
        if extreme.this != test.this or not isinstance(test.this, exp.Column) or not _reads_alike(outer, inner):
            continue
        if isinstance(test.parent, exp.Where | exp.And):
            told = test.sql("duckdb")
            test.replace(exp.true())
            changes.append(f"{told} is true of no row and was left out.")
    return changes


def _reads_alike(outer: "exp.Select", inner: "exp.Select") -> bool:
    """Whether two queries read one table, the same, and join nothing."""
    sides = [select.args.get("from_") or select.args.get("from") for select in (outer, inner)]
    joined = any(select.args.get("joins") or select.args.get("group") for select in (outer, inner))
    return not joined and all(sides) and sides[0].this.name.casefold() == sides[1].this.name.casefold()  # type: ignore[union-attr]


def mend_steps_on(tree: "exp.Expr") -> list[str]:
    """`rank = (SELECT rank … WHERE nation = 'Turkey' + 1)` means one more than that rank; in place."""
    from sqlglot import exp

    changes = []
    for part in list(tree.find_all(exp.Add, exp.Sub)):
        select, text, step = part.find_ancestor(exp.Select), part.this, part.expression
        inner = select.parent if select is not None else None
        if not (isinstance(inner, exp.Subquery) and isinstance(text, exp.Literal) and text.is_string):
            continue
        if isinstance(part.parent, exp.EQ) and isinstance(step, exp.Literal) and step.is_int:
            part.replace(text.copy())
            whole = inner.copy()
            inner.replace(type(part)(this=whole, expression=step.copy()))
            changes.append(f"{step.name} is added to what the inner query finds, not to '{text.name}'.")
    return changes

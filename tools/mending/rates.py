"""Rates that a model computes as something else or leaves out: odds for a share, a ratio of single rows for one of each group."""

import re
from typing import TYPE_CHECKING

from tools.mending.groups import aggregates
from tools.mending.joins import stem
from tools.mending.names import scopes

if TYPE_CHECKING:
    from sqlglot import exp

_RATE = re.compile(r"\brates?\b|\bshares?\b|\bproportion|\bpercent|%|율|비중", re.IGNORECASE)
_RATIO = re.compile(r"\bratio\b|\bodds\b|\bversus\b|\bvs\b|비율|대비", re.IGNORECASE)
_RATIO_OF = re.compile(
    r"\bratio of (?:the )?(?:total |annual )?(?:number of )?(?P<above>\w+(?: \w+)?) (?:to|over|and) (?:the )?(?:total |annual )?(?:number of )?(?P<below>\w+)",
    re.IGNORECASE,
)
_CALLED_RATE = re.compile(
    r"(?:^|_)(?:rate|share|proportion|percent(?:age)?|pct|fraction)(?:_|$)|율$|비중$", re.IGNORECASE
)
_WEEKDAY = re.compile(r"\bweek ?days?\b|days? of the week|요일", re.IGNORECASE)


def mend_rates(tree: "exp.Expr", request: str) -> list[str]:
    """Mend odds, ratios in groups and days for weekdays in place. Returns what was changed, one sentence each."""
    return [
        *_odds(tree, request),
        *_within_groups(tree, request),
        *_of_groups(tree),
        *_counted(tree, request),
        *_left_out(tree, request),
        *_weekdays(tree, request),
    ]


def _odds(tree: "exp.Expr", request: str) -> list[str]:
    """`count(*) FILTER (left = 1) / count(*) FILTER (left = 0)` for a rate: the share of all rows is meant."""
    from sqlglot import exp

    changes: list[str] = []
    if not _RATE.search(request) or _RATIO.search(request):
        return changes
    for division in list(tree.find_all(exp.Div)):
        part, whole = _filtered(division.this), _filtered(division.expression)
        if part is None or whole is None:
            continue
        above, below = part.expression.this, whole.expression.this
        if all(isinstance(test, exp.EQ) for test in (above, below)) and above.this == below.this and above != below:
            whole.replace(whole.this.copy())
            changes.append(f"The rate is that of {above.sql('duckdb')} among all rows.")
    return changes


def _filtered(side: "exp.Expr") -> "exp.Filter | None":
    """A counting FILTER that is a side of a division, whatever factor stands beside it."""
    from sqlglot import exp

    found = list(side.find_all(exp.Filter))
    return found[0] if len(found) == 1 and isinstance(found[0].this, exp.Count) else None


def _counted(tree: "exp.Expr", request: str) -> list[str]:
    """`count(*) FILTER (left = 'Yes') AS leave_rate` is called a rate and is none: it is divided by all rows."""
    from sqlglot import exp

    changes = []
    for scope in scopes(tree) if _RATE.search(request) else ():
        select = scope.expression
        for shown in select.expressions if isinstance(select, exp.Select) else ():
            part = shown.unalias()
            if isinstance(shown, exp.Alias) and _CALLED_RATE.search(shown.alias) and _counts_some(part):
                shown.set("this", exp.Div(this=part.copy(), expression=exp.Count(this=exp.Star())))
                changes.append(f"{shown.alias} is the share of all rows, not their number.")
    return changes


def _counts_some(part: "exp.Expr") -> bool:
    """Whether an expression is the number of the rows of which something is true."""
    from sqlglot import exp

    if isinstance(part, exp.Filter):
        return isinstance(part.this, exp.Count) and isinstance(part.this.this, exp.Star)
    inside = part.this if isinstance(part, exp.Sum) else None
    found = inside.args["ifs"] if isinstance(inside, exp.Case) else []
    least = inside.args.get("default") if isinstance(inside, exp.Case) else None
    return len(found) == 1 and found[0].args["true"].sql() == "1" and least is not None and least.sql() == "0"


_PER = re.compile(
    r"\b(?:percent(?:age)?|share|proportion|fraction|ratio|rate)s?\b[^.;?]*\b(?:per|by|for each|in each|of each|within each|for every)\b"
    r"|(?:별|마다)[^.?]*(?:비율|비중|퍼센트)",
    re.IGNORECASE,
)
"""A share that is told for each group, not the part that each group has of a whole."""
_COUNTED = re.compile(r"\b(?:numbers?|counts?|how many|totals?)\b|수|건수|몇", re.IGNORECASE)
"""Words of a count that is to be shown beside the share."""


def _within_groups(tree: "exp.Expr", request: str) -> list[str]:
    """`count(*) / (SELECT count(*) FROM users WHERE sex = 'M') … WHERE sex = 'M' GROUP BY job`: the share of men in each job.

    Only where the one condition compares a column that is no key of the groups with a text that the request names.
    """
    from sqlglot import exp

    group, where = (tree.args.get("group"), tree.args.get("where")) if isinstance(tree, exp.Select) else (None, None)
    if group is None or where is None or not _PER.search(request) or tree.args.get("joins"):
        return []
    test, divisions = where.this, list(tree.find_all(exp.Div))
    if not (isinstance(test, exp.EQ) and isinstance(test.this, exp.Column) and test.expression.is_string):
        return []
    whole = divisions[0].expression.unnest() if len(divisions) == 1 else None
    inner = whole.this if isinstance(whole, exp.Subquery) else whole
    keys = {key.name.casefold() for key in group.expressions if isinstance(key, exp.Column)}
    if not isinstance(inner, exp.Select) or inner.args.get("group") or test.this.name.casefold() in keys:
        return []
    counts = [count for part in (divisions[0].this, inner) for count in part.find_all(exp.Count)]
    if len(counts) != 2 or not all(isinstance(count.this, exp.Star) for count in counts):
        return []
    filtered = exp.Filter(this=counts[0].copy(), expression=exp.Where(this=test.copy()))
    divisions[0].expression.replace(counts[1].copy())
    for count in [count for count in tree.find_all(exp.Count) if count is not divisions[0].expression]:
        count.replace(filtered.copy())
    tree.set("where", None)
    if not _COUNTED.search(request):
        kept = [part for part in tree.expressions if part.unalias() != filtered]
        ordered = tree.args.get("order")
        used = {column.name.casefold() for column in ordered.find_all(exp.Column)} if ordered else set()
        if not any(part.alias.casefold() in used for part in tree.expressions if part not in kept):
            tree.set("expressions", kept)
    return [f"The share is that of {test.sql('duckdb')} in each group."]


def _of_groups(tree: "exp.Expr") -> list[str]:
    """`SELECT campaign, sold / shown … GROUP BY campaign` divides the sums of each campaign."""
    from sqlglot import exp

    changes = []
    for scope in scopes(tree):
        select = scope.expression
        group = select.args.get("group")
        if not isinstance(select, exp.Select) or group is None or any(aggregates(p) for p in select.expressions):
            continue
        grouped = {key.name.casefold() for key in group.expressions if isinstance(key, exp.Column)}
        for projection in select.expressions:
            division = projection.find(exp.Div)
            sides = [division.this, division.expression] if division else []
            if sides and all(isinstance(s, exp.Column) and s.name.casefold() not in grouped for s in sides):
                told = division.sql("duckdb")
                whole = projection.unalias()
                group.set("expressions", [key for key in group.expressions if key != whole])
                for side in sides:
                    side.replace(exp.Sum(this=side.copy()))
                changes.append(f"{told} is that of the sums in each group.")
    return changes


def _left_out(tree: "exp.Expr", request: str) -> list[str]:
    """The ratio of two counts that are shown, where it is asked for and the statement divides nothing."""
    from sqlglot import exp

    said = _RATIO_OF.search(request)
    if said is None or not isinstance(tree, exp.Select) or tree.find(exp.Div, exp.Window):
        return []
    shown = [part for part in tree.expressions if isinstance(part, exp.Alias) and aggregates(part)]
    above, below = (
        [
            part
            for part in shown
            if any(stem(word) in part.alias.casefold() for word in re.findall(r"\w{3,}", said[side].casefold()))
        ]
        for side in ("above", "below")
    )
    if len(shown) != 2 or len(above) != 1 or len(below) != 1 or above == below:
        return []
    sides = [above[0].this.copy(), exp.Nullif(this=below[0].this.copy(), expression=exp.Literal.number(0))]
    ratio = exp.Div(this=exp.cast(sides[0], "DOUBLE"), expression=sides[1])
    tree.set("expressions", [*tree.expressions, exp.alias_(ratio, "ratio")])
    return [f"The ratio of {above[0].alias} to {below[0].alias} was added."]


def _weekdays(tree: "exp.Expr", request: str) -> list[str]:
    """`date_trunc('day', d)` where weekdays are asked for."""
    from sqlglot import exp

    if not _WEEKDAY.search(request) or tree.find(exp.DayOfWeek, exp.Dayname, exp.DayOfWeekIso, exp.TimeToStr):
        return []
    changes = []
    for call in list(tree.find_all(exp.TimestampTrunc, exp.DateTrunc)):
        if call.args["unit"].name.casefold() == "day":
            call.replace(exp.Dayname(this=call.this.copy()))
            changes.append("Days are told as weekdays.")
    return changes

"""Both ends of a ranking: "the highest and the lowest rate" shows two rows, not one.

What is not covered: both ends within groups, and several rankings in one request.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp

_HIGH = r"(?:highest|largest|biggest|most|greatest|best|longest|maximum|max|top)"
_LOW = r"(?:lowest|smallest|least|fewest|worst|shortest|minimum|min|bottom)"
_BOTH = re.compile(
    rf"\b(?:(?P<high>{_HIGH})|{_LOW})\b(?: [\w-]+){{0,3}}? (?:and|&|or|as well as) (?:with |the )*(?:(?P<low>{_LOW})|{_HIGH})\b"
    r"|(?:가장|제일) ?(?P<korean_high>많|높|크|큰|비싼|긴|좋)\S*(?: [가-힣]+){0,3}? ?(?:와|과|및|,|하고|고) ?(?:가장 |제일 )?(?P<korean_low>적|낮|작|싼|짧|나쁜)"
    r"|(?:가장|제일) ?(?:적|낮|작|싼|짧|나쁜)\S*(?: [가-힣]+){0,3}? ?(?:와|과|및|,|하고|고) ?(?:가장 |제일 )?(?:많|높|크|큰|비싼|긴|좋)",
    re.IGNORECASE,
)


def mend_ends(tree: "exp.Expr", request: str) -> list[str]:
    """Show both ends of a ranking where the request names both and the statement shows one; in place."""
    from sqlglot import exp

    found = _BOTH.search(request)
    if found is None:
        return []
    high_first = bool((found["high"] and found["low"]) or (found["korean_high"] and found["korean_low"]))
    ranked = [select for select in tree.find_all(exp.Select) if _is_ranking(select)]
    if isinstance(tree, exp.Select) and ranked == [tree]:
        _doubled(tree, high_first=high_first)
        return ["Both ends of the ranking are shown, as the request says."]
    if not isinstance(tree, exp.Select) and len(ranked) == 2:
        return _turned(ranked, high_first=high_first)
    return []


def _is_ranking(select: "exp.Select") -> bool:
    """Whether a SELECT is cut after an order by one key."""
    order = select.args.get("order")
    return select.args.get("limit") is not None and order is not None and len(order.expressions) == 1


def _doubled(select: "exp.Select", *, high_first: bool) -> None:
    from sqlglot import exp

    parts = []
    for high in (high_first, not high_first):
        part = select.copy()
        _turn(part, high=high)
        parts.append(exp.Subquery(this=part))
    both = exp.Subquery(this=exp.Union(this=parts[0], expression=parts[1], distinct=False))
    whole = exp.select("*").from_(both)
    for name in list(select.args):
        select.set(name, None)
    for name, value in whole.args.items():
        select.set(name, value)


def _turned(ranked: "list[exp.Select]", *, high_first: bool) -> list[str]:
    """Two parts by one key that rank from the same end: the second is turned round."""
    keys = [select.args["order"].expressions[0] for select in ranked]
    if keys[0].this.sql() != keys[1].this.sql() or bool(keys[0].args.get("desc")) != bool(keys[1].args.get("desc")):
        return []
    _turn(ranked[0], high=high_first)
    _turn(ranked[1], high=not high_first)
    return ["Both ends of the ranking are shown, as the request says."]


def _turn(select: "exp.Select", *, high: bool) -> None:
    """Order by the key from the highest, or from the lowest; empty cells are neither."""
    key = select.args["order"].expressions[0]
    key.set("desc", high)
    key.set("nulls_first", False)

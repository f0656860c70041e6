"""Rows without a value in what groups them: they belong to no group, as a person counts cities or teams.

What is not covered: groups by an expression, and outer joins, whose empty groups are meant.
"""

import re
from typing import TYPE_CHECKING

from tools.mending.data import Data
from tools.mending.groups import aggregates, conditions
from tools.mending.names import Names, scopes
from tools.mending.types import typed

if TYPE_CHECKING:
    from sqlglot import exp

_EMPTY_ASKED = re.compile(
    r"\b(?:null|missing|empty|blank|unknown|without|no|nan|na|unspecified|all rows|including)\b|결측|누락|빈|없는|비어|미상|포함",
    re.IGNORECASE,
)
"""Words that speak of rows without a value."""


def drop_empty_groups(tree: "exp.Expr", names: Names, data: Data, request: str) -> list[str]:
    """Leave out the group of the rows without a value, in place. Returns what was changed, one sentence each."""
    from sqlglot import exp

    if _EMPTY_ASKED.search(request):
        return []
    places = {id(column): place for column, _, place in typed(tree, names, data)}
    changes = []
    for scope in scopes(tree):
        select = scope.expression
        if not isinstance(select, exp.Select) or any(join.side for join in select.args.get("joins") or []):
            continue
        for key in _keys(select):
            place = places.get(id(key))
            if place is not None and not _is_tested(select, key) and data.has_empty(*place):
                filled = exp.Not(this=exp.Is(this=key.copy(), expression=exp.Null()))
                select.set("where", exp.Where(this=exp.and_(*conditions(select), filled)))
                changes.append(f"Rows without {place[1]} belong to no group.")
    return changes


def _keys(select: "exp.Select") -> list["exp.Column"]:
    """The columns that a SELECT groups by, where it aggregates: named, by their place, or by all that is shown."""
    from sqlglot import exp

    group = select.args.get("group")
    if group is None or not any(map(aggregates, select.expressions)):
        return []
    shown = [projection.unalias() for projection in select.expressions]
    keys = [part for part in shown if not aggregates(part)] if group.args.get("all") else list(group.expressions)
    placed = [
        shown[int(key.name) - 1] if isinstance(key, exp.Literal) and 0 < int(key.name) <= len(shown) else key
        for key in keys
        if not isinstance(key, exp.Literal) or key.name.isdigit()
    ]
    return [key for key in placed if isinstance(key, exp.Column)]


def _is_tested(select: "exp.Select", key: "exp.Column") -> bool:
    """Whether the statement tells already which values of a column it wants, or whether rows without one count."""
    from sqlglot import exp

    parts = [part for name in ("where", "having") if (part := select.args.get(name))]
    return any(column.name.casefold() == key.name.casefold() for part in parts for column in part.find_all(exp.Column))

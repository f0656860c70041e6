"""Rankings within groups: `top 3 products of each region`, `the most expensive one per city`, 지역별 매출 상위 2개 상품.

A model that can't write windows ranks all rows at once. The rows are counted within each group then, in the order that
the statement has.

What is not covered: groups named by a column of a table that is not read, the n-th alone, and shares of a ranking.
"""

import re
from typing import TYPE_CHECKING

from tools.mending.data import Data
from tools.mending.groups import aggregates
from tools.mending.names import Names, scopes, sources
from tools.mending.tops import behind, ranked_rows, turned
from tools.mending.written import as_column
from tools.relations import singular

if TYPE_CHECKING:
    from sqlglot import exp

_GROUP = re.compile(
    r"\b(?:each|every|per)\s+(?P<after>[\w ]+)|(?P<before>\w+?)\s?(?:별로?|마다)(?=\s|$)", re.IGNORECASE
)
_LONGEST = 3
"""Words of a column's name in a request."""


def mend_within(tree: "exp.Expr", names: Names, data: Data, request: str) -> list[str]:
    """Rank within the groups that the request names, in place. Returns what was changed, one sentence each."""
    from sqlglot import exp

    order = tree.args.get("order") if isinstance(tree, exp.Select) else None
    wanted = ranked_rows(request)
    if (
        not isinstance(tree, exp.Select)
        or order is None
        or not wanted
        or tree.find(exp.Window, exp.Qualify, exp.Offset)
    ):
        return []
    read = sources(scopes(tree)[-1], names)
    columns = {
        name: as_column(name, source.alias if len(read) > 1 else None)
        for source in read
        for name in source.columns or ()
    }
    each = named_group(request, list(columns), per=False)
    key = each or (named_group(request, list(columns), per=True) if wanted > 1 else None)
    ranking = [part for part in order.expressions if key is None or _name(part.this, tree) != key.casefold()]
    if key is None or len(ranking) != 1 or _name(ranking[0].this, tree) == key.casefold():
        return []
    group = tree.args.get("group")
    grouped = [_name(part, tree) for part in group.expressions] if group else []
    if grouped == [key.casefold()] or (group and key.casefold() not in grouped and not each):
        return []
    if not (group or _is_plain(tree)):
        return []
    by, changes = columns[key], turned(tree, ranking[0], names, data, request)
    if group and key.casefold() not in grouped:
        group.set("expressions", [by.copy(), *group.expressions])
    row_number = exp.Window(
        this=exp.RowNumber(),
        partition_by=[by.copy()],
        order=exp.Order(expressions=[_written_out(ranking[0], tree)]),
    )
    tree.set("qualify", exp.Qualify(this=exp.LTE(this=row_number, expression=exp.Literal.number(wanted))))
    tree.set("limit", None)
    if not any(_name(shown.unalias(), tree) == key.casefold() for shown in tree.expressions):
        tree.set("expressions", [by.copy(), *tree.expressions])
    order.set("expressions", [exp.Ordered(this=by.copy()), *ranking])
    first = "first row is" if wanted == 1 else f"first {wanted} rows are"
    return [*changes, f"The {first} taken for each {key}, as the request says."]


def named_group(request: str, columns: list[str], *, per: bool) -> str | None:
    """The one column whose name stands where a request names its groups; `sales per shop` may be a ratio too."""
    known = {singular(column): column for column in columns}
    found = set()
    for match in _GROUP.finditer(request):
        if match[0].casefold().startswith("per") and not per:
            continue
        words = (match["after"] or match["before"]).split()
        forms = [singular("".join(words[:count])) for count in range(min(_LONGEST, len(words)), 0, -1)]
        found |= {known[form] for form in forms[:_LONGEST] if form in known}
    return found.pop() if len(found) == 1 else None


def _placed(node: "exp.Expr", select: "exp.Select") -> "exp.Expr":
    """What stands at a place in the list, or the node where it is none."""
    from sqlglot import exp

    if isinstance(node, exp.Literal) and node.name.isdigit() and 0 < int(node.name) <= len(select.expressions):
        shown: exp.Expr = select.expressions[int(node.name) - 1].unalias()
        return shown
    return node


def _name(node: "exp.Expr", select: "exp.Select") -> str:
    """A column's name in small letters, behind a place in the list; of anything else its text."""
    from sqlglot import exp

    node = _placed(node, select)
    return node.name.casefold() if isinstance(node, exp.Column) else node.sql()


def _is_plain(select: "exp.Select") -> bool:
    """Whether a statement shows single rows."""
    return not any(aggregates(shown) for shown in select.expressions) and not select.args.get("distinct")


def _written_out(ordered: "exp.Expr", select: "exp.Select") -> "exp.Expr":
    """A key of ORDER BY with what its alias or place stands for: a window knows neither."""
    copy, node = ordered.copy(), ordered.this
    found = _placed(node, select)
    copy.set("this", (behind(select, node) if found is node else found).copy())
    return copy

"""Groups that a request names and a model leaves out: a number for each city, months of days, totals of what is ranked.

What is not covered: fiscal years, groups of two units at once, rankings by something that does not add up.
"""

import re
from typing import TYPE_CHECKING

from tools.mending.data import Data
from tools.mending.names import Names, scopes, sources
from tools.mending.tops import EITHER, NUMBERS, RANK
from tools.mending.types import typed
from tools.mending.within import named_group
from tools.mending.written import as_column

if TYPE_CHECKING:
    from sqlglot import exp

_EACH = r"\b(?:per|by|each|every|for each)\s+(?:calendar )?"
_UNITS = {
    "month": re.compile(rf"월별|매월|매달|다달이|달마다|\bmonthly\b|{_EACH}month\b", re.IGNORECASE),
    "quarter": re.compile(rf"분기별|매 ?분기|\bquarterly\b|{_EACH}quarter\b", re.IGNORECASE),
    "week": re.compile(rf"주별|주간별|매주|\bweekly\b|{_EACH}week\b", re.IGNORECASE),
    "year": re.compile(rf"연도별|년도별|연별|매년|해마다|\byearly\b|\bannual(?:ly)?\b|{_EACH}year\b", re.IGNORECASE),
}
_AVERAGE = re.compile(r"\baverage|\bmean\b|평균", re.IGNORECASE)
_AS_DATE = re.compile(r"\b(?P<unit>month|year)\b[^.?]{0,20}\bas an? date\b", re.IGNORECASE)
_ADDS_UP = re.compile(
    r"\brevenues?\b|\bsales\b|\bturnover\b|\bspen[dt]\w*|\bsold\b|\bunits\b|\bquantit\w*|매출|판매|팔[린리았]|수량|지출|비용",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"\b(?:single|individual|average|mean|median|per|single-?day|max\w*)\b|한 번|한번|건당|평균|단일|하나의|최고가|1회",
    re.IGNORECASE,
)


def mend_buckets(tree: "exp.Expr", names: Names, data: Data, request: str) -> list[str]:
    """Mend groups in place. Returns what was changed, one sentence each."""
    changes = [*_groups(tree, names, request), *_units(tree, names, data, request)]
    return [*changes, *_dated(tree, request), *_totals(tree, names, data, request)]


def _groups(tree: "exp.Expr", names: Names, request: str) -> list[str]:
    """`SELECT count(*)` for the number in each city; an average per shop is one number, one of each shop is many."""
    from sqlglot import exp

    if (
        not isinstance(tree, exp.Select)
        or tree.args.get("group")
        or tree.find(exp.Window, exp.Div, exp.Limit, exp.Union)
    ):
        return []
    if not tree.expressions or not all(shown.find(exp.AggFunc) for shown in tree.expressions):
        return []
    read = sources(scopes(tree)[-1], names)
    columns = {name: source for source in read for name in source.columns or ()}
    key = named_group(request, list(columns), per=_AVERAGE.search(request) is None)
    spoken = {column.name.casefold() for column in tree.find_all(exp.Column)}
    if key is None or key.casefold() in spoken or not all(source.table for source in read):
        return []
    by = as_column(key, columns[key].alias if len(read) > 1 else None)
    tree.set("expressions", [by, *tree.expressions])
    tree.group_by(by.copy(), copy=False)
    return [f"A row is shown for each {key}, as the request says."]


def _dated(tree: "exp.Expr", request: str) -> list[str]:
    """The month as a date is its first day, not its number."""
    from sqlglot import exp

    found = _AS_DATE.search(request)
    if found is None:
        return []
    unit = found["unit"].casefold()
    calls = list(tree.find_all(exp.Month if unit == "month" else exp.Year))
    for call in calls:
        call.replace(exp.TimestampTrunc(this=call.this.copy(), unit=exp.var(unit.upper())))
    return [f"The {unit} is told as a date."] if calls else []


def _units(tree: "exp.Expr", names: Names, data: Data, request: str) -> list[str]:
    """`GROUP BY sold_on` for sales per month."""
    from sqlglot import exp

    said = [unit for unit, words in _UNITS.items() if words.search(request)]
    changes: list[str] = []
    if len(said) != 1:
        return changes
    kinds = {id(column): kind for column, kind, _ in typed(tree, names, data)}
    for select in list(tree.find_all(exp.Select)):
        group = select.args.get("group")
        keys = [key for key in group.expressions if isinstance(key, exp.Column)] if group else []
        for key in keys:
            if kinds.get(id(key), "").startswith(("DATE", "TIMESTAMP")):
                _truncate(select, key, said[0])
                changes.append(f"{key.name} is taken by the {said[0]}.")
    return changes


def _truncate(select: "exp.Select", key: "exp.Column", unit: str) -> None:
    """The column by its unit wherever the select groups by it, shows it or orders by it."""
    from sqlglot import exp

    def trunc() -> exp.Expr:
        return exp.TimestampTrunc(this=key.copy(), unit=exp.var(unit.upper()))

    name, told = key.name.casefold(), key.sql("duckdb")
    order = select.args.get("order")
    for shown in list(select.expressions):
        inner = shown.unalias()
        if isinstance(inner, exp.Column) and inner.name.casefold() == name:
            inner.replace(trunc()) if shown is not inner else shown.replace(exp.alias_(trunc(), unit))
    for ordered in order.expressions if order else ():
        if isinstance(ordered.this, exp.Column) and ordered.this.sql("duckdb") == told:
            ordered.set("this", trunc())
    key.replace(trunc())


def _totals(tree: "exp.Expr", names: Names, data: Data, request: str) -> list[str]:
    """`SELECT region … ORDER BY revenue DESC LIMIT 1` shows the region of one row: the one of the highest total is meant."""
    from sqlglot import exp

    order = tree.args.get("order") if isinstance(tree, exp.Select) else None
    if not isinstance(tree, exp.Select) or order is None or tree.args.get("group") or tree.args.get("limit") is None:
        return []
    if not _ADDS_UP.search(request) or _ALONE.search(request) or EITHER.search(request):
        return []
    if len(order.expressions) != 1 or len(tree.expressions) != 1:
        return []
    label, key = tree.expressions[0].unalias(), order.expressions[0].this
    places = {id(column): (kind, place) for column, kind, place in typed(tree, names, data)}
    if (
        not isinstance(key, exp.Column)
        or RANK.search(key.name)
        or id(label) not in places
        or id(key) not in places
        or label == key
    ):
        return []
    if not places[id(key)][0].startswith(NUMBERS) or places[id(label)][1] not in data.told:
        return []
    tree.group_by(label.copy(), copy=False)
    order.expressions[0].set("this", exp.Sum(this=key.copy()))
    return [f"{label.sql('duckdb')} is ranked by its total of {key.sql('duckdb')}."]

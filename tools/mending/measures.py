"""Measures that are not the ones a request names: a mean for a median, a sum for a mean, rows for distinct values.

Also `avg(price) / area`, whose groups fall apart into one for each area. What is not covered: requests of several
measures, weighted means, means of totals (`average daily sales`).
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tools.mending.data import Data
from tools.mending.names import Names, scopes, sources
from tools.mending.types import typed
from tools.mending.written import as_column
from tools.relations import plain_name, singular

if TYPE_CHECKING:
    from sqlglot import exp

_MEDIAN = re.compile(r"\bmedian\b|중앙값|중위|중간값", re.IGNORECASE)
_MEAN = re.compile(r"\b(?:average|averages|avg)\b|평균", re.IGNORECASE)
_TOTAL = re.compile(r"\b(?:total\w*|sum\w*|overall|altogether|combined)\b|합계|총|전체|합쳐|누적", re.IGNORECASE)
_OF_TOTALS = re.compile(
    r"\b(?:daily|weekly|monthly|quarterly|yearly|annual\w*)\b|\b(?:per|each|every|by)\s+(?:day|week|month|quarter|year)\b"
    r"|(?:일|월|주|연|분기)\s?평균|하루|한\s?달|매일|매달|매월|매년",
    re.IGNORECASE,
)
"""A mean of totals is a sum in a subquery; a sum alone may be its first half."""
_COUNT = re.compile(r"\bhow many\b|\bnumber of\b|몇|수(?:는|가|를)", re.IGNORECASE)
_DISTINCT = re.compile(
    r"\b(?:how many|number of|count(?: of)?(?: the)?)\s+(?:different|distinct|unique)\s+(?:types? of |kinds? of )?([a-z_]+)"
    r"|서로\s?다른\s+([\w]+)|(\w+)\s?종류(?:는|가)?\s?(?:몇|수)|(\w+)(?:은|는|이|가)?\s+몇\s?(?:종류|가지)",
    re.IGNORECASE,
)


def mend_measures(tree: "exp.Expr", names: Names, data: Data, request: str) -> list[str]:
    """Mend averages, sums and counts in place. Returns what was changed, one sentence each."""
    changes = [*_medians(tree, names, request), *_means(tree, names, data, request)]
    return [*changes, *_distinct(tree, names, request), *_tallies(tree, names, data, request)]


def _medians(tree: "exp.Expr", names: Names, request: str) -> Iterator[str]:
    """`avg(wait)` for a median."""
    from sqlglot import exp

    named = any(_MEDIAN.search(column) for columns in names.tables.values() for column in columns)
    if not _MEDIAN.search(request) or _MEAN.search(request) or re.search(r"\bmean\b", request) or named:
        return
    if tree.find(exp.Median, exp.PercentileCont, exp.PercentileDisc, exp.Quantile, exp.ApproxQuantile, exp.Window):
        return
    for call in list(tree.find_all(exp.Avg)):
        if isinstance(call.this, exp.Column):
            told = call.this.sql("duckdb")
            _rename(tree, call, "avg|average|mean", "median")
            call.replace(exp.Median(this=call.this.copy()))
            yield f"The median of {told} is shown, not its average."


def _rename(tree: "exp.Expr", call: "exp.Expr", old: str, new: str) -> None:
    """Call the projection around an aggregate by what it is now, wherever it is named."""
    from sqlglot import exp

    alias = call.find_ancestor(exp.Alias, exp.Query)
    if not isinstance(alias, exp.Alias) or not (was := alias.alias):
        return
    name = re.sub(rf"(?<![a-z])(?:{old})(?![a-z])", new, was, flags=re.IGNORECASE)
    for identifier in list(tree.find_all(exp.Identifier)):
        if identifier.name == was and (identifier.parent is alias or isinstance(identifier.parent, exp.Column)):
            identifier.set("this", name)


def _means(tree: "exp.Expr", names: Names, data: Data, request: str) -> Iterator[str]:
    """`sum(price)` alone, where only an average is spoken of."""
    from sqlglot import exp

    asked = re.split(r"[.?!](?:\s|$)", request.strip(), maxsplit=1)[0]  # what follows may be advice on other things
    if not _MEAN.search(asked) or _COUNT.search(asked) or _TOTAL.search(request) or _OF_TOTALS.search(request):
        return
    calls = list(tree.find_all(exp.AggFunc))
    if len(calls) != 1 or not isinstance(calls[0], exp.Sum) or len(list(tree.find_all(exp.Select))) > 1:
        return
    call = calls[0]
    shown = call.parent.parent if isinstance(call.parent, exp.Alias) else call.parent
    kind = next((kind for column, kind, _ in typed(tree, names, data) if column is call.this), "")
    dates = any(kind.startswith(("DATE", "TIMESTAMP")) for _, kind, _ in typed(tree, names, data))
    if shown is tree and kind and kind not in ("BOOLEAN", "VARCHAR") and not dates:
        told = call.this.sql("duckdb")
        _rename(tree, call, "sum|total", "average")
        call.replace(exp.Avg(this=call.this.copy()))
        yield f"The average of {told} is shown, not its sum."


def _tallies(tree: "exp.Expr", names: Names, data: Data, request: str) -> Iterator[str]:
    """`count(*) FROM checkin` for "how many check-ins", where each row tells in its column `count` how many there were."""
    from sqlglot import exp

    said = {singular(word) for word in request.split()}
    for scope in scopes(tree):
        select, read = scope.expression, sources(scope, names)
        if not isinstance(select, exp.Select) or len(read) != 1 or singular(read[0].table) not in said:
            continue
        tally = next((name for name in read[0].columns or () if plain_name(name) in ("count", "counts", "cnt")), "")
        counts = [call for shown in select.expressions for call in shown.find_all(exp.Count)]
        if not tally or not counts or not data.type_of(read[0].table, tally).startswith(("INT", "BIGINT", "SMALLINT")):
            continue
        if all(isinstance(call.this, exp.Star) for call in counts) and not re.search(
            r"\b(?:rows?|records?|days?)\b", request
        ):
            for call in counts:
                call.replace(exp.Sum(this=as_column(tally)))
            yield f"Each row tells in {tally} how many there were: they are added up."


def _distinct(tree: "exp.Expr", names: Names, request: str) -> Iterator[str]:
    """`count(doctor)` and `count(*)` for "how many different doctors"."""
    from sqlglot import exp

    counts, said = list(tree.find_all(exp.Count)), _DISTINCT.findall(request)
    if len(counts) != 1 or len(said) != 1 or tree.find(exp.Distinct) or len(list(tree.find_all(exp.Select))) > 1:
        return
    wanted = singular(next(filter(None, said[0])))
    call, select = counts[0], counts[0].find_ancestor(exp.Select)
    group = select.args.get("group") if select else None
    read = sources(scopes(tree)[-1], names)
    named = [(source, column) for source in read for column in source.columns or () if _is(wanted, column)]
    if len(named) != 1 or (group and any(_is(wanted, key.name) for key in group.expressions)):
        return
    source, column = named[0]
    counted = call.this if isinstance(call.this, exp.Column) else None
    if isinstance(call.this, exp.Star) or (counted is not None and counted.name.casefold() == column.casefold()):
        alias = source.alias if len(read) > 1 else None
        one = counted.copy() if counted is not None else as_column(column, alias)
        call.set("this", exp.Distinct(expressions=[one]))
        yield f"Each {column} counts once."


def _is(wanted: str, column: str) -> bool:
    """Whether a word is a column's name; in Korean its case ending may still be there."""
    name = singular(column)
    if name == wanted:
        return True
    return bool(re.fullmatch(r"[가-힣]+", name)) and bool(
        re.fullmatch(rf"{name}(?:은|는|이|가|을|를|의|들|수)?", wanted)
    )


def mend_ratios(tree: "exp.Expr", names: Names, data: Data) -> list[str]:
    """`avg(price) / area GROUP BY district, area` is the average of `price / area` in each district; in place."""
    from sqlglot import exp

    changes = []
    for scope in scopes(tree):
        select, read = scope.expression, sources(scope, names)
        if not isinstance(select, exp.Select) or len(read) != 1 or not read[0].table:
            continue
        for division in list(select.find_all(exp.Div)):
            call, by = division.this, division.expression
            if isinstance(call, exp.Paren):
                call = call.this
            if not isinstance(call, exp.Avg | exp.Sum) or not isinstance(by, exp.Column):
                continue
            if (keys := _keys(by, select)) is not None and data.differs(read[0].table, by.name, keys):
                _ungroup(by, select)
                changes.append(_inside(division, call, by))
    return changes


def _keys(by: "exp.Column", select: "exp.Select") -> list[str] | None:
    """The other groups around a divisor that is neither shown nor sorted by; None where it is a group of its own."""
    from sqlglot import exp

    shown = [projection.unalias() for projection in select.expressions]
    order, group = select.args.get("order"), select.args.get("group")
    if any(_same(by, part) for part in [*shown, *(key.this for key in (order.expressions if order else ()))]):
        return None
    keys = [part for part in shown if not part.find(exp.AggFunc)]
    if group is not None:
        if not group.expressions:  # GROUP BY ALL
            return None
        keys = [key for key in group.expressions if not _same(by, key)]
        keys = [shown[int(key.name) - 1] if key.is_int and 0 < int(key.name) <= len(shown) else key for key in keys]
    return [key.name for key in keys] if all(isinstance(key, exp.Column) for key in keys) else None


def _ungroup(by: "exp.Column", select: "exp.Select") -> None:
    group = select.args.get("group")
    if group is not None:
        left = [key for key in group.expressions if not _same(by, key)]
        if left:
            group.set("expressions", left)
        else:
            select.set("group", None)


def _same(by: "exp.Column", other: "exp.Expr") -> bool:
    from sqlglot import exp

    return isinstance(other, exp.Column) and plain_name(other.name) == plain_name(by.name)


def _inside(division: "exp.Div", call: "exp.Expr", by: "exp.Column") -> str:
    from sqlglot import exp

    if isinstance(call, exp.Sum):
        division.set("expression", exp.Sum(this=by.copy()))
        return f"The sum is divided by the sum of {by.name}, in each group."
    each = exp.Div(
        this=exp.paren(call.this.copy()) if isinstance(call.this, exp.Binary) else call.this.copy(),
        expression=by.copy(),
    )
    division.replace(exp.Avg(this=each))
    return f"Each row is divided by its {by.name} before the average is taken."

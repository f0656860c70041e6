"""Charts of what is read word for word: `bar chart of takings by kind at Harbour`, and `as a bar chart` of the query before.

What is not covered: charts over two tables, of rates and quotients, and of the first few groups; Korean requests.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from assistant.composing.continued import told_beside
from assistant.composing.query import composed
from assistant.context import Situation, Turn
from assistant.followups import conditions_of, groups_of, plain_select

if TYPE_CHECKING:
    from sqlglot import exp

_HANGUL = re.compile("[가-힣]")
ASKS = re.compile(
    r"\b(?:charts?|plots?|plotted|graphs?|draw|drawn|visuali[sz]e\w*|histograms?|scatter\w*|pie|bars)\b", re.IGNORECASE
)
"""Words that ask for a chart."""
_KINDS = (("pie", r"pie|donut"), ("bar", r"bars?|column"), ("line", r"line"), ("area", r"area"))
_OTHERS = re.compile(
    r"\b(?:histograms?|scatter\w*|box|heat ?maps?|violins?|correlation\w*|panels?|facets?|separate|side by side|small multiples)\b",
    re.IGNORECASE,
)
"""Kinds that are not made of groups and one measure."""
_CHART = rf"(?:{'|'.join(words for _, words in _KINDS)})? ?(?:charts?|graphs?|plots?|diagrams?)"
CHART = re.compile(rf"\b(?:as |in )?(?:an? |the )?{_CHART}\b", re.IGNORECASE)
"""A chart and its kind: `as a bar chart`."""
_BEFORE = re.compile(
    rf"^\W*(?:(?:please|now|and|then|ok|okay|can you|could you|i want|i'd like|instead|also)\W+)*(?:(?:draw|plot|chart|graph|visuali[sz]e|show|make|create|give|display)\b(?: me| us)? ?)?(?:(?:it|that|this|these|those|them|the results?|the same)\b ?)?(?:(?:as |in )?(?:an? |the )?\b{_CHART}\b(?: instead| please| too)?(?: (?:of|for|showing|with|that shows))? ?)?(?:(?:it|that|this|these|those|them|the results?)\b ?)?",
    re.IGNORECASE,
)
_AFTER = re.compile(rf",? ?\b(?:as|in|on|with|using) (?:an? |the )?{_CHART}(?: please| instead)?\W*$", re.IGNORECASE)
_TAIL = re.compile(
    r"\b(?:last|this|past|during|for|in|at|from|where|when|with|without|among|excluding|except|only|over|under|above|below|since|after|before|between|on|of)\b",
    re.IGNORECASE,
)
"""Words that a condition may begin with."""


def charted(situation: Situation, request: str) -> dict[str, Any] | None:
    """The arguments of the chart that a request asks for, where every word of it is understood; None where one is not."""
    from sqlglot.errors import SqlglotError

    if _HANGUL.search(request) or not ASKS.search(request) or _OTHERS.search(request):
        return None
    polite = re.sub(r"\b(?:please|thanks|thank you)\b", " ", request, flags=re.IGNORECASE)
    rest = _BEFORE.sub("", _AFTER.sub("", polite)).strip(" ,.!?")
    kind = next((kind for kind, words in _KINDS if re.search(rf"\b(?:{words})\b", request, re.IGNORECASE)), "")
    if not rest:
        return _of_before(situation.turns, kind)
    for said in (rest, f"number of rows by {rest}"):
        try:
            if sql := composed(situation, said):
                return _arguments(sql, kind)
        except (SqlglotError, RecursionError):
            return None
    return None


def _of_before(turns: tuple[Turn, ...], kind: str) -> dict[str, Any] | None:
    """The chart of the query before, or the chart before as one of another kind."""
    from sqlglot.errors import SqlglotError

    last = turns[-1].steps if turns else ()
    if len(last) != 1:
        return None
    if last[0]["tool"] == "make_chart" and kind and last[0].get("kind") in {one for one, _ in _KINDS}:
        return {name: value for name, value in last[0].items() if name != "tool"} | {"kind": kind}
    try:
        return _arguments(str(last[0]["sql"]), kind) if last[0]["tool"] == "query_data" else None
    except (SqlglotError, RecursionError):
        return None


def _arguments(sql: str, kind: str) -> dict[str, Any] | None:
    """A query of one or two groups and one measure as a chart; None for any other."""
    from sqlglot import exp

    tree = plain_select(sql)
    if (
        tree is None
        or tree.args.get("joins")
        or tree.args.get("having")
        or tree.args.get("qualify")
        or tree.args.get("limit")
    ):
        return None
    _from_today(tree)
    [table] = tree.find_all(exp.Table) if len(list(tree.find_all(exp.Table))) == 1 else [None]
    keys = [_axis(key) for key in groups_of(tree)]
    shown = [entry.unalias() for entry in tree.expressions if entry.unalias() not in groups_of(tree)]
    if table is None or not 1 <= len(keys) <= 2 or len(shown) != 1 or (measure := _measure(shown[0])) is None:
        return None
    axes = sorted((axis for axis in keys if axis), key=lambda axis: not axis[1])
    if len(axes) != len(keys) or (len(axes) == 2 and (axes[1][1] or kind == "pie")):
        return None
    made = {"dataset": table.name, "kind": kind or ("line" if axes[0][1] else "bar"), "x": axes[0][0], **measure}
    made |= {"step": axes[0][1]} if axes[0][1] else {}
    made |= {"color": axes[1][0]} if len(axes) == 2 else {}
    return made | _where(tree)


def _from_today(tree: "exp.Select") -> None:
    """Have `last month` counted from today alone, and its dates not shown beside the measure; in place.

    A chart reads its rows once: where the data end before, it says that no row meets the condition.
    """
    from sqlglot import exp

    for earlier in list(tree.find_all(exp.Least)):
        if earlier.find(exp.Subquery):
            earlier.replace(earlier.this)
    beside = told_beside(tree)
    tree.set("expressions", [one for one in tree.expressions if one not in beside])


def _axis(key: "exp.Expr") -> tuple[str, str] | None:
    """A group as a column and the step of its dates; None for anything else."""
    from sqlglot import exp

    inside = key.this if isinstance(key, exp.Cast) else key
    if isinstance(inside, exp.Column):
        return inside.name, ""
    if isinstance(inside, exp.DateTrunc | exp.TimestampTrunc) and isinstance(inside.this, exp.Column):
        return inside.this.name, inside.text("unit").casefold()
    if isinstance(inside, exp.Year) and isinstance(column := inside.find(exp.Column), exp.Column):
        return column.name, "year"
    alike = inside.find(exp.Column) if isinstance(inside, exp.Lower) else None  # spellings that differ by case alone
    return (alike.name, "") if alike is not None else None


def _measure(value: "exp.Expr") -> dict[str, str] | None:
    from sqlglot import exp

    kinds = ((exp.Avg, "mean"), (exp.Sum, "sum"), (exp.Max, "max"), (exp.Min, "min"), (exp.Median, "median"))
    if isinstance(value, exp.Count) and isinstance(value.this, exp.Star):
        return {"measure": "count"}
    name = next((name for kind, name in kinds if isinstance(value, kind)), "")
    return {"y": value.this.name, "measure": name} if name and isinstance(value.this, exp.Column) else None


def _where(tree: "exp.Select") -> dict[str, str]:
    told = " AND ".join(one.sql("duckdb") for one in conditions_of(tree))
    return {"condition": told} if told else {}


def condition_said(situation: Situation, dataset: str, request: str) -> str:
    """The condition on rows that a request for any chart ends with, where it is understood; empty where there is none."""
    from sqlglot.errors import SqlglotError

    if _HANGUL.search(request):
        return ""
    try:
        return next(filter(None, (_condition(situation, dataset, tail) for tail in _tails(request))), "")
    except (SqlglotError, RecursionError):
        return ""


def _tails(request: str) -> Iterator[str]:
    return (request[found.start() :].strip(" .!?") for found in _TAIL.finditer(request))


def _condition(situation: Situation, dataset: str, tail: str) -> str:
    from sqlglot import exp

    tree = plain_select(sql) if (sql := composed(situation, f"how many {dataset} {tail}")) else None
    if tree is not None:
        _from_today(tree)
    if tree is None or groups_of(tree) or tree.args.get("joins") or len(list(tree.find_all(exp.Table))) != 1:
        return ""
    counted = len(tree.expressions) == 1 and isinstance(tree.expressions[0].unalias(), exp.Count)
    return _where(tree).get("condition", "") if counted and tree.find(exp.Table).name == dataset else ""  # type: ignore[union-attr]

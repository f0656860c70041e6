"""Charts of what is read word for word: `bar chart of takings by kind at Harbour`, and `as a bar chart` of the query before.

What is not covered: charts over two tables, of quotients, and of the first few groups.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from assistant.composing.continued import continued, query_before
from assistant.composing.query import composed
from assistant.composing.told import told_beside
from assistant.composing.wording import KOREAN, goes_on, wording_of
from assistant.context import Situation, Turn
from assistant.followups import conditions_of, groups_of, plain_select
from tools.mending.data import YES

if TYPE_CHECKING:
    from sqlglot import exp

ASKS = re.compile(
    r"\b(?:charts?|plots?|plotted|graphs?|draw|drawn|visuali[sz]e\w*|histograms?|scatter\w*|pie|bars)\b|그래프|차트|도표|시각화|그려|그리|막대|꺾은 ?선",
    re.IGNORECASE,
)
"""Words that ask for a chart."""
KOREAN_KINDS = {
    "pie": "원 ?(?:그래프|차트|도표)|파이 ?(?:그래프|차트)|도넛 ?(?:그래프|차트)|(?<![가-힣])(?:파이|도넛)(?:로|으로)",
    "bar": "막대 ?(?:그래프|차트|도표)?|(?<![가-힣])바 ?(?:그래프|차트)",
    "line": "꺾은 ?선 ?(?:그래프|차트|도표)?|(?<!꺾은)(?<![가-힣])선 ?(?:그래프|차트)|라인 ?(?:그래프|차트)",
    "area": "(?:영역|면적) ?(?:그래프|차트)",
}
_KINDS = (("pie", r"pie|donut"), ("bar", r"bars?|column"), ("line", r"line"), ("area", r"area"))
_OTHERS = re.compile(
    r"\b(?:histograms?|scatter\w*|box|heat ?maps?|violins?|correlation\w*|panels?|facets?|separate|side by side|small multiples)\b|히스토그램|산점도|상자|박스|바이올린|히트맵|상관|분포|나란히|패널|따로|결측",
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
_CHART_KOREAN = re.compile(
    rf"(?:{'|'.join(KOREAN_KINDS.values())}|그래프|차트|도표|그림|시각화)(?:로|으로|를|을)?(?= |\W*$|해)(?: ?(?:한번|다시|좀|해서))*"
)
_POLITE_KOREAN = re.compile(
    r"(?<![가-힣])(?:그걸|이걸|그거|이거|그것을|이것을|방금|위|그|이|결과를?|좀|한번|다시|그럼)(?= )|(?:그려|그리|그려서|보여|만들어|나타내|표현해|시각화해|해|바꿔)? ?(?:줘|주세요|줄래|봐|달라|보자|보여줘|줘봐)?\W*$"
)
_TAIL = re.compile(
    r"\b(?:last|this|past|during|for|in|at|from|where|when|with|without|among|excluding|except|only|over|under|above|below|since|after|before|between|on|of)\b",
    re.IGNORECASE,
)
"""Words that a condition may begin with."""


def charted(situation: Situation, request: str) -> dict[str, Any] | None:
    """The arguments of the chart that a request asks for, where every word of it is understood; None where one is not."""
    from sqlglot.errors import SqlglotError

    if not ASKS.search(request) or _OTHERS.search(request):
        return None
    korean = wording_of(request) is KOREAN
    kind = _kind(request)
    rest = _bare_korean(request) if korean else _bare(request)
    if not rest:
        return _of_before(situation.turns, kind)
    try:
        if goes_on(rest) and query_before(situation.turns):
            return _arguments(sql, kind) if (sql := continued(situation, rest)) else None
        for said in (rest, f"{rest} 건수" if korean else f"number of rows by {rest}"):
            if sql := composed(situation, said):
                return _arguments(sql, kind)
    except (SqlglotError, RecursionError):
        return None
    return None


def _kind(request: str) -> str:
    """The one kind that takes groups and a measure which a request names; empty for none."""
    english = (kind for kind, words in _KINDS if re.search(rf"\b(?:{words})\b", request, re.IGNORECASE))
    korean = (kind for kind, words in KOREAN_KINDS.items() if re.search(words, request))
    return next(english, "") or next(korean, "")


def _bare(request: str) -> str:
    """What is left of a request without its words for a chart."""
    polite = re.sub(r"\b(?:please|thanks|thank you)\b", " ", request, flags=re.IGNORECASE)
    return _BEFORE.sub("", _AFTER.sub("", polite)).strip(" ,.!?")


def _bare_korean(request: str) -> str:
    """The same of a Korean one: `부산 지점의 월별 매출을 선그래프로 그려줘`."""
    if _CHART_KOREAN.search(request):
        request = _CHART_KOREAN.sub(" ", request)
    return " ".join(re.sub(r"[을를](?=\s*$)", "", _POLITE_KOREAN.sub(" ", request)).split()).strip(" ,.!?")


def _of_before(turns: tuple[Turn, ...], kind: str) -> dict[str, Any] | None:
    """The chart of the query before, or the chart before as one of another kind."""
    from sqlglot.errors import SqlglotError

    last = turns[-1].steps if turns else ()
    if len(last) != 1:
        return None
    if kind == "pie" and last[0].get("measure") in ("mean", "median", "min", "max"):
        return None  # parts that do not add up
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
    if kind == "pie" and len(shown) == 1 and isinstance(shown[0], exp.Div) and isinstance(shown[0].right, exp.Window):
        shown = [shown[0].left]  # a pie shows the shares
    if table is None or not 1 <= len(keys) <= 2 or len(shown) != 1 or (measure := _measure(shown[0])) is None:
        return None
    if kind == "pie" and measure["measure"] not in ("count", "sum"):
        return None  # parts that do not add up
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
    if isinstance(value, exp.Avg) and (flag := _flag(value.this)):
        return {"y": flag, "measure": "mean"}  # the share of yes
    name = next((name for kind, name in kinds if isinstance(value, kind)), "")
    return {"y": value.this.name, "measure": name} if name and isinstance(value.this, exp.Column) else None


def _flag(cast: "exp.Expr") -> str:
    """The column of yes and no whose yes is cast as a number; empty for any other expression."""
    from sqlglot import exp

    test = cast.this.unnest() if isinstance(cast, exp.Cast) else None
    if not isinstance(test, exp.EQ) or not isinstance(test.this, exp.Column):
        return ""
    said = test.expression
    yes = isinstance(said, exp.Boolean) and said.this is True
    return test.this.name if yes or str(said.this).strip().casefold() in YES else ""


def _where(tree: "exp.Select") -> dict[str, str]:
    told = " AND ".join(one.sql("duckdb") for one in conditions_of(tree))
    return {"condition": told} if told else {}


def condition_said(situation: Situation, dataset: str, request: str) -> str:
    """The condition on rows that a request for any chart ends with, where it is understood; empty where there is none."""
    from sqlglot.errors import SqlglotError

    korean = wording_of(request) is KOREAN
    try:
        said = (
            (f"{head} 건수" for head in _heads(request))
            if korean
            else (f"how many {dataset} {tail}" for tail in _tails(request))
        )
        return next(filter(None, (_condition(situation, dataset, one) for one in said)), "")
    except (SqlglotError, RecursionError):
        return ""


def _tails(request: str) -> Iterator[str]:
    return (request[found.start() :].strip(" .!?") for found in _TAIL.finditer(request))


def _heads(request: str) -> Iterator[str]:
    """What a Korean request begins with, the longest first."""
    words = request.split()
    return (" ".join(words[:end]) for end in range(len(words) - 1, 0, -1))


def _condition(situation: Situation, dataset: str, said: str) -> str:
    from sqlglot import exp

    tree = plain_select(sql) if (sql := composed(situation, said)) else None
    if tree is not None:
        _from_today(tree)
    if tree is None or groups_of(tree) or tree.args.get("joins") or len(list(tree.find_all(exp.Table))) != 1:
        return ""
    counted = len(tree.expressions) == 1 and isinstance(tree.expressions[0].unalias(), exp.Count)
    return _where(tree).get("condition", "") if counted and tree.find(exp.Table).name == dataset else ""  # type: ignore[union-attr]

"""Charts of what is read word for word: `bar chart of takings by kind at Harbour`, and `as a bar chart` of the query before.

What is not covered: see chart_query.py.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assistant.composing.chart_query import KINDS, arguments, as_query, drawn_table, from_today, where_of
from assistant.composing.continued import continued, query_before
from assistant.composing.query import composed
from assistant.composing.wording import KOREAN, goes_on, wording_of
from assistant.context import Situation, Turn
from assistant.followups import BY, groups_of, plain_select
from assistant.said import COMMAND

if TYPE_CHECKING:
    pass

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
_OTHERS = re.compile(
    r"\b(?:histograms?|scatter\w*|box|heat ?maps?|violins?|correlation\w*|panels?|facets?|separate|side by side|small multiples)\b|히스토그램|산점도|상자|박스|바이올린|히트맵|상관|분포|나란히|패널|따로|결측",
    re.IGNORECASE,
)
"""Kinds that are not made of groups and one measure."""
_OF_DAY = re.compile(r"\bof (?:the )?day\b|시간대", re.IGNORECASE)
_CHART = rf"(?:{'|'.join(words for _, words in KINDS)})? ?(?:charts?|graphs?|plots?|diagrams?)"
CHART = re.compile(rf"\b(?:as |in )?(?:an? |the )?{_CHART}\b", re.IGNORECASE)
"""A chart and its kind: `as a bar chart`."""
_BEFORE = re.compile(
    rf"^\W*(?:(?:please|now|and|then|ok|okay|can you|could you|i want|i'd like|instead|also)\W+)*(?:(?:draw|plot|chart|graph|visuali[sz]e|show|make|create|give|display)\b(?: me| us)? ?)?(?:(?:it|that|this|these|those|them|the results?|the same)\b ?)?(?:(?:as |in )?(?:an? |the )?\b{_CHART}\b(?: instead| please| too)?(?: (?:of|for|showing|with|that shows))? ?)?(?:(?:it|that|this|these|those|them|the results?)\b ?)?",
    re.IGNORECASE,
)
_AFTER = re.compile(
    rf",? ?\b(?:as|in|on|with|using) (?:an? |the )?(?:{_CHART}|bars|pie|line)(?: please| instead)?\W*$", re.IGNORECASE
)
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

    if _OTHERS.search(request):
        return None
    if (redrawn := _redrawn(situation, request)) or not ASKS.search(request):
        return redrawn
    korean = wording_of(request) is KOREAN
    kind = _kind(request)
    rest = _bare_korean(request) if korean else _bare(request)
    if not rest:
        return _of_before(situation, kind)
    try:
        if goes_on(rest) and query_before(situation.turns):
            return arguments(situation, sql, kind) if (sql := continued(situation, rest)) else None
        for said in (rest, f"{rest} 건수" if korean else f"number of rows by {rest}"):
            if sql := composed(situation, said):
                return _hourly(arguments(situation, sql, kind), kind, request)
    except (SqlglotError, RecursionError):
        return None
    return None


def _hourly(chart: dict[str, Any] | None, kind: str, request: str) -> dict[str, Any] | None:
    """A chart by the hour as a line from hour to hour, unless bars or the hours of the day are spoken of."""
    if chart and chart.get("step") == "hour_of_day" and kind != "bar" and not _OF_DAY.search(request):
        return chart | {"step": "hour", "kind": kind or "line"}
    return chart


def _kind(request: str) -> str:
    """The one kind that takes groups and a measure which a request names; empty for none."""
    english = (kind for kind, words in KINDS if re.search(rf"\b(?:{words})\b", request, re.IGNORECASE))
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


def _of_before(situation: Situation, kind: str) -> dict[str, Any] | None:
    """The chart of the query before, or the chart before as one of another kind."""
    from sqlglot.errors import SqlglotError

    last = situation.turns[-1].steps if situation.turns else ()
    if len(last) != 1:
        return None
    if kind == "pie" and last[0].get("measure") in ("mean", "median", "min", "max"):
        return None  # parts that do not add up
    if last[0]["tool"] == "make_chart" and kind and last[0].get("kind") in {one for one, _ in KINDS}:
        return {name: value for name, value in last[0].items() if name != "tool"} | {"kind": kind}
    try:
        return arguments(situation, str(last[0]["sql"]), kind) if last[0]["tool"] == "query_data" else None
    except (SqlglotError, RecursionError):
        return None


def redraws(situation: Situation, request: str) -> bool:
    """Whether a request changes the chart before, and not the data that it shows: it begins with no verb of a change."""
    last = situation.turns[-1].steps if situation.turns else ()
    charts = len(last) == 1 and last[0]["tool"] == "make_chart"
    return charts and goes_on(request) and (BY.search(request) is not None or not COMMAND.search(request))


def _redrawn(situation: Situation, request: str) -> dict[str, Any] | None:
    """The chart before as a follow-up changes it: `without Harbour`, `and by month?`; None where not all of it is understood."""
    from sqlglot.errors import SqlglotError

    if not redraws(situation, request):
        return None
    last = situation.turns[-1].steps
    sql = as_query(situation, last[0])
    before = Turn(situation.turns[-1].request, ({"tool": "query_data", "sql": sql},))
    try:
        changed = continued(replace(situation, turns=(before,)), request) if sql else ""
        made = arguments(situation, changed, "") if changed else None
    except (SqlglotError, RecursionError):
        return None
    if made is None:
        return None
    same = made.get("step") == last[0].get("step") and made["x"] == last[0]["x"]
    return made | {"kind": last[0]["kind"]} if same or last[0]["kind"] != "line" else made


def condition_said(situation: Situation, dataset: str, request: str, *, joins: bool = False) -> str:
    """The condition on rows that a request for any chart ends with, where it is understood; empty where there is none.

    Where what it is for `joins` tables by itself, the condition may be on a column of another table that a key joins.
    """
    from sqlglot.errors import SqlglotError

    korean = wording_of(request) is KOREAN
    try:
        said = (
            (f"{head} 건수" for head in _heads(request))
            if korean
            else (f"how many {dataset} {tail}" for tail in _tails(request))
        )
        return next(filter(None, (_condition(situation, dataset, one, joins=joins) for one in said)), "")
    except (SqlglotError, RecursionError):
        return ""


def _tails(request: str) -> Iterator[str]:
    return (request[found.start() :].strip(" .!?") for found in _TAIL.finditer(request))


def _heads(request: str) -> Iterator[str]:
    """What a Korean request begins with, the longest first."""
    words = request.split()
    return (" ".join(words[:end]) for end in range(len(words) - 1, 0, -1))


def _condition(situation: Situation, dataset: str, said: str, *, joins: bool) -> str:
    from sqlglot import exp

    tree = plain_select(sql) if (sql := composed(situation, said)) else None
    if tree is not None:
        from_today(tree)
    if tree is None or groups_of(tree) or (tree.args.get("joins") and not joins):
        return ""
    table = drawn_table(situation, tree)
    counted = len(tree.expressions) == 1 and isinstance(tree.expressions[0].unalias(), exp.Count)
    return where_of(tree).get("condition", "") if counted and table is not None and table.name == dataset else ""

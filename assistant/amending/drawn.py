"""Charts as the request says them: their kind and measure, the step of their dates, and colours only where groups are asked for."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.cases import KEY_WORDS
from assistant.amending.step import mended, table_of
from assistant.composing.charts import KOREAN_KINDS, charted, condition_said, redraws
from assistant.context import ColumnFact, Situation, Table
from assistant.group_words import grouped_by
from assistant.named import columns_named
from assistant.said import CHANGE
from assistant.unmatched import speaks_of
from assistant.words import is_calendar, split_words
from tools.relations import identifier_if_needed
from tools.transforms.yes_no import says
from tools.words import literal

if TYPE_CHECKING:
    from assistant.plan import Step

_KINDS = (
    ("pie", rf"\bpie\b|\bdonut|{KOREAN_KINDS['pie']}"),
    ("bar", rf"\bbars?\b|\bcolumn chart|{KOREAN_KINDS['bar']}"),
    ("line", rf"\bline (?:chart|graph|plot)s?\b|{KOREAN_KINDS['line']}"),
)
"""Kinds that take the same columns, so that one can stand in another's place."""
_BOX = re.compile(r"\bbox ?plots?\b|\bbox chart|상자 ?(?:그림|수염|그래프)|박스 ?(?:플롯|그림)", re.IGNORECASE)
_STEPS = (
    ("weekday", r"\b(?:by|per|each|every|for each) (?:week ?day|day of (?:the )?week)|요일(?:별|마다)"),
    ("hour_of_day", r"\bhours? of (?:the )?day\b|시간대(?:별|마다)"),
    ("hour", r"\bhourly\b|\b(?:by|per|each|every) hour\b(?! of)|시간(?:별|마다)"),
    ("day", r"\bdaily\b|\b(?:by|per|each|every) day\b(?! of)|(?<![가-힣])(?:일|날짜|일자)(?:별|마다)|매일"),
    ("week", r"\bweekly\b|\b(?:by|per|each|every) week\b|(?<![가-힣])주(?:간)?(?:별|마다)|주간|매주"),
    ("month", r"\bmonthly\b|\b(?:by|per|each|every) month\b|월(?:별|마다)|매월|매달"),
    ("quarter", r"\bquarterly\b|\b(?:by|per|each|every) quarter\b|분기(?:별|마다)"),
    ("year", r"\byearly\b|\bannual\w*|\b(?:by|per|each|every) year\b|(?<![가-힣])연?(?:도|간)?별|년(?:도)?별|매년"),
)
_MEASURES = (
    ("mean", r"\baverages?\b|\bmeans?\b|평균"),
    ("median", r"\bmedians?\b|중앙값|중위"),
    ("sum", r"\btotals?\b|\bsums?\b|합계|총합|총액|총 "),
    ("max", r"\b(?:max\w*|highest)\b|최대|최고"),
    ("min", r"\b(?:min(?:imum)?|lowest)\b|최소|최저"),
)
_TIMES = ("시간", "시간대", "일자", "주간", "월간")
_SHORT = ("hour", "day", "week")
_COLOURS = re.compile(r"\bcolou?r|\blegend|색|범례", re.IGNORECASE)
_GROUP = re.compile(r"([가-힣]+)(?:별|마다)(?:로)?(?![가-힣])|(나눠|나누어|구분해|쪼개)")
"""Groups in a Korean request, whose words can't be compared with English names."""


def drawn(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Charts of the kind that the request names, by the month where it says so, without colours that nobody asked for.

    What is read word for word is drawn so, whatever one step was planned for it.
    """
    alone = len(steps) == 1 and (steps[0].tool in ("make_chart", "query_data") or not CHANGE.search(request))
    if steps and (alone or redraws(situation, request)) and (chart := charted(situation, request)):
        if {**steps[0].arguments} == chart:
            return list(steps)
        return [mended(steps[0], "drawn as the request says.", "make_chart", chart)]
    made = [_drawn(step, situation, request) if step.tool == "make_chart" else step for step in steps]
    return [_mapped(step, situation, request) if step.tool == "map_missing" else step for step in made]


def _mapped(step: "Step", situation: Situation, request: str) -> "Step":
    """A map of empty cells of every column, but for those that are named."""
    table = table_of(step, situation)
    named = {column.name for column in columns_named(request, table)} if table else set()
    kept = [name for name in step.arguments.get("columns", []) if name in named]
    rest = {name: value for name, value in step.arguments.items() if name != "columns"}
    made = rest | ({"columns": kept} if kept else {})
    return step if made == step.arguments else mended(step, "drawn as the request says.", "map_missing", made)


def _drawn(step: "Step", situation: Situation, request: str) -> "Step":
    table = table_of(step, situation)
    if table is None:
        return step
    made = _of_named(_of_kind(dict(step.arguments), request), table, request)
    x, color = (_column(table, str(made.get(name, ""))) for name in ("x", "color"))
    if color and not _asks_for(color, table, request, along_time=x is not None and x.is_time):
        del made["color"]
    steps = [name for name, words in _STEPS if re.search(words, request, re.IGNORECASE)]
    if x and x.is_time and len(steps) == 1:
        made["step"] = steps[0]
        if made["kind"] == "bar" and steps[0] in _SHORT and not re.search(dict(_KINDS)["bar"], request, re.IGNORECASE):
            made["kind"] = "line"  # hundreds of bars can't be told apart
    if KEY_WORDS & set(split_words(str(made.get("y", "")))):  # keys are counted, not summed up
        made = {name: value for name, value in made.items() if name != "y"} | {"measure": "count"}
        made["kind"] = "bar" if made["kind"] == "histogram" and "step" in made else made["kind"]
    measures = [name for name, words in _MEASURES if re.search(words, request, re.IGNORECASE)]
    if made["kind"] in ("histogram", "scatter", "box"):  # each row counts in them
        made = {name: value for name, value in made.items() if name != "measure"}
    if made["kind"] == "histogram" and x and x.is_number:
        made = {name: value for name, value in made.items() if name != "y"}
    if "condition" not in made and (condition := condition_said(situation, table.name, request, joins=True)):
        made["condition"] = condition
    if "color" in made and _pins(str(made.get("condition", "")), made["color"]) and not _COLOURS.search(request):
        del made["color"]  # one group has no others beside it
    if "y" in made and len(measures) == 1 and made["kind"] in ("bar", "line", "area", "pie", "heatmap"):
        made["measure"] = measures[0]
    made = _of_yes(made, table)
    if made == step.arguments:
        return step
    return mended(step, "drawn as the request says.", "make_chart", made)


def _pins(condition: str, name: str) -> bool:
    """Whether a condition leaves one value of a column."""
    column = rf'(?:{re.escape(name)}|"{re.escape(name)}")'
    return re.search(rf"(?:^|(?<= AND )){column} = (?:'[^']*'|[\d.]+)(?=$| AND )", condition) is not None


def _of_yes(given: dict[str, Any], table: Table) -> dict[str, Any]:
    """Counts of a column of yes and no as the rows that say yes: to count its values counts the no's too."""
    y = _column(table, str(given.get("y", "")))
    said = {says(str(value)): str(value) for value in y.values} if y and y.type == "text" and len(y.values) == 2 else {}
    counts = given.get("kind") in ("bar", "line", "area", "pie", "heatmap") and given.get("measure") in (None, "count")
    if y is None or said.keys() != {True, False} or not counts or "condition" in given or y.name == given.get("x"):
        return given
    kept = {name: value for name, value in given.items() if name != "y"}
    return kept | {"condition": f"{identifier_if_needed(y.name)} = {literal(said[True])}", "measure": "count"}


def _of_kind(given: dict[str, Any], request: str) -> dict[str, Any]:
    """The arguments with the one kind that is named, where it takes the columns of the planned one."""
    said = [kind for kind, words in _KINDS if re.search(words, request, re.IGNORECASE)]
    if len(said) == 1 and given.get("kind") in ("bar", "line", "area", "pie"):
        given["kind"] = said[0]
    if _BOX.search(request) and "y" in given and given.get("kind") in ("bar", "line", "area"):
        given = {name: value for name, value in given.items() if name != "measure"} | {"kind": "box"}
    return {name: value for name, value in given.items() if given.get("kind") != "pie" or name != "color"}


def _of_named(given: dict[str, Any], table: Table, request: str) -> dict[str, Any]:
    """Groups and their measure as the request names them, where the plan took columns that it does not name."""
    named = columns_named(request, table)
    groups = [column for column in named if grouped_by(column.name, request)]
    numbers = [column for column in named if column.is_number and column not in groups]
    x = _column(table, str(given.get("x", "")))
    if given.get("kind") not in ("bar", "box", "pie") or len(groups) != 1 or (x and x.is_time):
        return given
    said = {"x": groups[0].name} | ({"y": numbers[0].name} if len(numbers) == 1 else {})
    return given | {
        name: one for name, one in said.items() if name in given and _column(table, given[name]) not in named
    }


def _column(table: Table, name: str) -> ColumnFact | None:
    return next((column for column in table.columns if column.name == name), None)


def _asks_for(color: ColumnFact, table: Table, request: str, *, along_time: bool) -> bool:
    """Whether groups of a column are asked for: by its name, one of its values, or as one group more than the axis."""
    if color in columns_named(request, table) or _COLOURS.search(request):
        return True
    if any(str(value).casefold() in request.casefold() for value in color.values):
        return True
    groups = [one for one, _ in _GROUP.findall(request) if not is_calendar(one) and one not in _TIMES]
    unlike_script = speaks_of(color.name, request)  # a name in another script may be meant by any word
    return unlike_script and len(groups) > (0 if along_time else 1)

"""The arguments of a step as the request has them: without what nobody asked for, with what it says and was forgotten."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from assistant.amending.ignored import others_said
from assistant.amending.some_rows import left_out_before
from assistant.context import Situation
from assistant.group_words import EACH_GROUP
from assistant.joined import joined
from assistant.named import columns_named
from assistant.said import is_said
from assistant.words import alike, is_common, is_foreign, split_words
from tools.mending.magnitudes import in_digits
from tools.number_words import NUMBERS
from tools.scheduling.when import find_when
from tools.tool import ToolError
from tools.words import listed

REMOVES = re.compile(
    r"remov|drop|delet|exclud|except|without|filter(?:ed|ing)? (?:\w+ )?out|throw|get rid|discard|eliminat|leave out|cut"
    r"|제거|삭제|빼|뺀|지워|지우|없애|제외|버려|버리|말고",
    re.IGNORECASE,
)
"""Words that take rows away; to filter is to keep."""
DENIES = re.compile(r"\bnot\b|!=|<>", re.IGNORECASE)
"""A condition that says no: what a request says no to is then kept, not removed."""
TWICE = re.compile(
    r"itself|repeat|duplicat|twice|cop(?:y|ies)|double|\btimes\b|once more|반복|복제|복사|두 번|한 번 더|자기 자신",
    re.IGNORECASE,
)
"""Words of the same rows once more."""
KINDS = re.compile(
    r"(?P<number>(?<!not a )(?<!not )\bnumbers?\b|\bnumeric\b|숫자|수치)|\b(?:text|strings?|words?)\b|문자|글자|텍스트",
    re.IGNORECASE,
)
"""Words of a type: the one that comes last is what a column is to become."""
FORMS = re.compile(
    r"(?P<notebook>notebook|jupyter|\bipynb\b|노트북|주피터)|python|pandas|\bpy\b|파이썬|판다스", re.IGNORECASE
)
"""Words of what a script is written in, other than SQL."""


def as_said(tool: str, given: Mapping[str, Any], situation: Situation, request: str) -> dict[str, Any]:
    """A step's arguments as the request has them: without what nobody asked for, with what it says and was forgotten.

    Raises ToolError where they can't be meant, in words that a model can mend by.
    """
    arguments = dict(given)
    if tool == "join_datasets":
        arguments |= joined(arguments, situation, request)
    within = EACH_GROUP.search(request) is not None and len(arguments.get("columns") or ()) == 2
    if tool == "correlate" and "group_by" in arguments and not within:
        del arguments["group_by"]
    if tool == "drop_duplicates" and not _speaks_of_any(arguments.get("columns") or (), request):
        arguments.pop("columns", None)
    if tool == "encode_categories":
        arguments = _encoded(arguments, request)
    if tool == "compare_periods":
        arguments = _periods(arguments, situation, request)
    if tool in ("add_window", "fill_along"):
        arguments = _along(arguments, request)
    if tool == "fill_missing" and arguments.get("method") not in ("model", "neighbours"):
        arguments.pop("using", None)
    if tool == "resample_series":
        arguments = _series(arguments, situation, request)
    if tool == "sort_rows" and (_RISES.search(request) or _FALLS.search(request)):
        arguments["descending"] = _RISES.search(request) is None
    if tool == "concatenate_datasets":
        arguments |= _below(arguments, situation, request)
    if tool == "filter_rows" and arguments.get("action") == "remove" and _keeps(str(arguments["condition"]), request):
        arguments["action"] = "keep"
    if ignore := arguments.get("ignore"):
        target, table = str(arguments.get("target")), situation.table(str(arguments.get("dataset", "")))
        spoken = [*(others_said(request, table, target) if table else []), *left_out_before(situation, request)]
        kept = [one for one in ignore if one != target and (one.casefold() in request.casefold() or one in spoken)]
        arguments["ignore"] = kept
        if not kept:
            del arguments["ignore"]
    if tool == "change_type" and arguments["type"] == "text" and _as_number(request):
        arguments["type"] = "decimal"
    if tool == "train_model":
        arguments |= _training(arguments, situation, request)
    if tool == "replace_values":
        arguments["column"] = _holder(arguments, situation)
    if tool == "replace_values" and str(arguments["old"]).casefold() not in request.casefold():
        raise ToolError(
            f"The request names no value '{arguments['old']}' to replace. For a rule over many values write"
            " CREATE OR REPLACE TABLE … AS SELECT * REPLACE (CASE WHEN … END AS column) FROM …"
        )
    if tool == "write_script" and (form := FORMS.search(request)):
        arguments["format"] = "notebook" if form["notebook"] else "python"
    if tool == "schedule_predictions" and (when := find_when(request)):
        arguments["when"] = when.words()
    if tool == "predict_row":
        arguments["values"] = _what_if(arguments["values"], situation, in_digits(request))
    return arguments


def _periods(arguments: Mapping[str, Any], situation: Situation, request: str) -> dict[str, Any]:
    """A comparison of periods without groups and measures that nobody asked for: amounts are added up unless told."""
    made, table = dict(arguments), situation.table(str(arguments.get("dataset", "")))
    columns = [column.name for column in columns_named(request, table)] if table else []
    named = made.get("group_by") in columns or _GROUPS.search(request)
    if not named or made.get("group_by") in (made.get("date"), made.get("value")):
        made.pop("group_by", None)
    if (measure := made.get("measure")) in _MEASURES and not re.search(_MEASURES[measure], request, re.IGNORECASE):
        del made["measure"]
    return made


def _along(arguments: Mapping[str, Any], request: str) -> dict[str, Any]:
    """A column along the rows without groups, and a direction, that nobody asked for."""
    made, rest = dict(arguments), _ORDERED.sub(" ", request)
    groups = [name for name in made.get("group_by") or [] if name not in (made.get("order_by") or [])]
    if not groups or not EACH_GROUP.search(rest):
        made.pop("group_by", None)
    elif groups != made["group_by"]:
        made["group_by"] = groups
    if made.get("descending") and not _FALLING.search(request):
        del made["descending"]
    return made


def _series(arguments: Mapping[str, Any], situation: Situation, request: str) -> dict[str, Any]:
    """A series without groups that are its own time or values, that the dataset does not have, or that nobody asked for."""
    made, table = dict(arguments), situation.table(str(arguments.get("dataset", "")))
    own = {made.get("time"), *(made.get("columns") or ())}
    held = {column.name for column in table.columns} - own if table else set()
    groups = [name for name in made.get("group_by") or [] if name in held and EACH_GROUP.search(request)]
    if groups:
        made["group_by"] = groups
    else:
        made.pop("group_by", None)
    return made


def _encoded(arguments: Mapping[str, Any], request: str) -> dict[str, Any]:
    """Categories as numbers without an order that nobody gave, and each as its number where numbers are asked for."""
    made, folded = dict(arguments), request.casefold()
    if sum(str(value).casefold() in folded for value in made.get("order") or ()) < 2:
        made.pop("order", None)
    if _NUMBERED.search(request) and not _DUMMIES.search(request):
        made["method"] = "ordinal"
    if made.get("method", "one_hot") != "target":
        made.pop("target", None)
    return made


_NUMBERED = re.compile(
    r"\b(?:ordinal|label)[ -]?encod|\bunique (?:number|integer|code|id)s?\b|\bencod\w*\b.*\b(?:with|as|into|to) (?:unique |whole )?(?:numbers?|integers?|codes?)\b|숫자로 (?:인코딩|바꿔|변환)|라벨 인코딩",
    re.IGNORECASE,
)
_DUMMIES = re.compile(r"one[- ]?hot|dumm(?:y|ies)|indicator|원\s?-?핫|더미", re.IGNORECASE)


def _speaks_of_any(names: Sequence[str], request: str) -> bool:
    """Whether a request has a word of any of some names, or can't have one: it is in another script or language."""
    said = split_words(request)
    korean = [bool(re.search("[가-힣]", text)) for text in (" ".join(names), request)]
    parts = [part for name in names for part in split_words(name)]
    return korean[0] != korean[1] or is_foreign(request) or any(alike(word, part) for word in said for part in parts)


_ORDERED = re.compile(
    r"\b(?:order|sort|rank)\w* by\b|\bby (?:date|day|time|month|year)\b|\beach row\b|\bevery row\b", re.IGNORECASE
)
_FALLING = re.compile(
    r"descend|highest|largest|biggest|most|latest|newest|recent|revers|backward|from the (?:last|top|end)|내림|높은|큰|많은|최근|역순|거꾸로",
    re.IGNORECASE,
)
"""Words of an order from the highest or the last."""
_LOW, _HIGH = (
    r"(?:oldest|earliest|smallest|lowest|cheapest|least)",
    r"(?:newest|latest|most recent|largest|biggest|highest|greatest)",
)
_START = r"(?:first|on top|at the (?:top|start|beginning))"
_ENTRY = r"\b(?:first|top) (?:entry|row|record|line|one|item)\b[^.;]{0,30}"
_RISES = re.compile(
    rf"\b{_LOW}\b[^.;]{{0,25}}\b{_START}|{_ENTRY}{_LOW}|\bchronological|오래된 (?:것|순|날짜)", re.IGNORECASE
)
_FALLS = re.compile(
    rf"\b{_HIGH}\b[^.;]{{0,25}}\b{_START}|{_ENTRY}{_HIGH}|최신순|최근 ?(?:것|날짜)?\s?(?:순|부터)", re.IGNORECASE
)
"""Words of what comes first in an order."""
_GROUPS = re.compile(
    r"\b(?:each|every|per|by) (?!(?:day|week|month|quarter|year|date)s?\b)\w|(?<![월주일년기])별|(?<![월주해년])마다|각 (?!월|주|해|년)",
    re.IGNORECASE,
)
"""Words of groups other than parts of the calendar."""
_MEASURES = {
    "count": r"how many|number of|counts?\b|건수|[몇명] ?[건명개]|개수|횟수",
    "mean": r"average|mean\b|평균",
    "min": r"minimum|lowest|smallest|최소|최저",
    "max": r"maximum|highest|largest|최대|최고",
}


def _keeps(condition: str, request: str) -> bool:
    """Whether a request asks for the rows of a condition: it speaks of taking none away, and says no only where that does."""
    denied = re.search(r"\bnot\b", request, re.IGNORECASE) is not None
    return not REMOVES.search(request) and (not denied or DENIES.search(condition) is not None)


def _below(arguments: Mapping[str, Any], situation: Situation, request: str) -> dict[str, Any]:
    """Another dataset's rows, where a plan appends a dataset to itself and nothing says so."""
    table = situation.table(str(arguments.get("dataset", "")))
    if table is None or situation.table(str(arguments["other"])) is not table or TWICE.search(request):
        return {}
    own = {column.name for column in table.columns}
    others = [
        other
        for other in situation.tables
        if other is not table and len(own & {column.name for column in other.columns}) * 2 > len(own)
    ]
    return {"other": others[0].name} if len(others) == 1 else {}


def _as_number(request: str) -> bool:
    """Whether a column is to become a number: a small model may take the type that it has."""
    said = [found["number"] for found in KINDS.finditer(request)]
    return bool(said) and said[-1] is not None


def _holder(arguments: Mapping[str, Any], situation: Situation) -> str:
    """The column to replace a value in: the named one, or the only one that holds it where that does not."""
    table = situation.table(str(arguments.get("dataset", "")))
    old = str(arguments["old"]).casefold()
    holders = [
        column.name
        for column in (table.columns if table else ())
        if old in {str(value).casefold() for value in (*column.values, *column.samples)}
    ]
    named = next((c for c in (table.columns if table else ()) if c.name == arguments["column"]), None)
    complete = named is not None and bool(named.values)
    return holders[0] if len(holders) == 1 and complete else str(arguments["column"])


def _training(arguments: Mapping[str, Any], situation: Situation, request: str) -> dict[str, Any]:
    """What the request says of a build by rule: quick, and columns to leave out."""
    found: dict[str, Any] = {}
    if arguments.get("build", "auto") == "auto" and re.search(r"\bquick|\bfast\b|빠르|빨리", request, re.IGNORECASE):
        found["build"] = "quick"
    table = situation.table(str(arguments.get("dataset", "")))
    if table is not None and not arguments.get("ignore") and is_said("ignore", request):
        folded = request.casefold()
        named = [column.name for column in table.columns if column.name != arguments.get("target")]
        ignored = [
            name for name in named if re.search(rf"(?<![^\W가-힣]){re.escape(name.casefold())}(?![a-z0-9_])", folded)
        ]
        found |= {"ignore": ignored} if ignored else {}
    return found


def _what_if(values: list[dict[str, Any]], situation: Situation, request: str) -> list[dict[str, Any]]:
    """What-if values that the request speaks of: its numbers, all of them; categories are kept, `German` may mean Germany."""
    numbers = re.findall(r"(?<![A-Za-z가-힣_\d.])\d[\d,]*(?:\.\d+)?", request)
    written = {float(number.replace(",", "")) for number in numbers}
    spelt = {
        float(n)
        for word, n in (*NUMBERS.items(), ("no", 0), ("once", 1), ("twice", 2))
        if re.search(rf"(?<!\w){word}", request, re.IGNORECASE)
    }
    closed = {feature.name for model in situation.models for feature in model.features if feature.values}
    kept = [
        value
        for value in values
        if isinstance(value["value"], bool | str)
        or value["column"] in closed
        or _meant(value["value"], written | spelt)
    ]
    used = {float(value["value"]) for value in kept if not isinstance(value["value"], str)}
    unused = [f"{number:g}" for number in sorted(written) if not any(_meant(value, {number}) for value in used)]
    if unused:
        raise ToolError(
            f"The request says {listed(unused)}: set the column that it belongs to, and none that it does not name."
        )
    kept += _named_values(kept, situation, request)
    if not kept:
        raise ToolError("No value of this what-if is in the request. Give the columns that the request names.")
    return kept


def _named_values(given: Sequence[Mapping[str, Any]], situation: Situation, request: str) -> list[dict[str, Any]]:
    """Categories that the request names and the model forgot: `German` is Germany where one column alone has it."""
    said = [word for word in split_words(request) if not is_common(word) and len(word) > 2 and word != "yes"]
    taken = {value["column"] for value in given}
    found = {
        feature.name: [value for value in feature.values if any(alike(word, str(value).casefold()) for word in said)]
        for model in situation.models
        for feature in model.features
        if feature.type == "text" and feature.name not in taken
    }
    return [{"column": name, "value": values[0]} for name, values in found.items() if len(values) == 1]


def _meant(value: float, said: Collection[float]) -> bool:
    """Whether a number was said: as it is, in percent, or in thousands."""
    return any(number in said for number in (value, value * 100, value / 1000))

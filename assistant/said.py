"""What a request says by its words, where a small model guesses: question or order, how many steps, and arguments.

The rules only narrow what a model may plan, or complete it with what the request itself names. English and Korean.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from assistant.context import Situation
from assistant.words import alike, is_common, split_words
from tools.tool import ToolError, listed, nearest

MAX_STEPS = 8
ONLY_WHEN_SAID = {
    "ignore": r"ignor|without|exclud|except|leave out|not us|제외|빼고|없이|무시",
    "build": r"quick|fast|standard|thorough|accurate|빠르|빨리|정확",
    "reply": r"\bmean(?:s|ing)?\b|what(?:'s| is| are) (?:a |an |the )?\w+\W*$|explain|difference between|\bhelp\b|hello|\bhi\b|thank|can you do|뜻|의미|무슨|설명|안녕|고마|감사|도움|뭘 할 수",
    "export_data": r"export|save|download|write|file|내보내|저장|파일|다운로드",
    "restore_version": r"version|restore|go back|버전|되돌",
    "load_file": r"(?!)",
    "describe_data": r"descri|summar|overview|got here|have here|in here|this file|the file|what(?:'s| is| do(?:es)?)? (?:\w+ ){0,3}(?:in|inside|contain|hold|have)\b|look|about|profile|"
    r"statistic|\binfo|column|structure|schema|explor|familiar|understand|data\b|dataset|table|type|요약|설명|데이터|살펴|구조|들어|정보|통계|컬럼|열|파악|개요|훑",
    "train_model": r"predict|train|build|model|forecast|classif|estimat|learn|will\b|likel|probab|risk|going to|about to|future|churn|might|\bmay\b|could|guess|expect|price the|score"
    r"|예측|학습|모델|것 같|을까|ㄹ까|할까|될까|날까|갈까|을지|할지|될지|날지|갈지|가능성|위험|추정|분류|할 것|할 사람|할 고객|떠날|이탈",
    "drop_duplicates": r"duplica|dedup|unique|distinct|repeat|same|twice|identical|redundant|중복|같은|겹치",
    "concatenate_datasets": r"append|concat|stack|below|under|union|combin|together|rows (?:of|from)|합쳐|합치|이어|붙",
    "undo": r"undo|back|revert|cancel|unchanged|original|before|mistake|취소|되돌|원래|무르|이전|잘못",
    "list_steps": r"step|did|done|history|log|so far|chang|단계|기록|했|작업|이력|과정",
    "write_script": r"script|sql|code|스크립트|코드",
    "list_models": r"model|모델",
}
"""Tools and optional arguments that small models use unasked: offered only where the request speaks of them.

Files are loaded by the turn itself before planning, so a plan never needs `load_file`.
"""
CLAUSES = re.compile(
    r"[,;]|\.\s|\band\b|\bthen\b|\bafter\b|그리고|하고|한 다음|한 뒤|후에|[가-힣]고\s|서\s", re.IGNORECASE
)


QUESTION = re.compile(
    r"\?\s*$|^\W*(?:and |but |so |also )?(?:how|what|which|who|whose|when|where|why|is|are|was|were|does|do|did|has|have)\b"
    r"|^\W*(?:please |can you |could you )?(?:show|list|tell|give|find|compare|count|return|calculate|compute|get)\b"
    r"|(?:몇|얼마|누구|어디|어느|무엇|뭐|언제|어때|비교|알려|보여|구해|뽑아|찾아|궁금)|(?:나요|까요|가요|니|냐|지|야)\W*$",
    re.IGNORECASE,
)
"""How a question begins or ends."""
CHANGE = re.compile(
    r"\b(?:remov|delet|drop|fill|replac|renam|clean|fix|convert|merg|join|add|append|sort|order the|keep|split|cap|clip"
    r"|filter|undo|revert|handl|tame|mask|cut|move|shift|turn|mak|creat|chang|set|get rid|trim|dedup|impute|round|extract|combine|group|put|rank"
    r"|standardi|normali|encod|bin|take out|throw|exclude|only the first|new column|column (?:called|named)|assign)"
    r"|제거|삭제|지워|지우|없애|빼|채워|채우|바꿔|바꾸|변경|변환|정리|합쳐|합치|붙여|추가|만들|정렬|남겨|남기|나눠|나누|취소|되돌|고쳐|잘라|묶",
    re.IGNORECASE,
)
"""Words of a change: a question without one of them is answered, and the data stay as they are."""


COMMAND = re.compile(
    r"^\W*(?:(?:please|pls|now|then|ok|okay|can you|could you|i want to|let'?s|just)[ ,]+)*"
    r"(?:drop|remove|delete|keep|retain|repeat|duplicate|set|update|reorder|append|concatenate|fill|replace|rename|convert|change|turn|add|merge|join|sort|split|dedup\w*|clean|cap"
    r"|clip|round|trim|impute|throw|get rid)\b"
    r"|(?:남겨|지워|채워|바꿔|붙여|없애|합쳐|고쳐|빼)\s?(?:줘|주세요|줄래|라)|(?:추가|삭제|제거|변경|변환|정렬)\s?(?:해|하)\s?(?:줘|주세요|줄래|라)"
    r"|(?:컬럼|열|칼럼)\S* (?:하나 )?(?:만들|추가)",
    re.IGNORECASE,
)
"""How an order to change the data begins or ends."""
REMOVES = re.compile(
    r"remov|drop|delet|exclud|except|without|filter(?:ed|ing)? (?:\w+ )?out|throw|get rid|discard|eliminat|leave out|cut|\bnot\b"
    r"|제거|삭제|빼|뺀|지워|지우|없애|제외|버려|버리|말고",
    re.IGNORECASE,
)
"""Words that take rows away; to filter is to keep."""
TRAIN = re.compile(r"train|build|model|predict|학습|모델|예측", re.IGNORECASE)


# --- the kind of request ---


def only_asks(request: str) -> bool:
    """Whether a request reads as a question, without a word of a change."""
    return QUESTION.search(request) is not None and CHANGE.search(request) is None


def most_steps(request: str) -> int:
    """How many steps a request can mean: one more than what joins its clauses. Small models add steps unasked."""
    return min(1 + len(CLAUSES.findall(request)), MAX_STEPS)


def is_said(name: str, request: str) -> bool:
    """Whether the request speaks of a tool or argument that is offered only then."""
    return name not in ONLY_WHEN_SAID or re.search(ONLY_WHEN_SAID[name], request, re.IGNORECASE) is not None


# --- the arguments of a step ---


def as_said(tool: str, given: Mapping[str, Any], situation: Situation, request: str) -> dict[str, Any]:
    """A step's arguments as the request has them: without what nobody asked for, with what it says and was forgotten.

    Raises ToolError where they can't be meant, in words that a model can mend by.
    """
    arguments = dict(given)
    if tool == "join_datasets":
        arguments |= _joined(arguments, situation, request)
    if tool == "filter_rows" and arguments.get("action") == "remove" and not REMOVES.search(request):
        arguments["action"] = "keep"
    if ignore := arguments.get("ignore"):
        kept = [
            column for column in ignore if column != arguments.get("target") and column.casefold() in request.casefold()
        ]
        arguments["ignore"] = kept
        if not kept:
            del arguments["ignore"]
    if tool == "train_model":
        arguments |= _training(arguments, situation, request)
    if tool == "replace_values":
        arguments["column"] = _holder(arguments, situation)
    if tool == "replace_values" and str(arguments["old"]).casefold() not in request.casefold():
        raise ToolError(
            f"The request names no value '{arguments['old']}' to replace. For a rule over many values write"
            " CREATE OR REPLACE TABLE … AS SELECT * REPLACE (CASE WHEN … END AS column) FROM …"
        )
    if tool == "predict_row":
        arguments["values"] = _what_if(arguments["values"], situation, request)
    return arguments


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


def _joined(arguments: Mapping[str, Any], situation: Situation, request: str) -> dict[str, Any]:
    """The sides and keys of a join as the request and the data have them, where the ones given can't be."""
    other = situation.table(str(arguments["other"]))
    table = situation.table(str(arguments["dataset"]))
    if other is None or table is None:
        return {}
    if table is other:  # a table joined to itself is none: the one that refers to it is meant
        refers = [join.table for join in situation.joins if join.other == other.name]
        named = [t.name for t in situation.tables if t is not other and t.name.casefold() in request.casefold()]
        table = situation.table([*named, *refers, table.name][0]) or table
    names, others = ([column.name for column in side.columns] for side in (table, other))
    keys, theirs = arguments.get("on", []), arguments.get("other_on") or arguments.get("on", [])
    if set(keys) <= set(names) and set(theirs) <= set(others):
        return {"dataset": table.name}
    places = {name: request.find(name) for name in dict.fromkeys([*names, *others]) if name in request}
    said = sorted(places, key=lambda name: places[name])
    left, right = [name for name in said if name in names], [name for name in said if name in others]
    if left and len(left) == len(right):
        return {"dataset": table.name, "on": left, "other_on": right}
    here, there = [_nearest(key, names) for key in keys], [_nearest(key, others) for key in theirs]
    if all(here) and all(there):
        return {"dataset": table.name, "on": here, "other_on": there}
    return {"dataset": table.name}


def _nearest(name: str, names: Sequence[str]) -> str:
    """The name itself, or the one most like it: Type1 for Type2."""
    return name if name in names else next(iter(nearest(name, names, cutoff=0.7)), "")


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


NUMBER_WORDS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
NUMBER_WORDS |= {"zero": 0, "no": 0, "한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5}


def _what_if(values: list[dict[str, Any]], situation: Situation, request: str) -> list[dict[str, Any]]:
    """What-if values that the request speaks of: a small model likes to invent the other ones.

    Numbers must be written in the request, and each number there must be used; categories are kept, for `German` may
    well mean Germany.
    """
    written = {float(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", request)}
    spelt = {
        float(number) for word, number in NUMBER_WORDS.items() if re.search(rf"(?<!\w){word}", request, re.IGNORECASE)
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

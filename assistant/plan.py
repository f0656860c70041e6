"""A plan: typed steps of the catalogue, the JSON schema a model fills, and the checks no schema can say.

The schema is closed: tools, datasets, columns and models are the ones at hand, so a constrained model cannot name what
does not exist. Models that are not constrained go through the same checks, which say in one line what is wrong.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from assistant.context import Situation, Table
from assistant.events import PlannedStep
from assistant.words import alike, is_common, split_words
from tools import check_arguments
from tools.tool import Tool, ToolError, listed, unknown

MAX_STEPS = 8
NEEDS_MODEL = ("predict_row", "predict_dataset", "evaluate_model", "explain_model", "model_card", "list_models")
"""Tools that are offered only where a trained model exists."""
ONLY_WHEN_SAID = {
    "ignore": r"ignor|without|exclud|except|leave out|not us|제외|빼고|없이|무시",
    "build": r"quick|fast|standard|thorough|accurate|빠르|빨리|정확",
    "reply": r"\bmean(?:s|ing)?\b|what(?:'s| is| are) (?:a |an |the )?\w+\W*$|explain|difference between|\bhelp\b|hello|\bhi\b|thank|can you do|뜻|의미|무슨|설명|안녕|고마|감사|도움|뭘 할 수",
    "export_data": r"export|save|download|write|file|내보내|저장|파일|다운로드",
    "restore_version": r"version|restore|go back|버전|되돌",
    "load_file": r"(?!)",
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
    r"|(?:남겨|지워|채워|바꿔|붙여|없애|합쳐|고쳐|빼)\s?(?:줘|주세요|줄래|라)|(?:추가|삭제|제거|변경|변환|정렬|정리)\s?(?:해|하)\s?(?:줘|주세요|줄래|라)"
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


class Step(BaseModel):
    """One call of a tool, with the reason a person reads."""

    model_config = ConfigDict(frozen=True)
    tool: str
    arguments: dict[str, Any] = {}
    why: str = ""


@dataclass(frozen=True)
class Plan:
    """Steps to run, or one of: a question to the person, words in reply, what the data does not hold."""

    steps: tuple[Step, ...] = ()
    question: str = ""
    options: tuple[str, ...] = ()
    reply: str = ""
    missing: str = ""


# --- the schema --------------------------------------------------------------------------------------------------


def schema(
    tools: Iterable[Tool], situation: Situation, request: str, *, reads: bool = False, missing: bool = True
) -> dict[str, Any]:
    """The JSON schema of a plan over the tools, data and models at hand.

    With `reads`, of plans that change nothing; without `missing`, of plans that can't say the data lack something.
    """
    definitions: dict[str, Any] = {
        "column": {"enum": situation.column_names},
        "dataset": {"enum": [table.name for table in situation.tables]},
    }
    asks = reads or only_asks(request)
    offered = [tool for tool in tools if _offered(tool, situation, request, asks=asks)]
    steps = [_step_schema(tool, situation, request, definitions) for tool in offered]
    steps += [
        *([_object("say_missing", {"what": {"type": "string"}}, ["what"])] if missing else []),
        _object("ask_user", {"question": {"type": "string"}, "options": _array({"type": "string"}, 4)}, ["question"]),
        *([_object("reply", {"text": {"type": "string"}}, ["text"])] if _said("reply", request) else []),
    ]
    plan = {"type": "array", "minItems": 1, "maxItems": most_steps(request), "items": {"anyOf": steps}}
    return {
        "type": "object",
        "properties": {"steps": plan},
        "required": ["steps"],
        "additionalProperties": False,
        "$defs": definitions,
    }


def _offered(tool: Tool, situation: Situation, request: str, *, asks: bool) -> bool:
    """Whether a tool may be meant: a question changes nothing, a command is not answered with a query."""
    if tool.effect == "derive" and asks:
        return False
    if tool.name == "query_data" and not asks and COMMAND.search(request):
        return False
    if tool.name in NEEDS_MODEL and not situation.models:
        return tool.name == "predict_dataset" and len(situation.tables) > 1 and TRAIN.search(request) is not None
    return _said(tool.name, request)


def only_asks(request: str) -> bool:
    """Whether a request reads as a question, without a word of a change."""
    return QUESTION.search(request) is not None and CHANGE.search(request) is None


def most_steps(request: str) -> int:
    """How many steps a request can mean: one more than what joins its clauses. Small models add steps unasked."""
    return min(1 + len(CLAUSES.findall(request)), MAX_STEPS)


def _said(name: str, request: str) -> bool:
    return name not in ONLY_WHEN_SAID or re.search(ONLY_WHEN_SAID[name], request, re.IGNORECASE) is not None


def _object(tool: str, properties: Mapping[str, Any], required: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"tool": {"const": tool}, **properties},
        "required": ["tool", *required],
        "additionalProperties": False,
    }


def _array(items: Mapping[str, Any], most: int) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": 1, "maxItems": most}


def _step_schema(tool: Tool, situation: Situation, request: str, definitions: dict[str, Any]) -> dict[str, Any]:
    manual = tool.arguments.model_json_schema()
    nested = manual.get("$defs", {})
    required = list(manual.get("required", []))
    properties: dict[str, Any] = {}
    for name, entry in manual.get("properties", {}).items():
        if name == "dataset" and len(situation.tables) == 1:
            continue
        if name == "model" and len(situation.models) < 2:
            continue
        if not _said(name, request):
            continue
        properties[name] = _argument(entry, nested, situation)
    if tool.name == "predict_row":
        properties["values"] = _what_if(situation)
    if "dataset" in properties and "dataset" not in required:
        required.insert(0, "dataset")
    return _object(tool.name, properties, [name for name in required if name in properties])


def _argument(entry: Mapping[str, Any], nested: Mapping[str, Any], situation: Situation) -> dict[str, Any]:
    """One argument's schema, without words, with references closed to what is at hand."""
    if "$ref" in entry:
        return _argument(nested[entry["$ref"].rsplit("/", 1)[1]], nested, situation)
    if "anyOf" in entry:
        kinds = [_argument(kind, nested, situation) for kind in entry["anyOf"] if kind.get("type") != "null"]
        return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
    match entry.get("ref"):
        case "column":
            return {"$ref": "#/$defs/column"}
        case "dataset":
            return {"enum": [table.name for table in situation.tables]}
        case "model":
            return {"enum": [model.name for model in situation.models]}
    if entry.get("type") == "array":
        return _array(_argument(entry["items"], nested, situation), 60)
    if entry.get("type") == "object":
        properties = {name: _argument(value, nested, situation) for name, value in entry["properties"].items()}
        required = entry.get("required", [])
        return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return {key: deepcopy(entry[key]) for key in ("type", "enum", "const") if key in entry}


def _what_if(situation: Situation) -> dict[str, Any]:
    """Values a what-if may set: a column of a model, with one of its categories or a number."""
    features = {feature.name: feature for model in situation.models for feature in model.features}
    targets = {model.target for model in situation.models}
    kinds = []
    for feature in features.values():
        if feature.name in targets:
            continue
        value: dict[str, Any] = {"type": "number" if feature.type == "decimal" else "string"}
        if 0 < len(feature.values) <= 40:
            value = {"enum": list(feature.values)}
        kinds.append(
            {
                "type": "object",
                "properties": {"column": {"const": feature.name}, "value": value},
                "required": ["column", "value"],
                "additionalProperties": False,
            }
        )
    return _array({"anyOf": kinds}, 20)


# --- reading a reply ---------------------------------------------------------------------------------------------


def read_plan(reply: Mapping[str, Any], tools: Mapping[str, Tool], situation: Situation, request: str) -> Plan:
    """The plan in a model's reply. Raises ToolError with what is wrong, in words that a model can mend by."""
    raw = reply.get("steps")
    if not isinstance(raw, list) or not raw or not all(isinstance(step, dict) and "tool" in step for step in raw):
        raise ToolError('A plan is {"steps": [{"tool": …, …arguments}]} with at least one step.')
    first = raw[0]
    match first["tool"]:
        case "say_missing":
            return Plan(missing=_words(first.get("what")) or "that")
        case "ask_user":
            return Plan(question=_words(first.get("question")), options=tuple(map(_words, first.get("options") or [])))
        case "reply":
            return Plan(reply=_without_figures(_words(first.get("text")), request))
    steps = [
        _read_step(step, tools, situation, request)
        for step in raw
        if step["tool"] not in ("say_missing", "ask_user", "reply")
    ]
    unique = [step for number, step in enumerate(steps) if step not in steps[:number]]
    return Plan(steps=tuple(_tidy(step, situation, request) for step in unique))


def _words(value: Any) -> str:
    return " ".join(str(value or "").split())


def _without_figures(text: str, request: str) -> str:
    """Words of the model's own may explain a term, but never state a figure about the data."""
    known = set(re.findall(r"\d+", request)) | {"0", "1", "2", "50", "100"}
    if not text:
        raise ToolError("The reply is empty. Answer in one or two sentences.")
    if set(re.findall(r"(?<![A-Za-z])\d+", text)) - known:
        raise ToolError("A reply may not state figures: use query_data to read them from the data.")
    return text


def _read_step(raw: Mapping[str, Any], tools: Mapping[str, Tool], situation: Situation, request: str) -> Step:
    if raw["tool"] not in tools:
        raise ToolError(unknown("tool", str(raw["tool"]), list(tools)))
    tool = tools[raw["tool"]]
    given = {name: value for name, value in raw.items() if name != "tool" and value is not None}
    if isinstance(inner := given.get("arguments"), dict) and "arguments" not in tool.arguments.model_fields:
        given = inner  # models that are not constrained often nest the arguments
    if "dataset" in tool.arguments.model_fields and situation.tables and not _means(given, tool, situation, request):
        given["dataset"] = situation.tables[0].name
    given = _resolve(tool, given, situation)
    checked = check_arguments(tool, given)
    plain = {name: _plain(checked[name]) for name in tool.arguments.model_fields if name in given}
    return Step(tool=tool.name, arguments=plain)


def _means(given: Mapping[str, Any], tool: Tool, situation: Situation, request: str) -> bool:
    """Whether a step's dataset is meant: named in the request, or needed; else the one worked on last is.

    Small models like to take the dataset that came last into the project.
    """
    table = situation.table(str(given.get("dataset", "")))
    if table is None:
        return "dataset" in given
    said = re.sub(r"[\W_]+", " ", request.casefold())
    first = {column.name for column in situation.tables[0].columns}
    own = {
        name
        for value in given.values()
        for name in (value if isinstance(value, list) else [value])
        if isinstance(name, str)
    }
    elsewhere = {column.name for column in table.columns} & own - first
    named = re.sub(r"[\W_]+", " ", table.name.casefold()) in said
    return named or bool(elsewhere) or tool.name == "predict_dataset"


def _plain(value: Any) -> Any:
    """Arguments as JSON values, so that a step can be stored, shown and sent."""
    if isinstance(value, BaseModel):
        return value.model_dump(exclude_none=True)
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _resolve(tool: Tool, given: Mapping[str, Any], situation: Situation) -> dict[str, Any]:
    """The arguments with the names of columns, datasets and models as they are written in the project."""
    properties = tool.arguments.model_json_schema().get("properties", {})
    table = situation.table(str(given.get("dataset", ""))) if "dataset" in properties else None
    if "dataset" in properties and table is None:
        raise ToolError(unknown("dataset", str(given.get("dataset")), [table.name for table in situation.tables]))
    return {name: _named(value, properties.get(name, {}), table, situation) for name, value in given.items()}


def _named(value: Any, entry: Mapping[str, Any], table: Table | None, situation: Situation) -> Any:
    kinds = [entry, *entry.get("anyOf", [])]
    if isinstance(value, list):
        items: Mapping[str, Any] = next((kind["items"] for kind in kinds if "items" in kind), {})
        return [_named(item, items, table, situation) for item in value]
    reference = next((kind["ref"] for kind in kinds if "ref" in kind), "")
    if not isinstance(value, str) or not reference:
        return value
    if reference == "dataset":
        found = situation.table(value)
        return found.name if found else value
    if reference == "column" and table is not None:
        folded = {column.name.casefold(): column.name for column in table.columns}
        return folded.get(value.strip('"').casefold(), value)
    return value


def _tidy(step: Step, situation: Situation, request: str) -> Step:
    """The step without what nobody asked for: ignored targets, what-if numbers that the request does not name."""
    arguments = dict(step.arguments)
    if step.tool == "join_datasets":
        arguments |= _joined(arguments, situation, request)
    if step.tool == "filter_rows" and arguments.get("action") == "remove" and not REMOVES.search(request):
        arguments["action"] = "keep"
    if ignore := arguments.get("ignore"):
        kept = [
            column for column in ignore if column != arguments.get("target") and column.casefold() in request.casefold()
        ]
        arguments["ignore"] = kept
        if not kept:
            del arguments["ignore"]
    if step.tool == "train_model":
        arguments |= _said_of_training(step, situation, request)
    if step.tool == "replace_values" and str(arguments["old"]).casefold() not in request.casefold():
        raise ToolError(
            f"The request names no value '{arguments['old']}' to replace. For a rule over many values write"
            " CREATE OR REPLACE TABLE … AS SELECT * REPLACE (CASE WHEN … END AS column) FROM …"
        )
    if step.tool == "predict_row":
        arguments["values"] = _said_values(arguments["values"], situation, request)
    return step.model_copy(update={"arguments": arguments})


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
    return {"dataset": table.name}


def _said_of_training(step: Step, situation: Situation, request: str) -> dict[str, Any]:
    """What the request says of a build by rule: quick, and columns to leave out."""
    found: dict[str, Any] = {}
    if step.arguments.get("build", "auto") == "auto" and re.search(
        r"\bquick|\bfast\b|빠르|빨리", request, re.IGNORECASE
    ):
        found["build"] = "quick"
    table = situation.table(str(step.arguments.get("dataset", "")))
    if table is not None and not step.arguments.get("ignore") and _said("ignore", request):
        folded = request.casefold()
        named = [column.name for column in table.columns if column.name != step.arguments.get("target")]
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


def _said_values(values: list[dict[str, Any]], situation: Situation, request: str) -> list[dict[str, Any]]:
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


# --- checks against the data -------------------------------------------------------------------------------------


def expand(steps: Sequence[Step], fixes: Callable[[str, str | None, bool], Sequence[Step]]) -> list[Step]:
    """The steps with `fix_issues` replaced by the concrete repairs of that dataset, each with its measured reason.

    `fixes(dataset, target, for_training)` gives them. A repair that comes after another change of the same dataset
    is left to run as one step, since what it will find is not known yet.
    """
    shown: list[Step] = []
    for number, step in enumerate(steps):
        dataset = step.arguments.get("dataset", "")
        train = next((later for later in steps[number:] if later.tool == "train_model"), None)
        changed = any(earlier.arguments.get("dataset") == dataset for earlier in steps[:number])
        if step.tool != "fix_issues" or changed:
            shown.append(step)
            continue
        target = step.arguments.get("target") or (train.arguments.get("target") if train else None)
        repairs = fixes(dataset, target, train is not None)
        shown += repairs if repairs or len(steps) > 1 else [step]
    return shown


def title_of(tool: Tool, arguments: Mapping[str, Any]) -> str:
    """What a plan card says: the tool's title with its `{argument}` places filled."""

    class Filled(dict[str, str]):
        def __missing__(self, key: str) -> str:
            default = tool.arguments.model_fields[key].default if key in tool.arguments.model_fields else None
            return _shown(default) or f"every {key.rstrip('s')} that needs it"

    return tool.title.format_map(
        Filled({name: _shown(value) for name, value in arguments.items() if value is not None})
    )


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return listed([_shown(item) for item in value], 4)
    if isinstance(value, dict):
        return " ".join(str(item) for item in value.values())
    return str(value) if isinstance(value, str | int | float) else ""


def planned(steps: Sequence[Step], tools: Mapping[str, Tool], first: int = 1) -> list[PlannedStep]:
    """The steps as a plan card shows them, numbered from `first`; a step without a reason gets the tool's own sentence."""
    from assistant.context import first_sentence

    return [
        PlannedStep(
            id=number,
            tool=step.tool,
            arguments=step.arguments,
            why=step.why or first_sentence(tools[step.tool].doc),
            title=title_of(tools[step.tool], step.arguments),
            effect=tools[step.tool].effect,
        )
        for number, step in enumerate(steps, first)
    ]

"""The JSON schema of a plan, which a model fills.

It is closed: tools, datasets, columns and models are the ones at hand, so that a constrained model cannot name what does
not exist.
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from functools import cache
from typing import Any

from pydantic import BaseModel

from assistant.context import Situation
from assistant.dialect import KOREAN
from assistant.followups import asks
from assistant.said import COMMAND, TRAIN, is_option_said, is_said, most_steps
from tools.korean import is_korean
from tools.tool import Tool


@cache
def manual_of(arguments: type[BaseModel]) -> Mapping[str, Any]:
    """The JSON schema of a tool's arguments, which never changes."""
    return arguments.model_json_schema()


def needs_model(tool: Tool) -> bool:
    """Whether a tool is offered only where a trained model exists: it works on one, or lists them."""
    entries = [entry for told in manual_of(tool.arguments)["properties"].values() for entry in kinds_of(told)]
    entries += [entry["items"] for entry in entries if "items" in entry]
    return tool.name == "list_models" or any(entry.get("ref") == "model" for entry in entries)


def kinds_of(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """An argument's schema and those of its alternatives."""
    return [entry, *entry.get("anyOf", [])]


def schema(
    tools: Iterable[Tool],
    situation: Situation,
    request: str,
    *,
    reads: bool = False,
    missing: bool = True,
    asking: bool = True,
) -> dict[str, Any]:
    """The JSON schema of a plan over the tools, data and models at hand.

    With `reads`, of plans that change nothing; without `missing`, of plans that can't say the data lack something;
    without `asking`, of plans that put no question to the person.
    """
    definitions: dict[str, Any] = {
        "column": {"enum": situation.column_names},
        "dataset": {"enum": [table.name for table in situation.tables]},
    }
    question = reads or asks(request, situation)
    offered = [tool for tool in tools if _offered(tool, situation, request, question=question)]
    steps = [_step_schema(tool, situation, request, definitions) for tool in offered]
    said = {"type": "string"} | ({"pattern": KOREAN} if is_korean(request) else {})
    ask = _object("ask_user", {"question": said, "options": _array({"type": "string"}, 4)}, ["question"])
    steps += [
        *([_object("say_missing", {"what": {"type": "string"}}, ["what"])] if missing else []),
        *([ask] if asking else []),
        *([_object("reply", {"text": said}, ["text"])] if is_said("reply", request) else []),
    ]
    plan = {"type": "array", "minItems": 1, "maxItems": most_steps(request), "items": {"anyOf": steps}}
    return {
        "type": "object",
        "properties": {"steps": plan},
        "required": ["steps"],
        "additionalProperties": False,
        "$defs": definitions,
    }


def _offered(tool: Tool, situation: Situation, request: str, *, question: bool) -> bool:
    """Whether a tool may be meant: a question changes nothing, a command is not answered with a query."""
    if tool.effect == "derive" and question:
        return False
    if tool.name == "query_data" and not question and COMMAND.search(request):
        return False
    if needs_model(tool) and not situation.models:
        return tool.name == "predict_dataset" and len(situation.tables) > 1 and TRAIN.search(request) is not None
    return is_said(tool.name, request)


SHORT = 20
"""A text of fewer characters and words is a name or a key."""


def lacks_time(tool: Tool, situation: Situation) -> bool:
    """Whether a tool needs a column of dates or years, and no table has one."""
    manual = manual_of(tool.arguments)
    needed = [manual["properties"][name] for name in manual.get("required", [])]
    return not situation.time_columns and any(entry.get("holds") == "time" for entry in needed)


def lacks_text(tool: Tool, situation: Situation) -> bool:
    """Whether a tool learns from a column of free text, and no table has one: categories and keys are no texts."""
    texts = [
        str(one)
        for table in situation.tables
        for column in table.columns
        for one in column.samples
        if column.type == "text"
    ]
    return tool.name == "train_text_model" and not any(len(one.split()) > 2 or len(one) >= SHORT for one in texts)


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
    manual = manual_of(tool.arguments)
    nested = manual.get("$defs", {})
    required = list(manual.get("required", []))
    properties: dict[str, Any] = {}
    for name, entry in manual.get("properties", {}).items():
        if name == "dataset" and len(situation.tables) == 1:
            continue
        if name == "model" and len(situation.models) < 2:
            continue
        if not is_said(name, request) or not tool.tells(name, request):
            continue
        if tool.asked_by and name not in required and not is_option_said(name, request):
            continue
        properties[name] = _argument(entry, nested, situation)
        _keep_told(properties[name], tool, name, request)
    if tool.name == "predict_row":
        properties["values"] = _what_if(situation)
    if "dataset" in properties and "dataset" not in required:
        required.insert(0, "dataset")
    return _object(tool.name, properties, [name for name in required if name in properties])


def _keep_told(entry: dict[str, Any], tool: Tool, name: str, request: str) -> None:
    """Leave out the values of an argument that the planner is not told of for this request, also inside lists."""
    if "enum" in entry:
        entry["enum"] = [value for value in entry["enum"] if tool.tells(f"{name}={value}", request)]
    if "items" in entry:
        _keep_told(entry["items"], tool, name, request)
    for inside, inner in entry.get("properties", {}).items():
        _keep_told(inner, tool, f"{name}.{inside}", request)


def _argument(entry: Mapping[str, Any], nested: Mapping[str, Any], situation: Situation) -> dict[str, Any]:
    """One argument's schema, without words, with references closed to what is at hand."""
    if "$ref" in entry:
        return _argument(nested[entry["$ref"].rsplit("/", 1)[1]], nested, situation)
    if "anyOf" in entry:
        kinds = [_argument(kind, nested, situation) for kind in entry["anyOf"] if kind.get("type") != "null"]
        return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
    match entry.get("ref"):
        case "column" if entry.get("holds") == "time":
            return {"enum": situation.time_columns or situation.column_names}
        case "column":
            return {"$ref": "#/$defs/column"}
        case "dataset":
            return {"enum": [table.name for table in situation.tables]}
        case "model":
            return {"enum": [model.name for model in situation.models]}
    if entry.get("type") == "array":
        items = _argument(entry["items"], nested, situation)
        return _array(items, 12 if items.get("type") == "number" else 60)
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

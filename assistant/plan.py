"""A plan: typed steps of the catalogue, read from a model's reply under the checks that no schema can say.

They say in one line what is wrong, also to models that are not held to the schema.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from assistant.amending import amended
from assistant.amending.drivers import driven, prevented
from assistant.amending.each_column import of_each
from assistant.amending.known_ahead import supposed_ahead
from assistant.amending.predicted import imagined
from assistant.amending.recurring import scored_again
from assistant.amending.step import OF_CASE
from assistant.amending.supposed import supposed_of_all
from assistant.amending.taken_back import started_over
from assistant.amending.thresholds import thresholded
from assistant.as_said import as_said
from assistant.context import Situation, Table
from assistant.events import PlannedStep
from assistant.named import QUOTED
from assistant.plan_schema import kinds_of, manual_of
from assistant.terms import example
from assistant.words import is_common, split_words, stem
from tools import check_arguments
from tools.title import title_of
from tools.tool import Tool, ToolError
from tools.words import unknown

_NOT_MISSING = (
    started_over,
    of_each,
    thresholded,
    imagined,
    scored_again,
    supposed_ahead,
    supposed_of_all,
    prevented,
    driven,
)
"""Rules for requests whose words no column need hold: what each column holds, or a model tells."""


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


def read_plan(reply: Mapping[str, Any], tools: Mapping[str, Tool], situation: Situation, request: str) -> Plan:
    """The plan in a model's reply. Raises ToolError with what is wrong, in words that a model can mend by."""
    raw = reply.get("steps")
    if not isinstance(raw, list) or not raw or not all(isinstance(step, dict) and "tool" in step for step in raw):
        raise ToolError('A plan is {"steps": [{"tool": …, …arguments}]} with at least one step.')
    first = raw[0]
    match first["tool"]:
        case "say_missing":
            look = [Step(tool="describe_data", arguments={"dataset": table.name}) for table in situation.tables[:1]]
            for rule in _NOT_MISSING:
                if (made := rule(look, situation, request)) != look:
                    return Plan(steps=tuple(made))
            return Plan(missing=_words(first.get("what")) or "that")
        case "ask_user":
            look = [Step(tool="describe_data", arguments={"dataset": table.name}) for table in situation.tables[:1]]
            made = started_over(scored_again(look, situation, request), situation, request)
            if made != look:
                return Plan(steps=tuple(made))  # what to predict with is no question: a model is built first
            question, options = _words(first.get("question")), tuple(map(_words, first.get("options") or []))
            if not options and _echoes(question, situation, request):
                question = f"That was not understood. Say it in other words. {example(situation)}"
            return Plan(question=question, options=options)
        case "reply":
            return Plan(reply=_without_figures(_words(first.get("text")), request))
    steps = [
        _read_step(step, tools, situation, request)
        for step in raw
        if step["tool"] not in ("say_missing", "ask_user", "reply")
    ]
    unique = [step for number, step in enumerate(steps) if step not in steps[:number]]
    return Plan(steps=tuple(_as_said(step, situation, request) for step in amended(unique, situation, request)))


def _as_said(step: Step, situation: Situation, request: str) -> Step:
    return step.model_copy(update={"arguments": as_said(step.tool, step.arguments, situation, request)})


def _words(value: Any) -> str:
    return " ".join(str(value or "").split())


def _echoes(question: str, situation: Situation, request: str) -> bool:
    """Whether a small model only gives a request or names of the data back as its question, or asks in another language."""
    hangul = [re.search("[가-힣]", text) is not None for text in (question, request)]
    words, names = split_words(question), {word for name in situation.column_names for word in split_words(name)}
    telling = {stem(word) for word in words if not is_common(word)}
    given_back = bool(telling) and telling <= {stem(word) for word in split_words(request)}
    return hangul == [False, True] or given_back or set(words) <= names


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
    wants = "dataset" in tool.arguments.model_fields and ("dataset" in given or tool.tells("dataset", request))
    if wants and situation.tables and not _means(given, tool, situation, request):
        given["dataset"] = _worked_on(tool, situation)
    if "dataset" in given and (holder := _holder(str(given["dataset"]), situation, request)):
        given["dataset"] = holder
    needed = tool.arguments.model_fields.get("model")
    if needed is not None and needed.is_required() and "model" not in given and situation.models:
        given["model"] = situation.models[0].name  # of one model, none is asked for
    given = _resolve(tool, given, situation)
    checked = check_arguments(tool, given)
    plain = {name: _plain(checked[name]) for name in tool.arguments.model_fields if name in given}
    return Step(tool=tool.name, arguments=plain)


def _worked_on(tool: Tool, situation: Situation) -> str:
    """The dataset that is meant where none is named: the one worked on last, or the model's own for one case of it."""
    own = situation.models[0].dataset if situation.models and tool.name in OF_CASE else ""
    return own if situation.table(own) else situation.tables[0].name


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
    name = re.escape(re.sub(r"[\W_]+", " ", table.name.casefold()).strip())
    whole = rf"(?<![a-z0-9]){name}(?![a-z0-9])" if len(name) > 1 else rf"\b(?:dataset|table|file|frame) {name}\b"
    named = re.search(whole, said) is not None
    return named or bool(elsewhere) or tool.name == "predict_dataset"


def _holder(dataset: str, situation: Situation, request: str) -> str:
    """The one dataset with all columns that a request names in quotes, where the chosen one has none of them."""
    quoted = {next(filter(None, found)).casefold() for found in QUOTED.findall(request)}
    held = {table.name: quoted & {column.name.casefold() for column in table.columns} for table in situation.tables}
    wanted = set[str]().union(*held.values())
    if not wanted or held.get(dataset, wanted):
        return ""
    holders = [name for name, names in held.items() if names == wanted]
    return holders[0] if len(holders) == 1 else ""


def _plain(value: Any) -> Any:
    """Arguments as JSON values, so that a step can be stored, shown and sent."""
    if isinstance(value, BaseModel):
        return value.model_dump(exclude_none=True)
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _resolve(tool: Tool, given: Mapping[str, Any], situation: Situation) -> dict[str, Any]:
    """The arguments with the names of columns, datasets and models as they are written in the project."""
    manual = manual_of(tool.arguments)
    properties = manual.get("properties", {})
    table = situation.table(str(given.get("dataset", ""))) if "dataset" in properties else None
    if table is None and "dataset" in (*given, *manual.get("required", [])):
        raise ToolError(unknown("dataset", str(given.get("dataset")), [table.name for table in situation.tables]))
    return {name: _named(value, properties.get(name, {}), table, situation) for name, value in given.items()}


def _named(value: Any, entry: Mapping[str, Any], table: Table | None, situation: Situation) -> Any:
    kinds = kinds_of(entry)
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

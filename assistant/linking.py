"""Does the data hold what a question asks for? A second, narrow look before a query is trusted.

A small model writes a query for any question, with some column in place of the one that is not there. Asked the narrow
question alone (thing by thing, which column, or none), it answers well. The rules here keep that from costing answers:
only words that match nothing in the data are doubted, and only what the question itself names can be missing.
"""

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import prompts
from assistant.context import Situation, outline
from assistant.models import Planner
from assistant.retrieval import relevant
from tools.tool import listed

ROW, NONE = "row", "none"
_COMMON = (
    "a all an and are at average avg be best between by can compare count did distinct do does each every find first "
    "for from give had has have highest how i in is it largest last least less list lowest many max maximum mean "
    "median me min minimum more most much my number of on or our over per percent percentage rate ratio record "
    "records row rows share show smallest sum table than that the their them there these this to top total under "
    "unique us was we were what when where which who whose why with you your data dataset column columns value values "
    "different add build chart check clean data draw fix forecast good histogram issues it me model models please plot predict "
    "predicted predicts prediction problems quick remove repair standard train up using want whether will would"
)
COMMON = frozenset(_COMMON.split())

_CALENDAR = (
    "january february march april may june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday day days week weeks month months monthly quarter year years yearly daily weekly "
    "date time when since until today"
)
CALENDAR = frozenset(_CALENDAR.split())
"""Words that any column of dates answers."""


def lacking(
    planner: Planner, situation: Situation, request: str, cancelled: Callable[[], bool], target: str = ""
) -> str:
    """What the request names and no column holds, or nothing. Asks the model only where a word matches no name.

    With a `target` to predict, something that is linked to that column settles it.
    """
    if not doubtful(situation, request):
        return ""
    things = _linked(planner, situation, request, cancelled)
    if target and any(column == target for _, column in things):
        return ""
    found = [thing for thing, column in things if column != NONE]
    return listed([thing for thing, column in things if column == NONE and _is_missing(thing, found, situation)])


def doubtful(situation: Situation, request: str) -> list[str]:
    """The words of a request that match no table, column or value; words that only ask are left out."""
    words = [word for word in split_words(request) if word not in COMMON and not word.isdigit()]
    known = _known(situation)
    return [word for word in words if not any(alike(word, name) for name in known)]


def _known(situation: Situation) -> set[str]:
    names = [table.name for table in situation.tables]
    for table in situation.tables:
        if any(column.type in ("date", "timestamp") for column in table.columns):
            names += CALENDAR
        for column in table.columns:
            names += [column.name, *(str(value) for value in column.values if isinstance(value, str))]
    return {word for name in names for word in split_words(name)}


def split_words(text: str) -> list[str]:
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", text)
    return re.findall(r"[^\W_]+", split.casefold())


def alike(word: str, name: str) -> bool:
    """Whether two words share their stem: customers and customer, survived and survival."""
    stem = min(len(word), len(name), 5)
    return word == name or (stem >= 4 and word[:stem] == name[:stem])


def _linked(
    planner: Planner, situation: Situation, request: str, cancelled: Callable[[], bool]
) -> list[tuple[str, str]]:
    fixed = prefix()
    form = _form([*situation.column_names, ROW, NONE])
    planner.read_prefix(fixed)
    told = outline(relevant(situation, request))
    question = {"role": "user", "content": f"{told}\nQuestion: {request}"}
    try:
        reply, _ = planner.plan([*fixed, question], form, cancelled)
    except ValueError:
        return []
    return [(str(entry.get("thing", "")), str(entry.get("column", ""))) for entry in _entries(reply)]


def _form(columns: list[str]) -> dict[str, Any]:
    pair = {
        "type": "object",
        "properties": {"thing": {"type": "string", "maxLength": 40}, "column": {"enum": columns}},
        "required": ["thing", "column"],
        "additionalProperties": False,
    }
    things = {"type": "array", "minItems": 1, "maxItems": 5, "items": pair}
    return {"type": "object", "properties": {"things": things}, "required": ["things"], "additionalProperties": False}


def _entries(reply: dict[str, Any]) -> list[dict[str, Any]]:
    things = reply.get("things")
    return [entry for entry in things if isinstance(entry, dict)] if isinstance(things, list) else []


def prefix() -> list[dict[str, str]]:
    """The check's words and worked examples, as earlier turns."""
    return _prefix(Path(prompts.FOLDER))


@cache
def _prefix(folder: Path) -> list[dict[str, str]]:
    talk = [{"role": "system", "content": prompts.load("linker")}]
    for example in yaml.safe_load((folder / "linker.yaml").read_text(encoding="utf-8")):
        things = [{"thing": thing, "column": column} for thing, column in example["things"].items()]
        talk.append({"role": "user", "content": f"{example['context'].strip()}\nQuestion: {example['request']}"})
        talk.append({"role": "assistant", "content": json.dumps({"things": things}, ensure_ascii=False)})
    return talk


def _is_missing(thing: str, found: list[str], situation: Situation) -> bool:
    """Whether a thing said to be nowhere really is: unlike any name, and not a part of what was found."""
    words = [word for word in split_words(thing) if word not in COMMON and word != NONE]
    if not words or any(word in split_words(other) for word in words for other in found):
        return False
    return bool(set(doubtful(situation, thing)))

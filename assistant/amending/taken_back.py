"""What `undo that` takes back: the last thing that the talk made or changed, a model too."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.step import mended
from assistant.context import ModelFact, Situation, Turn
from assistant.named import stands

if TYPE_CHECKING:
    from assistant.plan import Step


_SCRAPS = re.compile(
    r"^\W*(?:(?:please|ok|okay|now|then|can you|could you|just)\W+)*(?:scrap|delete|remove|drop|discard|get rid of|throw (?:away|out)|forget|bin) (?:that|this|the|my|the last|the new|the newest|the latest) model(?: again| please| away)*\W*$"
    r"|^\W*(?:(?:그|이|저|방금 만든|마지막|최근) ?)?모델(?:을|은|좀)? ?(?:삭제|지워|없애|버려|폐기)\S*(?: ?줘\S*| ?주세요)?\W*$",
    re.IGNORECASE,
)
"""The newest model is to go, and nothing else."""


def taken_back(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Undo right after a build deletes its model, beside what the same request did to the data; a look is passed over."""
    step, newest = (steps[0] if len(steps) == 1 else None), next(iter(situation.models), None)
    if step is not None and newest is not None and step.tool != "delete_model" and _SCRAPS.search(request):
        return [mended(step, "the newest model is to go, the data stay.", "delete_model", {"model": newest.name})]
    if step is None or step.tool != "undo" or newest is None or _names_data(situation, request):
        return list(steps)
    last = next(filter(None, map(_changes, reversed(situation.turns))), [])
    built = [one for one in last if _effect(one) == "train"]
    if not built or not _made(newest, built[-1]):
        return list(steps)
    gone = mended(step, "the last thing made was this model.", "delete_model", {"model": newest.name})
    data = [one for one in last if _effect(one) == "derive" and one["tool"] != "load_file"]
    return [step, gone] if data and step.arguments.get("scope") != "step" else [gone]


def _names_data(situation: Situation, request: str) -> bool:
    return any(stands(table.name, request) for table in situation.tables)


def _changes(turn: Turn) -> list[Mapping[str, Any]]:
    """The steps of a turn that made or changed something."""
    return [step for step in turn.steps if _effect(step) != "read"]


def _effect(step: Mapping[str, Any]) -> str:
    from tools import catalogue

    tool = catalogue().get(step["tool"])
    return tool.effect if tool else "read"


def _made(model: ModelFact, step: Mapping[str, Any]) -> bool:
    """Whether the newest model is the one of that step, which predicts the same column."""
    return model.target == step.get("target")

"""One case with a number moved from where it is: `what if member 5010 came 5 more times?`, `and with 2 complaints fewer?`

A small model sets the number to what it is moved by. What is not covered: numbers that no word of the request and no
plan tells apart.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.cases import case_named
from assistant.amending.same_case import case_of
from assistant.amending.shifts import EVERY_ROW, shift_said
from assistant.amending.step import mended
from assistant.amending.supposed import nearly
from assistant.context import ColumnFact, ModelFact, Situation

if TYPE_CHECKING:
    from assistant.plan import Step

_PARTS = re.compile(r",|;|\band\b|그리고|(?<=[가-힣])고\s", re.IGNORECASE)
_NONE = "\0"
"""No column's name."""


def moved(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """The changes of a what-if of one case as moves, where the request says by how much rather than to what."""
    step, model = (steps[0] if len(steps) == 1 else None), next(iter(situation.models), None)
    if model is None or model.ahead or step is None or step.tool not in ("what_if", "predict_row"):
        return list(steps)
    if re.search(EVERY_ROW, request, re.IGNORECASE):
        return list(steps)
    last = situation.turns[-1].steps[-1] if situation.turns and situation.turns[-1].steps else {}
    named = case_named(model, situation, request)
    own = {name: step.arguments[name] for name in ("values", "dataset", "row") if step.arguments.get(name)}
    case = own if step.tool == "what_if" and (named or "row" in own) else case_of(last)
    changes = _moves(step, model, re.sub(re.escape(str(named[1]["value"])), " ", request) if named else request)
    if not changes or not case:
        return list(steps)
    told = {one["column"] for one in changes}
    others = [one for one in _planned(step) if one["column"] not in told and not _is_move(one, changes)]
    given = case | {"changes": [*changes, *(others if step.tool == "what_if" else [])]}
    if given == {name: value for name, value in step.arguments.items() if name != "model"} and step.tool == "what_if":
        return list(steps)
    return [mended(step, "the request says by how much it moves.", "what_if", given)]


def _moves(step: "Step", model: ModelFact, request: str) -> list[dict[str, Any]]:
    """Each number that is moved, with by how much, told by its words or by what the plan sets to that amount."""
    numbers = [feature for feature in model.features if feature.is_number]
    made: dict[str, str] = {}
    for part in _PARTS.split(request):
        amount = shift_said(part, _NONE)
        column = ([*nearly(part, numbers), *_set_to(step, amount, numbers)] or [""])[0] if amount else ""
        if column:
            made.setdefault(column, shift_said(part, column))
    return [{"column": column, "value": value} for column, value in made.items() if value]


def _planned(step: "Step") -> list[dict[str, Any]]:
    return [one for one in step.arguments.get("changes") or [] if isinstance(one, dict) and "column" in one]


def _set_to(step: "Step", amount: str, numbers: Sequence[ColumnFact]) -> list[str]:
    """The columns of numbers that the plan sets to what they shall be moved by."""
    names, told = {one.name for one in numbers}, re.sub(r"[^\d.]", "", amount)
    given = [*_planned(step), *(step.arguments.get("values") or [])]
    return [
        one["column"]
        for one in given
        if isinstance(one, dict) and one.get("column") in names and re.sub(r"[^\d.]", "", str(one.get("value"))) == told
    ]


def _is_move(pair: dict[str, Any], changes: Sequence[dict[str, Any]]) -> bool:
    """Whether a planned value only is the amount of a move."""
    told = str(pair.get("value"))
    return any(re.sub(r"[^\d.]", "", str(one["value"])) == told for one in changes)

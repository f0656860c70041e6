"""What if, of a forecast: a column that is known ahead moved by the share that the request says."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.step import mended
from assistant.context import ModelFact, Situation
from assistant.named import stands

if TYPE_CHECKING:
    from assistant.plan import Step

_SHARE = re.compile(
    r"(?P<sign>[+\-−])?\s*(?P<n>\d+(?:\.\d+)?)\s*(?:%|percent\b|per cent\b|퍼센트|프로(?!모션))", re.IGNORECASE
)
_DOWN = re.compile(
    r"\b(?:fall|fell|drop|decreas|lower|cut|reduc|down|less|cheaper|declin|minus|discount)|내리|내려|인하|줄|낮|떨어|감소|할인",
    re.IGNORECASE,
)


def supposed(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """A what-if of the newest model, where that is a forecast, with the change as the request says it."""
    return [_supposed(_own_rows(step, request), situation, request) for step in steps]


def _own_rows(step: "Step", request: str) -> "Step":
    """A forecast goes on from the rows of its own dataset, unless the request names others."""
    dataset = str(step.arguments.get("dataset", ""))
    if step.tool != "forecast" or not dataset or stands(dataset, request):
        return step
    rest = {name: value for name, value in step.arguments.items() if name != "dataset"}
    return step.model_copy(update={"arguments": rest})


def _supposed(step: "Step", situation: Situation, request: str) -> "Step":
    named = next((one for one in situation.models if one.name == step.arguments.get("model")), None)
    model = named or next(iter(situation.models), None)
    if step.tool not in ("predict_row", "forecast") or model is None or not model.ahead:
        return step
    changes = step.arguments.get("changes") or step.arguments.get("values") or []
    if (share := _SHARE.search(request)) and (column := _changed(model, request)):
        down = share["sign"] in ("-", "−") if share["sign"] else _DOWN.search(request) is not None
        changes = [{"column": column, "value": f"{'-' if down else '+'}{share['n']} %"}]
    rest = {name: value for name, value in step.arguments.items() if name not in ("values", "changes")}
    given = rest | ({"changes": changes} if changes else {})
    if step.tool == "forecast" and given == step.arguments:
        return step
    why = "the change is the request's." if step.tool == "forecast" else f"{model.name} looks ahead in time."
    return mended(step, why, "forecast", given)


def _changed(model: ModelFact, request: str) -> str:
    """The column that a share belongs to: the one that is named, or the only one."""
    names = [feature.name for feature in model.features]
    named = [name for name in names if stands(name, request)]
    return named[0] if named else names[0] if len(names) == 1 else ""

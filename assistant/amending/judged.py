"""What a model is judged by, as the request says it: fair to which groups, wrong in which segments."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.step import mended
from assistant.context import Situation
from assistant.named import columns_named, stands

if TYPE_CHECKING:
    from assistant.plan import Step

_FAIR = re.compile(r"\bbias|\bfair|\bunfair|\bdiscriminat|편향|공정|차별|불공평", re.IGNORECASE)
_DATA = re.compile(r"\b(?:data|dataset|rows|report|table)\b|데이터|보고서|리포트", re.IGNORECASE)
_BY_GROUP = ("measure_bias", "error_by_segment")


def judged(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """The column of the groups that the request names; where a model exists, fairness is asked of it and not of the data."""
    return [_judged(step, situation, request) for step in steps] if situation.models else list(steps)


def _judged(step: "Step", situation: Situation, request: str) -> "Step":
    fair = step.tool == "quality_report" and _FAIR.search(request) and not _DATA.search(request)
    if step.tool not in _BY_GROUP and not fair:
        return step
    targets = {model.target for model in situation.models}
    named = {column.name: column for table in situation.tables for column in columns_named(request, table)}
    columns = [name for name in named if name not in targets]
    if len(columns) != 1:
        return step
    given = {} if fair else {name: value for name, value in step.arguments.items() if name not in ("column", "outcome")}
    outcome = str(step.arguments.get("outcome", ""))
    if outcome and outcome not in targets and stands(outcome, request):
        given["outcome"] = outcome
    made = given | {"column": columns[0]}
    tool = "measure_bias" if fair else step.tool
    return (
        step
        if (tool, made) == (step.tool, step.arguments)
        else mended(step, f"the groups are those of {columns[0]}.", tool, made)
    )

"""Models and predictions of some rows only: `build it again only on the orders since 2025` keeps these rows first.

What is not covered: rows that a column of another table tells, and conditions that no rule reads word for word.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.among import conditions
from assistant.amending.step import mended, table_of
from assistant.composing.charts import condition_said
from assistant.context import Situation, Table
from assistant.named import stands
from assistant.words import alike, is_common, split_words
from tools.relations import identifier_if_needed
from tools.words import literal

if TYPE_CHECKING:
    from assistant.plan import Step

_TAKES = ("train_model", "train_text_model", "predict_dataset")
_ONLY = re.compile(r"\b(?:only|just|solely|nothing but)\b(?P<rows>[^.;?!]*)", re.IGNORECASE)
_ON = re.compile(
    r"\b(?:on|with|using|from|for|of)\s+(?:the |our |all |those |these )*(?P<thing>\w+)\s+(?P<rows>(?:since|from|after|before|until|in|of|with|without|where|that|which|who|whose|over|under|above|below)\b[^.;,?!]*)",
    re.IGNORECASE,
)
_DIVIDES = re.compile(
    r"\b(?:test\w*|hold\w*|validat\w*|split\w*|folds?|columns?|features?|top)\b",
    re.IGNORECASE,
)
"""How rows are divided, how long it may take and what is read: none of it is a condition on rows."""
_TIMES = ("minutes", "seconds", "hours", "minute", "second", "hour")
_LASTS = re.compile(rf"\b(?:{'|'.join(_TIMES)})\b", re.IGNORECASE)
_IDLE = re.compile(r"\b(?:on|for|with|from|using|the|those|these|our|all|of|in|data|rows?|records?|entries|cases|ones|it|them|again|only|just)\b", re.IGNORECASE)  # fmt: skip
_BESIDE = re.compile(r"\bcolumns?\b|\bbeside\b|\bnext to\b|\bshow(?:ing)? only\b", re.IGNORECASE)


def on_some_rows(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """The rows that a build or a prediction is asked for alone are kept before it, where no step of the plan does so."""
    step = steps[0] if steps and steps[0].tool in _TAKES else None
    table = table_of(step, situation) if step else None
    if step is None or table is None or re.search("[가-힣]", request):
        return list(steps)
    apart = {str(step.arguments.get("target", ""))} | {model.target for model in situation.models}
    condition = next(filter(None, (_condition(part, table, situation, apart) for part in _parts(step, table, request))), "")  # fmt: skip
    if not condition:
        return list(steps)
    arguments = dict(step.arguments)
    if not _BESIDE.search(request):
        arguments.pop("columns", None)
    kept = {"dataset": table.name, "condition": condition, "action": "keep"}
    why = "the request wants these rows alone."
    return [mended(step, why, "filter_rows", kept), step.model_copy(update={"arguments": arguments}), *steps[1:]]


def _parts(step: "Step", table: Table, request: str) -> Iterator[str]:
    """The parts of a request that say of which rows: behind `only`, or behind the thing that a row is."""
    lasts = {word for column in table.columns for word in split_words(column.name)}.isdisjoint(_TIMES)
    if _DIVIDES.search(request) or (lasts and _LASTS.search(request)):
        return
    things = [*split_words(table.name), *split_words(str(step.arguments.get("target", ""))), "rows", "records", "data", "cases"]  # fmt: skip
    yield from (found["rows"] for found in _ONLY.finditer(request))
    for found in _ON.finditer(request):
        if any(alike(found["thing"].casefold(), word) for word in things if not is_common(word)):
            yield found["rows"]


def _condition(part: str, table: Table, situation: Situation, apart: set[str]) -> str:
    """The condition that a part says, as SQL: what is read word for word at its end, and values and limits before."""
    said = condition_said(situation, table.name, part)
    columns = [column for column in table.columns if column.name not in apart and not stands(column.name, said)]
    others = [_sql(one) for one in conditions(columns, _IDLE.sub(" ", part))]
    return " AND ".join([*others, *([said] if said else [])])


def _sql(condition: dict[str, Any]) -> str:
    value = condition["value"]
    told = literal(value) if isinstance(value, str) else str(value)
    return f"{identifier_if_needed(condition['column'])} {condition.get('comparison', '=')} {told}"

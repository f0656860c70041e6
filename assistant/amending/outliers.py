"""Outliers that are asked for are shown: a plan that would tame or remove them changes nothing."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.step import mended, table_meant
from assistant.context import Situation
from assistant.named import columns_named
from tools.relations import identifier_if_needed
from tools.transforms.bounds import outside

if TYPE_CHECKING:
    from assistant.plan import Step

_OUTLIERS = re.compile(r"outlier|anomal|extreme value|이상치|이상값|특이값|극단값", re.IGNORECASE)
_LOOKS = re.compile(
    r"\b(?:detect|find|identify|show|list|display|which|what|where|are there|see|look for|return|spot)\b|찾아|보여|어떤|어느|확인|탐지|알려",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    r"\b(?:remov|delet|drop|clip|cap|handl|treat|tam|replac|fix|clean|mask|blank|exclud|filter|fill|correct|eliminat|winsor|deal|get rid|take out|throw|flag|mark|mov|set|limit)"
    r"|제거|삭제|처리|조정|바꿔|바꾸|변경|없애|빼|제외|고쳐|정리|대체|자르|잘라|비워|비우|지워|지우|누르|눌러|다듬|적당|맞춰|줄여|표시",
    re.IGNORECASE,
)
_STEPS = ("handle_outliers", "remove_outliers", "check_quality", "describe_data")
_BOUND = re.compile(r"quantile|stddev|\bmad\b|median|\bavg\b|percentile|\d", re.IGNORECASE)
"""SQL with a limit of its own, which a comparison with the greatest value is not."""


def shown(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """The rows with an outlier in the columns that a step names, as a query."""
    step = steps[0] if len(steps) == 1 else None
    sql = str(step.arguments.get("sql", "")) if step else ""
    if step is None or (step.tool not in _STEPS and not (step.tool == "query_data" and not _BOUND.search(sql))):
        return list(steps)
    table = table_meant(step, situation)
    if step.tool == "query_data" and re.search(r"\d", request):  # a limit of the person's own
        return list(steps)
    numbers = [column.name for column in columns_named(request, table) if column.is_number] if table else []
    columns = step.arguments.get("columns") or numbers
    if (
        table is None
        or not columns
        or not _OUTLIERS.search(request)
        or _CHANGES.search(request)
        or not _LOOKS.search(request)
    ):
        return list(steps)
    name = identifier_if_needed(table.name)
    tests = [outside(name, identifier_if_needed(column), step.arguments.get("rule", "iqr")) for column in columns]
    sql = f"SELECT * FROM {name} WHERE {' OR '.join(tests)}"
    return [mended(step, "outliers are asked for, so the data stay as they are.", "query_data", {"sql": sql})]

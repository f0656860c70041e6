"""Columns over other rows, computed as the request says: the function, its order and over how many rows.

What is not covered: several windows in one request.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.step import mended, table_of
from assistant.context import Situation, Table
from assistant.named import columns_named

if TYPE_CHECKING:
    from assistant.plan import Step

_WINDOWS = (
    ("lag", r"\b(?:previous|preceding|prior) (?:row|value|record|day|week|month|year)|\b(?:row|value|record) (?:just )?(?:before|above)\b|\blag\b|(?:이전|직전|바로 위|앞) ?(?:행|값|줄)"),
    ("lead", r"\b(?:next|following) (?:row|value|record)|\b(?:row|value|record) (?:after|below)\b|\blead\b|(?:다음|뒤|아래) ?(?:행|값|줄)"),
    ("running_mean", r"\b(?:running|cumulative) (?:average|mean)|누적 ?평균"),
    ("running_count", r"\b(?:running|cumulative) (?:count|number)|누적 ?(?:건수|개수|수)"),
    ("running_max", r"\b(?:running|cumulative) max|누적 ?최[대고]"),
    ("running_min", r"\b(?:running|cumulative) min|누적 ?최[소저]"),
    ("running_sum", r"\brunning (?:total|sum)|\bcumulative\b|\bcumsum\b|누적"),
    ("rolling_median", r"\b(?:rolling|moving) median|이동 ?중앙"),
    ("rolling_sum", r"\b(?:rolling|moving) (?:sum|total)|이동 ?합"),
    ("rolling_max", r"\b(?:rolling|moving) max|이동 ?최대"),
    ("rolling_min", r"\b(?:rolling|moving) min|이동 ?최소"),
    ("rolling_sd", r"\b(?:rolling|moving) (?:standard|std|sd|dev)|이동 ?표준"),
    ("rolling_mean", r"\b(?:rolling|moving) (?:average|mean)|이동 ?평균"),
    ("dense_rank", r"\bdense\b"),
    ("row_number", r"\brow numbers?\b|\bnumber the rows\b|행 ?번호"),
    ("rank", r"\brank\w*|순위|등수"),
)  # fmt: skip
_FALLING = re.compile(r"highest|largest|biggest|most|best|descend|높은|큰|많은|내림", re.IGNORECASE)
_SIZED = ("rolling", "lag", "lead")
ORDERS = re.compile(
    r"\b(?:order|sort)\w*\b|\bby (?:date|day|time)\b|\bover time\b|순서|순으로|시간|날짜 ?순|정렬", re.IGNORECASE
)
"""Words of an order along the rows."""


def windowed(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """A column over other rows computes what the request says, in the order and over as many rows as it says."""
    said = next((name for name, pattern in _WINDOWS if re.search(pattern, request, re.IGNORECASE)), "")
    return [
        _windowed(step, said, table_of(step, situation), request) if step.tool == "add_window" and said else step
        for step in steps
    ]


def _windowed(step: "Step", said: str, table: Table | None, request: str) -> "Step":
    arguments = dict(step.arguments)
    same_kind = str(arguments.get("function", "")).partition("_")[0] == said.partition("_")[0] and said != "rank"
    if not same_kind or said.startswith(("rolling", "running")):
        arguments["function"] = said
    size = arguments.get("size")
    if size is not None and (not said.startswith(_SIZED) or str(size) not in re.findall(r"\d+", request)):
        if said.startswith("rolling"):
            numbers = [int(number) for number in re.findall(r"\d+", request) if int(number) > 1]
            arguments["size"] = numbers[0] if len(numbers) == 1 else size
        else:
            del arguments["size"]
    named = [column.name for column in columns_named(request, table)] if table else []
    others = {*(arguments.get("group_by") or []), *(arguments.get("order_by") or []), arguments.get("name")}
    meant = [name for name in named if name not in others]
    if len(meant) == 1 and said not in ("row_number", "running_count") and arguments.get("column") not in named:
        arguments["column"] = meant[0]
    if "rank" in said and not arguments.get("descending") and _FALLING.search(request):
        arguments["descending"] = True
    if said in ("lag", "lead") and arguments.get("order_by") and not ORDERS.search(request):
        del arguments["order_by"]
    if arguments == step.arguments:
        return step
    return mended(step, f"the request speaks of the {said.replace('_', ' ')}.", "add_window", arguments)

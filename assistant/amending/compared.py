"""Groups that a test compares, and the step that a series is resampled to, as the request names them."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.step import mended, table_of
from assistant.context import Situation
from assistant.named import columns_named

if TYPE_CHECKING:
    from assistant.plan import Step

_DIFFER = re.compile(
    r"\b(?:differ\w*|compar\w*|effect|relation\w*)\b (?:of |in |the |for )*(?P<what>[^.;?]{2,80}?)\b(?:between|across|among|by|based on|depend\w* on|for (?:each|different))\b(?P<by>[^.;?]{2,80})",
    re.IGNORECASE,
)
_RESAMPLES = re.compile(
    r"\bresampl\w*|\b(?:chang|convert|set|turn)\w*\b[^.;]{0,30}\bfrequency\b|\bfrequency\b[^.;]{0,10}\b(?:to|into)\b|리샘플|재표본|주기를",
    re.IGNORECASE,
)
_UNITS = {
    "hour": r"\bhour\w*|시간", "day": r"\bdai?ly\b|\bdays?\b|일별|일 단위", "week": r"\bweek\w*|주별|주 단위|주간",
    "month": r"\bmonth\w*|월", "quarter": r"\bquarter\w*|분기", "year": r"\byear\w*|\bannual\w*|연|년",
}  # fmt: skip
_FUNCTIONS = {
    "sum": r"\bsums?\b|\bsumm(?:ing|ed)\b|\btotals?\b|합", "median": r"\bmedian|중앙값", "min": r"\bmin\w*|최소", "max": r"\bmax\w*|최대",
}  # fmt: skip


def compared(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`the difference in price between regions`: the number that is compared, and the column of the groups."""
    return [_compared(step, situation, request) if step.tool == "compare_groups" else step for step in steps]


def _compared(step: "Step", situation: Situation, request: str) -> "Step":
    table, found = table_of(step, situation), _DIFFER.search(request)
    if table is None or found is None:
        return step
    what, by = columns_named(found["what"], table), columns_named(found["by"], table)
    if len(what) != 1 or len(by) != 1 or what[0] is by[0]:
        return step
    said = {"column": what[0].name, "by": by[0].name}
    if said.items() <= step.arguments.items():
        return step
    why = f"{what[0].name} is compared between the groups of {by[0].name}, as the request says."
    return mended(step, why, "compare_groups", step.arguments | said)


def resampled(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`change the frequency to monthly and sum the values`: the table's one column of time has the step that is named."""
    found = _RESAMPLES.search(request)
    if found is None or len(steps) != 1 or steps[0].tool not in _INSTEAD:
        return list(steps)
    table = table_of(steps[0], situation)
    times = [column.name for column in table.columns if column.is_time] if table else []
    units = [unit for unit, words in _UNITS.items() if re.search(words, request[found.end() :], re.IGNORECASE)]
    if table is None or len(times) != 1 or len(units) != 1:
        return list(steps)
    functions = [name for name, words in _FUNCTIONS.items() if re.search(words, request, re.IGNORECASE)]
    arguments: dict[str, Any] = {"dataset": table.name, "time": times[0], "unit": units[0]}
    if len(functions) == 1:
        arguments["function"] = functions[0]
    if functions == ["sum"]:
        arguments["fill"] = "zero"  # a step without rows sums to nothing
    why = f"the series gets a row for each {units[0]}, as the request says."
    return [mended(steps[0], why, "resample_series", arguments)]


_INSTEAD = ("change_type", "transform_with_sql", "aggregate", "truncate_date", "query_data", "add_window")
"""Steps that such a request may have led to."""

"""Rounding that a request asks for, where a plan changes a type instead."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.step import has_sql, mended, table_of
from assistant.context import Situation
from assistant.named import columns_named
from tools.number_words import ENGLISH, KOREAN, either, number_said
from tools.relations import identifier_if_needed
from tools.words import listed

if TYPE_CHECKING:
    from assistant.plan import Step

_ROUNDS = re.compile(r"\bround(?:ed|ing|s)?\b|반올림", re.IGNORECASE)
_PLACES = re.compile(
    rf"소수(?:점)?\s?(?:이하|아래)?\s?(?P<ko>첫|{either(KOREAN)}|[1-9])\s?(?:째|번째)?\s?자리(?P<at>에서)?"
    rf"|\b(?P<en>{either(ENGLISH)}|\d)\s+(?:decimals?|digits?|places?)",
    re.IGNORECASE,
)
_NEAREST = re.compile(r"nearest (?P<unit>10*|ten|hundred|thousand)\b|(?P<ko>십|백|천)의 자리", re.IGNORECASE)
_ZEROS = {"ten": 1, "hundred": 2, "thousand": 3, "십": 1, "백": 2, "천": 3}


def rounded(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """The steps, with a change of type on numbers that the request wants rounded as their rounding."""
    if not _ROUNDS.search(request) or has_sql(steps) or len(steps) != 1 or steps[0].tool != "change_type":
        return list(steps)
    step, table = steps[0], table_of(steps[0], situation)
    if table is None:
        return list(steps)
    wanted = [column.name for column in columns_named(request, table)] or step.arguments.get("columns", [])
    columns = [column.name for column in table.columns if column.name in wanted and column.is_number]
    if not columns:
        return list(steps)
    digits = _digits(request)
    cells = ", ".join(f"round({name}, {digits}) AS {name}" for name in map(identifier_if_needed, columns))
    sql = f"SELECT * REPLACE ({cells}) FROM {identifier_if_needed(table.name)}"
    arguments = {"dataset": step.arguments["dataset"], "sql": sql}
    return [mended(step, f"{listed(columns)} is rounded, as the request says.", "transform_with_sql", arguments)]


def _digits(request: str) -> int:
    """Places after the point; less than 0 for tens and hundreds, 0 where none is said."""
    if found := _PLACES.search(request):
        return int(number_said(found["ko"] or found["en"], {"첫": 1})) - bool(found["at"])
    if near := _NEAREST.search(request):
        unit = (near["unit"] or near["ko"]).casefold()
        return -_ZEROS.get(unit, len(unit) - 1)
    return 0

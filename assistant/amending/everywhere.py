"""Words for "no value" that the request names without a column are looked for in every column."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.step import mended, table_of
from assistant.context import Situation
from assistant.named import columns_named
from assistant.unmatched import in_another_language

if TYPE_CHECKING:
    from assistant.plan import Step


def everywhere(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """The steps, with those columns of `treat_as_missing` left out of which the request names none."""
    return [_anywhere(step, situation, request) for step in steps]


def _anywhere(step: "Step", situation: Situation, request: str) -> "Step":
    table = table_of(step, situation)
    given = step.arguments.get("columns")
    if step.tool != "treat_as_missing" or not given or table is None or in_another_language(situation, request):
        return step
    if {column.name for column in columns_named(request, table)} & set(given):
        return step
    rest = {name: value for name, value in step.arguments.items() if name != "columns"}
    return mended(step, "no column is named, so every one is searched.", step.tool, rest)

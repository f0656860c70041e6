"""Rows that repeat the one before them: only those go where the request says so, not every row that was there before."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.step import mended, table_of
from assistant.context import Situation
from tools.relations import identifier_if_needed
from tools.tool import listed

if TYPE_CHECKING:
    from assistant.plan import Step

_IN_A_ROW = re.compile(
    r"\bconsecutive\w*|\bin a row\b|\badjacent\b|\bone after (?:the|an)other\b|연속|연달아|연이어", re.IGNORECASE
)


def consecutive(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Duplicates in a row: a row goes where it equals the one before it."""
    return [_consecutive(step, situation) if _IN_A_ROW.search(request) else step for step in steps]


def _consecutive(step: "Step", situation: Situation) -> "Step":
    table = table_of(step, situation)
    if step.tool != "drop_duplicates" or table is None:
        return step
    columns = step.arguments.get("columns") or [column.name for column in table.columns]
    changed = " OR ".join(f"{name} IS DISTINCT FROM lag({name}) OVER ()" for name in map(identifier_if_needed, columns))
    sql = f"SELECT * FROM {identifier_if_needed(table.name)} QUALIFY row_number() OVER () = 1 OR {changed}"
    why = f"rows whose {listed(columns)} equals that of the row before are removed, as the request says."
    return mended(step, why, "transform_with_sql", {"dataset": table.name, "sql": sql})

"""Steps that are mended by what the request says: the reason a person reads, and what a step works on."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.context import ColumnFact, ModelFact, Situation, Table

if TYPE_CHECKING:
    from assistant.plan import Step
    from tools.relations import Relation

SQL = ("transform_with_sql", "add_formula", "query_data")
"""Steps in the model's own SQL say all they mean."""

OF_CASE = ("predict_row", "explain_row", "what_if", "find_change")
"""Steps about one case of a model."""


def mended(step: "Step", why: str, tool: str, arguments: dict[str, Any]) -> "Step":
    """Another step in a step's place, with the reason that a person reads."""
    return step.model_copy(update={"tool": tool, "arguments": arguments, "why": f"Mended: {why}"})


def table_of(step: "Step", situation: Situation) -> Table | None:
    """The table that a step works on."""
    return situation.table(str(step.arguments.get("dataset", "")))


def tables_read(sql: str, situation: Situation) -> list[Table]:
    """The tables whose names stand in an SQL text."""
    return [table for table in situation.tables if re.search(rf"(?<!\w){re.escape(table.name)}(?!\w)", sql)]


def table_read(step: "Step", situation: Situation) -> Table | None:
    """The one table that a step works on, or that its SQL reads; None where that reads several or none."""
    read = tables_read(str(step.arguments.get("sql", "")), situation)
    return table_of(step, situation) or (read[0] if len(read) == 1 else None)


def table_meant(step: "Step", situation: Situation) -> Table | None:
    """The table that a step works on or reads, else the only one there is."""
    return table_read(step, situation) or (situation.tables[0] if len(situation.tables) == 1 else None)


def table_behind(model: ModelFact, situation: Situation) -> Table | None:
    """The table to build a model anew on, which holds its target: the one it learned from, else the one with most of what it reads."""
    read = {feature.name for feature in model.features}

    def near(table: Table) -> tuple[bool, int]:
        """How near a table is to the model: whether it learned from that, and how many of the columns it reads are there."""
        return table.name == model.dataset, len(read & {column.name for column in table.columns})

    holding = [one for one in situation.tables if model.target in [column.name for column in one.columns]]
    return max((one for one in holding if not read or any(near(one))), key=near, default=None)


def has_sql(steps: Sequence["Step"]) -> bool:
    return any(step.tool in SQL for step in steps)


def idle(step: "Step") -> bool:
    """Whether a step calls a column what it is called."""
    return step.tool == "rename_column" and step.arguments.get("column") == step.arguments.get("name")


def touched(step: "Step", table: Table) -> list[ColumnFact]:
    """The columns that a step of the two kinds changes."""
    if step.tool not in ("change_type", "replace_values") and not idle(step):
        return []
    named = [*step.arguments.get("columns", []), step.arguments.get("column")]
    return [column for column in table.columns if column.name in named]


def columns_of(steps: Sequence["Step"]) -> list[str]:
    named = [name for step in steps for name in [*step.arguments.get("columns", []), step.arguments.get("column")]]
    return list(dict.fromkeys(name for name in named if name))


def join_needed(step: "Step", joins: Sequence["Relation"], made: Sequence["Step"], why: str) -> list["Step"]:
    """The join that a step needs before it: of the one table that is left, once in a plan; `why` begins the reason."""
    if len(joins) != 1 or any(one.tool == "join_datasets" for one in made):
        return []
    keys = {"on": [joins[0].column], "other_on": [joins[0].key]}
    arguments = {"dataset": joins[0].table, "other": joins[0].other} | keys
    return [mended(step, f"{why} {joins[0].other}.", "join_datasets", arguments)]

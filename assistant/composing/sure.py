"""The query that rules are sure of beside the one that a model wrote: which of them is run, and what it counts."""

import re
from dataclasses import replace

from assistant.composing.columns import number_name
from assistant.composing.nouns import row_name
from assistant.context import Situation
from assistant.followups import groups_of
from assistant.plan import Plan, Step
from assistant.spelling import as_grouped, as_spelt
from tools import mend
from tools.guard import explain, run_select
from tools.relations import identifier_if_needed
from tools.tool import ToolError
from tools.workspace import Workspace

_COUNT = re.compile(
    r"\A\s*SELECT\s+(?:(?:(?!\b(?:FROM|SELECT)\b).)*?,\s*)?count\(\*\)(?=\s*(?:,|\bFROM\b))", re.IGNORECASE | re.DOTALL
)
"""A number of rows that a statement shows without a name."""
_FROM = re.compile(r"\bFROM\s+(\"[^\"]+\"|\w+)", re.IGNORECASE)
_JOINED = re.compile(r"\b(?:JOIN|UNION|WITH|INTERSECT|EXCEPT)\b|\(\s*SELECT\b", re.IGNORECASE)
_ROWS, _SECONDS = 2000, 5
"""How much of two queries is compared."""


def instead_of(workspace: Workspace, plan: Plan, sure: str) -> Plan:
    """The plan with the query that rules are sure of, unless its own finds the same."""
    queries = [str(step.arguments["sql"]) for step in plan.steps if step.tool == "query_data"]
    if len(queries) == len(plan.steps) == 1 and agree(workspace, queries[0], sure):
        return plan
    return Plan((Step(tool="query_data", arguments={"sql": sure}, why="Mended: every word is read by rule."),))


def named_counts(plan: Plan, situation: Situation, request: str) -> Plan:
    """The plan with a bare `count(*)` of one table named after its rows: number_of_members."""
    return replace(plan, steps=tuple(_named(step, situation, request) for step in plan.steps))


def _named(step: Step, situation: Situation, request: str) -> Step:
    sql = str(step.arguments.get("sql", ""))
    bare, read = _COUNT.search(sql), _FROM.search(sql)
    table = situation.table(read[1].strip('"')) if read and not _JOINED.search(sql) else None
    if step.tool != "query_data" or bare is None or table is None:
        return step
    name = row_name(table)
    if re.search("[가-힣]", request) and name.isascii():
        return step
    told = f"{sql[: bare.end()]} AS {identifier_if_needed(number_name(name))}{sql[bare.end() :]}"
    return step.model_copy(update={"arguments": {**step.arguments, "sql": told}})


def runnable(workspace: Workspace, sql: str, request: str = "") -> str:
    """A query as it runs, amounts kept as text read as numbers and percent as the data hold them; empty where it does not."""
    mended = as_spelt(mend.told_in_percent(workspace, mend.mend_sql(workspace, sql).sql, request))
    try:
        explain(workspace, mended)
    except ToolError:
        return ""
    return mended


def agree(workspace: Workspace, one: str, other: str) -> bool:
    """Whether a query's columns are among those of the other with the same rows; False where one does not run.

    Several groups are told apart by what they are grouped by: numbers alone say nothing; and of several measures none is
    left out.
    """
    try:
        mine, rows = _columns(workspace, one)
        others, other_rows = _columns(workspace, other)
    except ToolError:
        return False
    groups = [others[place] for place in _groups(other)] if rows > 1 else []
    needed = others if groups and len(others) > len(groups) + 1 else groups
    return rows == other_rows and all(column in others for column in mine) and all(column in mine for column in needed)


def _groups(sql: str) -> list[int]:
    """The places of what a query groups by among what it shows."""
    from sqlglot import exp, parse_one

    tree = parse_one(as_grouped(sql), read="duckdb")
    if not isinstance(tree, exp.Select):
        return []
    keys = groups_of(tree)
    return [place for place, entry in enumerate(tree.expressions) if entry.unalias() in keys]


def _columns(workspace: Workspace, sql: str) -> tuple[list[list[str]], int]:
    """The cells of each column in order of their text, and the number of rows."""
    found, _ = run_select(workspace, sql, limit=_ROWS, seconds=_SECONDS)
    return [sorted(map(_told, cells)) for cells in zip(*found.rows, strict=True)], len(found.rows)


def _told(cell: object) -> str:
    return f"{cell:.9g}" if isinstance(cell, int | float) and not isinstance(cell, bool) else str(cell)

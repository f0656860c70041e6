"""`1 for yes and 0 for no` is one rule over a column, where a plan changes its type or replaces one value of the two."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.step import has_sql, idle, mended, table_of, touched
from assistant.context import ColumnFact, Situation, Table
from assistant.named import columns_named, spellings
from tools.relations import identifier_if_needed
from tools.words import literal

if TYPE_CHECKING:
    from assistant.plan import Step

_IS = r"(?:은|는|을|를|이면|면|일 때|일 때는|인 경우)"
_VALUE = r"['\"“‘]?(-?\d+(?:\.\d+)?|[^\W\d_]\w*)['\"”’]?"

_NUMBER = r"(?<![\w.-])['\"]?(-?\d+(?:\.\d+)?)['\"]?(?![\w.])"
_TWO_NUMBERS = re.compile(rf"{_NUMBER}\s+(?:with|by|to|into)\s+{_NUMBER}", re.IGNORECASE)


def recoded(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`1 for yes and 0 for no`: one rule over the column, where a plan changes its type or replaces one value."""
    if across := _across(steps, situation, request):
        return across
    for step in steps:
        table = table_of(step, situation)
        if table is None or not (step.tool in ("change_type", "replace_values") or idle(step)) or has_sql(steps):
            continue
        for column in touched(step, table):
            pairs = _pairs(column, request) or _written(step, request)
            ours = [one for one in steps if table_of(one, situation) is table and column in touched(one, table)]
            replaced = [one for one in ours if one.tool == "replace_values"]
            if len(pairs) > 1 and len(replaced) < len(pairs) and step.arguments.get("type") not in ("text", "boolean"):
                sql = _case(column, table, pairs)
                return _instead(steps, step, column, ours, sql, pairs) if sql else list(steps)
    return list(steps)


def _across(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`replace 'France' with 'FR' and 'Oslo' with 'OSL' in country and city`: each in the named columns that hold it."""
    table = table_of(steps[0], situation) if steps else None
    if table is None or any(step.tool not in ("change_type", "replace_values") for step in steps):
        return []
    named = columns_named(request, table)
    wanted = {column.name: (column, pairs) for column in named if (pairs := _told(column, request))}
    replaced = [step for step in steps if step.tool == "replace_values"]
    if len(named) < 2 or len(wanted) < 2 or len(replaced) >= sum(len(pairs) for _, pairs in wanted.values()):
        return []
    cases = [
        _case_of(column, {old: spellings(column, old) for old in pairs}, pairs) for column, pairs in wanted.values()
    ]
    sql = f"SELECT * REPLACE ({', '.join(cases)}) FROM {identifier_if_needed(table.name)}"
    told = "; ".join(
        f"in {name} {', '.join(f'{old} becomes {new}' for old, new in pairs.items())}"
        for name, (_, pairs) in wanted.items()
    )
    return [mended(steps[0], f"{told}.", "transform_with_sql", {"dataset": table.name, "sql": sql})]


def _pairs(column: ColumnFact, request: str) -> dict[str, str]:
    """What each value of a column is to become, as the request says it; nothing where that is one and the same."""
    found = _told(column, request)
    return found if len(set(found.values())) > 1 else {}


def _told(column: ColumnFact, request: str) -> dict[str, str]:
    """What each value of a column is to become, as the request says it."""
    found: dict[str, str] = {}
    for value in dict.fromkeys(str(value).strip() for value in column.values):
        this = rf"(?<![\w.-])['\"“‘]?{re.escape(value)}['\"”’]?"
        patterns = (
            rf"{_VALUE}\s+(?:for|if|when|where)\s+(?:it'?s? (?:is )?)?{this}(?!\w)",
            rf"{this}\s*(?:->|→|=>|=|:)\s*{_VALUE}",
            rf"{this}\s+(?:to|into|as|becomes?|with|by)\s+(?:a |an |the )?{_VALUE}",
            rf"{this}\s?{_IS}\s+['\"]?([^\W\d_]\w*?)['\"]?(?:으로|로)(?!\w)",
            rf"{this}\s?{_IS}\s+{_VALUE}(?=으로|로|\s|,|$)",
        )
        said = [match[1] for pattern in patterns if (match := re.search(pattern, request, re.IGNORECASE))]
        found |= {value: said[0]} if said else {}
    return found


def _written(step: "Step", request: str) -> dict[str, str]:
    """`replace 15 with 1015 and -15 with -1015`: numbers that are replaced, where a step replaces one of them."""
    pairs = dict(_TWO_NUMBERS.findall(request)) if step.tool == "replace_values" else {}
    return pairs if len(pairs) > 1 and str(step.arguments.get("old")) in pairs else {}


def _case(column: ColumnFact, table: Table, pairs: dict[str, str]) -> str:
    """The SELECT that recodes a column; nothing where numbers would leave some of its values without one."""
    numbers = all(re.fullmatch(r"-?\d+(?:\.\d+)?", new) for new in pairs.values())
    if numbers and column.is_number:
        name = identifier_if_needed(column.name)
        cases = " ".join(f"WHEN {old} THEN {new}" for old, new in pairs.items())
        return (
            f"SELECT * REPLACE (CASE {name} {cases} ELSE {name} END AS {name}) FROM {identifier_if_needed(table.name)}"
        )
    known = {old: spellings(column, old) for old in pairs}
    whole = {str(value) for value in column.values} == {str(value) for found in known.values() for value in found}
    if not whole and numbers:
        return ""
    case = _case_of(column, known, pairs, numbers=numbers, whole=whole)
    return f"SELECT * REPLACE ({case}) FROM {identifier_if_needed(table.name)}"


def _case_of(
    column: ColumnFact,
    known: dict[str, list[object]],
    pairs: dict[str, str],
    *,
    numbers: bool = False,
    whole: bool = False,
) -> str:
    """A column recoded: each spelling of a value becomes what is told, and of `whole` columns nothing else is left."""
    name = identifier_if_needed(column.name)
    cells = {literal(value): new if numbers else literal(new) for old, new in pairs.items() for value in known[old]}
    whens = " ".join(f"WHEN {value} THEN {new}" for value, new in cells.items())
    return f"CASE {name} {whens}{'' if whole else f' ELSE {name}'} END AS {name}"


def _instead(
    steps: Sequence["Step"], step: "Step", column: ColumnFact, ours: list["Step"], sql: str, pairs: dict[str, str]
) -> list["Step"]:
    told = ", ".join(f"{old} becomes {new}" for old, new in pairs.items())
    made = mended(
        step, f"in {column.name} {told}.", "transform_with_sql", {"dataset": step.arguments["dataset"], "sql": sql}
    )
    kept: list[Step] = []
    for one in steps:
        others = [name for name in one.arguments.get("columns", []) if name != column.name]
        kept += [made] if one is step else []
        if one not in ours:
            kept.append(one)
        elif one.tool == "change_type" and others:
            kept.append(one.model_copy(update={"arguments": one.arguments | {"columns": others}}))
    return kept

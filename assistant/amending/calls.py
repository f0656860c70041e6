"""Tools that a small model writes as functions of a formula: they become calls of those tools."""

import ast
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import tools
from assistant.amending.step import mended, table_of
from assistant.context import Situation, Table
from tools.tool import ToolError

if TYPE_CHECKING:
    from assistant.plan import Step

_SELECTED = re.compile(r"\s*SELECT\s+(\w+)\s*\(", re.IGNORECASE)
_CALL = re.compile(r"\s*(\w+)\((.*)\)\s*", re.DOTALL)


def called(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """A formula that is the call of a tool becomes that call: `measure_text(comment, 'words')`."""
    return [_called(_of_query(step), situation) for step in steps]


def _of_query(step: "Step") -> "Step":
    """A query that is nothing but the call of a tool is that tool, whose arguments the request tells."""
    found = _SELECTED.match(str(step.arguments.get("sql", ""))) if step.tool == "query_data" else None
    tool = tools.catalogue().get(found[1].casefold()) if found else None
    if tool is None or tool.is_transform or any(field.is_required() for field in tool.arguments.model_fields.values()):
        return step
    return mended(step, f"{tool.name} is a tool.", tool.name, {})


def _called(step: "Step", situation: Situation) -> "Step":
    table, found = table_of(step, situation), _CALL.fullmatch(str(step.arguments.get("formula", "")))
    tool = tools.catalogue().get(found[1].casefold()) if found else None
    if step.tool != "add_formula" or table is None or found is None or tool is None or not tool.is_transform:
        return step
    given = _arguments(found[2], list(tool.arguments.model_fields)[1:], tool.arguments.model_json_schema(), table)
    if "name" in tool.arguments.model_fields and step.arguments.get("name"):
        given["name"] = step.arguments["name"]
    try:
        tools.check_arguments(tool, {"dataset": table.name, **given})
    except ToolError:
        return step
    return mended(step, f"{tool.name} is a tool.", tool.name, {"dataset": table.name, **given})


def _arguments(text: str, names: Sequence[str], schema: dict[str, Any], table: Table) -> dict[str, Any]:
    """What stands in brackets, given to the arguments in their order; a text that is no column skips those for columns."""
    columns = {column.name.casefold(): column.name for column in table.columns}
    given: dict[str, Any] = {}
    rest = list(names)
    for part in re.findall(r"'[^']*'|\"[^\"]*\"|\[[^\]]*\]|[^\s,()'\"]+", text):
        value = part.strip("'\"") if part[:1] in "'\"" else _literal(part)
        while rest and _is_column(schema["properties"][rest[0]]) and str(value).casefold() not in columns:
            rest.pop(0)
        if not rest:
            break
        kind = schema["properties"][rest[0]]
        whole = columns.get(str(value).casefold(), value) if _is_column(kind) else value
        given[rest.pop(0)] = [whole] if kind.get("type") == "array" and not isinstance(whole, list) else whole
    return given


def _is_column(entry: dict[str, Any]) -> bool:
    """Whether an argument is the name of a column."""
    return any(kind.get("ref") == "column" for kind in (entry, *entry.get("anyOf", [])))


def _literal(part: str) -> Any:
    try:
        return ast.literal_eval(part)
    except (ValueError, SyntaxError):
        return part

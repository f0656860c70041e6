"""Why a query found nothing: its condition lies beyond all that a column holds, as 50,000 does for fees of up to 105."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tools.dataset import Version
from tools.guard import run_select
from tools.tool import TableData, ToolError
from tools.words import identifier, is_number
from tools.workspace import Workspace

if TYPE_CHECKING:
    from sqlglot import exp


def found_nothing(table: TableData) -> bool:
    """Whether a result has no rows, or a single one that counts none or is empty."""
    rows = table.rows
    return not rows or (len(rows) == 1 and all(cell is None or cell == 0 for cell in rows[0]))


def beyond_all(workspace: Workspace, sql: str) -> str:
    """`No fee is 50,000 or more: the highest is 105.` for the first such condition of a query; empty where there is none."""
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    try:
        tree = parse_one(sql, read="duckdb")
    except (SqlglotError, RecursionError):
        return ""
    heads = {head.dataset.casefold(): head for head in workspace.datasets()}
    for select in tree.find_all(exp.Select):
        read = [one for one in select.find_all(exp.Table) if one.parent_select is select]
        head = heads.get(read[0].name.casefold()) if len(read) == 1 else None
        for compared, limit, kind in _limits(select) if head else ():
            if head and (said := _said(workspace, head, compared, limit, kind)):
                return said
    return ""


def _limits(select: "exp.Select") -> Iterator[tuple["exp.Column", float, str]]:
    """The columns of a SELECT that every row is to have above, below or at a number."""
    from sqlglot import exp

    where = select.args.get("where")
    for part in where.this.flatten() if where and isinstance(where.this, exp.And) else [where.this] if where else []:
        part = part.unnest()
        if isinstance(part, exp.Between) and isinstance(part.this, exp.Column):
            sides = [(part.args["low"], "gte"), (part.args["high"], "lte")]
        elif isinstance(part, exp.GT | exp.GTE | exp.LT | exp.LTE | exp.EQ) and isinstance(part.this, exp.Column):
            sides = [(part.expression, part.key)]
        else:
            continue
        for side, kind in sides:
            if isinstance(side, exp.Literal) and not side.is_string:
                yield part.this, float(side.name), kind


def _said(workspace: Workspace, head: Version, column: "exp.Column", limit: float, kind: str) -> str:
    """What is said of a limit that no value of the column meets; empty where one does, or it holds no numbers."""
    name = next((one for one in head.names if one.casefold() == column.name.casefold()), "")
    ends = _ends(workspace, head, name) if name else None
    if ends is None:
        return ""
    low, high = ends
    told = _number(limit)
    match kind:
        case "gt" | "gte" if high < limit or (kind == "gt" and high == limit):
            asked = f"above {told}" if kind == "gt" else f"{told} or more"
            return f"No {name} is {asked}: the highest is {_number(high)}."
        case "lt" | "lte" if low > limit or (kind == "lt" and low == limit):
            asked = f"below {told}" if kind == "lt" else f"{told} or less"
            return f"No {name} is {asked}: the lowest is {_number(low)}."
        case "eq" if not low <= limit <= high:
            return f"No {name} is {told}: they go from {_number(low)} to {_number(high)}."
    return ""


def _ends(workspace: Workspace, head: Version, name: str) -> tuple[float, float] | None:
    """The lowest and the highest number of a column; None where it holds none."""
    column = identifier(name)
    try:
        table, _ = run_select(
            workspace, f"SELECT min({column}), max({column}) FROM {identifier(head.dataset)}", limit=1
        )
    except ToolError:
        return None
    low, high = table.rows[0]
    return (low, high) if is_number(low) and is_number(high) else None


def _number(value: float) -> str:
    return f"{value:,.10g}"

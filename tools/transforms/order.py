"""The transform that puts columns in another order."""

from typing import Literal

from tools.tool import ColumnName, ToolError
from tools.transform import Derived, Input, transform
from tools.transforms.sql import names
from tools.words import listed


@transform(group="columns", title="Move {columns} to {to}", rows="same")
def move_columns(
    table: Input,
    columns: list[ColumnName] | None = None,
    to: Literal["first", "last", "before", "after", "sorted"] = "first",
    column: ColumnName | None = None,
) -> Derived:
    """Put columns in another order: some of them first, last, before or after another one, or all sorted by name.

    Args:
        columns: the columns to move, in their new order; leave it out for sorted.
        to: first, last, before or after another column, or sorted by name.
        column: the column that they stand before or after.
    """
    order = [known.name for known in table.columns]
    if to == "sorted":
        wanted = sorted(order, key=lambda name: (name.casefold(), name))
        return _ordered(table, wanted, "Sorted the columns by name.")
    moved = [found.name for found in table.pick(columns or [])]
    if not moved:
        raise ToolError("No columns were named. Name at least one column to move.")
    rest = [name for name in order if name not in moved]
    if to in ("first", "last"):
        wanted = [*moved, *rest] if to == "first" else [*rest, *moved]
        return _ordered(table, wanted, f"Moved {listed(moved)} to the {'front' if to == 'first' else 'end'}.")
    if column is None:
        raise ToolError(f"No column was named to stand {to}. Name it, or move the columns first or last.")
    beside = table.column(column).name
    if beside in moved:
        raise ToolError(f"{beside} can't stand {to} itself. Name another column.")
    place = rest.index(beside) + (to == "after")
    return _ordered(table, [*rest[:place], *moved, *rest[place:]], f"Moved {listed(moved)} {to} {beside}.")


def _ordered(table: Input, wanted: list[str], text: str) -> Derived:
    """The columns in that order; any that the table does not know ride along behind."""
    known = {column.name: column for column in table.columns}
    listed_ = names([known[name] for name in wanted])
    sql = f"SELECT {listed_}, * EXCLUDE ({listed_}) FROM {table.name}"
    return Derived(sql, text, changes=wanted != [column.name for column in table.columns])

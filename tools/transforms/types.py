"""The type of columns: text read as numbers, dates or yes and no, and what they are written as text."""

from typing import Literal

from tools.tool import ColumnName, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms import parse
from tools.transforms.sql import is_integer, replaced, skipped, untouched
from tools.transforms.yes_no import truth, yes_no
from tools.words import identifier, listed, literal

ColumnType = Literal["integer", "decimal", "text", "date", "timestamp", "boolean"]
_FORMATS = r"%[YymdbBHMS]|\b(?:day|month)[- ]first|\bepoch|unix (?:time|timestamp)|excel (?:date|serial|day)|\b(?:dd|mm|yyyy)[-/. ]|\b(?:date|time)s? formats?\b|\bformat (?:is|was|of)\b|\bformatted as\b|날짜 ?형식|에포크|유닉스"
_DECIMALS = r"decimal (?:comma|mark|point|separator)|comma (?:as|is) (?:the )?decimal|european|소수점"
_SQL_TYPES = {
    "integer": "BIGINT",
    "decimal": "DOUBLE",
    "text": "VARCHAR",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "boolean": "BOOLEAN",
}


@transform(
    group="columns",
    title="Change the type of {columns} to {type}",
    rows="same",
    more={"format": _FORMATS, "decimal": _DECIMALS},
)
def change_type(
    table: Input,
    columns: list[ColumnName],
    type: ColumnType,
    format: str | None = None,
    decimal: Literal[".", ","] | None = None,
) -> Derived:
    """Change the type of columns, for example text to numbers or dates. Reads forms such as $1,234.50, 12 %, (5), yes/no.

    Args:
        columns: names of the columns to change.
        type: the new type.
        format: how dates are written, such as %d.%m.%Y, day_first, month_first, epoch (seconds), epoch_ms or excel (days);
            for text, how dates become it. Found in the data if left out.
        decimal: the decimal mark of numbers; found in the data if left out.
    """
    if format is not None and type not in ("date", "timestamp", "text"):
        raise ToolError(f"A format is for dates: got {format} for {type}. Leave it out.")
    cells: dict[str, str] = {}
    reasons: dict[str, str] = {}
    notes: list[str] = []
    picked = table.pick(columns)
    for column in picked:
        if reason := _unfit(column, type, format):
            reasons[column.name] = reason
            continue
        try:
            cell = _read(table, column, type, format, decimal)
            notes.append(_yes_no(table, column, type) + parse.note(table, column, type, cell))
        except ToolError:
            if len(picked) == 1:
                raise
            reasons[column.name] = f"none of its values can be read as {type}"
            continue
        cells[column.name] = cell
    if not cells:
        return untouched(table, f"Nothing to change.{skipped(reasons)}")
    text = f"Changed {listed(list(cells))} to {type}.{''.join(notes)}{skipped(reasons)}"
    return Derived(replaced(table, cells), text)


def _unfit(column: Column, type_: ColumnType, format_: str | None) -> str:
    """Why a column is left as it is; empty where it can be changed."""
    if format_ is not None and type_ == "text" and not column.is_time:
        return "holds no dates"
    now = column.type
    whole, decimal = is_integer(column), column.is_number and not is_integer(column)
    same = {
        "integer": whole,
        "decimal": decimal,
        "text": now == "VARCHAR",
        "date": now == "DATE",
        "timestamp": now.startswith("TIMESTAMP"),
        "boolean": now == "BOOLEAN",
    }
    if same[type_]:
        return f"already {type_}"
    if column.is_time and type_ in ("integer", "decimal", "boolean"):
        return f"holds dates or times, which are not {type_}"
    if now.startswith("TIME") and not now.startswith("TIMESTAMP") and type_ != "text":
        return "holds times of day without a date"
    return ""


def _read(table: Input, column: Column, type_: ColumnType, format_: str | None, decimal: str | None) -> str:
    """The expression that reads a column's cells as another type; NULL where a cell can't be read."""
    name, wanted = identifier(column.name), _SQL_TYPES[type_]
    if type_ == "text":
        return f"strftime({name}, {literal(format_)})" if format_ else f"CAST({name} AS VARCHAR)"
    if type_ in ("date", "timestamp"):
        if format_ and not column.is_time:
            return parse.moment_as(table, column, wanted, format_)
        return f"CAST({name} AS {wanted})" if column.is_time else parse.moment(table, column, wanted)
    if type_ == "boolean":
        return truth(table, column)
    if yes_no(table, column):
        return f"CAST({truth(table, column)} AS {wanted})"
    return f"TRY_CAST({name} AS {wanted})" if not column.is_text else parse.number(table, column, wanted, decimal)


def _yes_no(table: Input, column: Column, type_: ColumnType) -> str:
    """What yes and no became, where a column's texts say nothing else."""
    found = yes_no(table, column) if type_ in ("integer", "decimal", "boolean") else None
    if not found:
        return ""
    return f" {column.name}: {found.told(*(('true', 'false') if type_ == 'boolean' else ('1', '0')))}."

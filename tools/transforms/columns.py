"""Transforms of whole columns: which ones there are, what they are called, what type and spelling their cells have."""

import math
from typing import Literal

from tools.tool import Column, ColumnName, Derived, Input, Scalar, ToolError, identifier, listed, literal, transform
from tools.transforms import parse
from tools.transforms.sql import counted, is_integer, names, replaced, skipped, text_of, typed, untouched

ColumnType = Literal["integer", "decimal", "text", "date", "timestamp", "boolean"]
_SQL_TYPES = {
    "integer": "BIGINT",
    "decimal": "DOUBLE",
    "text": "VARCHAR",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "boolean": "BOOLEAN",
}


@transform(group="columns", title="Remove the columns {columns}", rows="same")
def drop_columns(table: Input, columns: list[ColumnName]) -> Derived:
    """Remove columns from the dataset. Use it for columns that are not needed, such as ids or names.

    Args:
        columns: names of the columns to remove.
    """
    gone = table.pick(columns)
    if not gone:
        raise ToolError("No columns were named. Name at least one column to remove.")
    if len(gone) == len(table.columns):
        raise ToolError(f"Removing {listed(columns)} would leave no column. Keep at least one.")
    text = f"Removed {counted(len(gone), 'column')}: {listed([column.name for column in gone])}."
    return Derived(f"SELECT * EXCLUDE ({names(gone)}) FROM {table.name}", text)


@transform(group="columns", title="Keep only the columns {columns}", rows="same")
def keep_columns(table: Input, columns: list[ColumnName]) -> Derived:
    """Keep only these columns and remove all others. The columns stay in the order of the dataset.

    Args:
        columns: names of the columns to keep.
    """
    kept = table.pick(columns)
    if not kept:
        raise ToolError("No columns were named. Name at least one column to keep.")
    gone = [column for column in table.columns if column not in kept]
    if not gone:
        return untouched(table, f"Nothing to remove: the dataset has only these {counted(len(kept), 'column')}.")
    text = f"Kept {listed([column.name for column in kept])}; removed {counted(len(gone), 'other column')}."
    return Derived(f"SELECT * EXCLUDE ({names(gone)}) FROM {table.name}", text)


@transform(group="columns", title="Rename {column} to {name}", rows="same")
def rename_column(table: Input, column: ColumnName, name: str) -> Derived:
    """Give one column a new name.

    Args:
        column: the column to rename.
        name: its new name.
    """
    old, name = table.column(column), name.strip()
    if not name:
        raise ToolError("The new name is empty. Give the column a name of at least one character.")
    if name == old.name:
        return untouched(table, f"Nothing to rename: the column is already called {name}.")
    if any(other.name.casefold() == name.casefold() for other in table.columns if other is not old):
        raise ToolError(f"There already is a column '{name}'. Choose another name or remove that column first.")
    sql = f"SELECT * RENAME ({identifier(old.name)} AS {identifier(name)}) FROM {table.name}"
    return Derived(sql, f"Renamed {old.name} to {name}.")


# --- types -------------------------------------------------------------------------------------------------------


@transform(group="columns", title="Change the type of {columns} to {type}", rows="same")
def change_type(table: Input, columns: list[ColumnName], type: ColumnType) -> Derived:
    """Change the type of columns, for example text to numbers or dates. Reads forms such as $1,234.50, 12 %, (5), yes/no.

    Args:
        columns: names of the columns to change.
        type: the new type.
    """
    cells: dict[str, str] = {}
    reasons: dict[str, str] = {}
    notes: list[str] = []
    for column in table.pick(columns):
        if reason := _unfit(column, type):
            reasons[column.name] = reason
            continue
        cells[column.name] = _read(table, column, type)
        notes.append(_yes_no(table, column, type) + parse.note(table, column, type, cells[column.name]))
    if not cells:
        return untouched(table, f"Nothing to change.{skipped(reasons)}")
    text = f"Changed {listed(list(cells))} to {type}.{''.join(notes)}{skipped(reasons)}"
    return Derived(replaced(table, cells), text)


def _unfit(column: Column, type_: ColumnType) -> str:
    """Why a column is left as it is; empty where it can be changed."""
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


def _read(table: Input, column: Column, type_: ColumnType) -> str:
    """The expression that reads a column's cells as another type; NULL where a cell can't be read."""
    name, wanted = identifier(column.name), _SQL_TYPES[type_]
    if type_ == "text":
        return f"CAST({name} AS VARCHAR)"
    if type_ in ("date", "timestamp"):
        return f"CAST({name} AS {wanted})" if column.is_time else parse.moment(table, column, wanted)
    if type_ == "boolean":
        return parse.truth(table, column)
    if parse.yes_no(table, column):
        return f"CAST({parse.truth(table, column)} AS {wanted})"
    return f"TRY_CAST({name} AS {wanted})" if not column.is_text else parse.number(table, column, wanted)


def _yes_no(table: Input, column: Column, type_: ColumnType) -> str:
    """What yes and no became, where a column's texts say nothing else."""
    found = parse.yes_no(table, column) if type_ in ("integer", "decimal", "boolean") else None
    if not found:
        return ""
    return f" {column.name}: {found.told(*(('true', 'false') if type_ == 'boolean' else ('1', '0')))}."


# --- cells -------------------------------------------------------------------------------------------------------

Action = Literal[
    "trim",
    "lower",
    "upper",
    "title",
    "collapse_spaces",
    "remove_punctuation",
    "remove_digits",
    "keep_digits",
]
_CLEAN: dict[Action, str] = {
    "trim": r"regexp_replace({cell}, '^[\s\p{{Z}}]+|[\s\p{{Z}}]+$', '', 'g')",
    "lower": "lower({cell})",
    "upper": "upper({cell})",
    "title": r"array_to_string(list_transform(regexp_extract_all(lower({cell}), '[\p{{L}}''’]+|[^\p{{L}}''’]+'),"
    " lambda word: upper(word[1]) || word[2:]), '')",
    "collapse_spaces": r"trim(regexp_replace({cell}, '[\s\p{{Z}}]+', ' ', 'g'))",
    # A cell of which nothing is left holds no value any more.
    "remove_punctuation": r"nullif(trim(regexp_replace({cell}, '[\p{{P}}\p{{S}}]', '', 'g')), '')",
    "remove_digits": r"nullif(trim(regexp_replace({cell}, '\p{{Nd}}', '', 'g')), '')",
    "keep_digits": r"nullif(regexp_replace({cell}, '\P{{Nd}}', '', 'g'), '')",
}
_DONE: dict[Action, str] = {
    "trim": "Trimmed spaces of",
    "lower": "Lower case for",
    "upper": "Upper case for",
    "title": "Title case for",
    "collapse_spaces": "Made single spaces in",
    "remove_punctuation": "Removed the punctuation of",
    "remove_digits": "Removed the digits of",
    "keep_digits": "Kept only the digits of",
}


@transform(group="columns", title="Clean the text of {columns} ({action})", rows="same")
def clean_text(table: Input, columns: list[ColumnName], action: Action = "trim") -> Derived:
    """Clean the text in columns: trim or collapse spaces, change its case, remove punctuation or digits.

    Args:
        columns: names of the text columns.
        action: trim cuts spaces at both ends; collapse_spaces also makes several in a row one; keep_digits removes
            all but digits.
    """
    asked = table.pick(columns)
    reasons = {column.name: "holds no text" for column in asked if not column.is_text}
    cells = {column.name: _CLEAN[action].format(cell=text_of(column)) for column in asked if column.is_text}
    if not cells:
        return untouched(table, f"Nothing to clean.{skipped(reasons)}")
    counts = ", ".join(_changes(identifier(name), clean) for name, clean in cells.items())
    row = table.learn_rows(action, f"SELECT {counts} FROM {table.name}")[0]
    notes = [_changed(name, *row[3 * place : 3 * place + 3]) for place, name in enumerate(cells)]
    if not any(notes):
        text = f"Nothing to clean: the text of {listed(list(cells))} already is as asked.{skipped(reasons)}"
        return Derived(replaced(table, cells), text, changes=False)
    return Derived(replaced(table, cells), f"{_DONE[action]} {listed(list(cells))}.{''.join(notes)}{skipped(reasons)}")


def _changes(cell: str, clean: str) -> str:
    return f"count(*) FILTER (WHERE {clean} IS DISTINCT FROM {cell}), count(DISTINCT {cell}), count(DISTINCT {clean})"


def _changed(name: str, changed: int, before: int, after: int) -> str:
    """` City: 12 values changed, 9 different values are now 7.`, or nothing where none changed."""
    fewer = f", {before:,} different values are now {after:,}" if after < before else ""
    return f" {name}: {counted(changed, 'value')} changed{fewer}." if changed else ""


@transform(group="columns", title="Replace {old} with {new} in {column}", rows="same")
def replace_values(table: Input, column: ColumnName, old: Scalar, new: Scalar | None = None) -> Derived:
    """Replace one value of a column by another wherever the whole cell equals it.

    Args:
        column: the column to change.
        old: the value to look for.
        new: the value to put instead; leave it out to make the cells empty.
    """
    where = table.column(column)
    name, before = identifier(where.name), _fitting(where, old)
    after = "NULL" if new is None else _fitting(where, new)
    sql = replaced(table, {where.name: f"CASE WHEN {name} = {before} THEN {after} ELSE {name} END"})
    count = table.learn(f"found:{where.name}", f"SELECT count(*) FROM {table.name} WHERE {name} = {before}")
    if not count:
        common = table.learn_rows(
            f"common:{where.name}",
            f"SELECT {text_of(where)} FROM {table.name} WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 5",
        )
        known = listed([f"'{row[0]:.40}'" for row in common])
        return Derived(
            sql, f"No cell of {where.name} equals '{old}'. Its most frequent values: {known}.", changes=False
        )
    became = "made empty" if new is None else f"replaced by '{new}'"
    return Derived(sql, f"{where.name}: {counted(count, 'cell')} with '{old}' {became}.")


def _fitting(column: Column, value: Scalar) -> str:
    """A value as a literal of the column's kind. Raises ToolError where it is none."""
    if column.is_text:
        return literal(str(value))
    if column.is_number and not isinstance(value, bool):
        try:
            number = float(value)
            finite = math.isfinite(number)
        except (ValueError, OverflowError):
            finite = False
        if not finite:
            raise ToolError(
                f"{column.name} holds numbers and '{value}' is none. Give a number, or change the column to text first."
            )
        if not is_integer(column):
            return typed(number, column)
        return repr(int(number)) if number.is_integer() else f"CAST({number!r} AS DOUBLE)"
    return literal(value) if isinstance(value, bool) else f"CAST({literal(str(value))} AS {column.type})"

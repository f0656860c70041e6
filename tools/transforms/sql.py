"""The few SQL and wording pieces that every transform shares."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from tools.tool import Scalar, ToolError
from tools.transform import Column, Derived, Input
from tools.words import identifier, listed, literal


def replaced(table: Input, cells: Mapping[str, str]) -> str:
    """`SELECT * REPLACE (…)`: some columns computed anew in their places, all others, known or not, riding along."""
    parts = [f"{expression} AS {identifier(name)}" for name, expression in cells.items()]
    if not parts:
        return f"SELECT * FROM {table.name}"
    inside = parts[0] if len(parts) == 1 else "\n  " + ",\n  ".join(parts) + "\n"
    return f"SELECT * REPLACE ({inside}) FROM {table.name}"


def names(columns: Sequence[Column]) -> str:
    """Quoted column names for SQL: `"a", "b"`."""
    return ", ".join(identifier(column.name) for column in columns)


def typed(value: Any, column: Column) -> str:
    """A learned value as a literal that leaves the column's type as it is."""
    if value is None:
        return f"CAST(NULL AS {column.type})"
    text = literal(value)
    if column.is_text or column.type in ("BOOLEAN", "DOUBLE") or (is_integer(column) and isinstance(value, int)):
        return text
    return f"CAST({text} AS {column.type})"


def is_integer(column: Column) -> bool:
    """Whether the column holds whole numbers by its type."""
    return column.is_number and "INT" in column.type


def number_of(value: Scalar | None) -> float | None:
    """A finite number, or None where it is none."""
    try:
        number = float(value) if value is not None else None
    except (ValueError, OverflowError):
        return None
    return number if number is not None and math.isfinite(number) else None


def text_of(column: Column) -> str:
    """The column's cells as text."""
    name = identifier(column.name)
    return name if column.type == "VARCHAR" else f"CAST({name} AS VARCHAR)"


def skipped(reasons: Mapping[str, str]) -> str:
    """` Skipped Name (holds text).`, columns of one reason together; nothing where none was skipped."""
    by_reason: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        by_reason.setdefault(reason, []).append(name)
    parts = [f"{listed(columns)} ({reason})" for reason, columns in by_reason.items()]
    return f" Skipped {'; '.join(parts)}." if parts else ""


def untouched(table: Input, text: str) -> Derived:
    """No column fits: the data stays as it is and the text says why."""
    return Derived(sql=f"SELECT * FROM {table.name}", text=text.strip(), changes=False)


def shown(value: Any) -> str:
    """A learned value as a person reads it: `28`, `1,234.57`, `0.00123`, `true`, `Paris`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.2f}" if abs(value) >= 1 else f"{value:.3g}"


def with_columns(table: Input, source: Column, cells: Mapping[str, str], *, keep: bool = True) -> str:
    """The SELECT that adds columns made of one column; without `keep`, in its stead. One of its name replaces it."""
    parts = [f"{expression} AS {identifier(name)}" for name, expression in cells.items() if name != source.name]
    star = "*"
    if source.name in cells:
        star = f"* REPLACE ({cells[source.name]} AS {identifier(source.name)})"
    elif not keep:
        star = f"* EXCLUDE ({identifier(source.name)})"
    return f"SELECT {', '.join([star, *parts])} FROM {table.name}"


def new_names(table: Input, wanted: Sequence[str], source: Column) -> list[str]:
    """Names for new columns, trimmed. Raises ToolError where one is empty, given twice or taken by another column."""
    taken = {column.name.casefold() for column in table.columns} - {source.name.casefold()}
    called: list[str] = []
    for name in (source.name if name.strip().casefold() == source.name.casefold() else name.strip() for name in wanted):
        if not name:
            raise ToolError("The name of a new column is empty. Give each one of at least one character.")
        if name.casefold() in taken:
            raise ToolError(f"There already is a column '{name}'. Choose another name or remove that column first.")
        taken.add(name.casefold())
        called.append(name)
    return called


def taken_names(table: Input) -> set[str]:
    """The names of a table's columns in small letters, for `free_name`."""
    return {column.name.casefold() for column in table.columns}


def numbered(table: str, place: str) -> str:
    """The SELECT that adds each row's place: rows can be put back in their order by it."""
    return f"SELECT *, row_number() OVER () AS {place} FROM {table}"


MOST_GROUPS = 1000
"""Values that are learned for each group are written out in the SQL: beyond this many it could not be read."""


def learned_by_group(table: Input, key: str, groups: Sequence[Column], cells: Sequence[str]) -> list[list[Any]]:
    """For each group its keys and what some aggregates are in it, learned in one query; rows without a key are in none.

    Raises ToolError where there are too many groups.
    """
    filled = " AND ".join(f"{identifier(group.name)} IS NOT NULL" for group in groups)
    select = f"SELECT {', '.join([names(groups), *cells])} FROM {table.name} WHERE {filled}"
    places = ", ".join(str(place) for place in range(1, len(groups) + 1))
    found = table.learn_rows(key, f"{select} GROUP BY {places} ORDER BY {places} LIMIT {MOST_GROUPS + 1}")
    if len(found) > MOST_GROUPS:
        by = listed([group.name for group in groups])
        raise ToolError(f"{by} has more than {MOST_GROUPS:,} groups. Group by a column with fewer different values.")
    return found


def by_group(groups: Sequence[Column], values: Sequence[tuple[Sequence[Any], str]], otherwise: str) -> str:
    """The expression that gives each row the value of its group, and rows of no known group another one."""
    if not values:
        return otherwise
    if len(groups) == 1:
        cases = " ".join(f"WHEN {typed(keys[0], groups[0])} THEN {value}" for keys, value in values)
        return f"CASE {identifier(groups[0].name)} {cases} ELSE {otherwise} END"
    tests = [
        " AND ".join(f"{identifier(group.name)} = {typed(key, group)}" for group, key in zip(groups, keys, strict=True))
        for keys, _ in values
    ]
    cases = " ".join(f"WHEN {test} THEN {value}" for test, (_, value) in zip(tests, values, strict=True))
    return f"CASE {cases} ELSE {otherwise} END"

"""Transforms that put another dataset beside this one: joins on equal keys, and every row with every row."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from tools.tool import ColumnName, DatasetName, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms.sql import names, numbered, taken_names
from tools.words import counted, free_name, identifier, listed, unknown

How = Literal["left", "inner", "right", "full", "semi", "anti"]
MOST_PAIRS = 100_000_000
_VERSION = re.compile(r'^"(.+)@\d+"$')


class Other(BaseModel):
    """The second dataset of a join or concatenation."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)
    name: str
    table: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of that name, whatever its case."""
        for column in self.columns:
            if column.name.casefold() == name.casefold():
                return column
        raise ToolError(f"In {self.name}: {unknown('column', name, [column.name for column in self.columns])}")


def other_dataset(table: Input, name: str) -> Other:
    """The dataset of that name, whatever its case."""
    for known, (sql_name, columns) in table.others.items():
        if known.casefold() == name.partition("@")[0].casefold():
            return Other(name=known, table=sql_name, columns=columns)
    own = own_name(table)
    if own and name.partition("@")[0].casefold() == own.casefold():
        rest = f"Other datasets: {listed(list(table.others)) or 'none'}. Use SQL for that, or load the other file."
        raise ToolError(f"{own} can't be joined with itself. {rest}")
    if own and not table.others:
        raise ToolError(f"No dataset '{name}'. The only one is {own}. Load the other file first.")
    raise ToolError(unknown("dataset", name, list(table.others)))


def paired_keys(
    table: Input, right: Other, on: Sequence[str], other_on: Sequence[str] | None
) -> tuple[list[Column], list[Column]]:
    """The key columns of both sides, each beside its partner; they are called alike where `other_on` is left out."""
    left_keys = table.pick(on)
    right_keys = [right.column(name) for name in (other_on or [key.name for key in left_keys])]
    if not left_keys or len(left_keys) != len(right_keys):
        raise ToolError(
            f"A join needs as many key columns on both sides: got {counted(len(left_keys), 'key')} and {len(right_keys)}."
        )
    return left_keys, right_keys


def own_name(table: Input) -> str:
    """The name of the dataset that a transform works on; empty where the rows come from elsewhere."""
    found = _VERSION.match(table.name)
    return found[1].replace('""', '"') if found else ""


# --- join --------------------------------------------------------------------------------------------------------


@transform(group="combine", title="Join with {other} on {on} ({how})", rows="reshape")
def join_datasets(
    table: Input,
    other: DatasetName,
    on: list[ColumnName],
    other_on: list[ColumnName] | None = None,
    how: How = "left",
) -> Derived:
    """Add the columns of another dataset where key columns are equal. Semi keeps rows that have a match, anti those that have none.

    Args:
        other: the dataset to join with.
        on: the key columns of this dataset.
        other_on: the key columns of the other dataset, when they are called differently.
        how: left keeps all rows of this dataset, inner only matches, right all rows of the other, full all rows of both.
    """
    right = other_dataset(table, other)
    left_keys, right_keys = paired_keys(table, right, on, other_on)
    equal = " AND ".join(map(_equal, left_keys, right_keys))
    place = _place(table, right)
    columns, renamed = _joined_columns(table, right, left_keys, right_keys, how, place)
    one_sided = how in ("semi", "anti")
    theirs = f"{right.table} AS b" if one_sided else f"({numbered(right.table, place)}) AS b"
    sql = (
        f"SELECT {columns} FROM ({numbered(table.name, place)}) AS a {how.upper()} JOIN {theirs} ON {equal}"
        f" ORDER BY a.{place}{'' if one_sided else f', b.{place}'}"
    )
    text = f"Joined with {right.name} on {listed([key.name for key in left_keys])} ({how} join). "
    text += _matches(table, right, right_keys, equal, how)
    if renamed:
        text += f" Columns of the same name became {listed(renamed)}."
    return Derived(sql, text, materialise=True)


def _place(table: Input, right: Other) -> str:
    """A name for the place of a row, which no column of either dataset has."""
    return free_name("__row", taken_names(table) | {column.name.casefold() for column in right.columns})


def _equal(left: Column, right: Column) -> str:
    """The comparison of two keys; text beside another type is read as that type."""
    a, b = f"a.{identifier(left.name)}", f"b.{identifier(right.name)}"
    if left.is_text and not right.is_text:
        a = f"TRY_CAST({a} AS {right.type})"
    elif right.is_text and not left.is_text:
        b = f"TRY_CAST({b} AS {left.type})"
    elif left.type != right.type and not alike(left, right):
        a, b = f"CAST({a} AS VARCHAR)", f"CAST({b} AS VARCHAR)"
    return f"{a} = {b}"


def alike(left: Column, right: Column) -> bool:
    """Whether DuckDB compares the two types by itself."""
    return kind_of(left) == kind_of(right)


def kind_of(column: Column) -> str:
    """Columns of one kind compare and stand below each other: numbers, texts, dates with moments, else one type."""
    if column.is_number or column.is_text:
        return "number" if column.is_number else "text"
    return "moment" if column.type == "DATE" or column.type.startswith("TIMESTAMP") else column.type


def _joined_columns(
    table: Input, right: Other, left_keys: list[Column], right_keys: list[Column], how: How, place: str
) -> tuple[str, list[str]]:
    """The SELECT list, and the new names of the other dataset's columns that clashed."""
    left = f"a.* EXCLUDE ({place})"
    if how in ("semi", "anti"):
        return left, []
    keys = {key.name for key in right_keys}
    rest = [column for column in right.columns if column.name not in keys]
    renames = _renames(table, right, rest)
    if how in ("right", "full"):
        merged = ", ".join(map(_merged, left_keys, right_keys))
        left = f"{left} REPLACE ({merged})"
    if not rest:
        return left, []
    return f"{left}, b.* EXCLUDE ({place}, {names(right_keys)}){_renaming(renames)}", list(renames.values())


def _renames(table: Input, right: Other, rest: Sequence[Column]) -> dict[str, str]:
    """New names for those of the other dataset's columns whose names this one has."""
    taken = {column.name.casefold() for column in (*table.columns, *rest)}
    own = taken_names(table)
    return {
        column.name: free_name(f"{column.name}_{right.name}", taken) for column in rest if column.name.casefold() in own
    }


def _renaming(renames: Mapping[str, str]) -> str:
    pairs = ", ".join(f"{identifier(old)} AS {identifier(new)}" for old, new in renames.items())
    return f" RENAME ({pairs})" if pairs else ""


def _merged(left: Column, right: Column) -> str:
    """A key that rows of the other dataset without a match have too."""
    b = f"b.{identifier(right.name)}"
    if left.type != right.type:
        b = f"TRY_CAST({b} AS {left.type})"
    return f"coalesce(a.{identifier(left.name)}, {b}) AS {identifier(left.name)}"


def _matches(table: Input, right: Other, keys: list[Column], equal: str, how: How) -> str:
    """How many rows found a match, and a warning where some found several, so that rows multiply."""
    rows, matched = table.learn_rows(
        "matched",
        f"SELECT (SELECT count(*) FROM {table.name}),"
        f" (SELECT count(*) FROM {table.name} AS a SEMI JOIN {right.table} AS b ON {equal})",
    )[0]
    text = f"{matched:,} of {counted(rows, 'row')} found a match."
    if not matched and not table.frozen:
        text += " Check that the key columns hold the same kind of values."
    if how in ("semi", "anti"):
        return text
    grouped = ", ".join(f"b.{identifier(key.name)}" for key in keys)
    several = table.learn(
        "several",
        f"SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM {right.table} AS b SEMI JOIN {table.name} AS a"
        f" ON {equal} GROUP BY {grouped})",
    )
    if several > 1:
        text += f" Careful: {right.name} has up to {counted(several, 'row')} for one key, so rows were multiplied."
    return text


def _both_counts(table: Input, right: Other) -> tuple[int, int]:
    """How many rows the two datasets have."""
    sql = f"SELECT (SELECT count(*) FROM {table.name}), (SELECT count(*) FROM {right.table})"
    rows, theirs = table.learn_rows("rows", sql)[0]
    return rows, theirs


# --- every row with every row ------------------------------------------------------------------------------------


@transform(
    group="combine",
    title="Put every row beside every row of {other}",
    rows="reshape",
    asked_by=r"\bcross[- ]?(?:join|product|merge)|\bcartesian|^(?![\s\S]*(?:\bcount|\bnumber of|\bhow many|\bcross-?\s?tab|\bmean|\baverage|\bmedian|\bsum\b|\btotal|\bmax|\bmin|\bshare|\brate))[\s\S]*\b(?:every|each|all) (?:possible )?combinations? of\b|\b(?:every|each) row (?:of|in) [^.]* with (?:every|each)\b|교차\s?(?:조인|결합)|크로스\s?조인|모든 조합|카티션",
)
def cross_join(table: Input, other: DatasetName) -> Derived:
    """Cross join: put every row of this dataset beside every row of another one, so that all combinations are there.

    Args:
        other: the dataset whose rows are put beside each row.
    """
    right = other_dataset(table, other)
    rows, theirs = _both_counts(table, right)
    if rows * theirs > MOST_PAIRS:
        raise ToolError(
            f"{rows:,} rows beside {theirs:,} would make {rows * theirs:,}, more than {MOST_PAIRS:,}. Filter one of them first."
        )
    renames = _renames(table, right, right.columns)
    sql = f"SELECT a.*, b.*{_renaming(renames)} FROM {table.name} AS a CROSS JOIN {right.table} AS b"
    text = f"Put each of {counted(rows, 'row')} beside all {counted(theirs, 'row')} of {right.name}."
    if renames:
        text += f" Columns of the same name became {listed(list(renames.values()))}."
    return Derived(sql, text, materialise=True)


@transform(
    group="combine",
    title="Put the columns of {other} beside these, row by row",
    rows="reshape",
    asked_by=r"\b(?:side by side|beside each other|row by row|column-?wise|horizontally)\b|\b(?:paste|append|add|bind|attach|stack)\b[^.]*\bcolumns (?:of|in|from)\b|\bcbind\b|(?:옆으로|가로로|나란히) ?(?:붙|합|이어)",
)
def paste_columns(table: Input, other: DatasetName) -> Derived:
    """Put the columns of another dataset beside these, the first row with the first, the second with the second.

    Args:
        other: the dataset whose columns are put beside; it has no key in common with this one.
    """
    right = other_dataset(table, other)
    rows, theirs = _both_counts(table, right)
    renames = _renames(table, right, right.columns)
    place = _place(table, right)
    sql = (
        f"SELECT a.* EXCLUDE ({place}), b.* EXCLUDE ({place}){_renaming(renames)} FROM ({numbered(table.name, place)}) AS a"
        f" FULL JOIN ({numbered(right.table, place)}) AS b ON a.{place} = b.{place} ORDER BY coalesce(a.{place}, b.{place})"
    )
    text = f"Put {counted(len(right.columns), 'column')} of {right.name} beside these, row by row."
    if rows != theirs:
        text += f" One has {counted(rows, 'row')}, the other {theirs:,}: the cells of the shorter one's end are empty."
    if renames:
        text += f" Columns of the same name became {listed(list(renames.values()))}."
    return Derived(sql, text, materialise=True)

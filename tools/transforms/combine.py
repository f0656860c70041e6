"""Transforms whose output rows are not input rows: joins, concatenation, aggregates."""

import re
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from tools.tool import (
    Column,
    ColumnName,
    DatasetName,
    Derived,
    Input,
    ToolError,
    identifier,
    listed,
    transform,
    unknown,
)
from tools.transforms.sql import counted, free_name, is_integer, names

How = Literal["left", "inner", "right", "full", "semi", "anti"]
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


def _other(table: Input, name: str) -> Other:
    """The dataset of that name, whatever its case."""
    for known, (sql_name, columns) in table.others.items():
        if known.casefold() == name.partition("@")[0].casefold():
            return Other(name=known, table=sql_name, columns=columns)
    own = _own_name(table)
    if own and name.partition("@")[0].casefold() == own.casefold():
        rest = f"Other datasets: {listed(list(table.others)) or 'none'}. Use SQL for that, or load the other file."
        raise ToolError(f"{own} can't be joined with itself. {rest}")
    if own and not table.others:
        raise ToolError(f"No dataset '{name}'. The only one is {own}. Load the other file first.")
    raise ToolError(unknown("dataset", name, list(table.others)))


def _own_name(table: Input) -> str:
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
    right = _other(table, other)
    left_keys = table.pick(on)
    right_keys = [right.column(name) for name in (other_on or [key.name for key in left_keys])]
    if not left_keys or len(left_keys) != len(right_keys):
        raise ToolError(
            f"A join needs as many key columns on both sides: got {counted(len(left_keys), 'key')} and {len(right_keys)}."
        )
    equal = " AND ".join(map(_equal, left_keys, right_keys))
    columns, renamed = _joined_columns(table, right, left_keys, right_keys, how)
    sql = f"SELECT {columns} FROM {table.name} AS a {how.upper()} JOIN {right.table} AS b ON {equal}"
    text = f"Joined with {right.name} on {listed([key.name for key in left_keys])} ({how} join). "
    text += _matches(table, right, right_keys, equal, how)
    if renamed:
        text += f" Columns of the same name became {listed(renamed)}."
    return Derived(sql, text, materialise=True)


def _equal(left: Column, right: Column) -> str:
    """The comparison of two keys; text beside another type is read as that type."""
    a, b = f"a.{identifier(left.name)}", f"b.{identifier(right.name)}"
    if left.is_text and not right.is_text:
        a = f"TRY_CAST({a} AS {right.type})"
    elif right.is_text and not left.is_text:
        b = f"TRY_CAST({b} AS {left.type})"
    elif left.type != right.type and not _alike(left, right):
        a, b = f"CAST({a} AS VARCHAR)", f"CAST({b} AS VARCHAR)"
    return f"{a} = {b}"


def _alike(left: Column, right: Column) -> bool:
    """Whether DuckDB compares the two types by itself."""
    return (left.is_number and right.is_number) or (left.is_text and right.is_text) or (left.is_time and right.is_time)


def _joined_columns(
    table: Input, right: Other, left_keys: list[Column], right_keys: list[Column], how: How
) -> tuple[str, list[str]]:
    """The SELECT list, and the new names of the other dataset's columns that clashed."""
    if how in ("semi", "anti"):
        return "a.*", []
    keys = {key.name for key in right_keys}
    rest = [column for column in right.columns if column.name not in keys]
    taken = {column.name.casefold() for column in (*table.columns, *rest)}
    own = {column.name.casefold() for column in table.columns}
    renames: dict[str, str] = {}
    for column in rest:
        if column.name.casefold() in own:
            renames[column.name] = free_name(f"{column.name}_{right.name}", taken)
    left = "a.*"
    if how in ("right", "full"):
        merged = ", ".join(map(_merged, left_keys, right_keys))
        left = f"a.* REPLACE ({merged})"
    if not rest:
        return left, []
    b = f"b.* EXCLUDE ({names(right_keys)})"
    if renames:
        b += f" RENAME ({', '.join(f'{identifier(old)} AS {identifier(new)}' for old, new in renames.items())})"
    return f"{left}, {b}", list(renames.values())


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


# --- concatenation -----------------------------------------------------------------------------------------------


@transform(group="combine", title="Add the rows of {other}", rows="reshape")
def concatenate_datasets(table: Input, other: DatasetName, how: Literal["all", "common"] = "all") -> Derived:
    """Add the rows of another dataset below this one. Columns are matched by name, whatever the case.

    Args:
        other: the dataset whose rows are added; the dataset itself adds each of its rows once more.
        how: all keeps every column of both, with empty cells where one has none; common keeps the columns both have.
    """
    if (own := _own_name(table)) and other.partition("@")[0].casefold() == own.casefold():
        return _repeated(table, own)
    right = _other(table, other)
    theirs = {column.name.casefold(): column for column in right.columns}
    common = [column for column in table.columns if column.name.casefold() in theirs]
    if not common:
        raise ToolError(
            f"{right.name} has no column in common. Here: {listed([column.name for column in table.columns])}. There: {listed([column.name for column in right.columns])}."
        )
    ours = {column.name.casefold() for column in common}
    alone = [column for column in table.columns if column not in common]
    added = [column for column in right.columns if column.name.casefold() not in ours]
    pairs = [(column, theirs[column.name.casefold()]) for column in common]
    text_now = [left.name for left, right_ in pairs if left.type != right_.type and not _alike(left, right_)]
    first = [_cell(column, column.name, text_now) for column in (common if how == "common" else table.columns)]
    second = [_cell(other_, left.name, text_now) for left, other_ in pairs]
    if how == "all":
        second += [identifier(column.name) for column in added]
    sql = f"SELECT {', '.join(first)} FROM {table.name} UNION ALL BY NAME SELECT {', '.join(second)} FROM {right.table}"
    count = table.learn("added", f"SELECT count(*) FROM {right.table}")
    text = f"Added {counted(count, 'row')} of {right.name}; {counted(len(common), 'column')} matched by name."
    lonely = [column.name for column in (*alone, *added)]
    if lonely:
        verb = "are empty where a row had none" if how == "all" else "were left out"
        text += f" Only one of the two has {listed(lonely)}; these cells {verb}."
    if text_now:
        text += f" {listed(text_now)} became text, for the two hold different types."
    return Derived(sql, text, materialise=True)


def _repeated(table: Input, own: str) -> Derived:
    """Every row of the dataset once more below it."""
    rows = table.learn("added", f"SELECT count(*) FROM {table.name}")
    sql = f"SELECT * FROM {table.name} UNION ALL SELECT * FROM {table.name}"
    return Derived(sql, f"Added all {counted(rows, 'row')} of {own} once more.", materialise=True)


def _cell(column: Column, name: str, text_now: Sequence[str]) -> str:
    """A column under the name both share, as text where the two types can't be joined."""
    quoted = identifier(column.name)
    if name in text_now and not column.is_text:
        return f"CAST({quoted} AS VARCHAR) AS {identifier(name)}"
    return quoted if column.name == name else f"{quoted} AS {identifier(name)}"


# --- aggregates --------------------------------------------------------------------------------------------------


class Measure(BaseModel):
    """One number computed for each group."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    function: Literal["count", "sum", "mean", "median", "min", "max", "count_distinct"]
    column: ColumnName | None = None
    """Left out for a count of rows."""


@transform(group="combine", title="Aggregate by {group_by}", rows="reshape")
def aggregate(table: Input, group_by: list[ColumnName], measures: list[Measure]) -> Derived:
    """Make one row per group, with counts, sums, means or other numbers of the group's rows.

    Args:
        group_by: the columns that make the groups; an empty list gives one row for all.
        measures: what to compute, each a function and a column, for example {"function": "mean", "column": "Fare"}.
    """
    groups = table.pick(group_by)
    if not measures:
        raise ToolError("No measures were named. Name at least one, for example a count.")
    taken = {column.name.casefold() for column in groups}
    parts = [identifier(column.name) for column in groups]
    made = []
    for measure in measures:
        expression, name = _measured(table, measure)
        made.append(free_name(name, taken))
        parts.append(f"{expression} AS {identifier(made[-1])}")
    sql = f"SELECT {', '.join(parts)} FROM {table.name}"
    if groups:
        sql += f" GROUP BY {names(groups)} ORDER BY {', '.join(f'{identifier(column.name)} NULLS LAST' for column in groups)}"
    by = f" for each {' and '.join(column.name for column in groups)}" if groups else ""
    return Derived(sql, f"Computed {listed(made)}{by}.", materialise=True)


def _measured(table: Input, measure: Measure) -> tuple[str, str]:
    """The expression and the name of one measure. Raises ToolError where the column can't be measured so."""
    function = measure.function
    if measure.column is None:
        if function != "count":
            raise ToolError(f"Measure {function} needs a column. Only count works without one.")
        return "count(*)", "count"
    column = table.column(measure.column)
    name = identifier(column.name)
    if function in ("sum", "mean", "median") and not column.is_number:
        raise ToolError(f"{column.name} holds no numbers, so it has no {function}. Choose a number column, or count.")
    expression = {
        "count": f"count({name})",
        "count_distinct": f"count(DISTINCT {name})",
        "mean": f"avg({name})",
        # DuckDB's sum of whole numbers is a HUGEINT, which frames and files take for a float.
        "sum": f"CAST(sum({name}) AS BIGINT)" if is_integer(column) else f"sum({name})",
    }.get(function, f"{function}({name})")
    return expression, f"{function}_{column.name}"

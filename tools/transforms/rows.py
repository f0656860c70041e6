"""Transforms that choose or order rows by a rule the person gave."""

from typing import Literal

from tools.tool import ColumnName, Derived, Formula, Input, ToolError, identifier, listed, transform
from tools.transforms.sql import counted, names, numbered, taken_names

SEED = 42
MOST_TIMES = 1000


@transform(group="rows", title="Filter rows: {action} where {condition}", rows="population")
def filter_rows(table: Input, condition: Formula, action: Literal["keep", "remove"] = "keep") -> Derived:
    """Keep or remove the rows where a condition is true. Use it for every kind of filter.

    Args:
        condition: a SQL condition over the columns, for example "Age" > 30 AND "City" = 'Paris'.
        action: keep the rows where it is true, or remove them.
    """
    from tools.guard import check_formula

    condition = check_formula(condition, [column.name for column in table.columns])
    test = "IS TRUE" if action == "keep" else "IS NOT TRUE"
    sql = f"SELECT * FROM {table.name} WHERE ({condition}) {test}"
    true, rows = table.learn_rows(
        "true", f"SELECT count(*) FILTER (WHERE ({condition}) IS TRUE), count(*) FROM {table.name}"
    )[0]
    left = true if action == "keep" else rows - true
    if left == rows:
        return Derived(sql, f"All {counted(rows, 'row')} stay: none is removed by {condition}.", changes=False)
    if not left:
        raise ToolError(f"No row would be left: {condition} is true for {true:,} of {counted(rows, 'row')}. Change it.")
    kept = "Kept" if action == "keep" else "Removed"
    return Derived(sql, f"{kept} the {counted(true, 'row')} where {condition}.")


@transform(group="rows", title="Sort by {columns}", rows="population")
def sort_rows(table: Input, columns: list[ColumnName], descending: bool = False) -> Derived:
    """Sort the rows by one or more columns. Empty cells come last.

    Args:
        columns: the columns to sort by, the most important first.
        descending: true for the largest first.
    """
    keys = table.pick(columns)
    if not keys:
        raise ToolError("No columns were named. Name at least one column to sort by.")
    way = "DESC" if descending else "ASC"
    order = ", ".join(f"{identifier(column.name)} {way} NULLS LAST" for column in keys)
    # The row number keeps rows that compare equal in the order they had.
    sql = f"SELECT * FROM {table.name} ORDER BY {order}, row_number() OVER ()"
    first = "largest first" if descending else "smallest first"
    return Derived(sql, f"Sorted by {listed([column.name for column in keys])}, {first}.", materialise=True)


@transform(group="rows", title="Remove duplicate rows", rows="population")
def drop_duplicates(table: Input, columns: list[ColumnName] | None = None) -> Derived:
    """Remove duplicate rows and keep the first of each. Rows are duplicates when all columns, or the named ones, are equal.

    Args:
        columns: the columns that make two rows duplicates; leave it out for all columns.
    """
    keys = table.pick(columns) if columns else list(table.columns)
    same = "all columns" if not columns else listed([column.name for column in keys])
    order = _order(table)
    sql = (
        f"SELECT * EXCLUDE ({order}) FROM (SELECT *, row_number() OVER () AS {order} FROM {table.name})"
        f" QUALIFY row_number() OVER (PARTITION BY {names(keys)} ORDER BY {order}) = 1 ORDER BY {order}"
    )
    count = table.learn(
        "duplicates",
        f"SELECT coalesce(sum(n - 1), 0)::BIGINT FROM (SELECT count(*) AS n FROM {table.name} GROUP BY {names(keys)})",
    )
    if not count:
        return Derived(sql, f"No duplicate rows found (compared by {same}).", changes=False)
    return Derived(sql, f"Removed {counted(count, 'duplicate row')} (compared by {same}), keeping the first of each.")


def _order(table: Input) -> str:
    """A name for the row number that no column of the table has."""
    name, taken = "__order", taken_names(table)
    while name in taken:
        name += "_"
    return name


@transform(group="rows", title="Take {count} rows ({how})", rows="population")
def take_rows(table: Input, count: int, how: Literal["first", "random"] = "first") -> Derived:
    """Take only some rows: the first ones, or a random sample that is the same each time.

    Args:
        count: how many rows to take.
        how: first or random.
    """
    if count < 1:
        raise ToolError(f"Can't take {count} rows. Give a count of at least 1.")
    rows = table.learn("rows", f"SELECT count(*) FROM {table.name}")
    if how == "first":
        sql = f"SELECT * FROM {table.name} LIMIT {count}"
    else:
        order = _order(table)
        rows_numbered = numbered(table, order)
        picked = f"SELECT * FROM ({rows_numbered}) ORDER BY hash({order}, {SEED}) LIMIT {count}"
        sql = f"SELECT * EXCLUDE ({order}) FROM ({picked}) ORDER BY {order}"
    if rows <= count:
        return Derived(sql, f"All rows stay: the dataset has {counted(rows, 'row')}.", changes=False)
    what = "the first" if how == "first" else "a random sample of"
    return Derived(sql, f"Took {what} {counted(count, 'row')}.", materialise=True)


@transform(group="rows", title="Repeat every row, {times} in all", rows="train_only")
def repeat_rows(table: Input, times: int) -> Derived:
    """Repeat all rows, so that each is there several times, one copy of the dataset below the other.

    Args:
        times: how many times each row is there afterwards; 2 doubles the dataset.
    """
    if not 2 <= times <= MOST_TIMES:
        raise ToolError(f"Can't have every row {times} times. Give a number from 2 to {MOST_TIMES}.")
    order = _order(table)
    rows_numbered = numbered(table, order)
    copies = f"FROM ({rows_numbered}), range({times}) AS copies(copy)"
    sql = f"SELECT * EXCLUDE ({order}, copy) {copies} ORDER BY copy, {order}"
    return Derived(sql, f"Each row is there {times} times now.", materialise=True)

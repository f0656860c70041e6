"""Transforms that choose or order rows by a rule the person gave."""

from collections.abc import Sequence
from typing import Literal

from tools.number_words import KOREAN, ORDINALS, SEVERAL, either
from tools.tool import ColumnName, Formula, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms import parse
from tools.transforms.sql import names, numbered, taken_names
from tools.words import counted, free_name, identifier, listed

SEED = 42
MOST_TIMES = 1000
Keep = Literal["first", "last", "largest", "smallest", "most_complete", "none"]
_MIXED = r"\b(?:desc\w*|largest first)\b[\s\S]*\basc\w*|\basc\w*\b[\s\S]*\bdesc|내림차순[\s\S]*오름차순|오름차순[\s\S]*내림차순"
_EMPTY_FIRST = (
    r"\b(?:nulls?|empty|missing|nan|blanks?)\b[^.]*\b(?:first|top|beginning|start)\b|(?:빈|결측)[^.]*(?:앞|먼저|맨 위)"
)
_KEEPS = (
    r"\b(?:keep|retain|leav)\w*\b[^.]*\b(?:last|latest|newest|recent|largest|highest|biggest|smallest|lowest|oldest|earliest|complete|fullest|fewest|none)\b"
    r"|\b(?:none|all|both|every)\b[^.]*\b(?:copies|of (?:them|the duplicates))\b|(?:마지막|최신|최근|가장|완전한|하나도)[^.]*(?:남기|남겨|유지)"
)
_FROM_END = rf"\b(?:last|bottom|final) (?:\d+|few|{either(SEVERAL)}) (?:rows?|records?|lines?|entries)|\btail\b|(?:마지막|끝|맨 아래) ?(?:\d+|열|{either(KOREAN)})"
_SKIPS = r"\bskip\w*|\bafter the first \d+|\brows? (?:\d+|from \d+) (?:to|through|until)|\bexcept the first|건너뛰"
_EVERY = rf"\bevery (?:\d+(?:st|nd|rd|th)|other|n-?th|{either(ORDINALS)}) (?:row|record|line)|\d+ ?(?:행|줄|개)(?:마다|에 하나)"
_OF_EACH = r"\b(?:first|last|top|bottom)\b[^.]*\b(?:rows?|records?|entries)\b[^.]*\b(?:of each|per|for each|in each|of every)\b|(?:마다|별로)[^.]*(?:행|건)만"
_REMOVES = r"\b(?:remov|drop|delet|discard|cut)\w* (?:the )?(?:first|last|top|bottom)\b[^.]*\b(?:rows?|records?|lines?)\b|(?:처음|첫|앞|마지막|끝)[^.]*행[^.]*(?:삭제|제거|지워|빼)"


@transform(group="rows", title="Filter rows: {action} where {condition}", rows="population")
def filter_rows(table: Input, condition: Formula, action: Literal["keep", "remove"] = "keep") -> Derived:
    """Keep or remove the rows where a condition is true. Use it for every kind of filter.

    Args:
        condition: a SQL condition over the columns, for example "Age" > 30 AND "City" = 'Paris'.
        action: keep the rows where it is true, or remove them.
    """
    from tools.guard import check_formula

    condition = check_formula(condition, [column.name for column in table.columns])
    return filtered(table, condition, condition, action)


def filtered(table: Input, condition: str, told: str, action: Literal["keep", "remove"]) -> Derived:
    """The rows where a condition is true, or the others; `told` says it in words."""
    test = "IS TRUE" if action == "keep" else "IS NOT TRUE"
    sql = f"SELECT * FROM {table.name} WHERE ({condition}) {test}"
    true, rows = table.learn_rows(
        "true", f"SELECT count(*) FILTER (WHERE ({condition}) IS TRUE), count(*) FROM {table.name}"
    )[0]
    left = true if action == "keep" else rows - true
    if left == rows:
        return Derived(sql, f"All {counted(rows, 'row')} stay: none is removed by {told}.", changes=False)
    if not left:
        raise ToolError(f"No row would be left: {told} is true for {true:,} of {counted(rows, 'row')}. Change it.")
    kept = "Kept" if action == "keep" else "Removed"
    return Derived(sql, f"{kept} the {counted(true, 'row')} where {told}.")


@transform(
    group="rows", title="Sort by {columns}", rows="population", more={"largest_first": _MIXED, "empty": _EMPTY_FIRST}
)
def sort_rows(
    table: Input,
    columns: list[ColumnName],
    descending: bool = False,
    largest_first: list[ColumnName] | None = None,
    empty: Literal["last", "first"] = "last",
) -> Derived:
    """Sort the rows by one or more columns. Empty cells come last.

    Args:
        columns: the columns to sort by, the most important first.
        descending: true for the largest first.
        largest_first: those of the columns whose largest comes first, where the columns differ in that.
        empty: whether empty cells come last or first.
    """
    keys, down = table.pick(columns), table.pick(largest_first or [])
    if not keys:
        raise ToolError("No columns were named. Name at least one column to sort by.")
    if lost := [column.name for column in down if column not in keys]:
        raise ToolError(f"The rows are not sorted by {listed(lost)}. Name it in columns too.")
    down = down or (keys if descending else [])
    order = ", ".join(
        f"{identifier(key.name)} {'DESC' if key in down else 'ASC'} NULLS {empty.upper()}" for key in keys
    )
    # The row number keeps rows that compare equal in the order they had.
    sql = f"SELECT * FROM {table.name} ORDER BY {order}, row_number() OVER ()"
    mixed = 0 < len(down) < len(keys)
    first = "largest first" if down else "smallest first"
    told = f"{listed([key.name for key in down])} largest first and the others smallest first" if mixed else first
    text = f"Sorted by {listed([key.name for key in keys])}, {told}{', empty cells first' * (empty == 'first')}."
    return Derived(sql, text, materialise=True)


@transform(group="rows", title="Remove duplicate rows", rows="population", more={"keep": _KEEPS, "by": _KEEPS})
def drop_duplicates(
    table: Input,
    columns: list[ColumnName] | None = None,
    keep: Keep = "first",
    by: ColumnName | None = None,
) -> Derived:
    """Remove duplicate rows and keep the first of each. Rows are duplicates when all columns, or the named ones, are equal.

    Args:
        columns: the columns that make two rows duplicates; leave it out for all columns.
        keep: which one stays: the first, the last, the one with the largest (for dates the newest) or smallest value of
            a column, the one with the fewest empty cells, or none.
        by: the column of the largest or smallest value.
    """
    keys = table.pick(columns) if columns else list(table.columns)
    same = "all columns" if not columns else listed([column.name for column in keys])
    order = free_name("__order", taken_names(table))
    within = (
        f"OVER (PARTITION BY {names(keys)} ORDER BY {_preferred(table, keep, by)}{order}{' DESC' * (keep == 'last')})"
    )
    test = f"count(*) OVER (PARTITION BY {names(keys)})" if keep == "none" else f"row_number() {within}"
    sql = f"SELECT * EXCLUDE ({order}) FROM ({numbered(table.name, order)}) QUALIFY {test} = 1 ORDER BY {order}"
    gone = "sum(n) FILTER (n > 1)" if keep == "none" else "sum(n - 1)"
    count = table.learn(
        "duplicates",
        f"SELECT coalesce({gone}, 0)::BIGINT FROM (SELECT count(*) AS n FROM {table.name} GROUP BY {names(keys)})",
    )
    if not count:
        return Derived(sql, f"No duplicate rows found (compared by {same}).", changes=False)
    kept = {"none": "none of them", "most_complete": "the one of each with the fewest empty cells"}.get(keep)
    kept = kept or (f"the {keep} of each" if by is None else f"the one of each with the {keep} {table.column(by).name}")
    return Derived(sql, f"Removed {counted(count, 'duplicate row')} (compared by {same}), keeping {kept}.")


def _preferred(table: Input, keep: Keep, by: str | None) -> str:
    """What puts the duplicate to keep before the others, with a comma behind; empty where its place does."""
    if (by is not None) != (keep in ("largest", "smallest")):
        raise ToolError(
            f"Keep largest or smallest goes with a column in by, and the others without: got {keep} and {by}."
        )
    if keep == "most_complete":
        return " + ".join(f"({identifier(column.name)} IS NOT NULL)::INT" for column in table.columns) + " DESC, "
    if by is None:
        return ""
    return f"{parse.comparable(table, table.column(by))} {'DESC' if keep == 'largest' else 'ASC'} NULLS LAST, "


@transform(
    group="rows",
    title="Take {count} rows ({how})",
    rows="population",
    more={"from_end": _FROM_END, "skip": _SKIPS, "every": _EVERY, "group_by": _OF_EACH, "remove": _REMOVES},
)
def take_rows(
    table: Input,
    count: int,
    how: Literal["first", "random"] = "first",
    from_end: bool = False,
    skip: int = 0,
    every: int = 1,
    group_by: list[ColumnName] | None = None,
    remove: bool = False,
) -> Derived:
    """Take only some rows: the first ones, or a random sample that is the same each time.

    Args:
        count: how many rows to take.
        how: first or random.
        from_end: true counts from the end, so that the last rows are taken.
        skip: how many rows are passed over before.
        every: 10 takes every tenth row, beginning with the first.
        group_by: the columns whose groups give so many rows each.
        remove: true removes these rows and keeps all others.
    """
    if count < 1 or skip < 0 or every < 1:
        more = f", skip {skip} and take one of {every}" if skip or every != 1 else ""
        raise ToolError(f"Can't take {count} rows{more}. Give a count of at least 1.")
    groups = table.pick(group_by or [])
    rows = table.learn("rows", f"SELECT count(*) FROM {table.name}")
    if how == "random":
        return _random(table, count, rows, plain=not (from_end or skip or every > 1 or groups or remove))
    if every == 1 and not (from_end or groups or remove):
        sql = f"SELECT * FROM {table.name} LIMIT {count}{f' OFFSET {skip}' if skip else ''}"
        left = max(0, min(rows - skip, count))
    else:
        sql = _placed(table, count, groups, from_end=from_end, skip=skip, every=every, remove=remove)
        left = int(table.learn("left", f"SELECT count(*) FROM ({sql})"))
    if left == rows:
        return Derived(sql, f"All rows stay: the dataset has {counted(rows, 'row')}.", changes=False)
    if not left:
        raise ToolError(f"No row would be left of {counted(rows, 'row')}. Give other numbers.")
    what = f"the {'last' if from_end else 'first'} {counted(count, 'row')}"
    what += f" of each {listed([group.name for group in groups])}" if groups else ""
    what += f", one of {every}" if every > 1 else ""
    what += f", after {counted(skip, 'row')} passed over" if skip else ""
    return Derived(sql, f"{'Removed' if remove else 'Took'} {what}.", materialise=True)


def _random(table: Input, count: int, rows: int, *, plain: bool) -> Derived:
    """A random sample, in the order in which the rows stood."""
    if not plain:
        raise ToolError("A random sample takes a count only. Use sample_rows for a sample of each group.")
    order = free_name("__order", taken_names(table))
    picked = f"SELECT * FROM ({numbered(table.name, order)}) ORDER BY hash({order}, {SEED}) LIMIT {count}"
    sql = f"SELECT * EXCLUDE ({order}) FROM ({picked}) ORDER BY {order}"
    if rows <= count:
        return Derived(sql, f"All rows stay: the dataset has {counted(rows, 'row')}.", changes=False)
    return Derived(sql, f"Took a random sample of {counted(count, 'row')}.", materialise=True)


def _placed(
    table: Input, count: int, groups: Sequence[Column], *, from_end: bool, skip: int, every: int, remove: bool
) -> str:
    """The rows at some places, counted within groups and from the start or the end."""
    taken = taken_names(table)
    order, turn = free_name("__order", taken), free_name("__turn", taken)
    within = f"PARTITION BY {names(groups)} " if groups else ""
    turns = f"row_number() OVER ({within}ORDER BY {order}{' DESC' * from_end}) AS {turn}"
    test = f"{turn} BETWEEN {skip + 1} AND {skip + count * every}"
    test += f" AND ({turn} - {skip + 1}) % {every} = 0" if every > 1 else ""
    wanted = f"NOT ({test})" if remove else test
    return (
        f"SELECT * EXCLUDE ({order}, {turn}) FROM (SELECT *, {turns} FROM ({numbered(table.name, order)}))"
        f" WHERE {wanted} ORDER BY {order}"
    )


@transform(group="rows", title="Repeat every row, {times} in all", rows="train_only")
def repeat_rows(table: Input, times: int) -> Derived:
    """Repeat all rows, so that each is there several times, one copy of the dataset below the other.

    Args:
        times: how many times each row is there afterwards; 2 doubles the dataset.
    """
    if not 2 <= times <= MOST_TIMES:
        raise ToolError(f"Can't have every row {times} times. Give a number from 2 to {MOST_TIMES}.")
    order = free_name("__order", taken_names(table))
    rows_numbered = numbered(table.name, order)
    copies = f"FROM ({rows_numbered}), range({times}) AS copies(copy)"
    sql = f"SELECT * EXCLUDE ({order}, copy) {copies} ORDER BY copy, {order}"
    return Derived(sql, f"Each row is there {times} times now.", materialise=True)

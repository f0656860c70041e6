"""The transform that adds a column computed over other rows: ranks, running totals, rolling means, the row before.

What is not covered: windows of time (the last 7 days) where days are missing; fill the gaps first.
"""

from collections.abc import Sequence
from typing import Literal

from tools.tool import ColumnName, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms.sql import is_integer, names, new_names, numbered, taken_names
from tools.words import free_name, identifier, listed

Function = Literal[
    "row_number", "rank", "dense_rank", "percent_rank", "lag", "lead", "difference", "percent_change",
    "running_sum", "running_mean", "running_count", "running_min", "running_max",
    "rolling_sum", "rolling_mean", "rolling_median", "rolling_min", "rolling_max", "rolling_sd",
    "group_sum", "group_mean", "group_median", "group_min", "group_max", "group_sd", "group_count", "share",
]  # fmt: skip
MOST_ROWS = 100_000
_CALLS = {
    "sum": "sum",
    "mean": "avg",
    "median": "median",
    "count": "count",
    "min": "min",
    "max": "max",
    "sd": "stddev_samp",
}
_OF_NUMBERS = ("difference", "percent_change", "sum", "mean", "median", "sd", "share")


@transform(
    group="reshape",
    title="Add {function} as a column",
    rows="reshape",
    asked_by=r"\b(?:rolling|moving) (?:average|mean|sum|total|median|min|max|std|standard|window)|\bcumulative|\bcumsum|\brunning (?:total|sum|count|average|mean)|누적|이동\s?(?:평균|합)"
    r"|\b(?:column|add|new)\b[^.]*\b(?:share|part|percentage) of (?:the |its )?(?:group|total)\b|\b(?:rank|lag|lead|shift|previous (?:row|value)|row before|row numbers?)(?=[\s\S]*\b(?:column|add|new)\b)|(?:add|new|column)\b[\s\S]*\b(?:ranks?|ranking|lag|lead|shift|previous (?:row|value)|row numbers?)\b"
    r"|(?:순위|직전|이전\s?(?:행|값)|행\s?번호)(?=[\s\S]*(?:컬럼|칼럼|열|추가))",
)
def add_window(
    table: Input,
    function: Function,
    column: ColumnName | None = None,
    order_by: list[ColumnName] | None = None,
    group_by: list[ColumnName] | None = None,
    size: int | None = None,
    descending: bool = False,
    name: str | None = None,
    also: list[ColumnName] | None = None,
    partial: bool = False,
) -> Derived:
    """Add a column computed over other rows: a rank, a running total, a rolling mean, the value of the row before.

    Args:
        function: what is computed; rolling ones look at the last rows, running ones at all rows so far, group ones at
            all rows of the group; share is a value's part of the group's total.
        column: the column it is computed from; ranks go by it.
        order_by: the columns that order the rows, such as a date; the rows as they stand if left out.
        group_by: the groups within which it is computed.
        size: rows of a rolling window (3 unless told), or how far lag, lead and change look (1 unless told).
        descending: true ranks the highest first, or orders from the last to the first.
        name: what the new column is called.
        also: further columns, each computed likewise into a column of its own.
        partial: true lets rolling windows at the start have fewer rows than their size.
    """
    named = [*([column] if column is not None else []), *(also or [])]
    sources: Sequence[Column | None] = table.pick(named) if named else [None]
    groups, order = table.pick(group_by or []), table.pick(order_by or [])
    if name and len(sources) > 1:
        raise ToolError(f"One name can't be that of {len(sources)} new columns. Leave it out.")
    steps = size if size is not None else 3 if function.startswith("rolling") else 1
    taken = taken_names(table)
    place = free_name("row", set(taken))
    within = f"PARTITION BY {names(groups)} " if groups else ""
    ranked = function in ("rank", "dense_rank", "percent_rank")
    cells: dict[str, str] = {}
    for source in sources:
        _check(source, function, size)
        wanted = name.strip() if name else f"{function}_{source.name}" if source is not None else function
        called = new_names(table, [wanted], source or Column("", ""))[0] if name else free_name(wanted, taken)
        keys = [source] if ranked and source is not None else order
        window = f"{within}ORDER BY {_order(keys, place, descending=descending, ranked=ranked)}"
        if function.startswith("group") or function == "share":
            window = within.strip()
        cells[called] = _cell(source, function, window, steps, partial=partial)
    added = ", ".join(f"{cell} AS {identifier(called)}" for called, cell in cells.items())
    computed = f"SELECT *, {added} FROM ({numbered(table.name, place)})"
    sql = f"SELECT * EXCLUDE ({place}) FROM ({computed}) ORDER BY {place}"
    told = f" of {listed([source.name for source in sources if source is not None])}" if named else ""
    rows = f" over {steps} rows" if function.startswith("rolling") else f" by {steps} rows" if steps > 1 else ""
    where = f" within {listed([group.name for group in groups])}" if groups else ""
    ordered = f", ordered by {listed([key.name for key in order])}" if order and not ranked else ""
    text = f"Added {listed(list(cells))}: {function.replace('_', ' ')}{told}{rows}{where}{ordered}."
    return Derived(sql, text, materialise=True)


def _order(keys: Sequence[Column], place: str, *, descending: bool, ranked: bool) -> str:
    """What orders the rows of a window: the keys and, but for ranks, the places of rows that have the same."""
    way = " DESC" if descending else ""
    places = [] if ranked else [f"{place}{way if not keys else ''}"]
    return ", ".join([*(f"{identifier(key.name)}{way} NULLS LAST" for key in keys), *places])


def _kind(function: Function) -> str:
    """What a function computes, without over which rows."""
    return function.split("_", 1)[1] if function.startswith(("running", "rolling", "group")) else function


def _check(source: Column | None, function: Function, size: int | None) -> None:
    """Raises ToolError where the arguments don't fit each other."""
    if source is None and function not in ("row_number", "running_count", "group_count"):
        raise ToolError(f"{function} needs a column. Name the one it is computed from.")
    kind = _kind(function)
    if (
        source is not None
        and kind in _OF_NUMBERS
        and not source.is_number
        and not (kind == "difference" and source.is_time)
    ):
        raise ToolError(
            f"{source.name} holds no numbers, so it has no {function.replace('_', ' ')}. Name a number column."
        )
    if size is not None and not 1 <= size <= MOST_ROWS:
        raise ToolError(f"A window of {size:,} rows can't be. Give a size from 1 to {MOST_ROWS:,}.")


def _cell(source: Column | None, function: Function, window: str, steps: int, *, partial: bool) -> str:
    """The window function over `window`, which names its groups and order."""
    kind = _kind(function)
    name = identifier(source.name) if source is not None else "*"
    before = f"lag({name}, {steps}) OVER ({window})"
    match function:
        case "row_number" | "rank" | "dense_rank" | "percent_rank":
            return f"{function}() OVER ({window})"
        case "lag" | "lead":
            return f"{function}({name}, {steps}) OVER ({window})"
        case "difference":
            return f"{name} - {before}"
        case "percent_change":
            return f"100.0 * ({name} - {before}) / nullif(abs({before}), 0)"
        case "share":
            return f"{name} / nullif(sum({name}) OVER ({window}), 0)"
    if function.startswith("group"):
        call = f"{_CALLS[kind]}({name}) OVER ({window})"
        return f"CAST({call} AS BIGINT)" if source is not None and kind == "sum" and is_integer(source) else call
    rows = "UNBOUNDED" if function.startswith("running") else str(steps - 1)
    call = f"{_CALLS[kind]}({name}) OVER ({window} ROWS BETWEEN {rows} PRECEDING AND CURRENT ROW)"
    if function.startswith("rolling") and kind != "count" and not partial:
        full = f"count({name}) OVER ({window} ROWS BETWEEN {rows} PRECEDING AND CURRENT ROW) = {steps}"
        call = f"CASE WHEN {full} THEN {call} END"
    # DuckDB's sum of whole numbers is a HUGEINT, which frames and files take for a float.
    return f"CAST({call} AS BIGINT)" if source is not None and kind == "sum" and is_integer(source) else call

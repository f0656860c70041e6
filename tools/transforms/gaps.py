"""Transforms of empty cells that look further than their column: the value before, a line between two, a flag, columns of little.

What is not covered: fills by a model, and lines over dates that are unevenly spaced.
"""

from collections.abc import Sequence
from typing import Literal

from tools.tool import ColumnName, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms.sql import names, numbered, skipped, taken_names, with_columns
from tools.words import counted, free_name, identifier, listed

Along = Literal["forward", "backward", "interpolate"]


@transform(
    group="missing",
    title="Fill {columns} along the rows ({method})",
    rows="reshape",
    asked_by=r"\b(?:forward|backward?|down(?:ward)?)[- ]?fill|\b[fb]fill\b|interpolat|\bcarr(?:y|ied) (?:it |them |values? )?(?:forward|down)|\b(?:previous|last|next|preceding|following) (?:known |valid |non-?missing |observed |available )?(?:value|row|observation|entry|day)"
    r"|(?:앞|이전|직전|뒤|다음|바로 위|위쪽?)(?:의|에)? ?(?:값|행)|보간",
)
def fill_along(
    table: Input,
    columns: list[ColumnName] | None = None,
    method: Along = "forward",
    order_by: list[ColumnName] | None = None,
    group_by: list[ColumnName] | None = None,
) -> Derived:
    """Fill empty cells from the rows around them: the last value before, the next one after, or a line between the two.

    Args:
        columns: the columns to fill; all with empty cells if left out.
        method: forward takes the value before, backward the one after, interpolate the line between both.
        order_by: the columns that order the rows, such as a date; the rows as they stand if left out.
        group_by: the groups within which it looks.
    """
    asked = table.pick(columns) if columns else list(table.columns)
    groups, order = table.pick(group_by or []), table.pick(order_by or [])
    reasons = {}
    if method == "interpolate":
        reasons = {column.name: "holds no numbers" for column in asked if not column.is_number}
        asked = [column for column in asked if column.is_number]
    asked = [column for column in asked if column not in (*groups, *order)]
    if not asked:
        raise ToolError(f"No column can be filled by {method}.{skipped(reasons)} Name others.")
    counts = ", ".join(f"count(*) - count({identifier(column.name)})" for column in asked)
    empty = table.learn_rows("empty", f"SELECT {counts} FROM {table.name}")[0]
    wanted = [column for column, count in zip(asked, empty, strict=True) if count]
    if not wanted:
        where = listed([column.name for column in asked]) if columns else "any column"
        return Derived(f"SELECT * FROM {table.name}", f"No empty cells in {where}; nothing to fill.", changes=False)
    sql = _filled(table, wanted, method, groups, order)
    left = table.learn_rows(
        "left", f"SELECT {', '.join(f'count(*) - count({identifier(c.name)})' for c in wanted)} FROM ({sql})"
    )[0]
    before = dict(zip((column.name for column in asked), empty, strict=True))
    filled = {column.name: before[column.name] - rest for column, rest in zip(wanted, left, strict=True)}
    said = [f"{name} ({counted(count, 'cell')})" for name, count in filled.items() if count]
    rest = sum(left)
    how = {"forward": "the value before", "backward": "the value after", "interpolate": "the line between two values"}[
        method
    ]
    within = f" within {listed([group.name for group in groups])}" if groups else ""
    text = f"Filled with {how}{within}: {listed(said)}." if said else f"No cell has {how}{within}."
    text += f" {counted(rest, 'cell')} stayed empty." if rest else ""
    return Derived(sql, text + (skipped(reasons) if columns else ""), materialise=True, changes=bool(said))


def _filled(
    table: Input, wanted: Sequence[Column], method: Along, groups: Sequence[Column], order: Sequence[Column]
) -> str:
    """The SELECT that fills; the rows stay in their order."""
    taken = taken_names(table)
    place = free_name("row", taken)
    within = f"PARTITION BY {names(groups)} " if groups else ""
    by = ", ".join([*(f"{identifier(key.name)} NULLS LAST" for key in order), place])
    window = f"{within}ORDER BY {by}"
    rows_numbered = numbered(table.name, place)
    if method == "interpolate" and order:  # the line goes by the rows' order, not by where they stand
        at = free_name("nth", taken)
        rows_numbered = f"SELECT *, row_number() OVER ({window}) AS {at} FROM ({rows_numbered})"
    else:
        at = place
    before, after = (
        f"{window} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
        f"{window} ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING",
    )
    cells = []
    for column in wanted:
        name = identifier(column.name)
        last, next_ = (
            f"last_value({name} IGNORE NULLS) OVER ({before})",
            f"first_value({name} IGNORE NULLS) OVER ({after})",
        )
        if method != "interpolate":
            cells.append(f"{last if method == 'forward' else next_} AS {name}")
            continue
        known = f"CASE WHEN {name} IS NOT NULL THEN {at} END"
        low, high = (
            f"last_value({known} IGNORE NULLS) OVER ({before})",
            f"first_value({known} IGNORE NULLS) OVER ({after})",
        )
        line = f"{last} + ({next_} - {last}) * ({at} - {low})::DOUBLE / ({high} - {low})"
        cells.append(f"CASE WHEN {name} IS NOT NULL THEN {name} ELSE {line} END AS {name}")
    hidden = ", ".join(dict.fromkeys([place, at]))
    filled = f"SELECT * REPLACE ({', '.join(cells)}) FROM ({rows_numbered})"
    return f"SELECT * EXCLUDE ({hidden}) FROM ({filled}) ORDER BY {place}"


@transform(
    group="missing",
    title="Flag the empty cells of {columns}",
    rows="same",
    asked_by=r"\b(?:missing|null|empty)[- ]?(?:value )?(?:indicator|flag|marker)|\b(?:indicator|flag|mark)\w*\b[^.]*\b(?:missing|empty|null)|(?:비어|비었|빈)\S*[^.]*(?:표시|여부)[^.]*(?:컬럼|열)|결측\s?(?:여부|표시|플래그|지시)|비었는지|빈칸 여부",
)
def flag_missing(table: Input, columns: list[ColumnName] | None = None) -> Derived:
    """Add a column of 0 and 1 for each column with empty cells: 1 where the cell is empty.

    Args:
        columns: the columns to look at; all with empty cells if left out.
    """
    asked = table.pick(columns) if columns else list(table.columns)
    counts = ", ".join(f"count(*) - count({identifier(column.name)})" for column in asked)
    empty = table.learn_rows("empty", f"SELECT {counts} FROM {table.name}")[0]
    flagged = [column for column, count in zip(asked, empty, strict=True) if count or columns]
    if not flagged:
        return Derived(f"SELECT * FROM {table.name}", "No column has empty cells; nothing to flag.", changes=False)
    taken = taken_names(table)
    cells = {
        free_name(f"{column.name}_missing", taken): f"CAST({identifier(column.name)} IS NULL AS INTEGER)"
        for column in flagged
    }
    number = sum(count for column, count in zip(asked, empty, strict=True) if column in flagged)
    text = f"Added {listed(list(cells))}: 1 for each of {counted(number, 'empty cell')}."
    return Derived(with_columns(table, flagged[0], cells), text)


@transform(
    group="missing",
    title="Remove columns that are mostly empty",
    rows="same",
    asked_by=r"\bcolumns? (?:with|that (?:have|has|are|is)|where|having|containing) (?:more than|over|at least|above|too many|mostly|mainly|a lot of|many|lots of|\d+ ?%)[^.]*(?:missing|empty|nulls?|nan|blank)|\b(?:mostly|mainly) empty columns?|\bsparse columns?"
    r"|(?:결측|빈\s?[값칸])[^.]*(?:넘|이상|많|초과|대부분)[^.]*(?:컬럼|칼럼|열|변수)",
)
def drop_sparse_columns(table: Input, above: float = 0.5) -> Derived:
    """Remove the columns of which more than a share of the cells is empty.

    Args:
        above: the share beyond which a column goes, from 0 to 1; 0.5 is half of the cells.
    """
    share = above / 100 if 1 < above <= 100 else above
    if not 0 <= share < 1:
        raise ToolError(f"A share from 0 to 1 was expected, got {above:g}. Give 0.5 for half of the cells.")
    counts = ", ".join(f"avg(CAST({identifier(column.name)} IS NULL AS INTEGER))" for column in table.columns)
    empty = table.learn_rows("empty", f"SELECT {counts} FROM {table.name}")[0]
    gone = [
        (column, part) for column, part in zip(table.columns, empty, strict=True) if part is not None and part > share
    ]
    if not gone:
        return Derived(
            f"SELECT * FROM {table.name}", f"No column has more than {share:.0%} empty cells.", changes=False
        )
    if len(gone) == len(table.columns):
        raise ToolError(
            f"Every column has more than {share:.0%} empty cells, so none would be left. Give a greater share."
        )
    said = [f"{column.name} ({part:.0%})" for column, part in gone]
    sql = f"SELECT * EXCLUDE ({names([column for column, _ in gone])}) FROM {table.name}"
    return Derived(
        sql, f"Removed {counted(len(gone), 'column')} with more than {share:.0%} empty cells: {listed(said)}."
    )

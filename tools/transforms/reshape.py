"""Transforms that turn rows into columns and columns into rows: pivot, unpivot, transpose.

What is not covered: tables of more than a thousand new columns.
"""

from collections.abc import Sequence
from typing import Literal

from tools.tool import ColumnName, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms.sql import is_integer, names, numbered, taken_names, text_of
from tools.words import counted, free_name, identifier, listed, literal

Function = Literal["count", "sum", "mean", "median", "min", "max", "first"]
MOST_COLUMNS = 1000
_CALLS: dict[Function, str] = {
    "count": "count", "sum": "sum", "mean": "avg", "median": "median", "min": "min", "max": "max", "first": "first",
}  # fmt: skip


@transform(
    group="reshape",
    title="Pivot {columns} into columns",
    rows="reshape",
    asked_by=r"\bpivot|cross-?\s?tab|contingency table|피벗|피봇|교차표",
)
def pivot_table(
    table: Input,
    rows: list[ColumnName],
    columns: ColumnName,
    value: ColumnName | None = None,
    function: Function = "sum",
    also: list[ColumnName] | None = None,
    zero: bool = False,
) -> Derived:
    """Pivot: one row for each group, one column for each value of a column, and a number in each cell.

    Args:
        rows: the columns that make the rows.
        columns: the column whose values become columns.
        value: the column that fills the cells; leave it out to count rows.
        function: what is taken where several rows meet in a cell.
        also: further columns that fill cells, each in columns of its own, named value_column.
        zero: true puts 0 where a cell has no rows, instead of leaving it empty.
    """
    kept, spread = table.pick(rows), table.column(columns)
    if spread in kept:
        raise ToolError(f"{spread.name} can't make rows and columns at once. Name another column for one of them.")
    fills = table.pick([*([value] if value is not None else []), *(also or [])])
    texts = [column.name for column in fills if not column.is_number]
    if texts and function in ("sum", "mean", "median"):
        raise ToolError(f"{listed(texts)} holds no numbers, so it has no {function}. Use count, first, min or max.")
    cell = identifier(spread.name)
    found = table.learn_rows(
        f"values of {spread.name}",
        f"SELECT DISTINCT {text_of(spread)} AS v, {cell} FROM {table.name} WHERE {cell} IS NOT NULL"
        f" ORDER BY {cell} LIMIT {MOST_COLUMNS + 1}",
    )
    values = [str(row[0]) for row in found]
    if not 0 < len(values) <= MOST_COLUMNS:
        many = f"more than {MOST_COLUMNS:,}" if values else "no"
        raise ToolError(f"{spread.name} has {many} values. Name a column of a few categories, or bin it first.")
    taken = {column.name.casefold() for column in kept}
    cells = []
    measured: Sequence[Column | None] = fills or [None]
    for filled in measured:
        for text in values:
            call = _cell(filled, function, f"{text_of(spread)} = {literal(text)}")
            wanted = text.strip() or "blank"
            name = free_name(f"{wanted}_{filled.name}" if filled is not None and len(fills) > 1 else wanted, taken)
            cells.append(f"{f'coalesce({call}, 0)' if zero and fills else call} AS {identifier(name)}")
    shown = ", ".join([names(kept), *cells] if kept else cells)
    groups = f" GROUP BY {names(kept)} ORDER BY {_in_order(kept)}" if kept else ""
    told = f"the {function} of {listed([filled.name for filled in fills])}" if fills else "the number of rows"
    by = f" for each {' and '.join(column.name for column in kept)}" if kept else ""
    text = f"Made {counted(len(cells), 'column')} of the values of {spread.name}, with {told}{by}."
    empty = table.learn(f"empty {spread.name}", f"SELECT count(*) FROM {table.name} WHERE {cell} IS NULL")
    if empty:
        text += f" {counted(empty, 'row')} without a value in {spread.name} counted nowhere."
    return Derived(f"SELECT {shown} FROM {table.name}{groups}", text, materialise=True)


def _cell(column: Column | None, function: Function, condition: str) -> str:
    """What one cell of a pivot holds: the function over the rows of a condition."""
    name = identifier(column.name) if column is not None else "*"
    call = f"{_CALLS[function if column is not None else 'count']}({name}) FILTER (WHERE {condition})"
    # DuckDB's sum of whole numbers is a HUGEINT, which frames and files take for a float.
    return f"CAST({call} AS BIGINT)" if column is not None and function == "sum" and is_integer(column) else call


def _in_order(columns: Sequence[Column]) -> str:
    return ", ".join(f"{identifier(column.name)} NULLS LAST" for column in columns)


@transform(
    group="reshape",
    title="Unpivot {columns} into rows",
    rows="reshape",
    asked_by=r"\bunpivot|\bmelt\b|wide (?:to|into) long|long (?:format|form|table)|columns into rows|언피벗|롱\s?포맷|열을 행으로|컬럼을 행으로",
)
def unpivot_columns(
    table: Input,
    columns: list[ColumnName] | None = None,
    name: str = "name",
    value: str = "value",
    keep: list[ColumnName] | None = None,
    drop_empty: bool = False,
) -> Derived:
    """Unpivot (melt): turn columns into rows, one row for each of them with its name and its value.

    Args:
        columns: the columns that become rows; all others than those of keep if left out.
        name: what the new column of names is called.
        value: what the new column of values is called.
        keep: the columns that stay beside each row, where the ones that become rows are not named.
        drop_empty: true leaves out rows whose value is empty.
    """
    if (columns is None) == (keep is None):
        raise ToolError("Name either the columns that become rows, or those that stay in keep.")
    staying = table.pick(keep or [])
    melted = table.pick(columns) if columns else [column for column in table.columns if column not in staying]
    if len(melted) < 2:
        raise ToolError(f"Unpivoting needs two columns or more: got {listed([c.name for c in melted]) or 'none'}.")
    kept = [column for column in table.columns if column not in melted]
    called = [name.strip(), value.strip()]
    clash = next((new for new in called if not new or new.casefold() in {c.name.casefold() for c in kept}), None)
    if clash is not None or called[0].casefold() == called[1].casefold():
        raise ToolError(f"New columns can't be called '{called[0]}' and '{called[1]}'. Give two names that are free.")
    mixed = len({_kind(column) for column in melted}) > 1
    cells = [f"{text_of(column) if mixed else identifier(column.name)}" for column in melted]
    pairs = ", ".join(
        f"{{'n': {literal(column.name)}, 'v': {cell}, 'i': {place}}}"
        for place, (column, cell) in enumerate(zip(melted, cells, strict=True))
    )
    order = free_name("row", taken_names(table) | {"cell"})
    rows_numbered = numbered(table.name, order)
    unnested = f"SELECT {names(kept) + ', ' if kept else ''}{order}, unnest([{pairs}]) AS cell FROM ({rows_numbered})"
    shown = f"{names(kept) + ', ' if kept else ''}cell.n AS {identifier(called[0])}, cell.v AS {identifier(called[1])}"
    text = f"Turned {counted(len(melted), 'column')} into rows of {called[0]} and {called[1]}."
    if mixed:
        text += f" {called[1]} became text, for the columns hold different types."
    full = " WHERE cell.v IS NOT NULL" if drop_empty else ""
    return Derived(f"SELECT {shown} FROM ({unnested}){full} ORDER BY {order}, cell.i", text, materialise=True)


def _kind(column: Column) -> str:
    return "number" if column.is_number else "text" if column.is_text else column.type


@transform(
    group="reshape",
    title="Swap rows and columns",
    rows="reshape",
    asked_by=r"transpos|(?:swap|switch|exchange|flip) (?:the )?(?:rows (?:and|with) (?:the )?columns|columns (?:and|with) (?:the )?rows)|행과 열|열과 행|전치",
)
def transpose(table: Input, header: ColumnName | None = None) -> Derived:
    """Swap rows and columns: each row becomes a column, each column a row.

    Args:
        header: the column whose values become the names of the new columns; the first one if left out.
    """
    head = table.column(header) if header is not None else table.columns[0]
    rest = [column for column in table.columns if column != head]
    count = int(table.learn("rows", f"SELECT count(*) FROM {table.name}"))
    if not rest or not 0 < count <= MOST_COLUMNS:
        raise ToolError(
            f"Only tables of two columns or more and 1 to {MOST_COLUMNS:,} rows can be swapped: this one has"
            f" {counted(len(table.columns), 'column')} and {counted(count, 'row')}. Take fewer rows first."
        )
    order = free_name("row", taken_names(table))
    rows_numbered = numbered(table.name, order)
    labels = table.learn_rows("header", f"SELECT {text_of(head)} FROM ({rows_numbered}) ORDER BY {order}")
    taken = {"column"}
    made = [
        free_name(str(row[0]).strip() if row[0] not in (None, "") else f"row_{at}", taken)
        for at, row in enumerate(labels, 1)
    ]
    mixed = len({_kind(column) for column in rest}) > 1
    lines = []
    for place, column in enumerate(rest):
        cell = text_of(column) if mixed else identifier(column.name)
        cells = ", ".join(
            f"max({cell}) FILTER (WHERE {order} = {at}) AS {identifier(name)}" for at, name in enumerate(made, 1)
        )
        lines.append(f'SELECT {place} AS {order}, {literal(column.name)} AS "column", {cells} FROM ({rows_numbered})')
    sql = f"SELECT * EXCLUDE ({order}) FROM ({' UNION ALL '.join(lines)}) ORDER BY {order}"
    text = f"Swapped rows and columns: {counted(len(rest), 'row')}, named by {head.name}."
    return Derived(
        sql, text + (" All cells became text, for the columns hold different types." if mixed else ""), materialise=True
    )

"""Answers a question with one guarded SELECT, and says the numbers in words by rule, never by a language model."""

from typing import Any

from tools.guard import run_select
from tools.tool import Job, Outcome, Sql, TableData, listed, tool

SHOWN = 8
"""Rows and columns that a sentence names; a longer result is a table with its first rows told."""
FIRST = 3
CELL = 60
"""Characters of a text cell that a sentence quotes."""


@tool(effect="read", group="query", title="Answer with SQL")
def query_data(job: Job, sql: Sql) -> Outcome:
    """Answer a question about the data with one SQL SELECT: counts, sums, averages, rankings, lists of rows.

    Args:
        sql: One DuckDB SELECT over the datasets by name. Quote names with spaces like "Unit Price".
    """
    table, ran = run_select(job.workspace, sql, limit=1000)
    values: dict[str, Any] = {"row_count": table.row_count}
    if len(table.rows) == 1 and len(table.columns) <= SHOWN:
        values = {**dict(zip(table.columns, table.rows[0], strict=True)), **values}
    return Outcome(text=in_words(table), sql=ran, table=table, values=values)


def in_words(table: TableData) -> str:
    """One or two sentences with the numbers of a result table."""
    count = table.row_count if table.row_count is not None else len(table.rows)
    if not count:
        return "No rows match."
    if count == 1:
        return _one_row(table.columns, table.rows[0])
    labels, number = _shape(table)
    if count <= SHOWN and number is not None and labels:
        names = [
            title(table.columns[place]) if not shown else table.columns[place].replace("_", " ")
            for shown, place in enumerate([*labels, number])
        ]
        return f"{listed(names)}: {_groups(table.rows, labels, number)}."
    if len(table.columns) == 1:
        return _one_column(table, count)
    first = "; ".join(_pairs(table.columns, row) for row in table.rows[:FIRST])
    more = f" and {len(table.columns) - SHOWN} more columns" if len(table.columns) > SHOWN else ""
    told = "They are" if count <= FIRST else f"The first {'are' if count > 1 else 'is'}"
    return f"{count:,} rows. {told}: {first}{more}."


def _one_row(columns: list[str], row: list[Any]) -> str:
    """`Left customers is 2,037.` or `Customers: 10,000, left: 2,037 and share: 0.2037.`"""
    if len(columns) == 1:
        return f"{title(columns[0])} is {value_in_words(row[0])}."
    pairs = [f"{column.replace('_', ' ')} {value_in_words(cell)}" for column, cell in zip(columns, row, strict=True)]
    sentence = listed(pairs, SHOWN)
    return sentence[:1].upper() + sentence[1:] + "."


def _one_column(table: TableData, count: int) -> str:
    cells = [value_in_words(row[0]) for row in table.rows[:SHOWN]]
    head = f"{count:,} rows of {table.columns[0].replace('_', ' ')}"
    return f"{head}: {listed(cells, SHOWN)}." if count <= SHOWN else f"{head}. The first are {listed(cells, SHOWN)}."


def _pairs(columns: list[str], row: list[Any]) -> str:
    shown = list(zip(columns, row, strict=True))[:SHOWN]
    return ", ".join(f"{column.replace('_', ' ')} {value_in_words(cell)}" for column, cell in shown)


def _groups(rows: list[list[Any]], labels: list[int], number: int) -> str:
    """`Germany 814, France 810 and Spain 413`."""
    told = [
        f"{', '.join(value_in_words(row[place]) for place in labels)} {value_in_words(row[number])}" for row in rows
    ]
    return listed(told if len(labels) == 1 else [f"({text})" for text in told], SHOWN)


def _shape(table: TableData) -> tuple[list[int], int | None]:
    """The columns that name a group, and the one that measures it, where the table has that shape."""
    last = len(table.columns) - 1
    if last not in (1, 2) or not all(_is_number(row[last]) or row[last] is None for row in table.rows):
        return [], None
    return list(range(last)), last


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def title(name: str) -> str:
    """`left_customers` as the start of a sentence: `Left customers`."""
    words = name.replace("_", " ").strip() or "the value"
    return words[:1].upper() + words[1:]


def value_in_words(cell: Any) -> str:
    """A cell for people: `2,037`, `0.2037`, `empty`, `yes`, a long text cut short."""
    if cell is None:
        return "empty"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int):
        return f"{cell:,}"
    if isinstance(cell, float):
        return number_in_words(cell)
    text = " ".join(str(cell).split())
    return text if len(text) <= CELL else text[: CELL - 1] + "…"


def number_in_words(number: float) -> str:
    """Thousands separated, at most four decimals, or four significant digits below 0.001: `1,234.5`, `0.0001234`."""
    if number == 0 or 0.001 <= abs(number) < 1e15:
        return f"{number:,.4f}".rstrip("0").rstrip(".")
    return f"{number:.4g}"

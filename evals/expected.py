"""What a turn's checks ask for, in words and tables: for people to read in the report."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from evals.case import (
    Answers,
    Asks,
    ChangesNothing,
    Check,
    DatasetIs,
    Either,
    Fails,
    MetricIs,
    SaysMissing,
    TableIs,
    ToolsAre,
    ValueIs,
)

ROWS = 20
"""Of a table, in the report."""


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True)


class Table(_Told):
    """The first rows of a table."""

    title: str
    columns: list[str] = []
    """Empty where names do not matter."""
    rows: list[list[Any]]
    """At most 20."""
    row_count: int

    def is_numeric(self, place: int) -> bool:
        """Whether a column holds numbers and nothing else but NULLs, so that it stands to the right."""
        cells = [row[place] for row in self.rows if place < len(row) and row[place] is not None]
        return bool(cells) and all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells)


class Expected(_Told):
    """What a turn's checks ask for."""

    lines: list[str] = []
    tables: list[Table] = []


def expected(checks: Sequence[Check]) -> Expected:
    """The checks in words, and the tables they hold."""
    lines: list[str] = []
    tables: list[Table] = []
    for check in checks:
        if isinstance(check, Either):
            lines.append("one of these:")
            for i, option in enumerate(check.of, 1):
                inner = expected(option)
                lines += [f"{i}. {line}" for line in inner.lines]
                tables += [table.model_copy(update={"title": f"{i}. {table.title}"}) for table in inner.tables]
        else:
            lines += list(_lines(check))
            tables += list(_tables(check))
    return Expected(lines=lines, tables=tables)


def _tables(check: Check) -> Iterable[Table]:
    if isinstance(check, TableIs):
        many = len(check.accepted) > 1
        for i, rows in enumerate(check.accepted[:3], 1):
            title = f"Expected, variant {i} of {len(check.accepted)}" if many else "Expected"
            yield Table(title=title, rows=rows[:ROWS], row_count=len(rows))
    if isinstance(check, DatasetIs) and check.rows is not None:
        title = f"Expected in {check.name or 'the newest dataset'}"
        yield Table(title=title, columns=check.columns or [], rows=check.rows[:ROWS], row_count=len(check.rows))


def _lines(check: Check) -> Iterable[str]:
    match check:
        case TableIs():
            order = "in this order" if check.ordered else "in any order"
            yield f"the table, rows {order}" + (", further columns allowed" if check.extra_columns else "")
        case ValueIs():
            yield f"the value {_cell(check.equals)}"
        case DatasetIs():
            yield from _dataset_lines(check)
        case MetricIs():
            yield f"{check.name}{_bound(' ≥ ', check.at_least)}{_bound(' ≤ ', check.at_most)}"
        case ToolsAre():
            yield from _tool_lines(check)
        case ChangesNothing():
            yield "no dataset and no model is changed"
        case SaysMissing():
            yield "the answer says that the data does not hold it"
        case Asks():
            yield "a question is asked"
        case Answers():
            yield "an answer" + _words(check.contains, check.any_of, check.lacks)
        case Fails():
            yield "an error in one line" + _words(check.contains, [], [])


def _dataset_lines(check: DatasetIs) -> Iterable[str]:
    name = check.name or "the newest dataset"
    if check.row_count is not None:
        yield f"{name} has {check.row_count:,} rows"
    for words, columns in (
        ("has exactly the columns", check.columns or []),
        ("has", check.has_columns),
        ("lacks", check.lacks_columns),
        ("has no missing values in", check.no_missing),
    ):
        if columns:
            yield f"{name} {words} {', '.join(columns)}"
    for condition, count in check.where.items():
        yield f"{count:,} rows of {name} where {condition}"
    if check.rows is not None:
        yield f"{name} has these rows, in {'this' if check.ordered else 'any'} order"


def _tool_lines(check: ToolsAre) -> Iterable[str]:
    for words, tools in (
        ("calls", check.called),
        ("calls at least one of", check.any_of),
        ("does not call", check.not_called),
    ):
        if tools:
            yield f"{words} {', '.join(tools)}"
    for tool, arguments in check.arguments.items():
        yield f"{tool} with {json.dumps(arguments, ensure_ascii=False)}"


def _words(contains: Sequence[str], any_of: Sequence[str], lacks: Sequence[str]) -> str:
    parts = [f"with {_quoted(contains)}"] if contains else []
    parts += [f"with one of {_quoted(any_of)}"] if any_of else []
    parts += [f"without {_quoted(lacks)}"] if lacks else []
    return " " + ", ".join(parts) if parts else ""


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)


def _bound(sign: str, value: float | None) -> str:
    return "" if value is None else f"{sign}{value:g}"


def _cell(value: Any) -> str:
    return "null" if value is None else json.dumps(value, ensure_ascii=False)

"""What every reader of a file gives back, and the words they share."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from tools.sources.aside import UNREAD, Aside
from tools.tool import ToolError
from tools.words import identifier

RESERVED = ("__row",)
"""Column names that Easel itself adds to tables while it trains and predicts."""


@dataclass(frozen=True)
class OpenedFile:
    """A file as a stream of typed rows, with what was assumed in order to read it."""

    schema: pa.Schema
    batches: pa.RecordBatchReader
    source: dict[str, Any]
    """`path` (the file's name), `format`, `reader`, `assumed` (delimiter, encoding, header, …), `rejected` (how many
    rows could not be read)."""
    aside: Path | None = None
    """The rows that are no part of the table, as a CSV file that is gone when this file is closed."""


@dataclass
class Found:
    """A reader's result before it is a stream: one SELECT on the trusted connection, and what was assumed."""

    sql: str
    format: str
    reader: str
    assumed: dict[str, Any] = field(default_factory=dict)
    aside: Aside | None = None
    """The rows that are no part of the table."""
    row_count: int = 0
    """Rows as they stand in the file, empty ones too, where the reader counts them."""


def refused(path: Path, cause: str) -> ToolError:
    """`churn.csv can't be loaded: it is empty.`, always one line."""
    return ToolError(f"{path.name} can't be loaded: {' '.join(cause.split())}")


def clean_names(raw: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Column names without surrounding blanks, empty and repeated ones numbered; and what was renamed to what."""
    names: list[str] = []
    renamed: dict[str, str] = {}
    # A name that is used as it stands further right keeps it: `a, a, a_2` becomes `a, a_3, a_2`.
    taken = {_tidy(name).casefold() for name in raw} | set(RESERVED)
    seen: set[str] = set(RESERVED)
    for position, text in enumerate(raw, start=1):
        wanted = _tidy(text) or f"column_{position}"
        name, number = wanted, 2
        while name.casefold() in seen or (number > 2 and name.casefold() in taken):
            name, number = f"{wanted}_{number}", number + 1
        if not _tidy(text) or name != wanted:
            renamed[f"column {position}" if not _tidy(text) else f"{wanted} (column {position})"] = name
        seen.add(name.casefold())
        names.append(name)
    return names, renamed


def _tidy(name: str) -> str:
    return re.sub(r"\s+", " ", re.sub("[\0\ufeff]", "", name)).strip()


def stream(connection: duckdb.DuckDBPyConnection, path: Path, found: Found, *, size: int = 100_000) -> OpenedFile:
    """The rows of what a reader found, as Arrow batches of so many rows."""
    reader = connection.execute(found.sql).to_arrow_reader(size)
    source = {
        "path": path.name,
        "format": found.format,
        "reader": found.reader,
        "assumed": found.assumed,
        "rejected": found.aside.counts[UNREAD] if found.aside else 0,
    }
    kept = found.aside.path if found.aside and found.aside.counts else None
    return OpenedFile(schema=reader.schema, batches=reader, source=source, aside=kept)


def renamed_select(source: str, columns: Sequence[tuple[str, str]], names: Sequence[str]) -> str:
    """A SELECT that gives the columns, as (expression, …) pairs, their clean names."""
    parts = [f"{expression} AS {identifier(name)}" for (expression, _), name in zip(columns, names, strict=True)]
    return f"SELECT {', '.join(parts)} FROM {source}"

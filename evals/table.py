"""A result table, column by column, with its cells in the form in which they are compared."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.cells import Cell, cell, key, rank

if TYPE_CHECKING:
    import pyarrow as pa

Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Column:
    """The cells of a column, top down."""

    name: str
    cells: tuple[Cell, ...]

    @cached_property
    def ranked(self) -> list[Cell]:
        return sorted(self.cells, key=rank)

    @cached_property
    def keys(self) -> tuple[Cell, ...]:
        return tuple(map(key, self.cells))

    @cached_property
    def counts(self) -> Counter[Cell]:
        return Counter(self.keys)


@dataclass(frozen=True)
class Table:
    """A result, column by column."""

    columns: tuple[Column, ...]
    row_count: int

    def row(self, place: int) -> Row:
        return tuple(column.cells[place] for column in self.columns)


def read_table(path: Path) -> Table:
    """The table in a Parquet file."""
    import pyarrow.parquet as pq

    found = pq.ParquetFile(path).read()  # type: ignore[no-untyped-call]
    columns = tuple(
        Column(name, tuple(map(cell, _values(values))))
        for name, values in zip(found.column_names, found.columns, strict=True)
    )
    return Table(columns, found.num_rows)


def table_of(rows: Sequence[Sequence[Any]], names: Sequence[str] = ()) -> Table:
    """A table of rows as they stand in a case or an event. Raises ValueError where they differ in length."""
    widths = sorted({len(row) for row in rows} | ({len(names)} if names else set()))
    if len(widths) > 1:
        raise ValueError(f"a table has rows of {widths[0]} and of {widths[-1]} cells. Give each row the same number.")
    columns = zip(*rows, strict=True) if rows else [()] * (widths[0] if widths else 0)
    return Table(
        tuple(
            Column(names[place] if names else str(place + 1), tuple(map(cell, values)))
            for place, values in enumerate(columns)
        ),
        len(rows),
    )


def _values(column: "pa.ChunkedArray") -> list[Any]:
    """A column of a Parquet file as Python values; DuckDB's intervals come as twelve bytes, a nameless row as a list."""
    import datetime
    import struct

    import pyarrow as pa

    if pa.types.is_struct(column.type) and len({field.name for field in column.type}) < len(list(column.type)):
        return [list(row) for row in zip(*map(_values, column.combine_chunks().flatten()), strict=True)]
    values: list[Any] = column.to_pylist()
    if str(column.type) != "fixed_size_binary[12]":
        return values
    parts = [None if value is None else struct.unpack("<iii", value) for value in values]
    return [part and datetime.timedelta(days=30 * part[0] + part[1], milliseconds=part[2]) for part in parts]

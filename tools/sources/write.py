"""Rows into a file: CSV, Parquet, JSON and Excel, streamed."""

import os
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from tools import engine
from tools.tool import ToolError
from tools.words import literal, plain

EXCEL_ROWS, EXCEL_COLUMNS, EXCEL_CELL = 1_048_575, 16_384, 32_767
MOST_FILES = 10_000
OPTIONS = {"csv": "FORMAT csv, HEADER true", "parquet": "FORMAT parquet", "json": "FORMAT json, ARRAY true"}


def write_rows(schema: pa.Schema, batches: Iterable[pa.RecordBatch], target: Path, format: str, row_count: int) -> None:
    """Write Arrow batches to a new file. Raises ToolError where Excel can't hold them."""
    if format == "xlsx":
        _write_excel(schema, batches, target, row_count)
        return
    reader = pa.RecordBatchReader.from_batches(schema, batches)
    with engine.trusted() as connection:
        connection.register("outgoing_rows", reader)
        connection.execute(f"COPY (SELECT * FROM outgoing_rows) TO {literal(str(target))} ({OPTIONS[format]})")


def _write_excel(schema: pa.Schema, batches: Iterable[pa.RecordBatch], target: Path, row_count: int) -> None:
    import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

    if row_count > EXCEL_ROWS or len(schema.names) > EXCEL_COLUMNS:
        raise ToolError(
            f"Excel holds {EXCEL_ROWS:,} rows and {EXCEL_COLUMNS:,} columns, this dataset has {row_count:,} and"
            f" {len(schema.names):,}. Export it as csv or parquet."
        )
    # A cell that begins with = is text that somebody typed, never a formula to run on the reader's machine.
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": True,
        "default_date_format": "yyyy-mm-dd hh:mm:ss",
    }
    with xlsxwriter.Workbook(str(target), options) as book:
        sheet = book.add_worksheet("data")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        bold = book.add_format({"bold": True})
        for place, name in enumerate(schema.names):
            sheet.write_string(0, place, name, bold)
        row = 1
        for batch in batches:
            columns = [column.to_pylist() for column in batch.columns]
            for values in zip(*columns, strict=True):
                for place, value in enumerate(values):
                    _write_cell(sheet, row, place, value, day)
                row += 1


def _write_cell(sheet: object, row: int, place: int, value: object, day: object) -> None:
    import datetime
    from typing import Any

    write: Any = sheet
    if value is None:
        return
    if isinstance(value, datetime.datetime | datetime.time):
        write.write_datetime(row, place, value.replace(tzinfo=None))
    elif isinstance(value, datetime.date):
        write.write_datetime(row, place, value, day)
    elif isinstance(value, bool):
        write.write_boolean(row, place, value)
    elif isinstance(value, int) and abs(value) >= 10**15:
        write.write_string(row, place, str(value))
    elif isinstance(value, int | float):
        cell = plain(value)
        if cell is not None:
            write.write_number(row, place, cell)
    else:
        cell = plain(value)
        if isinstance(cell, int | float):
            write.write_number(row, place, cell)
        else:
            write.write_string(row, place, str(cell)[:EXCEL_CELL])


def put(made: Path, folder: Path, stem: str, suffix: str) -> Path:
    """Give a finished file the first free name, `orders.csv` or `orders_2.csv`: nothing is overwritten or half-written."""
    for number in range(1, MOST_FILES):
        path = folder / f"{stem}{'' if number == 1 else f'_{number}'}.{suffix}"
        try:
            os.link(made, path)
        except FileExistsError:
            continue
        return path
    raise ToolError(f"There are too many files called {stem} in {folder}. Remove some.")

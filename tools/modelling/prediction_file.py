"""Predictions as a stream of Arrow tables: columns of the input, the prediction and its probability, into one file."""

import os
import uuid
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa

from automl.card import Card
from automl.predictor import Predictions
from tools.engine import scratch
from tools.modelling.ahead import abreast, ahead
from tools.modelling.prepare import Preparer, batch_size
from tools.modelling.tally import Tally
from tools.sources.write import EXCEL_ROWS, write_rows
from tools.tool import ToolError
from tools.transform import Column, column_of
from tools.words import free_name, identifier

if TYPE_CHECKING:
    import pandas as pd

Format = Literal["csv", "parquet", "xlsx"]
CLASS_COLUMNS = 20
"""Up to so many classes each gets a column with its probability unasked."""
_PROCESS = uuid.uuid4().hex[:12]


@dataclass(frozen=True)
class Wanted:
    """What the output holds."""

    columns: Sequence[str] | None = None
    """The input columns that are kept; None keeps all."""
    every_class: bool = False
    """A probability for each class, however many there are, also where there are two."""
    top: int | None = None
    """So many rows are shown, those with the highest probability or number first; None shows the first rows."""


ALL = Wanted()


def predict_stream(
    preparer: Preparer, schema: pa.Schema, batches: Iterable[pa.RecordBatch], tally: Tally, wanted: Wanted = ALL
) -> tuple[pa.Schema, Generator[pa.Table, None, None]]:
    """The schema of the output and its tables; the next rows are prepared and predicted while one table is written.

    Raises ToolError for a wanted column that the input does not have.
    """
    kept = _kept(schema, wanted.columns)
    fields = _fields(preparer.model.card, kept, every_class=wanted.every_class)
    output = pa.schema([*kept, *fields])
    tally.columns, tally.added = output.names, [one.name for one in fields]
    prepared = ahead(_prepared(preparer, batches, batch_size(preparer.model.card, len(schema))))
    predicted = abreast(partial(_predicted, preparer, output, len(fields)), prepared, _abreast(preparer.model.card))
    return output, _tables(ahead(predicted), preparer, tally)


def _abreast(card: Card) -> int:
    """How many batches are predicted at once: two where much of the work of one keeps a single core busy."""
    return 2 if card.modality == "table" else 1


def _kept(schema: pa.Schema, names: Sequence[str] | None) -> pa.Schema:
    chosen: Iterable[str] = schema.names
    if names is not None:
        given = [Column(name, "") for name in schema.names]
        chosen = dict.fromkeys(column_of(given, name.strip()).name for name in names)
    fields = [schema.field(name) for name in chosen]
    return pa.schema([pa.field(one.name, pa.string()) if pa.types.is_interval(one.type) else one for one in fields])


def _written(rows: pa.Table, kept: Sequence[str]) -> list[pa.ChunkedArray]:
    """The columns that are kept; lengths of time as text, since no file that Arrow writes holds them."""
    lengths = [name for name in kept if pa.types.is_interval(rows.schema.field(name).type)]
    if not lengths:
        return list(rows.select(kept).columns)
    texts = ", ".join(f"CAST({identifier(name)} AS VARCHAR) AS {identifier(name)}" for name in lengths)
    with scratch() as connection:
        connection.register("kept_columns", rows.select(kept))
        return list(connection.execute(f"SELECT * REPLACE ({texts}) FROM kept_columns").to_arrow_table().columns)


def _prepared(
    preparer: Preparer, batches: Iterable[pa.RecordBatch], size: int
) -> Generator[tuple[pa.Table, "pd.DataFrame"], None, None]:
    for batch in batches:
        for start in range(0, batch.num_rows, size):
            rows = pa.Table.from_batches([batch.slice(start, size)])
            yield rows, preparer.frame(rows)


def _predicted(
    preparer: Preparer, output: pa.Schema, added: int, prepared: tuple[pa.Table, "pd.DataFrame"]
) -> tuple[pa.Table, Predictions]:
    kept, fields = output.names[:-added], list(output)[-added:]
    rows, frame = prepared
    predicted = preparer.predict_readable(frame)
    columns = _columns(preparer.model.card, predicted, fields)
    return pa.Table.from_arrays([*_written(rows, kept), *columns], schema=output), predicted


def _tables(
    made: Generator[tuple[pa.Table, Predictions], None, None], preparer: Preparer, tally: Tally
) -> Generator[pa.Table, None, None]:
    try:
        for table, predicted in made:
            tally.add(predicted, table)
            yield table
        if tally.rows and tally.empty == tally.rows:
            raise ToolError(f"{' '.join(preparer.unreadable.said())} Paths begin in the files of the project.")
    finally:
        made.close()


def _fields(card: Card, schema: pa.Schema, *, every_class: bool) -> list[pa.Field]:
    problem = card.problem
    types = {"integer": pa.int64(), "boolean": pa.bool_(), "number": pa.float64(), "text": pa.string()}
    taken = {name.casefold() for name in schema.names}

    def free(wanted: str, type_: pa.DataType) -> pa.Field:
        return pa.field(free_name(wanted, taken), type_)

    fields = [free("prediction", types[problem.label_type])]
    if problem.kind != "regression":
        fields.append(free("probability", pa.float64()))
    if problem.kind != "regression" and (
        every_class or (problem.kind == "multiclass" and len(problem.classes) <= CLASS_COLUMNS)
    ):
        fields.extend(free(f"probability_{name}", pa.float64()) for name in problem.classes)
    return fields


def _columns(card: Card, predicted: Predictions, fields: list[pa.Field]) -> list[pa.Array]:
    """The added columns: for two classes the probability of the positive one, else of the one predicted."""
    values: list[pd.Series[Any]] = [_typed(card, predicted)]
    if predicted.probabilities is not None:
        positive = card.problem.positive
        table = predicted.probabilities
        values.append(table[positive] if positive else table.max(axis=1))
        values.extend(table[name] for name in card.problem.classes[: len(fields) - 2])
    return [pa.array(column, type=one.type, from_pandas=True) for column, one in zip(values, fields, strict=True)]


def _typed(card: Card, predicted: Predictions) -> "pd.Series[Any]":
    """The answers in the target's own type; pictures that can't be read have none."""
    kind, values, whole = card.problem.label_type, predicted.values, card.modality != "image"
    if kind == "integer":
        return values.astype("int64") if whole else values.astype("Int64")
    if kind == "boolean":
        return values == "true" if whole else values.map({"true": True, "false": False})
    return values


@contextmanager
def unnamed(folder: Path, stream: tuple[pa.Schema, Generator[pa.Table, None, None]], format: Format) -> Iterator[Path]:
    """The tables in a finished file that has no name of its own yet; what is not given one is gone afterwards.

    Raises ToolError where the folder can't be written to, or where Excel can't hold the rows.
    """
    schema, tables = stream
    partial = folder / f".{_PROCESS}-{uuid.uuid4().hex[:8]}.partial"
    try:
        with closing(tables):
            _WRITERS[format](partial, schema, tables)
        yield partial
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise ToolError(f"{folder} can't be written to: {why}. Choose another place.") from error
    finally:
        partial.unlink(missing_ok=True)


def _csv(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> None:
    import pyarrow.csv

    csv: Any = pyarrow.csv
    with csv.CSVWriter(path, _csv_schema(schema)) as file:
        for table in tables:
            file.write_table(_csv_table(table))


def _parquet(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> None:
    import pyarrow.parquet

    open_writer: Any = pyarrow.parquet.ParquetWriter
    texts = [one.name for one in schema if pa.types.is_string(one.type)]
    with open_writer(path, schema, use_dictionary=texts or False) as file:
        for table in tables:
            file.write_table(table)


def _excel(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> None:
    def within() -> Iterator[pa.RecordBatch]:
        rows = 0
        for table in tables:
            check_excel(rows := rows + table.num_rows)
            yield from table.to_batches()

    write_rows(schema, within(), path, "xlsx", 0)


_WRITERS = {"csv": _csv, "parquet": _parquet, "xlsx": _excel}


def check_excel(rows: int) -> None:
    """Raise ToolError where an Excel sheet can't hold so many rows."""
    if rows > EXCEL_ROWS:
        raise ToolError(f"An Excel sheet holds {EXCEL_ROWS:,} rows, and there are more. Write csv or parquet instead.")


def sweep(folder: Path) -> None:
    """Remove unfinished files that other processes left in a project's folder, which only one process has open."""
    for path in folder.glob(".*.partial"):
        if f".{_PROCESS}-" not in path.name:
            path.unlink(missing_ok=True)


def give_name(partial: Path, out: Path) -> None:
    """Give a finished file its name. Unlike a rename, a link never overwrites a file that appeared meanwhile."""
    try:
        os.link(partial, out)
    except FileExistsError as error:
        raise ToolError(f"{out} exists already. Choose another name.") from error
    except OSError:  # a file system without links
        partial.rename(out)


def _csv_schema(schema: pa.Schema) -> pa.Schema:
    return pa.schema([pa.field(one.name, pa.string() if _odd(one.type) else one.type) for one in schema])


def _csv_table(table: pa.Table) -> pa.Table:
    """The table with nested and decimal columns as text, which Arrow's CSV writer can't write itself."""
    for place, one in enumerate(table.schema):
        if _odd(one.type):
            texts = [None if value is None else str(value) for value in table.column(place).to_pylist()]
            table = table.set_column(place, pa.field(one.name, pa.string()), pa.array(texts, pa.string()))
    return table


def _odd(type_: pa.DataType) -> bool:
    return bool(pa.types.is_nested(type_) or pa.types.is_decimal(type_) or pa.types.is_dictionary(type_))

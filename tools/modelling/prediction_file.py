"""Predictions as a stream of Arrow batches: the input's columns, the prediction and its probability, into one file."""

import os
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from automl.card import Card
from automl.predictor import Predictions
from tools.modelling.prepare import BATCH, Preparer
from tools.modelling.words import number, percent
from tools.tool import ToolError, listed, plain

if TYPE_CHECKING:
    import pandas as pd

CLASS_COLUMNS = 20
"""Up to so many classes each gets a column with its probability."""
PREVIEW = 20
_PROCESS = uuid.uuid4().hex[:12]


@dataclass
class Tally:
    """What a batch prediction has produced so far."""

    card: Card
    rows: int = 0
    columns: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    preview: list[list[Any]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    total: float = 0.0
    low: float = float("inf")
    high: float = float("-inf")

    def add(self, predicted: Predictions) -> None:
        """Count one batch's predictions."""
        self.rows += len(predicted.values)
        if predicted.probabilities is not None:
            self.counts.update(predicted.values.astype(str).value_counts().to_dict())
        elif len(predicted.values):
            self.total += float(predicted.values.sum())
            self.low = min(self.low, float(predicted.values.min()))
            self.high = max(self.high, float(predicted.values.max()))

    def words(self) -> str:
        """`0 8,312 rows (83.1 %) and 1 1,688 rows (16.9 %)`, or the mean and range of numbers."""
        if not self.rows:
            return "there was no row"
        if self.card.problem.kind == "regression":
            return f"{number(self.total / self.rows)} on average, from {number(self.low)} to {number(self.high)}"
        return listed(
            [f"{name} for {count:,} ({percent(count / self.rows)})" for name, count in self.counts.most_common()]
        )

    def values(self) -> dict[str, Any]:
        """The same for programs."""
        if self.card.problem.kind == "regression":
            return {"mean": self.total / self.rows, "min": self.low, "max": self.high} if self.rows else {}
        return {"counts": dict(self.counts)}


def predict_stream(
    preparer: Preparer, schema: pa.Schema, batches: Iterable[pa.RecordBatch], tally: Tally
) -> tuple[pa.Schema, Iterator[pa.Table]]:
    """The schema of the output and its tables, each made when it is asked for."""
    fields = _fields(preparer.model.card, schema)
    output = pa.schema([*schema, *fields])
    tally.columns, tally.added = output.names, [one.name for one in fields]
    return output, _tables(preparer, output, len(fields), batches, tally)


def _tables(
    preparer: Preparer, output: pa.Schema, added: int, batches: Iterable[pa.RecordBatch], tally: Tally
) -> Iterator[pa.Table]:
    for batch in batches:
        for start in range(0, batch.num_rows, BATCH):
            rows = pa.Table.from_batches([batch.slice(start, BATCH)])
            predicted = preparer.predict(rows)
            columns = _columns(preparer.model.card, predicted, list(output)[-added:])
            table = pa.Table.from_arrays([*rows.columns, *columns], schema=output)
            tally.add(predicted)
            if len(tally.preview) < PREVIEW:
                shown = table.slice(0, PREVIEW - len(tally.preview)).to_pylist()
                tally.preview.extend([[plain(cell) for cell in row.values()] for row in shown])
            yield table


def _fields(card: Card, schema: pa.Schema) -> list[pa.Field]:
    problem = card.problem
    types = {"integer": pa.int64(), "boolean": pa.bool_(), "number": pa.float64(), "text": pa.string()}
    taken = {name.casefold() for name in schema.names}

    def free(wanted: str, type_: pa.DataType) -> pa.Field:
        name, place = wanted, 2
        while name.casefold() in taken:
            name, place = f"{wanted}_{place}", place + 1
        taken.add(name.casefold())
        return pa.field(name, type_)

    fields = [free("prediction", types[problem.label_type])]
    if problem.kind != "regression":
        fields.append(free("probability", pa.float64()))
    if problem.kind == "multiclass" and len(problem.classes) <= CLASS_COLUMNS:
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
    kind = card.problem.label_type
    if kind == "integer":
        return predicted.values.astype("int64")
    return predicted.values == "true" if kind == "boolean" else predicted.values


def write_stream(out: Path, stream: tuple[pa.Schema, Iterator[pa.Table]]) -> None:
    """Write the tables as CSV or Parquet by the name's suffix: all of it appears at once, or nothing does."""
    import pyarrow.csv
    import pyarrow.parquet

    csv: Any = pyarrow.csv
    schema, tables = stream
    partial = out.with_name(f".{_PROCESS}-{uuid.uuid4().hex[:8]}.partial")
    parquet = out.suffix.lower() == ".parquet"
    writer: Any = pyarrow.parquet.ParquetWriter if parquet else csv.CSVWriter
    try:
        with writer(partial, schema if parquet else _csv_schema(schema)) as file:
            for table in tables:
                file.write_table(table if parquet else _csv_table(table))
        _put(partial, out)
    except OSError as error:
        raise ToolError(f"{out} can't be written: {os.strerror(error.errno or 0)}. Choose another place.") from error
    finally:
        partial.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove unfinished files that other processes left in a project's folder, which only one process has open."""
    for path in folder.glob(".*.partial"):
        if f".{_PROCESS}-" not in path.name:
            path.unlink(missing_ok=True)


def _put(partial: Path, out: Path) -> None:
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

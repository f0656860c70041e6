"""New rows, made ready for a model: matched with the recipe's input by name, cast, and run through its steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

import duckdb
import pyarrow as pa

from automl.predictor import ModelError, Predictions, SavedModel, load_model
from tools.engine import columns_of, first_line
from tools.recipe import ROW, Recipe, load, match_columns, matches, passing, select
from tools.tool import Column, ToolError, identifier
from tools.transforms.sql import is_integer
from tools.workspace import Version, Workspace

if TYPE_CHECKING:
    import pandas as pd

BATCH = 50_000
_INCOMING = "new_rows"


@dataclass
class Preparer:
    """Predicts Arrow rows of one schema with one model; a context manager, since it holds a DuckDB connection."""

    model: SavedModel
    recipe: Recipe
    notes: list[str]
    _connection: duckdb.DuckDBPyConnection
    _sql: str
    _casts: list[tuple[str, str]]
    """Given column and the type it is read as, where a cell may not fit it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def frame(self, rows: pa.Table) -> "pd.DataFrame":
        """The prepared rows, one per row given, in their order."""
        from automl.frames import as_frame

        numbered = _numbered(rows)
        self._connection.register(_INCOMING, numbered)
        try:
            self._note_misfits()
            prepared = self._connection.execute(self._sql).to_arrow_table()
        except duckdb.Error as error:
            raise ToolError(f"The new rows can't be prepared for the model: {first_line(error)}") from error
        finally:
            self._connection.unregister(_INCOMING)
        if prepared.num_rows != rows.num_rows:
            raise ToolError(
                f"The model's preparation made {prepared.num_rows:,} rows of {rows.num_rows:,}: a step changes the number"
                " of rows. Build the model on data prepared before that step."
            )
        return as_frame(prepared.drop_columns([ROW]))

    def predict(self, rows: pa.Table) -> Predictions:
        """One prediction per row given, in their order."""
        try:
            return self.model.predict(self.frame(rows))
        except ModelError as error:
            raise ToolError(str(error)) from error

    def _note_misfits(self) -> None:
        """Say which cells could not be read as the type the model needs, once per column."""
        for name, type_ in self._casts:
            if any(note.startswith(f"'{name}'") for note in self.notes):
                continue
            column = identifier(name)
            text = f"CAST({column} AS VARCHAR)"
            rounded = f"TRY_CAST({column} AS DOUBLE) <> TRY_CAST({column} AS {type_})" if "INT" in type_ else "false"
            unread, example, decimals, decimal = self._connection.execute(
                f"SELECT count(*) FILTER (unread), min({text}) FILTER (unread),"
                f" count(*) FILTER (rounded), min({text}) FILTER (rounded) FROM (SELECT {column},"
                f" trim({text}) <> '' AND TRY_CAST({column} AS {type_}) IS NULL AS unread, {rounded} AS rounded"
                f" FROM {_INCOMING})"
            ).fetchall()[0]
            if unread:
                self.notes.append(
                    f"'{name}' holds values that are not {_words(type_)}, such as '{example}': taken as empty."
                )
            if decimals:
                self.notes.append(
                    f"'{name}' held whole numbers only in training, so decimals were rounded, such as {decimal}."
                )


def _words(type_: str) -> str:
    if Column("", type_).is_number:
        return "numbers"
    return "dates" if Column("", type_).is_time else type_.lower()


def _numbered(rows: pa.Table) -> pa.Table:
    """The rows with their position as `__row`."""
    return rows.append_column(ROW, pa.array(range(rows.num_rows), pa.int64()))


def open_model(workspace: Workspace, name: str) -> tuple[SavedModel, Recipe]:
    """A model and its recipe, ready to predict. Raises ToolError where it was made with other versions."""
    folder = workspace.models / name
    try:
        return load_model(folder), load(folder)
    except ModelError as error:
        raise ToolError(str(error)) from error


def prepare(model: SavedModel, recipe: Recipe, schema: pa.Schema) -> Preparer:
    """What predicts rows of that schema. Raises ToolError where a column is missing that the model needs."""
    connection = duckdb.connect(config={"python_enable_replacements": "false", "enable_external_access": "false"})
    try:
        connection.register(_INCOMING, _numbered(schema.empty_table()))
        given = columns_of(connection, _INCOMING)
        connection.unregister(_INCOMING)
        outputs = {name for name, _ in recipe.output_schema}
        needed = [name for name in model.card.model_columns if name in outputs]
        matched, notes = match_columns(recipe, given, needed)
        chain = select(recipe, f"(SELECT {matched} FROM {_INCOMING})", "predict")
        sql = f"SELECT * FROM ({chain}) ORDER BY {identifier(ROW)}"
        return Preparer(model, recipe, notes, connection, sql, _risky(recipe, given))
    except BaseException:
        connection.close()
        raise


def _risky(recipe: Recipe, given: Sequence[Column]) -> list[tuple[str, str]]:
    found = matches(recipe, given)
    pairs = [(found[want.name], want) for want in recipe.columns if want.name in found]
    return [
        (column.name, want.type)
        for column, want in pairs
        if (column.is_text and not want.is_text) or (column.type != want.type and is_integer(want))
    ]


def remaining(workspace: Workspace, recipe: Recipe, version: Version) -> Recipe:
    """The recipe for a dataset of this project, without the steps its rows have been through already.

    A version that shares its history with the trained one needs only the steps after their last common version;
    anything else is new data and needs them all.
    """
    try:
        start = workspace.version(recipe.base).number
        path = [one for one in workspace.history(workspace.version(recipe.version)) if one.number >= start]
    except ToolError:  # a model that was brought in from another project
        return recipe
    lineage = {one.ref for one in workspace.history(version)}
    common = [place for place, one in enumerate(path) if one.ref in lineage]
    if not common or not common[-1]:
        return recipe
    done = common[-1]
    skipped = tuple(passing(step, place) for place, step in enumerate(recipe.steps[:done]))
    return recipe.model_copy(update={"steps": skipped + recipe.steps[done:], "input_schema": path[done].schema_})

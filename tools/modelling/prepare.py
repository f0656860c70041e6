"""New rows, made ready for a model: matched with the recipe's input by name, cast, and run through its steps."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Self

import duckdb
import pyarrow as pa

from automl.card import Card, Feature
from automl.predictor import ModelError, Predictions, SavedModel, load_model
from tools.dataset import ROW, Version
from tools.engine import columns_of, first_line, scratch
from tools.matching import match_columns, matches
from tools.modelling.misfits import INCOMING, Misfits, Unreadable, Unseen
from tools.modelling.split import readable
from tools.recipe import Recipe, is_begun, load, passing, select
from tools.tool import ToolError
from tools.transform import Column
from tools.transforms.sql import is_integer
from tools.words import counted, identifier
from tools.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

BATCH_ROWS, BATCH_CELLS = 100_000, 2_000_000
"""Most rows and cells of one batch: memory stays flat for narrow and for wide tables."""
READ_ROWS = {"image": 200, "text": 5_000}
"""Most rows of one batch of what takes long to read: progress is told, and a stop obeyed, between batches."""


def batch_size(card: Card, columns: int) -> int:
    """How many rows of so many columns are predicted at once."""
    return READ_ROWS.get(card.modality) or max(1_000, min(BATCH_ROWS, BATCH_CELLS // max(columns, 1)))


@dataclass
class Preparer:
    """Predicts Arrow rows of one schema with one model; a context manager, since it holds a DuckDB connection."""

    model: SavedModel
    recipe: Recipe
    notes: list[str]
    _connection: duckdb.DuckDBPyConnection
    _sql: str
    _misfits: list[Misfits]
    _unseen: list[Unseen]
    unreadable: Unreadable = field(default_factory=Unreadable)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def frame(self, rows: pa.Table) -> "pd.DataFrame":
        """The prepared rows, one per row given, in their order."""
        from automl.frames import as_frame

        for one in self._unseen:
            one.look(rows)
        self._connection.register(INCOMING, _numbered(rows))
        try:
            for column in self._misfits:
                column.look(self._connection)
            prepared = self._connection.execute(self._sql).to_arrow_table()
        except duckdb.Error as error:
            raise ToolError(f"The new rows can't be prepared for the model: {first_line(error)}") from error
        finally:
            self._connection.unregister(INCOMING)
        if prepared.num_rows != rows.num_rows:
            raise ToolError(
                f"The model's preparation made {prepared.num_rows:,} rows of {rows.num_rows:,}: a step changes the number"
                " of rows. Build the model on data prepared before that step."
            )
        return as_frame(_in_order(prepared).drop_columns([ROW]))

    def predict(self, rows: pa.Table) -> Predictions:
        """One prediction per row given, in their order."""
        return self.predict_frame(self.frame(rows))

    def predict_frame(self, frame: "pd.DataFrame") -> Predictions:
        """One prediction per row of a frame that `frame` made."""
        try:
            return self.model.predict(frame)
        except ModelError as error:
            raise ToolError(str(error)) from error

    def predict_readable(self, frame: "pd.DataFrame") -> Predictions:
        """The same; a picture that can't be read gets no prediction and is told of."""
        try:
            predicted = self.model.predict_readable(frame)
        except ModelError as error:
            raise ToolError(str(error)) from error
        if self.model.card.modality == "image":
            self.unreadable.look(frame, predicted, next(iter(self.model.card.model_columns)))
        return predicted

    def said(self) -> list[str]:
        """What could not be matched with what the model knows, in all rows so far."""
        unseen = [
            f"'{one.column}' holds {counted(one.cells, 'cell')} that did not occur in the training rows, such as"
            f" '{one.example}'."
            for one in self._unseen
            if one.cells
        ]
        return [*self.notes, *self.misfits(), *unseen, *self.unreadable.said()]

    def misfits(self) -> list[str]:
        """What could not be read as the types the model needs, in all rows so far."""
        return [said for one in self._misfits for said in one.said()]


def _numbered(rows: pa.Table) -> pa.Table:
    """The rows with their position as `__row`."""
    import numpy as np

    return rows.append_column(ROW, pa.array(np.arange(rows.num_rows)))


def _in_order(rows: pa.Table) -> pa.Table:
    """The rows by their numbers. They nearly always are already, and sorting all columns in SQL costs more than a look."""
    import numpy as np

    numbers = rows.column(ROW).to_numpy()
    return rows if bool((numbers[1:] > numbers[:-1]).all()) else rows.take(pa.array(np.argsort(numbers)))


def open_model(workspace: Workspace, name: str, *, final: bool = False) -> tuple[SavedModel, Recipe]:
    """A model and its recipe, ready to predict; `final` is the one that learned from all rows. Raises ToolError where it was made with other versions."""
    folder = workspace.models / name
    try:
        return load_model(folder, final=final), load(folder)
    except ModelError as error:
        raise ToolError(str(error)) from error


def check_columns(workspace: Workspace, card: Card, version: Version) -> None:
    """That a dataset of this project holds the columns a model needs, before any row is read. Raises ToolError where not."""
    recipe = load(workspace.models / card.name)
    outputs = dict(recipe.output_schema)
    needed = [name for name in card.model_columns if name in outputs]
    match_columns(remaining(workspace, recipe, version), version.columns, needed)


def prepare(model: SavedModel, recipe: Recipe, schema: pa.Schema, also: Sequence[str] = ()) -> Preparer:
    """What predicts rows of that schema; frames hold the prepared columns in `also` besides those the model reads.

    Raises ToolError where a column is missing that is needed.
    """
    connection = scratch()
    try:
        connection.register(INCOMING, _numbered(schema.empty_table()))
        given = columns_of(connection, INCOMING)
        connection.unregister(INCOMING)
        outputs = dict(recipe.output_schema)
        needed = [name for name in dict.fromkeys([*model.card.model_columns, *also]) if name in outputs]
        matched, notes = match_columns(recipe, given, needed)
        chain = select(recipe, f"(SELECT {matched} FROM {INCOMING})", "predict")
        read = [readable(Column(name, outputs[name])) for name in needed]
        sql = f"SELECT {', '.join([*read, identifier(ROW)])} FROM ({chain})"
        return Preparer(model, recipe, notes, connection, sql, _risky(recipe, given), _watched(model, recipe, given))
    except BaseException:
        connection.close()
        raise


def _risky(recipe: Recipe, given: Sequence[Column]) -> list[Misfits]:
    found = matches(recipe, given)
    pairs = [(found[want.name], want) for want in recipe.columns if want.name in found]
    return [
        Misfits(column, want.type, recipe.day_first)
        for column, want in pairs
        if (column.is_text and not want.is_text) or (column.type != want.type and is_integer(want))
    ]


def _watched(model: SavedModel, recipe: Recipe, given: Sequence[Column]) -> list[Unseen]:
    """The text columns whose few values in the training rows the card names."""
    found = {} if is_begun(recipe) else matches(recipe, given)  # prepared cells are others than the card's raw ones
    features = [one for one in model.card.features if one.used and _texts(one) and one.name in found]
    return [
        Unseen(found[one.name].name, pa.array([*_texts(one), None, ""], pa.string()))
        for one in features
        if found[one.name].is_text
    ]


def _texts(feature: Feature) -> list[str]:
    """The few texts that stood in a column of the training rows, before the recipe."""
    return feature.categories if feature.read_as is None else feature.as_came


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

"""What lies around one row: how a model answers when some of its cells are others.

A row is what a person gives, or a row of a dataset; the raw training rows that are kept beside the model tell which
values training saw, and are what reasons are told against.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from automl.card import Card, Feature
from automl.change import Lever
from tools.modelling.case import given_case
from tools.modelling.models import find_row_model
from tools.modelling.prepare import Preparer, open_model, prepare
from tools.modelling.row import Given, GivenValue
from tools.modelling.seen import needs_columns
from tools.modelling.split import BACKGROUND
from tools.recipe import called_at_first
from tools.tool import ToolError
from tools.words import meant, plain
from tools.workspace import Workspace

if TYPE_CHECKING:
    import numpy as np

    from automl.predictor import Predictions

    Array = np.ndarray[Any, np.dtype[Any]]


@dataclass
class Around:
    """A row, training rows and the model that answers for any mixture of their cells. Close it after use."""

    card: Card
    given: Given
    rows: pa.Table
    """The row first, then the training rows."""
    preparer: Preparer

    @property
    def features(self) -> list[Feature]:
        """The raw columns that the model looks at."""
        held = set(self.rows.column_names)
        return [one for one in self.card.features if one.used and one.name in held]

    @property
    def names(self) -> list[str]:
        return [one.name for one in self.features]

    def named(self, name: str) -> str:
        """The raw column of that name, or of the name that a step gave it. Raises ToolError where there is none."""
        known = [feature.name for feature in self.card.features]
        first = called_at_first(self.preparer.recipe, name.strip())
        return meant("column", first if self.card.feature(name.strip()) is None else name, known)

    @property
    def background(self) -> int:
        """How many training rows there are."""
        return int(self.rows.num_rows) - 1

    def cell(self, name: str) -> Any:
        """What the row holds in a column."""
        return plain(self.rows.column(name)[0].as_py())

    def seen(self, name: str) -> list[Any]:
        """The values of a column in the training rows kept, each once, in order."""
        values = {plain(one) for one in self.rows.column(name).slice(1).to_pylist()} - {None}
        return sorted(values, key=lambda one: (isinstance(one, str), one))

    def predict(self, codes: "Array") -> "Predictions":
        """Predictions for rows of codes, one per feature: 0 is the row's own cell, n that of the n-th training row."""
        codes = codes.astype("int64")
        columns = {name: self.rows.column(name) for name in self.rows.column_names}
        own, names = pa.array([0] * len(codes)), self.names
        taken = {name: columns[name].take(own) for name in set(columns) - set(names)}
        taken |= {name: columns[name].take(pa.array(codes[:, place])) for place, name in enumerate(names)}
        return self.preparer.predict(pa.table({name: taken[name] for name in columns}))

    def changed(self, changes: Sequence[Mapping[str, Any]]) -> "Predictions":
        """Predictions for the row with other cells, one for each set of changes."""
        columns = {}
        for name in self.rows.column_names:
            column = self.rows.column(name)
            cells = [change.get(name, _SAME) for change in changes]
            if all(cell is _SAME for cell in cells):
                columns[name] = column.take(pa.array([0] * len(cells)))
            else:
                now = column[0].as_py()
                columns[name] = _typed([now if cell is _SAME else cell for cell in cells], column.type)
        return self.preparer.predict(pa.table(columns))

    def scores(self, said: "Predictions", outcome: str | None) -> "Array":
        """The probability of an outcome, or the numbers that were said."""
        column: Any = said.values if said.probabilities is None else said.probabilities[outcome]
        scores: Array = column.to_numpy(float)
        return scores

    def lever(self, name: str) -> Lever:
        """A column that may change, with the values that training saw of it."""
        feature, now = self.card.feature(name), self.cell(name)
        assert feature is not None
        if pa.types.is_nested(self.rows.schema.field(name).type):
            return Lever(name, now, ())
        seen = self.seen(name)
        if feature.kind != "number":
            known: list[Any] = list(feature.categories) if feature.kind == "text" and feature.categories else seen
            return Lever(name, now, tuple(known))
        numbers = [float(one) for one in seen]
        ends = [float(end) for end in (feature.low, feature.high) if end is not None]
        values = sorted({*numbers, *ends})
        middle = values[len(values) // 10 : len(values) - len(values) // 10] or values
        span = (middle[-1] - middle[0]) or 1.0 if middle else 0.0
        return Lever(name, now, tuple(int(one) if feature.whole else one for one in values), span, feature.whole)

    def __enter__(self) -> "Around":
        return self

    def __exit__(self, *error: object) -> None:
        self.preparer.__exit__(None, None, None)


_SAME = object()


def _typed(cells: list[Any], type_: pa.DataType) -> pa.Array:
    """The cells in a column's type; numbers that do not fit a whole type are numbers with decimals."""
    try:
        return pa.array(cells, type_)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        if pa.types.is_integer(type_) or pa.types.is_decimal(type_):
            return pa.array([None if cell is None else float(cell) for cell in cells], pa.float64())
        texts = [None if cell is None else str(cell) for cell in cells]
        if pa.types.is_time(type_):  # which Arrow reads from no text
            return pa.array([None if text is None else time.fromisoformat(text) for text in texts], type_)
        written = pa.array(texts, pa.string())
        return written.cast(type_) if pa.types.is_temporal(type_) else written


def around(
    workspace: Workspace,
    model: str | None,
    values: Sequence[GivenValue] = (),
    dataset: str | None = None,
    row: int | None = None,
) -> Around:
    """The row that is meant: given values over a row of a dataset, over typical values. Raises ToolError."""
    card = find_row_model(workspace, model)
    needs_columns(card)
    saved, recipe = open_model(workspace, card.name, final=True)
    given = given_case(workspace, card, recipe, values, dataset, row)
    path = workspace.models / card.name / BACKGROUND
    if not path.is_file():
        raise ToolError(f"'{card.name}' was built by an older Easel and keeps no training rows. Build it again.")
    import pyarrow.parquet

    read: Callable[[str], pa.Table] = pyarrow.parquet.read_table
    rows = _together(given.row, read(str(path)))
    return Around(card, given, rows, prepare(saved, recipe, rows.schema))


def cell_read(
    workspace: Workspace, card: Card, values: Sequence[GivenValue], dataset: str | None, row: int | None
) -> str:
    """The text, or the path of the picture, that a model of one column reads of the row that is meant."""
    saved, recipe = open_model(workspace, card.name)
    given = given_case(workspace, card, recipe, values, dataset, row)
    with prepare(saved, recipe, given.row.schema) as preparer:
        cell = preparer.frame(given.row)[next(iter(card.model_columns))].iloc[0]
    return str(cell) if isinstance(cell, str) else ""


def _together(row: pa.Table, background: pa.Table) -> pa.Table:
    """The row above the training rows, in types that hold both."""
    names = [name for name in row.column_names if name in background.column_names]
    parts = [row.select(names), background.select(names)]
    try:
        return pa.concat_tables(parts, promote_options="permissive").combine_chunks()
    except pa.ArrowTypeError:
        schema = pa.schema([pa.field(name, pa.string()) for name in names])
        return pa.concat_tables([part.cast(schema) for part in parts]).combine_chunks()

"""One row and what lies around it: how a model answers when some of its cells are others.

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
from tools.dataset import Version
from tools.matching import matches, read_as
from tools.modelling.models import find_row_model
from tools.modelling.prepare import Preparer, open_model, prepare
from tools.modelling.row import Given, GivenValue, given_row
from tools.modelling.seen import needs_columns
from tools.modelling.split import BACKGROUND
from tools.recipe import Recipe, called_at_first
from tools.tool import ToolError
from tools.transform import Column
from tools.words import identifier, meant, plain
from tools.workspace import Workspace

if TYPE_CHECKING:
    import numpy as np

    from automl.predictor import Predictions

    Array = np.ndarray[Any, np.dtype[Any]]


CELLS_STAY = ("rename_column", "rename_columns", "drop_columns", "keep_columns", "move_columns")
"""Steps of columns that leave what stands in the others as it is."""


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


def given_case(
    workspace: Workspace,
    card: Card,
    recipe: Recipe,
    values: Sequence[GivenValue],
    dataset: str | None = None,
    row: int | None = None,
) -> Given:
    """Given values over those of a dataset's row, over typical ones; a value of a key, such as an order's number, names its row.

    Raises ToolError where the dataset has no such row.
    """
    values, row, told = _by_key(workspace, card, recipe, values, dataset, row)
    start, empty = _row_of(workspace, card, recipe, dataset, row)
    named = {one.column.strip().casefold() for one in values}
    kept = [one for one in start if one.column.casefold() not in named]
    given = given_row(card, recipe, [*kept, *values], [one for one in empty if one.casefold() not in named])
    given.notes.extend(told)
    return given


def _by_key(
    workspace: Workspace,
    card: Card,
    recipe: Recipe,
    values: Sequence[GivenValue],
    dataset: str | None,
    row: int | None,
) -> tuple[list[GivenValue], int | None, list[str]]:
    """The values without one that is different in every row and not read by the model, the row it names, and a sentence on it."""
    read = {one.name.casefold() for one in card.features if one.used} | {card.target.casefold()}
    keys = [one for one in values if one.column.strip().casefold() not in read]
    name = dataset or card.dataset.split("@")[0]
    if not keys or name.split("@")[0] not in [head.dataset for head in workspace.datasets()]:
        return list(values), row, []
    source = _raw(workspace, card, recipe, workspace.version(name))
    columns = {column.name.casefold(): column for column in source.columns}
    for one in keys:
        column = columns.get(one.column.strip().casefold())
        place = _place(workspace, source, column.name, one.value) if column else None
        rest = [other for other in values if other is not one]
        if column and place:
            return rest, place, [f"It is row {place:,} of {source.dataset}, {column.name} {_text(one.value)}."]
        if column and place == 0 and not any(other.column.strip().casefold() in read for other in rest):
            raise ToolError(f"No row of {source.dataset} has {column.name} {_text(one.value)}. Name one that it has.")
    return list(values), row, []


def _place(workspace: Workspace, source: Version, name: str, value: Any) -> int | None:
    """The place from 1 of the row with that value, 0 where none has it; None where the column is no key."""
    text = f"lower(trim(CAST({identifier(name)} AS VARCHAR)))"
    known, different, place = workspace.rows(
        f"SELECT count(key), count(DISTINCT key), min(place) FILTER (key = lower(trim(?))) FROM"
        f" (SELECT {text} AS key, row_number() OVER () AS place FROM {identifier(source.ref)})",
        [_text(value)],
    )[0]
    return (place or 0) if known == different else None


def _text(value: Any) -> str:
    """A key as it is written: 12 for 12.0."""
    return f"{value:.15g}" if isinstance(value, float) else str(value).strip()


def _together(row: pa.Table, background: pa.Table) -> pa.Table:
    """The row above the training rows, in types that hold both."""
    names = [name for name in row.column_names if name in background.column_names]
    parts = [row.select(names), background.select(names)]
    try:
        return pa.concat_tables(parts, promote_options="permissive").combine_chunks()
    except pa.ArrowTypeError:
        schema = pa.schema([pa.field(name, pa.string()) for name in names])
        return pa.concat_tables([part.cast(schema) for part in parts]).combine_chunks()


def _row_of(
    workspace: Workspace, card: Card, recipe: Recipe, dataset: str | None, row: int | None
) -> tuple[list[GivenValue], list[str]]:
    """The cells of a dataset's row by the model's raw columns, and which of them are empty."""
    if dataset is None and row is None:
        return [], []
    version = workspace.version(dataset or card.dataset.split("@")[0])
    number = 1 if row is None else row
    if not 1 <= number <= version.row_count:
        raise ToolError(f"{version.dataset} has {version.row_count:,} rows, numbered from 1; there is no row {number}.")
    source = _raw(workspace, card, recipe, version)
    used = {one.name for one in card.features if one.used}
    found = matches(recipe, source.columns)
    found |= {was: one for one in source.columns if (was := called_at_first(recipe, one.name)) in used - set(found)}
    found = {one.name: found[one.name] for one in recipe.columns if one.name in found and one.name in used}
    if not found:
        raise ToolError(f"{version.dataset} has none of the columns that '{card.name}' was built on.")
    types = dict(recipe.input_schema)
    parts = ", ".join(_as_given(column, types[name], recipe.day_first) for name, column in found.items())
    cells = workspace.rows(f"SELECT {parts} FROM {identifier(source.ref)} LIMIT 1 OFFSET {number - 1}")[0]
    known = dict(zip(found, map(plain, cells), strict=True))
    filled = [GivenValue(column=name, value=value) for name, value in known.items() if _given(value)]
    return filled, [name for name, value in known.items() if not _given(value)]


def _as_given(column: Column, type_: str, day_first: bool | None) -> str:
    """SQL of a cell as the model's type and as a person would give it: lists, records and lengths of time as text."""
    read, wanted = read_as(column, type_, day_first), Column("", type_)
    known = wanted.is_number or wanted.is_text or wanted.is_time or type_ == "BOOLEAN"
    return read if known else f"CAST({read} AS VARCHAR)"


def _given(value: Any) -> bool:
    return isinstance(value, str | int | float | bool)


def _raw(workspace: Workspace, card: Card, recipe: Recipe, version: Version) -> Version:
    """The version with the raw cells of a row: where the recipe begins, if each step since kept every row in its place.

    Raises ToolError where rows have moved since and cells were changed too: no raw row is known to be meant.
    """
    lineage = workspace.history(version)
    base = next((one for one in lineage if one.ref == recipe.base), None)
    if base is None:
        return version
    since = [one.step for one in lineage if one.number > base.number and not one.step.off]
    if all(step.rows == "same" for step in since):
        return base
    if all(step.rows != "same" or step.tool in CELLS_STAY for step in since):
        return version
    raise ToolError(
        f"The rows of {version.dataset} were filtered or sorted and their cells changed, so row numbers no longer tell which"
        f" row '{card.name}' shall read. Name a row as it was before: dataset='{base.ref}'."
    )

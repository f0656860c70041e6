"""The case that is meant: given values, a row of a dataset by its place or by its key, typical values for the rest."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from automl.card import Card
from tools.dataset import Version
from tools.matching import match_columns, matches, read_as
from tools.modelling.row import Given, GivenValue, given_row
from tools.recipe import Recipe, called_at_first, select
from tools.tool import ToolError
from tools.transform import Column
from tools.words import identifier, listed, plain
from tools.workspace import Workspace

CELLS_STAY = ("rename_column", "rename_columns", "drop_columns", "keep_columns", "move_columns")
"""Steps of columns that leave what stands in the others as it is."""


def given_case(
    workspace: Workspace,
    card: Card,
    recipe: Recipe,
    values: Sequence[GivenValue],
    dataset: str | None = None,
    row: int | None = None,
) -> Given:
    """Given values over those of a dataset's row, over typical ones; a value of a key, such as an order's number, names its row.

    A key is looked for in the dataset, that of the model where none is told, then among rows that were filtered out of
    it, then in the others that the model can read.
    Without a key, a row and values it is the first row of the dataset that is told. Raises ToolError where there is no such row.
    """
    values, dataset, row, told = _by_key(workspace, card, recipe, values, dataset, row)
    if dataset is not None and row is None and values:
        dataset = None
    elif dataset is not None and row is None:
        row, told = 1, [f"It is row 1 of {dataset.split('@')[0]}, since none was named."]
    start, empty = _row_of(workspace, card, recipe, dataset, row)
    named = {one.column.strip().casefold() for one in values}
    kept = [one for one in start if one.column.casefold() not in named]
    given = given_row(card, recipe, [*kept, *values], [one for one in empty if one.casefold() not in named])
    given.notes.extend(told)
    return given


Meant = tuple[list[GivenValue], str | None, int | None, list[str]]
"""Values, and the dataset and the row that they stand over, with a sentence on it."""


def _by_key(
    workspace: Workspace,
    card: Card,
    recipe: Recipe,
    values: Sequence[GivenValue],
    dataset: str | None,
    row: int | None,
) -> Meant:
    """The values without one that is different in every row and not read by the model, and the row that it names."""
    read = {one.name.casefold() for one in card.features if one.used} | {card.target.casefold()}
    name = dataset or card.dataset.split("@")[0]
    for one in values:
        if one.column.strip().casefold() in read:
            continue
        rest = [other for other in values if other is not one]
        looked: list[str] = []
        for source, called in _sources(workspace, card, recipe, name):
            column = next((it for it in source.columns if it.name.casefold() == one.column.strip().casefold()), None)
            place = _place(workspace, source, column.name, one.value) if column else None
            if column and place:
                if called == source.ref and not _holds(workspace, source.dataset, column.name, one.value):
                    looked = list(dict.fromkeys([source.dataset, *looked]))
                missed = f" {listed(looked)} {'has' if len(looked) == 1 else 'have'} no such row." if looked else ""
                told = f"It is row {place:,} of {called}, {column.name} {_text(one.value)}.{missed}"
                return rest, source.ref, place, [told]
            looked += [source.dataset] if place == 0 and source.dataset not in looked else []
        if looked and not any(other.column.strip().casefold() in read for other in rest):
            raise ToolError(_nowhere(looked, one))
    return list(values), dataset, row, []


def _nowhere(looked: Sequence[str], key: GivenValue) -> str:
    what = f"{key.column.strip()} {_text(key.value)}"
    if len(looked) == 1:
        return f"No row of {looked[0]} has {what}. Name one that it has."
    others = f"{listed(looked[1:])}, which {'holds' if len(looked) == 2 else 'hold'} that column too"
    return f"No row of {looked[0]} has {what}, and none of {others}. Name one that is there."


def _sources(workspace: Workspace, card: Card, recipe: Recipe, name: str) -> Iterator[tuple[Version, str]]:
    """The raw rows of the dataset of that name, of what it was before rows were taken out of it, then of the others that hold
    most of what the model reads; each with what it is called."""
    heads = [head.dataset for head in reversed(workspace.datasets())]  # what was made of a dataset comes after it
    own = name.split("@")[0]
    versions = workspace.history(workspace.version(name)) if own in heads else []
    given = list[Version]()
    for version in reversed(versions):
        with suppress(ToolError):  # its rows were moved and changed: those of an earlier version are meant
            if _found(card, recipe, version) and (raw := _raw(workspace, card, recipe, version)) not in given:
                given.append(raw)
                yield raw, own if version is versions[-1] else raw.ref
    for other in heads:
        version = workspace.version(other)
        if other != own and 2 * len(_found(card, recipe, version)) > sum(one.used for one in card.features):
            with suppress(ToolError):  # its rows were moved and changed: none is known to be meant
                yield _raw(workspace, card, recipe, version), other


def _found(card: Card, recipe: Recipe, source: Version) -> dict[str, Column]:
    """What the model reads of a dataset: its columns by the model's raw names, in their order."""
    used = {one.name for one in card.features if one.used}
    found = matches(recipe, source.columns)
    found |= {was: one for one in source.columns if (was := called_at_first(recipe, one.name)) in used - set(found)}
    return {one.name: found[one.name] for one in recipe.columns if one.name in found and one.name in used}


def _place(workspace: Workspace, source: Version, name: str, value: Any) -> int | None:
    """The place from 1 of the row with that value, 0 where none has it; None where the column is no key."""
    text = f"lower(trim(CAST({identifier(name)} AS VARCHAR)))"
    known, different, place = workspace.rows(
        f"SELECT count(key), count(DISTINCT key), min(place) FILTER (key = lower(trim(?))) FROM"
        f" (SELECT {text} AS key, row_number() OVER () AS place FROM {identifier(source.ref)})",
        [_text(value)],
    )[0]
    return (place or 0) if known == different else None


def _holds(workspace: Workspace, dataset: str, name: str, value: Any) -> bool:
    """Whether a dataset holds a key as it is now; one without such a column is not asked."""
    head = workspace.version(dataset)
    return name not in head.names or _place(workspace, head, name, value) != 0


def _text(value: Any) -> str:
    """A key as it is written: 12 for 12.0."""
    return f"{value:.15g}" if isinstance(value, float) else str(value).strip()


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
    found = _found(card, recipe, source)
    if not found:
        raise ToolError(f"{version.dataset} has none of the columns that '{card.name}' was built on.")
    types = dict(recipe.input_schema)
    parts = ", ".join(_as_given(column, types[name], recipe.day_first) for name, column in found.items())
    place = f"LIMIT 1 OFFSET {number - 1}"
    cells = workspace.rows(f"SELECT {parts} FROM {identifier(source.ref)} {place}")[0]
    known = dict(zip(found, map(plain, cells), strict=True))
    if read := [one.name for one in card.features if one.read_as and one.name in found]:
        rows = f"(SELECT {match_columns(recipe, source.columns, [])[0]} FROM {identifier(source.ref)} {place})"
        made = workspace.rows(f"SELECT {', '.join(map(identifier, read))} FROM ({select(recipe, rows, 'predict')})")[0]
        known |= dict(zip(read, map(plain, made), strict=True))
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

"""From which rows a model forecasts: the history kept with it, a version of a dataset, or a file, and what is known ahead."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automl.card import Card
from automl.forecasting.series import TIME, Step, continued
from tools.dataset import Version
from tools.forecasting.build import FUTURE, HISTORY
from tools.forecasting.periods import read_from
from tools.forecasting.rows import Reading, partial_ends
from tools.forecasting.shape import time_of
from tools.forecasting.words import date, facts
from tools.matching import match_columns
from tools.modelling.models import folder_of
from tools.modelling.parts import filled
from tools.modelling.prepare import remaining
from tools.modelling.split import write_parquet
from tools.recipe import On, Recipe, load, select
from tools.tool import ToolError
from tools.transform import Column, Input, column_of
from tools.words import identifier, listed
from tools.workspace import Workspace

Cancelled = Callable[[], bool]


@dataclass(frozen=True)
class Inputs:
    """Files of series: the history, and the values of known columns to come; and what to say of them."""

    history: Path
    ahead: Path | None
    note: str = ""
    wanted: bool = False
    """The values to come were given for themselves, so the forecast must look at them."""


def kept(workspace: Workspace, card: Card) -> Inputs:
    """What was kept with the model when it was built."""
    folder = folder_of(workspace, card)
    return Inputs(folder / HISTORY, folder / FUTURE if (folder / FUTURE).exists() else None)


def of_project(
    workspace: Workspace, card: Card, cursor: Any, dataset: str | None, work: Path, cancelled: Cancelled
) -> Inputs:
    """The rows that were asked for; else those of the newest version of the model's dataset, where they reach further."""
    if dataset is not None:
        return of_version(workspace, card, cursor, workspace.version(dataset), work, cancelled)
    try:
        head = workspace.version(card.dataset.split("@")[0])
        if head.ref == card.dataset:
            return kept(workspace, card)
        newer = of_version(workspace, card, cursor, head, work, cancelled)
    except ToolError:  # the dataset is gone, or has been made into something else
        return kept(workspace, card)
    return newer if _end(newer.history) > facts(card).end else kept(workspace, card)


def _end(history: Path) -> str:
    import pandas as pd

    return str(pd.read_parquet(history, columns=[TIME])[TIME].max())


def of_version(
    workspace: Workspace, card: Card, cursor: Any, version: Version, work: Path, cancelled: Cancelled
) -> Inputs:
    """A version's rows, through the steps of the model's recipe that they have not been through yet."""
    recipe = remaining(workspace, load(folder_of(workspace, card)), version)
    inputs = of_rows(workspace, card, recipe, cursor, identifier(version.ref), version.columns, work, cancelled)
    return Inputs(inputs.history, inputs.ahead, " ".join(filter(None, [f"Forecast from {version.ref}.", inputs.note])))


def check_columns(workspace: Workspace, card: Card, version: Version) -> None:
    """That a version holds what the model reads, before any row is. Raises ToolError where it does not."""
    _matched(card, remaining(workspace, load(folder_of(workspace, card)), version), version.columns)


def of_rows(
    workspace: Workspace,
    card: Card,
    recipe: Recipe,
    cursor: Any,
    source: str,
    columns: Sequence[Column],
    work: Path,
    cancelled: Cancelled,
) -> Inputs:
    """The rows of a relation that the cursor knows: newer history, or values to come where they hold no target.

    Raises ToolError where a column is missing that the model needs.
    """
    found = facts(card)
    matched, notes = _matched(card, recipe, columns)
    rows = f"({select(recipe, f'(SELECT {matched} FROM {source})', 'train')})"
    reading = reading_of(card, cursor, rows)
    note = " ".join(note for note in notes if not note.startswith(("Ignored", "Not in the new data")))
    count, dated, values = cursor.execute(
        f"SELECT count(*), count({reading.moment}), count(*) FILTER (WHERE {filled(identifier(card.target))}) FROM {rows}"
    ).fetchall()[0]
    if count and not dated:
        raise ToolError(
            f"No cell of {found.time} in the new rows can be read as its date. Make it one first: change_type."
        )
    before = kept(workspace, card)
    if not values:
        if not found.series.known:
            raise ToolError(
                f"The rows hold no {card.target}, and '{card.name}' knows no column ahead: they tell it nothing. Give rows"
                f" with {card.target}."
            )
        return Inputs(before.history, _ahead(cursor, reading, rows, work, cancelled), note, wanted=True)
    where, said = partial_ends(On(cursor).rows, reading, rows)
    write_parquet(cursor, reading.past(rows, where), work / "rows.parquet", cancelled)
    said += _put_behind(before.history, work / "rows.parquet", found.series.step)
    unknown = f"{rows[:-1]} WHERE {reading.unknown})" if found.series.known else rows
    return Inputs(
        work / "rows.parquet", _ahead(cursor, reading, unknown, work, cancelled), " ".join([note, *said]).strip()
    )


def _put_behind(history: Path, rows: Path, step: Step) -> list[str]:
    """Put newer rows behind the history that was kept with the model, where they begin later; what to say of it."""
    import pandas as pd

    newer = pd.read_parquet(rows)
    whole = continued(newer, pd.read_parquet(history))
    if len(whole) == len(newer):
        return []
    whole.to_parquet(rows)
    return [f"Before {date(str(newer[TIME].min()), step)} it takes the history it was built on."]


def _matched(card: Card, recipe: Recipe, columns: Sequence[Column]) -> tuple[str, list[str]]:
    """The SELECT list in the form the model learned from; rows of values to come need no target."""
    found = facts(card)
    needed = [*read_from(found.learned, found.time), *found.items, *found.series.known]
    try:
        return match_columns(recipe, columns, [*needed, card.target], by="the forecast", purpose="train")
    except ToolError as error:
        there = card.target.casefold() in {column.name.casefold() for column in columns}
        if found.series.known and not there:  # values of what is forecast are never passed over
            with contextlib.suppress(ToolError):
                return match_columns(recipe, columns, needed, by="the forecast", purpose="train")
        raise ToolError(f"{error} It was built on {card.dataset}; bring the new rows into that form first.") from error


def reading_of(card: Card, cursor: Any, rows: str) -> Reading:
    """How the model reads rows, as it did when it was built."""
    found, relation = facts(card), On(cursor)
    columns = tuple(Column(str(row[0]), str(row[1])) for row in relation.rows(f"DESCRIBE SELECT * FROM {rows}"))
    # Where the dates were dates there is nothing learned of them, and new rows may write them as they like.
    table = Input(rows, columns, relation, dict(found.learned), frozen=bool(found.learned))
    return Reading(
        moment=time_of(table, table.column(found.time)),
        items=tuple(found.items),
        target=card.target,
        step=found.series.step,
        combine=found.combine,
        known=tuple(table.column(name) for name in found.series.known),
        statics=tuple(found.series.statics),
    )


def future_of(card: Card, cursor: Any, version: Version, work: Path, cancelled: Cancelled) -> Path | None:
    """The values to come of a dataset that holds nothing else."""
    found = facts(card)
    if not found.series.known:
        raise ToolError(
            f"'{card.name}' knows no column ahead, so future values change nothing. Build it again with known_columns."
        )
    if not version.row_count:
        raise ToolError(f"{version.dataset} has no rows, so it tells nothing of what is to come.")
    needed = (*read_from(found.learned, found.time), *found.items, *found.series.known)
    names = {name.casefold() for name in version.names}
    if lacking := [name for name in needed if name.casefold() not in names]:
        raise ToolError(
            f"{version.dataset} lacks {listed(lacking)}, which the future values need. Its columns: {listed(version.names, 30)}."
        )
    rows, numbers = identifier(version.ref), _numbers(card, cursor, version)
    rows = f"(SELECT * REPLACE ({', '.join(numbers)}) FROM {rows})" if numbers else rows
    return _ahead(cursor, reading_of(card, cursor, rows), rows, work, cancelled)


def _numbers(card: Card, cursor: Any, version: Version) -> list[str]:
    """The known columns that the model learned as numbers, as such. Raises ToolError where one holds something else."""
    cells = []
    for name in facts(card).series.known:
        column, feature = column_of(version.columns, name), card.feature(name)
        if feature is None or feature.kind != "number" or column.is_number:
            continue
        cell = identifier(column.name)
        read = f"TRY_CAST({cell} AS DOUBLE)"
        odd = cursor.execute(
            f"SELECT any_value({cell}) FROM {identifier(version.ref)} WHERE {filled(cell)} AND {read} IS NULL"
        ).fetchall()[0][0]
        if odd is not None:
            raise ToolError(
                f"{column.name} of {version.dataset} holds '{odd}', but the forecast learned it as a number. Make it one first:"
                " change_type."
            )
        cells.append(f"{read} AS {cell}")
    return cells


def _ahead(cursor: Any, reading: Reading, rows: str, work: Path, cancelled: Cancelled) -> Path | None:
    """The values of known columns of all given rows, as a file; None where there are none."""
    if not reading.known or not cursor.execute(f"SELECT count(*) FROM {rows}").fetchall()[0][0]:
        return None
    path = work / "future.parquet"
    write_parquet(cursor, reading.ahead(rows), path, cancelled)
    return path

"""Rows whose number is far from what a model expects, such as overpriced homes: none judged by a model that learned from it."""

from typing import TYPE_CHECKING, Any

import pyarrow.parquet

from tools.dataset import ROW
from tools.engine import columns_of
from tools.matching import match_columns
from tools.modelling.models import folder_of
from tools.modelling.seen import Seen, cell, values_shown
from tools.modelling.split import MEASURED, ROWS, readable
from tools.modelling.words import number
from tools.recipe import load, select
from tools.tool import Outcome, TableData, ToolError
from tools.words import counted, identifier
from tools.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from automl.held import Held

SIDES = {"all": "farthest from", "too_low": "farthest above", "too_high": "farthest below"}
"""By how the model errs: what it sets too low lies above what it expects."""


def farthest(workspace: Workspace, seen: Seen, kind: str, count: int) -> Outcome:
    """The rows that lie farthest from what the model expects, for rows that are expected alike, with the usual bounds."""
    from automl.held import bands

    card = seen.card
    if seen.held.probabilities is not None or kind not in SIDES:
        raise ToolError(
            f"every_row is for a model of a number, with kind all, too_high or too_low; '{card.name}' predicts"
            f" {'classes' if seen.held.probabilities is not None else 'a number'} and got kind={kind}."
        )
    every = _unseen(workspace, seen)
    usual, gap = bands(every), every.actual - every.predicted
    reach = (usual["high"] - every.predicted).where(gap > 0, usual["low"] - every.predicted).abs()
    far = gap.abs() / reach.clip(lower=1e-9 * max(float(every.actual.abs().max()), 1.0))
    side = {"all": gap != 0, "too_low": gap > 0, "too_high": gap < 0}[kind]
    beyond = side & ((every.actual > usual["high"]) | (every.actual < usual["low"]))
    order = far[side].sort_values(ascending=False, kind="stable").index[:count]
    keys, names = _keys(seen, every), values_shown(seen)
    numbers = [every.actual, every.predicted, gap, usual["low"], usual["high"]]
    rows = [
        [
            *(cell(every.rows.at[at, one]) for one in keys),
            *(float(f"{float(one[at]):.6g}") for one in numbers),
            *(cell(every.rows.at[at, one]) for one in names),
        ]
        for at in order
    ]
    columns = [*keys, f"actual {card.target}", "expected", "difference", "usual from", "usual to", *names]
    return Outcome(
        text=_words(seen, every, kind, len(rows), int(beyond.sum())),
        table=TableData(columns=columns, rows=rows, row_count=int(side.sum())),
        values={"model": card.name, "kind": kind, "rows_looked_at": len(every.rows), "beyond": int(beyond.sum())},
    )


def _keys(seen: Seen, every: "Held") -> list[str]:
    """The first column that the model leaves out and that tells rows apart."""
    alone = (one for one in every.rows.columns if one in seen.card.problem.excluded and every.rows[one].is_unique)
    return list(alone)[:1]


def _words(seen: Seen, every: "Held", kind: str, shown: int, beyond: int) -> str:
    card, held, rows = seen.card, len(seen.held.rows), len(every.rows)
    others = f" and {counted(rows - held, 'row')} judged by models that were fitted on others" if rows > held else ""
    left = card.trained_rows + held - rows
    lost = (
        f" The other {counted(left, 'row')} taught every model there is, so nothing is said of them."
        if left > 0
        else ""
    )
    half = number(float(every.wrong.median()))
    always = counted(round(rows * (0.1 if kind == "all" else 0.05)), "row")
    return (
        f"The {counted(shown, 'row')} {SIDES[kind]} what '{card.name}' expects of {card.target}, for rows that are expected"
        f" alike. It looked at {counted(held, 'row')} kept aside to measure it{others}: no row is judged by a model that"
        f" learned from it. Half of all are off by less than {half}. Of rows that are expected alike 90 % lie between"
        f" 'usual from' and 'usual to'; {beyond:,} of {rows:,} lie beyond on {'either' if kind == 'all' else 'this'} side, and"
        f" about {always} always will.{lost} A gap may come of what no column tells: it is where to look, no proof."
    )


def _unseen(workspace: Workspace, seen: Seen) -> "Held":
    """The rows that measured the model, and of those that taught it what models said that were fitted on others."""
    from automl.held import joined
    from automl.validation import load_validation, places

    folder, problem = folder_of(workspace, seen.card), seen.card.problem
    kept, place = load_validation(folder, problem, seen.candidate), places(folder)
    taught = _taught(workspace, seen) if kept and place is not None else None
    if taught is None or kept is None or place is None or not place.isin(taught.index).all():
        return seen.held
    rows = taught.loc[place].reset_index(drop=True)
    actual, said = (one.astype("float64").reset_index(drop=True) for one in kept)
    if not ((rows[problem.target].astype("float64") - actual).abs() <= 1e-6 * actual.abs() + 1e-9).all():
        return seen.held
    return joined(seen.held, rows, actual, said)


def _taught(workspace: Workspace, seen: Seen) -> "pd.DataFrame | None":
    """The prepared rows that taught the model, in the order in which it was fitted; None where they are gone."""
    from automl.frames import as_frame

    folder, target = folder_of(workspace, seen.card), seen.card.target
    if not (folder / ROWS).is_file():
        return None
    recipe, parquet = load(folder), pyarrow.parquet
    raw: Any = parquet.read_table(folder / ROWS)  # type: ignore[no-untyped-call]
    with workspace.cursor() as cursor:
        cursor.register("rows_behind", raw)
        cursor.execute(f"CREATE TEMP VIEW taught AS SELECT * EXCLUDE ({identifier(MEASURED)}) FROM rows_behind WHERE NOT {identifier(MEASURED)}")  # fmt: skip
        matched, _ = match_columns(recipe, columns_of(cursor, "taught"), purpose="train")
        made = f"({select(recipe, f'(SELECT {matched} FROM taught)', 'train')})"
        cells = ", ".join(readable(column) for column in columns_of(cursor, made) if column.name != ROW)
        frame = as_frame(cursor.execute(f"SELECT {cells} FROM {made} ORDER BY {identifier(ROW)}").to_arrow_table())
        cursor.unregister("rows_behind")
    frame = frame[frame[target].notna()].reset_index(drop=True)
    return frame if len(frame) == seen.card.trained_rows else None

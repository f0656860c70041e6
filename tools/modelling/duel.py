"""The same rows for two models: rows that neither was built on, or a given dataset, each prepared by both recipes."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from automl.card import Card
from automl.frames import labels
from automl.paired import Paired, pair
from tools import engine
from tools.dataset import ROW, Version
from tools.modelling.models import folder_of
from tools.modelling.prepare import open_model, prepare, remaining
from tools.modelling.split import MEASURED, ROWS
from tools.tool import ToolError
from tools.words import identifier, literal
from tools.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 50_000
FEWEST_ROWS = 20


@dataclass(frozen=True)
class Ground:
    """Rows to compare on, and whose they are, in words."""

    rows: pa.Table
    words: str
    version: Version | None = None
    """The dataset they are, where one was given."""


def duel(workspace: Workspace, first: Card, second: Card, version: Version | None, seed: int) -> tuple[Paired, str]:
    """Both models measured on the same rows, and which rows those are. Raises ToolError where there are none."""
    if first.forecast or second.forecast:
        raise ToolError(
            "A forecast is measured on back-test windows of its own, beside the seasonal naive. Look at each:"
            f" evaluate_model('{first.name}') and evaluate_model('{second.name}')."
        )
    if (first.target, first.problem.kind) != (second.target, second.problem.kind):
        raise ToolError(
            f"'{first.name}' predicts {first.target} ({first.problem.kind}) and '{second.name}' {second.target}"
            f" ({second.problem.kind}): only models of the same thing can be compared."
        )
    ground = _given(workspace, version, first, second) if version else _unseen(workspace, first, second)
    answers, predictions = [], []
    for card in (first, second):
        saved, recipe = open_model(workspace, card.name)
        steps = remaining(workspace, recipe, ground.version) if ground.version else recipe
        with prepare(saved, steps, ground.rows.schema, [card.target]) as preparer:
            frame = preparer.frame(ground.rows)
            answers.append(_answers(frame, card))
            predictions.append(preparer.predict_frame(frame))
    keep = answers[0].notna() & answers[1].notna()
    if not bool((answers[0][keep] == answers[1][keep]).all()):
        raise ToolError(
            f"'{first.name}' and '{second.name}' prepare {first.target} in different ways: no fair comparison."
        )
    if first.problem.kind != "regression":
        keep &= answers[0].isin(set(first.problem.classes) & set(second.problem.classes))
    if keep.sum() < FEWEST_ROWS:
        raise ToolError(
            f"Only {int(keep.sum())} rows {ground.words} hold a {first.target} that both models know; {FEWEST_ROWS} are"
            " needed. Name a dataset whose answers are known: compare_models(first, second, dataset)."
        )
    mine, theirs = (_picked(one, keep) for one in predictions)
    known = [*first.problem.classes, *(one for one in second.problem.classes if one not in first.problem.classes)]
    problem = first.problem.model_copy(update={"classes": known})
    return pair(problem, answers[0][keep].reset_index(drop=True), mine, theirs, seed=seed), ground.words


def _answers(frame: "pd.DataFrame", card: Card) -> "pd.Series[Any]":
    if card.target not in frame:
        raise ToolError(f"The preparation of '{card.name}' makes {card.target} anew: it can't be compared.")
    column = frame[card.target]
    return column if card.problem.kind == "regression" else labels(column)


def _picked(predicted: Any, keep: "pd.Series[Any]") -> Any:
    from automl.predictor import Predictions

    table = predicted.probabilities
    return Predictions(
        predicted.values[keep].reset_index(drop=True), None if table is None else table[keep].reset_index(drop=True)
    )


def _given(workspace: Workspace, version: Version, first: Card, second: Card) -> Ground:
    sql = f"SELECT * FROM {identifier(version.ref)} USING SAMPLE reservoir({MOST_ROWS} ROWS) REPEATABLE (0)"
    schema, batches = workspace.batches(sql)
    taught = [card.name for card in (first, second) if card.dataset.partition("@")[0] == version.dataset]
    words = f"of {version.ref}"
    if len(taught) == 1:
        words += f" (some of them taught '{taught[0]}', which favours it)"
    elif taught:
        words += " (some of them taught both, so both look better than on new rows; without a dataset only unseen ones count)"
    return Ground(pa.Table.from_batches(list(batches), schema), words, version)


def _unseen(workspace: Workspace, first: Card, second: Card) -> Ground:
    """The rows that measured one model and did not teach the other, told by what stands in them; the larger lot."""
    lots = []
    for mine, other in ((first, second), (second, first)):
        mine_rows, other_rows = (folder_of(workspace, card) / ROWS for card in (mine, other))
        if not mine_rows.is_file() or not other_rows.is_file():
            raise ToolError(
                "A model from before its rows were kept can be compared on a dataset only: name one whose answers are"
                " known."
            )
        lots.append(_apart(mine_rows, other_rows, {*first.unused} & {*second.unused}))
    return Ground(max(lots, key=lambda rows: rows.num_rows), "that neither model was built on")


def _apart(mine: Path, other: Path, ignored: set[str]) -> pa.Table:
    """The measuring rows of one file that are no teaching rows of the other, whatever the columns that no model reads."""
    with engine.trusted() as connection:
        held, taught = (f"(FROM read_parquet({literal(str(path))}))" for path in (mine, other))
        theirs = {column.name.casefold(): column for column in engine.columns_of(connection, taught)}
        common = [
            (identifier(column.name), identifier(theirs[column.name.casefold()].name))
            for column in engine.columns_of(connection, held)
            if column.name not in {ROW, MEASURED, *ignored} and column.name.casefold() in theirs
        ]
        if not common:
            return pa.table({})
        same = " AND ".join(f"CAST(m.{a} AS VARCHAR) IS NOT DISTINCT FROM CAST(o.{b} AS VARCHAR)" for a, b in common)
        return connection.execute(
            f"SELECT * EXCLUDE ({identifier(ROW)}, {identifier(MEASURED)}) FROM {held} AS m WHERE {identifier(MEASURED)}"
            f" AND NOT EXISTS (FROM {taught} AS o WHERE NOT {identifier(MEASURED)} AND {same}) LIMIT {MOST_ROWS}"
        ).to_arrow_table()

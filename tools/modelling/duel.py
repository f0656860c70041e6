"""The same rows for several models: rows that none was built on, or a given dataset, each prepared by every recipe."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from automl.card import Card
from automl.frames import labels
from automl.paired import Paired, pair
from automl.predictor import Predictions
from automl.problem import Problem
from tools import engine
from tools.dataset import ROW, Version
from tools.modelling.models import folder_of
from tools.modelling.prepare import open_model, prepare, remaining
from tools.modelling.split import MEASURED, ROWS
from tools.tool import ToolError
from tools.words import identifier, listed, literal
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


class TooFewRows(ToolError):
    """The models share too few rows that none of them was built on."""


@dataclass(frozen=True)
class Lineup:
    """What several models say of the same rows, whose answers are known."""

    problem: Problem
    actual: "pd.Series[Any]"
    said: list[Predictions]
    words: str


def duel(workspace: Workspace, first: Card, second: Card, version: Version | None, seed: int) -> tuple[Paired, str]:
    """Both models measured on the same rows, and which rows those are. Raises ToolError where there are none."""
    found = line_up(workspace, [first, second], version)
    return pair(found.problem, found.actual, *found.said, seed=seed), found.words


def line_up(workspace: Workspace, cards: Sequence[Card], version: Version | None) -> Lineup:
    """What the models say of the same rows: those given, else ones that none was built on. Raises ToolError."""
    for other in cards:
        _check_alike(cards[0], other)
    ground = _given(workspace, version, cards) if version else _unseen(workspace, cards)
    answers, predictions = [], []
    for card in cards:
        saved, recipe = open_model(workspace, card.name)
        steps = remaining(workspace, recipe, ground.version) if ground.version else recipe
        with prepare(saved, steps, ground.rows.schema, [card.target]) as preparer:
            frame = preparer.frame(ground.rows)
            answers.append(_answers(frame, card))
            predictions.append(preparer.predict_frame(frame))
    first, known = cards[0], cards[0].problem.classes
    keep = answers[0].notna()
    for card, column in zip(cards, answers, strict=True):
        keep &= column.notna()
        if not bool((answers[0][keep] == column[keep]).all()):
            raise ToolError(
                f"'{first.name}' and '{card.name}' prepare {first.target} in different ways: no fair comparison."
            )
        if first.problem.kind != "regression":
            keep &= answers[0].isin(card.problem.classes)
        known = [*known, *(one for one in card.problem.classes if one not in known)]
    if keep.sum() < FEWEST_ROWS:
        raise TooFewRows(
            f"Only {int(keep.sum())} rows {ground.words} hold a {first.target} that {_all(cards)} models know; {FEWEST_ROWS}"
            " are needed. Name a dataset whose answers are known: compare_models(models, dataset)."
        )
    problem = first.problem.model_copy(update={"classes": known})
    actual = answers[0][keep].reset_index(drop=True)
    return Lineup(problem, actual, [_picked(one, keep) for one in predictions], ground.words)


def _check_alike(first: Card, other: Card) -> None:
    if first.forecast or other.forecast:
        raise ToolError(
            "A forecast is measured on back-test windows of its own, beside the seasonal naive. Look at each:"
            f" evaluate_model('{first.name}') and evaluate_model('{other.name}')."
        )
    if (first.target, first.problem.kind) != (other.target, other.problem.kind):
        raise ToolError(
            f"'{first.name}' predicts {first.target} ({first.problem.kind}) and '{other.name}' {other.target}"
            f" ({other.problem.kind}): only models of the same thing can be compared."
        )


def _all(cards: Sequence[Card]) -> str:
    return "both" if len(cards) == 2 else f"all {len(cards)}"


def _answers(frame: "pd.DataFrame", card: Card) -> "pd.Series[Any]":
    if card.target not in frame:
        raise ToolError(f"The preparation of '{card.name}' makes {card.target} anew: it can't be compared.")
    column = frame[card.target]
    return column if card.problem.kind == "regression" else labels(column)


def _picked(predicted: Predictions, keep: "pd.Series[Any]") -> Predictions:
    table = predicted.probabilities
    return Predictions(
        predicted.values[keep].reset_index(drop=True), None if table is None else table[keep].reset_index(drop=True)
    )


def _given(workspace: Workspace, version: Version, cards: Sequence[Card]) -> Ground:
    sql = f"SELECT * FROM {identifier(version.ref)} USING SAMPLE reservoir({MOST_ROWS} ROWS) REPEATABLE (0)"
    schema, batches = workspace.batches(sql)
    taught = [f"'{card.name}'" for card in cards if card.dataset.partition("@")[0] == version.dataset]
    words = f"of {version.ref}"
    if len(taught) == len(cards):
        every = _all(cards).split()[0]
        words += (
            f" (some of them taught {every}, so {every} look better than on new rows; without a dataset only unseen ones"
            " count)"
        )
    elif taught:
        words += f" (some of them taught {listed(taught)}, which favours {'it' if len(taught) == 1 else 'them'})"
    return Ground(pa.Table.from_batches(list(batches), schema), words, version)


def _unseen(workspace: Workspace, cards: Sequence[Card]) -> Ground:
    """The rows that measured one model and taught none of the others, told by what stands in them; the largest lot."""
    files = [folder_of(workspace, card) / ROWS for card in cards]
    if not all(file.is_file() for file in files):
        raise ToolError(
            "A model from before its rows were kept can be compared on a dataset only: name one whose answers are known."
        )
    ignored = set.intersection(*({*card.unused} for card in cards))
    lots = [_apart(mine, [other for other in files if other != mine], ignored) for mine in files]
    words = (
        "that neither model was built on" if len(cards) == 2 else f"that none of the {len(cards)} models was built on"
    )
    return Ground(max(lots, key=lambda rows: rows.num_rows), words)


def _apart(mine: Path, others: Sequence[Path], ignored: set[str]) -> pa.Table:
    """The measuring rows of one file that are no teaching rows of the others, whatever the columns that no model reads."""
    with engine.trusted() as connection:
        held = f"(FROM read_parquet({literal(str(mine))}))"
        own = [one for one in engine.columns_of(connection, held) if one.name not in {ROW, MEASURED, *ignored}]
        unlike = ""
        for other in others:
            taught = f"(FROM read_parquet({literal(str(other))}))"
            theirs = {column.name.casefold(): column for column in engine.columns_of(connection, taught)}
            common = [(one.name, theirs[one.name.casefold()].name) for one in own if one.name.casefold() in theirs]
            if not common:
                return pa.table({})
            same = " AND ".join(
                f"CAST(m.{identifier(a)} AS VARCHAR) IS NOT DISTINCT FROM CAST(o.{identifier(b)} AS VARCHAR)"
                for a, b in common
            )
            unlike += f" AND NOT EXISTS (FROM {taught} AS o WHERE NOT {identifier(MEASURED)} AND {same})"
        return connection.execute(
            f"SELECT * EXCLUDE ({identifier(ROW)}, {identifier(MEASURED)}) FROM {held} AS m WHERE {identifier(MEASURED)}"
            f"{unlike} LIMIT {MOST_ROWS}"
        ).to_arrow_table()

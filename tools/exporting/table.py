"""A model of a table as files: raw rows, preparation, training, prediction, all readable and without Easel."""

import json
import shutil
from pathlib import Path
from pprint import pformat
from typing import Any

from automl.card import Card
from automl.decide import Decision
from automl.predictor import predicts_with
from tools import engine
from tools.exporting.write import Export, Files, rendered
from tools.modelling.facts import card_facts
from tools.modelling.models import folder_of
from tools.modelling.split import FOLD, MEASURED, ROWS, SPEC, TURNS
from tools.modelling.words import headline, kind_words
from tools.recipe import ROW, Purpose, Recipe, load, select
from tools.script import calls_encoder, python_text
from tools.tool import Column, ToolError, identifier, literal
from tools.workspace import Workspace

PURPOSES: tuple[Purpose, ...] = ("train", "holdout", "predict")
_RELATION = "given_rows"


def preparation(card: Card, recipe: Recipe) -> str:
    """The text of `prepare.py`, which prepares raw rows as the recipe does. Raises ToolError where Easel alone can."""
    if calls_encoder(step.sql for step in recipe.steps):
        raise ToolError(
            f"'{card.name}' reads texts by their meaning, with an encoder that only Easel's own DuckDB has."
        )
    steps = {purpose: python_text(select(recipe, _RELATION, purpose)) for purpose in PURPOSES}
    values = {"input": literal_of(dict(recipe.input_schema)), "output": literal_of(_outputs(recipe))}
    return rendered("prepare.j2", name=card.name, **values, **steps)


def _outputs(recipe: Recipe) -> dict[str, str]:
    """The prepared columns, as what a frame holds them: numbers, moments, and everything else as text."""
    with engine.trusted() as connection:
        columns = ", ".join(f"{identifier(name)} {kind}" for name, kind in recipe.input_schema)
        connection.execute(f"CREATE TABLE {_RELATION} ({columns}, {identifier(ROW)} BIGINT)")
        found = engine.columns_of(connection, f"({select(recipe, _RELATION, 'train')})")
    return {column.name: _held_as(column) for column in found if column.name != ROW}


def _held_as(column: Column) -> str:
    if column.is_number:
        return "DOUBLE"
    return "TIMESTAMP" if column.is_time and column.type != "TIME" else "VARCHAR"


def table_export(workspace: Workspace, card: Card) -> Export:
    """Raw rows, their preparation, a script that trains and one that predicts. Raises ToolError where one is missing."""
    source = folder_of(workspace, card)
    spec = _spec(card, source)
    classes = card.problem.classes if card.problem.kind != "regression" else []
    common = {"name": card.name, "classes": literal_of(classes) if classes else ""}
    training = rendered(
        "table_train.j2",
        **common,
        target=literal_of(card.target),
        kind=literal_of(card.problem.kind),
        positive=literal_of(card.problem.positive),
        left_out=literal_of(list(card.problem.excluded)),
        settings=literal_of(spec["plan"]["settings"]),
        seconds=literal_of(spec["plan"]["seconds"]),
        scores=literal_of(card.scores.metrics),
        metric=literal_of(card.metric),
        seed=spec.get("seed", 0),
        weight=literal_of("balance_weight" if spec.get("balance") and classes else None),
        folded=_turns(source) > 1,
        bagged="num_bag_folds" in spec["plan"]["settings"],
        split_words=split_words(card),
        words=kind_words(card),
    )
    place, best = predicts_with(card)
    features = literal_of(list(card.model_columns))
    predicting = rendered("table_predict.j2", **common, features=features, best=literal_of(best))
    trains = "trains the model again with plain AutoGluon and prints both scores"
    return rows_export(card, source, place, trains, training, predicting)


def rows_export(
    card: Card, source: Path, place: str, trains: str, training: str, predicting: str, own: Files | None = None
) -> Export:
    """What models of rows have in common: raw rows and their preparation, besides the scripts of their kind.

    Raises ToolError for a model from before its rows were kept, and where Easel alone can prepare them.
    """
    if not (source / ROWS).is_file():
        raise ToolError(f"The model '{card.name}' is from before its rows were kept. Build it again, then export it.")
    preparing, classes = preparation(card, load(source)), card.problem.kind != "regression"
    answers: Files = {"answer.py": ("the answer from the probabilities", _answer(card))} if classes else {}
    return Export(
        files={
            "prepare.py": ("prepares raw rows, with everything that was learned from the training rows", preparing),
            **answers,
            **(own or {}),
            "train.py": (trains, training),
            "predict.py": ("predicts a file of raw rows with the model as it is", predicting),
        },
        predictor=source / place,
        versions=card.versions,
        told=told(card),
        copy_data=lambda data: copy_rows(source, data),
        data="the raw rows: those that taught and those that measured",
        command="python predict.py new_rows.csv predictions.csv",
        answers="Predicts raw rows: one row per given row, the prediction and, for classes, the probability of each.",
        artefacts={},
    )


def _answer(card: Card) -> str:
    """The text of `answer.py`: the threshold and the calibration that were kept for this candidate."""
    kept = card.decision if card.decision and card.decision.candidate == card.best else Decision(candidate=card.best)
    return rendered(
        "answer.j2",
        name=card.name,
        positive=literal_of(card.problem.positive),
        threshold=literal_of(kept.threshold),
        why=f" It was chosen: {kept.why}." if kept.threshold is not None else "",
        curves=literal_of({name: curve.model_dump() for name, curve in kept.curves.items()}),
    )


def _turns(folder: Path) -> int:
    """In how many parts the training rows take turns by time or by group; 0 where chance parts them."""
    if not (folder / TURNS).is_file():
        return 0
    with engine.trusted() as connection:
        file = f"read_parquet({literal(str(folder / TURNS))})"
        return int(connection.execute(f"SELECT count(DISTINCT {identifier(FOLD)}) FROM {file}").fetchall()[0][0])


def split_words(card: Card) -> str:
    """How the rows that measure were set aside."""
    rule = card.built.settings
    alike = "alike in every class" if card.problem.kind != "regression" else "alike in every band of its size"
    words = {"time": f"as the latest by {rule.split_column}", "group": f"as whole groups of {rule.split_column}"}
    stratified = rule.split == "stratified" or (rule.split == "auto" and card.problem.kind != "regression")
    return words.get(rule.split, alike if stratified else "at random")


def told(card: Card) -> dict[str, Any]:
    """What the folder's README says of the model."""
    name = {"binary": "auc", "multiclass": "accuracy", "regression": "rmse"}[card.problem.kind]
    low, high = card.scores.intervals.get(name, (None, None))
    interval = f" ({name} {low:.3g} to {high:.3g} with 95 % certainty)" if low is not None else ""
    return {"words": kind_words(card), "headline": headline(card), "interval": interval, "facts": card_facts(card)}


def copy_rows(folder: Path, data: Path) -> None:
    """The raw rows, those that taught and those that measured, as two Parquet files; and who takes turns with whom."""
    if (folder / TURNS).is_file():
        shutil.copyfile(folder / TURNS, data / TURNS)
    source = folder / ROWS
    for name, measured in (("training_rows.parquet", "NOT "), ("holdout_rows.parquet", "")):
        with engine.trusted() as connection:
            connection.execute(
                f"COPY (SELECT * EXCLUDE ({identifier(MEASURED)}) FROM read_parquet({literal(str(source))})"
                f" WHERE {measured}{identifier(MEASURED)}) TO {literal(str(data / name))} (FORMAT parquet)"
            )


def _spec(card: Card, folder: Path) -> dict[str, Any]:
    if not (folder / SPEC).is_file() or not (folder / ROWS).is_file():
        raise ToolError(
            f"The model '{card.name}' is from before its rows and settings were kept. Build it again, then export it."
        )
    spec: dict[str, Any] = json.loads((folder / SPEC).read_text(encoding="utf-8"))
    return spec


def literal_of(value: Any) -> str:
    """A value as Python source."""
    return pformat(value, width=110, sort_dicts=False)

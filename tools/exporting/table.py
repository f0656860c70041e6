"""A model of a table as files: raw rows, preparation, training, prediction, all readable and without Easel."""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from pprint import pformat
from typing import Any

from automl.card import Card
from automl.decide import Decision
from automl.predictor import predicts_with
from tools import engine
from tools.dataset import ROW
from tools.exporting.meaning import carried, encoder_versions, encoders_of, encoding
from tools.exporting.write import Export, Files, rendered
from tools.matching import read_as, used_columns
from tools.modelling.facts import card_facts
from tools.modelling.models import folder_of
from tools.modelling.split import FOLD, MEASURED, ROWS, SPEC, TURNS
from tools.modelling.words import headline, kind_words
from tools.recipe import Purpose, Recipe, load, select
from tools.script import python_text
from tools.tool import ToolError
from tools.transform import Column
from tools.words import identifier, literal
from tools.workspace import Workspace

PURPOSES: dict[Purpose, str] = {
    "train": "rows to learn from",
    "holdout": "rows that measure: none is removed for being awkward",
    "predict": "rows to predict: every row stays",
}
RELATION = "given_rows"


def preparation(card: Card, recipe: Recipe) -> Files:
    """`prepare.py`, which prepares raw rows as the recipe does, and the script that it encodes texts with where it does."""
    steps = [(purpose, what, select(recipe, RELATION, purpose)) for purpose, what in PURPOSES.items()]
    return prepared_by(card.name, recipe, steps, used_columns(recipe, card.model_columns))


def prepared_by(name: str, recipe: Recipe, steps: Sequence[tuple[str, str, str]], needed: Sequence[str]) -> Files:
    """The same for any statements over RELATION: what each is for, in a word and in words, and itself."""
    encoders, cell = encoders_of(recipe), Column("?", "VARCHAR")
    read = {kind: read_as(cell, kind, recipe.day_first) for _, kind in recipe.input_schema}
    text = rendered(
        "prepare.j2",
        name=name,
        needs="duckdb, pandas and a sentence encoder" if encoders else "duckdb and pandas only",
        input=literal_of(dict(recipe.input_schema)),
        needed=literal_of(list(needed)),
        read=literal_of({kind: sql for kind, sql in read.items() if not sql.startswith(("TRY_CAST", '"'))}),
        output=literal_of(_outputs(recipe, [sql for _, _, sql in steps])),
        encoders=literal_of(dict(encoders)) if encoders else "",
        steps=[(purpose, what, python_text(sql)) for purpose, what, sql in steps],
    )
    what = "prepares raw rows, with everything that was learned from the training rows"
    return (encoding() if encoders else {}) | {"prepare.py": (what, text)}


def _outputs(recipe: Recipe, steps: Sequence[str]) -> dict[str, str]:
    """The prepared columns, as what a frame holds them: numbers, days, hours, moments, and everything else as text."""
    with given_rows(recipe) as connection:
        found = [column for sql in steps for column in engine.columns_of(connection, f"({sql})")]
    return {column.name: _held_as(column) for column in found if column.name != ROW}


@contextmanager
def given_rows(recipe: Recipe) -> Iterator[Any]:
    """A connection that knows RELATION, with the columns of a recipe's input and no rows."""
    with engine.trusted() as connection:
        columns = ", ".join(f"{identifier(name)} {kind}" for name, kind in recipe.input_schema)
        connection.execute(f"CREATE TABLE {RELATION} ({columns}, {identifier(ROW)} BIGINT)")
        yield connection


def _held_as(column: Column) -> str:
    if column.is_number:
        return "DOUBLE"
    if column.type == "INTERVAL" or (column.type.startswith("TIME") and not column.type.startswith("TIMESTAMP")):
        return "DAYS" if column.type == "INTERVAL" else "HOURS"
    return "TIMESTAMP" if column.is_time else "VARCHAR"


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

    Raises ToolError for a model from before its rows were kept.
    """
    if not (source / ROWS).is_file():
        raise ToolError(f"The model '{card.name}' is from before its rows were kept. Build it again, then export it.")
    recipe, classes = load(source), card.problem.kind != "regression"
    encoders = encoders_of(recipe)
    answers: Files = {"answer.py": ("the answer from the probabilities", _answer(card))} if classes else {}
    return Export(
        files={
            **preparation(card, recipe),
            **answers,
            **(own or {}),
            "train.py": (trains, training),
            "predict.py": ("predicts a file of raw rows with the model as it is", predicting),
        },
        predictor=source / place,
        versions=card.versions | encoder_versions(encoders),
        told=told(card),
        copy_data=lambda data: copy_rows(source, data),
        data="the raw rows: those that taught and those that measured",
        command="python predict.py new_rows.csv predictions.csv",
        answers="Predicts raw rows: one row per given row, the prediction and, for classes, the probability of each.",
        artefacts={},
        carried=carried(encoders),
    )


def _answer(card: Card) -> str:
    """The text of `answer.py`: the threshold and the calibration that were kept for this candidate."""
    kept = card.decision if card.decision and card.decision.candidate == card.best else Decision(candidate=card.best)
    return rendered(
        "answer.j2",
        name=card.name,
        positive=literal_of(card.problem.positive),
        kind=literal_of(card.problem.label_type),
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

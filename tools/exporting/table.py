"""A model of a table as files: raw rows, preparation, training, prediction, all readable and without Easel."""

import json
from pathlib import Path
from pprint import pformat
from typing import Any

from automl.card import Card
from automl.predictor import predicts_with
from tools import engine
from tools.exporting.write import Files, rendered
from tools.modelling.split import MEASURED, ROWS, SPEC
from tools.modelling.words import headline, kind_words
from tools.recipe import ROW, Purpose, Recipe, select
from tools.script import calls_encoder, python_text
from tools.tool import Column, ToolError, identifier, literal

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


def table_files(card: Card, recipe: Recipe, folder: Path) -> Files:
    """The files of a model's folder, by name. Raises ToolError for a model from before its rows were kept."""
    spec = _spec(card, folder)
    common = _common(card)
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
        weight=literal_of("balance_weight" if spec.get("balance") and card.problem.kind != "regression" else None),
        words=kind_words(card),
    )
    return {
        "prepare.py": (
            "prepares raw rows, with everything that was learned from the training rows",
            preparation(card, recipe),
        ),
        "train.py": ("trains the model again with plain AutoGluon and prints both scores", training),
        "predict.py": (
            "predicts a file of raw rows with the model as it is",
            rendered("table_predict.j2", **common),
        ),
    }


def mlflow_code(card: Card, recipe: Recipe) -> str:
    """The one file that MLflow runs: the preparation and the model."""
    return preparation(card, recipe) + rendered("table_model.j2", **_common(card))


def _common(card: Card) -> dict[str, Any]:
    classes = card.problem.classes if card.problem.kind != "regression" else []
    return {
        "name": card.name,
        "features": literal_of(list(card.model_columns)),
        "classes": literal_of(classes),
        "best": literal_of(predicts_with(card)[1]),
    }


def told(card: Card) -> dict[str, Any]:
    """What the folder's README says of the model."""
    name = {"binary": "auc", "multiclass": "accuracy", "regression": "rmse"}[card.problem.kind]
    low, high = card.scores.intervals.get(name, (None, None))
    interval = f" ({name} {low:.3g} to {high:.3g} with 95 % certainty)" if low is not None else ""
    return {"words": kind_words(card), "headline": headline(card), "interval": interval}


def copy_rows(folder: Path, data: Path) -> None:
    """The raw rows, those that taught and those that measured, as two Parquet files."""
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

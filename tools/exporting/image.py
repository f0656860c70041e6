"""A model of pictures as files: its pictures, their measures, a script that trains it again with scikit-learn."""

import inspect
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from automl.card import Card
from automl.image_model import learned_by
from tools import engine
from tools.exporting.reading import facts_of
from tools.exporting.table import copy_rows, rows_export
from tools.exporting.write import Export, Files, rendered
from tools.modelling.misfits import NAMED
from tools.modelling.models import folder_of
from tools.modelling.split import ROWS
from tools.recipe import Purpose, load, select
from tools.tool import ToolError
from tools.words import counted, identifier, listed, literal
from tools.workspace import Workspace


def image_export(workspace: Workspace, card: Card) -> Export:
    """Pictures and their rows, a script that trains and one that predicts. Raises ToolError where it is too old for that."""
    from automl import backbone, measures, network, pictures
    from automl.predictor import PREDICTOR

    if card.image is None:
        raise ToolError(f"The model '{card.name}' is from before its facts were kept. Build it again, then export it.")
    source, seen = folder_of(workspace, card), card.best.split(", ")[0]
    ways = {f"by_{one}": one in seen for one in ("texture", "network", "pixels")}
    classifier, weight = learned_by(source / PREDICTOR)
    if ways["by_pixels"] and not classifier.steps_:
        raise ToolError(
            f"The model '{card.name}' is from before its steps were counted. Build it again, then export it."
        )
    library = "PyTorch" if ways["by_pixels"] else "scikit-learn"
    facts = facts_of(card, card.image.column) | ways
    training = rendered(
        "image_train.j2",
        weight=weight,
        classifier=repr(replace(classifier, steps=classifier.steps_) if ways["by_pixels"] else classifier),
        imports=[] if ways["by_pixels"] else imports_of(classifier),
        library=library,
        things="pictures",
        source_words="pictures",
        way_words="telling pictures apart",
        **facts,
    )
    predicting = rendered("image_predict.j2", by_shares=not hasattr(classifier, "decision_function"), **facts)
    looking = rendered(
        "features.j2",
        name=card.name,
        side=pictures.SIDE,
        network_side=backbone.SIDE,
        mean=backbone.MEAN,
        spread=backbone.SPREAD,
        **ways,
    )
    files: Files = {"features.py": ("pictures as numbers", looking)}
    if ways["by_texture"]:
        files = {"measures.py": ("measures of texture, edges, shape and colour", inspect.getsource(measures))} | files
    if ways["by_pixels"]:
        files = {"network.py": ("the small network and how it learns", inspect.getsource(network))} | files
    trains = f"trains the model again with plain {library} and prints both scores"
    made = rows_export(card, source, PREDICTOR, trains, training, predicting, files)

    paths = pictures_of(card.image.column, source)
    lost = [path for path in paths if ".." in path.parts or not pictures.is_readable(workspace.files / path)]

    def copy_data(data: Path) -> None:
        copy_rows(source, data)
        copy_pictures([path for path in paths if path not in lost], workspace.files, data / "pictures")

    return replace(made, copy_data=copy_data, data=f"{made.data}, and the pictures", note=_lost_words(lost))


def _lost_words(lost: list[Path]) -> str:
    names, them = listed([str(path) for path in lost], NAMED), "it" if len(lost) == 1 else "them"
    told = f" {counted(len(lost), 'picture')} of its rows can't be read any more: {names}. train.py goes on without {them}."
    return told if lost else ""


def imports_of(classifier: Any) -> list[str]:
    """The lines that import what a classifier is written with."""
    parts = [classifier, *(part for _, part in getattr(classifier, "steps", []))]
    return sorted(f"from {re.split(r'[.]_', type(one).__module__)[0]} import {type(one).__name__}" for one in parts)


def pictures_of(column: str, source: Path) -> list[Path]:
    """The path of every picture that taught or measured, as its row names it."""
    recipe, given = load(source), f"read_parquet({literal(str(source / ROWS))})"
    purposes: tuple[Purpose, ...] = ("train", "holdout")
    with engine.trusted() as connection:
        connection.execute(f"CREATE TEMP TABLE given_rows AS SELECT * FROM {given}")
        sql = " UNION ".join(
            f"SELECT {identifier(column)} FROM ({select(recipe, 'given_rows', one)})" for one in purposes
        )
        return sorted(Path(str(row[0])) for row in connection.execute(sql).fetchall() if row[0])


def copy_pictures(paths: list[Path], root: Path, target: Path) -> None:
    """Every picture of some paths, under the path that its row names."""
    for path in paths:
        place = target / path.relative_to(path.anchor)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / path, place)

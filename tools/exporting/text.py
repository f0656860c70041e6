"""A model of texts as files: the same folder as of a table, trained again with scikit-learn."""

from pathlib import Path

from automl.card import Card
from tools.exporting.table import literal_of, preparation
from tools.exporting.write import Files, rendered
from tools.modelling.split import ROWS
from tools.modelling.words import kind_words
from tools.recipe import Recipe
from tools.tool import ToolError


def text_files(card: Card, recipe: Recipe, folder: Path) -> Files:
    """The files of a text model's folder, by name. Raises ToolError for a model from before its rows were kept."""
    from automl.encoder import MOST_PIECES
    from automl.text_model import mix_of

    if card.text is None or not (folder / ROWS).is_file():
        raise ToolError(f"The model '{card.name}' is from before its rows were kept. Build it again, then export it.")
    by_words, by_meaning = "words" in card.best, card.best != "words"
    common = {"name": card.name, "column": literal_of(card.text.column)}
    training = rendered(
        "text_train.j2",
        **common,
        target=literal_of(card.target),
        classes=literal_of(card.problem.classes),
        by_words=by_words,
        by_meaning=by_meaning,
        weights=literal_of(mix_of(folder / "predictor")),
        scores=literal_of(card.scores.metrics),
        words=kind_words(card),
        column_words=card.text.column,
        method_words=card.best,
    )
    files: Files = {
        "prepare.py": (
            "prepares raw rows, with everything that was learned from the training rows",
            preparation(card, recipe),
        ),
        "train.py": ("trains the model again with plain scikit-learn and prints both scores", training),
        "predict.py": ("predicts a file of raw rows with the model as it is", rendered("text_predict.j2", **common)),
    }
    if by_meaning:
        encode = rendered("text_encode.j2", name=card.name, pieces=MOST_PIECES)
        files["encode.py"] = ("texts as vectors, by the sentence encoder", encode)
    return files

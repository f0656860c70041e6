"""A model of texts as files: the same folder as of a table, trained again with scikit-learn."""

from dataclasses import replace

from automl.card import Card
from tools.exporting.table import literal_of, rows_export
from tools.exporting.write import Export, Files, rendered
from tools.modelling.models import folder_of
from tools.modelling.words import kind_words
from tools.tool import ToolError
from tools.workspace import Workspace


def text_export(workspace: Workspace, card: Card) -> Export:
    """Raw rows, their preparation, a script that trains and one that predicts. Raises ToolError where one is missing."""
    from automl.encoder import MOST_PIECES
    from automl.predictor import PREDICTOR
    from automl.text_model import mix_of

    if card.text is None:
        raise ToolError(f"The model '{card.name}' is from before its words were kept. Build it again, then export it.")
    classes = literal_of(card.problem.classes)
    source, ways = folder_of(workspace, card), {"by_words": "words" in card.best, "by_meaning": card.best != "words"}
    column = literal_of(card.text.column)
    training = rendered(
        "text_train.j2",
        name=card.name,
        column=column,
        target=literal_of(card.target),
        classes=classes,
        weights=literal_of(mix_of(source / PREDICTOR)),
        scores=literal_of(card.scores.metrics),
        words=kind_words(card),
        column_words=card.text.column,
        method_words=card.best,
        **ways,
    )
    predicting = rendered("text_predict.j2", name=card.name, column=column, classes=classes, **ways)
    encoding: Files = {}
    if ways["by_meaning"]:
        encode = rendered("text_encode.j2", name=card.name, pieces=MOST_PIECES)
        encoding = {"encode.py": ("texts as vectors, by the sentence encoder", encode)}
    trains = "trains the model again with plain scikit-learn and prints both scores"
    made = rows_export(card, source, PREDICTOR, trains, training, predicting, encoding)
    return replace(made, versions=card.versions | _encoder_of(card))


def _encoder_of(card: Card) -> dict[str, str]:
    """The package of the sentence encoder that a text model reads with, where it is the default one."""
    from importlib.metadata import version

    from automl.encoder import DEFAULT

    return {DEFAULT: version(DEFAULT)} if card.text is not None and card.text.encoder == DEFAULT else {}

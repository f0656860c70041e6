"""A model of texts as files: the same folder as of a table, trained again with scikit-learn."""

from dataclasses import replace

from automl.card import Card
from tools.exporting.meaning import encoder_versions, encoding
from tools.exporting.reading import facts_of
from tools.exporting.table import literal_of, rows_export
from tools.exporting.write import Export, rendered
from tools.modelling.models import folder_of
from tools.tool import ToolError
from tools.workspace import Workspace


def text_export(workspace: Workspace, card: Card) -> Export:
    """Raw rows, their preparation, a script that trains and one that predicts. Raises ToolError where one is missing."""
    from automl.encoder import CHARACTERS
    from automl.heads import dense_classifier, words_classifier
    from automl.predictor import PREDICTOR
    from automl.text_model import ENCODER, mix_of
    from automl.text_words import vectorizers

    if card.text is None:
        raise ToolError(f"The model '{card.name}' is from before its words were kept. Build it again, then export it.")
    source = folder_of(workspace, card)
    ways = {
        "by_words": "words" in card.best,
        "by_meaning": card.best != "words",
        "own_encoder": (source / PREDICTOR / ENCODER).is_dir(),
    }
    facts = facts_of(card, card.text.column) | ways
    training = rendered(
        "text_train.j2",
        weights=literal_of(mix_of(source / PREDICTOR)),
        vectorizers=vectorizers(card.trained_rows),
        words_classifier=words_classifier(),
        dense_classifier=dense_classifier(),
        library="scikit-learn",
        things="texts",
        source_words=f"the text in {card.text.column}",
        way_words="reading",
        **facts,
    )
    predicting = rendered("text_predict.j2", characters=CHARACTERS, **facts)
    own = encoding() if ways["by_meaning"] else {}
    trains = "trains the model again with plain scikit-learn and prints both scores"
    made = rows_export(card, source, PREDICTOR, trains, training, predicting, own)
    return replace(made, versions={**made.versions, **encoder_versions([card.text.encoder] if own else [])})

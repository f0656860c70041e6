"""A model of texts as files: the same folder as of a table, trained again with scikit-learn, its encoder tuned again."""

from dataclasses import replace
from pathlib import Path

from automl.card import Card
from tools.exporting.meaning import copy_encoders, encoder_versions, encoding, tuning
from tools.exporting.reading import facts_of
from tools.exporting.table import literal_of, rows_export
from tools.exporting.write import Export, rendered
from tools.modelling.models import folder_of
from tools.tool import ToolError
from tools.workspace import Workspace

BEFORE = "encoder"
"""The folder among the data of an encoder as it was before it was tuned, where it is not the default one."""


def text_export(workspace: Workspace, card: Card) -> Export:
    """Raw rows, their preparation, a script that trains and one that predicts. Raises ToolError where one is missing."""
    from automl.encoder import CHARACTERS, DEFAULT
    from automl.fine_tune import MOST_PASSES
    from automl.heads import dense_classifier, words_classifier
    from automl.predictor import PREDICTOR
    from automl.text_model import ENCODER, mix_of
    from automl.text_trials import choosing
    from automl.text_words import vectorizers

    if card.text is None:
        raise ToolError(f"The model '{card.name}' is from before its words were kept. Build it again, then export it.")
    source, name, tuned = folder_of(workspace, card), card.text.encoder, "tuned" in card.best
    tunes = tuning(name) if tuned else {}
    ways = {
        "by_words": "words" in card.best,
        "by_meaning": card.best != "words",
        "by_tuning": bool(tunes),
        "own_encoder": (source / PREDICTOR / ENCODER).is_dir(),
    }
    facts = facts_of(card, card.text.column) | ways
    training = rendered(
        "text_train.j2",
        weights=literal_of(mix_of(source / PREDICTOR)),
        vectorizers=vectorizers(card.trained_rows),
        words_classifier=words_classifier(),
        dense_classifier=dense_classifier(),
        choosing=choosing(card.trained_rows, len(card.problem.classes)),
        before="None" if name == DEFAULT else f'HERE / "data" / "{BEFORE}"',
        passes=card.text.passes or MOST_PASSES,
        library="scikit-learn and PyTorch" if tunes else "scikit-learn",
        things="texts",
        source_words=f"the text in {card.text.column}",
        way_words="reading",
        **facts,
    )
    predicting = rendered("text_predict.j2", characters=CHARACTERS, **facts)
    own = (encoding() if ways["by_meaning"] else {}) | tunes
    made = rows_export(card, source, PREDICTOR, _trains(name, tuned, bool(tunes)), training, predicting, own)
    made = replace(made, versions={**made.versions, **encoder_versions([name] if ways["by_meaning"] else [])})
    if not tunes or name == DEFAULT:
        return made

    def copy_data(data: Path) -> None:
        made.copy_data(data)
        copy_encoders({name: BEFORE}, data)

    return replace(made, copy_data=copy_data, data=f"{made.data}, and the encoder before it was tuned")


def _trains(encoder: str, tuned: bool, again: bool) -> str:
    """What the script that trains does, in words."""
    library = "scikit-learn and PyTorch" if again else "scikit-learn"
    kept = (
        f" (the fine-tuned encoder is used as it is: {encoder}, with which it began, can't be read any more)"
        if tuned and not again
        else ""
    )
    return f"trains the model again with plain {library} and prints both scores{kept}"

"""What exports of models of one column have in common, whether it holds texts or paths of pictures."""

from typing import Any

from automl.card import Card
from tools.exporting.table import literal_of
from tools.modelling.words import kind_words


def facts_of(card: Card, column: str) -> dict[str, Any]:
    """What their scripts are told of a model that reads this column."""
    return {
        "name": card.name,
        "column": literal_of(column),
        "column_words": column,
        "target": literal_of(card.target),
        "classes": literal_of(card.problem.classes),
        "scores": literal_of(card.scores.metrics),
        "words": kind_words(card),
        "method_words": card.best,
    }

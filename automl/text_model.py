"""A text model: scores from words (TF-IDF), from meaning (a sentence encoder), or from both; and what in a text spoke for it.

Every score is linear in its features, so the words' part of an explanation is exact: the contributions of the pieces of
a word are added up. The encoder's part is what the score loses when the word is taken out (occlusion: Zeiler and
Fergus, 2014).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from automl.encoder import CHARACTERS, DEFAULT, Encoder, kept_encoder
from automl.heads import Array, Head, mixed, shares
from automl.text_words import Words

if TYPE_CHECKING:
    import pandas as pd

FILE, ENCODER = "text.joblib", "encoder"
MOST_OCCLUDED = 60
"""A longer text is taken apart into so many stretches of words."""
_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class Meaning:
    """A sentence encoder and a head over its vectors."""

    encoder: Encoder
    head: Head
    tuned: bool
    """The encoder was fine-tuned, so it is kept with the model."""

    def scores(self, texts: Sequence[str]) -> Array:
        return self.head.scores(self.encoder.embed(texts))

    def told(self, text: str, spans: Sequence[tuple[int, int]], weights: Array) -> Array:
        """How much a score with those weights loses when each span is taken out."""
        groups = np.array_split(np.arange(len(spans)), min(len(spans), MOST_OCCLUDED))
        without = [text[: spans[group[0]][0]] + text[spans[group[-1]][1] :] for group in groups]
        vectors = self.encoder.embed([text, *without]) @ weights
        found = np.zeros(len(spans))
        for group, left in zip(groups, vectors[1:], strict=True):
            found[group] = (vectors[0] - left) / len(group)
        return found


@dataclass(frozen=True)
class TextModel:
    """Predicts classes of texts in one column of a frame."""

    column: str
    classes: list[str]
    words: Words | None
    meaning: Meaning | None
    weights: list[float]
    """What the scores of each part count, words first."""

    @property
    def parts(self) -> "list[Words | Meaning]":
        return [part for part in (self.words, self.meaning) if part is not None]

    def scores(self, texts: Sequence[str]) -> Array:
        """One score per text and class."""
        return mixed([part.scores(texts) for part in self.parts], self.weights)

    def predict_proba(self, frame: "pd.DataFrame") -> "pd.DataFrame":
        """One probability per row and class."""
        import pandas as pd

        return pd.DataFrame(shares(self.scores(as_texts(frame[self.column]))), index=frame.index, columns=self.classes)

    def highlights(self, text: str, name: str) -> list[tuple[str, float]]:
        """Every word of a text in its order, and how much it speaks for a class rather than the average class."""
        text = text[:CHARACTERS]
        spans = [match.span() for match in _WORD.finditer(text)]
        if not spans:
            return []
        place = self.classes.index(name)
        told = np.zeros(len(spans))
        for part, weight in zip(self.parts, self.weights, strict=True):
            contrast = part.head.weights[:, place] - part.head.weights.mean(axis=1)
            told += weight * part.told(text, spans, contrast)
        return [(text[start:end], round(float(value), 4)) for (start, end), value in zip(spans, told, strict=True)]

    def save(self, folder: Path) -> None:
        """Write the model into a folder; a fine-tuned or foreign encoder goes with it, the default one by its name."""
        import joblib

        folder.mkdir(parents=True, exist_ok=True)
        encoder = ""
        if self.meaning is not None:
            encoder = self.meaning.encoder.name
            if self.meaning.tuned or encoder != DEFAULT:
                self.meaning.encoder.save(folder / ENCODER)
                encoder = ENCODER
        kept = {
            "column": self.column,
            "classes": self.classes,
            "weights": self.weights,
            "words": (self.words.words, self.words.pieces) if self.words else None,
            "heads": [(part.head.weights, part.head.bias) for part in self.parts],
            "encoder": encoder,
        }
        joblib.dump(kept, folder / FILE, compress=3)


def load_text_model(folder: Path) -> TextModel:
    """The model that `save` wrote. Raises EncoderError where its encoder can't be loaded."""
    import joblib

    kept = joblib.load(folder / FILE)
    heads = [Head(*pair) for pair in kept["heads"]]
    words = Words(kept["words"][0], kept["words"][1], heads.pop(0)) if kept["words"] else None
    meaning = None
    if kept["encoder"]:
        own = kept["encoder"] == ENCODER
        meaning = Meaning(kept_encoder(str(folder / ENCODER) if own else kept["encoder"]), heads.pop(0), own)
    return TextModel(kept["column"], kept["classes"], words, meaning, kept["weights"])


def mix_of(folder: Path) -> list[float]:
    """What the scores of each part of a saved model count, words first."""
    import joblib

    kept: list[float] = joblib.load(folder / FILE)["weights"]
    return kept


def as_texts(values: Any) -> list[str]:
    """The cells of a column as texts; an empty cell is the empty text."""
    return ["" if value is None or value != value else str(value) for value in values]

"""Texts by their words: TF-IDF of words, pairs and pieces of words under a linear model, and what each word adds to a score."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from automl.heads import Array, Head

MOST_PIECES = 100_000


@dataclass(frozen=True)
class Words:
    """Weighted words, pairs of words and pieces of words, and a head over them."""

    words: Any
    pieces: Any
    head: Head

    def features(self, texts: Sequence[str]) -> Any:
        from scipy.sparse import hstack

        return hstack([self.words.transform(texts), self.pieces.transform(texts)]).tocsr()

    def scores(self, texts: Sequence[str]) -> Array:
        return self.head.scores(self.features(texts))

    def told(self, text: str, spans: Sequence[tuple[int, int]], weights: Array) -> Array:
        """How much each span of a text adds to a score with those feature weights; with the bias they add up to it."""
        found = np.zeros(len(spans))
        start = 0
        for vectorizer, grams in ((self.words, _word_grams(text, spans)), (self.pieces, _piece_grams(text, spans))):
            known = vectorizer.vocabulary_
            row = vectorizer.transform([text])
            value = dict(zip(row.indices.tolist(), row.data.tolist(), strict=True))
            placed: dict[int, list[int]] = {}
            for gram, places in grams(vectorizer):
                if gram in known:
                    placed.setdefault(known[gram], []).extend(places)
            for number, places in placed.items():
                share = value.get(number, 0.0) * float(weights[start + number]) / len(places)
                np.add.at(found, places, share)
            start += len(known)
        return found


def _word_grams(text: str, spans: Sequence[tuple[int, int]]) -> Any:
    """Single words and pairs, each with the spans it stands in."""

    def grams(vectorizer: Any) -> list[tuple[str, list[int]]]:
        tokens = []
        for place, (start, end) in enumerate(spans):
            cut = vectorizer.build_preprocessor()(text[start:end])
            tokens += [(token, place) for token in vectorizer.build_tokenizer()(cut)]
        pairs = [(f"{one} {two}", [at, to]) for (one, at), (two, to) in pairwise(tokens)]
        return [(token, [at]) for token, at in tokens] + pairs

    return grams


def _piece_grams(text: str, spans: Sequence[tuple[int, int]]) -> Any:
    """Pieces of each word."""

    def grams(vectorizer: Any) -> list[tuple[str, list[int]]]:
        analyze = vectorizer.build_analyzer()
        return [(gram, [place]) for place, (start, end) in enumerate(spans) for gram in analyze(text[start:end])]

    return grams


def learn_words(texts: Sequence[str], codes: Array, classes: int) -> Words:
    """Weighted words, pairs of words, and pieces of two to five characters, under a linear model."""
    from scipy.sparse import hstack

    from automl.encoder import CHARACTERS
    from automl.heads import words_head

    texts = [text[:CHARACTERS] for text in texts]
    try:
        words, pieces = (one.fit(texts) for one in vectorizers(len(texts)))
    except ValueError as error:  # scikit-learn: an empty vocabulary
        raise ValueError("The texts hold no words to learn from. Choose another column.") from error
    features = hstack([words.transform(texts), pieces.transform(texts)]).tocsr()
    return Words(words, pieces, words_head(features, codes, classes))


def vectorizers(texts: int) -> tuple[Any, Any]:
    """What finds and weighs the words and the pieces of so many texts."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    shared: dict[str, Any] = {"sublinear_tf": True, "min_df": 2 if texts >= 1_000 else 1, "max_features": MOST_PIECES}
    words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"(?u)\b\w+\b", **shared)
    return words, TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), **shared)


def top_words(words: Words | None, classes: Sequence[str], count: int = 8) -> dict[str, list[str]]:
    """The single words that speak most for each class rather than the others."""
    if words is None:
        return {}
    weights, known = words.head.weights, words.words.vocabulary_
    single = [(word, place) for word, place in known.items() if " " not in word]
    mean = weights.mean(axis=1)
    found = {}
    for number, name in enumerate(classes):
        ranked = sorted(single, key=lambda one: float(mean[one[1]] - weights[one[1], number]))
        found[name] = [word for word, _ in ranked[:count]]
    return found

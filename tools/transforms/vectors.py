"""The transform that turns texts into number columns, one for each frequent word: how often it comes, or its weight.

Words are runs of letters and digits in small letters, of any script; the usual English ones such as "the" are left out.
The vocabulary and its weights are learned from the rows and frozen: words that come up later count nothing. The weights
are those of scikit-learn: the count times ln((1 + rows) / (1 + rows with the word)) + 1, each row of length 1.

What is not covered: stems of words, phrases, what a sentence means.
"""

import math
from collections.abc import Sequence
from typing import Literal

from tools.tool import ColumnName, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms.sql import names, skipped, taken_names, text_of, untouched
from tools.words import counted, free_name, identifier, listed, literal

MOST = 500
_WORD = r"[\p{L}\p{N}]+"


@transform(
    group="text",
    title="Turn the words of {columns} into columns ({method})",
    rows="same",
    asked_by=r"\btf.?idf\b|\bbag of words\b|\bword (?:counts?|vectors?|frequenc)|\bvectori[sz]|\bcount vector|\b(?:text|word) features?\b|단어 ?(?:벡터|빈도|가방)|벡터(?:화|로)|텍스트 ?(?:특성|피처)",
)
def vectorize_text(
    table: Input,
    columns: list[ColumnName],
    method: Literal["tfidf", "count"] = "tfidf",
    words: int = 50,
    keep: bool = False,
) -> Derived:
    """Turn texts into number columns, one for each frequent word: its weight in the text (tf-idf) or how often it comes.

    Args:
        columns: the columns of text.
        method: tfidf weighs words that few rows have higher; count only counts.
        words: how many words of each column, those that most rows have.
        keep: true keeps the text beside the numbers.
    """
    if not 1 <= words <= MOST:
        raise ToolError(f"From 1 to {MOST} words were expected, got {words}. Give words 50, for example.")
    asked = table.pick(columns)
    if not asked:
        raise ToolError("No columns were named. Name at least one column of text.")
    reasons = {column.name: "holds no text" for column in asked if not column.is_text}
    rows = int(table.learn("rows", f"SELECT count(*) FROM {table.name}"))
    taken = taken_names(table)
    source, hidden = table.name, []
    cells: dict[str, str] = {}
    said: list[str] = []
    for column in [column for column in asked if column.is_text]:
        found = _vocabulary(table, column, words)
        if not found:
            reasons[column.name] = "has no words"
            continue
        seen, weights = free_name("words", taken), free_name("weights", taken)
        source = f"(SELECT *, list_aggregate({_tokens(column)}, 'histogram') AS {seen} FROM {source})"
        counts = [f"coalesce({seen}[{literal(word)}], 0)" for word, _ in found]
        hidden.append(seen)
        if method == "tfidf":
            idf = [math.log((1 + rows) / (1 + have)) + 1 for _, have in found]
            vector = ", ".join(f"{count} * {weight:.9g}" for count, weight in zip(counts, idf, strict=True))
            source = f"(SELECT *, [{vector}]::DOUBLE[] AS {weights} FROM {source})"
            length = f"nullif(sqrt(list_inner_product({weights}, {weights})), 0)"
            counts = [f"coalesce({weights}[{place}] / {length}, 0)" for place in range(1, len(found) + 1)]
            hidden.append(weights)
        made = {free_name(f"{column.name}_{word}", taken): cell for (word, _), cell in zip(found, counts, strict=True)}
        cells |= made
        said.append(f" {column.name} became {counted(len(made), 'column')}: {listed(list(made))}.")
    if not cells:
        return untouched(table, f"No text to turn into columns.{skipped(reasons)}")
    gone = [] if keep else [names([column]) for column in asked if column.name not in reasons]
    new = ",\n  ".join(f"{cell} AS {identifier(name)}" for name, cell in cells.items())
    sql = f"SELECT * EXCLUDE ({', '.join([*hidden, *gone])}),\n  {new}\nFROM {source}"
    what = "weighed" if method == "tfidf" else "counted"
    return Derived(sql, f"The most frequent words were {what}.{''.join(said)}{skipped(reasons)}")


def _tokens(column: Column) -> str:
    return f"regexp_extract_all(lower({text_of(column)}), '{_WORD}')"


def _vocabulary(table: Input, column: Column, words: int) -> Sequence[tuple[str, int]]:
    """The words that most rows have, and how many rows."""
    usual = "" if table.frozen else f" WHERE word NOT IN ({', '.join(map(literal, _usual()))})"
    tokens = f"SELECT unnest(list_distinct({_tokens(column)})) AS word FROM {table.name}"
    sql = f"SELECT word, count(*) FROM ({tokens}){usual} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {words}"
    return [(str(word), int(have)) for word, have in table.learn_rows(f"words:{column.name}", sql)]


def _usual() -> list[str]:
    """English words that say little by themselves."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return sorted(ENGLISH_STOP_WORDS)

"""Yes and no as people write them, and the two words with which a column says them, as SQL that reads them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tools.transform import Column, Input
from tools.transforms.null_words import NULL_WORDS
from tools.transforms.sql import text_of
from tools.words import identifier, listed, literal

TRUE = ("true", "t", "yes", "y", "1", "1.0", "on", "예", "네")
FALSE = ("false", "f", "no", "n", "0", "0.0", "off", "아니오", "아니요")
_NO_ANSWER = {*NULL_WORDS, "unknown", "other", "maybe", "not sure", "모름", "미상", "기타"}
_NO_WORDS = ("no", "n", "false", "f", "0", "off", "아니오", "아니요", "없음", "무", "x", "nein", "non", "none")
"""What stands beside a yes that is too short to be sure of by itself: `o` beside `x`, not beside `a`."""


@dataclass(frozen=True)
class YesNo:
    """The words of a text column that say yes and no, in small letters, and how they are written."""

    yes: tuple[str, ...]
    no: tuple[str, ...]
    written: dict[str, str]

    def told(self, yes: str, no: str) -> str:
        """`'Yes' became 1 and 'No' became 0`."""
        both = ((self.yes, yes), (self.no, no))
        parts = [
            f"{listed([_quoted(self.written[word]) for word in words])} became {now}" for words, now in both if words
        ]
        return " and ".join(parts)


def _quoted(text: str) -> str:
    return f"'{text:.40}'"


def yes_no(table: Input, column: Column) -> YesNo | None:
    """The yes and the no of a text column that holds nothing else but empty cells; None where it holds more.

    Two values of which one surely says yes are a yes and a no, whatever the other one is called.
    """
    key = f"yes_no:{column.name}"
    if not column.is_text or (table.frozen and key not in table.learned):  # recipes of before knew no such words
        return None
    cell = f"trim({text_of(column)})"
    rows = table.learn_rows(
        key, f"SELECT lower({cell}), min({cell}) FROM {table.name} WHERE {cell} <> '' GROUP BY 1 ORDER BY 1 LIMIT 20"
    )
    written = {str(word): str(text) for word, text in rows}
    for words in (list(written), [word for word in written if word not in _NO_ANSWER]):
        if found := yes_and_no(words):
            return YesNo(*found, written)
    return None


def yes_and_no(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The words that say yes and those that say no; None where some say neither, or all are numbers."""
    from tools.mending.data import YES

    if not words or all(word in ("0", "1", "0.0", "1.0") for word in words):
        return None
    if set(words) <= {*TRUE, *FALSE}:
        return tuple(word for word in words if word in TRUE), tuple(word for word in words if word in FALSE)
    said = [word for word in words if word in YES and not word.isdecimal()]
    if len(words) != 2 or len(said) != 1:
        return None
    (other,) = [word for word in words if word != said[0]]
    sure = other in _NO_WORDS or (len(said[0]) > 1 and said[0] not in ("on", "si") and other not in _NO_ANSWER)
    return ((said[0],), (other,)) if sure else None


def as_number(ask: Callable[[str], list[tuple[Any, ...]]], table: str, name: str) -> str:
    """A text column of yes and no as 1 and 0, so that its mean is the share of yes; empty where it holds anything else."""
    cell = f"lower(trim({identifier(name)}))"
    words = [str(row[0]) for row in ask(f"SELECT DISTINCT {cell} FROM {table} WHERE {cell} <> '' LIMIT 9")]
    if (both := yes_and_no(sorted(words))) is None:
        return ""
    yes, no = (", ".join(map(literal, said)) or "NULL" for said in both)
    return f"CASE WHEN {cell} IN ({yes}) THEN 1 WHEN {cell} IN ({no}) THEN 0 END"


def says(word: str) -> bool | None:
    """Whether a word says yes or no in one of the usual spellings; None for another one."""
    folded = word.strip().lower()
    return folded in TRUE if folded in (*TRUE, *FALSE) else None


def truth(table: Input, column: Column) -> str:
    """An expression that reads yes and no in their usual spellings, and in the two words of the column."""
    name = identifier(column.name)
    if column.is_number:
        return f"CASE {name} WHEN 1 THEN true WHEN 0 THEN false END"
    cell, own = f"lower(trim({text_of(column)}))", yes_no(table, column)
    own_yes, own_no = (own.yes, own.no) if own else ((), ())
    yes = ", ".join(map(literal, dict.fromkeys((*(word for word in TRUE if word not in own_no), *own_yes))))
    no = ", ".join(map(literal, dict.fromkeys((*(word for word in FALSE if word not in own_yes), *own_no))))
    return f"CASE WHEN {cell} IN ({yes}) THEN true WHEN {cell} IN ({no}) THEN false END"

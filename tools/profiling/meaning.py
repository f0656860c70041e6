"""What the facts of a column mean: is it empty, are its texts numbers, are its outliers slips, how may its gaps be filled?"""

import re
from collections.abc import Iterator
from typing import Literal

from tools.profiling.facts import ColumnProfile, Profile

MOSTLY_EMPTY = 0.6
"""From this share of empty cells on, filling would invent most of a column."""
MODE_LIMIT = 0.3
"""Up to this share, the most frequent value may stand for an empty cell; above, it would distort the column."""
CATEGORIES = 50
READS_AS = 0.95
"""The share of texts that must read as numbers (or dates) for the column to be one."""
MANY_VALUES = 0.2
"""A text column with more different values than this share of its rows has too few rows of each to learn from."""
NATURAL_REPEATS = 0.2
"""Where more rows than this share are repeats and nothing identifies a row, equal rows are no mistake."""
GROSS = 10
"""How many widths of the middle half away a lone value must lie to be a slip rather than an extreme."""
AMBIGUOUS_WORDS = ("none", "nil", "missing")
"""Words that are as often a category as they mean empty; they count among numbers only."""
NAMES_TOO = ("null", "na", "nan")
"""Words that are people's names as well; they don't count among names."""
MEASURE_ROWS = 20
"""Below this, shares mean little, so nothing is said about models."""


def is_empty(column: ColumnProfile, rows: int) -> bool:
    return rows > 0 and column.filled == 0


def is_constant(column: ColumnProfile, rows: int) -> bool:
    return rows > 1 and column.distinct == 1 and column.missing == 0


def null_words(column: ColumnProfile) -> dict[str, int]:
    """The words of a text column that stand for empty beyond reasonable doubt."""
    doubtful = AMBIGUOUS_WORDS + (NAMES_TOO if scattered(column) else ()) + (("na",) if _are_codes(column) else ())
    if column.numeric_text >= READS_AS or column.date_text >= READS_AS:
        doubtful = ()
    return {word: count for word, count in column.null_words.items() if word.casefold() not in doubtful}


def _are_codes(column: ColumnProfile) -> bool:
    """Whether all texts have two letters, as codes of countries do, of which NA is one."""
    return column.max == 2 and column.distinct > 5


def number_text(column: ColumnProfile) -> bool:
    """Whether a text column holds numbers."""
    return column.kind == "text" and column.numeric_text >= READS_AS and column.filled > 0


def date_text(column: ColumnProfile) -> bool:
    return column.kind == "text" and column.date_text >= READS_AS and column.date_order == "clear"


def missing(column: ColumnProfile) -> int:
    """Empty cells, with those that say so in words."""
    return column.missing + sum(null_words(column).values())


def scattered(column: ColumnProfile) -> bool:
    """Text of which nearly every row has its own value: names, not categories and not sentences."""
    return (
        column.kind == "text"
        and not column.is_free_text
        and not number_text(column)
        and column.date_text < READS_AS
        and column.filled >= MEASURE_ROWS
        and column.distinct > max(CATEGORIES, MANY_VALUES * column.filled)
    )


def slips(column: ColumnProfile) -> bool:
    """Whether the outliers are few, far away and nothing lies between them and the rest, as typing errors do."""
    if column.kind != "number" or not column.outliers or column.q1 is None or column.q3 is None:
        return False
    if column.min is None or column.max is None:  # NaN or an infinity is the largest: no number to be far from
        return False
    width = column.q3 - column.q1
    reach = max(column.q1 - column.min, column.max - column.q3)
    lone = column.far == column.outliers and column.outliers <= max(1, 0.01 * column.filled)
    return lone and column.filled >= MEASURE_ROWS and reach > GROSS * width


def fill_method(column: ColumnProfile) -> Literal["auto", "unknown", ""]:
    """How the column's empty cells may be filled: by a typical value, by the word unknown, or not at all."""
    gaps = missing(column)
    part = gaps / (column.filled + column.missing) if gaps else 0.0
    if not gaps or part >= MOSTLY_EMPTY or column.identifier or date_text(column):
        return ""
    if column.kind == "number" or number_text(column):
        return "auto"
    if column.kind not in ("text", "boolean") or column.distinct > CATEGORIES:
        return ""
    if part <= MODE_LIMIT:
        return "auto"
    return "unknown" if column.kind == "text" else ""


def one_case(column: ColumnProfile) -> Literal["lower", "upper", "title"] | None:
    """The letter case that makes spellings one and leaves the usual spelling of every value as it is."""
    usual = [str(value).strip() for value, _ in column.top]
    folded: dict[str, str] = {}
    for value in usual:
        folded.setdefault(value.casefold(), value)
    kept = [value for key, value in folded.items() if key == value.casefold()]
    complete = len(column.top) == column.distinct
    if not complete or not any(same_but_case(column)):
        return None
    styles: dict[Literal["lower", "upper", "title"], list[str]] = {
        "lower": [value.lower() for value in kept],
        "upper": [value.upper() for value in kept],
        "title": [
            re.sub(r"[^\W\d_'’]+(['’][^\W\d_]+)*", lambda m: m[0][:1].upper() + m[0][1:].lower(), v) for v in kept
        ],
    }
    return next((style for style, values in styles.items() if values == kept), None)


def same_but_case(column: ColumnProfile) -> Iterator[bool]:
    """Of each spelling beside the usual one, whether it differs in the letter case alone."""
    for usual, others in column.variants.items():
        for other in others:
            yield usual.strip() != other.strip() and usual.strip().casefold() == other.strip().casefold()


def repeats_are_natural(found: Profile) -> bool:
    """Whether equal rows are what the columns lead one to expect."""
    return found.duplicates > NATURAL_REPEATS * found.rows and not any(column.identifier for column in found.columns)

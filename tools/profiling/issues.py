"""What is wrong with a dataset: findings from its profile, each with what it means for the work and what mends it.

What is not covered: wrong values that look right, rows that mean the same but are written differently, contradictions
between columns, zeros that stand for empty, leaks of the target (training checks those).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from tools.words import share
from tools.profiling.measure import ColumnProfile, Profile
from tools.words import counted, listed

Severity = Literal["high", "medium", "low"]
Problem = Literal[
    "rows", "words", "empty", "type", "spelling", "useless", "slips", "extremes", "target", "rare", "conflict"
]

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
FAR_SHARE = 0.05
"""Where more values than this lie far out, the middle half is narrow and far out is nothing special."""
MEASURE_ROWS = 20
"""Below this, shares mean little, so nothing is said about models."""


@dataclass(frozen=True)
class Fix:
    """One step that mends findings: a tool, its arguments and the reason with its numbers."""

    tool: str
    arguments: dict[str, Any]
    why: str


@dataclass(frozen=True)
class Issue:
    """One finding: `count` cells, rows or values of `column` (None: of the whole table)."""

    severity: Severity
    problem: Problem
    column: str | None
    what: str
    why: str
    count: int
    fix: Fix | None = None


# --- what a column's facts mean ----------------------------------------------------------------------------------


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
    if not complete or not any(_same_but_case(column)):
        return None
    styles: dict[Literal["lower", "upper", "title"], list[str]] = {
        "lower": [value.lower() for value in kept],
        "upper": [value.upper() for value in kept],
        "title": [
            re.sub(r"[^\W\d_'’]+(['’][^\W\d_]+)*", lambda m: m[0][:1].upper() + m[0][1:].lower(), v) for v in kept
        ],
    }
    return next((style for style, values in styles.items() if values == kept), None)


def _same_but_case(column: ColumnProfile) -> Iterator[bool]:
    for usual, others in column.variants.items():
        for other in others:
            yield usual.strip() != other.strip() and usual.strip().casefold() == other.strip().casefold()


# --- findings ----------------------------------------------------------------------------------------------------


def issues_of(found: Profile, target: str | None) -> Iterator[Issue]:
    """Every finding, in no order of importance."""
    if target is not None:
        yield from _target_issues(found.column(target), found)
    yield from _row_issues(found)
    for column in found.columns:
        if is_empty(column, found.rows):
            yield Issue(
                "high", "useless", column.name, "every cell is empty", "It says nothing about any row.", found.rows
            )
        elif is_constant(column, found.rows):
            value = column.top[0][0] if column.top else column.min
            what = f"every row has the same value, {value}"
            yield Issue("medium", "useless", column.name, what, "It can't tell rows apart.", found.rows)
        else:
            yield from _cell_issues(column, found.rows, is_target=column.name == target)
            if column.name != target:
                yield from _model_issues(column, found.rows)


def _row_issues(found: Profile) -> Iterator[Issue]:
    if not found.duplicates:
        return
    part = share(found.duplicates, found.rows)
    what = f"{counted(found.duplicates, 'row')} ({part}) {'repeats' if found.duplicates == 1 else 'repeat'} another row exactly"
    if repeats_are_natural(found):
        why = "The columns have few different values and none identifies a row, so equal rows may be no mistake."
        yield Issue("low", "rows", None, what, why, found.duplicates)
    else:
        why = "A row that is counted twice shifts every total, and a model may be tested on rows it has seen."
        yield Issue("medium", "rows", None, what, why, found.duplicates)


def repeats_are_natural(found: Profile) -> bool:
    """Whether equal rows are what the columns lead one to expect."""
    return found.duplicates > NATURAL_REPEATS * found.rows and not any(column.identifier for column in found.columns)


def _cell_issues(column: ColumnProfile, rows: int, *, is_target: bool) -> Iterator[Issue]:
    """What is wrong with cells as they stand."""
    if column.missing and not is_target:
        part = column.missing / rows
        severity: Severity = "high" if part >= MOSTLY_EMPTY else "medium" if part >= 0.05 else "low"
        verb = "is" if column.missing == 1 else "are"
        what = f"{counted(column.missing, 'cell')} ({share(column.missing, rows)}) {verb} empty"
        yield Issue(severity, "empty", column.name, what, _missing_why(column), column.missing)
    if words := null_words(column):
        count = sum(words.values())
        named = listed([f"'{word}'" if word else "blank text" for word in words], 4)
        why = "As words they count as values: totals, charts and models would treat them as such."
        yield Issue(
            "medium",
            "words",
            column.name,
            f"{counted(count, 'cell')} {_says(count)} {named} instead of being empty",
            why,
            count,
        )
    elif column.null_words:
        count = sum(column.null_words.values())
        named = listed([f"'{word}'" for word in column.null_words], 4)
        yield Issue(
            "low",
            "words",
            column.name,
            f"{counted(count, 'cell')} {_says(count)} {named}",
            "It may mean empty, or be a category.",
            count,
        )
    if number_text(column):
        why = "As text they can't be added, averaged or compared."
        yield Issue("high", "type", column.name, "numbers are stored as text", why, column.filled)
    elif column.kind == "text" and column.date_text >= READS_AS:
        unclear = column.date_order == "ambiguous"
        why = (
            "Say whether the day or the month comes first." if unclear else "As text they can't be sorted or compared."
        )
        yield Issue("medium", "type", column.name, "dates are stored as text", why, column.filled)
    if column.spaced:
        what = (
            f"{counted(column.spaced, 'text')} {'begins or ends' if column.spaced == 1 else 'begin or end'} with blanks"
        )
        yield Issue("low", "spelling", column.name, what, "Blanks make equal values look different.", column.spaced)
    if column.variants and column.distinct <= 10 * CATEGORIES and any(_same_but_case(column)):
        usual, others = next((u, o) for u, o in column.variants.items() if o)
        count = sum(len(group) for group in column.variants.values())
        what = f"{counted(count, 'value')} {'is' if count == 1 else 'are'} spelled in several ways, such as '{usual}' and '{others[0]}'"
        yield Issue("medium", "spelling", column.name, what, "One value is counted as several.", count)


def _says(count: int) -> str:
    return "says" if count == 1 else "say"


def _missing_why(column: ColumnProfile) -> str:
    method = fill_method(column)
    if method == "auto" and (column.kind == "number" or number_text(column)):
        return "Rows with empty cells drop out of sums; the median can stand in."
    if method == "auto":
        return "The most frequent value can stand in."
    if method == "unknown":
        return "Too many to guess; the word unknown can stand in."
    if column.missing >= MOSTLY_EMPTY * (column.filled + column.missing):
        return "Filling it would invent most of the column."
    return "No value is typical enough to stand in, so they are better left empty."


def _model_issues(column: ColumnProfile, rows: int) -> Iterator[Issue]:
    """What only matters to a model or a chart."""
    if column.identifier:
        why = "Good for finding a row again; a model would learn rows by heart from it."
        yield Issue("low", "useless", column.name, column.identifier, why, column.distinct)
    elif scattered(column):
        what = f"{column.distinct:,} different texts in {counted(column.filled, 'row')}"
        yield Issue(
            "low", "useless", column.name, what, "Too few rows of each for a model to learn from.", column.distinct
        )
    if slips(column):
        what = f"{counted(column.far, 'value')} far away from all others, between {_short(column.min)} and {_short(column.max)}"
        yield Issue(
            "medium",
            "slips",
            column.name,
            what,
            "Lone values like these are mostly slips of typing or measuring.",
            column.far,
        )
    elif 0 < column.far <= FAR_SHARE * column.filled and column.kind == "number":
        what = f"{counted(column.far, 'value')} ({share(column.far, column.filled)}) far from the middle half"
        why = "They pull averages; they may well be real, so look before changing them."
        yield Issue("low", "extremes", column.name, what, why, column.far)


def _short(value: Any) -> str:
    return f"{value:,.6g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def _target_issues(column: ColumnProfile, found: Profile) -> Iterator[Issue]:
    """What stands in the way of predicting a column."""
    if empty := missing(column):
        what = f"{counted(empty, 'row')} {'has' if empty == 1 else 'have'} no value to learn from"
        yield Issue(
            "high" if empty > 0.3 * found.rows else "medium",
            "target",
            column.name,
            what,
            "Training leaves those rows out.",
            empty,
        )
    if column.identifier:
        why = "What differs in every row can't be predicted."
        yield Issue("high", "target", column.name, f"the target is {column.identifier}", why, column.distinct)
        return
    if column.distinct < 2:
        yield Issue(
            "high",
            "target",
            column.name,
            "the target has one value only",
            "There is nothing to tell apart.",
            column.filled,
        )
        return
    if not _has_classes(column):
        return
    value, count = min(column.top, key=lambda pair: pair[1])
    if count < 10:
        why = "Too few to learn from and to test on."
        yield Issue(
            "medium", "target", column.name, f"its rarest value, {value}, has {counted(count, 'row')}", why, count
        )
    elif count < 0.1 * column.filled:
        part = share(count, column.filled)
        why = "A model that never says it is right nearly always, so accuracy alone misleads."
        yield Issue("medium", "rare", column.name, f"only {part} of the rows are {value}", why, count)


def _has_classes(column: ColumnProfile) -> bool:
    return column.distinct <= 10 and len(column.top) == column.distinct and column.type not in ("DOUBLE", "FLOAT")

"""What is wrong with a dataset: findings from its profile, each with what it means for the work and what mends it.

What is not covered: wrong values that look right, rows that mean the same but are written differently, contradictions
between columns, zeros that stand for empty, leaks of the target (training checks those).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from tools.profiling.facts import ColumnProfile, Profile
from tools.profiling.meaning import (
    CATEGORIES,
    MOSTLY_EMPTY,
    READS_AS,
    fill_method,
    is_constant,
    is_empty,
    missing,
    null_words,
    number_text,
    repeats_are_natural,
    same_but_case,
    scattered,
    slips,
)
from tools.words import counted, listed, share

Severity = Literal["high", "medium", "low"]
Problem = Literal[
    "rows", "words", "empty", "type", "blanks", "spelling", "useless", "slips", "extremes", "target", "rare", "conflict"
]

FAR_SHARE = 0.05
"""Where more values than this lie far out, the middle half is narrow and far out is nothing special."""


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
        yield Issue("low", "blanks", column.name, what, "Blanks make equal values look different.", column.spaced)
    if column.variants and column.distinct <= 10 * CATEGORIES and any(same_but_case(column)):
        pairs = [(usual, other) for usual, others in column.variants.items() for other in others]
        usual, other = next((one for one, cased in zip(pairs, same_but_case(column), strict=True) if cased))
        count = len(pairs)
        what = f"{counted(count, 'value')} {'is' if count == 1 else 'are'} spelled in several ways, such as '{usual}' and '{other}'"
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
    plain = f"{value:,.0f}" if isinstance(value, float) and 1e5 <= abs(value) < 1e15 else None
    return plain or (
        f"{value:,.6g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
    )


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

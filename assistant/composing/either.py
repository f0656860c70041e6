"""Conditions joined by `or`: two of them, or two of one column, of which one must be met.

What is not covered: `or` beside other conditions where it may join more than the two next to it, and beside `not`.
"""

import re
from collections.abc import Sequence

from assistant.composing.parts import Condition, Parts

_DENIED = re.compile(
    r"\b(?:not|never|neither|nor|without|no|except|excluding|other than|outside|isn't|aren't|wasn't|weren't|haven't|hasn't)\b"
)
_BEFORE = re.compile(r"⟦v(\d+)⟧(?: ⟦[ct]\d+⟧)* (?:, )?$")
_AFTER = re.compile(r"\S+ (?:(?:in|on|from|at|for|the|an?|is|are|was|were|either) )*⟦v(\d+)⟧")


def either(parts: Parts, word: str = r"\bor\b", denied: "re.Pattern[str]" = _DENIED) -> None:
    """Join conditions by OR where that word stands between them; more than one reading makes none."""
    _interleaved(parts)
    parts.take(word, lambda found: _joined(parts, found, denied))


def _interleaved(parts: Parts) -> None:
    """Values of two columns in turn are pairs, which are not read: Plus in Rome and Basic in Oslo."""
    spans = [(one.at, one.until) for one in parts.conditions if one.until > one.at]
    parts.unclear = parts.unclear or any(start < other < end for start, end in spans for other, _ in spans)


def _joined(parts: Parts, found: "re.Match[str]", denied: "re.Pattern[str]") -> bool:
    if any(one.at < found.start() < one.until for one in parts.conditions):
        return _of_one_column(parts, found.start())
    if denied.search(parts.said):
        return False
    before = max((one for one in parts.conditions if one.at < found.start()), key=lambda one: one.at, default=None)
    after = min((one for one in parts.conditions if one.at > found.start()), key=lambda one: one.at, default=None)
    if before is None or after is None or not _belong(parts.conditions, before, after):
        return False
    made = Condition(f"({before.sql} OR {after.sql})", before.at, before.column or after.column)
    parts.conditions = [made if one is before else one for one in parts.conditions if one is not after]
    return True


def _of_one_column(parts: Parts, at: int) -> bool:
    """Whether `or` stands right between two values of one column: `Basic or Plus`."""
    before, after = _BEFORE.search(parts.said[:at]), _AFTER.match(parts.said[at:])
    return before is not None and after is not None and parts.column(before[1]) == parts.column(after[1])


def _belong(conditions: Sequence[Condition], one: Condition, other: Condition) -> bool:
    """Whether two conditions are of one column, or all there are and each of one value."""
    if _column(one) == _column(other):
        return True
    return len(conditions) == 2 and not any(condition.until > condition.at for condition in (one, other))


def _column(condition: Condition) -> str:
    return condition.sql.strip("(").split(" ", 1)[0]

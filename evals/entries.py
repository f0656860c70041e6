"""The cases of a report: what stands first, and every attempt with what happened in it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from evals.attempts import Attempt, Scored, label
from evals.compare import Comparison, Side
from evals.story import TurnStory, tell

FULL = 1500
"""Attempts that are told in full; a page of more is too heavy for a phone."""
Standing = Literal["regressed", "failed", "broken", "passed"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class ToldAttempt(_Part):
    """One attempt, for people."""

    column: str
    repeat: int
    baseline: bool
    """Of the run that is compared against, shown beside a regression."""
    passed: bool
    broken: str
    reasons: list[str]
    turns: list[TurnStory]
    """Empty where the page would grow too heavy."""


class Entry(_Part):
    """One case with all its attempts."""

    id: str
    standing: Standing
    improved: bool
    language: str
    suite: str
    tags: list[str]
    data: list[str]
    said: str
    reason: str
    """The first one, for the closed line."""
    gold: str
    hints: str
    attempts: list[ToldAttempt]


def entries(sides: Sequence[Side], base: Scored | None, comparisons: Sequence[Comparison]) -> list[Entry]:
    """Every case: regressions first, then failures, then what broke, then passes; each in the order of the run."""
    regressed = {case for comparison in comparisons for case in comparison.regressed}
    improved = {case for comparison in comparisons for case in comparison.improved}
    several = len({side.run.folder for side in sides}) > 1
    by_case: dict[str, list[tuple[str, Attempt, bool]]] = {}
    for side in sides:
        for attempt in side.run.of(side.column):
            by_case.setdefault(attempt.case.id, []).append((column_name(side, several), attempt, False))
    for before in {label(b.column): b for side in sides if base and (b := baseline(side, sides, base))}.values():
        for attempt in before.run.of(before.column):
            if attempt.case.id in regressed:
                by_case[attempt.case.id].append((before.name, attempt, True))
    brief = sum(len(attempts) for attempts in by_case.values()) > FULL
    made = [_entry(tried, case in regressed, case in improved, brief) for case, tried in by_case.items()]
    order: list[Standing] = ["regressed", "failed", "broken", "passed"]
    return sorted(made, key=lambda entry: order.index(entry.standing))


def _entry(tried: Sequence[tuple[str, Attempt, bool]], regressed: bool, improved: bool, brief: bool) -> Entry:
    case = tried[0][1].case
    now = [attempt for _, attempt, before in tried if not before]
    standing: Standing = "passed"
    if regressed:
        standing = "regressed"
    elif any(a.counts and not a.verdict.passed for a in now):
        standing = "failed"
    elif any(not a.counts for a in now):
        standing = "broken"
    reasons = [reason for attempt in now if attempt.counts for reason in attempt.verdict.reasons]
    return Entry(
        id=case.id,
        standing=standing,
        improved=improved,
        language=case.language,
        suite=case.suite,
        tags=case.tags,
        data=[item.name or Path(item.path).name for item in case.data],
        said=case.turns[0].say,
        reason=reasons[0] if reasons else next((a.record.infrastructure for a in now if not a.counts), ""),
        gold=case.gold,
        hints=_hints(case.hints.model_dump()),
        attempts=[_told(name, attempt, before, brief) for name, attempt, before in tried],
    )


def _told(name: str, attempt: Attempt, before: bool, brief: bool) -> ToldAttempt:
    return ToldAttempt(
        column=name,
        repeat=attempt.record.repeat,
        baseline=before,
        passed=attempt.verdict.passed,
        broken="" if attempt.counts else attempt.record.infrastructure or "broken",
        reasons=attempt.verdict.reasons if attempt.counts else [],
        turns=[] if brief and attempt.verdict.passed else tell(attempt),
    )


def _hints(hints: dict[str, Any]) -> str:
    given = {what: value for what, value in hints.items() if value is not None}
    return ", ".join(f"{value:g} {what.removesuffix('s') if value == 1 else what}" for what, value in given.items())


def baseline(side: Side, sides: Sequence[Side], base: Scored | None) -> Side | None:
    """What a column is held against: its namesake in the other run, or else that run's first; the first column here."""
    if base is None:
        return None if side == sides[0] else sides[0]
    namesakes = [column for column in base.columns if column == side.column]
    return Side(base, (namesakes or base.columns)[0]) if base.columns else None


def column_name(side: Side, several: bool) -> str:
    return side.name if several else label(side.column)

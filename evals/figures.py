"""What a run's attempts come to: rates with their intervals, times, tokens, by column and by suite, language and tag.

What is not covered: weights. Every attempt counts the same, so a large suite outweighs a small one in the overall
rate; the tables by suite show each one alone.
"""

from collections.abc import Callable, Iterable, Sequence

from pydantic import BaseModel, ConfigDict

from evals.attempts import Attempt
from evals.stats import clustered, pass_hat_k, wilson

Bounds = tuple[float, float]


class _Figures(BaseModel):
    model_config = ConfigDict(frozen=True)


class Rate(_Figures):
    """How many of how many, and how sure that is."""

    passed: int
    of: int
    rate: float | None
    """null where nothing counted."""
    wilson: Bounds | None
    """95 %, as if all attempts were independent."""


class Figures(_Figures):
    """One column's figures. Rates leave out attempts whose infrastructure broke; times and tokens too."""

    passed: Rate
    clustered: Bounds | None
    """95 %, data sets resampled: attempts on the same data are not independent."""
    clusters: int
    pass_hat: dict[int, float]
    """k -> the chance that k attempts at a case all pass, for k = 1 … the repeats, where > 1; of the cases that have k."""
    infrastructure: int
    """Attempts that broke outside the model."""
    false_refusals: Rate
    """Of the cases tagged `answerable`: where the answer said that the data lacks it."""
    plan_seconds: float | None
    """Median time until the first plan, answer or question."""
    turn_seconds: float | None
    """Median time of a turn."""
    turn_seconds_p90: float | None
    turns: int
    tokens_read: int
    tokens_written: int
    model_calls: int


class Group(_Figures):
    """One row of a table by suite, language or tag: a rate for each column, in the columns' order."""

    name: str
    rates: list[Rate]


def rate(outcomes: Sequence[bool]) -> Rate:
    """The share of true ones with its Wilson interval."""
    if not outcomes:
        return Rate(passed=0, of=0, rate=None, wilson=None)
    found = wilson(sum(outcomes), len(outcomes))
    share = sum(outcomes) / len(outcomes)
    return Rate(passed=sum(outcomes), of=len(outcomes), rate=share, wilson=(found.low, found.high))


def figures(attempts: Sequence[Attempt]) -> Figures:
    """The figures of one column."""
    counted = [attempt for attempt in attempts if attempt.counts]
    turns = [turn for attempt in counted for turn in attempt.record.turns]
    seconds = [turn.seconds for turn in turns]
    clusters = [attempt.case.group for attempt in counted]
    resampled = clustered([attempt.verdict.passed for attempt in counted], clusters) if len(set(clusters)) > 1 else None
    return Figures(
        passed=rate([attempt.verdict.passed for attempt in counted]),
        clustered=(resampled.low, resampled.high) if resampled else None,
        clusters=len(set(clusters)),
        pass_hat=_pass_hat(counted),
        infrastructure=len(attempts) - len(counted),
        false_refusals=rate([says_missing(attempt) for attempt in counted if "answerable" in attempt.case.tags]),
        plan_seconds=quantile([turn.plan_seconds for turn in turns if turn.plan_seconds is not None], 0.5),
        turn_seconds=quantile(seconds, 0.5),
        turn_seconds_p90=quantile(seconds, 0.9),
        turns=len(turns),
        tokens_read=sum(turn.tokens_read for turn in turns),
        tokens_written=sum(turn.tokens_written for turn in turns),
        model_calls=sum(turn.model_calls for turn in turns),
    )


def groups(columns: Sequence[Sequence[Attempt]], names: Callable[[Attempt], Iterable[str]]) -> list[Group]:
    """The pass rates of each column by what `names` gives for an attempt, the names sorted; broken ones left out."""
    counted = [[attempt for attempt in column if attempt.counts] for column in columns]
    found = sorted({name for column in counted for attempt in column for name in names(attempt)})
    return [
        Group(name=name, rates=[rate([a.verdict.passed for a in column if name in names(a)]) for column in counted])
        for name in found
    ]


def says_missing(attempt: Attempt) -> bool:
    """Whether an answer of some turn said that the data does not hold what was asked for."""
    events = [event for turn in attempt.record.turns for event in turn.events]
    return any(event.get("event") == "answer" and (event.get("values") or {}).get("missing") for event in events)


def quantile(values: Sequence[float], share: float) -> float | None:
    """By linear interpolation between the nearest two (type 7 of Hyndman and Fan 1996); None of nothing."""
    if not values:
        return None
    ranked = sorted(values)
    place = share * (len(ranked) - 1)
    low = int(place)
    high = min(low + 1, len(ranked) - 1)
    return ranked[low] + (ranked[high] - ranked[low]) * (place - low)


def _pass_hat(attempts: Sequence[Attempt]) -> dict[int, float]:
    repeats: dict[str, list[bool]] = {}
    for attempt in attempts:
        repeats.setdefault(attempt.case.id, []).append(attempt.verdict.passed)
    most = max((len(outcomes) for outcomes in repeats.values()), default=0)
    return {k: pass_hat_k(list(repeats.values()), k) for k in range(1, most + 1)} if most > 1 else {}

"""The step of a series: found in the gaps between its moments, or as a person names it; and the SQL that cuts to it."""

from collections.abc import Callable
from typing import Any, Literal

from automl.forecasting.series import Step, Unit
from tools.tool import ToolError

Ask = Callable[[str], list[tuple[Any, ...]]]
Frequency = Literal[
    "minute", "5 minutes", "10 minutes", "15 minutes", "30 minutes", "hour", "day", "weekday", "week", "month", "quarter", "year"
]  # fmt: skip
HORIZONS: dict[Unit, int] = {
    "minute": 60, "hour": 24, "day": 14, "weekday": 10, "week": 8, "month": 12, "quarter": 4, "year": 3,
}  # fmt: skip
"""How far ahead where nobody says."""
REGULAR = 0.6
"""A step counts as the series' own where at least this share of the gaps is as long."""
FILLED = 0.8
"""Of irregular moments a step is chosen at least this share of whose places has rows."""
LEAST_STEPS = 12
_LENGTHS: dict[Unit, float] = {
    "minute": 60, "hour": 3600, "day": 86_400, "weekday": 86_400, "week": 604_800, "month": 2_629_746, "quarter": 7_889_238, "year": 31_556_952,
}  # fmt: skip
_DAYS: tuple[tuple[int, int, Unit], ...] = (
    (1, 1, "day"), (7, 7, "week"), (28, 31, "month"), (89, 92, "quarter"), (365, 366, "year"),
)  # fmt: skip
_DAY = 1440
"""Minutes of a day, of which a step is a whole part."""
_UNITS: tuple[Unit, ...] = ("hour", "day", "week", "month", "quarter", "year")


def seconds(step: Step) -> float:
    """About how long a step is."""
    return _LENGTHS[step.unit] * step.count


def of_frequency(frequency: Frequency) -> Step:
    """The step that a person named."""
    number, _, unit = frequency.partition(" ")
    return Step(unit="minute", count=int(number)) if unit else Step.model_validate({"unit": frequency})


def find_step(ask: Ask, moments: str) -> tuple[Step, str, float]:
    """The step of a relation of distinct moments (`item`, `m`), why it is taken, and which share of them keeps to it.

    Raises ToolError where the moments are too irregular for any.
    """
    gaps = _gaps(ask, moments)
    total = sum(count for _, count in gaps)
    if not total:
        raise ToolError(
            "Every series has one moment only, so there is nothing to continue. Choose another time column."
        )
    counts = _counts(gaps)
    if counts:
        (unit, number), most = max(counts.items(), key=lambda pair: pair[1])
        even = number < 60 or _on_the_grid(ask, moments, number)
        weekend = counts.get(("day", 1), 0) and any(gap == 3 * 86_400 for gap, _ in gaps)
        if unit == "day" and weekend and not ask(f"SELECT count(*) FROM {moments} WHERE isodow(m) > 5")[0][0]:
            return Step(unit="weekday"), "its dates are weekdays, never a Saturday or Sunday", 1.0
        if most >= REGULAR * total and even:
            step = _dated(ask, moments, Step(unit=unit, count=number))
            return step, f"{most:,} of {total:,} dates follow the one before after {step.one}", most / total
    gap, most = gaps[0]
    apart = f"mostly come {gap / 86_400:.3g} days apart" if most >= REGULAR * total else "are irregular"
    return _filling(ask, moments, f"its dates {apart}")


def regularity(ask: Ask, moments: str) -> float:
    """Which share of the gaps between moments is one step, whichever is commonest."""
    gaps = _gaps(ask, moments)
    most = max(_counts(gaps).values(), default=0)
    return most / max(sum(int(count) for _, count in gaps), 1)


def _gaps(ask: Ask, moments: str) -> list[tuple[Any, ...]]:
    """How often moments of a series are so many seconds apart."""
    return ask(
        "SELECT gap, count(*) FROM (SELECT epoch(m) - epoch(lag(m) OVER (PARTITION BY item ORDER BY m)) AS gap"
        f" FROM {moments}) WHERE gap > 0 GROUP BY gap ORDER BY count(*) DESC, gap LIMIT 1000"
    )


def _counts(gaps: list[tuple[Any, ...]]) -> dict[tuple[Unit, int], int]:
    """How often moments are a unit apart."""
    counts: dict[tuple[Unit, int], int] = {}
    for gap, count in gaps:
        if found := _unit(float(gap)):
            counts[found] = counts.get(found, 0) + count
    return counts


def _unit(gap: float) -> tuple[Unit, int] | None:
    """The unit that a gap in seconds is one of."""
    days = gap / 86_400
    for low, high, unit in _DAYS:
        if low <= days <= high:
            return unit, 1
    if gap == 3600:
        return "hour", 1
    minutes = gap / 60
    return ("minute", int(minutes)) if minutes % 1 == 0 and minutes < _DAY and _DAY % minutes == 0 else None


def _dated(ask: Ask, moments: str, step: Step) -> Step:
    """The step as its moments are dated: weeks by one weekday, months by their last day."""
    if step.unit == "week":
        days = ask(f"SELECT DISTINCT isodow(m) - 1 FROM {moments}")
        return step.model_copy(update={"weekday": int(days[0][0]) if len(days) == 1 else 0})
    if step.unit in ("month", "quarter", "year"):
        last = bool(ask(f"SELECT bool_and(CAST(m AS DATE) = last_day(m)) FROM {moments}")[0][0])
        return step.model_copy(update={"last_day": last, "first_month": _first_month(ask, moments, step.unit, last)})
    return step


def _first_month(ask: Ask, moments: str, unit: Unit, last: bool) -> int:
    """In which month the years of the moments begin, or the first of their quarters; 1 where they tell of no one."""
    if unit == "month":
        return 1
    length = 3 if unit == "quarter" else 12
    begin = f"month(m) - 1 - {length - 1 if last else 0} + 12"
    found = ask(f"SELECT DISTINCT ({begin}) % {length} + 1 FROM {moments}")
    return int(found[0][0]) if len(found) == 1 else 1


def _on_the_grid(ask: Ask, moments: str, minutes: int) -> bool:
    """Whether moments that are hours apart are so from midnight on: steps of 12 hours at 0 and 12, not at 8 and 20."""
    return bool(ask(f"SELECT bool_and(epoch(m) % {60 * minutes} = 0) FROM {moments}")[0][0])


def _filling(ask: Ask, moments: str, dates: str) -> tuple[Step, str, float]:
    """The shortest step of which few places stay empty."""
    for unit in _UNITS:
        places, filled = ask(
            f"SELECT sum(places), sum(filled) FROM (SELECT date_diff('{unit}', min(m), max(m)) + 1 AS places,"
            f" count(DISTINCT date_trunc('{unit}', m)) AS filled FROM {moments} GROUP BY item HAVING count(*) > 1)"
        )[0]
        series = max(int(ask(f"SELECT count(DISTINCT item) FROM {moments}")[0][0]), 1)
        if places and places >= LEAST_STEPS * series and filled >= FILLED * places:
            return Step(unit=unit), f"{dates} and {filled / places:.0%} of the {unit}s have rows", 0.0
    raise ToolError(
        "The dates are irregular: no step from an hour to a year has rows in most of its places. Give frequency, such"
        " as month, or make the series even first: resample_series."
    )


def fitting(wanted: Step, found: Step, horizon: int | None) -> tuple[Step, int | None, str]:
    """The step to take where another one is wanted than the data have, the horizon in it, and why it is another.

    Raises ToolError where a step is wanted that is shorter than what the data tell apart, and no horizon with it.
    """
    if seconds(wanted) >= 0.9 * seconds(found):
        return wanted, horizon, ""
    if horizon is None:
        raise ToolError(
            f"The data has one value for {found.one}, so it can't be forecast by {wanted.words()}. Use frequency"
            f" {found.words()} or a longer one."
        )
    steps = in_steps(horizon, wanted, found)
    return (
        found,
        steps,
        f"the data has one value for {found.one}, so {wanted.counted(horizon)} {'is' if horizon == 1 else 'are'} {found.counted(steps)} of it",
    )


def in_steps(horizon: int, wanted: Step, found: Step) -> int:
    """How many steps of the data so many of a longer one are: a year of months is twelve."""
    return max(round(horizon * seconds(wanted) / seconds(found)), 1)


def bucket(step: Step, moment: str) -> str:
    """SQL of the start of the step that a moment falls into."""
    moment = f"CAST({moment} AS TIMESTAMP)"
    if step.unit == "minute":
        return f"time_bucket(INTERVAL '{step.count} minutes', {moment}, TIMESTAMP '2000-01-01')"
    if step.unit == "week" and step.weekday:
        days = f"INTERVAL '{step.weekday} days'"
        return f"CAST(date_trunc('week', {moment} - {days}) + {days} AS TIMESTAMP)"
    if step.first_month > 1:
        months = f"INTERVAL '{step.first_month - 1} months'"
        return f"CAST(date_trunc('{step.unit}', {moment} - {months}) + {months} AS TIMESTAMP)"
    unit = "day" if step.unit == "weekday" else step.unit
    return f"CAST(date_trunc('{unit}', {moment}) AS TIMESTAMP)"


def ending(step: Step, start: str) -> str:
    """SQL of the moment at which a step that starts there ends."""
    unit, count = {"weekday": ("day", 1), "quarter": ("month", 3)}.get(step.unit, (step.unit, step.count))
    return f"{start} + INTERVAL '{count} {unit}'"

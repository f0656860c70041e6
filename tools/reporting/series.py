"""A time column and the numbers along it: an even series by the step that fits, gaps counted and bridged by a line."""

from collections.abc import Callable, Sequence
from typing import Any

from automl.seasons import PERIODS, ROUNDS, SEASONAL, season
from tools.charting.data import number
from tools.reporting.facts import SeriesFacts
from tools.transform import Column
from tools.words import identifier, literal

Ask = Callable[[str], list[tuple[Any, ...]]]
UNITS = (
    ("minute", 60),
    ("hour", 3600),
    ("day", 86_400),
    ("week", 604_800),
    ("month", 2_629_746),
    ("quarter", 7_889_238),
    ("year", 31_556_952),
)
MOST_STEPS = 1_500
"""More steps are put together into longer ones: a season is seen as well, and sooner."""
FILLED = 0.5
"""A step fits where at least this share of its places has rows."""
LEAST_STEPS = 8
POINTS_KEPT = 400


def step_of(ask: Ask, table: str, time: Column) -> str | None:
    """The finest unit that leaves few holes; None for a column of too few moments."""
    name = identifier(time.name)
    counts = ", ".join(f"approx_count_distinct(date_trunc('{unit}', {name}))" for unit, _ in UNITS)
    span, *different = ask(f"SELECT epoch(max({name})) - epoch(min({name})), {counts} FROM {table}")[0]
    if span is None:
        return None
    for (unit, seconds), count in zip(UNITS, different, strict=True):
        steps = int(span // seconds) + 1
        if LEAST_STEPS <= steps <= MOST_STEPS and count >= FILLED * steps:
            return unit
    return None


def series(ask: Ask, table: str, time: Column, unit: str, columns: Sequence[Column]) -> list[SeriesFacts]:
    """Season, trend and odd moments of the mean of each number column at each step."""
    if not columns:
        return []
    means = ", ".join(f"avg({number(column)}) AS c{place}" for place, column in enumerate(columns))
    name, text = identifier(time.name), literal(unit)
    found = ask(
        f"WITH seen AS (SELECT date_trunc({text}, {name})::TIMESTAMP AS moment, {means} FROM {table} WHERE {name} IS NOT NULL GROUP BY 1),\n"
        f"even AS (SELECT unnest(generate_series((SELECT min(moment) FROM seen), (SELECT max(moment) FROM seen), INTERVAL 1 {unit})) AS moment)\n"
        "SELECT even.moment, seen.moment IS NULL AS hole, COLUMNS('c[0-9]+') FROM even LEFT JOIN seen USING (moment) ORDER BY even.moment"
    )
    holes = sum(bool(row[1]) for row in found)
    told = []
    for place, column in enumerate(columns):
        values = bridged([row[2 + place] for row in found])
        shown = None if values is None else season(values, unit)
        if values is None or shown is None:
            continue
        moments = [_moment(row[0], unit) for row in found]
        told.append(
            SeriesFacts(
                column=column.name,
                unit=unit,
                start=moments[0],
                end=moments[-1],
                points=_thinned(values),
                steps=len(found),
                missing_steps=holes,
                found=shown,
                high_at=_in_round(found[shown.high][0], unit, shown.period),
                low_at=_in_round(found[shown.low][0], unit, shown.period),
                odd_at=[moments[at] for at, _, _ in shown.odd],
            )
        )
    return told


def bridged(values: Sequence[float | None]) -> list[float] | None:
    """Holes filled by a line between their neighbours, as the nearest value at the ends; None where all is a hole."""
    import numpy as np

    cells = np.array([np.nan if value is None else float(value) for value in values])
    known = np.flatnonzero(np.isfinite(cells))
    if not len(known):
        return None
    whole: list[float] = np.interp(np.arange(len(cells)), known, cells[known]).tolist()
    return whole


def _thinned(values: Sequence[float]) -> list[float]:
    """At most so many points for the picture: means of neighbours."""
    each = -(-len(values) // POINTS_KEPT)
    parts = [values[at : at + each] for at in range(0, len(values), each)]
    return [float(f"{sum(part) / len(part):.6g}") for part in parts]


def _in_round(at: Any, unit: str, period: int) -> str:
    """A moment as it comes round again: December of a year, Monday of a week, 14:00 of a day."""
    if not period:
        return ""
    if unit == "minute":
        return f"{at:%H:%M}" if period > 60 else f"minute {at.minute}"
    if unit == "hour":
        return f"{at:%H:%M}" if period == 24 else f"{at:%A %H:%M}"
    if unit == "quarter":
        return f"quarter {(at.month + 2) // 3}"
    return f"{at:%A}" if period == 7 else f"{at:%B}"


def told(one: SeriesFacts) -> str:
    """`sales repeats every year (season 0.98 of 1): highest in December, lowest in January; it rises by 41 % in all.`"""
    found = one.found
    way = "rises" if found.change > 0 else "falls"
    moved = f"{way} by {abs(100 * found.change):.0f} % from its first tenth to its last"
    change = moved if abs(found.change) >= 0.005 else "stays about the same"
    if not found.period:
        few = len(one.points) and one.steps < min((ROUNDS * period for period in PERIODS[one.unit]), default=0)
        season = (
            "is too short to show a season"
            if few
            else f"shows no season ({found.season:.2f} of 1; from {SEASONAL} on it counts)"
        )
        return f"{one.column} {season}; it {change}."
    preposition = "on" if found.repeats_every == "week" else "at" if found.repeats_every in ("day", "hour") else "in"
    return (
        f"{one.column} repeats every {found.repeats_every} (season {found.season:.2f} of 1): highest {preposition} {one.high_at},"
        f" lowest {preposition} {one.low_at}; it {change}."
    )


def _moment(at: Any, unit: str) -> str:
    return str(at)[:16] if unit in ("minute", "hour") else str(at)[:10]

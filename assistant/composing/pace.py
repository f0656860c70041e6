"""Measures along time, of phrases in either language: how long it took, how many a day, growth from period to period."""

from collections.abc import Sequence

from assistant.composing.columns import CALLED, adds_up, aggregate_name, called, is_key, number_name
from assistant.composing.nouns import row_name
from assistant.composing.parts import Parts
from tools.words import identifier


def measure_span(parts: Parts, calls: Sequence[str]) -> None:
    """Measure how long it took, the average unless told; over the rows of a time only where it tells when they began or ended."""
    parts.unclear = parts.unclear or (parts.timed and parts.moment() not in parts.span)
    for call in calls or ["avg"]:
        parts.measures[f"{call}({parts.span})"] = f"{CALLED[call]}_{parts.unit}s"


def rows_or_sum(parts: Parts, number: str | None, *, total: bool = False) -> tuple[str, str] | None:
    """The number of rows, or the sum of a marked column, with what it is called; None for what is not added up, but for a `total`."""
    if number is None:
        return parts.rows, number_name(row_name(parts.table))
    fact = parts.fact(number)
    return (
        (f"sum({parts.column(number)})", called(fact))
        if (adds_up(fact) or (total and fact.is_number)) and not is_key(fact)
        else None
    )


def paced(parts: Parts, number: str | None, unit: str) -> bool:
    """Measure rows or a sum over the number of periods from the first to the last of the time that is asked about."""
    what, moment = rows_or_sum(parts, number), parts.moment()
    if any("dayofweek" in one.sql or "hour(" in one.sql for one in parts.conditions if one.time):
        return False
    if what is None or not moment:
        return False
    times = " AND ".join(one.sql for one in parts.conditions if one.time)
    where = f" WHERE {times}" if times else ""
    span = f"(SELECT date_diff('{unit}', min({moment}), max({moment})) + 1 FROM {identifier(parts.table.name)}{where})"
    parts.measures[f"{what[0]} / {span}"] = f"{what[1]}_per_{unit}"
    parts.timed = True
    return True


def grown(parts: Parts, number: str | None, unit: str, *, total: bool = False) -> bool:
    """Measure rows or a sum by period, and by how much of it each exceeds the one before."""
    what = rows_or_sum(parts, number, total=total)
    if what is None or not parts.moment() or parts.keys or parts.measures:
        return False
    measure, name = what
    _ = parts.period(unit)
    [key] = parts.keys
    told = name if number is None else aggregate_name("sum", name)
    parts.measures = {measure: told, f"{measure} / lag({measure}) OVER (ORDER BY {key}) - 1": "growth"}
    return True

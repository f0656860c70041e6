"""What the report adds to a column's profile: robust bounds, the rarest values and the forms of texts."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from tools import engine
from tools.charting.data import number
from tools.profiling.facts import ColumnProfile
from tools.profiling.measure import EXACT_ROWS, GROUPS, kind_of
from tools.reporting.facts import Pattern
from tools.transform import Column
from tools.words import identifier, plain

if TYPE_CHECKING:
    import duckdb

REACH = 5.0
"""Robust standard deviations from the median beyond which a value is an outlier."""
RARE = 3
PATTERNS, PATTERN_SHARE = 3, 0.1
LONGEST = 60
"""Texts longer than this have no form worth telling."""


@dataclass(frozen=True)
class Bounds:
    """Robust bounds of a number column: values outside low … high are outliers."""

    robust_sd: float
    low: float
    high: float


def bounds(
    cursor: "duckdb.DuckDBPyConnection",
    table: str,
    columns: Sequence[Column],
    profiles: Sequence[ColumnProfile],
    rows: int,
) -> dict[str, Bounds]:
    """Median ± 5 robust SD of every measurement, in two passes over all rows.

    The robust SD is that of the values clipped to their 5th and 95th percentile, Data Wrangler's RSTD (Amazon
    SageMaker Developer Guide, Get Insights On Data and Data Quality); percentiles are exact up to EXACT_ROWS rows.
    A column of which the clipped values do not vary has no bounds.
    """
    measured = [
        (number(column), profile)
        for column, profile in zip(columns, profiles, strict=True)
        if profile.kind == "number" and profile.median is not None and profile.distinct > 2
    ]
    if not measured:
        return {}
    quantile = "quantile_cont" if rows <= EXACT_ROWS else "approx_quantile"
    ends = engine.fetch(
        cursor, f"SELECT {', '.join(f'{quantile}({c}, [0.05, 0.95])' for c, _ in measured)} FROM {table}"
    )[0]
    clipped = [
        f"stddev_pop(least(greatest({cell}, {low!r}), {high!r}))"
        for (cell, _), (low, high) in zip(measured, ends, strict=True)
    ]
    spreads = engine.fetch(cursor, f"SELECT {', '.join(clipped)} FROM {table}")[0]
    return {
        profile.name: Bounds(spread, profile.median - REACH * spread, profile.median + REACH * spread)
        for (_, profile), spread in zip(measured, spreads, strict=True)
        if spread and profile.median is not None
    }


def rarest(
    cursor: "duckdb.DuckDBPyConnection", table: str, columns: Sequence[Column], profiles: Sequence[ColumnProfile]
) -> dict[str, list[tuple[object, int]]]:
    """The least frequent values of columns whose values repeat, over all rows."""
    found = {}
    for column, profile in zip(columns, profiles, strict=True):
        if kind_of(column) == "nested" or not 1 < profile.distinct <= GROUPS or profile.distinct > 0.5 * profile.filled:
            continue
        name = identifier(column.name)
        counted = engine.fetch(
            cursor,
            f"SELECT {name}, count(*) FROM {table} WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY 2, 1 LIMIT {RARE}",
        )
        found[column.name] = [(plain(value), count) for value, count in counted]
    return found


_SIGNS = (("A", str.isupper), ("a", str.islower), ("9", str.isdigit), ("가", str.isalpha))


class _Signs(dict[int, str]):
    """The sign of each letter, found when it is first met."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        self[code] = next((sign for sign, test in _SIGNS if test(letter)), letter)
        return self[code]


def patterns(texts: Iterable[str]) -> list[Pattern]:
    """The commonest forms of texts: a run that has one length in all of them is written out, any other is `9…`."""
    forms: Counter[str] = Counter()
    lengths: dict[str, list[set[int]]] = {}
    count, signs = 0, _Signs()
    shapes: Counter[str] = Counter()
    for text in texts:
        count += 1
        if len(text) <= LONGEST:
            shapes[text.translate(signs)] += 1
    for shape, times in shapes.items():
        runs = [(sign, len(list(run))) for sign, run in groupby(shape)]
        form = "".join(sign for sign, _ in runs)
        forms[form] += times
        seen = lengths.setdefault(form, [set() for _ in runs])
        for place, (_, length) in enumerate(runs):
            seen[place].add(length)
    return [
        Pattern(form=_written(form, lengths[form]), share=round(times / count, 4))
        for form, times in forms.most_common(PATTERNS)
        if times >= PATTERN_SHARE * count
    ]


def _written(form: str, lengths: Sequence[set[int]]) -> str:
    parts = []
    for sign, seen in zip(form, lengths, strict=True):
        fixed = len(seen) == 1 and max(seen) <= 8
        parts.append(sign * max(seen) if fixed else f"{sign}…")
    return re.sub(r"\s", "␣", "".join(parts))

"""Whether two tables are alike, as training rows and test rows should be: each shared column, over all rows of both.

Population stability index PSI = Σ (b - a) ln(b / a) over the first table's twentieths (numbers and dates) or its values
(texts), empty cells a part of their own, shares of nothing taken as 0.0001; below 0.1 stable, above 0.25 shifted
(Siddiqi, Credit Risk Scorecards, 2006). KS is the largest gap between the cumulative shares of filled cells, at the
first table's twentieths.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from math import log
from typing import TYPE_CHECKING, Any

from tools.charting.data import number
from tools.reporting.facts import ColumnShift
from tools.transform import Column
from tools.words import identifier, literal

if TYPE_CHECKING:
    import pandas as pd

Ask = Callable[[str], list[tuple[Any, ...]]]
PARTS = 20
NOTHING = 1e-4
SHIFTED, MOVED = 0.25, 0.1
LEVELS = 30
KNOWN_VALUES = 2_000
YEAR = re.compile(r"(?:^|[_ ])(?:year|yr|jahr)|year$|연도|년도|^년$", re.IGNORECASE)
FIRST_YEAR, LAST_YEAR = 1800, 2200


def shifts(
    ask: Ask, here: str, there: str, columns: Sequence[Column], others: Mapping[str, Column]
) -> list[ColumnShift]:
    """The shift of every column that both tables have, the largest first."""
    numbers = [c for c in columns if c.name in others and _is_line(c) and _is_line(others[c.name])]
    texts = [c for c in columns if c.name in others and c not in numbers and _is_flat(c) and _is_flat(others[c.name])]
    found = [*_lines(ask, here, there, numbers, others), *(_values(ask, here, there, column) for column in texts)]
    return sorted(found, key=lambda one: -one.psi)


def in_time(
    ask: Ask, here: str, there: str, columns: Sequence[Column], others: Mapping[str, Column]
) -> tuple[str, str]:
    """The column of dates, or else of years, by which all rows there lie `after` or `before` those here; empty for none."""
    for is_time in (lambda one: one.is_time, _may_be_years):
        for column in columns:
            both = is_time(column) and is_time(others[column.name])
            if both and (side := _side(ask, here, there, column, others)):
                return column.name, side
    return "", ""


def _may_be_years(column: Column) -> bool:
    return column.is_number and bool(YEAR.search(column.name))


def _side(ask: Ask, here: str, there: str, column: Column, others: Mapping[str, Column]) -> str:
    ends = [
        ask(f"SELECT min({_cell(one)}), max({_cell(one)}) FROM {table}")[0]
        for one, table in ((column, here), (others[column.name], there))
    ]
    if any(end is None for pair in ends for end in pair):
        return ""
    (low, high), (first, last) = ends
    if not column.is_time and not (min(low, first) >= FIRST_YEAR and max(high, last) <= LAST_YEAR):
        return ""
    if (low, high) == (first, last):
        return ""
    return "after" if first >= high else "before" if last <= low else ""


def rising(sample: "pd.DataFrame", time: str, columns: Sequence[Column]) -> list[str]:
    """The time and the columns of some rows that rise or fall with it, such as a year or a running number."""
    from automl.shift import follows

    known = sample[sample[time].notna()]

    def rises(column: "pd.Series[Any]") -> bool:
        return column.nunique() > 1 and follows(column, known[time])

    rest = [one for one in columns if one.name != time]
    return [time, *(one.name for one in rest if _may_be_years(one) or rises(known[one.name]))]


def _is_line(column: Column) -> bool:
    return column.is_number or column.type.startswith(("DATE", "TIMESTAMP"))


def _is_flat(column: Column) -> bool:
    return column.is_text or column.type == "BOOLEAN"


def _cell(column: Column) -> str:
    return f"epoch({identifier(column.name)})::DOUBLE" if column.is_time else number(column)


def _lines(
    ask: Ask, here: str, there: str, columns: Sequence[Column], others: Mapping[str, Column]
) -> list[ColumnShift]:
    if not columns:
        return []
    at = ", ".join(str(round(part / PARTS, 4)) for part in range(1, PARTS))
    edges = ask(f"SELECT {', '.join(f'approx_quantile({_cell(c)}, [{at}])' for c in columns)} FROM {here}")[0]
    cuts = [sorted(set(one or [])) for one in edges]
    counts = []
    for table, own in ((here, columns), (there, [others[c.name] for c in columns])):
        asked = [
            part
            for column, edge in zip(own, cuts, strict=True)
            for part in (
                f"count({_cell(column)})",
                "count(*)",
                *(f"count(*) FILTER ({_cell(column)} <= {cut!r})" for cut in edge),
            )
        ]
        counts.append(list(ask(f"SELECT {', '.join(asked)} FROM {table}")[0]))
    out, place = [], 0
    for column, edge in zip(columns, cuts, strict=True):
        mine, theirs = (one[place : place + 2 + len(edge)] for one in counts)
        place += 2 + len(edge)
        out.append(_line(column.name, mine, theirs))
    return out


def _line(name: str, mine: Sequence[int], theirs: Sequence[int]) -> ColumnShift:
    """From filled cells, rows and cumulative counts of both tables."""
    parts, climbs = [], []
    for filled, rows, *below in (mine, theirs):
        steps = [b - a for a, b in zip([0, *below], [*below, filled], strict=True)]
        parts.append([step / max(rows, 1) for step in (*steps, rows - filled)])
        climbs.append([one / max(filled, 1) for one in below])
    ks = max((abs(a - b) for a, b in zip(*climbs, strict=True)), default=0.0)
    return ColumnShift(column=name, psi=round(_psi(*parts), 4), ks=round(ks, 4), missing=(_rest(mine), _rest(theirs)))


def _rest(counts: Sequence[int]) -> float:
    return round(1 - counts[0] / max(counts[1], 1), 4)


def _psi(mine: Sequence[float], theirs: Sequence[float]) -> float:
    pairs = [(max(a, NOTHING), max(b, NOTHING)) for a, b in zip(mine, theirs, strict=True) if a or b]
    return sum((b - a) * log(b / a) for a, b in pairs)


def _values(ask: Ask, here: str, there: str, column: Column) -> ColumnShift:
    name = f"{identifier(column.name)}::VARCHAR"
    known = ask(f"SELECT {name} AS v, count(*) AS n FROM {here} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {KNOWN_VALUES + 1}")
    levels = [value for value, _ in known if value is not None][:LEVELS]
    inside = ", ".join(literal(value) for value in levels) or "NULL"
    shares, empty = [], []
    for table in (here, there):
        counted: dict[str | None, int] = dict(
            ask(f"SELECT CASE WHEN {name} IN ({inside}) THEN {name} END, count({name}) FROM {table} GROUP BY 1")
        )
        rows, filled = ask(f"SELECT count(*), count({name}) FROM {table}")[0]
        shares.append(
            [counted.get(one, 0) / max(rows, 1) for one in (*levels, None)] + [(rows - filled) / max(rows, 1)]
        )
        empty.append(round((rows - filled) / max(rows, 1), 4))
    new = 0
    if len(known) <= KNOWN_VALUES:
        new = ask(
            f"SELECT count(*) FROM {there} WHERE {name} NOT IN (SELECT {name} FROM {here} WHERE {name} IS NOT NULL)"
        )[0][0]
    return ColumnShift(
        column=column.name, psi=round(_psi(*shares), 4), ks=None, missing=(empty[0], empty[1]), new_values=new
    )

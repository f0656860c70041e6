"""Bias in the data, before any model: how an outcome differs between a group (the facet) and all others.

Measures and signs are those of Amazon SageMaker Clarify (Measure Pre-training Bias; Hardt and others, KDD 2021), with
a the others, d the group, q the share of rows with the outcome, P the distribution over the outcome's values:
class imbalance CI = (n_a - n_d) / (n_a + n_d); difference in proportions of labels DPL = q_a - q_d;
Kullback-Leibler KL = Σ P_a ln(P_a / P_d); Jensen-Shannon JS = (KL(P_a‖P) + KL(P_d‖P)) / 2 with P = (P_a + P_d) / 2;
Lp = (Σ |P_a - P_d|^2)^(1/2); total variation TVD = Σ |P_a - P_d| / 2; Kolmogorov-Smirnov KS = max |P_a - P_d|;
demographic disparity DD = share of the group among rows without the outcome less its share among rows with it, and
CDD its mean over the strata of a third column, weighted by their rows (Wachter, Mittelstadt and Russell, 2020).
"""

from collections.abc import Callable, Sequence
from math import log, sqrt
from typing import Any

from automl.amounts import written
from tools.charting.data import number
from tools.reporting.facts import BiasFacts
from tools.tool import ToolError
from tools.transform import Column
from tools.words import identifier, listed, literal

Ask = Callable[[str], list[tuple[Any, ...]]]
FEW = 20
"""A number column with more different values than this is cut at its median."""
MOST_STRATA = 50
LEVEL = 0.1
"""From this size of DPL or DD on it is worth a warning."""
RARE_CI = 0.8
NAMES = {
    "CI": "class imbalance",
    "DPL": "difference in proportions of labels",
    "KL": "Kullback-Leibler divergence",
    "JS": "Jensen-Shannon divergence",
    "LP": "L2 norm",
    "TVD": "total variation distance",
    "KS": "Kolmogorov-Smirnov",
    "CDD": "conditional demographic disparity",
}


def bias(
    ask: Ask, table: str, facet: Column, group: str | None, target: Column, positive: str | None, by: Column | None
) -> BiasFacts:
    """The measures over all rows where facet and target are filled. Raises ToolError where there are no two groups.

    `group` is the value of the facet that is looked at, the rarest if left out; `positive` is the outcome's value.
    """
    facet_cell, target_cell = _grouped(ask, table, facet), _grouped(ask, table, target)
    stratum = f"{identifier(by.name)}::VARCHAR" if by else "''"
    counted = ask(
        f"SELECT {facet_cell} AS f, {target_cell} AS t, {stratum} AS s, count(*) FROM {table} GROUP BY ALL ORDER BY ALL"
    )
    rows = [(f, t, s, n) for f, t, s, n in counted if f is not None and t is not None]
    groups = _totals(rows, 0)
    if len(groups) < 2:
        raise ToolError(
            f"{facet.name} has {len(groups)} different value; bias compares two groups. Name another facet."
        )
    outcomes = _totals(rows, 1)
    chosen = _known(group, groups, facet.name) if group is not None else min(groups, key=lambda one: (groups[one], one))
    wanted = _known(positive, outcomes, target.name) if positive in outcomes else _last(outcomes)
    inside = [row for row in rows if row[0] == chosen]
    outside = [row for row in rows if row[0] != chosen]
    measures = _measures(inside, outside, list(outcomes), wanted)
    if by is not None and len(_totals(rows, 2)) <= MOST_STRATA:
        measures["CDD"] = _conditional(rows, chosen, wanted)
    else:
        measures["CDD"] = _conditional([(f, t, "", n) for f, t, _, n in rows], chosen, wanted)
    others = (
        " or ".join(one for one in groups if one != chosen) if len(groups) <= 4 else f"{len(groups) - 1} other values"
    )
    return BiasFacts(
        facet=facet.name,
        group=chosen,
        others=others,
        outcome=f"{target.name} {wanted}",
        group_rows=groups[chosen],
        other_rows=sum(groups.values()) - groups[chosen],
        measures={name: None if value is None else round(value, 4) for name, value in measures.items()},
        by=by.name if by else None,
    )


def _grouped(ask: Ask, table: str, column: Column) -> str:
    """The column's groups as text; numbers with many values are cut at their median."""
    name = identifier(column.name)
    if not column.is_number or ask(f"SELECT count(DISTINCT {name}) FROM {table}")[0][0] <= FEW:
        return f"{name}::VARCHAR"
    middle = ask(f"SELECT median({number(column)}) FROM {table}")[0][0]
    high, low = literal(f"above {written(middle)}"), literal(f"up to {written(middle)}")
    return f"CASE WHEN {number(column)} > {middle!r} THEN {high} WHEN {number(column)} <= {middle!r} THEN {low} END"


def _totals(rows: Sequence[tuple[Any, ...]], place: int) -> dict[str, int]:
    totals: dict[str, int] = {}
    for row in rows:
        totals[row[place]] = totals.get(row[place], 0) + row[3]
    return totals


def _known(value: str | None, known: dict[str, int], column: str) -> str:
    match = next((one for one in known if one.casefold() == str(value).casefold()), None)
    if match is None:
        raise ToolError(f"{column} is never '{value}'. Its values: {listed(list(known))}.")
    return match


def _last(outcomes: dict[str, int]) -> str:
    """`above …` of a number that was cut, else the rarer outcome."""
    cut = next((one for one in outcomes if one.startswith("above ")), None)
    return cut or min(outcomes, key=lambda one: (outcomes[one], one))


def _measures(
    inside: Sequence[tuple[Any, ...]], outside: Sequence[tuple[Any, ...]], outcomes: list[str], wanted: str
) -> dict[str, float | None]:
    count_d, count_a = sum(row[3] for row in inside), sum(row[3] for row in outside)
    own, other = _totals(inside, 1), _totals(outside, 1)
    p_d = [own.get(one, 0) / count_d for one in outcomes]
    p_a = [other.get(one, 0) / count_a for one in outcomes]
    middle = [(a + d) / 2 for a, d in zip(p_a, p_d, strict=True)]
    gaps = [abs(a - d) for a, d in zip(p_a, p_d, strict=True)]
    place = outcomes.index(wanted)
    return {
        "CI": (count_a - count_d) / (count_a + count_d),
        "DPL": p_a[place] - p_d[place],
        "KL": _divergence(p_a, p_d),
        "JS": ((_divergence(p_a, middle) or 0.0) + (_divergence(p_d, middle) or 0.0)) / 2,
        "LP": sqrt(sum(gap * gap for gap in gaps)),
        "TVD": sum(gaps) / 2,
        "KS": max(gaps),
    }


def _divergence(one: Sequence[float], other: Sequence[float]) -> float | None:
    """None where `one` has what `other` never has: it is infinite then."""
    if any(p > 0 and q == 0 for p, q in zip(one, other, strict=True)):
        return None
    return sum(p * log(p / q) for p, q in zip(one, other, strict=True) if p > 0)


def _conditional(rows: Sequence[tuple[Any, ...]], group: str, wanted: str) -> float | None:
    strata = {row[2] for row in rows}
    total, weighed = 0, 0.0
    for stratum in strata:
        part = [row for row in rows if row[2] == stratum]
        disparity = _disparity(part, group, wanted)
        count = sum(row[3] for row in part)
        if disparity is not None:
            total, weighed = total + count, weighed + count * disparity
    return weighed / total if total else None


def _disparity(rows: Sequence[tuple[Any, ...]], group: str, wanted: str) -> float | None:
    got = [row for row in rows if row[1] == wanted]
    missed = [row for row in rows if row[1] != wanted]
    if not got or not missed:
        return None
    shares = [sum(r[3] for r in part if r[0] == group) / sum(r[3] for r in part) for part in (missed, got)]
    return float(shares[0] - shares[1])

"""The bounds beyond which a number is an outlier: by one of five rules, learned from the rows, also for each group.

Quartiles are Tukey's fences (1977), the robust deviation is 1.4826 times the median distance from the median, which is
the standard deviation of a normal distribution (Rousseeuw and Croux, 1993).
"""

import math
import re
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from tools.tool import ColumnName, ToolError
from tools.transform import Column, Input
from tools.transforms.sql import by_group, is_integer, learned_by_group, shown, typed
from tools.words import identifier, listed

Rule = Literal["iqr", "sd", "robust_sd", "quantile", "min_max"]
Ends = tuple[float | None, float | None]
"""The lowest and the highest usual value; None where that side is open."""
_CODE_NAME = re.compile(r"(^|[_\s])(id|code|zip|postcode|phone)$|[a-z]I[dD]$", re.IGNORECASE)
_NUMBER_NAME = re.compile(r"(^|[_\s])(nr|no|number|key|index)$", re.IGNORECASE)
_FEW = 10
_AT_ONCE = 100
_REACH: dict[Rule, float] = {"iqr": 1.5, "sd": 3, "robust_sd": 5}
_SPREAD: dict[Rule, str] = {
    "iqr": "quantile_cont({cell}, 0.25)::DOUBLE, quantile_cont({cell}, 0.75)::DOUBLE",
    "sd": "avg({cell})::DOUBLE, stddev_samp({cell})::DOUBLE",
    "robust_sd": "median({cell})::DOUBLE, mad({cell}::DOUBLE) * 1.4826",
    "quantile": "quantile_cont({cell}, {lower!r})::DOUBLE, quantile_cont({cell}, {upper!r})::DOUBLE",
    "min_max": "min({cell})::DOUBLE, max({cell})::DOUBLE",
}
"""What a rule goes by: two quantiles, or a centre and a width."""


class Fence(NamedTuple):
    """A rule with its numbers: how many widths it reaches, or its two quantiles, or its two limits."""

    rule: Rule
    reach: float = 0
    lower: float | None = None
    upper: float | None = None

    def spread(self, cell: str) -> str:
        return _SPREAD[self.rule].format(cell=cell, lower=self.lower, upper=self.upper)


class Bounds(NamedTuple):
    """The lowest and highest value of a column that is not an outlier, as SQL, and how many values lie outside."""

    column: Column
    low: str
    high: str
    """Empty where that side is open."""
    told: str
    outside: int = 0

    @property
    def text(self) -> str:
        return f"{self.column.name} ({self.outside:,} {self.told})"

    @property
    def inside(self) -> str:
        """The condition that a cell is no outlier."""
        name = identifier(self.column.name)
        if self.low and self.high:
            return f"{name} BETWEEN {self.low} AND {self.high}"
        return f"{name} >= {self.low}" if self.low else f"{name} <= {self.high}"

    @property
    def beyond(self) -> str:
        """The condition that a cell is an outlier."""
        name = identifier(self.column.name)
        ends = [f"{name} < {self.low}" if self.low else "", f"{name} > {self.high}" if self.high else ""]
        return " OR ".join(filter(None, ends))

    @property
    def clipped(self) -> str:
        """The cell, moved to the nearest bound where it lies outside; an empty one stays empty."""
        # least and greatest pass over empty cells, which would fill them. The column is named as few times as can be:
        # a filter further on is pushed through the steps, and each mention is written out again then.
        name = identifier(self.column.name)
        raised = f"greatest({name}, {self.low})" if self.low else name
        return f"CASE WHEN {name} IS NOT NULL THEN {f'least({raised}, {self.high})' if self.high else raised} END"


def fence(rule: Rule, reach: float | None, lower: float | None, upper: float | None) -> Fence:
    """A rule with its numbers, or their usual values. Raises ToolError where the numbers do not go with the rule."""
    if rule in _REACH:
        if lower is not None or upper is not None:
            raise ToolError(f"Rule {rule} has no lower and upper. Give reach, or use rule quantile or min_max.")
        if reach is not None and not (math.isfinite(reach) and reach > 0):
            raise ToolError(f"A reach above 0 was expected, got {reach:g}. Leave it out for {_REACH[rule]:g}.")
        return Fence(rule, _REACH[rule] if reach is None else reach)
    if reach is not None:
        raise ToolError(f"Rule {rule} has no reach. Give lower and upper, or use rule iqr, sd or robust_sd.")
    if rule == "quantile":
        low, high = 0.01 if lower is None else lower, 0.99 if upper is None else upper
        if high > 1:
            low, high = low / 100 if lower is not None else low, high / 100
        if not 0 <= low < high <= 1:
            raise ToolError(f"Two shares from 0 to 1 were expected, got {low:g} and {high:g}, such as 0.01 and 0.99.")
        return Fence(rule, 0, low, high)
    if lower is None and upper is None:
        raise ToolError("Rule min_max needs a limit. Give lower, upper or both, for example lower 0.")
    if lower is not None and upper is not None and lower > upper:
        raise ToolError(f"The lower limit {shown(lower)} is above the upper one {shown(upper)}. Swap them.")
    return Fence(rule, 0, lower, upper)


def outside(table: str, cell: str, rule: Rule) -> str:
    """The condition that a cell is an outlier by the rows as they are; names as they stand in SQL."""
    if rule in ("iqr", "quantile", "min_max"):
        q1, q3 = (f"(SELECT quantile_cont({cell}, {share}) FROM {table})" for share in (0.25, 0.75))
        reach = f"{_REACH['iqr']} * ({q3} - {q1})"
        return f"{cell} < {q1} - {reach} OR {cell} > {q3} + {reach}"
    centre, width = ("avg", "stddev_samp({})") if rule == "sd" else ("median", "1.4826 * mad({})")
    deviation = f"(SELECT {width.format(cell)} FROM {table})"
    return f"abs({cell} - (SELECT {centre}({cell}) FROM {table})) > {_REACH[rule]} * {deviation}"


# --- learning ----------------------------------------------------------------------------------------------------


def bounds_of(
    table: Input, columns: list[ColumnName] | None, fenced: Fence, group_by: list[ColumnName] | None = None
) -> tuple[list[Bounds], dict[str, str]]:
    """The bounds of each column that has them, and why the others have none."""
    groups = table.pick(group_by or [])
    asked = table.pick(columns) if columns else [column for column in table.columns if column.is_number]
    asked = [column for column in asked if column not in groups]
    reasons = {column.name: "holds no numbers" for column in asked if not column.is_number}
    if not columns:
        reasons |= _not_measured(table, asked)
    measured = [column for column in asked if column.name not in reasons]
    spreads = _learn(table, fenced.rule, [fenced.spread(identifier(column.name)) for column in measured], 2)
    found: list[Bounds] = []
    own = _ends_by_group(table, measured, fenced, groups) if groups else {}
    for column, (first, second) in zip(measured, spreads, strict=True):
        ends = _ends(column, fenced, first, second)
        if isinstance(ends, str) and not own.get(column):
            reasons[column.name] = ends
            continue
        whole = (None, None) if isinstance(ends, str) else ends
        found.append(_grouped(column, whole, groups, own[column]) if own.get(column) else _bounds(column, whole))
    counts = _learn(table, "outside", [f"count(*) FILTER (WHERE NOT ({one.inside}))" for one in found], 1)
    return [one._replace(outside=row[0]) for one, row in zip(found, counts, strict=True)], reasons


def _bounds(column: Column, ends: Ends) -> Bounds:
    low, high = (_literal(column, end) for end in ends)
    told = f"outside {shown(ends[0])} to {shown(ends[1])}"
    if not (low and high):
        told = f"below {shown(ends[0])}" if low else f"above {shown(ends[1])}"
    return Bounds(column, low, high, told)


def _grouped(
    column: Column, whole: Ends, groups: Sequence[Column], own: Sequence[tuple[Sequence[Any], Ends]]
) -> Bounds:
    """The bounds of a column in each group; rows of a group that has none take those of all rows."""
    low, high = (
        by_group(
            groups,
            [(keys, _literal(column, ends[side])) for keys, ends in own],
            _literal(column, whole[side]) or "NULL",
        )
        for side in (0, 1)
    )
    return Bounds(column, low, high, f"outside what is usual in its {listed([group.name for group in groups])}")


def _ends_by_group(
    table: Input, columns: Sequence[Column], fenced: Fence, groups: Sequence[Column]
) -> dict[Column, list[tuple[Sequence[Any], Ends]]]:
    """For each column, the groups that have bounds of their own."""
    cells = [fenced.spread(identifier(column.name)) for column in columns]
    rows = learned_by_group(table, "groups", groups, cells)
    found: dict[Column, list[tuple[Sequence[Any], Ends]]] = {}
    for place, column in enumerate(columns):
        at = len(groups) + 2 * place
        ends = [(row[: len(groups)], _ends(column, fenced, row[at], row[at + 1])) for row in rows]
        found[column] = [(keys, one) for keys, one in ends if not isinstance(one, str)]
    return found


def _ends(column: Column, fenced: Fence, first: float | None, second: float | None) -> Ends | str:
    """The bounds by what the rule goes by; or why the column has none."""
    if fenced.rule == "min_max":
        return _whole(column, fenced.lower, fenced.upper)
    if first is None or second is None:
        return "has too few values"
    reach = fenced.reach * (second - first if fenced.rule == "iqr" else second)
    if fenced.rule == "quantile":
        reach, wide = 0, second > first
    else:
        wide = reach > 0
    if not wide:
        half = "half of its values or more are the same, so"
        return {
            "iqr": f"{half} quartiles tell nothing; rule sd may",
            "robust_sd": f"{half} medians tell nothing; rule sd may",
        }.get(fenced.rule, "has one value only")
    low, high = (first - reach, first + reach) if "sd" in fenced.rule else (first - reach, second + reach)
    return _whole(column, low, high)


def _whole(column: Column, low: float | None, high: float | None) -> Ends:
    """The ends, whole numbers where the column holds these only."""
    if not is_integer(column):
        return low, high
    return None if low is None else math.ceil(low), None if high is None else math.floor(high)


def _literal(column: Column, end: float | None) -> str:
    if end is None:
        return ""
    return repr(int(end)) if is_integer(column) else typed(float(end), column)


def _learn(table: Input, key: str, expressions: list[str], width: int) -> list[list[Any]]:
    """Some numbers for each column, learned for a hundred of them in one query: each keeps memory of its own."""
    row: list[Any] = []
    for place in range(0, len(expressions), _AT_ONCE):
        part = ", ".join(expressions[place : place + _AT_ONCE])
        row += table.learn_rows(f"{key}:{place}" if place else key, f"SELECT {part} FROM {table.name}")[0]
    return [row[place : place + width] for place in range(0, len(row), width)]


# --- what measures something -------------------------------------------------------------------------------------


def _not_measured(table: Input, columns: list[Column]) -> dict[str, str]:
    """Which number columns measure nothing, and why: identifiers, codes, yes/no, grades."""
    questions = []
    for column in columns:
        name = identifier(column.name)
        questions.append(f"count({name}), count(DISTINCT {name}), CAST(max({name}) AS DOUBLE) - min({name})")
    answers = _learn(table, "values", questions, 3)
    found = {column.name: _no_measure(column, *answer) for column, answer in zip(columns, answers, strict=True)}
    return {name: reason for name, reason in found.items() if reason}


def _no_measure(column: Column, values: int, different: int, width: float) -> str:
    if different <= 2:
        return "has at most two different values"
    if not is_integer(column):
        return ""
    if _CODE_NAME.search(column.name) or (
        different == values and (_NUMBER_NAME.search(column.name) or width == values - 1)
    ):
        return "looks like an identifier"
    return "has few different values" if different <= _FEW and different < values / 2 else ""

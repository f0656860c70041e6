"""Transforms for outliers: numbers far from the others, by bounds that are learned from the rows.

The quartile rule is Tukey's (1977): beyond 1.5 times the middle half's width. The sd rule is beyond three standard deviations.
"""

import math
import re
from typing import Any, Literal, NamedTuple

from tools.tool import Column, ColumnName, Derived, Input, ToolError, identifier, listed, transform
from tools.transforms.sql import counted, is_integer, replaced, shown, skipped, typed, untouched

Rule = Literal["iqr", "sd"]
_CODE_NAME = re.compile(r"(^|[_\s])(id|code|zip|postcode|phone)$|[a-z]I[dD]$", re.IGNORECASE)
_NUMBER_NAME = re.compile(r"(^|[_\s])(nr|no|number|key|index)$", re.IGNORECASE)
_FEW = 10
_AT_ONCE = 100


class Bounds(NamedTuple):
    """The lowest and highest value of a column that is not an outlier, and how many values lie outside."""

    column: Column
    low: float
    high: float
    outside: int

    @property
    def text(self) -> str:
        return f"{self.column.name} ({self.outside:,} outside {shown(self.low)} to {shown(self.high)})"


@transform(group="outliers", title="Handle the outliers of {columns} ({method})", rows="same")
def handle_outliers(
    table: Input,
    columns: list[ColumnName] | None = None,
    method: Literal["clip", "blank"] = "clip",
    rule: Rule = "iqr",
) -> Derived:
    """Tame outliers, numbers far from the others, and keep all rows: clip moves them to the nearest usual value, blank empties them.

    Args:
        columns: the number columns; leave it out for all that measure something.
        method: clip or blank.
        rule: iqr (quartiles) or sd (three standard deviations).
    """
    bounds, reasons = _bounds(table, columns, rule)
    if not bounds:
        return untouched(table, f"No column to look for outliers in.{skipped(reasons)}")
    cells = {found.column.name: _tamed(found, method) for found in bounds}
    hit = [found for found in bounds if found.outside]
    if not hit:
        text = f"No outliers found in {listed(list(cells))}.{skipped(reasons)}"
        return Derived(replaced(table, cells), text, changes=False)
    total = counted(sum(found.outside for found in hit), "outlier")
    done = f"Clipped {total} to the usual range" if method == "clip" else f"Made {total} empty"
    return Derived(replaced(table, cells), f"{done}: {listed([found.text for found in hit])}.{skipped(reasons)}")


@transform(group="outliers", title="Remove rows with outliers in {columns}", rows="train_only")
def remove_outliers(table: Input, columns: list[ColumnName] | None = None, rule: Rule = "iqr") -> Derived:
    """Remove the rows that have an outlier, a number far from the others.

    Args:
        columns: the number columns to look at; leave it out for all that measure something.
        rule: iqr (quartiles) or sd (three standard deviations).
    """
    bounds, reasons = _bounds(table, columns, rule)
    if not bounds:
        return untouched(table, f"No column to look for outliers in.{skipped(reasons)}")
    # Empty cells are no outliers, so the test is "not false".
    inside = " AND ".join(f"({_inside(found)}) IS NOT FALSE" for found in bounds)
    kept, rows = table.learn_rows("inside", f"SELECT count(*) FILTER (WHERE {inside}), count(*) FROM {table.name}")[0]
    sql = f"SELECT * FROM {table.name} WHERE {inside}"
    if kept == rows:
        looked = listed([found.column.name for found in bounds])
        return Derived(sql, f"No outliers found in {looked}.{skipped(reasons)}", changes=False)
    if not kept:
        raise ToolError("Every row has an outlier in some column, so none would be left. Name fewer columns.")
    hit = listed([found.text for found in bounds if found.outside])
    return Derived(sql, f"Removed {counted(rows - kept, 'row')} with outliers: {hit}.{skipped(reasons)}")


def _inside(found: Bounds) -> str:
    low, high = (_literal(found.column, bound) for bound in (found.low, found.high))
    return f"{identifier(found.column.name)} BETWEEN {low} AND {high}"


def _tamed(found: Bounds, method: str) -> str:
    name = identifier(found.column.name)
    low, high = (_literal(found.column, bound) for bound in (found.low, found.high))
    if method == "blank":
        return f"CASE WHEN {name} < {low} OR {name} > {high} THEN NULL ELSE {name} END"
    # least and greatest pass over empty cells, which would fill them. The column is named as few times as can be:
    # a filter further on is pushed through the steps, and each mention is written out again then.
    return f"CASE WHEN {name} IS NOT NULL THEN least(greatest({name}, {low}), {high}) END"


def _literal(column: Column, bound: float) -> str:
    return repr(int(bound)) if is_integer(column) else typed(float(bound), column)


# --- bounds ------------------------------------------------------------------------------------------------------

_REACH: dict[Rule, float] = {"iqr": 1.5, "sd": 3}


def outside(table: str, cell: str, rule: Rule) -> str:
    """The condition that a cell is an outlier by the rows as they are; names as they stand in SQL."""
    if rule == "sd":
        return f"abs({cell} - (SELECT avg({cell}) FROM {table})) > {_REACH[rule]} * (SELECT stddev_samp({cell}) FROM {table})"
    q1, q3 = (f"(SELECT quantile_cont({cell}, {share}) FROM {table})" for share in (0.25, 0.75))
    reach = f"{_REACH[rule]} * ({q3} - {q1})"
    return f"{cell} < {q1} - {reach} OR {cell} > {q3} + {reach}"


_SPREAD: dict[Rule, str] = {
    "iqr": "quantile_cont({cell}, 0.25)::DOUBLE, quantile_cont({cell}, 0.75)::DOUBLE",
    "sd": "avg({cell})::DOUBLE, stddev_samp({cell})::DOUBLE",
}


def _bounds(table: Input, columns: list[ColumnName] | None, rule: Rule) -> tuple[list[Bounds], dict[str, str]]:
    """The bounds of each column that has them, and why the others have none."""
    asked = table.pick(columns) if columns else [column for column in table.columns if column.is_number]
    reasons = {column.name: "holds no numbers" for column in asked if not column.is_number}
    if not columns:
        reasons |= _not_measured(table, asked)
    measured = [column for column in asked if column.name not in reasons]
    spreads = _learn(table, rule, [_SPREAD[rule].format(cell=identifier(column.name)) for column in measured], 2)
    bounds: list[Bounds] = []
    for column, spread in zip(measured, spreads, strict=True):
        found = _reach(column, rule, spread[0], spread[1])
        if isinstance(found, str):
            reasons[column.name] = found
        else:
            bounds.append(found)
    counts = _learn(table, "outside", [f"count(*) FILTER (WHERE NOT ({_inside(found)}))" for found in bounds], 1)
    return [found._replace(outside=row[0]) for found, row in zip(bounds, counts, strict=True)], reasons


def _learn(table: Input, key: str, expressions: list[str], width: int) -> list[list[Any]]:
    """Some numbers for each column, learned for a hundred of them in one query: each keeps memory of its own."""
    row: list[Any] = []
    for place in range(0, len(expressions), _AT_ONCE):
        part = ", ".join(expressions[place : place + _AT_ONCE])
        row += table.learn_rows(f"{key}:{place}" if place else key, f"SELECT {part} FROM {table.name}")[0]
    return [row[place : place + width] for place in range(0, len(row), width)]


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


def _reach(column: Column, rule: Rule, first: float | None, second: float | None) -> Bounds | str:
    """The bounds by a column's quartiles, or its mean and standard deviation; or why it has none."""
    if first is None or second is None:
        return "has too few values"
    reach = _REACH[rule] * (second - first if rule == "iqr" else second)
    if reach == 0 and rule == "iqr":
        return "half of its values or more are the same, so quartiles tell nothing; rule sd may"
    if reach == 0:
        return "has one value only"
    low, high = (first - reach, second + reach) if rule == "iqr" else (first - reach, first + reach)
    return Bounds(column, math.ceil(low), math.floor(high), 0) if is_integer(column) else Bounds(column, low, high, 0)

"""The transform that keeps or removes rows by rules that are picked, not written: a column, a comparison, a value.

An empty cell equals nothing, so it stays where rows that equal a value are removed.
"""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from tools.tool import ColumnName, Scalar, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms import parse
from tools.transforms.cells import fitting
from tools.transforms.rows import filtered
from tools.transforms.sql import text_of
from tools.words import identifier, listed, literal

Comparison = Literal[
    "=", "!=", ">", ">=", "<", "<=", "in", "not in", "between", "contains", "does not contain", "starts with",
    "ends with", "matches", "is empty", "is not empty",
]  # fmt: skip
_TEXT: dict[str, str] = {
    "contains": "contains({cell}, {value})",
    "does not contain": "NOT contains({cell}, {value})",
    "starts with": "starts_with({cell}, {value})",
    "ends with": "ends_with({cell}, {value})",
    "matches": "regexp_matches({cell}, {value})",
}


class Rule(BaseModel):
    """One comparison of a column."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    column: ColumnName
    comparison: Comparison
    values: list[Scalar] = []
    """One value; two for between, any number for in and not in, none for is empty."""


@transform(
    group="rows",
    title="Filter rows by rules ({action} where {match} hold)",
    rows="population",
    asked_by=r"\b(?:all|any|each|either|both|one) of (?:these|the|my|those|following)(?: following| \w+)? (?:rules?|conditions?|criteria)|\bby (?:these )?rules\b|(?:조건|규칙)[^.]*(?:모두|하나라도)",
)
def filter_by_rules(
    table: Input, rules: list[Rule], match: Literal["all", "any"] = "all", action: Literal["keep", "remove"] = "keep"
) -> Derived:
    """Keep or remove the rows for which all rules hold, or any of them. A rule is a column, a comparison and values.

    Args:
        rules: each a column, a comparison and its values, for example {"column": "city", "comparison": "in", "values":
            ["Oslo", "Lima"]}; is empty needs no value, between two.
        match: whether all rules must hold, or any of them.
        action: keep the rows for which they hold, or remove them.
    """
    if not rules:
        raise ToolError("No rules were given. Give at least one: a column, a comparison and a value.")
    tests = [_test(table, rule) for rule in rules]
    condition = (" AND " if match == "all" else " OR ").join(tests)
    told = (" and " if match == "all" else " or ").join(_told(table, rule) for rule in rules)
    return filtered(table, condition, told, action)


def _test(table: Input, rule: Rule) -> str:
    """A rule as a condition. Raises ToolError where its values don't fit."""
    column = table.column(rule.column)
    name, comparison, values = identifier(column.name), rule.comparison, rule.values
    _check_count(rule)
    if comparison in ("is empty", "is not empty"):
        test = f"{name} IS NULL" + (f" OR trim({text_of(column)}) = ''" if column.is_text else "")
        return f"({test})" if comparison == "is empty" else f"NOT ({test})"
    if form := _TEXT.get(comparison):
        return form.format(cell=text_of(column), value=literal(str(values[0])))
    if comparison in ("in", "not in"):
        found = f"{name} IN ({', '.join(fitting(column, value) for value in values)})"
        return found if comparison == "in" else f"({found}) IS NOT TRUE"
    if comparison in ("=", "!="):
        return f"{name} {'=' if comparison == '=' else 'IS DISTINCT FROM'} {fitting(column, values[0])}"
    cell, limits = _ordered(table, column, values)
    return (
        f"{cell} BETWEEN {limits[0]} AND {limits[1]}" if comparison == "between" else f"{cell} {comparison} {limits[0]}"
    )


def _check_count(rule: Rule) -> None:
    least, most = {"in": (1, 10_000), "not in": (1, 10_000), "between": (2, 2)}.get(
        rule.comparison, (0, 0) if rule.comparison.endswith("empty") else (1, 1)
    )
    if not least <= len(rule.values) <= most:
        wanted = "none" if not most else str(least) if least == most else "one or more"
        raise ToolError(f"The comparison '{rule.comparison}' needs {wanted} of values: got {len(rule.values)}.")


def _ordered(table: Input, column: Column, values: Sequence[Scalar]) -> tuple[str, list[str]]:
    """A cell and limits that compare by what they tell: amounts and dates kept as text are read first."""
    cell = parse.comparable(table, column)
    if cell == identifier(column.name):
        return cell, [fitting(column, value) for value in values]
    kind = Column(column.name, "TIMESTAMP" if "strptime" in cell else "DOUBLE")
    return cell, [fitting(kind, value) for value in values]


def _told(table: Input, rule: Rule) -> str:
    values = [f"'{value}'" if isinstance(value, str) else str(value) for value in rule.values]
    several = " and ".join(values) if rule.comparison == "between" else listed(values)
    return " ".join(filter(None, [table.column(rule.column).name, rule.comparison, several]))

"""Rows kept by rules that are picked: each comparison, whole SQL, and what does not fit."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.small_project import add, do, recipe_of, replay, rows_of
from tools import catalogue
from tools.tool import ToolError
from tools.workspace import Workspace

catalogue()
SALES = """SELECT * FROM (VALUES (1, 'Oslo', DATE '2024-01-05', '1,200', true), (2, 'Lima', DATE '2024-03-01', '90', false),
(3, NULL, NULL, NULL, NULL), (4, 'Osaka', DATE '2023-12-31', '300', true), (5, ' ', DATE '2024-02-02', '7', false))
AS t(id, city, day, paid, new)"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "sales", SALES)
        yield opened


def _rule(column: str, comparison: str, *values: Any) -> dict[str, Any]:
    return {"column": column, "comparison": comparison, "values": list(values)}


PAID = "TRY_CAST(replace(regexp_extract("


@pytest.mark.parametrize(
    ("rule", "condition", "kept"),
    [
        (_rule("City", "=", "Oslo"), "\"city\" = 'Oslo'", [1]),
        (_rule("city", "!=", "Oslo"), "\"city\" IS DISTINCT FROM 'Oslo'", [2, 3, 4, 5]),
        (_rule("id", ">=", 4), '"id" >= 4', [4, 5]),
        (_rule("id", "<", 2.5), '"id" < CAST(2.5 AS DOUBLE)', [1, 2]),
        (_rule("day", ">", "2024-02-01"), "\"day\" > CAST('2024-02-01' AS DATE)", [2, 5]),
        (_rule("day", "between", "2024-01-01", "2024-02-28"), "\"day\" BETWEEN CAST('2024-01-01' AS DATE) AND CAST('2024-02-28' AS DATE)", [1, 5]),
        (_rule("id", "in", 1, 5), '"id" IN (1, 5)', [1, 5]),
        (_rule("city", "not in", "Oslo", "Lima"), "(\"city\" IN ('Oslo', 'Lima')) IS NOT TRUE", [3, 4, 5]),
        (_rule("city", "contains", "s"), "contains(\"city\", 's')", [1, 4]),
        (_rule("city", "does not contain", "s"), "NOT contains(\"city\", 's')", [2, 5]),
        (_rule("city", "starts with", "O"), "starts_with(\"city\", 'O')", [1, 4]),
        (_rule("city", "ends with", "a"), "ends_with(\"city\", 'a')", [2, 4]),
        (_rule("city", "matches", "^.{4}$"), "regexp_matches(\"city\", '^.{4}$')", [1, 2]),
        (_rule("id", "contains", "3"), "contains(CAST(\"id\" AS VARCHAR), '3')", [3]),
        (_rule("city", "is empty"), "(\"city\" IS NULL OR trim(\"city\") = '')", [3, 5]),
        (_rule("day", "is not empty"), 'NOT ("day" IS NULL)', [1, 2, 4, 5]),
        (_rule("new", "=", True), '"new" = true', [1, 4]),
    ],
)  # fmt: skip
def test_each_comparison_is_exact(workspace: Workspace, rule: dict[str, Any], condition: str, kept: list[int]) -> None:
    outcome = do(workspace, "filter_by_rules", dataset="sales", rules=[rule])
    assert outcome.sql == f'SELECT * FROM "sales@1" WHERE ({condition}) IS TRUE'
    assert [row[0] for row in rows_of(workspace, "sales")] == kept


def test_amounts_kept_as_text_are_compared_as_amounts(workspace: Workspace) -> None:
    outcome = do(workspace, "filter_by_rules", dataset="sales", rules=[_rule("paid", ">", 100)])
    assert outcome.text == "Kept the 2 rows where paid > 100. Rows: 5 -> 2."
    assert [row[3] for row in rows_of(workspace, "sales")] == ["1,200", "300"]


@pytest.mark.parametrize(
    ("match", "action", "kept", "text"),
    [
        ("all", "keep", [4], "Kept the 1 row where city starts with 'O' and id in 2 and 4. Rows: 5 -> 1."),
        ("any", "keep", [1, 2, 4], "Kept the 3 rows where city starts with 'O' or id in 2 and 4. Rows: 5 -> 3."),
        ("any", "remove", [3, 5], "Removed the 3 rows where city starts with 'O' or id in 2 and 4. Rows: 5 -> 2."),
    ],
)
def test_rules_are_joined(workspace: Workspace, match: str, action: str, kept: list[int], text: str) -> None:
    rules = [_rule("city", "starts with", "O"), _rule("id", "in", 2, 4)]
    outcome = do(workspace, "filter_by_rules", dataset="sales", rules=rules, match=match, action=action)
    assert outcome.text == text
    assert [row[0] for row in rows_of(workspace, "sales")] == kept


def test_rules_hold_on_other_rows(workspace: Workspace) -> None:
    do(workspace, "filter_by_rules", dataset="sales", rules=[_rule("paid", "<=", 300)])
    other = "SELECT 9 AS id, 'x' AS city, DATE '2020-01-01' AS day, unnest(['1,000', '$299.5']) AS paid, true AS new"
    assert [row[3] for row in replay(recipe_of(workspace, "sales"), other, "holdout")] == ["$299.5"]


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ([], "No rules were given. Give at least one: a column, a comparison and a value."),
        ([_rule("city", "=")], "The comparison '=' needs 1 of values: got 0."),
        ([_rule("id", "between", 1)], "The comparison 'between' needs 2 of values: got 1."),
        ([_rule("id", "is empty", 1)], "The comparison 'is empty' needs none of values: got 1."),
        ([_rule("id", ">", "many")], "id holds numbers and 'many' is none. Give a number, or change the column to text first."),
        ([_rule("town", "=", "x")], "No column 'town'. Columns: id, city, day, paid, new."),
        ([_rule("id", ">", 99)], "No row would be left: id > 99 is true for 0 of 5 rows. Change it."),
    ],
)  # fmt: skip
def test_rules_that_do_not_fit_are_refused(workspace: Workspace, rules: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, "filter_by_rules", dataset="sales", rules=rules)
    assert str(error.value) == message

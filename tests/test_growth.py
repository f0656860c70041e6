"""Amounts from period to period, worked out by hand."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.small_project import add, do
from tools import catalogue
from tools.tool import ToolError
from tools.workspace import Workspace

catalogue()
SALES = (
    "('2023-01-05', 'A', 40), ('2023-01-20', 'B', 60), ('2023-02-03', 'A', 150), ('2023-04-01', 'A', 75),"
    " ('2024-01-31', 'A', 110), (NULL, 'A', 999)"
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("growth") / "project") as workspace:
        add(workspace, "sales", f"SELECT day::DATE AS day, shop, amount FROM (VALUES {SALES}) AS t(day, shop, amount)")
        add(
            workspace, "years", "SELECT * FROM (VALUES (2020, -4), (2021, -2), (2022, 0), (2023, 5)) AS t(year, change)"
        )
        yield workspace


def _rows(project: Workspace, **arguments: Any) -> list[list[Any]]:
    table = do(project, "compare_periods", **arguments).table
    assert table is not None
    return [list(row) for row in table.rows]


def test_each_month_is_compared_with_the_one_before_it_in_the_calendar(project: Workspace) -> None:
    outcome = do(project, "compare_periods", dataset="sales", date="day", value="amount")
    assert outcome.table is not None
    assert outcome.table.columns == ["period", "amount", "before", "change", "change_percent"]
    assert [tuple(row) for row in outcome.table.rows] == [
        ("2023-01-01", 100, None, None, None),
        ("2023-02-01", 150, 100, 50, 50.0),
        ("2023-04-01", 75, None, None, None),
        ("2024-01-01", 110, None, None, None),
    ]
    assert outcome.text == (
        "Total amount by month, against the month before: 2023-02-01 150 (+50 %)."
        " 3 of 4 rows have no period to be compared with."
    )
    assert outcome.sql is not None
    assert [row[1:] for row in project.rows(outcome.sql)] == [tuple(row[1:]) for row in outcome.table.rows]


def test_a_month_against_the_same_one_a_year_earlier(project: Workspace) -> None:
    rows = _rows(project, dataset="sales", date="day", value="amount", against="year_before")
    assert rows[-1] == ["2024-01-01", 110, 100, 10, 10.0]


def test_groups_are_compared_with_themselves_and_rows_are_counted(project: Workspace) -> None:
    rows = _rows(project, dataset="sales", date="day", period="year", group_by="shop")
    assert rows == [
        ["A", "2023-01-01", 3, None, None, None],
        ["A", "2024-01-01", 1, 3, -2, -66.67],
        ["B", "2023-01-01", 1, None, None, None],
    ]


def test_years_kept_as_numbers_and_amounts_below_nought(project: Workspace) -> None:
    outcome = do(project, "compare_periods", dataset="years", date="year", value="change", period="year")
    assert outcome.table is not None
    assert outcome.table.columns == ["period", "change_now", "before", "change", "change_percent"]
    assert [tuple(row) for row in outcome.table.rows] == [
        (2020, -4, None, None, None),
        (2021, -2, -4, 2, 50.0),
        (2022, 0, -2, 2, 100.0),
        (2023, 5, 0, 5, None),
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"dataset": "sales", "date": "shop"}, "shop holds neither dates nor years"),
        ({"dataset": "sales", "date": "amount"}, "amount holds neither dates nor years"),
        (
            {"dataset": "sales", "date": "day", "value": "shop"},
            "shop holds no numbers. Number columns of sales: amount.",
        ),
        (
            {"dataset": "years", "date": "year", "value": "change"},
            "year holds years, so the period is year, not month.",
        ),
        ({"dataset": "sales", "date": "dya"}, "'dya'"),
    ],
)
def test_what_can_not_be_compared_is_said_in_one_line(
    project: Workspace, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ToolError) as error:
        do(project, "compare_periods", **arguments)
    assert message in str(error.value)
    assert "\n" not in str(error.value)

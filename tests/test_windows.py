"""Columns computed over other rows, worked out by hand."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.small_project import add, do, replay_history, rows_of
from tools import catalogue
from tools.tool import ToolError
from tools.workspace import Workspace

catalogue()
ROWS = """SELECT * FROM (VALUES ('A', 3, 10, DATE '2024-01-03'), ('B', 1, 5, DATE '2024-01-01'), ('A', 1, 20, DATE '2024-01-01'),
('A', 2, NULL, DATE '2024-01-02'), ('B', 2, 8, DATE '2024-01-05')) AS t(shop, day, units, date)"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "sales", ROWS)
        yield opened


@pytest.mark.parametrize(
    ("arguments", "name", "cells"),
    [
        ({"function": "row_number"}, "row_number", [1, 2, 3, 4, 5]),
        ({"function": "rank", "column": "units", "descending": True}, "rank_units", [2, 4, 1, 5, 3]),
        ({"function": "rank", "column": "day", "group_by": ["shop"]}, "rank_day", [3, 1, 1, 2, 2]),
        ({"function": "dense_rank", "column": "day"}, "dense_rank_day", [3, 1, 1, 2, 2]),
        ({"function": "lag", "column": "units"}, "lag_units", [None, 10, 5, 20, None]),
        ({"function": "lead", "column": "units", "size": 2}, "lead_units", [20, None, 8, None, None]),
        (
            {"function": "lag", "column": "units", "order_by": ["day"], "group_by": ["shop"]},
            "lag_units",
            [None, None, None, 20, 5],
        ),
        ({"function": "difference", "column": "units", "name": "more"}, "more", [None, -5, 15, None, None]),
        ({"function": "difference", "column": "date", "order_by": ["date"]}, "difference_date", [1, None, 0, 1, 2]),
        ({"function": "percent_change", "column": "units"}, "percent_change_units", [None, -50.0, 300.0, None, None]),
        (
            {"function": "running_sum", "column": "units", "order_by": ["day"], "group_by": ["shop"]},
            "running_sum_units",
            [30, 5, 20, 20, 13],
        ),
        ({"function": "running_count", "group_by": ["shop"]}, "running_count", [1, 1, 2, 3, 2]),
        (
            {"function": "running_sum", "column": "day", "descending": True},
            "running_sum_day",
            [9, 6, 5, 4, 2],
        ),
        ({"function": "rolling_mean", "column": "day", "size": 2}, "rolling_mean_day", [None, 2.0, 1.0, 1.5, 2.0]),
        ({"function": "rolling_sum", "column": "units", "size": 2}, "rolling_sum_units", [None, 15, 25, None, None]),
        ({"function": "rolling_max", "column": "day"}, "rolling_max_day", [None, None, 3, 2, 2]),
    ],
)
def test_each_row_has_its_number_and_stays_where_it_was(
    workspace: Workspace, arguments: dict[str, Any], name: str, cells: list[Any]
) -> None:
    do(workspace, "add_window", dataset="sales", **arguments)
    assert workspace.version("sales").names == ["shop", "day", "units", "date", name]
    rows = rows_of(workspace, "sales")
    assert [row[:2] for row in rows] == [("A", 3), ("B", 1), ("A", 1), ("A", 2), ("B", 2)]
    assert [row[-1] for row in rows] == cells


def test_the_sql_and_the_text_say_what_was_done(workspace: Workspace) -> None:
    outcome = do(
        workspace, "add_window", dataset="sales", function="rolling_mean", column="units", size=2, group_by=["shop"],
        order_by=["day"],
    )  # fmt: skip
    window = 'OVER (PARTITION BY "shop" ORDER BY "day" NULLS LAST, row ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)'
    assert outcome.sql == (
        f'SELECT * EXCLUDE (row) FROM (SELECT *, CASE WHEN count("units") {window} = 2 THEN avg("units") {window} END'
        ' AS "rolling_mean_units" FROM (SELECT *, row_number() OVER () AS row FROM "sales@1")) ORDER BY row'
    )
    assert outcome.text == "Added rolling_mean_units: rolling mean of units over 2 rows within shop, ordered by day."


OTHER = "SELECT * FROM (VALUES ('C', 1, 4, DATE '2025-01-01'), ('C', 2, 6, DATE '2025-01-02'), ('D', 1, 3, NULL)) AS t(shop, day, units, date)"
BY_SHOP = 'OVER (PARTITION BY "shop")'
LAST_TWO = "OVER (ORDER BY row ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)"


@pytest.mark.parametrize(
    ("arguments", "cells", "others"),
    [
        ({"function": "group_sum", "group_by": ["shop"]}, f'CAST(sum("units") {BY_SHOP} AS BIGINT) AS "group_sum_units"', [(10,), (10,), (3,)]),
        ({"function": "share", "group_by": ["shop"]}, f'"units" / nullif(sum("units") {BY_SHOP}, 0) AS "share_units"', [(0.4,), (0.6,), (1.0,)]),
        ({"function": "rolling_mean", "size": 2, "partial": True}, f'avg("units") {LAST_TWO} AS "rolling_mean_units"', [(4.0,), (5.0,), (4.5,)]),
        (
            {"function": "lag", "also": ["day"]},
            'lag("units", 1) OVER (ORDER BY row) AS "lag_units", lag("day", 1) OVER (ORDER BY row) AS "lag_day"',
            [(None, None), (4, 1), (6, 2)],
        ),
    ],
)  # fmt: skip
def test_the_sql_of_groups_and_its_replay_on_other_rows(
    workspace: Workspace, arguments: dict[str, Any], cells: str, others: list[tuple[Any, ...]]
) -> None:
    outcome = do(workspace, "add_window", dataset="sales", column="units", **arguments)
    assert outcome.sql == (
        f'SELECT * EXCLUDE (row) FROM (SELECT *, {cells} FROM (SELECT *, row_number() OVER () AS row FROM "sales@1")) ORDER BY row'
    )
    assert [row[4:] for row in replay_history(workspace, "sales@2", {"sales@1": OTHER})] == others


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"function": "rank"}, "rank needs a column. Name the one it is computed from."),
        (
            {"function": "running_sum", "column": "shop"},
            "shop holds no numbers, so it has no running sum. Name a number column.",
        ),
        (
            {"function": "rolling_mean", "column": "units", "size": 0},
            "A window of 0 rows can't be. Give a size from 1 to 100,000.",
        ),
        ({"function": "row_number", "name": "SHOP"}, "There already is a column 'SHOP'."),
        ({"function": "lag", "column": "unit"}, "Nearest: units"),
    ],
)
def test_what_can_not_be_computed_is_said_in_one_line(
    workspace: Workspace, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, "add_window", dataset="sales", **arguments)
    assert message in str(error.value)
    assert workspace.version("sales").ref == "sales@1"


@pytest.mark.parametrize(
    ("arguments", "names", "cells"),
    [
        ({"function": "lag", "column": "units", "also": ["day"]}, ["lag_units", "lag_day"], [(None, None), (10, 3), (5, 1), (20, 1), (None, 2)]),
        ({"function": "rolling_mean", "column": "day", "size": 2, "partial": True}, ["rolling_mean_day"], [(3.0,), (2.0,), (1.0,), (1.5,), (2.0,)]),
        ({"function": "group_sum", "column": "units", "group_by": ["shop"]}, ["group_sum_units"], [(30,), (13,), (30,), (30,), (13,)]),
        ({"function": "group_count", "group_by": ["shop"]}, ["group_count"], [(3,), (2,), (3,), (3,), (2,)]),
        ({"function": "share", "column": "day", "group_by": ["shop"]}, ["share_day"], [(0.5,), (pytest.approx(1 / 3),), (pytest.approx(1 / 6),), (pytest.approx(1 / 3),), (pytest.approx(2 / 3),)]),
        ({"function": "group_max", "column": "day"}, ["group_max_day"], [(3,)] * 5),
    ],
)  # fmt: skip
def test_groups_and_several_columns(
    workspace: Workspace, arguments: dict[str, Any], names: list[str], cells: list[tuple[Any, ...]]
) -> None:
    outcome = do(workspace, "add_window", dataset="sales", **arguments)
    assert workspace.version(str(outcome.dataset)).names[4:] == names
    assert [row[4:] for row in rows_of(workspace, str(outcome.dataset))] == cells


def test_one_name_is_not_that_of_two_columns(workspace: Workspace) -> None:
    with pytest.raises(ToolError, match=r"One name can't be that of 2 new columns. Leave it out."):
        do(workspace, "add_window", dataset="sales", function="lag", column="units", also=["day"], name="x")

"""Pivot, unpivot and transpose: whole tables and the SQL that made them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.small_project import add, do, replay_history, rows_of
from tools import catalogue
from tools.tool import ToolError
from tools.workspace import Workspace

catalogue()
SALES = """SELECT * FROM (VALUES ('A', 'x', 1, 1.5), ('B', 'y', 2, 2.5), ('A', 'x', 4, NULL), ('A', 'y', 8, 0.5), (NULL, 'y', 16, 1.0),
('B', NULL, 32, 9.0)) AS t(shop, kind, units, price)"""
WIDE = "SELECT * FROM (VALUES ('Ann', 1, 2.5), ('Bo', NULL, 4.0)) AS t(name, jan, feb)"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "sales", SALES)
        add(opened, "wide", WIDE)
        yield opened


def _made(workspace: Workspace, tool: str, **arguments: Any) -> tuple[list[str], list[tuple[Any, ...]], str]:
    outcome = do(workspace, tool, **arguments)
    version = workspace.version(arguments["dataset"])
    return version.names, rows_of(workspace, version.ref), outcome.text


def test_a_pivot_has_a_column_for_each_value(workspace: Workspace) -> None:
    outcome = do(workspace, "pivot_table", dataset="sales", rows=["shop"], columns="kind", value="units")
    cells = [f'CAST(sum("units") FILTER (WHERE "kind" = \'{kind}\') AS BIGINT) AS "{kind}"' for kind in ("x", "y")]
    assert outcome.sql == (
        f'SELECT "shop", {", ".join(cells)} FROM "sales@1" GROUP BY "shop" ORDER BY "shop" NULLS LAST'
    )
    assert rows_of(workspace, "sales") == [("A", 5, 8), ("B", None, 2), (None, None, 16)]
    assert outcome.text == (
        "Made 2 columns of the values of kind, with the sum of units for each shop."
        " 1 row without a value in kind counted nowhere. Rows: 6 -> 3."
    )


@pytest.mark.parametrize(
    ("arguments", "names", "rows"),
    [
        ({"rows": ["shop"], "columns": "kind"}, ["shop", "x", "y"], [("A", 2, 1), ("B", 0, 1), (None, 0, 1)]),
        ({"rows": [], "columns": "shop", "value": "price", "function": "mean"}, ["A", "B"], [(1.0, 5.75)]),
        (
            {"rows": ["kind"], "columns": "shop", "value": "units", "function": "max"},
            ["kind", "A", "B"],
            [("x", 4, None), ("y", 8, 2), (None, None, 32)],
        ),
    ],
)
def test_cells_hold_what_is_asked_for(
    workspace: Workspace, arguments: dict[str, Any], names: list[str], rows: list[tuple[Any, ...]]
) -> None:
    assert _made(workspace, "pivot_table", dataset="sales", **arguments)[:2] == (names, rows)


def test_columns_become_rows_and_back(workspace: Workspace) -> None:
    names, rows, text = _made(
        workspace, "unpivot_columns", dataset="wide", columns=["jan", "feb"], name="month", value="amount"
    )
    assert names == ["name", "month", "amount"]
    assert rows == [("Ann", "jan", 1.0), ("Ann", "feb", 2.5), ("Bo", "jan", None), ("Bo", "feb", 4.0)]
    assert text == "Turned 2 columns into rows of month and amount. Rows: 2 -> 4."
    do(workspace, "pivot_table", dataset="wide", rows=["name"], columns="month", value="amount", function="first")
    assert rows_of(workspace, "wide") == [("Ann", 2.5, 1.0), ("Bo", 4.0, None)]


def test_columns_of_different_types_become_text(workspace: Workspace) -> None:
    names, rows, text = _made(workspace, "unpivot_columns", dataset="wide", columns=["name", "jan"])
    assert names == ["feb", "name", "value"]
    assert rows == [(2.5, "name", "Ann"), (2.5, "jan", "1"), (4.0, "name", "Bo"), (4.0, "jan", None)]
    assert "value became text, for the columns hold different types." in text


def test_rows_and_columns_are_swapped(workspace: Workspace) -> None:
    names, rows, text = _made(workspace, "transpose", dataset="wide")
    assert (names, rows) == (["column", "Ann", "Bo"], [("jan", 1.0, None), ("feb", 2.5, 4.0)])
    assert text == "Swapped rows and columns: 2 rows, named by name."


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        (
            "pivot_table",
            {"dataset": "sales", "rows": ["shop"], "columns": "SHOP"},
            "shop can't make rows and columns at once",
        ),
        (
            "pivot_table",
            {"dataset": "sales", "rows": ["shop"], "columns": "units", "value": "kind"},
            "kind holds no numbers, so it has no sum. Use count, first, min or max.",
        ),
        ("pivot_table", {"dataset": "sales", "rows": ["shp"], "columns": "kind"}, "Nearest: shop"),
        ("unpivot_columns", {"dataset": "wide", "columns": ["jan"]}, "Unpivoting needs two columns or more: got jan."),
        (
            "unpivot_columns",
            {"dataset": "wide", "columns": ["jan", "feb"], "name": "Name"},
            "New columns can't be called 'Name' and 'value'. Give two names that are free.",
        ),
        ("transpose", {"dataset": "wide", "header": "nme"}, "Nearest: name"),
    ],
)
def test_what_can_not_be_reshaped_is_said_in_one_line(
    workspace: Workspace, tool: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, tool, **arguments)
    assert message in str(error.value)
    assert "\n" not in str(error.value)
    assert {head.ref for head in workspace.datasets()} == {"sales@1", "wide@1"}


def test_a_large_table_is_not_swapped(workspace: Workspace) -> None:
    add(workspace, "long", "SELECT i AS id, i AS v FROM range(1001) AS t(i)")
    with pytest.raises(ToolError, match=r"this one has 2 columns and 1,001 rows. Take fewer rows first."):
        do(workspace, "transpose", dataset="long")


def test_several_columns_fill_the_cells_of_a_pivot(workspace: Workspace) -> None:
    outcome = do(workspace, "pivot_table", dataset="sales", rows=["shop"], columns="kind", value="units", also=["price"], zero=True)  # fmt: skip
    assert workspace.version("sales").names == ["shop", "x_units", "y_units", "x_price", "y_price"]
    assert rows_of(workspace, "sales") == [("A", 5, 8, 1.5, 0.5), ("B", 0, 2, 0, 2.5), (None, 0, 16, 0, 1.0)]
    x, y = ("FILTER (WHERE \"kind\" = 'x')", "FILTER (WHERE \"kind\" = 'y')")
    cells = (
        f'coalesce(CAST(sum("units") {x} AS BIGINT), 0) AS "x_units", coalesce(CAST(sum("units") {y} AS BIGINT), 0) AS "y_units",'
        f' coalesce(sum("price") {x}, 0) AS "x_price", coalesce(sum("price") {y}, 0) AS "y_price"'
    )
    assert outcome.sql == f'SELECT "shop", {cells} FROM "sales@1" GROUP BY "shop" ORDER BY "shop" NULLS LAST'
    other = "SELECT * FROM (VALUES ('N', 'x', 3, 2.0), ('N', 'z', 4, 5.0), ('M', NULL, 1, 1.0)) AS t(shop, kind, units, price)"
    assert replay_history(workspace, "sales", {"sales@1": other}) == [("M", 0, 0, 0, 0), ("N", 3, 0, 2, 0)]
    assert outcome.text.startswith("Made 4 columns of the values of kind, with the sum of units and price for each shop.")  # fmt: skip


def test_columns_that_stay_may_be_named_instead(workspace: Workspace) -> None:
    outcome = do(workspace, "unpivot_columns", dataset="wide", keep=["name"], name="month", drop_empty=True)
    assert rows_of(workspace, "wide") == [("Ann", "jan", 1.0), ("Ann", "feb", 2.5), ("Bo", "feb", 4.0)]
    assert str(outcome.sql).endswith(" WHERE cell.v IS NOT NULL ORDER BY row, cell.i")
    with pytest.raises(ToolError, match=r"Name either the columns that become rows, or those that stay in keep."):
        do(workspace, "unpivot_columns", dataset="wide", keep=["name"], columns=["jan", "feb"])

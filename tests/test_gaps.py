"""Empty cells filled along the rows, flagged, and columns of little dropped."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.small_project import add, do, recipe_of, replay, rows_of
from tools import catalogue
from tools.tool import ToolError
from tools.workspace import Workspace

catalogue()
ROWS = """SELECT * FROM (VALUES ('A', 1, NULL, 'x'), ('A', 2, 10, NULL), ('B', 1, NULL, NULL), ('A', 5, 40, 'y'), ('A', 3, NULL, NULL),
('B', 2, 7, NULL)) AS t(shop, day, units, note)"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "t", ROWS)
        yield opened


@pytest.mark.parametrize(
    ("arguments", "units", "notes"),
    [
        ({}, [None, 10, 10, 40, 40, 7], ["x", "x", "x", "y", "y", "y"]),
        ({"method": "backward"}, [10, 10, 40, 40, 7, 7], ["x", "y", "y", "y", None, None]),
        ({"columns": ["units"], "group_by": ["shop"]}, [None, 10, None, 40, 40, 7], None),
        ({"columns": ["units"], "group_by": ["shop"], "order_by": ["day"]}, [None, 10, None, 40, 10, 7], None),
        ({"columns": ["units"], "method": "interpolate"}, [None, 10, 25, 40, 23.5, 7], None),
        (
            {"columns": ["units"], "method": "interpolate", "group_by": ["shop"], "order_by": ["day"]},
            [None, 10, None, 40, 25, 7],
            None,
        ),
    ],
)
def test_cells_are_filled_from_the_rows_around(
    workspace: Workspace, arguments: dict[str, Any], units: list[float | None], notes: list[str | None] | None
) -> None:
    do(workspace, "fill_along", dataset="t", **arguments)
    rows = rows_of(workspace, "t")
    assert [row[:2] for row in rows] == [("A", 1), ("A", 2), ("B", 1), ("A", 5), ("A", 3), ("B", 2)]
    assert [row[2] for row in rows] == units
    assert [row[3] for row in rows] == (notes or ["x", None, None, "y", None, None])


def test_a_filling_tells_what_it_filled(workspace: Workspace) -> None:
    outcome = do(workspace, "fill_along", dataset="t", columns=["units"])
    assert outcome.text == "Filled with the value before: units (2 cells). 1 cell stayed empty."
    assert outcome.sql == (
        'SELECT * EXCLUDE (row) FROM (SELECT * REPLACE (last_value("units" IGNORE NULLS) OVER (ORDER BY row ROWS BETWEEN'
        ' UNBOUNDED PRECEDING AND CURRENT ROW) AS "units") FROM (SELECT *, row_number() OVER () AS row FROM "t@1")) ORDER BY row'
    )


def test_empty_cells_are_flagged_and_flags_replay(workspace: Workspace) -> None:
    outcome = do(workspace, "flag_missing", dataset="t")
    assert workspace.version("t").names == ["shop", "day", "units", "note", "units_missing", "note_missing"]
    assert [row[4:] for row in rows_of(workspace, "t")] == [(1, 0), (0, 1), (1, 1), (0, 0), (1, 1), (0, 1)]
    assert outcome.text == "Added units_missing and note_missing: 1 for each of 7 empty cells."
    new = "SELECT 'C' AS shop, 1 AS day, 5 AS units, NULL::VARCHAR AS note"
    assert replay(recipe_of(workspace, "t@2"), new) == [("C", 1, 5, None, 0, 1)]


def test_columns_of_little_go_and_stay_gone(workspace: Workspace) -> None:
    outcome = do(workspace, "drop_sparse_columns", dataset="t")
    assert outcome.text == "Removed 1 column with more than 50% empty cells: note (67%)."
    new = "SELECT 'C' AS shop, 1 AS day, NULL::INT AS units, 'z' AS note"
    assert replay(recipe_of(workspace, "t@2"), new) == [("C", 1, None)]
    assert do(workspace, "drop_sparse_columns", dataset="t").text == "No column has more than 50% empty cells."


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        (
            "fill_along",
            {"columns": ["note"], "method": "interpolate"},
            "No column can be filled by interpolate. Skipped note (holds no numbers).",
        ),
        ("fill_along", {"columns": ["nte"]}, "No column 'nte'. Nearest: note"),
        ("flag_missing", {"columns": ["x"]}, "No column 'x'."),
        ("drop_sparse_columns", {"above": 200}, "A share from 0 to 1 was expected, got 200."),
    ],
)
def test_wrong_input_is_said_in_one_line(
    workspace: Workspace, tool: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, tool, dataset="t", **arguments)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


def test_a_table_of_empty_cells_keeps_its_columns(workspace: Workspace) -> None:
    add(workspace, "empty", "SELECT NULL::INT AS a, NULL::INT AS b")
    with pytest.raises(ToolError, match=r"Every column has more than 50% empty cells, so none would be left."):
        do(workspace, "drop_sparse_columns", dataset="empty")
    assert do(workspace, "fill_along", dataset="empty").text == "No cell has the value before. 2 cells stayed empty."

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tools.transforms.limits
import tools.transforms.order
import tools.transforms.rows  # noqa: F401  # puts their tools into the catalogue
from tests.small_project import Row, add, do, recipe_of, replay, rows_of
from tools.tool import ToolError
from tools.workspace import Workspace

OTHER = "SELECT * FROM (VALUES (-7, 'z', 0.5), (NULL, 'y', 9.5)) AS t(n, s, x)"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "t", "SELECT * FROM (VALUES (3, 'b', 1.5), (-1, 'a', NULL), (NULL, 'b', 9.0)) AS t(n, s, x)")
        yield opened


GOLDEN: list[tuple[str, dict[str, Any], str, str, list[Row], list[Row]]] = [
    (
        "limit_values",
        {"columns": ["N"], "lower": 0},
        'SELECT * REPLACE (CAST(CASE WHEN "n" < 0 THEN 0 ELSE "n" END AS INTEGER) AS "n") FROM "t@1"',
        "Made at least 0: n (1 value).",
        [(3, "b", 1.5), (0, "a", None), (None, "b", 9)],
        [(0, "z", 0.5), (None, "y", 9.5)],
    ),
    (
        "limit_values",
        {"lower": 0.5, "upper": 2},
        'SELECT * REPLACE (\n  CASE WHEN "n" < 0.5 THEN 0.5 WHEN "n" > 2 THEN 2 ELSE "n" END AS "n",\n'
        '  CASE WHEN "x" < 0.5 THEN 0.5 WHEN "x" > 2 THEN 2 ELSE "x" END AS "x"\n) FROM "t@1"',
        "Made at least 0.5 and at most 2: n (2 values) and x (1 value).",
        [(2, "b", 1.5), (0.5, "a", None), (None, "b", 2)],
        [(0.5, "z", 0.5), (None, "y", 2)],
    ),
    (
        "move_columns",
        {"columns": ["X"]},
        'SELECT "x", "n", "s", * EXCLUDE ("x", "n", "s") FROM "t@1"',
        "Moved x to the front.",
        [(1.5, 3, "b"), (None, -1, "a"), (9, None, "b")],
        [(0.5, -7, "z"), (9.5, None, "y")],
    ),
    (
        "move_columns",
        {"columns": ["x"], "to": "after", "column": "n"},
        'SELECT "n", "x", "s", * EXCLUDE ("n", "x", "s") FROM "t@1"',
        "Moved x after n.",
        [(3, 1.5, "b"), (-1, None, "a"), (None, 9, "b")],
        [(-7, 0.5, "z"), (None, 9.5, "y")],
    ),
    (
        "repeat_rows",
        {"times": 2},
        'SELECT * EXCLUDE (__order, copy) FROM (SELECT *, row_number() OVER () AS __order FROM "t@1"),'
        " range(2) AS copies(copy) ORDER BY copy, __order",
        "Each row is there 2 times now. Rows: 3 -> 6.",
        [(3, "b", 1.5), (-1, "a", None), (None, "b", 9)] * 2,
        [(-7, "z", 0.5), (None, "y", 9.5)],
    ),
]


@pytest.mark.parametrize(("tool", "arguments", "sql", "text", "rows", "replayed"), GOLDEN)
def test_each_tool_makes_this_sql_and_these_rows(
    workspace: Workspace,
    tool: str,
    arguments: dict[str, Any],
    sql: str,
    text: str,
    rows: list[Row],
    replayed: list[Row],
) -> None:
    outcome = do(workspace, tool, dataset="t", **arguments)
    assert (outcome.sql, outcome.text) == (sql, text)
    assert rows_of(workspace, str(outcome.dataset)) == rows
    assert replay(recipe_of(workspace, str(outcome.dataset)), OTHER, "predict") == replayed


def test_columns_are_sorted_by_name(workspace: Workspace) -> None:
    add(workspace, "o", "SELECT 1 AS b, 2 AS a, 3 AS C")
    outcome = do(workspace, "move_columns", dataset="o", to="sorted")
    assert workspace.version(str(outcome.dataset)).names == ["a", "b", "C"]


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("limit_values", {}, "No limit was given. Give lower, upper or both, for example lower 0."),
        (
            "limit_values",
            {"lower": 3, "upper": 1},
            "The lower limit 3 is above the upper one 1. Swap them.",
        ),
        ("limit_values", {"columns": ["q"], "lower": 0}, "No column 'q'. Columns: n, s, x."),
        ("move_columns", {}, "No columns were named. Name at least one column to move."),
        (
            "move_columns",
            {"columns": ["x"], "to": "before"},
            "No column was named to stand before. Name it, or move the columns first or last.",
        ),
        (
            "move_columns",
            {"columns": ["x"], "to": "after", "column": "x"},
            "x can't stand after itself. Name another column.",
        ),
        ("repeat_rows", {"times": 1}, "Can't have every row 1 times. Give a number from 2 to 1000."),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(
    workspace: Workspace, tool: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, tool, dataset="t", **arguments)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("tool", "arguments", "text"),
    [
        (
            "limit_values",
            {"columns": ["s", "x"], "lower": 0},
            "Every value is at least 0 already. Skipped s (holds no numbers).",
        ),
        (
            "limit_values",
            {"columns": ["s"], "lower": 0},
            "No column holds numbers to limit. Skipped s (holds no numbers).",
        ),
        ("move_columns", {"columns": ["n"]}, "Moved n to the front."),
    ],
)
def test_nothing_to_do_makes_no_version(workspace: Workspace, tool: str, arguments: dict[str, Any], text: str) -> None:
    outcome = do(workspace, tool, dataset="t", **arguments)
    assert (outcome.text, outcome.dataset, outcome.sql) == (text, "t@1", None)

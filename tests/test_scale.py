"""Number columns brought to one scale."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tools.transforms.scale  # noqa: F401  # puts its tool into the catalogue
from tests.small_project import Row, add, do, recipe_of, replay, rows_of
from tools.tool import ToolError
from tools.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(
            opened,
            "t",
            "SELECT * FROM (VALUES (1, 2.0, 5, 'x'), (2, 4.0, 5, 'y'), (3, NULL, 5, 'z')) AS t(a, b, same, name)",
        )
        yield opened


@pytest.mark.parametrize(
    ("method", "cell", "told", "scaled"),
    [
        ("standard", '(CAST("a" AS DOUBLE) - 2.0) / 1.0', "mean 2, standard deviation 1", [-1.0, 0.0, 1.0]),
        ("minmax", '(CAST("a" AS DOUBLE) - 1.0) / 2.0', "lowest value 1, range 2", [0.0, 0.5, 1.0]),
        ("robust", '(CAST("a" AS DOUBLE) - 2.0) / 1.0', "median 2, middle half's width 1", [-1.0, 0.0, 1.0]),
    ],
)
def test_the_sql_the_text_and_the_cells_are_exact(
    workspace: Workspace, method: str, cell: str, told: str, scaled: list[float]
) -> None:
    outcome = do(workspace, "scale_columns", dataset="t", columns=["A"], method=method)
    assert outcome.sql == f'SELECT * REPLACE ({cell} AS "a") FROM "t@1"'
    assert outcome.text == f"Scaled a ({told})."
    assert [row[0] for row in rows_of(workspace, "t")] == scaled


def test_empty_cells_stay_empty_and_what_does_not_fit_is_skipped(workspace: Workspace) -> None:
    outcome = do(workspace, "scale_columns", dataset="t", columns=["b", "same", "name"], method="minmax")
    assert (
        outcome.text
        == "Scaled b (lowest value 2, range 2). Skipped name (holds no numbers); same (has one value only)."
    )
    rows: list[Row] = [(1, 0.0, 5, "x"), (2, 1.0, 5, "y"), (3, None, 5, "z")]
    assert rows_of(workspace, "t") == rows


def test_other_rows_are_scaled_as_the_training_rows_were(workspace: Workspace) -> None:
    recipe = recipe_of(workspace, str(do(workspace, "scale_columns", dataset="t", columns=["a", "b"]).dataset))
    (row,) = replay(recipe, "SELECT 5 AS a, 3.0 AS b, 0 AS same, 'w' AS name")
    assert row == (3.0, 0.0, 0, "w")


def test_nothing_to_scale_makes_no_version(workspace: Workspace) -> None:
    outcome = do(workspace, "scale_columns", dataset="t", columns=["same"], method="robust")
    assert outcome.text == "Nothing to scale. Skipped same (half of its values or more are the same; standard may fit)."
    assert outcome.dataset == "t@1"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"columns": ["c"]}, "No column 'c'. Columns: a, b, same, name."),
        ({"columns": []}, "No columns were named. Name at least one number column to scale."),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(workspace: Workspace, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, "scale_columns", dataset="t", **arguments)
    assert str(error.value) == message

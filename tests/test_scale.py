"""Number columns brought to one scale."""

import math
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
        ("maxabs", 'CAST("a" AS DOUBLE) / 3.0', "greatest distance from 0 3", [1 / 3, 2 / 3, 1.0]),
        (
            "log",
            'CASE WHEN CAST("a" AS DOUBLE) > -1 THEN ln(1 + CAST("a" AS DOUBLE)) END',
            "logarithm of 1 + the number",
            [math.log(2), math.log(3), math.log(4)],
        ),
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


SKEWED = "SELECT exp(range / 3.0::DOUBLE) AS up, range - 6 AS around, CASE WHEN range < 11 THEN -exp(range / 4.0::DOUBLE) END AS down, 7 AS same FROM range(12)"


@pytest.mark.parametrize(
    ("method", "column", "cell", "power"),
    [
        ("box_cox", "up", 'CASE WHEN CAST("up" AS DOUBLE) > 0 THEN ln(CAST("up" AS DOUBLE)) END', "0"),
        (
            "yeo_johnson",
            "up",
            'CASE WHEN CAST("up" AS DOUBLE) >= 0 THEN (pow(1 + CAST("up" AS DOUBLE), -0.1354) - 1) / -0.1354'
            ' WHEN CAST("up" AS DOUBLE) < 0 THEN (1 - pow(1 - CAST("up" AS DOUBLE), 2.1354)) / 2.1354 END',
            "-0.135",
        ),
    ],
)
def test_a_power_is_learned_and_written_into_the_sql(
    tmp_path: Path, method: str, column: str, cell: str, power: str
) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", SKEWED)
        outcome = do(workspace, "scale_columns", dataset="t", columns=[column], method=method)
        mean, deviation = workspace.rows(f'SELECT avg({cell}), stddev_samp({cell}) FROM "t@1"')[0]
        assert outcome.sql == f'SELECT * REPLACE (({cell} - {mean!r}) / {deviation!r} AS "{column}") FROM "t@1"'
        assert outcome.text == f"Scaled {column} (power {power}, then mean 0 and deviation 1)."
        found = workspace.rows(f"SELECT avg({column}), stddev_samp({column}) FROM t")[0]
        assert found == pytest.approx((0, 1), abs=1e-9)


def test_the_powers_are_those_of_scikit_learn_and_hold_for_other_rows(tmp_path: Path) -> None:
    import numpy as np
    from sklearn.preprocessing import PowerTransformer

    with Workspace(tmp_path) as workspace:
        add(workspace, "t", SKEWED)
        do(workspace, "scale_columns", dataset="t", columns=["up", "around", "down"], method="yeo_johnson")
        recipe = recipe_of(workspace, "t")
        for name, values in (("up", [0.5, 30.0]), ("around", [-9.0, 9.0]), ("down", [-20.0, -0.5])):
            learned = [[row[0]] for row in workspace.rows(f'SELECT {name} FROM "t@1" WHERE {name} IS NOT NULL')]
            expected = PowerTransformer().fit(np.array(learned, dtype=float)).transform([[value] for value in values])
            cells = ", ".join(f"({value})" for value in values)
            others = {"up": "1.0", "around": "1", "down": "1.0"} | {name: "v"}
            chosen = ", ".join(f"{cell} AS {column}" for column, cell in others.items())
            rows = replay(recipe, f"SELECT {chosen}, 7 AS same FROM (VALUES {cells}) AS t(v)")
            place = ["up", "around", "down"].index(name)
            # scikit-learn divides by n where a sample's deviation divides by n - 1.
            ratio = np.sqrt(len(learned) / (len(learned) - 1))
            assert [row[place] * ratio for row in rows] == pytest.approx(expected[:, 0].tolist(), abs=2e-3)


def test_numbers_that_a_shape_can_not_take_are_skipped_and_empty_in_other_rows(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", SKEWED)
        asked = {"dataset": "t", "columns": ["up", "around", "same"]}
        logs = do(workspace, "scale_columns", **asked, method="log")
        assert logs.text == (
            "Scaled up (logarithm of 1 + the number) and same (logarithm of 1 + the number). Skipped around (has values"
            " below 0; yeo_johnson would fit)."
        )
        new = "SELECT unnest([-2.0, 0.0]) AS up, 1 AS around, 1.0 AS down, 0 AS same"
        assert [row[0] for row in replay(recipe_of(workspace, "t"), new)] == [None, 0.0]
        workspace.set_head("t@1")
        powers = do(workspace, "scale_columns", **asked, method="box_cox")
        assert powers.text.endswith(
            " Skipped around (has values of 0 or less; yeo_johnson would fit); same (has one value only)."
        )

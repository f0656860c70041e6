"""Many number columns as a few components."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tools.transforms.reduce  # noqa: F401  # puts its tool into the catalogue
from tests.small_project import add, do, recipe_of, replay
from tools.tool import ToolError
from tools.workspace import Workspace

ROWS = """SELECT i AS id, (i * 7 % 13)::DOUBLE AS a, 2.0::DOUBLE * (i * 7 % 13) + (i % 3) AS b, (i * i % 11)::INT AS c, 'x' AS s,
  1 AS one FROM range(24) AS t(i)"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "t", ROWS)
        yield opened


def test_the_loadings_are_written_into_the_sql(workspace: Workspace) -> None:
    outcome = do(workspace, "reduce_columns", dataset="t", columns=["a", "b", "c", "s", "one"], count=1)
    assert outcome.sql == (
        'SELECT * EXCLUDE (cells, "a", "b", "c"),\n'
        '  list_inner_product(cells, [0.70261417, 0.701960439, -0.116554156]::DOUBLE[]) AS "pc1"\n'
        "FROM (SELECT *, [\n"
        '  coalesce((CAST("a" AS DOUBLE) - 5.75) / 3.688382662721788, 0),\n'
        '  coalesce((CAST("b" AS DOUBLE) - 12.5) / 7.511102892829167, 0),\n'
        '  coalesce((CAST("c" AS DOUBLE) - 3.7083333333333335) / 2.8792239502260943, 0)\n'
        '] AS cells FROM "t@1")'
    )
    assert outcome.text == (
        "Put 3 columns into 1, which holds 67% of the variance: pc1 67%. Skipped s (holds no numbers); one (has fewer than"
        " two different values)."
    )
    assert workspace.version("t").names == ["id", "s", "one", "pc1"]


@pytest.mark.parametrize("width", [3, 70])
def test_components_are_those_of_scikit_learn_and_hold_for_other_rows(tmp_path: Path, width: int) -> None:
    import numpy as np
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler

    cells = ", ".join(f"((i * {place + 3} + i * i * {place % 5}) % 31)::DOUBLE AS c{place}" for place in range(width))
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", f"SELECT {cells} FROM range(90) AS t(i)")
        do(workspace, "reduce_columns", dataset="t", variance=80)
        learned = np.array(workspace.rows('FROM "t@1"'))
        scaler = StandardScaler().fit(learned)
        fitted = PCA(n_components=0.8, svd_solver="full").fit(scaler.transform(learned))
        other = learned[:3] * 1.5 + 1
        expected = fitted.transform(scaler.transform(other))
        rows = ", ".join(f"({', '.join(map(str, row))})" for row in other)
        names = ", ".join(f"c{place}" for place in range(width))
        got = np.array(replay(recipe_of(workspace, "t"), f"SELECT * FROM (VALUES {rows}) AS t({names})"), dtype=float)
        assert got.shape == expected.shape
        assert np.abs(got) == pytest.approx(np.abs(expected), abs=1e-5)


def test_empty_cells_count_as_the_mean(workspace: Workspace) -> None:
    do(workspace, "reduce_columns", dataset="t", columns=["a", "b"], count=1, keep=True, name="size")
    recipe = recipe_of(workspace, "t")
    (row,) = replay(recipe, "SELECT 1 AS id, NULL::DOUBLE AS a, NULL::DOUBLE AS b, 1 AS c, '' AS s, 1 AS one")
    assert row == (1, None, None, 1, "", 1, 0.0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"count": 9}, "4 columns can't make 9 components. Give a count of 4 or less."),
        ({"variance": 0}, "A share from 0 to 1 or a count from 1 was expected, got 0 and None."),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(workspace: Workspace, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, "reduce_columns", dataset="t", **arguments)
    assert str(error.value) == message

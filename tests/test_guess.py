"""Empty cells that a small model of the other columns fills."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import tools.transforms.columns
import tools.transforms.missing  # noqa: F401  # both put their tools into the catalogue
from tests.small_project import add, do, recipe_of, replay
from tools.recipe import model_recipe, relearn
from tools.workspace import Workspace

FLATS = """SELECT i AS nr, (i * 7 % 60 + 20)::DOUBLE AS area, CASE WHEN i % 3 = 0 THEN 'Oslo' ELSE 'Lima' END AS city,
  CASE WHEN i % 10 > 0 THEN 3.0::DOUBLE * (i * 7 % 60 + 20) + 50 END AS price,
  CASE WHEN i % 7 > 0 THEN (i * 7 % 60 >= 30)::INT + 1 END::INT AS rooms,
  CASE WHEN i % 4 > 0 THEN CASE WHEN i % 3 = 0 THEN 'harbour' ELSE 'hill' END END AS view_,
  CASE WHEN i % 2 = 0 THEN hash(i * 31) % 97 END::INT AS luck, DATE '2020-01-01' AS built FROM range(200) AS t(i)"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "flats", FLATS)
        yield opened


def test_categories_are_guessed_by_a_tree_that_the_sql_spells_out(workspace: Workspace) -> None:
    outcome = do(
        workspace, "fill_missing", dataset="flats", columns=["view_", "rooms"], method="model", using=["area", "city"]
    )
    assert (
        outcome.sql
        == """SELECT * REPLACE (
  coalesce("view_", CASE WHEN "city" IS DISTINCT FROM 'Lima' THEN 'harbour' ELSE 'hill' END) AS "view_",
  coalesce("rooms", CAST(round(CASE WHEN coalesce("area", 49.0) <= 49.5 THEN 1.0 ELSE 2.0 END) AS INTEGER)) AS "rooms"
) FROM "flats@1\""""
    )
    assert outcome.text == (
        "Filled 79 empty cells. view_: 50 cells by a decision tree of area and city (gets 100% of the cells right, measured"
        " on cells it did not learn from); rooms: 29 cells by a decision tree of area and city (explains 100% of the"
        " variance, measured on cells it did not learn from)."
    )
    recipe = recipe_of(workspace, str(outcome.dataset))
    new = "SELECT 1 AS nr, {} AS area, {} AS city, 1.0 AS price, NULL AS rooms, NULL AS view_, 1 AS luck, NULL AS built"
    assert [replay(recipe, new.format(*cells))[0][4:6] for cells in (("90.0", "'Oslo'"), ("NULL", "NULL"))] == [
        (2, "harbour"),
        (1, "harbour"),
    ]


def test_a_line_is_kept_where_it_fits_better_and_never_leaves_the_range_that_was_seen(workspace: Workspace) -> None:
    outcome = do(workspace, "fill_missing", dataset="flats", columns=["price"], method="model", using=["area"])
    assert outcome.text == (
        "Filled 20 empty cells. price: 20 cells by a linear model of area (explains 100% of the variance, measured on"
        " cells it did not learn from)."
    )
    low, high = workspace.rows('SELECT min(price), max(price) FROM "flats@1"')[0]
    (off,) = workspace.rows("SELECT max(abs(price - 3 * area - 50)) FROM flats WHERE area BETWEEN 21 AND 79")[0]
    assert off < 1.5  # the ridge shrinks it a little
    recipe = recipe_of(workspace, str(outcome.dataset))
    new = (
        "SELECT 1 AS nr, {} AS area, '' AS city, NULL AS price, NULL AS rooms, NULL AS view_, 1 AS luck, NULL AS built"
    )
    assert [replay(recipe, new.format(area))[0][3] for area in ("-500.0", "9000.0")] == [low, high]


def test_what_the_other_columns_tell_nothing_about_gets_the_mean_and_dates_are_left(workspace: Workspace) -> None:
    outcome = do(workspace, "fill_missing", dataset="flats", columns=["luck", "built", "nr"], method="model")
    mean = workspace.rows('SELECT avg(luck) FROM "flats@1"')[0][0]
    assert outcome.sql == (
        f'SELECT * REPLACE (coalesce("luck", CAST(round({mean!r}) AS INTEGER)) AS "luck") FROM "flats@1"'
    )
    assert outcome.text == (
        f"Filled 100 empty cells. luck: 100 cells by the mean {mean:.2f}, since the other columns tell nothing about it."
        " Skipped built and nr (has no empty cells)."
    )


def test_no_column_is_guessed_from_what_a_model_is_to_predict(workspace: Workspace) -> None:
    do(workspace, "fill_missing", dataset="flats", columns=["rooms"], method="model", using=["area", "price"])
    do(workspace, "rename_column", dataset="flats", column="price", name="cost")
    recipe = model_recipe(workspace, workspace.version("flats"))
    hidden = relearn(recipe, workspace, '"flats@1"', "cost").steps[0]
    assert "price" not in hidden.sql
    assert '"area"' in hidden.sql


def test_nothing_to_guess_from_is_a_result(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT unnest([1, NULL]) AS n, DATE '2020-01-01' AS d, unnest([NULL, NULL])::VARCHAR AS s")
        outcome = do(workspace, "fill_missing", dataset="t", method="model")
    assert outcome.dataset == "t@1"
    assert outcome.text == (
        "Nothing to fill. Skipped n (has no other column to guess from); s (has no values to learn from)."
    )

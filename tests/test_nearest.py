"""Empty cells that the rows most like theirs fill."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.small_project import add, do, recipe_of, replay, rows_of
from tools.matching import match_columns, used_columns
from tools.recipe import model_recipe, relearn
from tools.tool import ToolError
from tools.transform import Column
from tools.workspace import Workspace

HOMES = """SELECT * FROM (VALUES (30.0::DOUBLE, 'north', 100, 'x'), (31.0, 'north', 110, 'x'), (60.0, 'south', 300, 'x'),
  (61.0, 'south', NULL, 'x'), (32.0, NULL, 120, 'x'), ('inf'::DOUBLE, 'south', 310, NULL)) AS t(area, side, rent, note)"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "homes", HOMES)
        yield opened


def test_rows_to_compare_with_stand_in_the_sql_letter_by_letter(workspace: Workspace) -> None:
    outcome = do(
        workspace, "fill_missing", dataset="homes", columns=["side", "rent"], method="neighbours", neighbours=2
    )
    assert (
        outcome.sql
        == """WITH numbered AS NOT MATERIALIZED (SELECT *, row_number() OVER () AS row FROM "homes@1"),
known AS MATERIALIZED (
  SELECT place, "side"::VARCHAR AS "side", "rent"::INTEGER AS "rent", "area"::DOUBLE AS "area" FROM (VALUES
    (1, NULL, 120, 32.0),
    (2, 'north', 110, 31.0),
    (3, 'north', 100, 30.0),
    (4, 'south', NULL, 61.0),
    (5, 'south', 300, 60.0),
    (6, 'south', 310, NULL)
  ) AS known(place, "side", "rent", "area")
), near AS (
  SELECT row, list_aggregate(min_by("side", far, 2) FILTER ("side" IS NOT NULL), 'mode') AS "side",
    round(list_avg(min_by("rent", far, 2) FILTER ("rent" IS NOT NULL)))::INTEGER AS "rent"
  FROM (
    SELECT one.row, CASE WHEN one."side" IS NULL THEN other."side" END AS "side", CASE WHEN one."rent" IS NULL THEN other."rent" END AS "rent",
      coalesce((one."side" <> other."side")::INT, 1) + coalesce(abs(one."rent"::DOUBLE - other."rent"::DOUBLE) / 95.79144011862438, 1) + CASE WHEN isfinite(one."area") THEN coalesce(abs(one."area"::DOUBLE - other."area"::DOUBLE) / 14.469277798148738, 1) ELSE 1 END + other.place / 1e9 AS far
    FROM numbered one JOIN known other ON one."side" IS NULL OR one."rent" IS NULL
  ) GROUP BY row
)
SELECT numbered.* EXCLUDE (row) REPLACE (coalesce(numbered."side", near."side") AS "side", coalesce(numbered."rent", near."rent") AS "rent") FROM numbered LEFT JOIN near USING (row) ORDER BY row"""
    )
    assert outcome.text == (
        "Filled 2 empty cells. side: 1 cell with the most frequent value of the 2 rows most like theirs (gets 100% of the"
        " cells right, measured on cells that were known); rent: 1 cell with the mean of the 2 rows most like theirs"
        " (explains 61% of the variance, measured on cells that were known). Rows are alike by side, rent and area; 6 rows"
        " to compare with."
    )
    assert [row[1:3] for row in rows_of(workspace, "homes")] == [
        ("north", 100),
        ("north", 110),
        ("south", 300),
        ("south", 305),
        ("north", 120),
        ("south", 310),
    ]


@pytest.mark.parametrize(
    ("row", "filled"),
    [
        ("30.5::DOUBLE, 'north', NULL", ("north", 105)),
        ("500.0::DOUBLE, NULL, NULL", ("south", 305)),
        ("NULL::DOUBLE, 'south', NULL", ("south", 305)),
        ("'nan'::DOUBLE, NULL, 100", ("north", 100)),
        ("NULL::DOUBLE, NULL, NULL", ("north", 115)),  # nothing known: the most usual rows
    ],
)
def test_new_rows_are_filled_from_the_rows_that_were_learned(
    workspace: Workspace, row: str, filled: tuple[str, int]
) -> None:
    do(workspace, "fill_missing", dataset="homes", columns=["side", "rent"], method="neighbours", neighbours=2)
    recipe = recipe_of(workspace, "homes")
    names = ("area", "side", "rent")
    cells = row.split(", ")
    new = ", ".join(f"{cell} AS {name}" for cell, name in zip(cells, names, strict=True))
    assert replay(recipe, f"SELECT {new}, 'y' AS note")[0][1:3] == filled


def test_running_numbers_names_and_dates_do_not_tell_which_rows_are_alike(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(
            workspace,
            "t",
            "SELECT i AS nr, 'name ' || i AS name, DATE '2024-01-01' AS day, CASE WHEN i % 2 = 0 THEN 'a' ELSE 'b' END AS kind,"
            " CASE WHEN i % 9 > 0 THEN (i % 2)::DOUBLE END AS x, CASE WHEN i % 7 > 0 THEN DATE '2024-01-02' END AS until"
            " FROM range(90) AS t(i)",
        )
        outcome = do(workspace, "fill_missing", dataset="t", method="neighbours")
        assert outcome.text == (
            "Filled 10 empty cells. x: 10 cells with the mean of the 5 rows most like theirs (explains 100% of the variance,"
            " measured on cells that were known). Rows are alike by x and kind; 80 rows to compare with."
            " Skipped until (holds dates or other values that have no mean)."
        )
        rows = workspace.rows("SELECT kind, x FROM t")
        assert set(rows) == {("a", 0.0), ("b", 1.0)}
        named = do(workspace, "fill_missing", dataset="t@1", method="neighbours", columns=["x"], using=["nr"])
    assert "Rows are alike by nr;" in named.text


def test_no_row_is_alike_by_what_a_model_is_to_predict(workspace: Workspace) -> None:
    do(workspace, "fill_missing", dataset="homes", columns=["rent"], method="neighbours", using=["area", "side"])
    do(workspace, "rename_column", dataset="homes", column="side", name="part")
    recipe = model_recipe(workspace, workspace.version("homes"))
    learned = relearn(recipe, workspace, '"homes@1"', "part").steps[0]
    assert '"side"' not in learned.sql
    assert '"area"' in learned.sql


def test_a_few_rows_of_many_are_compared_with_and_the_order_of_all_is_kept(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(
            workspace,
            "t",
            "SELECT i AS nr, (i % 50)::DOUBLE AS a, CASE WHEN i % 100 > 0 THEN (i % 50)::DOUBLE END AS b FROM range(50000) AS t(i)",
        )
        outcome = do(workspace, "fill_missing", dataset="t", method="neighbours")
        assert outcome.text.endswith("Rows are alike by b and a; 1,000 rows to compare with.")
        assert [row[0] for row in rows_of(workspace, "t")] == list(range(50_000))
        (off,) = workspace.rows("SELECT max(abs(a - b)) FROM t")[0]
    assert off < 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"neighbours": 0}, "From 1 to 50 neighbours were expected, got 0."),
        (
            {"group_by": ["side"]},
            "Method neighbours knows no groups. Leave group_by out, or use mean, median or mode.",
        ),
        ({"using": ["size"]}, "No column 'size'. Nearest: side. Columns: area, side, rent, note."),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(workspace: Workspace, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, "fill_missing", dataset="homes", method="neighbours", **arguments)
    assert str(error.value) == message


def test_more_than_can_be_compared_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        cells = ", ".join(f"CASE WHEN i % 3 > 0 THEN (hash(i, {n}) % 1000)::DOUBLE END AS c{n}" for n in range(220))
        add(workspace, "wide", f"SELECT {cells} FROM range(300) AS t(i)")
        with pytest.raises(ToolError) as error:
            do(workspace, "fill_missing", dataset="wide", method="neighbours")
    assert str(error.value) == (
        "100 rows with empty cells and 220 columns are too many to compare. Name fewer columns in columns and using, or use"
        " method model, which takes any number of rows."
    )


def test_nothing_to_learn_from_is_a_result(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT unnest([1, NULL]) AS n, unnest([NULL, NULL])::VARCHAR AS s, 5 AS five")
        outcome = do(workspace, "fill_missing", dataset="t", method="neighbours")
    assert (outcome.dataset, outcome.text) == (
        "t@1",
        "Nothing to fill. Skipped n (has no other column to tell which rows are alike); s (has no values to learn from).",
    )


def test_new_rows_need_only_the_columns_that_are_filled_and_compared(tmp_path: Path) -> None:
    sql = "SELECT i AS id, 'n' || i AS name, (i * 37) % 101 AS age, CASE WHEN i % 7 > 0 THEN i % 50 END AS fee, i % 3 AS plan FROM range(200) t(i)"
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", sql)
        do(workspace, "fill_missing", dataset="t", columns=["fee"], method="neighbours", using=["age"])
        do(workspace, "fill_missing", dataset="t", columns=["plan"], method="neighbours", using=["fee"])
        do(workspace, "rename_column", dataset="t", column="name", name="called")
        recipe = recipe_of(workspace, "t")
    assert used_columns(recipe, ["fee"]) == ["age", "fee"]
    assert used_columns(recipe, ["called", "fee"]) == ["name", "age", "fee"]
    assert match_columns(recipe, [Column("fee", "BIGINT"), Column("age", "BIGINT")], ["fee"])[1] == [
        "Not in the new data and not needed: id, name and plan."
    ]
    with pytest.raises(ToolError, match="The new data has no column 'age', which the model needs"):
        match_columns(recipe, [Column("fee", "BIGINT")], ["fee"])

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tools.transforms.outliers  # noqa: F401  # puts its tools into the catalogue
from tests.small_project import Row, add, do, recipe_of, replay, rows_of
from tools.workspace import Workspace

SHOPS = """SELECT * FROM (VALUES
  (101, 10, 1.0, 0, 0), (102, 12, 2.0, 1, 0), (103, 14, 3.0, 0, 0), (104, 16, 4.0, 1, 0), (105, 18, 5.0, 0, 5),
  (106, 900, NULL, 1, 0)
) AS t(shop_id, sales, area, open, gap)"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "shops", f"SELECT * REPLACE (area::DOUBLE AS area), 'x' AS name FROM ({SHOPS})")
        yield opened


# Quartiles of sales: 12.5 and 17.5, so the usual range is 5 to 25; of area: 2 and 4, so -1 to 7.
GOLDEN: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "handle_outliers",
        {"columns": ["sales"]},
        'SELECT * REPLACE (CASE WHEN "sales" IS NOT NULL THEN least(greatest("sales", 5), 25) END AS "sales")'
        ' FROM "shops@1"',
        "Clipped 1 outlier to the usual range: sales (1 outside 5 to 25).",
    ),
    (
        "handle_outliers",
        {"method": "blank"},
        """SELECT * REPLACE (
  CASE WHEN "sales" < 5 OR "sales" > 25 THEN NULL ELSE "sales" END AS "sales",
  CASE WHEN "area" < -1.0 OR "area" > 7.0 THEN NULL ELSE "area" END AS "area"
) FROM "shops@1\"""",
        "Made 1 outlier empty: sales (1 outside 5 to 25)."
        " Skipped shop_id (looks like an identifier); open and gap (has at most two different values).",
    ),
    (
        "remove_outliers",
        {"columns": ["sales", "area", "name"]},
        'SELECT * FROM "shops@1" WHERE ("sales" BETWEEN 5 AND 25) IS NOT FALSE AND ("area" BETWEEN -1.0 AND 7.0) IS NOT FALSE',
        "Removed 1 row with outliers: sales (1 outside 5 to 25). Skipped name (holds no numbers). Rows: 6 -> 5.",
    ),
]


@pytest.mark.parametrize(("tool", "arguments", "sql", "text"), GOLDEN)
def test_the_sql_and_the_text_of_a_step_are_exact(
    workspace: Workspace, tool: str, arguments: dict[str, Any], sql: str, text: str
) -> None:
    outcome = do(workspace, tool, dataset="shops", **arguments)
    assert (outcome.sql, outcome.text) == (sql, text)


def test_clipping_keeps_rows_types_and_empty_cells(workspace: Workspace) -> None:
    before = workspace.version("shops").schema_
    do(workspace, "handle_outliers", dataset="shops")
    assert workspace.version("shops").schema_ == before
    assert workspace.rows("SELECT sales, area FROM shops WHERE shop_id > 104") == [(18, 5.0), (25, None)]


@pytest.mark.parametrize(
    ("tool", "arguments", "purpose", "rows"),
    [
        ("handle_outliers", {"columns": ["sales"]}, "predict", [(5, None), (25, -50.0)]),
        ("handle_outliers", {"columns": ["sales"], "method": "blank"}, "predict", [(None, None), (None, -50.0)]),
        ("remove_outliers", {"columns": ["area"]}, "train", [(-3, None)]),
        ("remove_outliers", {"columns": ["area"]}, "holdout", [(-3, None), (99, -50.0)]),
        ("remove_outliers", {"columns": ["sales"]}, "predict", [(-3, None), (99, -50.0)]),
    ],
)
def test_a_step_replays_on_other_rows_with_the_bounds_it_learned(
    workspace: Workspace, tool: str, arguments: dict[str, Any], purpose: Any, rows: list[Row]
) -> None:
    add(workspace, "wide", f"SELECT * FROM ({SHOPS}) UNION ALL SELECT 107, 11, 1000, 0, 0")
    source = "wide" if "area" in arguments["columns"] else "shops"
    recipe = recipe_of(workspace, str(do(workspace, tool, dataset=source, **arguments).dataset))
    name = ", 'x' AS name" if source == "shops" else ""
    other = (
        f"SELECT *{name} FROM (VALUES (1, -3, NULL, 0, 0), (2, 99, -50.0, 1, 0)) AS t(shop_id, sales, area, open, gap)"
    )
    assert [(row[1], row[2] if row[2] is None else float(row[2])) for row in replay(recipe, other, purpose)] == rows


def test_three_standard_deviations_are_the_other_rule(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT CASE WHEN range = 0 THEN 1000.0::DOUBLE ELSE range % 5 END AS x FROM range(100)")
        outcome = do(workspace, "remove_outliers", dataset="t", rule="sd")
        assert outcome.text == "Removed 1 row with outliers: x (1 outside -287.42 to 311.42). Rows: 100 -> 99."
        assert max(rows_of(workspace, "t")) == (4.0,)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"columns": ["area"]}, "No outliers found in area."),
        (
            {"columns": ["gap", "name"]},
            "No column to look for outliers in. Skipped name (holds no numbers); gap (half of its values or more are"
            " the same, so quartiles tell nothing; rule sd may).",
        ),
    ],
)
@pytest.mark.parametrize("tool", ["handle_outliers", "remove_outliers"])
def test_nothing_to_do_is_a_result_and_makes_no_version(
    workspace: Workspace, tool: str, arguments: dict[str, Any], text: str
) -> None:
    outcome = do(workspace, tool, dataset="shops", **arguments)
    assert (outcome.text, outcome.dataset, outcome.sql) == (text, "shops@1", None)


def test_grades_identifiers_and_constants_are_no_measurements(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(
            workspace,
            "t",
            "SELECT 5000 + range AS line, range * 7919 AS CustomerId, range % 5 AS stars, 3 AS one,"
            " CASE WHEN range = 99 THEN 100_000 ELSE range * 10 END AS price FROM range(100)",
        )
        outcome = do(workspace, "handle_outliers", dataset="t")
        assert outcome.text == (
            "Clipped 1 outlier to the usual range: price (1 outside -495 to 1,485). Skipped line and CustomerId"
            " (looks like an identifier); stars (has few different values); one (has at most two different values)."
        )


def test_the_outliers_of_a_thousand_columns_are_found_in_little_memory(tmp_path: Path) -> None:
    cells = ", ".join(f"CASE i WHEN 0 THEN 1e6 ELSE i + {place}.5 END AS c{place}" for place in range(1000))
    with Workspace(tmp_path, memory_gb=0.5) as opened:
        add(opened, "wide", f"SELECT {cells} FROM range(60) t(i)")
        outcome = do(opened, "handle_outliers", dataset="wide", method="blank")
        assert outcome.text.startswith("Made 1,000 outliers empty")
        assert opened.rows('SELECT c0, c999 FROM "wide@2" LIMIT 2') == [(None, None), (1.5, 1000.5)]

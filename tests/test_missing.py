from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tools.transforms.missing
import tools.transforms.null_words  # noqa: F401  # both put their tools into the catalogue
from tests.small_project import Row, add, do, recipe_of, replay, rows_of
from tools.tool import ToolError
from tools.words import literal
from tools.workspace import Workspace

PEOPLE = """SELECT * FROM (VALUES
  (1, 20, 1.5, 'x', DATE '2020-01-01', true), (2, 31, NULL, 'x', NULL, NULL),
  (3, NULL, 2.5, NULL, DATE '2020-01-01', true), (4, 40, 9.0, 'y', DATE '2020-02-02', false)
) AS t(id, age, pay, city, day, ok)"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "people", f"SELECT * REPLACE (pay::DOUBLE AS pay) FROM ({PEOPLE})")
        yield opened


GOLDEN: list[tuple[str, dict[str, Any], str, str, list[Row]]] = [
    (
        "drop_missing",
        {"columns": ["age", "pay"]},
        'SELECT * FROM "people@1" WHERE "age" IS NOT NULL AND "pay" IS NOT NULL',
        "Removed 2 rows with empty cells in age and pay; most of them in age (1). Rows: 4 -> 2.",
        [(1, 20, 1.5, "x"), (4, 40, 9.0, "y")],
    ),
    (
        "fill_missing",
        {"columns": ["age", "id"]},
        """SELECT * REPLACE (
  coalesce("age", 31) AS "age",
  coalesce("id", 3) AS "id"
) FROM "people@1\"""",
        "Filled 1 empty cell. age: 1 cell with the median 31. Skipped id (has no empty cells).",
        [(1, 20, 1.5, "x"), (2, 31, None, "x"), (3, 31, 2.5, None), (4, 40, 9.0, "y")],
    ),
    (
        "fill_missing",
        {"columns": ["age", "city"], "method": "mean"},
        'SELECT * REPLACE (coalesce("age", CAST(30.333333333333332 AS DOUBLE)) AS "age") FROM "people@1"',
        "Filled 1 empty cell. age: 1 cell with the mean 30.33."
        " Skipped city (holds no numbers, so it has no mean; mode would fit).",
        [(1, 20.0, 1.5, "x"), (2, 31.0, None, "x"), (3, 30.333333333333332, 2.5, None), (4, 40.0, 9.0, "y")],
    ),
    (
        "fill_missing",
        {"columns": ["city"], "method": "constant", "value": "it's unknown"},
        """SELECT * REPLACE (coalesce("city", 'it''s unknown') AS "city") FROM "people@1\"""",
        "Filled 1 empty cell. city: 1 cell with it's unknown.",
        [(1, 20, 1.5, "x"), (2, 31, None, "x"), (3, None, 2.5, "it's unknown"), (4, 40, 9.0, "y")],
    ),
    (
        "fill_missing",
        {"method": "constant", "value": 0},
        """SELECT * REPLACE (
  coalesce("id", 0) AS "id",
  coalesce("age", 0) AS "age",
  coalesce("pay", 0) AS "pay"
) FROM "people@1\"""",
        "Filled 2 empty cells. age: 1 cell with 0; pay: 1 cell with 0."
        " Skipped city (0 does not fit its type VARCHAR); day (0 does not fit its type DATE); ok (0 does not fit its type BOOLEAN).",
        [(1, 20, 1.5, "x"), (2, 31, 0.0, "x"), (3, 0, 2.5, None), (4, 40, 9.0, "y")],
    ),
    (
        "treat_as_missing",
        {"columns": ["city", "age"], "values": ["X", "40"]},
        """SELECT * REPLACE (
  CASE WHEN lower(trim("city")) IN ('x', '40') THEN NULL ELSE "city" END AS "city",
  CASE WHEN "age" IN (40) THEN NULL ELSE "age" END AS "age"
) FROM "people@1\"""",
        "Made 3 cells empty: city (2) and age (1).",
        [(1, 20, 1.5, None), (2, 31, None, None), (3, None, 2.5, None), (4, None, 9.0, "y")],
    ),
]


@pytest.mark.parametrize(("tool", "arguments", "sql", "text", "rows"), GOLDEN)
def test_the_sql_the_text_and_the_rows_of_a_step_are_exact(
    workspace: Workspace, tool: str, arguments: dict[str, Any], sql: str, text: str, rows: list[Row]
) -> None:
    outcome = do(workspace, tool, dataset="people", **arguments)
    assert (outcome.sql, outcome.text) == (sql, text)
    assert workspace.rows("SELECT id, age, pay, city FROM people") == rows


def test_auto_fills_every_column_by_its_kind_and_keeps_its_type(workspace: Workspace) -> None:
    before = workspace.version("people").schema_
    outcome = do(workspace, "fill_missing", dataset="people")
    assert outcome.sql == (
        """SELECT * REPLACE (
  coalesce("id", 3) AS "id",
  coalesce("age", 31) AS "age",
  coalesce("pay", 2.5) AS "pay",
  coalesce("city", 'x') AS "city",
  coalesce("day", CAST('2020-01-01' AS DATE)) AS "day",
  coalesce("ok", true) AS "ok"
) FROM "people@1\""""
    )
    assert outcome.text == (
        "Filled 5 empty cells. age: 1 cell with the median 31; pay: 1 cell with the median 2.50;"
        " city: 1 cell with the most frequent value x; day: 1 cell with the most frequent value 2020-01-01;"
        " ok: 1 cell with the most frequent value true."
    )
    assert workspace.version("people").schema_ == before


@pytest.mark.parametrize(
    ("tool", "arguments", "purpose", "rows"),
    [
        ("fill_missing", {"columns": ["age", "pay"]}, "predict", [(7, 31, 2.5, "y"), (8, 50, 1.0, None)]),
        ("fill_missing", {"columns": ["city"], "method": "mode"}, "predict", [(7, None, None, "y"), (8, 50, 1.0, "x")]),
        ("drop_missing", {}, "train", []),
        ("drop_missing", {"columns": ["age"]}, "train", [(8, 50, 1.0, None)]),
        ("drop_missing", {"columns": ["age"]}, "holdout", [(7, None, None, "y"), (8, 50, 1.0, None)]),
        ("drop_missing", {"columns": ["age"]}, "predict", [(7, None, None, "y"), (8, 50, 1.0, None)]),
        ("treat_as_missing", {"values": ["Y"]}, "predict", None),
    ],
)
def test_a_step_replays_on_other_rows(
    workspace: Workspace, tool: str, arguments: dict[str, Any], purpose: Any, rows: list[Row] | None
) -> None:
    recipe = recipe_of(workspace, str(do(workspace, tool, dataset="people", **arguments).dataset))
    other = (
        "SELECT * FROM (VALUES (7, NULL, NULL::DOUBLE, 'y', NULL::DATE, NULL::BOOLEAN), (8, 50, 1.0, NULL, NULL, NULL))"
        " AS t(id, age, pay, city, day, ok)"
    )
    expected = rows if rows is not None else [(7, None, None, None), (8, 50, 1.0, None)]
    assert [row[:4] for row in replay(recipe, other, purpose)] == expected


def test_a_column_without_gaps_in_training_is_filled_in_new_rows(workspace: Workspace) -> None:
    recipe = recipe_of(workspace, str(do(workspace, "fill_missing", dataset="people").dataset))
    other = "SELECT NULL::INT AS id, 1 AS age, 1.0 AS pay, 'x' AS city, NULL::DATE AS day, false AS ok"
    assert replay(recipe, other)[0][0] == 3


@pytest.mark.parametrize(("how", "fill"), [({"method": "constant", "value": "?"}, "?"), ({"method": "mode"}, "b")])
def test_one_value_is_learned_however_many_rows_there_are(tmp_path: Path, how: dict[str, Any], fill: str) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT CASE WHEN i % 3 > 0 THEN 'b' END AS s FROM range(1000) AS t(i)")
        do(workspace, "fill_missing", dataset="t", columns=["s"], **how)
        assert workspace.version("t").step.learned["fill"] == [[fill]]


def test_a_table_without_rows_has_nothing_to_fill(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT 'b' AS s WHERE false")
        outcome = do(workspace, "fill_missing", dataset="t", columns=["s"], method="mode")
    assert (outcome.dataset, outcome.text) == ("t@1", "No empty cells in s; nothing to fill.")


def test_the_median_of_whole_numbers_is_rounded(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT unnest([1, 4, NULL]) AS n")
        assert do(workspace, "fill_missing", dataset="t").sql == (
            'SELECT * REPLACE (coalesce("n", 3) AS "n") FROM "t@1"'
        )


def test_of_equally_frequent_values_the_smallest_is_the_mode(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT unnest(['b', 'a', 'b', 'a', NULL]) AS s")
        do(workspace, "fill_missing", dataset="t")
        assert rows_of(workspace, "t") == [("b",), ("a",), ("b",), ("a",), ("a",)]


def test_the_usual_null_words_are_seen_in_text_only(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        cells = "['?', ' N/A ', '-', 'None', '', '  ', 'NaN', 'x', 'nonesuch', NULL]"
        add(workspace, "t", f"SELECT unnest({cells}) AS s, 1 AS n")
        outcome = do(workspace, "treat_as_missing", dataset="t")
        assert outcome.text == "Made 7 cells empty: s (7)."
        assert outcome.sql == (
            "SELECT * REPLACE (CASE WHEN lower(trim(\"s\")) IN ('', '?', '-', '--', 'n/a', 'na', '#n/a', 'nan', 'null',"
            " 'none', 'nil', 'missing', 'not available') THEN NULL ELSE \"s\" END AS \"s\") FROM \"t@1\""
        )
        assert [row[0] for row in rows_of(workspace, "t")] == [None] * 7 + ["x", "nonesuch", None]


@pytest.mark.parametrize(
    ("cells", "column", "text"),
    [
        (["?", "5", "-7"], ("BIGINT", [None, 5, -7]), " s now holds numbers only and became numbers."),
        (["N/A", " 5.5", "7"], ("DOUBLE", [None, 5.5, 7.0]), " s now holds numbers only and became numbers."),
        (["?", "007"], ("VARCHAR", [None, "007"]), ""),
        (["?", "5", "x"], ("VARCHAR", [None, "5", "x"]), ""),
        (["?", None], ("VARCHAR", [None, None]), ""),
    ],
)
def test_text_that_holds_only_numbers_without_its_null_words_becomes_numbers(
    tmp_path: Path, cells: list[str | None], column: tuple[str, list[Any]], text: str
) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", f"SELECT unnest([{', '.join(map(literal, cells))}])::VARCHAR AS s")
        outcome = do(workspace, "treat_as_missing", dataset="t")
        assert outcome.text == "Made 1 cell empty: s (1)." + text
        assert (workspace.version("t").schema_[0][1], [row[0] for row in rows_of(workspace, "t")]) == column


@pytest.mark.parametrize(
    ("tool", "arguments", "text"),
    [
        ("fill_missing", {"columns": ["id"]}, "No empty cells in id; nothing to fill."),
        (
            "fill_missing",
            {"columns": ["city"], "method": "median"},
            "Nothing was filled. Skipped city (holds no numbers, so it has no median; mode would fit).",
        ),
        ("drop_missing", {"columns": ["id"]}, "No empty cells in id; nothing to remove."),
        ("treat_as_missing", {}, "No cell holds the usual words for missing values."),
        ("treat_as_missing", {"columns": ["id"]}, "No cell was made empty. Skipped id (holds no text)."),
        ("treat_as_missing", {"values": ["gone"]}, "No cell holds 'gone'."),
    ],
)  # fmt: skip
def test_nothing_to_do_is_a_result_and_makes_no_version(
    workspace: Workspace, tool: str, arguments: dict[str, Any], text: str
) -> None:
    outcome = do(workspace, tool, dataset="people", **arguments)
    assert (outcome.text, outcome.dataset, outcome.sql) == (text, "people@1", None)
    assert [version.ref for version in workspace.versions("people")] == ["people@1"]


def test_a_column_with_no_value_at_all_is_named(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT unnest([1, NULL]) AS n, NULL::VARCHAR AS s")
        outcome = do(workspace, "fill_missing", dataset="t")
        assert outcome.text == (
            "Filled 1 empty cell. n: 1 cell with the median 1. Skipped s (has no values to learn from)."
        )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "constant"}, "Method constant needs a value. Give the value to fill in, or use method auto."),
        ({"columns": ["agee"]}, "No column 'agee'. Nearest: age. Columns: id, age, pay, city, day, ok."),
        (
            {"method": "constant", "value": 1, "group_by": ["city"]},
            "Method constant knows no groups. Leave group_by out, or use mean, median or mode.",
        ),
        (
            {"method": "mean", "using": ["age"]},
            "Columns to guess from go with method model or neighbours, got method mean. Leave using out.",
        ),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(workspace: Workspace, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, "fill_missing", dataset="people", **arguments)
    assert str(error.value) == message


def test_rows_are_not_all_removed(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT unnest([1, 2]) AS n, NULL::VARCHAR AS s")
        with pytest.raises(ToolError) as error:
            do(workspace, "drop_missing", dataset="t")
    assert str(error.value) == (
        "Every row has an empty cell, so none would be left (s is empty in 2 of 2 rows). Drop that column or fill it first."
    )


@pytest.mark.parametrize("value", ["inf", "nan", float("inf"), 10**400])
def test_a_number_without_end_fills_nothing_and_means_nothing(tmp_path: Path, value: Any) -> None:
    with Workspace(tmp_path) as opened:
        add(opened, "t", "SELECT unnest([1.5, NULL]) AS a, 5 AS inf, 6 AS nan")
        filled = do(opened, "fill_missing", dataset="t", columns=["a"], method="constant", value=value)
        assert (filled.dataset, filled.text[:19]) == ("t@1", "Nothing was filled.")
        emptied = do(opened, "treat_as_missing", dataset="t", columns=["a"], values=[str(value)])
        assert emptied.text == "No cell was made empty. Skipped a (can't hold these values)."


FLATS = """SELECT * FROM (VALUES ('Oslo', 'a', 10, 'big'), ('Oslo', 'a', 14, 'big'), ('Oslo', 'b', NULL, 'small'),
  ('Lima', 'b', 2, 'small'), ('Lima', 'b', NULL, NULL), (NULL, 'b', NULL, NULL), ('Rome', 'a', NULL, 'big')) AS t(city, side, size, kind)"""


@pytest.mark.parametrize(
    ("arguments", "sql", "text", "other"),
    [
        (
            {"columns": ["size", "kind"], "group_by": ["city"]},
            """SELECT * REPLACE (
  coalesce("size", CASE "city" WHEN 'Lima' THEN 2 WHEN 'Oslo' THEN 12 ELSE 10 END) AS "size",
  coalesce("kind", CASE "city" WHEN 'Lima' THEN 'small' WHEN 'Oslo' THEN 'big' WHEN 'Rome' THEN 'big' ELSE 'big' END) AS "kind"
) FROM "flats@1\"""",
            "Filled 6 empty cells. size: 4 cells with the median of its city; kind: 2 cells with the most frequent value"
            " of its city.",
            [("Oslo", "a", 12, "big"), ("Lima", "a", 2, "small"), ("Kiel", "b", 10, "big")],
        ),
        (
            {"columns": ["size"], "group_by": ["city", "side"], "method": "mean"},
            'SELECT * REPLACE (coalesce("size", CASE'
            " WHEN \"city\" = 'Lima' AND \"side\" = 'b' THEN CAST(2.0 AS DOUBLE)"
            " WHEN \"city\" = 'Oslo' AND \"side\" = 'a' THEN CAST(12.0 AS DOUBLE)"
            ' ELSE CAST(8.666666666666666 AS DOUBLE) END) AS "size") FROM "flats@1"',
            "Filled 4 empty cells. size: 4 cells with the mean of its city and side.",
            [("Oslo", "a", 12.0, None), ("Lima", "a", 8.666666666666666, None), ("Kiel", "b", 8.666666666666666, None)],
        ),
    ],
)
def test_groups_are_filled_with_the_value_of_their_own_rows(
    tmp_path: Path, arguments: dict[str, Any], sql: str, text: str, other: list[Row]
) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "flats", FLATS)
        outcome = do(workspace, "fill_missing", dataset="flats", **arguments)
        assert (outcome.sql, outcome.text) == (sql, text)
        new = "SELECT city, side, NULL::INT AS size, NULL::VARCHAR AS kind FROM (VALUES ('Oslo', 'a'), ('Lima', 'a'), ('Kiel', 'b')) AS t(city, side)"
        assert replay(recipe_of(workspace, str(outcome.dataset)), new) == other


def test_a_thousand_groups_are_the_most(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT range AS shop, CASE WHEN range > 5 THEN 1 END AS sales FROM range(1001)")
        with pytest.raises(ToolError) as error:
            do(workspace, "fill_missing", dataset="t", columns=["sales"], group_by=["shop"])
    assert str(error.value) == "shop has more than 1,000 groups. Group by a column with fewer different values."

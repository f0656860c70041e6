from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import tools.transforms.cells
import tools.transforms.columns
import tools.transforms.missing
import tools.transforms.outliers
import tools.transforms.rows
import tools.transforms.types  # noqa: F401  # these six put their tools into the catalogue
from tests.small_project import add, do, recipe_of, replay
from tools.engine import trusted
from tools.matching import match_columns, used_columns
from tools.recipe import On, Purpose, load, relearn, save, select
from tools.script import recipe_script
from tools.tool import ToolError
from tools.transform import Column
from tools.workspace import Workspace

PEOPLE = """SELECT * FROM (VALUES
  (1, '10', 'a', 'x'), (2, '20', 'b', NULL), (3, NULL, 'a', 'y'), (4, '40', 'c', 'x'), (4, '40', 'c', 'x'), (5, '1,000', 'd', 'x')
) AS t(id, age, kind, target)"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """people@7: one step of every kind."""
    with Workspace(tmp_path) as opened:
        add(opened, "people", PEOPLE)
        do(opened, "drop_duplicates", dataset="people")
        do(opened, "change_type", dataset="people", columns=["age"], type="integer")
        do(opened, "drop_missing", dataset="people", columns=["target"])
        do(opened, "fill_missing", dataset="people", columns=["age"], method="median")
        do(opened, "drop_columns", dataset="people", columns=["id"])
        do(opened, "filter_rows", dataset="people", condition="kind <> 'd'")
        yield opened


NUMBER = (
    r"""TRY_CAST(replace(regexp_extract(regexp_replace(regexp_replace(replace("age", '−', '-'), """
    r"""'(?i)[\s\p{Z}\p{Sc}%''’]|usd|eur|gbp|jpy|krw|cny|inr|chf|원', '', 'g'), '^\((.+)\)$|^(.+)-$', '-\1\2'), """
    r"""'^[+-]?((\d{1,3}(,\d{2,3})*,\d{3}|\d+)(\.\d*)?|\.\d+)([eE][+-]?\d+)?$'), ',', '') AS BIGINT)"""
)


def test_a_recipe_is_one_select_per_purpose(workspace: Workspace) -> None:
    recipe = recipe_of(workspace, "people")
    unique = (
        "SELECT * EXCLUDE (__order) FROM (SELECT *, row_number() OVER () AS __order FROM step0)"
        ' QUALIFY row_number() OVER (PARTITION BY "id", "age", "kind", "target" ORDER BY __order) = 1 ORDER BY __order'
    )
    expected = """WITH step0 AS (SELECT * FROM "new rows"),
step1 AS ({unique}),
step2 AS (SELECT * REPLACE ({number} AS "age") FROM step1),
step3 AS ({whole}),
step4 AS (SELECT * REPLACE (coalesce("age", 40) AS "age") FROM step3),
step5 AS (SELECT * EXCLUDE ("id") FROM step4),
step6 AS ({filtered})
SELECT * FROM step6"""
    whole = 'SELECT * FROM step2 WHERE "target" IS NOT NULL'
    filtered = "SELECT * FROM step5 WHERE (kind <> 'd') IS TRUE"
    skipped = {"unique": "SELECT * FROM step0", "whole": "SELECT * FROM step2", "filtered": "SELECT * FROM step5"}
    parts = {"unique": unique, "whole": whole, "filtered": filtered}
    for purpose, used in (("train", parts), ("holdout", parts | {"whole": skipped["whole"]}), ("predict", skipped)):
        assert select(recipe, '"new rows"', purpose) == expected.format(number=NUMBER, **used)  # type: ignore[arg-type]
    assert recipe.input_schema == [("id", "INTEGER"), ("age", "VARCHAR"), ("kind", "VARCHAR"), ("target", "VARCHAR")]
    assert recipe.output_schema == [("age", "BIGINT"), ("kind", "VARCHAR"), ("target", "VARCHAR")]


def test_the_training_rows_of_a_replay_are_the_version_itself(workspace: Workspace) -> None:
    recipe = recipe_of(workspace, "people")
    assert workspace.rows(select(recipe, '"people@1"', "train")) == workspace.rows("FROM people")


@pytest.mark.parametrize(
    ("purpose", "rows"),
    [
        ("train", [(30, "a", "x")]),
        ("holdout", [(30, "a", "x"), (40, "b", None)]),
        ("predict", [(30, "a", "x"), (30, "a", "x"), (40, "b", None), (1, "d", "y")]),
    ],
)
def test_each_purpose_drops_the_rows_it_may(workspace: Workspace, purpose: Purpose, rows: list[Any]) -> None:
    other = "SELECT * FROM (VALUES (1, '30', 'a', 'x'), (1, '30', 'a', 'x'), (2, NULL, 'b', NULL), (3, '1', 'd', 'y')) AS t(id, age, kind, target)"
    assert replay(recipe_of(workspace, "people"), other, purpose) == rows


def test_a_row_number_rides_along_unseen(workspace: Workspace) -> None:
    recipe = recipe_of(workspace, "people")
    numbered = '(SELECT *, row_number() OVER () AS __row FROM "people@1")'
    rows = workspace.rows(f"SELECT __row, age FROM ({select(recipe, numbered, 'holdout')})")
    assert rows == [(1, 10), (2, 20), (3, 40), (4, 40)]
    assert len(workspace.rows(select(recipe, numbered, "predict"))) == 6


def test_relearning_reads_training_rows_only(workspace: Workspace) -> None:
    recipe = recipe_of(workspace, "people")
    numbered = '(SELECT * FROM (SELECT *, row_number() OVER () AS __row FROM "people@1") WHERE __row IN (1, 2, 3))'
    relearned = relearn(recipe, workspace, numbered)
    assert relearned.steps[3].learned["fill"] == [[10]]
    assert relearned.steps[3].sql == 'SELECT * REPLACE (coalesce("age", 10) AS "age") FROM step3'
    assert recipe.steps[3].learned["fill"] == [[40]]
    assert [step.rows for step in relearned.steps] == [step.rows for step in recipe.steps]


def test_relearning_works_on_arrow_tables_of_one_cursor(workspace: Workspace) -> None:
    recipe = recipe_of(workspace, "people")
    table = pa.table(
        {
            "id": pa.array([1, 2, 3], pa.int32()),
            "age": ["6", "8", None],
            "kind": ["a", "b", "c"],
            "target": ["x", "x", "x"],
        }
    )
    with trusted() as connection:
        connection.register("given", table)
        relearned = relearn(recipe, On(connection), "given")
        assert relearned.steps[3].learned["fill"] == [[7]]
        assert On(connection).rows(select(relearned, "given", "train")) == [(6, "a", "x"), (8, "b", "x"), (7, "c", "x")]


def test_a_step_that_finds_nothing_in_the_training_rows_still_works_on_others(workspace: Workspace) -> None:
    recipe = relearn(recipe_of(workspace, "people"), workspace, '(SELECT * FROM "people@1" WHERE id IN (1, 2))')
    assert replay(recipe, "SELECT 1 AS id, NULL AS age, 'a' AS kind, 'x' AS target") == [(10, "a", "x")]


def test_a_recipe_is_the_same_after_saving(workspace: Workspace, tmp_path: Path) -> None:
    recipe = recipe_of(workspace, "people")
    assert save(recipe, tmp_path) == tmp_path / "recipe.json"
    assert load(tmp_path) == recipe


def test_a_version_without_steps_has_an_empty_recipe(workspace: Workspace) -> None:
    recipe = recipe_of(workspace, "people@1")
    assert (recipe.base, recipe.steps) == ("people@1", ())
    assert select(recipe, "t", "predict") == "WITH step0 AS (SELECT * FROM t)\nSELECT * FROM step0"


def test_a_recipe_prints_as_a_script_that_plain_duckdb_runs(workspace: Workspace) -> None:
    do(workspace, "replace_values", dataset="people", column="kind", old="c", new="x\n-- y'z")
    script = recipe_script(recipe_of(workspace, "people"))
    lines = script.splitlines()
    assert lines[:2] == [
        "-- Recipe of people@8, from people@1.",
        '-- Reads a table called input with the columns "id" INTEGER, "age" VARCHAR, "kind" VARCHAR, "target" VARCHAR.',
    ]
    assert [line for line in lines if line.startswith("-- ")][2:] == [
        "-- 1. drop_duplicates (not when predicting): Removed 1 duplicate row (compared by all columns), keeping the first of each.",
        "-- 2. change_type: Changed age to integer.",
        "-- 3. drop_missing (training rows only): Removed 1 row with empty cells in target.",
        "-- 4. fill_missing: Filled 1 empty cell. age: 1 cell with the median 40.",
        "-- 5. drop_columns: Removed 1 column: id.",
        "-- 6. filter_rows (not when predicting): Kept the 3 rows where kind <> 'd'.",
        "-- 7. replace_values: kind: 1 cell with 'c' replaced by 'x -- y'z'.",
        '-- y\'\'z\' ELSE "kind" END AS "kind") FROM step6)',
    ]
    with trusted() as connection:
        connection.execute(f"CREATE TABLE input AS {PEOPLE}")
        assert connection.execute(script).fetchall() == workspace.rows("FROM people")


# --- new data ----------------------------------------------------------------------------------------------------


def columns(**types: str) -> list[Column]:
    return [Column(name, type_) for name, type_ in types.items()]


@pytest.mark.parametrize(
    ("given", "needed", "sql", "notes"),
    [
        (
            columns(id="INTEGER", age="VARCHAR", kind="VARCHAR", target="VARCHAR"),
            None,
            '"id", "age", "kind", "target"',
            [],
        ),
        (
            columns(Kind="BIGINT", AGE="BIGINT", extra="DATE", __row="BIGINT"),
            ["age", "kind"],
            'CAST(NULL AS INTEGER) AS "id", TRY_CAST("AGE" AS VARCHAR) AS "age", TRY_CAST("Kind" AS VARCHAR) AS "kind",'
            ' CAST(NULL AS VARCHAR) AS "target", "__row"',
            [
                "Column 'AGE' was read as 'age'.",
                "Column 'Kind' was read as 'kind'.",
                "kind is whole number in the new data and was read as text.",
                "Not in the new data and not needed: id and target.",
                "Ignored extra, which the model does not know.",
            ],
        ),
    ],
)
def test_new_data_is_matched_by_name(
    workspace: Workspace, given: list[Column], needed: list[str] | None, sql: str, notes: list[str]
) -> None:
    assert match_columns(recipe_of(workspace, "people"), given, needed) == (sql, notes)


def test_many_columns_of_another_spelling_or_type_are_told_in_one_sentence_each(tmp_path: Path) -> None:
    names = ["age", "fee", "plan", "town"]
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", f"SELECT {', '.join(f'1 AS {name}' for name in names)}")
        recipe = recipe_of(workspace, "t")
    given = columns(**{name.upper(): "VARCHAR" for name in names})
    assert match_columns(recipe, given)[1] == [
        "4 columns are spelt otherwise in the new data, such as 'AGE' for 'age'.",
        "4 columns have another type in the new data: age (text read as whole number), fee (text read as whole number),"
        " plan (text read as whole number) and 1 more.",
    ]


def test_names_match_whatever_their_spaces_and_punctuation(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", 'SELECT 1 AS "Total Amount ($)", 2 AS 나이, 3 AS "%"')
        recipe = recipe_of(workspace, "t")
    given = columns(total_amount="INTEGER", 나이="INTEGER", **{"%": "INTEGER"})
    assert match_columns(recipe, given)[0] == '"total_amount" AS "Total Amount ($)", "나이", "%"'


@pytest.mark.parametrize(
    ("given", "needed", "message"),
    [
        (
            columns(ages="INTEGER", kind="VARCHAR"),
            ["age", "kind"],
            "The new data has no column 'age', which the model needs. Nearest: ages. Its columns: ages, kind.",
        ),
        (
            columns(x="INTEGER"),
            None,
            "The new data has no columns 'age', 'kind' and 'target', which the model needs. Its columns: x.",
        ),
    ],
)
def test_a_missing_column_that_is_needed_is_named(
    workspace: Workspace, given: list[Column], needed: list[str] | None, message: str
) -> None:
    with pytest.raises(ToolError) as error:
        match_columns(recipe_of(workspace, "people"), given, needed)
    assert str(error.value) == message


def test_only_columns_that_the_needed_ones_depend_on_are_used(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT 1 AS a, 2 AS b, NULL::INT AS c, 'x' AS d")
        do(workspace, "rename_column", dataset="t", column="a", name="first")
        do(workspace, "replace_values", dataset="t", column="d", old="x", new="y")
        do(workspace, "drop_columns", dataset="t", columns=["b"])
        recipe = recipe_of(workspace, "t")
    assert used_columns(recipe) == ["a", "c", "d"]
    assert used_columns(recipe, ["first"]) == ["a"]
    assert used_columns(recipe, ["d", "first"]) == ["a", "d"]


def test_a_filter_does_not_make_a_column_needed_when_predicting(workspace: Workspace) -> None:
    assert used_columns(recipe_of(workspace, "people"), ["age"]) == ["age"]


def test_no_given_column_stands_for_two(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", 'SELECT 1 AS "net price", 2 AS net_price, 3 AS Net')
        recipe = recipe_of(workspace, "t")
    with pytest.raises(ToolError, match="The new data has no column 'net price'"):
        match_columns(recipe, columns(net_price="INTEGER", net="INTEGER"))
    given = columns(**{"Net-Price": "INTEGER", "net_price": "INTEGER", "net": "INTEGER"})
    assert match_columns(recipe, given)[0] == '"Net-Price" AS "net price", "net_price", "net" AS "Net"'

"""Categories as numbers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tools.transforms.encode  # noqa: F401  # puts its tool into the catalogue
from tests.small_project import Row, add, do, recipe_of, replay, rows_of
from tools.tool import ToolError
from tools.workspace import Workspace

SHIRTS = """SELECT * FROM (VALUES (1, 'S', true), (2, 'L', false), (3, 'M', true), (4, 'S', NULL), (5, NULL, true))
AS shirts(id, size, sold)"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "shirts", SHIRTS)
        yield opened


GOLDEN: list[tuple[dict[str, Any], str, str, list[Row]]] = [
    (
        {"columns": ["Size"]},
        "SELECT * EXCLUDE (\"size\"), CASE WHEN \"size\" = 'L' THEN 1 ELSE 0 END AS \"size_L\","
        " CASE WHEN \"size\" = 'M' THEN 1 ELSE 0 END AS \"size_M\","
        " CASE WHEN \"size\" = 'S' THEN 1 ELSE 0 END AS \"size_S\" FROM \"shirts@1\"",
        "Encoded size. size became 3 columns: size_L, size_M and size_S.",
        [(1, True, 0, 0, 1), (2, False, 1, 0, 0), (3, True, 0, 1, 0), (4, None, 0, 0, 1), (5, True, 0, 0, 0)],
    ),
    (
        {"columns": ["size"], "method": "ordinal", "order": ["s", "M", "L", "XL"]},
        "SELECT * REPLACE (CASE \"size\" WHEN 'S' THEN 0 WHEN 'M' THEN 1 WHEN 'L' THEN 2 END AS \"size\") FROM \"shirts@1\"",
        "Encoded size. size: S 0, M 1 and L 2.",
        [(1, 0, True), (2, 2, False), (3, 1, True), (4, 0, None), (5, None, True)],
    ),
    (
        {"columns": ["size", "sold"], "method": "ordinal", "keep": True},
        "SELECT *, CASE \"size\" WHEN 'L' THEN 0 WHEN 'M' THEN 1 WHEN 'S' THEN 2 END AS \"size_code\","
        ' CASE "sold" WHEN false THEN 0 WHEN true THEN 1 END AS "sold_code" FROM "shirts@1"',
        "Encoded size and sold. size: L 0, M 1 and S 2. sold: false 0 and true 1.",
        [(1, "S", True, 2, 1), (2, "L", False, 0, 0), (3, "M", True, 1, 1), (4, "S", None, 2, None), (5, None, True, None, 1)],
    ),
    (
        {"columns": ["size"], "method": "count"},
        "SELECT * REPLACE (CASE WHEN \"size\" IS NOT NULL THEN"
        " coalesce(CASE \"size\" WHEN 'L' THEN 1 WHEN 'M' THEN 1 WHEN 'S' THEN 2 END, 0) END AS \"size\") FROM \"shirts@1\"",
        "Encoded size. size: L 1, M 1 and S 2.",
        [(1, 2, True), (2, 1, False), (3, 1, True), (4, 2, None), (5, None, True)],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "sql", "text", "rows"), GOLDEN)
def test_the_sql_the_text_and_the_rows_are_exact(
    workspace: Workspace, arguments: dict[str, Any], sql: str, text: str, rows: list[Row]
) -> None:
    outcome = do(workspace, "encode_categories", dataset="shirts", **arguments)
    assert (outcome.sql, outcome.text) == (sql, text)
    assert rows_of(workspace, "shirts") == rows


@pytest.mark.parametrize(
    ("method", "rows"),
    [
        ("one_hot", [(9, True, 0, 1, 0), (9, True, 0, 0, 0)]),
        ("ordinal", [(9, 1, True), (9, None, True)]),
        ("count", [(9, 1, True), (9, 0, True)]),
    ],
)
def test_other_rows_get_the_numbers_that_were_learned(workspace: Workspace, method: str, rows: list[Row]) -> None:
    recipe = recipe_of(
        workspace, str(do(workspace, "encode_categories", dataset="shirts", columns=["size"], method=method).dataset)
    )
    assert replay(recipe, "SELECT 9 AS id, unnest(['M', 'XXL']) AS size, true AS sold") == rows


def test_categories_that_differ_in_case_get_columns_of_their_own(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT unnest(['a', 'A']) AS x, 1 AS x_b")
        do(workspace, "encode_categories", dataset="t", columns=["x"])
        assert workspace.version("t").names == ["x_b", "x_A", "x_a_2"]


def test_what_can_not_be_encoded_is_said(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(
            workspace,
            "t",
            "SELECT 'c' || range AS many, DATE '2024-01-01' AS day, NULL::VARCHAR AS none FROM range(51)",
        )
        outcome = do(workspace, "encode_categories", dataset="t", columns=["many", "day", "none"])
        assert outcome.text == (
            "Nothing to encode. Skipped many (has more than 50 categories; count would fit);"
            " day (holds dates or times; extract their parts first); none (has no values)."
        )
        assert workspace.version("t").ref == "t@1"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"columns": ["size"], "method": "ordinal", "order": ["S", "L"]},
            "The order leaves out M of size. Name every category.",
        ),
        (
            {"columns": ["size"], "order": ["S", "M", "L"]},
            "An order needs method ordinal and one column. Leave order out, or name one column.",
        ),
        ({"columns": ["colour"]}, "No column 'colour'. Columns: id, size, sold."),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(workspace: Workspace, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, "encode_categories", dataset="shirts", **arguments)
    assert str(error.value) == message


def test_likeness_to_the_frequent_categories_takes_spellings_never_seen(workspace: Workspace) -> None:
    add(workspace, "c", "SELECT unnest(['Oslo', 'Bergen', 'Oslo', NULL]) AS city, 1 AS n")
    outcome = do(workspace, "encode_categories", dataset="c", columns=["city", "n"], method="similarity")
    assert outcome.sql == (
        'SELECT * EXCLUDE ("city"), coalesce(jaro_winkler_similarity(lower("city"), \'oslo\'), 0) AS "city_Oslo",'
        ' coalesce(jaro_winkler_similarity(lower("city"), \'bergen\'), 0) AS "city_Bergen" FROM "c@1"'
    )
    assert outcome.text == "Encoded city. city became 2 columns: city_Oslo and city_Bergen. Skipped n (holds no text)."
    new = "SELECT unnest(['OSLO', 'Olso', 'Rome', NULL]) AS city, 1 AS n"
    like = [row[1] for row in replay(recipe_of(workspace, str(outcome.dataset)), new)]
    assert like[0] == 1.0
    assert 0.9 < like[1] < 1.0
    assert like[2] < 0.6
    assert like[3] == 0.0

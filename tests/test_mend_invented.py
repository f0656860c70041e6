"""Conditions on sample values that the request never named."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.small_project import add
from tools.mend import mend_question, mend_sql
from tools.workspace import Workspace


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("shops") / "project") as workspace:
        named = "CASE i WHEN 0 THEN 'Café Nord' WHEN 1 THEN 'Blue Door' ELSE 'Shop ' || i END"
        add(workspace, "shops", f"SELECT i AS id, {named} AS name, i % 3 AS stars FROM range(60) AS t(i)")
        add(
            workspace,
            "owners",
            "SELECT * FROM (VALUES ('Mia Lund', 'left', 1), ('Ann', 'right', 2)) AS t(name, side, stars)",
        )
        yield workspace


@pytest.mark.parametrize(
    ("request_", "sql", "mended"),
    [
        (
            "How many shops have two stars?",
            "SELECT count(*) FROM shops WHERE stars = 2 AND name ILIKE '%Café Nord%' AND name ILIKE '%Blue Door%'",
            "SELECT COUNT(*) FROM shops WHERE stars = 2",
        ),
        ("How many shops?", "SELECT count(*) FROM shops WHERE name = 'Blue Door'", "SELECT COUNT(*) FROM shops"),
        (
            "How many shops?",
            "SELECT count(*) FROM shops WHERE LOWER(name) LIKE '%blue door%'",
            "SELECT COUNT(*) FROM shops",
        ),
        (
            "How many shops have one star? Filter names (eg Blue Door) using ILIKE",
            "SELECT count(*) FROM shops WHERE stars = 1 AND name ILIKE 'Blue Door' AND name ILIKE 'ILIKE'",
            "SELECT COUNT(*) FROM shops WHERE stars = 1",
        ),
    ],
)
def test_a_told_sample_that_nobody_named_is_no_condition(
    shops: Workspace, request_: str, sql: str, mended: str
) -> None:
    assert mend_sql(shops, sql, request_).sql == mended


@pytest.mark.parametrize(
    ("request_", "sql"),
    [
        ("stars of the blue door", "SELECT stars FROM shops WHERE name = 'Blue Door'"),
        ("stars of the cafe", "SELECT stars FROM shops WHERE name = 'Café Nord'"),
        ("stars of BD", "SELECT stars FROM shops WHERE name = 'Blue Door'"),
        ("파란문의 별점", "SELECT stars FROM shops WHERE name = 'Blue Door'"),
        ("stars of the last one", "SELECT stars FROM shops WHERE name = 'Shop 59'"),
        ("shops but one", "SELECT stars FROM shops WHERE NOT (name = 'Blue Door' OR stars = 1)"),
    ],
)
def test_what_may_be_meant_stays(shops: Workspace, request_: str, sql: str) -> None:
    assert mend_sql(shops, sql, request_).sql == sql


@pytest.mark.parametrize(
    ("request_", "sql", "mended"),
    [
        ("Stars of the owner Mia Lund?", "SELECT stars FROM owners WHERE side = 'left'", "name = 'Mia Lund'"),
        ("stars of 'mia lund'", "SELECT stars FROM owners WHERE side = 'left'", "name = 'Mia Lund'"),
        ("Stars of Mia Lund on the left?", "SELECT stars FROM owners WHERE side = 'left'", "side = 'left'"),
        ("Stars of Bo Berg?", "SELECT stars FROM owners WHERE side = 'left'", "side = 'left'"),
        ("Which owner has most stars?", "SELECT stars FROM owners WHERE side = 'left' AND stars = 1", "stars = 1"),
        (
            "Which lefty has most stars?",
            "SELECT stars FROM owners WHERE side = 'right' AND stars = 1",
            "side = 'right' AND stars = 1",
        ),
        ("Stars of Ann in town", "SELECT stars FROM owners WHERE name = 'Ann'", "name = 'Ann'"),
    ],
)
def test_the_value_that_is_said_is_looked_for(shops: Workspace, request_: str, sql: str, mended: str) -> None:
    assert mend_sql(shops, sql, request_).sql == f"SELECT stars FROM owners WHERE {mended}"


@pytest.mark.parametrize(
    ("request_", "sql", "mended"),
    [
        ("Stars of Ann", "name = 'Ann' AND stars = 7", "name = 'Ann'"),
        ("Stars of Ann", "stars = 7 AND side = 'nowhere' AND name = 'Ann'", "name = 'Ann'"),
        ("Stars of Ann with 7 of them", "name = 'Ann' AND stars = 7", "name = 'Ann' AND stars = 7"),
        ("Stars of Ann", "name = 'Ann' AND stars = 2", "name = 'Ann' AND stars = 2"),
        ("Stars of Bea", "name = 'Bea' AND stars = 7", "name = 'Bea' AND stars = 7"),
        ("Stars of the first Ann", "name = 'Ann' AND stars = 1", "name = 'Ann' AND stars = 1"),
    ],
)
def test_an_unsaid_condition_that_finds_nothing_is_left_out(
    shops: Workspace, request_: str, sql: str, mended: str
) -> None:
    start = "SELECT stars FROM owners WHERE "
    assert mend_question(shops, start + sql, request_).sql == start + mended


@pytest.mark.parametrize(
    ("request_", "left"),
    [
        ("How many shops, ignoring the stars?", "SELECT COUNT(*) FROM shops"),
        ("별은 무시하고 가게 수를 알려줘", "SELECT COUNT(*) FROM shops"),
        ("How many shops have no stars?", "SELECT count(*) FROM shops WHERE stars = 0"),
        ("How many shops have 0 stars, ignoring the name?", "SELECT count(*) FROM shops WHERE stars = 0"),
    ],
)
def test_what_is_to_be_ignored_leaves_no_row_out(shops: Workspace, request_: str, left: str) -> None:
    assert mend_sql(shops, "SELECT count(*) FROM shops WHERE stars = 0", request_).sql == left


def test_an_ordinal_that_nobody_said_gives_way_to_the_value_that_is_said(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        rows = "('Nighthawks', '1st', 4), ('Nighthawks', '2nd', 24), ('Dragoons', '2nd', 3)"
        add(workspace, "army", f"SELECT * FROM (VALUES {rows}) AS t(regiment, company, score)")
        sql = "SELECT avg(score) FROM army WHERE company = '2nd'"
        assert mend_question(workspace, sql, "the mean score of the regiment Nighthawks?").sql == (
            "SELECT AVG(score) FROM army WHERE regiment = 'Nighthawks'"
        )
        assert mend_question(workspace, sql, "the mean score of the second company, Nighthawks or not?").sql == sql

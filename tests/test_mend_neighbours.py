"""Rows found by their place in the table, and numbers in texts that tell more than the number."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.small_project import add
from tools.guard import run_select
from tools.mend import is_value, mend_question
from tools.workspace import Workspace


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("places") / "project") as workspace:
        add(
            workspace,
            "stops",
            "SELECT * FROM (VALUES ('Alder', '1 m', '3.2 billion'), ('Birch', '113.6 m', '900 million'),"
            " ('Cedar', '20 m', '1 billion')) AS t(name, height, worth)",
        )
        add(
            workspace,
            "winners",
            "SELECT * FROM (VALUES (2012, 'Reds', '12 / 30'), (2011, 'Blues', '9 (3+6)'), (2010, 'Greens', '7 / 40'))"
            " AS t(year, team, seats)",
        )
        add(workspace, "days", "SELECT * FROM (VALUES ('2012-03-01', 'x'), ('2011-04-09', 'y')) AS t(day, code)")
        yield workspace


@pytest.mark.parametrize(
    ("request_", "sql", "rows"),
    [
        ("what name comes next after alder?", "SELECT name FROM stops WHERE name = 'Alder'", [["Birch"]]),
        ("which stop is listed above Cedar?", "SELECT name FROM stops WHERE name = 'Cedar' LIMIT 1", [["Birch"]]),
        ("the stop below Alder", "SELECT name FROM stops WHERE name = 'Alder' AND height = '1 m'", [["Birch"]]),
        ("Alder 다음 이름은?", "SELECT name FROM stops WHERE name = 'Alder'", [["Birch"]]),
        ("who won before the Reds?", "SELECT team FROM winners WHERE team = 'Reds'", [["Blues"]]),
        ("who won after the Greens?", "SELECT team FROM winners WHERE team = 'Greens'", [["Blues"]]),
        ("what is the height of Alder?", "SELECT height FROM stops WHERE name = 'Alder'", [["1 m"]]),
        ("what is next to Alder?", "SELECT height FROM stops WHERE name = 'Alder'", [["1 m"]]),
        ("how many stops after Alder", "SELECT count(*) FROM stops WHERE name > 'Alder'", [[2]]),
        ("the last stop listed", "SELECT name FROM stops ORDER BY name LIMIT 1", [["Cedar"]]),
        ("what is the first stop on the list?", "SELECT name FROM stops ORDER BY name DESC LIMIT 1", [["Alder"]]),
        ("the first stop by name", "SELECT name FROM stops ORDER BY name LIMIT 1", [["Alder"]]),
    ],
)
def test_rows_are_found_by_their_place(project: Workspace, request_: str, sql: str, rows: list[list[object]]) -> None:
    assert run_select(project, mend_question(project, sql, request_).sql, limit=5)[0].rows == rows


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT name FROM stops ORDER BY height DESC LIMIT 1", [["Birch"]]),
        ("SELECT name FROM stops WHERE height >= '80'", [["Birch"]]),
        ("SELECT name FROM stops WHERE height BETWEEN '10 m' AND '99 m'", [["Cedar"]]),
        ("SELECT name FROM stops ORDER BY worth LIMIT 1", [["Birch"]]),
        ("SELECT sum(CAST(seats AS INT)) FROM winners", [[28]]),
        ("SELECT team FROM winners ORDER BY seats DESC LIMIT 1", [["Reds"]]),
        ("SELECT team FROM winners WHERE seats = '7 / 40'", [["Greens"]]),
        ("SELECT max(day) FROM days", [["2012-03-01"]]),
    ],
)
def test_the_first_number_of_a_text_counts_and_dates_are_none(
    project: Workspace, sql: str, rows: list[list[object]]
) -> None:
    assert run_select(project, mend_question(project, sql, "x").sql, limit=5)[0].rows == rows


def test_two_queries_that_are_compared_become_one(project: Workspace) -> None:
    sql = "SELECT year FROM winners WHERE team = 'Reds' > SELECT year FROM winners WHERE team = 'Blues'"
    mended = mend_question(project, sql, "did the Reds win later than the Blues?")
    assert run_select(project, mended.sql, limit=5)[0].rows == [[True]]
    assert mended.changes == ["The two queries are compared in one."]


def test_a_column_that_is_summed_is_not_a_group_too(project: Workspace) -> None:
    mended = mend_question(project, "SELECT year, avg(year) AS a FROM winners GROUP BY team", "the mean year")
    assert mended.sql == "SELECT team, AVG(year) AS a FROM winners GROUP BY team"


@pytest.mark.parametrize(("word", "is_one"), [("birch", True), ("billion", True), ("oak", False)])
def test_a_word_of_a_value_is_known(project: Workspace, word: str, *, is_one: bool) -> None:
    assert is_value(project, word) is is_one


def test_a_table_that_has_all_the_columns_is_read(tmp_path: Path) -> None:
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "economy", "SELECT 'A' AS country, 1.0 AS gdp")
        add(workspace, "economy_joined", "SELECT 'A' AS country, 1.0 AS gdp, 'high' AS \"Growth Class\"")
        mended = mend_question(
            workspace, "SELECT growth_class, count(*) FROM economy GROUP BY growth_class", "growth class"
        )
        assert run_select(workspace, mended.sql, limit=5)[0].rows == [["high", 1]]
        assert mended.changes[0] == "economy has no growth_class: economy_joined is read."


def test_a_join_to_a_table_that_belongs_to_no_other_and_gives_nothing_is_dropped(tmp_path: Path) -> None:
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "sales", "SELECT 'x' AS note, 2 AS price, 3 AS quantity FROM range(2)")
        add(workspace, "scratch", "SELECT 'x' AS note, 1 AS n FROM range(5)")
        sql = "SELECT sum(s.price * s.quantity) AS revenue FROM sales AS s JOIN scratch AS c ON s.note = c.note"
        mended = mend_question(workspace, sql, "What was the revenue over the whole period?")
        assert run_select(workspace, mended.sql, limit=5)[0].rows == [[12]]

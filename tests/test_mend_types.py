"""Columns whose type does not suit what is asked: days between two moments, numbers kept as text."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.small_project import add
from tools.guard import run_select
from tools.mend import mend_sql
from tools.workspace import Workspace

PEOPLE = "TRY_CAST(REGEXP_REPLACE(people, '[^0-9.-]', '', 'g') AS DOUBLE)"


@pytest.fixture(scope="module")
def trips(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("trips") / "project") as workspace:
        add(
            workspace,
            "trips",
            "SELECT TIMESTAMP '2024-01-01 10:00' AS left_at, TIMESTAMP '2024-01-04' AS back_at, 2 AS n",
        )
        add(
            workspace,
            "towns",
            "SELECT * FROM (VALUES ('A', '1,912'), ('B', '950'), ('C', '12,000')) AS t(name, people)",
        )
        yield workspace


@pytest.mark.parametrize(
    ("request_", "sql", "mended"),
    [
        (
            "How many days are between the first and the last?",
            "SELECT max(back_at) - min(left_at) AS days FROM trips",
            "SELECT DATE_DIFF('DAY', MIN(left_at), MAX(back_at)) AS days FROM trips",
        ),
        ("며칠 걸렸어?", "SELECT back_at - left_at FROM trips", "SELECT DATE_DIFF('DAY', left_at, back_at) FROM trips"),
        ("How long was it?", "SELECT back_at - left_at FROM trips", "SELECT back_at - left_at FROM trips"),
        (
            "the average time between in seconds",
            "SELECT avg(back_at - left_at) AS t FROM trips",
            "SELECT AVG(EPOCH(back_at - left_at)) AS t FROM trips",
        ),
        (
            "how long was each away, in hours?",
            "SELECT back_at - left_at AS t FROM trips",
            "SELECT (EPOCH(back_at - left_at) / 3600) AS t FROM trips",
        ),
        (
            "the average time between in seconds",
            "SELECT AVG(EPOCH(back_at - left_at)) FROM trips",
            "SELECT AVG(EPOCH(back_at - left_at)) FROM trips",
        ),
        ("n minus one in days", "SELECT n - 1 FROM trips", "SELECT n - 1 FROM trips"),
        (
            "days between",
            "SELECT date_diff('day', left_at, back_at) - 1 FROM trips",
            "SELECT date_diff('day', left_at, back_at) - 1 FROM trips",
        ),
    ],
)
def test_days_between_two_moments_are_a_number(trips: Workspace, request_: str, sql: str, mended: str) -> None:
    assert mend_sql(trips, sql, request_).sql == mended


@pytest.mark.parametrize(
    ("sql", "mended"),
    [
        (
            "SELECT name FROM towns ORDER BY people DESC LIMIT 1",
            f"SELECT name FROM towns ORDER BY {PEOPLE} DESC LIMIT 1",
        ),
        ("SELECT MAX(people) FROM towns", f"SELECT MAX({PEOPLE}) FROM towns"),
        ("SELECT name FROM towns WHERE people > 2000", f"SELECT name FROM towns WHERE {PEOPLE} > 2000"),
        ("SELECT name FROM towns WHERE CAST(people AS INT) > 9", f"SELECT name FROM towns WHERE {PEOPLE} > 9"),
        ("SELECT people FROM towns WHERE people = '950'", "SELECT people FROM towns WHERE people = '950'"),
        ("SELECT name FROM towns ORDER BY name", "SELECT name FROM towns ORDER BY name"),
    ],
)
def test_numbers_kept_as_text_are_ordered_and_compared_as_numbers(trips: Workspace, sql: str, mended: str) -> None:
    assert mend_sql(trips, sql, "x").sql == mended


def test_rows_without_a_value_are_in_no_list_and_hide_none(tmp_path: Path) -> None:
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "authors", "SELECT * FROM (VALUES ('Ann', 1), ('Bob', NULL), ('Cy', 9)) AS t(name, firm)")
        add(workspace, "firms", "SELECT * FROM (VALUES (1, 'x'), (NULL, 'y')) AS t(id, title)")
        sql = "SELECT name FROM authors WHERE NOT firm IN (SELECT id FROM firms) AND name <> 'Z' ORDER BY name"
        mended = mend_sql(workspace, sql, "Which authors are in no firm?")
        assert run_select(workspace, mended.sql, limit=5)[0].rows == [["Bob"], ["Cy"]]
        assert mended.changes == [
            "Rows without firm are in no list and count too.",
            "Empty cells of id are left out of NOT IN.",
        ]


def test_a_text_that_holds_numbers_is_compared_with_what_an_inner_query_reckons(trips: Workspace) -> None:
    made = mend_sql(trips, "SELECT name FROM towns WHERE people = (SELECT MAX(people) FROM towns)", "the largest town")
    assert made.sql == f"SELECT name FROM towns WHERE {PEOPLE} = (SELECT MAX({PEOPLE}) FROM towns)"
    assert run_select(trips, made.sql)[0].rows == [["C"]]

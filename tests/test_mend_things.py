"""Things that are asked for are shown once, counted as themselves, and called by their names."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.small_project import add
from tools.guard import run_select
from tools.mend import mend_sql
from tools.workspace import Workspace


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("school") / "project") as workspace:
        add(
            workspace, "courses", "SELECT * FROM (VALUES (1, 'Art', 40), (2, 'Law', 90)) AS t(course_id, name, minutes)"
        )
        add(workspace, "students", "SELECT * FROM (VALUES (7, 'Ann'), (8, 'Bo'), (9, 'Bo')) AS t(student_id, name)")
        records = "(1, 7, 1, 5), (2, 7, 2, 4), (3, 8, 1, 3), (4, 8, 1, 2)"
        add(workspace, "records", f"SELECT * FROM (VALUES {records}) AS t(record_id, student_id, course_id, grade)")
        yield workspace


JOINED = "FROM courses AS c JOIN records AS r ON r.course_id = c.course_id"
TOOK = "FROM students AS s JOIN records AS r ON r.student_id = s.student_id"
COUNT = "SELECT COUNT(*) AS n FROM records WHERE grade > 2"


@pytest.mark.parametrize(
    ("request_", "sql", "mended"),
    [
        ("Which courses were taken?", f"SELECT c.name {JOINED}", f"SELECT DISTINCT c.name {JOINED}"),
        ("Which students took one?", f"SELECT s.name {TOOK}", f"SELECT s.name {TOOK}"),
        ("List all courses that were taken", f"SELECT c.name {JOINED}", f"SELECT c.name {JOINED}"),
        (
            "Which courses were taken, and the grades",
            f"SELECT c.name, r.grade {JOINED}",
            f"SELECT c.name, r.grade {JOINED}",
        ),
        ("Which records are of Art?", f"SELECT r.record_id {JOINED}", f"SELECT r.record_id {JOINED}"),
        (
            "What is the number of students who have a grade above 2?",
            COUNT,
            "SELECT COUNT(DISTINCT student_id) AS n FROM records WHERE grade > 2",
        ),
        ("How many records have a grade above 2?", COUNT, COUNT),
        (
            "Which course is the longest?",
            "SELECT minutes FROM courses ORDER BY minutes DESC LIMIT 1",
            "SELECT name, minutes FROM courses ORDER BY minutes DESC LIMIT 1",
        ),
        (
            "How long is the longest course?",
            "SELECT minutes FROM courses ORDER BY minutes DESC LIMIT 1",
            "SELECT minutes FROM courses ORDER BY minutes DESC LIMIT 1",
        ),
    ],
)
def test_things_are_the_ones_that_are_asked_for(school: Workspace, request_: str, sql: str, mended: str) -> None:
    assert mend_sql(school, sql, request_).sql == mended
    run_select(school, mended)


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("lines") / "project") as workspace:
        rows = "(1, 'desk', 2, 50.0, 'NO'), (1, 'lamp', 1, 20.0, 'NO'), (2, 'desk', 1, 50.0, 'CL'), (3, 'lamp', 4, 20.0, 'CL')"
        add(workspace, "lines", f"SELECT * FROM (VALUES {rows}) AS t(order_id, item, quantity, price, country)")
        add(workspace, "매출", "SELECT * FROM (VALUES (1, 5), (1, 6), (2, 7)) AS t(주문번호, 금액)")
        add(workspace, "flights", "SELECT * FROM (VALUES (1, 5), (1, 6), (2, 7)) AS t(flight_id, seats)")
        yield workspace


@pytest.mark.parametrize(
    ("request_", "sql", "mended"),
    [
        ("How many orders were made?", "SELECT count(*) FROM lines", "SELECT COUNT(DISTINCT order_id) FROM lines"),
        (
            "number of orders by country",
            "SELECT country, count(*) AS n FROM lines GROUP BY country",
            "SELECT country, COUNT(DISTINCT order_id) AS n FROM lines GROUP BY country",
        ),
        ("주문 수가 몇이야?", "SELECT count(*) FROM 매출", "SELECT COUNT(DISTINCT 주문번호) FROM 매출"),
        ("How many flights are there?", "SELECT count(*) FROM flights", "SELECT count(*) FROM flights"),
        (
            "What is the average revenue per order?",
            "SELECT avg(price * quantity) AS revenue FROM lines",
            "SELECT SUM(price * quantity) / COUNT(DISTINCT order_id) AS revenue FROM lines",
        ),
        ("How many items were sold?", "SELECT sum(quantity) FROM lines", "SELECT sum(quantity) FROM lines"),
        ("How many lines are there?", "SELECT count(*) FROM lines", "SELECT count(*) FROM lines"),
        (
            "How many orders of each size?",
            "SELECT order_id, count(*) FROM lines GROUP BY order_id",
            "SELECT order_id, count(*) FROM lines GROUP BY order_id",
        ),
        (
            "What is the average price per country?",
            "SELECT country, avg(price) FROM lines GROUP BY country",
            "SELECT country, avg(price) FROM lines GROUP BY country",
        ),
    ],
)
def test_things_of_which_rows_are_parts_are_counted_once(
    lines: Workspace, request_: str, sql: str, mended: str
) -> None:
    assert mend_sql(lines, sql, request_).sql == mended


def test_functions_have_the_names_that_duckdb_knows(lines: Workspace) -> None:
    mended = mend_sql(lines, "SELECT STD(price), AVERAGE(price) FROM lines")
    assert mended.sql == "SELECT STDDEV(price), AVG(price) FROM lines"
    assert mended.changes == ["STD is stddev here.", "AVERAGE is avg here."]


@pytest.mark.parametrize(
    ("request_", "mended"),
    [
        ("How many months in the data do we have?", "SELECT COUNT(DISTINCT DATE_TRUNC('MONTH', day)) FROM prices"),
        ("몇 년치 데이터가 있어?", "SELECT COUNT(DISTINCT DATE_TRUNC('YEAR', day)) FROM prices"),
        ("How many days does it take?", "SELECT COUNT(DISTINCT DATE_TRUNC('DAY', day)) FROM prices"),
        ("How many prices are there?", "SELECT count(*) FROM prices WHERE date_trunc('month', day) = day"),
    ],
)
def test_months_and_years_are_counted_as_such(tmp_path: Path, request_: str, mended: str) -> None:
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "prices", "SELECT DATE '2020-01-01' + i::INT AS day, i AS price FROM range(400) AS t(i)")
        sql = "SELECT count(*) FROM prices WHERE date_trunc('month', day) = day"
        assert mend_sql(workspace, sql, request_).sql == mended


@pytest.mark.parametrize(
    ("request_", "sql", "mended"),
    [
        (
            "List out the names of the 2 items with the highest average price",
            "SELECT item, avg(price) AS average_price FROM lines GROUP BY item ORDER BY average_price DESC LIMIT 2",
            "SELECT item FROM lines GROUP BY item ORDER BY AVG(price) DESC LIMIT 2",
        ),
        (
            "What are the 2 items with the least occurrence? Name them.",
            "SELECT item, count(*) AS n FROM lines GROUP BY item ORDER BY 2 LIMIT 2",
            "SELECT item FROM lines GROUP BY item ORDER BY COUNT(*) LIMIT 2",
        ),
        (
            "What is the most common item?",
            "SELECT item, count(*) AS count FROM lines GROUP BY item ORDER BY count DESC LIMIT 1",
            "SELECT item FROM lines GROUP BY item ORDER BY COUNT(*) DESC LIMIT 1",
        ),
        (
            "List the names of the 2 items that cost most and their average price",
            "SELECT item, avg(price) AS p FROM lines GROUP BY item ORDER BY p DESC LIMIT 2",
            "SELECT item, avg(price) AS p FROM lines GROUP BY item ORDER BY p DESC LIMIT 2",
        ),
    ],
)
def test_names_are_shown_alone_where_they_alone_are_asked_for(
    lines: Workspace, request_: str, sql: str, mended: str
) -> None:
    assert mend_sql(lines, sql, request_).sql == mended

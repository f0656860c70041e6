"""Things that are asked for are shown once, counted as themselves, and called by their names."""

from collections.abc import Iterator

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

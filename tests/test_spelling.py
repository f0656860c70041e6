"""Texts that differ by case and blanks alone are one group, shown as most rows have it, in talks and charts too."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from assistant.composing import composed, continued
from assistant.composing.charts import charted
from assistant.composing.sure import agree, runnable
from assistant.context import Turn
from assistant.spelling import as_grouped, as_spelt
from tests.small_project import Project, project_of, read_by_rule
from tools.guard import run_select

JOBS = """SELECT * FROM (VALUES
    ('Oslo', 'Tip top', 1, 'yes'), (' oslo', 'tip Top', 2, 'no'), ('Oslo ', 'A', 3, 'no'), ('Bergen', 'A', 4, 'yes'), ('BERGEN', 'A', 4, 'yes')
) AS t(city, grade, hours, late)"""


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    yield from project_of(tmp_path_factory.mktemp("jobs"), jobs=JOBS)


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("how many jobs by city", [["BERGEN", 2], ["Oslo", 3]]),
        ("late rate by city", [["BERGEN", 1.0], ["Oslo", 0.333]]),
        ("share of jobs by grade", [["A", 0.6], ["Tip top", 0.4]]),
        ("which city has the most jobs?", [["Oslo", 3]]),
    ],
)
def test_a_group_is_shown_in_its_commonest_spelling(
    jobs: Project, request_: str, rows: list[list[object]] | None
) -> None:
    assert read_by_rule(jobs, request_) == rows


def test_a_talk_goes_on_from_such_groups_and_they_are_drawn(jobs: Project) -> None:
    workspace, situation = jobs
    first = runnable(workspace, composed(situation, "average hours by city"))
    assert "mode(trim(" in first
    after = replace(situation, turns=(Turn("average hours by city", ({"tool": "query_data", "sql": first},)),))
    narrowed = runnable(workspace, continued(after, "only late ones"))
    assert sorted(run_select(workspace, narrowed)[0].rows) == [["BERGEN", 4.0], ["Oslo", 1.0]]
    first_of_each = runnable(workspace, composed(situation, "which grade has the most jobs in each city?"))
    assert sorted(run_select(workspace, first_of_each)[0].rows) == [["BERGEN", "A", 2], ["Oslo", "Tip top", 2]]
    assert charted(after, "show it as a bar chart") == {
        "dataset": "jobs", "kind": "bar", "x": "city", "y": "hours", "measure": "mean",
    }  # fmt: skip
    assert agree(workspace, 'SELECT lower(trim("city")) AS c, avg(hours) FROM jobs GROUP BY c', first) is False
    assert agree(workspace, first, first) is True


@pytest.mark.parametrize(
    ("sql", "shown"),
    [
        (
            "SELECT lower(trim(city)) AS city, count(*) AS n FROM jobs GROUP BY lower(trim(city))",
            "SELECT mode(trim(city) ORDER BY trim(city)) AS city, count(*) AS n FROM jobs GROUP BY lower(trim(city))",
        ),
        (
            'SELECT LOWER(TRIM("a b"."c d")) AS x, 1 AS n FROM "a b" GROUP BY LOWER(TRIM("a b"."c d"))',
            'SELECT mode(trim("a b"."c d") ORDER BY trim("a b"."c d")) AS x, 1 AS n FROM "a b" GROUP BY LOWER(TRIM("a b"."c d"))',
        ),
        ("SELECT lower(trim(city)) AS city FROM jobs", "SELECT lower(trim(city)) AS city FROM jobs"),
    ],
)
def test_what_is_shown_turns_back_into_what_is_grouped_by(sql: str, shown: str) -> None:
    assert as_spelt(sql) == shown
    assert as_grouped(shown).casefold() == sql.casefold()

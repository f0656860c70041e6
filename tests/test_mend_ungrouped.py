"""Rows without a value belong to no group, unless they are asked for."""

from collections.abc import Iterator

import pytest

from tests.small_project import add
from tools.mend import mend_sql
from tools.workspace import Workspace


@pytest.fixture(scope="module")
def teams(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("teams") / "project") as workspace:
        rows = "('A', 'x', 10), ('A', NULL, 30), (NULL, 'z', 20), ('B', 'x', NULL)"
        add(workspace, "players", f"SELECT * FROM (VALUES {rows}) AS t(team, role, goals)")
        add(workspace, "towns", "SELECT * FROM (VALUES ('A', 'Oslo'), ('B', 'Lima')) AS t(team, town)")
        yield workspace


@pytest.mark.parametrize(
    ("request_", "sql", "wanted"),
    [
        (
            "total goals per team",
            "SELECT team, sum(goals) FROM players GROUP BY team",
            "SELECT team, SUM(goals) FROM players WHERE NOT team IS NULL GROUP BY team",
        ),
        (
            "average goals by team and role",
            "SELECT team, role, avg(goals) FROM players WHERE goals > 5 GROUP BY 1, 2",
            "SELECT team, role, AVG(goals) FROM players WHERE goals > 5 AND NOT team IS NULL AND NOT role IS NULL"
            " GROUP BY 1, 2",
        ),
        (
            "팀별 골 합계",
            "SELECT team, sum(goals) FROM players GROUP BY ALL",
            "SELECT team, SUM(goals) FROM players WHERE NOT team IS NULL GROUP BY ALL",
        ),
    ],
)
def test_rows_without_a_value_belong_to_no_group(request_: str, sql: str, wanted: str, teams: Workspace) -> None:
    mended = mend_sql(teams, sql, request_)
    assert mended.sql == wanted
    assert any("belong to no group" in change for change in mended.changes)


@pytest.mark.parametrize(
    ("request_", "sql"),
    [
        (
            "total goals per team, including players without a team",
            "SELECT team, sum(goals) FROM players GROUP BY team",
        ),
        ("goals per town", "SELECT town, count(*) FROM towns GROUP BY town"),
        ("total goals per known team", "SELECT team, sum(goals) FROM players WHERE team <> 'B' GROUP BY team"),
        (
            "goals of each town",
            "SELECT p.team, sum(goals) FROM towns LEFT JOIN players AS p ON p.team = towns.team GROUP BY p.team",
        ),
        ("which teams are there", "SELECT team FROM players GROUP BY team"),
    ],
)
def test_groups_that_are_asked_for_or_meant_stay(request_: str, sql: str, teams: Workspace) -> None:
    assert mend_sql(teams, sql, request_).sql == sql

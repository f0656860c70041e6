"""Short follow-ups that are understood word for word, and those that are left to the model."""

from collections.abc import Iterator

import pytest

from assistant.composing import continued, goes_on
from assistant.context import Situation, Turn, look
from tests.small_project import add
from tools.guard import run_select
from tools.workspace import Workspace

STALLS = """
SELECT * FROM (VALUES
  (1, 7, 'coffee', 'Harbour', DATE '2025-03-01', 120.0, 900.0, 'new'), (2, 7, 'crafts', 'Harbour', DATE '2025-04-02', 80.0, 300.0, 'old'),
  (3, 8, 'coffee', 'Old Town', DATE '2025-03-09', 100.0, 700.0, 'old'), (4, 8, 'crafts', 'Old Town', DATE '2026-03-01', 90.0, 500.0, 'new')
) AS t(stall_no, owner_id, kind, site, event_date, rent, takings, trader)
"""
OWNERS = "SELECT * FROM (VALUES (7, 'Ada', 'Leeds'), (8, 'Ben', 'York')) AS t(owner_id, owner_name, town)"
COUNT = "SELECT count(*) AS n FROM stalls"
MEAN = "SELECT kind, avg(takings) AS mean FROM stalls GROUP BY kind ORDER BY mean DESC"
Project = tuple[Workspace, Situation]


@pytest.fixture(scope="module")
def stalls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("stalls") / "project") as workspace:
        add(workspace, "stalls", STALLS)
        add(workspace, "owners", OWNERS)
        yield workspace


def _after(workspace: Workspace, sql: str, request: str) -> str:
    assert goes_on(request)
    return continued(look(workspace, (Turn("?", ({"tool": "query_data", "sql": sql},)),)), request)


@pytest.mark.parametrize(
    ("before", "request_", "rows"),
    [
        (f"{COUNT} WHERE site = 'Harbour'", "and by month?", [["2025-03-01", 1], ["2025-04-01", 1]]),
        (f"{COUNT} WHERE site = 'Harbour'", "only for coffee", [[1]]),
        (f"{COUNT} WHERE site = 'Harbour'", "what about Old Town?", [[2]]),
        (f"{COUNT} WHERE site = 'Harbour' AND kind = 'coffee'", "same for Old Town", [[1]]),
        (f"{COUNT} WHERE month(event_date) = 3 AND year(event_date) = 2025", "and in April?", [[1]]),
        (f"{COUNT} WHERE month(event_date) = 3 AND year(event_date) = 2025", "and in 2026?", [[1]]),
        (f"{COUNT} WHERE takings > 600", "and over 800?", [[1]]),
        (f"{COUNT} WHERE takings > 600", "of those, under 800", [[1]]),
        (f"{COUNT} WHERE takings > 600", "and last month?", [[0, None]]),
        (COUNT, "and in the first half of 2025?", [[3]]),
        (COUNT, "and by town?", [["Leeds", 2], ["York", 2]]),
        (COUNT, "only for Ada", [[2]]),
        (MEAN, "and for the new ones only?", [["coffee", 900.0], ["crafts", 500.0]]),
        (MEAN, "and by site?", [["Harbour", 600.0], ["Old Town", 600.0]]),
        (
            MEAN,
            "break that down by site",
            [
                ["coffee", "Harbour", 900.0],
                ["coffee", "Old Town", 700.0],
                ["crafts", "Harbour", 300.0],
                ["crafts", "Old Town", 500.0],
            ],
        ),
        (MEAN, "and the rent?", [["coffee", 110.0], ["crafts", 85.0]]),
        (MEAN, "what about the average rent?", [["coffee", 110.0], ["crafts", 85.0]]),
        (MEAN, "and the highest?", None),
        (MEAN, "and the maximum?", [["coffee", 900.0], ["crafts", 500.0]]),
        (MEAN, "lowest first", [["crafts", 400.0], ["coffee", 800.0]]),
        (MEAN, "just the top 1", [["coffee", 800.0]]),
        (f"{MEAN} LIMIT 1", "and the lowest?", [["crafts", 400.0]]),
        (f"{MEAN} LIMIT 1", "and by site?", [["Harbour", 600.0], ["Old Town", 600.0]]),
        (MEAN, "without crafts", [["coffee", 800.0]]),
        ("SELECT stall_no FROM stalls WHERE takings > 400", "only at Harbour", [[1]]),
    ],
)
def test_a_follow_up_changes_the_query_before(
    stalls: Workspace, before: str, request_: str, rows: list[list[object]] | None
) -> None:
    sql = _after(stalls, before, request_)
    if rows is None:
        assert not sql
    else:
        found = run_select(stalls, sql, limit=20)[0].rows
        assert (found if "first" in request_ else sorted(found, key=str)) == rows


@pytest.mark.parametrize(
    ("before", "request_"),
    [
        (COUNT, "what about complaints?"),  # not there
        (COUNT, "and on Mars?"),
        (COUNT, "and the median?"),  # of what
        (f"{COUNT} WHERE takings > 600 AND rent > 50", "and over 800?"),  # which of them
        ("SELECT * FROM stalls", "and by month?"),
        (
            "SELECT kind, count(*) AS n FROM stalls GROUP BY kind UNION ALL SELECT 'all', count(*) FROM stalls",
            "and by site?",
        ),
        (f"{COUNT} WHERE site = 'Harbour'", "그럼 커피는?"),
        (COUNT, "same for Harbour and without the broken ones"),
        ("SELECT count(*) FILTER (WHERE kind = 'coffee') AS n FROM stalls", "only for Harbour"),
    ],
)
def test_what_a_follow_up_may_not_mean_is_left_to_the_model(stalls: Workspace, before: str, request_: str) -> None:
    assert _after(stalls, before, request_) == ""


@pytest.mark.parametrize(
    "request_",
    [
        "and which site has the most stalls?",
        "and how many stalls are there overall?",
        "average takings by kind",
        "how many stalls are there?",
        "remove the stalls at Harbour",
        "and is that a lot?",
        "the highest takings",
        "without a rent: how many stalls are there?",
    ],
)
def test_what_stands_by_itself_does_not_go_on(request_: str) -> None:
    assert not goes_on(request_)


def test_a_turn_that_was_no_single_query_is_not_gone_on_with(stalls: Workspace) -> None:
    turn = Turn("?", ({"tool": "fill_missing", "dataset": "stalls"},))
    assert continued(look(stalls, (turn,)), "only for coffee") == ""
    assert continued(look(stalls), "only for coffee") == ""

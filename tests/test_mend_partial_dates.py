"""Months and years as text beside dates, and divisions by the time between two moments."""

from collections.abc import Iterator

import pytest

from tests.small_project import add
from tools.guard import run_select
from tools.mend import mend_sql
from tools.workspace import Workspace

TRIPS = """SELECT DATE '2024-11-15' + (30 * i)::INT AS day, TIMESTAMP '2024-11-15 08:00' + i * INTERVAL 30 DAY AS left_at,
    TIMESTAMP '2024-11-15 10:00' + i * INTERVAL 30 DAY AS back_at, '2025-01' AS label, 10.0 * i AS km FROM range(6) t(i)"""


@pytest.fixture(scope="module")
def trips(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("trips") / "project") as workspace:
        add(workspace, "trips", TRIPS)
        yield workspace


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("day = '2025-01'", 1),
        ("left_at = '2025-01'", 1),
        ("day = DATE '2025-01'", 1),
        ("day = '2025'", 4),
        ("day <> '2025'", 2),
        ("day >= '2025-01'", 4),
        ("day > '2025-01'", 3),
        ("day < '2025-01'", 2),
        ("day <= '2025-01'", 3),
        ("day BETWEEN '2024-12' AND '2025-02'", 3),
        ("day BETWEEN '2024-12-01' AND '2025-02-01'", 2),
        ("label = '2025-01'", 6),
        ("strftime(day, '%Y-%m') = '2025-01'", 1),
    ],
)
def test_a_month_or_a_year_as_text_is_all_its_days(trips: Workspace, condition: str, rows: int) -> None:
    mended = mend_sql(trips, f"SELECT count(*) FROM trips WHERE {condition}", "how many trips then?")
    assert [list(row) for row in run_select(trips, mended.sql, limit=9)[0].rows] == [[rows]]


def test_a_division_by_the_time_between_is_told_by_the_hour(trips: Workspace) -> None:
    mended = mend_sql(trips, "SELECT max(km / (back_at - left_at)) AS speed FROM trips", "top speed?")
    assert [list(row) for row in run_select(trips, mended.sql, limit=9)[0].rows] == [[25.0]]
    assert mended.changes == ["The time between is told in hours."]

"""Percent of columns that hold fractions."""

from collections.abc import Iterator

import pytest

from tests.small_project import add
from tools.mend import mend_sql, told_in_percent
from tools.workspace import Workspace


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("rooms") / "project") as workspace:
        add(
            workspace,
            "rooms",
            "SELECT * FROM (VALUES ('a', 0.25::DOUBLE, 25.0::DOUBLE, 1), ('b', 1.0, 60.5, 0), ('c', NULL, 0.0, 1)) AS t(room, occupancy, humidity, open)",
        )
        yield workspace


@pytest.mark.parametrize(
    ("request_", "sql", "mended"),
    [
        (
            "rooms with an occupancy over 80%",
            "SELECT room FROM rooms WHERE occupancy > 80",
            "SELECT room FROM rooms WHERE occupancy > 0.8",
        ),
        (
            "occupancy between 20 and 62.5 percent",
            "SELECT room FROM rooms WHERE occupancy BETWEEN 20 AND 62.5",
            "SELECT room FROM rooms WHERE occupancy BETWEEN 0.2 AND 0.625",
        ),
        (
            "occupancy가 80퍼센트 넘는 방",
            "SELECT room FROM rooms WHERE occupancy > 80",
            "SELECT room FROM rooms WHERE occupancy > 0.8",
        ),
        (
            "the average occupancy as a percentage, by room",
            "SELECT room, avg(occupancy) AS mean FROM rooms GROUP BY room ORDER BY mean DESC",
            'SELECT room, 100 * AVG(occupancy) AS "mean_percent" FROM rooms GROUP BY room ORDER BY "mean_percent" DESC',
        ),
        (
            "share of rooms that are open in percent",
            "SELECT avg((open = 1)::int) AS share FROM rooms",
            'SELECT 100 * AVG(CAST((open = 1) AS INT)) AS "share_percent" FROM rooms',
        ),
        # not meant
        ("rooms with an occupancy over 80%", "SELECT room FROM rooms WHERE occupancy > 0.8", None),
        ("rooms with a humidity over 80%", "SELECT room FROM rooms WHERE humidity > 80", None),
        ("rooms with an occupancy over 0.8", "SELECT room FROM rooms WHERE occupancy > 0.8", None),
        ("rooms with an occupancy over 2", "SELECT room FROM rooms WHERE occupancy > 2", None),
        ("the average humidity in percent", "SELECT avg(humidity) AS mean FROM rooms", None),
        ("the average occupancy", "SELECT avg(occupancy) AS mean FROM rooms", None),
        ("rooms open in 10% of cases", "SELECT room FROM rooms WHERE open = 10", None),
    ],
)
def test_percent_are_told_as_the_data_hold_them(rooms: Workspace, request_: str, sql: str, mended: str | None) -> None:
    assert told_in_percent(rooms, sql, request_) == (mended or sql)


def test_a_models_query_is_mended_and_says_so(rooms: Workspace) -> None:
    made = mend_sql(rooms, "SELECT room FROM rooms WHERE occupancy > 80", "rooms with an occupancy over 80%")
    assert made.sql == "SELECT room FROM rooms WHERE occupancy > 0.8"
    assert made.changes == ["occupancy holds fractions: 80 % is 0.8."]

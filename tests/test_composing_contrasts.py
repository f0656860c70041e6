"""English questions of pace, growth, times of day and groups set against each other: the rows of the query they are put as."""

from collections.abc import Iterator

import pytest

from tests.small_project import Project, project_of, read_by_rule

HIRES = """
SELECT * FROM (VALUES
  (1, 'h1', 'van', TIMESTAMP '2024-12-30 07:30', TIMESTAMP '2024-12-30 09:30', 40.0, 12.0, 2, 'yes', 0, 'A', 20),
  (2, 'h1', 'bike', TIMESTAMP '2025-01-06 17:00', TIMESTAMP '2025-01-06 18:00', 6.0, 4.0, 1, 'no', 1, 'B', 5),
  (3, 'h2', 'bike', TIMESTAMP '2025-01-07 18:15', TIMESTAMP '2025-01-07 19:15', 8.0, 6.0, 1, 'no', 0, 'B', 15),
  (4, 'h2', 'van', TIMESTAMP '2025-02-08 12:00', TIMESTAMP '2025-02-08 16:00', 90.0, 20.0, 3, 'yes', 1, 'C', 30)
) AS t(hire_id, depot_id, vehicle, started_at, returned_at, price, distance_km, seats, deposit, no_show, grade, waiting_minutes)
"""
DEPOTS = "SELECT * FROM (VALUES ('h1', 'Quay', 'North'), ('h2', 'Mill', 'South')) t(depot_id, depot_name, area)"
DAYS = "SELECT DATE '2025-01-01' + i::int AS sold_on, i % 3 AS quantity, 'a' AS shop FROM range(10) r(i)"


@pytest.fixture(scope="module")
def hires(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    yield from project_of(tmp_path_factory.mktemp("hires"), hires=HIRES, depots=DEPOTS)


@pytest.fixture(scope="module")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    yield from project_of(tmp_path_factory.mktemp("sales"), sales=DAYS)


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("how many hires per day on average?", [[round(4 / 41, 3)]]),
        ("average number of hires per month", [[round(4 / 3, 3)]]),
        ("average monthly hires in 2025", [[1.5]]),
        ("average hires per month by vehicle", [["bike", 0.667], ["van", 0.667]]),
        ("hires per weekend day on average", None),
        ("monthly growth of hires", [["2024-12-01", 1, None], ["2025-01-01", 2, 1.0], ["2025-02-01", 1, -0.5]]),
        ("growth of hires from 2024 to 2025", [[2024, 1, None], [2025, 3, 2.0]]),
        ("growth of hires", None),
    ],
)
def test_how_many_there_are_in_a_time_and_how_that_grows(
    hires: Project, request_: str, rows: list[list[object]] | None
) -> None:
    assert read_by_rule(hires, request_) == rows


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("average daily quantity", [[0.9]]),
        ("how long have sales been here on average?", [["2025-01-10", 4.5]]),
        ("quantity per day on average", [[0.9]]),
        ("average quantity per day", None),  # of the rows of a day, or of the days
        ("sales at 8am per shop", None),
        ("which hour of the day is the busiest?", None),  # days have no hours
    ],
)
def test_sums_of_days(sales: Project, request_: str, rows: list[list[object]] | None) -> None:
    assert read_by_rule(sales, request_) == rows


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("how many hires started before 8am?", [[1]]),
        ("how many hires after 17:30", [[1]]),
        ("how many hires between 5 and 7 pm?", [[2]]),
        ("how many hires between 5pm and 3pm?", None),
        ("how many hires before 8", None),
        ("how many hires on Mondays?", [[2]]),
        ("how many hires start after 5:30 pm?", [[1]]),
        ("average hires per weekday", [["Monday", 1.0], ["Tuesday", 1.0], ["Saturday", 1.0]]),
        ("our best month for total price of hires", [["2025-02-01", 90.0]]),
        ("which month was the worst for total price of hires?", [["2025-01-01", 14.0]]),
        ("top 1 months by number of hires", [["2025-01-01", 2]]),
        ("median duration of hires by vehicle", [["bike", 1.0], ["van", 3.0]]),
        ("hires on Monday vs Saturday", [["Monday", 2], ["Saturday", 1]]),
        ("average price on Saturdays and Tuesdays", [[49.0]]),
        ("which weekday is the busiest for hires?", [["Monday", 2]]),
        ("which weekday is the busiest?", [["Monday", 2]]),  # depots have no days
        ("how many rows are there?", None),  # of either table
        ("what time of day is quietest for hires in 2024?", [[7, 1]]),
    ],
)
def test_days_of_the_week_and_times_of_day(hires: Project, request_: str, rows: list[list[object]] | None) -> None:
    assert read_by_rule(hires, request_) == rows


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("no-show rate by vehicle", [["bike", 0.5], ["van", 0.5]]),
        ("do hires with a deposit have more no-shows?", [["no", 0.5], ["yes", 0.5]]),
        ("does a deposit reduce no-shows?", [["no", 0.5], ["yes", 0.5]]),
        ("does the vehicle affect the price?", [["bike", 7.0], ["van", 65.0]]),
        ("does the distance affect the price?", None),
        ("compare the no-shows of hires with a deposit with the others", [["no", 0.5], ["yes", 0.5]]),
        ("is a bike cheaper than a van?", None),
        ("is bike cheaper than van?", [["bike", 7.0], ["van", 65.0]]),
        ("are vans more expensive?", [["bike", 7.0], ["van", 65.0]]),
        ("are vans slower than bikes?", [["bike", 1.0], ["van", 3.0]]),
        ("which vehicle is the fastest?", [["bike", 1.0]]),
        ("which vehicle is most expensive?", [["van", 65.0]]),
        ("which vehicle is the oldest?", None),  # no age
        ("which vehicle makes up the largest share of hires in 2025?", [["bike", 0.667]]),
        ("how much of the distance goes to van?", [[32.0]]),
        ("which vehicle has the most deposits?", [["van", 2]]),
        ("what share of hires at h1 are no-shows?", [[0.5]]),
        ("what percentage of bike hires had a no-show?", [[0.5]]),
        ("what percentage of total price comes from van?", [[round(130 / 144, 3)]]),
        (
            "monthly growth of total price",
            [["2024-12-01", 40.0, None], ["2025-01-01", 14.0, -0.65], ["2025-02-01", 90.0, 5.429]],
        ),
        ("average price of deposit vs non-deposit hires", [["no", 7.0], ["yes", 65.0]]),
    ],
)
def test_groups_set_against_each_other(hires: Project, request_: str, rows: list[list[object]] | None) -> None:
    assert read_by_rule(hires, request_) == rows


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("how many hires over 10 km?", [[2]]),
        ("how many hires of between 5 and 12 km", [[2]]),
        ("how many hires over 10 kg?", None),
        ("number of hires waiting over 20 minutes", [[1]]),
        ("average price of 3 seat vans", [[90.0]]),
        ("how many hires have grade A or C?", [[2]]),
        ("number of bikes and vans", [["bike", 2], ["van", 2]]),
        ("how many bikes or vans", [[4]]),
        ("vehicles with at least 2 hires", [["bike", 2], ["van", 2]]),
        ("average waiting time by vehicle", [["bike", 10.0], ["van", 25.0]]),
        ("number of hires by price groups of 50", [[0, 3], [50, 1]]),
        ("hires by waiting minutes in 5 groups", None),
        ("hires by grade group", None),
        ("median price per number of seats", [[1, 7.0], [2, 40.0], [3, 90.0]]),
        ("average hours between start and return by vehicle", [["bike", 1.0], ["van", 3.0]]),
        ("hires per depot on average", [[2.0]]),
        ("average number of hires per depot by area", [["North", 2.0], ["South", 2.0]]),
        ("which vehicle has the longest waiting time?", [["van", 25.0]]),
        ("price per km by vehicle", [["bike", 1.417], ["van", 3.917]]),
        ("how many new hires per vehicle?", [["bike", 2], ["van", 2]]),
    ],
)
def test_numbers_with_their_units_and_letters(hires: Project, request_: str, rows: list[list[object]] | None) -> None:
    assert read_by_rule(hires, request_) == rows

"""English questions with `or`, parts of the calendar, percent and how often: the query they are put as, and those left alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.composing import composed
from tests.small_project import Project, project_of, read_by_rule
from tools.guard import run_select

SAILINGS = """
SELECT * FROM (VALUES
  (1, 1, TIMESTAMP '2025-01-04 08:00', 'storm', 100, 10, 0.9, 12, 1000.0, 'yes', 4),
  (2, 1, TIMESTAMP '2025-03-05 08:00', 'calm', 50, 0, 0.4, 3, 500.0, 'no', NULL),
  (3, 2, TIMESTAMP '2025-06-30 09:00', 'fog', 40, 5, 0.5, 20, 800.0, 'yes', 5),
  (4, 2, TIMESTAMP '2025-07-01 09:00', 'calm', 80, 8, 0.85, 0, 900.0, 'no', 3),
  (5, 2, TIMESTAMP '2025-11-09 09:00', 'calm', 30, 90, 0.2, 40, 700.0, 'no', 1)
) AS t(sailing_id, ship_id, departed_at, weather, passengers, vehicles, load_factor, delay_min, revenue, cancelled, rating)
"""
SHIPS = """
SELECT * FROM (VALUES (1, 'Tern', 'North Co', 1998), (2, 'Skua', 'South Co', 2011)) AS t(ship_id, ship_name, operator, built_year)
"""
VISITS = """
SELECT i AS visit_id, date_trunc('month', current_date)::date - i::int AS seen_on, ['Seoul', 'Busan'][1 + i % 2] AS city,
  10 + i AS age, 2.5 AS amount FROM range(100) r(i)
"""


@pytest.fixture(scope="module")
def sailings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    yield from project_of(tmp_path_factory.mktemp("sailings"), sailings=SAILINGS)


@pytest.fixture(scope="module")
def ships(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    yield from project_of(tmp_path_factory.mktemp("ships"), sailings=SAILINGS, ships=SHIPS)


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    yield from project_of(tmp_path_factory.mktemp("visits"), visits=VISITS)


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("how many sailings in storm or fog?", [[2]]),
        ("average delay when the weather is storm or fog", [[16.0]]),
        ("how many sailings had over 90 passengers or over 50 vehicles?", [[2]]),
        ("number of sailings with a rating of 4 or 5", [[2]]),
        ("number of sailings with a rating of 4 or more", [[2]]),
        ("how many sailings were in January or March?", [[2]]),
        ("how many sailings were cancelled or had a delay over 30 minutes?", [[3]]),
        ("how many sailings had a delay over 15 minutes?", [[2]]),
        ("number of sailings with revenue over $750", [[3]]),
        ("sailings without a rating", [[2, 1, "2025-03-05 08:00:00", "calm", 50, 0, 0.4, 3, 500.0, "no", None]]),
        ("what percent of sailings had a load factor above 80%?", [[0.4]]),
        ("how many sailings had a load factor between 40 and 50 percent?", [[2]]),
        ("average load factor in percent by weather", [["calm", 48.333], ["fog", 50.0], ["storm", 90.0]]),
        ("revenue per passenger in the first half of 2025", [[12.105]]),
        ("revenue in H1 2025", [[2300.0]]),
        ("revenue by half year", [["2025 H1", 2300.0], ["2025 H2", 1600.0]]),
        (
            "how does revenue compare between the first and second half of the year?",
            [["first half", 2300.0], ["second half", 1600.0]],
        ),
        ("revenue in the second half of the year by weather", [["calm", 1600.0]]),
        ("number of sailings between March and June 2025", [[2]]),
        ("number of sailings since 30 June 2025", [[3]]),
        ("number of sailings after June 30, 2025", [[2]]),
        ("number of sailings before July 2025", [[3]]),
        ("revenue last month", [["2025-11-01", 700.0]]),
        ("how many sailings in the last 30 days?", [["2025-11-09", "2025-11-09", 1]]),
        ("revenue this year by weather", [[2025, "calm", 2100.0], [2025, "fog", 800.0], [2025, "storm", 1000.0]]),
        ("revenue this year vs last year", [[2025, 3900.0]]),
        ("revenue this quarter compared to last quarter", [["2025-07-01", 900.0], ["2025-10-01", 700.0]]),
        ("number of sailings between 1 March 2025 and 30 June 2025", [[2]]),
        ("revenue from 1 to 9 November 2025", [[700.0]]),
        ("number of sailings in 2024 or 2025", [[5]]),
        ("how many sailings departed with over 60 passengers?", [[2]]),
        ("revenue in the last quarter of 2025", [[700.0]]),
        ("share of revenue by weather in 2025", [["calm", 0.538], ["fog", 0.205], ["storm", 0.256]]),
        ("share of sailings by weather in 2025", [["calm", 0.6], ["fog", 0.2], ["storm", 0.2]]),
        ("how many sailings had a delay over 30 or under 3 minutes?", [[2]]),
        ("the earliest calm sailing", [[2, 1, "2025-03-05 08:00:00", "calm", 50, 0, 0.4, 3, 500.0, "no", None]]),
        ("last sailing in calm", [[5, 2, "2025-11-09 09:00:00", "calm", 30, 90, 0.2, 40, 700.0, "no", 1]]),
        ("which weather has the most cancelled sailings in January?", [["storm", 1]]),
        ("how often are sailings calm by cancelled?", [["no", 1.0, 3, 3], ["yes", 0.0, 0, 2]]),
        ("revenue excluding storm and fog", [[2100.0]]),
        ("number of sailings not in storm or calm", [[1]]),
        ("how many sailings had passengers >= 80?", [[2]]),
        ("number of sailings with a delay less than or equal to 12", [[3]]),
        ("how did revenue develop by half year?", [["2025 H1", 2300.0], ["2025 H2", 1600.0]]),
        ("which weather is most common?", [["calm", 3]]),
        ("ok, and which weather is most common?", [["calm", 3]]),
        ("Can you tell me which weather is most common please?", [["calm", 3]]),
        ("I'd like to know how many sailings were cancelled, thanks!", [[2]]),
        ("do we know the average delay by weather", [["calm", 14.333], ["fog", 20.0], ["storm", 12.0]]),
        ("most frequent weather", [["calm", 3]]),
        ("what is the busiest hour of the day?", [[9, 3]]),
        ("revenue for fog", [[800.0]]),
        (
            "how often are sailings cancelled by weather?",
            [["calm", 0.0, 0, 3], ["fog", 1.0, 1, 1], ["storm", 1.0, 1, 1]],
        ),
        ("how many sailings were on weekends?", [[2]]),
    ],
)
def test_english_phrases_are_put_as_a_query(sailings: Project, request_: str, rows: list[list[object]]) -> None:
    assert read_by_rule(sailings, request_) == rows


@pytest.mark.parametrize(
    "request_",
    [
        "sailings that were not cancelled or late",  # neither, or one of the two
        "how many sailings were cancelled in fog or had over 50 vehicles?",  # what `or` joins is not clear
        "revenue in calm in January or fog in March",
        "revenue this month vs this year",
        "how many sailings since last month?",
        "number of sailings with revenue over 50%",  # of what
        "number of sailings with a rating over 3 minutes",
        "is the delay high or low?",
        "revenue or passengers by weather",
        "how many crew were on board in January or March?",
        "which weather costs most often?",
        "the best half",
        "half of the sailings",
        "remove sailings in storm or fog",
        "predict the revenue of next month",
        "sailings in storm or fog in percent",  # of what
        "revenue in the last month of 2025",
        "first 2 sailings",  # of the table, or in time
        "how many calm sailings met a storm?",  # two values that nothing joins
        "the last sailings of each ship",
        "how many sailings cost more than 20 euros?",  # no price
    ],
)
def test_what_can_be_read_in_two_ways_is_left_to_the_model(sailings: Project, request_: str) -> None:
    assert read_by_rule(sailings, request_) is None


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("which operator cancels most often?", [["North Co", 0.5, 1, 2], ["South Co", 0.333, 1, 3]]),
        ("which operator is cancelled least often?", [["South Co", 0.333, 1, 3], ["North Co", 0.5, 1, 2]]),
        ("which operator carries the most passengers?", [["North Co", 150]]),
        ("top 1 ships by revenue", [["Skua", 2400.0]]),
        ("which ships built before 2000 have the most cancelled sailings?", [["Tern", 1]]),
        ("revenue of ships built after 2000 in 2025", [[2400.0]]),
        ("revenue for Tern or Skua by operator", [["North Co", 1500.0], ["South Co", 2400.0]]),
        ("revenue by quarter for North Co", [["2025-01-01", 1500.0]]),
        ("revenue excluding storm and Skua", None),
    ],
)
def test_the_same_over_two_tables(ships: Project, request_: str, rows: list[list[object]] | None) -> None:
    assert read_by_rule(ships, request_) == rows


def test_last_month_is_the_month_before_this_one_where_the_data_has_it(visits: Project) -> None:
    month = "date_trunc('month', current_date)"
    days = f"SELECT ({month} - INTERVAL 1 MONTH)::date, {month}::date, date_diff('day', {month} - INTERVAL 1 MONTH, {month})"
    [[last, this, length]] = run_select(visits[0], days, limit=1)[0].rows
    assert read_by_rule(visits, "how many visits last month?") == [[last, length]]
    assert read_by_rule(visits, "how many visits this month?") == [[this, 1]]


def test_what_costs_more_is_of_a_higher_price(tmp_path: Path) -> None:
    tickets = "SELECT * FROM (VALUES (1, 9.5, 'a'), (2, 25.0, 'b'), (3, 30.0, 'b')) t(ticket_id, price, zone)"
    [project] = project_of(tmp_path, tickets=tickets)
    situation = project[1]
    assert "price > 20" in composed(situation, "how many tickets cost more than €20?")
    assert "price < 20" in composed(situation, "tickets that cost less than 20 euros")
    assert composed(situation, "which tickets cost more?") == ""

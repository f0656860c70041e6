"""Measures as a request names them: median, average, distinct values, and ratios row by row."""

from collections.abc import Iterator

import pytest

from tests.small_project import add
from tools.guard import run_select
from tools.mend import Mended, mend_sql
from tools.workspace import Workspace


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("homes") / "project") as workspace:
        rows = "('A', 100, 10, 'Lee', 7), ('A', 300, 60, 'Kim', 7), ('B', 90, 30, 'Kim', 9)"
        add(workspace, "homes", f"SELECT * FROM (VALUES {rows}) AS t(district, price, area, agent, target)")
        add(workspace, "판매", "SELECT * FROM (VALUES ('A', 1), ('B', 2)) AS t(상품, 가격)")
        yield workspace


WRONG = [
    (
        "median price by district",
        "SELECT district, avg(price) AS avg_price FROM homes GROUP BY district ORDER BY avg_price",
        "SELECT district, MEDIAN(price) AS median_price FROM homes GROUP BY district ORDER BY median_price",
        ["The median of price is shown, not its average."],
    ),
    (
        "A 상품 가격의 중앙값은?",
        "SELECT avg(가격) FILTER (WHERE 상품 = 'A') FROM 판매",
        "SELECT MEDIAN(가격) FILTER(WHERE 상품 = 'A') FROM 판매",
        ["The median of 가격 is shown, not its average."],
    ),
    (
        "What is the average price in each district?",
        "SELECT district, sum(price) AS total FROM homes GROUP BY district",
        "SELECT district, AVG(price) AS average FROM homes GROUP BY district",
        ["The average of price is shown, not its sum."],
    ),
    (
        "average price per square meter in each district",
        "SELECT district, avg(price) / area AS per_m2 FROM homes GROUP BY district, area ORDER BY per_m2 DESC",
        "SELECT district, AVG(price / area) AS per_m2 FROM homes GROUP BY district ORDER BY per_m2 DESC",
        ["Each row is divided by its area before the average is taken."],
    ),
    (
        "price per area",
        "SELECT district, round(sum(price) / area, 1) AS per_m2 FROM homes GROUP BY 1, area",
        "SELECT district, ROUND(SUM(price) / SUM(area), 1) AS per_m2 FROM homes GROUP BY 1",
        ["The sum is divided by the sum of area, in each group."],
    ),
    (
        "average price per square meter in each district",
        "SELECT district, avg(price) / area FROM homes",
        "SELECT district, AVG(price / area) FROM homes GROUP BY district",
        [
            "Each row is divided by its area before the average is taken.",
            "GROUP BY was added for the columns beside the aggregate.",
        ],
    ),
    (
        "How many different agents do we have?",
        "SELECT count(*) FROM homes",
        "SELECT COUNT(DISTINCT agent) FROM homes",
        ["Each agent counts once."],
    ),
    (
        "number of unique agents per district",
        "SELECT district, count(agent) FROM homes GROUP BY district",
        "SELECT district, COUNT(DISTINCT agent) FROM homes GROUP BY district",
        ["Each agent counts once."],
    ),
    (
        "상품은 몇 종류야?",
        "SELECT count(*) FROM 판매",
        "SELECT COUNT(DISTINCT 상품) FROM 판매",
        ["Each 상품 counts once."],
    ),
    (
        "서로 다른 상품이 몇 개야?",
        "SELECT count(상품) FROM 판매",
        "SELECT COUNT(DISTINCT 상품) FROM 판매",
        ["Each 상품 counts once."],
    ),
    (
        "what do homes cost on average, per district",
        "SELECT avg(price) AS average_price FROM homes GROUP BY district",
        "SELECT district, AVG(price) AS average_price FROM homes GROUP BY district",
        ["Each group is shown with its district."],
    ),
    (
        "lowest and highest price by district and agent",
        "SELECT min(price), max(price) FROM homes GROUP BY district, agent ORDER BY 1",
        "SELECT district, agent, MIN(price), MAX(price) FROM homes GROUP BY district, agent ORDER BY 3",
        ["Each group is shown with its district and agent."],
    ),
]


@pytest.mark.parametrize(("request_", "sql", "mended", "changes"), WRONG)
def test_a_measure_is_the_one_that_was_asked_for(
    homes: Workspace, request_: str, sql: str, mended: str, changes: list[str]
) -> None:
    assert mend_sql(homes, sql, request_) == Mended(mended, changes)
    run_select(homes, mended)


RIGHT = [
    ("highest average price of a district", "SELECT avg(price) FROM homes GROUP BY district ORDER BY 1 DESC LIMIT 1"),
    ("how many districts are there", "SELECT count(DISTINCT district) FROM homes GROUP BY district"),
    ("median and average price", "SELECT avg(price) FROM homes"),
    ("average of the total price in each district", "SELECT district, sum(price) FROM homes GROUP BY district"),
    ("average price and number of homes", "SELECT sum(price) / count(*) FROM homes"),
    ("What was paid? The rating is the average rating.", "SELECT sum(price) FROM homes"),
    ("average price per area", "SELECT area, avg(price) / area FROM homes GROUP BY area"),
    ("how much of the target did each district reach?", "SELECT district, sum(price) / target FROM homes GROUP BY ALL"),
    ("share of target", "SELECT district, sum(price) / target FROM homes GROUP BY district, target"),
    ("how many homes have different agents?", "SELECT count(*) FROM homes"),
    ("how many different agents?", "SELECT agent, count(*) FROM homes GROUP BY agent"),
    ("how many unique visitors?", "SELECT count(*) FROM homes"),
    ("how many agents?", "SELECT count(agent) FROM homes"),
]


@pytest.mark.parametrize(("request_", "sql"), RIGHT)
def test_a_measure_that_can_be_meant_stays(homes: Workspace, request_: str, sql: str) -> None:
    assert mend_sql(homes, sql, request_) == Mended(sql)


def test_rows_that_tell_how_many_there_were_are_added_up(tmp_path_factory: pytest.TempPathFactory) -> None:
    with Workspace(tmp_path_factory.mktemp("tallies") / "project") as workspace:
        add(workspace, "visits", "SELECT * FROM (VALUES ('Mon', 'A', 5), ('Tue', 'A', 7)) AS t(weekday, shop, count)")
        sql = "SELECT shop, COUNT(*) AS n FROM visits GROUP BY shop"
        summed = "SELECT shop, SUM(count) AS n FROM visits GROUP BY shop"
        assert mend_sql(workspace, sql, "How many visits did each shop have?").sql == summed
        assert mend_sql(workspace, sql, "How many rows has each shop?").sql == sql

"""Rankings end where a request says, and begin at the end it names."""

from collections.abc import Iterator

import pytest

from tests.small_project import add
from tools.guard import run_select
from tools.mend import Mended, mend_sql
from tools.workspace import Workspace


@pytest.fixture(scope="module")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("sales") / "project") as workspace:
        rows = "('A', 'x', 10, 1), ('A', 'y', 30, 2), ('B', 'x', 50, 3), ('C', 'x', 5, 4)"
        add(workspace, "sales", f"SELECT * FROM (VALUES {rows}) AS t(city, product, amount, rank)")
        yield workspace


TOTALS = "SELECT city, sum(amount) AS s FROM sales GROUP BY city ORDER BY s DESC"
TOTALS_ = "SELECT city, SUM(amount) AS s FROM sales GROUP BY city ORDER BY s DESC"
ONE = ["The first row is shown: the request asks for one."]


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("top 2 cities by sales", 2),
        ("Show the three cities with the highest sales", 3),
        ("the 2 most lucrative cities", 2),
        ("매출 상위 2개 도시", 2),
        ("매출이 가장 많은 도시 2곳은?", 2),
    ],
)
def test_a_ranking_has_as_many_rows_as_the_request_says(sales: Workspace, request_: str, rows: int) -> None:
    change = f"The first {rows} rows are shown, as many as the request says."
    assert mend_sql(sales, TOTALS, request_) == Mended(f"{TOTALS_} LIMIT {rows}", [change])


@pytest.mark.parametrize(
    "request_",
    [
        "Which city has the most sales?",
        "what city made the highest revenue",
        "which region looses the most customers?",
        "Who sold the most?",
        "매출이 제일 높은 도시는 어디인가요?",
        "어느 도시가 가장 많이 팔았어?",
    ],
)
def test_a_request_for_one_gets_one(sales: Workspace, request_: str) -> None:
    assert mend_sql(sales, TOTALS, request_) == Mended(f"{TOTALS_} LIMIT 1", ONE)


@pytest.mark.parametrize(
    "request_",
    [
        "cities by sales",
        "Which cities have the most sales?",
        "Which city in each region has the most sales?",
        "Which city has the most sales and which has the least?",
        "the top 10% of cities",
        "매출 상위 10% 도시",
        "top 2 cities in each region",
        "top 2 and top 3 cities",
        "도시별 매출을 순서대로",
        "지역별로 매출이 가장 높은 도시는 어디야?",
        "매출이 제일 높은 도시들은 어디야?",
        "What are the most popular cities?",
        "at least 3 of the most lucrative cities",
        "매출이 가장 많은 도시 중 10건 이상인 곳",
    ],
)
def test_other_rankings_keep_all_their_rows(sales: Workspace, request_: str) -> None:
    assert mend_sql(sales, TOTALS, request_) == Mended(TOTALS)


@pytest.mark.parametrize(
    "sql", [f"{TOTALS} LIMIT 5", TOTALS.replace("GROUP BY city", "GROUP BY city, product"), TOTALS[:55]]
)
def test_a_ranking_with_an_end_of_its_own_keeps_it(sales: Workspace, sql: str) -> None:
    assert mend_sql(sales, sql, "top 2 cities by sales").sql == sql


@pytest.mark.parametrize(
    ("request_", "sql", "mended"),
    [
        (
            "Which city has the most sales?",
            "SELECT city FROM sales GROUP BY city ORDER BY count(*) LIMIT 1",
            "SELECT city FROM sales GROUP BY city ORDER BY COUNT(*) DESC LIMIT 1",
        ),
        (
            "매출이 가장 적은 도시는?",
            "SELECT city, sum(amount) AS s FROM sales GROUP BY city ORDER BY s DESC LIMIT 1",
            "SELECT city, SUM(amount) AS s FROM sales GROUP BY city ORDER BY s ASC LIMIT 1",
        ),
        (
            "product with the highest amount",
            "SELECT product FROM sales ORDER BY amount ASC LIMIT 1",
            "SELECT product FROM sales ORDER BY amount DESC LIMIT 1",
        ),
    ],
)
def test_a_ranking_begins_at_the_end_that_is_named(sales: Workspace, request_: str, sql: str, mended: str) -> None:
    assert mend_sql(sales, sql, request_).sql == mended
    run_select(sales, mended)


@pytest.mark.parametrize(
    ("request_", "key"),
    [
        ("the highest ranked product", "rank ASC"),
        ("the product with the most sales", "rank ASC"),
        ("first product of the largest city", "amount ASC"),
        ("the best product", "amount ASC"),
        ("products with at least 3 sales", "amount ASC"),
        ("products that did not sell the most units", "amount ASC"),
        ("the highest amount", "amount DESC"),
        ("most of the products", "amount ASC"),
        ("the most accurate product", "amount ASC"),
    ],
)
def test_a_direction_that_can_be_meant_stays(sales: Workspace, request_: str, key: str) -> None:
    sql = f"SELECT product FROM sales ORDER BY {key} LIMIT 1"
    assert mend_sql(sales, sql, request_) == Mended(sql)


@pytest.mark.parametrize(
    ("request_", "measure", "direction"),
    [
        ("which one is the worst?", "avg(wait_min)", "DESC"),
        ("which one is best?", "avg(wait_min)", ""),
        ("the worst ward by sales", "sum(sales)", ""),
        ("제일 안 좋은 데는 어디야?", "avg(wait_min)", "DESC"),
        ("which is the worst?", "avg(stay)", ""),
    ],
)
def test_the_best_and_the_worst_depend_on_what_is_measured(
    tmp_path_factory: pytest.TempPathFactory, request_: str, measure: str, direction: str
) -> None:
    with Workspace(tmp_path_factory.mktemp("wards") / "project") as workspace:
        add(
            workspace,
            "wards",
            "SELECT * FROM (VALUES ('A', 5, 7, 2), ('B', 9, 1, 3)) AS t(ward, wait_min, sales, stay)",
        )
        sql = f"SELECT ward, {measure} AS m FROM wards GROUP BY ward ORDER BY m {'' if direction else 'DESC'} LIMIT 1"
        mended = mend_sql(workspace, sql, request_).sql
        unsaid = measure == "avg(stay)"
        assert mended.endswith(f"ORDER BY m {'DESC' if direction or unsaid else 'ASC'} LIMIT 1")


@pytest.mark.parametrize(
    ("request_", "mended"),
    [
        (
            "How much was sold of the most sold item of the product column?",
            "SELECT product, SUM(amount) FROM sales GROUP BY product ORDER BY SUM(amount) DESC LIMIT 1",
        ),
        ("How much was sold at most?", "SELECT SUM(amount) FROM sales ORDER BY SUM(amount) DESC LIMIT 1"),
        ("The most sold product of a city?", "SELECT SUM(amount) FROM sales ORDER BY SUM(amount) DESC LIMIT 1"),
    ],
)
def test_a_ranking_of_one_sum_is_over_the_column_that_is_named(sales: Workspace, request_: str, mended: str) -> None:
    sql = "SELECT SUM(amount) FROM sales ORDER BY SUM(amount) DESC LIMIT 1"
    assert mend_sql(sales, sql, request_).sql == mended

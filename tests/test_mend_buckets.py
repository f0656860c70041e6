"""Months of days, and totals of what is ranked."""

from collections.abc import Iterator

import pytest

from tests.small_project import add
from tools.mend import mend_sql
from tools.workspace import Workspace


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("shop") / "project") as workspace:
        rows = "SELECT DATE '2025-01-01' + i::INT AS day, i % 3 AS store, ['a', 'b'][1 + i % 2] AS kind, i AS revenue FROM range(90) AS t(i)"
        add(workspace, "sales", rows)
        add(workspace, "towns", "SELECT 'T' || i AS town, i AS revenue FROM range(60) AS t(i)")
        yield workspace


BY_DAY = "SELECT day, SUM(revenue) AS r FROM sales GROUP BY day ORDER BY day"
BY_MONTH = (
    "SELECT DATE_TRUNC('MONTH', day) AS month, SUM(revenue) AS r FROM sales GROUP BY DATE_TRUNC('MONTH', day)"
    " ORDER BY DATE_TRUNC('MONTH', day)"
)
TOP = "SELECT kind FROM sales ORDER BY revenue DESC LIMIT 1"


@pytest.mark.parametrize(
    ("request_", "sql", "mended"),
    [
        ("월별 매출이 어떻게 돼?", BY_DAY, BY_MONTH),
        ("revenue per month", BY_DAY, BY_MONTH),
        ("revenue per day", BY_DAY, BY_DAY),
        ("revenue of each month and each week", BY_DAY, BY_DAY),
        (
            "매출이 가장 큰 kind는?",
            TOP,
            "SELECT kind FROM sales GROUP BY kind ORDER BY SUM(revenue) DESC LIMIT 1",
        ),
        ("Which kind has the highest single revenue?", TOP, TOP),
        (
            "Which town has the highest revenue?",
            "SELECT town FROM towns ORDER BY revenue DESC LIMIT 1",
            "SELECT town FROM towns ORDER BY revenue DESC LIMIT 1",
        ),
        (
            "the number of sales in each store",
            "SELECT COUNT(*) AS n FROM sales",
            "SELECT store, COUNT(*) AS n FROM sales GROUP BY store",
        ),
        ("kind별 평균 매출", "SELECT AVG(revenue) FROM sales", "SELECT kind, AVG(revenue) FROM sales GROUP BY kind"),
        ("the average revenue per store", "SELECT AVG(revenue) FROM sales", "SELECT AVG(revenue) FROM sales"),
        (
            "how many different stores are there per kind",
            "SELECT COUNT(DISTINCT store) FROM sales",
            "SELECT kind, COUNT(DISTINCT store) FROM sales GROUP BY kind",
        ),
        (
            "Which month had most sales? Return the month as a date",
            "SELECT MONTH(day) AS m, COUNT(*) AS n FROM sales GROUP BY MONTH(day) ORDER BY n DESC LIMIT 1",
            "SELECT DATE_TRUNC('MONTH', day) AS m, COUNT(*) AS n FROM sales GROUP BY DATE_TRUNC('MONTH', day)"
            " ORDER BY n DESC LIMIT 1",
        ),
        (
            "3월 매출",
            "SELECT SUM(revenue) FROM sales WHERE day = '2023-03-01'",
            "SELECT SUM(revenue) FROM sales WHERE MONTH(day) = 3",
        ),
        (
            "3월 1일 매출",
            "SELECT SUM(revenue) FROM sales WHERE day = '2025-03-01'",
            "SELECT SUM(revenue) FROM sales WHERE day = '2025-03-01'",
        ),
    ],
)
def test_groups_are_the_ones_that_are_said(shop: Workspace, request_: str, sql: str, mended: str) -> None:
    assert mend_sql(shop, sql, request_).sql == mended

"""Rankings within the groups that a request names."""

from collections.abc import Iterator

import pytest

from tests.small_project import add
from tools.guard import run_select
from tools.mend import mend_sql
from tools.workspace import Workspace


@pytest.fixture(scope="module")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("sales") / "project") as workspace:
        rows = "('A', 'x', 10), ('A', 'y', 30), ('A', 'z', 20), ('B', 'x', 50), ('B', 'y', 5), ('C', 'x', 5)"
        add(workspace, "sales", f"SELECT * FROM (VALUES {rows}) AS t(city, product, amount)")
        add(
            workspace,
            "판매",
            "SELECT * FROM (VALUES ('A', 'x', 1), ('A', 'y', 3), ('B', 'x', 2)) AS t(지역, 상품, 매출)",
        )
        yield workspace


TOTALS = "SELECT city, product, sum(amount) AS s FROM sales GROUP BY city, product"
TOP_2 = [("A", "y", 30), ("A", "z", 20), ("B", "x", 50), ("B", "y", 5), ("C", "x", 5)]


@pytest.mark.parametrize(
    ("request_", "sql", "rows"),
    [
        ("top 2 products of each city", f"{TOTALS} ORDER BY s DESC LIMIT 2", TOP_2),
        ("top two products per city by amount", f"{TOTALS} ORDER BY city, 3 DESC", TOP_2),
        (
            "the 2 products with the highest amount in every city",
            "SELECT product, amount FROM sales ORDER BY amount LIMIT 2",
            TOP_2,
        ),
        (
            "Which product has the most sales in each city?",
            f"{TOTALS} ORDER BY sum(amount) DESC LIMIT 1",
            [("A", "y", 30), ("B", "x", 50), ("C", "x", 5)],
        ),
        (
            "지역별 매출 상위 1개 상품",
            "SELECT 지역, 상품, 매출 FROM 판매 ORDER BY 매출 DESC LIMIT 1",
            [("A", "y", 3), ("B", "x", 2)],
        ),
        (
            "지역마다 매출이 가장 높은 상품은?",
            "SELECT 지역, 상품, 매출 FROM 판매 ORDER BY 매출 DESC",
            [("A", "y", 3), ("B", "x", 2)],
        ),
        (
            "지역별로 매출이 가장 높은 상품은 뭐야?",
            "SELECT 상품, sum(매출) AS s FROM 판매 GROUP BY 상품 ORDER BY s DESC LIMIT 1",
            [("A", "y", 3), ("B", "x", 2)],
        ),
        (
            "Which product sold the most in each city?",
            "SELECT product FROM sales GROUP BY product ORDER BY sum(amount) DESC LIMIT 1",
            [("A", "y"), ("B", "x"), ("C", "x")],
        ),
        # one ranking over all rows
        (
            "상품별 매출이 가장 높은 상품은?",
            "SELECT 상품, sum(매출) AS s FROM 판매 GROUP BY 상품 ORDER BY s DESC LIMIT 1",
            [("x", 3)],
        ),
        ("top 2 products", f"{TOTALS} ORDER BY s DESC LIMIT 2", [("B", "x", 50), ("A", "y", 30)]),
        (
            "top 2 cities by sales per product",
            "SELECT city, sum(amount) / count(DISTINCT product) AS r FROM sales GROUP BY city ORDER BY r DESC LIMIT 2",
            [("B", 27.5), ("A", 20.0)],
        ),
        (
            "the highest amount of each city",
            "SELECT city, max(amount) AS m FROM sales GROUP BY city ORDER BY m DESC",
            [("B", 50), ("A", 30), ("C", 5)],
        ),
        (
            "Which city has the most sales per product?",
            f"{TOTALS} ORDER BY s DESC LIMIT 1",
            [("B", "x", 50)],
        ),
    ],
)
def test_rows_are_ranked_within_the_groups_that_are_named(
    sales: Workspace, request_: str, sql: str, rows: list[tuple[object, ...]]
) -> None:
    found, _ = run_select(sales, mend_sql(sales, sql, request_).sql, limit=10)
    assert [tuple(row) for row in found.rows] == rows


def test_what_was_done_is_told(sales: Workspace) -> None:
    mended = mend_sql(sales, f"{TOTALS} ORDER BY s DESC LIMIT 2", "top 2 products of each city")
    assert mended.changes == ["The first 2 rows are taken for each city, as the request says."]

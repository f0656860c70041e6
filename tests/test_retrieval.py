"""Which tables a request speaks of: all of few, the right ones of many, and what joins them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.context import ColumnFact, Situation, Table
from assistant.retrieval import MOST, relevant
from tools.dataset import StepRecord, Version
from tools.relations import Relation


def _table(name: str, *columns: str, values: tuple[str, ...] = ()) -> Table:
    version = Version(
        dataset=name,
        number=1,
        parent=None,
        step=StepRecord(tool="load_file", arguments={}),
        row_count=9,
        schema_=[(column, "VARCHAR") for column in columns],
        created="2026-01-01T00:00:00+00:00",
    )
    return Table(version, tuple(ColumnFact(column, "text", values) for column in columns))


SHOP = Situation(
    tables=(
        _table("customers", "customer_id", "full_name", "joined"),
        _table("orders", "order_id", "customer_id", "ordered_on"),
        _table("order_items", "order_id", "product_id", "quantity"),
        _table("products", "product_id", "label", "weight"),
        _table("suppliers", "supplier_id", "phone"),
        _table("stores", "store_id", "city", values=("Oslo", "Lima")),
        _table("employees", "employee_id", "salary", "store_id"),
        _table("weather", "station", "rain"),
        _table("매출", "지점", "금액"),
    ),
    joins=(
        Relation("orders", "customer_id", "customers", "customer_id"),
        Relation("order_items", "order_id", "orders", "order_id"),
        Relation("order_items", "product_id", "products", "product_id"),
        Relation("employees", "store_id", "stores", "store_id"),
    ),
)


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        ("How many customers joined in 2021?", {"customers"}),
        ("Average salary of the employees", {"employees"}),
        ("Total rain", {"weather"}),
        ("How many are in Oslo?", {"stores"}),
        ("Weight of the products in each order", {"products", "orders", "order_items"}),
        ("Which products are in orders?", {"products", "orders", "order_items"}),
        ("지점별 매출을 보여줘", {"매출"}),
    ],
)
def test_the_tables_that_a_request_speaks_of_are_told(request_: str, told: set[str]) -> None:
    assert told <= {table.name for table in relevant(SHOP, request_, whole=0)}


def test_few_tables_are_told_whole() -> None:
    few = Situation(SHOP.tables[:MOST])
    assert relevant(few, "What is the weather?", whole=0) == few.tables


def test_many_short_tables_are_told_whole() -> None:
    assert relevant(SHOP, "What is the weather?") == SHOP.tables


@given(st.text(max_size=60))
def test_whatever_is_asked_some_tables_are_told_in_the_order_of_the_project(request_: str) -> None:
    told = relevant(SHOP, request_, whole=0)
    assert 0 < len(told) <= MOST + 1
    assert [table for table in SHOP.tables if table in told] == list(told)

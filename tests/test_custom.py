"""The person's own SQL as a transform: pinned to versions, replayed on other rows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tools import call
from tools.dataset import StepRecord
from tools.tool import Job, ToolError
from tools.transform import Column, Input
from tools.transforms.custom import add_formula, transform_with_sql
from tools.workspace import Workspace

ORDERS = {"id": [1, 2, 3], "price": [10.0, 4.0, None], "Quantity": [1, 5, 2], "place": ["서울", "부산", "서울"]}
STORES = {"place": ["서울", "부산"], "boss": ["Kim", "Lee"]}


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    with Workspace(tmp_path / "project") as workspace:
        for name, data in (("orders", ORDERS), ("stores", STORES)):
            workspace.add_dataset(name, pa.table(data).to_reader(), StepRecord(tool="test", arguments={}))
        yield Job(workspace)


def rows(job: Job, ref: str) -> list[list[Any]]:
    return job.workspace.page(ref).rows


def test_a_formula_adds_a_column_at_the_end(job: Job) -> None:
    outcome = call(job, "add_formula", {"dataset": "orders", "name": "total", "formula": "price * quantity;"})
    assert outcome.sql == 'SELECT *, price * quantity AS "total" FROM "orders@1"'
    assert outcome.text == "Added the column total = price * quantity."
    assert (outcome.dataset, outcome.rows, outcome.columns) == ("orders@2", (3, 3), (4, 5))
    assert [row[-1] for row in rows(job, "orders")] == [10.0, 20.0, None]


def test_an_existing_column_is_replaced_in_its_place(job: Job) -> None:
    outcome = call(job, "add_formula", {"dataset": "orders", "name": "PRICE", "formula": "coalesce(price, 0)"})
    assert outcome.sql == 'SELECT * REPLACE (coalesce(price, 0) AS "price") FROM "orders@1"'
    assert outcome.text == "Replaced the column price by coalesce(price, 0)."
    assert job.workspace.version("orders").names == ["id", "price", "Quantity", "place"]
    assert [row[1] for row in rows(job, "orders")] == [10.0, 4.0, 0.0]


def test_a_name_of_a_new_column_may_hold_anything(job: Job) -> None:
    call(job, "add_formula", {"dataset": "orders", "name": 'a "b" 합', "formula": "id + 1"})
    assert job.workspace.version("orders").names[-1] == 'a "b" 합'


def test_a_formula_that_looks_at_other_rows_says_so(job: Job) -> None:
    formula = "price / sum(price) OVER ()"
    outcome = call(job, "add_formula", {"dataset": "orders", "name": "share", "formula": formula})
    assert outcome.text == (
        "Added the column share = price / sum(price) OVER ()."
        " It looks at other rows too, so on new data it depends on which rows come together."
    )


def test_a_formula_that_asks_the_clock_is_kept_as_it_was(job: Job) -> None:
    outcome = call(job, "add_formula", {"dataset": "orders", "name": "at", "formula": "current_timestamp"})
    assert (
        outcome.text == "Added the column at = current_timestamp. It was worked out at this moment and stays as it is."
    )
    assert job.workspace.version("orders").depth == 0
    assert rows(job, "orders") == rows(job, "orders")


@pytest.mark.parametrize(
    ("name", "formula", "message"),
    [
        (" ", "price", "The new column has no name. Give it one of at least one character."),
        ("x", "prise", "No column 'prise'. Nearest: price. Columns: id, price, Quantity, place."),
        ("x", "sum(price)", "sum() runs over many rows; a formula is one row. Write sum(…) OVER (), or aggregate."),
        (
            "x",
            "1 FROM stores --",
            "'1 FROM stores --' is not one formula. Write one expression over the columns, without SELECT,"
            " commas outside a function, names (AS) or comments.",
        ),
    ],
)
def test_a_formula_that_does_not_fit_is_refused(job: Job, name: str, formula: str, message: str) -> None:
    with pytest.raises(ToolError) as refused:
        call(job, "add_formula", {"dataset": "orders", "name": name, "formula": formula})
    assert str(refused.value) == message
    assert [version.ref for version in job.workspace.versions("orders")] == ["orders@1"]


def test_a_formula_that_fails_on_a_row_leaves_nothing_behind(job: Job) -> None:
    with pytest.raises(ToolError, match="Could not convert string"):
        call(job, "add_formula", {"dataset": "orders", "name": "x", "formula": "CAST(place AS INTEGER)"})
    assert [version.ref for version in job.workspace.versions("orders")] == ["orders@1"]


def test_a_formula_replays_on_other_rows_with_columns_it_does_not_know(job: Job) -> None:
    derived = add_formula(replay_input(job), "total", "price * 2")
    assert job.workspace.rows(derived.sql) == [(7, 100.0, 2, "대구", 70, 200.0)]


def replay_input(job: Job) -> Input:
    """Another relation with the columns of orders and one that nobody knows."""
    job.workspace.rows(
        "CREATE TABLE incoming AS SELECT 7 AS id, 100.0::DOUBLE AS price, 2 AS \"Quantity\", '대구' AS place, 70 AS __row"
    )
    columns = tuple(Column(name, type_) for name, type_ in job.workspace.version("orders@1").schema_)
    return Input('"incoming"', columns, job.workspace, {}, frozen=True, others=job.workspace.others("orders"))


# --- transform_with_sql ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "ran", "expected"),
    [
        (
            "SELECT id, price FROM orders WHERE price > 5;",
            'WITH "orders" AS (FROM "orders@1") SELECT * FROM (SELECT id, price FROM orders WHERE price > 5)',
            [[1, 10.0]],
        ),
        (
            "SELECT o.id, s.boss FROM Orders o JOIN stores s USING (place) ORDER BY o.id",
            'WITH "orders" AS (FROM "orders@1"), "stores" AS (FROM "stores@1")'
            " SELECT * FROM (SELECT o.id, s.boss FROM Orders o JOIN stores s USING (place) ORDER BY o.id)",
            [[1, "Kim"], [2, "Lee"], [3, "Kim"]],
        ),
        (
            "WITH orders AS (FROM orders WHERE id < 3) SELECT count(*) AS n FROM orders",
            'WITH "orders" AS (FROM "orders@1") SELECT * FROM'
            " (WITH orders AS (FROM orders WHERE id < 3) SELECT count(*) AS n FROM orders)",
            [[2]],
        ),
        (
            'PIVOT orders ON place USING sum("Quantity") GROUP BY id ORDER BY id',
            'WITH "orders" AS (FROM "orders@1") SELECT * FROM'
            " (PIVOT orders ON place IN ('부산', '서울') USING sum(\"Quantity\") GROUP BY id ORDER BY id)",
            [[1, None, 1], [2, 5, None], [3, None, 2]],
        ),
    ],
    ids=["filter", "join", "CTE of the same name", "pivot"],
)
def test_one_select_makes_the_next_version(job: Job, sql: str, ran: str, expected: list[list[Any]]) -> None:
    outcome = call(job, "transform_with_sql", {"dataset": "orders", "sql": sql})
    assert outcome.sql == ran
    assert rows(job, "orders@2") == expected


def test_the_text_says_how_the_rows_changed(job: Job) -> None:
    outcome = call(job, "transform_with_sql", {"dataset": "orders", "sql": "SELECT * FROM orders WHERE id > 1"})
    assert outcome.text.startswith("Made the next version of orders with one SELECT.")
    assert outcome.rows == (3, 2)


def test_a_version_stays_right_when_the_heads_move_on(job: Job) -> None:
    joined = "SELECT o.id, s.boss FROM orders o JOIN stores s USING (place) WHERE boss = 'Kim'"
    call(job, "transform_with_sql", {"dataset": "orders", "sql": joined})
    call(job, "transform_with_sql", {"dataset": "stores", "sql": "SELECT * REPLACE ('Park' AS boss) FROM stores"})
    call(job, "transform_with_sql", {"dataset": "orders", "sql": "SELECT id * 10 AS id FROM orders"})
    assert sorted(rows(job, "orders@2")) == [[1, "Kim"], [3, "Kim"]]
    assert sorted(rows(job, "orders@3")) == [[10], [30]]


@pytest.mark.parametrize(
    ("sql", "depth"),
    [
        ("SELECT * FROM orders", 1),
        ("SELECT * FROM orders ORDER BY price", 0),
        ("SELECT * FROM orders LIMIT 2", 0),
        ("SELECT *, random() AS r FROM orders", 0),
        ("FROM orders USING SAMPLE 2 ROWS", 0),
        ("SELECT *, now() AS at FROM orders", 0),
    ],
)
def test_what_sorts_samples_or_varies_is_kept_as_a_table(job: Job, sql: str, depth: int) -> None:
    call(job, "transform_with_sql", {"dataset": "orders", "sql": sql})
    assert job.workspace.version("orders").depth == depth
    assert rows(job, "orders") == rows(job, "orders")


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT * FROM stores", "The SELECT does not read orders, the dataset it should change. Write FROM orders."),
        ("SELECT * FROM shops", "No dataset 'shops'. Nearest: stores. Datasets: orders, stores."),
        ('SELECT * FROM "orders@1"', "No dataset 'orders@1'. Nearest: orders, stores. Datasets: orders, stores."),
        (
            "SELECT * FROM main.orders",
            "Table main.orders is refused: write a dataset's name alone. Datasets: orders, stores.",
        ),
        ("SELECT 1; SELECT 2", "2 statements were given; only one may run. Keep the one SELECT you need."),
        (
            "SELECT prices FROM orders",
            'Binder Error: Referenced column "prices" not found in FROM clause! Candidate bindings: "price", "place", "id"',
        ),
    ],
)
def test_a_select_that_does_not_fit_is_refused(job: Job, sql: str, message: str) -> None:
    with pytest.raises(ToolError) as refused:
        call(job, "transform_with_sql", {"dataset": "orders", "sql": sql})
    assert str(refused.value) == message
    assert [version.ref for version in job.workspace.versions("orders")] == ["orders@1"]


def test_a_select_replays_on_another_relation(job: Job) -> None:
    derived = transform_with_sql(replay_input(job), "SELECT id * 2 AS double FROM orders WHERE price > 1")
    assert derived.sql == (
        'WITH "orders" AS (FROM "incoming") SELECT * FROM (SELECT id * 2 AS double FROM orders WHERE price > 1)'
    )
    assert job.workspace.rows(derived.sql) == [(14,)]


def test_a_pivot_replays_with_the_values_it_learned(job: Job) -> None:
    sql = "PIVOT orders ON place USING count(*) GROUP BY id"
    call(job, "transform_with_sql", {"dataset": "orders", "sql": sql})
    learned = job.workspace.version("orders").step.learned
    assert list(learned.values()) == [[["orders"]], [["부산"], ["서울"]]]
    fresh = replay_input(job)
    frozen = Input(fresh.name, fresh.columns, fresh.relation, learned, frozen=True, others=fresh.others)
    derived = transform_with_sql(frozen, sql)
    assert job.workspace.rows(derived.sql) == [(7, 0, 0)]
    with pytest.raises(ToolError, match="PIVOT without a list of values"):
        transform_with_sql(fresh, sql)

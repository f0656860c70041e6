"""Mending by rule: the whole statement and what the person is told; what runs and means what it says stays as it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.small_project import add
from tools.guard import GuardError, check_select, read, run_select
from tools.mend import Mended, mend_sql
from tools.tool import ToolError
from tools.workspace import Workspace

HERE = Path(__file__).parent
ATTACKS = [a["sql"] for a in yaml.safe_load((HERE / "sql_attacks.yaml").read_text(encoding="utf-8"))]
HONEST = [h["sql"] for h in yaml.safe_load((HERE / "sql_honest.yaml").read_text(encoding="utf-8"))]
DATA = {
    "customers": "VALUES (1, 'Ann', 'Oslo', '2021-03-01'), (2, 'Bo', 'Lima', '2022-04-05'), (3, 'Cy', 'Oslo', '2022-05-06')"
    " AS t(id, full_name, city, joined)",
    "orders": "VALUES (1, 1, 9.5, '$1,200.50', DATE '2021-01-05', true), (2, 1, 20.0, '$80', DATE '2021-02-03', false),"
    " (3, 2, 5.0, '$7.25', DATE '2022-03-09', true), (4, NULL, 1.0, '$3', DATE '2022-03-09', true)"
    " AS t(order_id, customer_id, price, fee, ordered_on, paid)",
    "items": "VALUES (1, 1, 'Desk'), (2, 1, 'Lamp'), (3, 3, 'Desk') AS t(item_id, order_id, ProductName)",
    "pets": "VALUES (10, 1, 'cat'), (11, 2, 'dog'), (12, 1, 'dog') AS t(pet_id, customer_id, PetType)",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("shop") / "project") as workspace:
        for name, values in DATA.items():
            add(workspace, name, f"SELECT * FROM ({values.split(' AS t')[0]}) AS t{values.split(' AS t')[1]}")
        yield workspace


WRONG = [
    # shares
    (
        "SELECT avg(paid) FROM orders",
        "SELECT AVG(CAST(paid AS INT)) FROM orders",
        ["paid counts as 1 where it is true."],
    ),
    (
        "SELECT avg(price > 5) AS share FROM orders",
        "SELECT AVG(CAST((price > 5) AS INT)) AS share FROM orders",
        ["A condition counts as 1 where it is true."],
    ),
    # names
    (
        "SELECT pet_type FROM pets",
        "SELECT pets.PetType FROM pets",
        ["pet_type is the column PetType."],
    ),
    (
        "SELECT T2.city FROM customers AS T1 JOIN orders AS T2 ON T1.id = T2.customer_id",
        "SELECT T1.city FROM customers AS T1 JOIN orders AS T2 ON T1.id = T2.customer_id",
        ["city is a column of customers."],
    ),
    ("SELECT city FROM customer", "SELECT city FROM customers", ["customer is the table customers."]),
    ("SELECT city FROM main.customers", "SELECT city FROM customers", ["main.customers is the dataset customers."]),
    (
        "SELECT price FROM orders WHERE city = 'Oslo'",
        "SELECT price FROM orders JOIN customers ON orders.customer_id = customers.id WHERE customers.city = 'Oslo'",
        ["city is in customers, which was joined."],
    ),
    (
        "SELECT customers.full_nam FROM customers",
        "SELECT customers.full_name FROM customers",
        ["full_nam is the column full_name."],
    ),
    # values
    (
        "SELECT full_name FROM customers WHERE city = 'oslo'",
        "SELECT full_name FROM customers WHERE city = 'Oslo'",
        ["'oslo' is written 'Oslo' in city."],
    ),
    (
        "SELECT id FROM customers WHERE full_name = 'lima'",
        "SELECT id FROM customers WHERE city = 'Lima'",
        ["'Lima' stands in city."],
    ),
    (
        'SELECT full_name FROM customers WHERE city = "Oslo"',
        "SELECT full_name FROM customers WHERE city = 'Oslo'",
        ["'Oslo' is a text, not a column."],
    ),
    (
        'SELECT full_name FROM customers WHERE lower(city) IN ("oslo", "lima")',
        "SELECT full_name FROM customers WHERE LOWER(city) IN ('oslo', 'lima')",
        ["'oslo' is a text, not a column.", "'lima' is a text, not a column."],
    ),
    # groups
    (
        "SELECT city, count(*) FROM customers",
        "SELECT city, COUNT(*) FROM customers GROUP BY city",
        ["GROUP BY was added for the columns beside the aggregate."],
    ),
    (
        "SELECT city, full_name, count(*) FROM customers GROUP BY city",
        "SELECT city, full_name, COUNT(*) FROM customers GROUP BY city, full_name",
        ["full_name was added to GROUP BY."],
    ),
    (
        "SELECT order_id, max(price) FROM orders",
        "SELECT ARG_MAX(order_id, price) AS order_id, MAX(price) FROM orders",
        ["The label belongs to the row of the extreme value."],
    ),
    (
        "SELECT city, full_name, max(joined) AS last FROM customers GROUP BY city ORDER BY city",
        "SELECT city, ARG_MAX(full_name, joined) AS full_name, MAX(joined) AS last FROM customers GROUP BY city ORDER BY city",
        ["full_name is that of the row with the extreme value."],
    ),
    (
        "SELECT full_name, max(joined) FROM customers GROUP BY city ORDER BY full_name",
        "SELECT full_name, MAX(joined) FROM customers GROUP BY city, full_name ORDER BY full_name",
        ["full_name was added to GROUP BY."],
    ),
    # clauses
    (
        "SELECT city FROM customers WHERE count(*) > 1 GROUP BY city",
        "SELECT city FROM customers GROUP BY city HAVING COUNT(*) > 1",
        ["COUNT(*) > 1 counts groups and stands in HAVING."],
    ),
    (
        "SELECT city, count(*) AS n FROM customers WHERE n > 1 AND id < 9 GROUP BY city",
        "SELECT city, COUNT(*) AS n FROM customers WHERE id < 9 GROUP BY city HAVING n > 1",
        ["n > 1 counts groups and stands in HAVING."],
    ),
    (
        "SELECT order_id FROM orders WHERE price > avg(price)",
        "SELECT order_id FROM orders WHERE price > (SELECT AVG(price) FROM orders)",
        ["price > AVG(price) compares each row with all of them."],
    ),
    (
        "SELECT city FROM customers ORDER BY count(*) DESC LIMIT 1",
        "SELECT city FROM customers GROUP BY city ORDER BY COUNT(*) DESC LIMIT 1",
        ["GROUP BY was added for the aggregate in ORDER BY."],
    ),
    (
        "SELECT order_id FROM orders WHERE customer_id = NULL",
        "SELECT order_id FROM orders WHERE customer_id IS NULL",
        ["Empty cells of customer_id are found with IS NULL."],
    ),
    (
        "SELECT order_id FROM orders WHERE customer_id <> NULL",
        "SELECT order_id FROM orders WHERE NOT customer_id IS NULL",
        ["Empty cells of customer_id are found with IS NULL."],
    ),
    (
        "SELECT full_name FROM customers WHERE id NOT IN (SELECT customer_id FROM orders)",
        "SELECT full_name FROM customers WHERE NOT id IN (SELECT customer_id FROM orders WHERE NOT customer_id IS NULL)",
        ["Empty cells of customer_id are left out of NOT IN."],
    ),
    (
        "SELECT full_name FROM customers WHERE full_name NOT LIKE 'a%'",
        "SELECT full_name FROM customers WHERE full_name NOT ILIKE 'a%'",
        ["full_name is compared whatever its case."],
    ),
    # types
    (
        "SELECT order_id FROM orders WHERE ordered_on = '2021'",
        "SELECT order_id FROM orders WHERE YEAR(ordered_on) = 2021",
        ["ordered_on is a date and is compared by its year."],
    ),
    (
        "SELECT order_id FROM orders WHERE ordered_on BETWEEN 2020 AND 2021",
        "SELECT order_id FROM orders WHERE YEAR(ordered_on) BETWEEN 2020 AND 2021",
        ["ordered_on is a date and is compared by its year."],
    ),
    (
        "SELECT count(*) FROM customers WHERE year(joined) = 2022",
        "SELECT COUNT(*) FROM customers WHERE YEAR(TRY_CAST(joined AS DATE)) = 2022",
        ["The text of joined is read as a date."],
    ),
    (
        "SELECT avg(fee) FROM orders",
        "SELECT AVG(TRY_CAST(REGEXP_REPLACE(fee, '[^0-9.-]', '', 'g') AS DOUBLE)) FROM orders",
        ["The text of fee is read as numbers."],
    ),
    (
        "SELECT order_id FROM orders WHERE ordered_on LIKE '2021%'",
        "SELECT order_id FROM orders WHERE CAST(ordered_on AS TEXT) LIKE '2021%'",
        ["ordered_on is compared as text."],
    ),
    # the text itself
    (
        "SELECT TOP 2 city FROM customers",
        "SELECT city FROM customers LIMIT 2",
        ["TOP is written LIMIT."],
    ),
    (
        "SELECT `city` FROM `customers`",
        'SELECT "city" FROM "customers"',
        ["Names stand in double quotes."],
    ),
    (
        "SELECT id FROM customers LIMIT 2 ORDER BY id",
        "SELECT id FROM customers ORDER BY id LIMIT 2",
        ["LIMIT stands after ORDER BY."],
    ),
    ("```sql\nSELECT 1 AS one\n```", "SELECT 1 AS one", ["The fence around the SQL was taken off."]),
    (
        "SELECT DATE_FORMAT(ordered_on, '%Y') FROM orders",
        "SELECT STRFTIME(CAST(ordered_on AS TIMESTAMP), '%Y') FROM orders",
        ["Functions and names are written as DuckDB reads them."],
    ),
]


@pytest.mark.parametrize(("sql", "mended", "changes"), WRONG)
def test_what_is_wrong_is_mended_and_said(shop: Workspace, sql: str, mended: str, changes: list[str]) -> None:
    assert mend_sql(shop, sql) == Mended(mended, changes)
    run_select(shop, mended)


ASKED = [
    (
        "The newest date of each city",
        "SELECT id, max(joined) FROM customers GROUP BY city",
        "SELECT city, MAX(joined) FROM customers GROUP BY city",
    ),
    (
        "The newest id of each city",
        "SELECT id, max(joined) FROM customers GROUP BY city",
        "SELECT ARG_MAX(id, joined) AS id, MAX(joined) FROM customers GROUP BY city",
    ),
    (
        "Who made an order later than order 2?",
        "SELECT full_name FROM customers WHERE order_id > 2",
        "SELECT full_name FROM customers JOIN orders ON orders.customer_id = customers.id WHERE orders.order_id > 2",
    ),
    (
        "The ids of the orders of customer 1 and its pets",
        "SELECT p.customer_id FROM pets AS p JOIN orders AS o ON o.customer_id = p.customer_id WHERE p.customer_id = '1'",
        "SELECT o.customer_id FROM pets AS p JOIN orders AS o ON o.customer_id = p.customer_id WHERE p.customer_id = '1'",
    ),
    (
        "The names of the customers with the most full names",
        "SELECT names FROM customers",
        "SELECT names FROM customers",
    ),
    (
        "Which product name is in the most items, by its item id?",
        "SELECT ProductName, item FROM items",
        "SELECT ProductName, items.item_id FROM items",
    ),
    (
        "Orders with a price less than 5 or more than 9",
        "SELECT order_id FROM orders WHERE price BETWEEN 5 AND 9",
        "SELECT order_id FROM orders WHERE (price < 5 OR price > 9)",
    ),
    (
        "Orders with a price more than 5 and less than 9",
        "SELECT order_id FROM orders WHERE price BETWEEN 5 AND 9",
        "SELECT order_id FROM orders WHERE price BETWEEN 5 AND 9",
    ),
]


@pytest.mark.parametrize(("request_", "sql", "mended"), ASKED)
def test_of_two_ways_to_mend_the_request_takes_one(shop: Workspace, request_: str, sql: str, mended: str) -> None:
    assert mend_sql(shop, sql, request_).sql == mended


RIGHT = [
    "select city,count( * ) from customers group by all;",
    "SELECT full_name FROM customers WHERE id NOT IN (SELECT customer_id FROM orders WHERE customer_id IS NOT NULL)",
    "SELECT id FROM customers WHERE id NOT IN (SELECT customer_id FROM pets)",
    "SELECT p.PetType FROM pets p JOIN orders o ON p.customer_id = o.customer_id",
    "SELECT x.n FROM (SELECT city, count(*) AS n FROM customers GROUP BY city) AS x",
    "SELECT C.city FROM CUSTOMERS c JOIN ORDERS o ON c.ID = o.Customer_Id WHERE o.price > 3",
    "SELECT order_id FROM orders WHERE customer_id = '1'",
    "SELECT concat(full_name, ' of ', city), full_name || city FROM customers",
    "SELECT count(*) FROM orders WHERE ordered_on >= '2021-02-01'",
    "SELECT full_name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT i FROM n",
    "FROM orders SELECT sum(price) FILTER (WHERE paid)",
]


@pytest.mark.parametrize("sql", RIGHT)
def test_what_runs_and_means_what_it_says_stays_letter_by_letter(shop: Workspace, sql: str) -> None:
    run_select(shop, sql)
    assert mend_sql(shop, sql, "Show it") == Mended(sql)


UNREADABLE = [
    "SELECT x FROM totals",  # a CTE that was never written
    "SELECT sum(CASE WHEN count(price) > 1 THEN 1 END) FROM orders",
    "SELECT 1; DROP TABLE orders",
    "DROP TABLE orders",
    "not SQL at all",
    "",
    "(((",
]


@pytest.mark.parametrize("sql", UNREADABLE)
def test_what_no_rule_can_mend_comes_back_as_it_is(shop: Workspace, sql: str) -> None:
    assert mend_sql(shop, sql) == Mended(sql)


REPEATED = "SELECT c.full_name FROM customers AS c JOIN orders AS o ON o.customer_id = c.id WHERE c.city = 'Oslo'"
JOINS = [
    ("Names of the customers in Oslo", "SELECT c.full_name FROM customers AS c WHERE c.city = 'Oslo'"),
    ("Which customers in Oslo bought something?", REPEATED.replace("SELECT", "SELECT DISTINCT")),
    ("Names of customers in Oslo with orders", REPEATED),
    ("Welche Kunden in Oslo haben etwas gekauft?", REPEATED),
    ("", REPEATED),
]


@pytest.mark.parametrize(("request_", "mended"), JOINS)
def test_a_join_is_dropped_only_where_every_word_of_the_request_is_explained(
    shop: Workspace, request_: str, mended: str
) -> None:
    assert mend_sql(shop, REPEATED, request_).sql == mended


def test_a_join_with_a_condition_or_to_the_one_it_refers_to_stays(shop: Workspace) -> None:
    filtered = "SELECT c.city FROM customers AS c JOIN orders AS o ON o.customer_id = c.id AND o.price > 6"
    referred = "SELECT o.order_id FROM orders AS o JOIN customers AS c ON o.customer_id = c.id"
    assert mend_sql(shop, filtered, "Show the city of customers").sql == filtered
    assert mend_sql(shop, referred, "List the order id").sql == referred


def test_a_join_over_unrelated_columns_is_built_anew(shop: Workspace) -> None:
    sql = "SELECT i.ProductName, c.city FROM items AS i JOIN customers AS c ON i.item_id = c.id"
    assert mend_sql(shop, sql, "Show product and city") == Mended(
        "SELECT i.ProductName, c.city FROM items AS i JOIN orders ON i.order_id = orders.order_id"
        " JOIN customers AS c ON orders.customer_id = c.id",
        ["The tables are joined over items.order_id = orders.order_id, orders.customer_id = customers.id."],
    )


def test_a_value_asked_for_in_its_column_is_not_looked_for_elsewhere(shop: Workspace) -> None:
    sql = "SELECT id FROM customers WHERE city = 'Ann'"
    assert mend_sql(shop, sql, "Customers whose city is Ann").sql == sql


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("attacked") / "project") as workspace:
        add(workspace, "orders", "SELECT 1 AS order_id, 2 AS customer_id, 'DE' AS country, 1.5 AS price, 'x' AS note")
        add(workspace, "customers", "SELECT 2 AS customer_id, 'Ann' AS name")
        yield workspace


@pytest.mark.parametrize("sql", ATTACKS)
def test_an_attack_stays_refused_or_reads_datasets_only(attacked: Workspace, sql: str) -> None:
    mended = mend_sql(attacked, sql, "Show the orders").sql
    try:
        checked = check_select(mended, tables=["orders", "customers"])
    except GuardError:
        return
    assert {table.casefold() for table in read(checked).tables} <= {"orders", "customers"}


@pytest.mark.parametrize("sql", HONEST)
def test_honest_sql_keeps_its_rows(attacked: Workspace, sql: str) -> None:
    try:
        rows = run_select(attacked, sql)[0].rows
    except ToolError:
        return  # over tables that are not here
    if not read(sql).varies:
        assert sorted(map(str, run_select(attacked, mend_sql(attacked, sql).sql)[0].rows)) == sorted(map(str, rows))


PIECES = """
    SELECT FROM WHERE GROUP BY ORDER LIMIT JOIN ON customers orders pets city id price o c count(*) avg(price) ( ) , . =
    'Oslo' "Lima" 1 NOT IN LIKE AND NULL AS UNION WITH * ; ` -- '
"""
WORDS = st.sampled_from(PIECES.split())


@given(st.lists(WORDS, max_size=14), st.text(max_size=20))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mending_never_raises_and_never_breaks_what_runs(shop: Workspace, words: list[str], request_: str) -> None:
    sql = " ".join(words)
    mended = mend_sql(shop, sql, request_)
    try:
        run_select(shop, sql)
    except ToolError:
        return
    run_select(shop, mended.sql)


def test_yes_counts_as_one_and_names_of_several_words_get_their_quotes(tmp_path: Path) -> None:
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "survey", "SELECT * FROM (VALUES ('예', 4), ('아니오', 2)) AS t(재구매, \"추천 점수\")")
        assert mend_sql(workspace, "SELECT avg(재구매) FROM survey") == Mended(
            "SELECT AVG(CAST((재구매 = '예') AS INT)) FROM survey", ["재구매 counts as 1 where it is '예'."]
        )
        assert mend_sql(workspace, "SELECT avg(추천 점수) AS mean FROM survey WHERE 재구매 <> '추천 점수'").sql == (
            "SELECT avg(\"추천 점수\") AS mean FROM survey WHERE 재구매 <> '추천 점수'"
        )


@pytest.mark.parametrize(
    ("sql", "mended", "said"),
    [
        (
            "SELECT club FROM squad WHERE player = 'Aurelie Rivard'",
            "SELECT club FROM squad WHERE player = 'Aurélie Rivard'",
            "'Aurelie Rivard' is taken for 'Aurélie Rivard', the one value of player with it.",
        ),
        (
            "SELECT count(*) FROM squad WHERE player = 'rivard'",
            "SELECT COUNT(*) FROM squad WHERE player ILIKE '%rivard%'",
            "No player is 'rivard'; those with it in them are taken.",
        ),
        ("SELECT club FROM squad WHERE player = 'Riv'", "SELECT club FROM squad WHERE player = 'Riv'", ""),
        ("SELECT club FROM squad WHERE player = 'Bo'", "SELECT club FROM squad WHERE player = 'Bo'", ""),
    ],
)
def test_a_value_named_in_part_is_found(tmp_path: Path, sql: str, mended: str, said: str) -> None:
    with Workspace(tmp_path / "project") as workspace:
        rows = "('Aurélie Rivard', 'Oslo'), ('Jean Rivard', 'Lima'), ('Bob Lind', 'Lima')"
        add(workspace, "squad", f"SELECT * FROM (VALUES {rows}) AS t(player, club)")
        assert mend_sql(workspace, sql, "which club?") == Mended(mended, [said] if said else [])


def test_every_spelling_of_a_value_counts(tmp_path: Path) -> None:
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "leads", "SELECT * FROM (VALUES ('Won'), ('Won'), ('won '), ('Lost')) AS t(stage)")
        assert mend_sql(workspace, "SELECT count(*) FROM leads WHERE stage = 'Won'") == Mended(
            "SELECT COUNT(*) FROM leads WHERE LOWER(TRIM(stage)) = 'won'",
            ["stage is written 'Won', 'won ': all of them count."],
        )


def test_a_table_made_of_the_other_one_is_not_joined(tmp_path: Path) -> None:
    with Workspace(tmp_path / "project") as workspace:
        add(
            workspace,
            "sales",
            "SELECT * FROM (VALUES ('A', 2, 5.0), ('A', 1, 4.0), ('B', 3, 1.0)) AS t(item, quantity, price)",
        )
        add(workspace, "by_item", "SELECT * FROM (VALUES ('A', 3), ('B', 3)) AS t(item, quantity)")
        sql = "SELECT sum(sales.price * sales.quantity) AS revenue FROM sales JOIN by_item ON sales.item = by_item.item"
        mended = mend_sql(workspace, sql, "How much was the revenue for the whole period?")
        assert mended.sql == "SELECT SUM(sales.price * sales.quantity) AS revenue FROM sales"
        assert mended.changes == ["by_item gives nothing that was asked for and was not joined."]


def test_parts_of_a_set_operation_keep_their_own_order_and_limit(shop: Workspace) -> None:
    sql = "SELECT id FROM customers ORDER BY joined LIMIT 2 INTERSECT SELECT id FROM customers ORDER BY id DESC LIMIT 2"
    mended = mend_sql(shop, sql)
    assert mended.changes == ["Each part of a set operation is ordered and cut on its own."]
    assert run_select(shop, mended.sql, limit=9, seconds=9)[0].rows == [[2]]


def test_a_longer_name_is_meant_where_it_is_the_only_one(tmp_path: Path) -> None:
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "economy", """SELECT 1 AS "GDP per capita (current US$)", 2 AS "GDP (US$)", 'a' AS country""")
        mended = mend_sql(workspace, "SELECT avg(gdp_per_capita) FROM economy")
        assert mended.sql == 'SELECT AVG(economy."GDP per capita (current US$)") FROM economy'


def test_the_last_part_of_a_set_operation_has_its_own_order_too(shop: Workspace) -> None:
    first = "(SELECT full_name FROM customers ORDER BY joined DESC LIMIT 1)"
    mended = mend_sql(shop, f"{first} UNION ALL SELECT full_name FROM customers ORDER BY customers.joined LIMIT 1")
    assert run_select(shop, mended.sql, limit=9, seconds=9)[0].rows == [["Cy"], ["Ann"]]

"""The guard: what may run, what may not, and that nothing is left behind either way."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.dataset import StepRecord
from tools.guard import MAX_LENGTH, GuardError, check_formula, check_select, read, run_select
from tools.guarding.functions import ALLOWED, CLOCK, ELSEWHERE, OPERATORS, TABLE_FUNCTIONS
from tools.tool import TableData, ToolError
from tools.workspace import Workspace

HERE = Path(__file__).parent
ATTACKS: list[dict[str, str]] = yaml.safe_load((HERE / "sql_attacks.yaml").read_text(encoding="utf-8"))
HONEST: list[dict[str, Any]] = yaml.safe_load((HERE / "sql_honest.yaml").read_text(encoding="utf-8"))
TABLES = ["orders", "customers", "매출"]
ORDERS = """
    SELECT * FROM (VALUES
      (1, 10, 'DE', 9.5, 2, DATE '2024-01-05', 'please update', 'a'),
      (2, 10, 'DE', 20.0, 1, DATE '2024-01-20', NULL, 'b'),
      (3, 11, 'FR', 5.25, 4, DATE '2024-02-03', 'drop table x', 'a'),
      (4, 12, 'ES', NULL, 3, DATE '2024-03-09', 'ok; really', 'c'),
      (5, 13, 'FR', 12.0, 1, DATE '2024-03-30', 'late', 'b')
    ) AS t(order_id, customer_id, country, price, quantity, ordered_on, note, "drop")
"""
CUSTOMERS = """
    SELECT * FROM (VALUES (10, 'Ann Lee', ['a', 'b']), (11, 'Bob Ray', ['c']), (12, '김민수', NULL))
    AS t(customer_id, name, tags)
"""
REVENUE = "SELECT * FROM (VALUES ('서울', 100), ('부산', 80), ('서울', 50)) AS t(지역, 금액)"


def arrow(sql: str) -> pa.RecordBatchReader:
    with duckdb.connect() as connection:
        return connection.execute(sql).to_arrow_table().to_reader()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("shop") / "project") as workspace:
        for name, sql in zip(TABLES, (ORDERS, CUSTOMERS, REVENUE), strict=True):
            workspace.add_dataset(name, arrow(sql), StepRecord(tool="test", arguments={}))
        yield workspace


def everything(workspace: Workspace) -> dict[str, Any]:
    """All that an attack could change: the catalogue, the settings, the rows and the names of the files."""
    views = ("tables", "views", "types", "schemas", "databases", "functions", "sequences", "variables", "indexes")
    numbers = "c NOT LIKE '%oid%' AND c <> 'estimated_size'"
    catalogue = {
        view: workspace.rows(f"SELECT COLUMNS(c -> {numbers}) FROM duckdb_{view}() ORDER BY ALL") for view in views
    }
    rows = {name: workspace.rows(f'FROM "{name}@1"') for name in TABLES}
    settings_ = workspace.rows("SELECT name, value FROM duckdb_settings() ORDER BY name")
    files = sorted(str(path) for path in workspace.path.parent.rglob("*"))
    return {"catalogue": catalogue, "rows": rows, "settings": settings_, "files": files}


# --- attacks -----------------------------------------------------------------------------------------------------


def test_there_are_enough_attacks_and_honest_queries_and_none_is_there_twice() -> None:
    assert len(ATTACKS) >= 80
    assert len(HONEST) >= 80
    for cases in (ATTACKS, HONEST):
        assert len({case["sql"] for case in cases}) == len({case["name"] for case in cases}) == len(cases)
    assert sum("rows" in case for case in HONEST) >= 25


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack["name"])
def test_an_attack_is_refused_by_the_guard_in_one_line(attack: dict[str, str]) -> None:
    with pytest.raises(GuardError) as refused:
        check_select(attack["sql"], tables=TABLES)
    assert attack["says"] in str(refused.value)
    assert "\n" not in str(refused.value)


def test_no_attack_leaves_anything_behind(shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop.path.parent)
    secret_frame = pa.table({"secret": [1]})
    before = everything(shop)
    outcomes = {}
    for attack in ATTACKS:
        try:
            run_select(shop, attack["sql"], seconds=5)
            outcomes[attack["name"]] = "ran"
        except ToolError:
            outcomes[attack["name"]] = "refused"
    ran = {name for name, outcome in outcomes.items() if outcome == "ran"}
    assert ran == {"pivot hides making a type", "pivot in a subquery hides making a type"}, "these get their values"
    assert everything(shop) == before
    assert secret_frame.num_rows == 1


@pytest.mark.parametrize(
    "sql",
    [
        "COPY (SELECT 1) TO 'attack.csv'",
        "FROM read_text('/etc/hostname')",
        "ATTACH 'attack.db'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ],
)
def test_the_hardened_connection_is_a_second_wall(shop: Workspace, sql: str) -> None:
    with pytest.raises(duckdb.Error):
        shop.rows(sql)


def test_a_query_runs_in_a_read_only_transaction(shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.guard.check_select", lambda sql, tables: sql)
    monkeypatch.setattr("tools.guarding.pivot.check_select", lambda sql, tables: sql)
    with pytest.raises(ToolError, match="read-only"):
        run_select(shop, "CREATE TABLE stolen AS SELECT 1", seconds=5)


ALL_FUNCTIONS = sorted(
    {
        (str(name).lower(), str(kind))
        for name, kind in duckdb.execute("SELECT function_name, function_type FROM duckdb_functions()").fetchall()
    }
)


def test_every_function_that_is_not_listed_is_refused_scalar_or_table() -> None:
    def passes(sql: str) -> bool:
        try:
            check_select(sql, tables=TABLES)
        except GuardError:
            return False
        return True

    names = {name for name, _ in ALL_FUNCTIONS if name.isidentifier()}
    scalars = {name for name in names if passes(f'SELECT "{name}"(1)')}
    tables = {name for name in names if passes(f'FROM "{name}"(1)')}
    assert scalars - ALLOWED == set()
    assert tables - TABLE_FUNCTIONS == set()
    assert len(scalars) > 400
    assert {"range", "unnest", "generate_series"} <= tables


@pytest.mark.parametrize(("theirs", "ours"), sorted(ELSEWHERE.items()))
def test_what_other_databases_call_a_function_is_told_in_duckdbs_words(theirs: str, ours: str) -> None:
    assert theirs not in {name for name, _ in ALL_FUNCTIONS}
    assert check_select(f"SELECT {ours}", tables=[]) == f"SELECT {ours}"


def test_the_allow_list_names_functions_that_this_duckdb_has() -> None:
    spoken = {"!", "->", "current_time", "current_timestamp", "ifnull", "localtime", "localtimestamp", "try"}
    known = {name for name, _ in ALL_FUNCTIONS}
    assert (ALLOWED | TABLE_FUNCTIONS) - known == spoken
    assert (OPERATORS | CLOCK) <= ALLOWED


@pytest.mark.parametrize(
    "word",
    [
        "read_",
        "scan",
        "secret",
        "setting",
        "query",
        "execute",
        "sleep",
        "pragma",
        "duckdb",
        "env",
        "log_",
        "attach",
        "pg_",
    ],
)
def test_no_listed_function_has_a_name_that_smells_of_reaching_out(word: str) -> None:
    harmless = {"pg_size_pretty"}
    assert [name for name in ALLOWED | TABLE_FUNCTIONS if word in name and name not in harmless] == []


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        (
            f"SELECT '{'x' * MAX_LENGTH}'",
            "The SQL has 50,009 characters; at most 50,000 may run. Write a shorter SELECT.",
        ),
        (
            "SELECT " + "[" * 300 + "]" * 300,
            "The SQL is nested too deeply. Write it as several simple steps (WITH a AS (…)).",
        ),
        (
            "SELECT " + "[" * 900 + "]" * 900,
            "The SQL is nested too deeply. Write it as several simple steps (WITH a AS (…)).",
        ),
        (
            "SELECT NULL::INTEGER" + "[]" * 300,
            "The SQL is nested too deeply. Write it as several simple steps (WITH a AS (…)).",
        ),
    ],
    ids=["long", "deep", "deeper than the tree can be read", "deep type"],
)
def test_sql_of_unreasonable_size_is_refused(sql: str, message: str) -> None:
    with pytest.raises(GuardError) as refused:
        check_select(sql, tables=TABLES)
    assert str(refused.value) == message


@pytest.mark.parametrize("opener", ["(", "[", "CASE WHEN true THEN ", "NOT ", "-", "(FROM ", "{'a': "])
def test_sql_nested_beyond_the_parser_is_refused_and_does_not_crash(opener: str) -> None:
    with pytest.raises(GuardError):
        check_select("SELECT " + opener * (49_000 // len(opener)) + "1", tables=TABLES)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM range(100000000) a, range(100000000) b",
        "WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x) SELECT max(n) FROM x",
        "FROM orders a, orders b, orders c, orders d, range(100000000) ORDER BY ALL",
    ],
)
def test_a_runaway_query_is_stopped(shop: Workspace, sql: str) -> None:
    with pytest.raises(ToolError, match=r"^The query (was stopped after|needs more memory)"):
        run_select(shop, sql, seconds=1)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT INTERVAL '2147483647 months'", "A value of the result is too large to show. Cast it to VARCHAR."),
        (
            "SELECT array_distance([1.0]::DOUBLE[1], [NULL]::DOUBLE[1])",
            "DuckDB itself failed on this SQL. Write it in another way.",
        ),
    ],
)
def test_what_duckdb_can_not_hand_over_is_one_line(shop: Workspace, sql: str, message: str) -> None:
    with pytest.raises(ToolError) as refused:
        run_select(shop, sql, seconds=5)
    assert str(refused.value) == message
    assert run_select(shop, "SELECT count(*) FROM orders")[0].rows == [[5]]


# --- messages ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        (
            "SELECT * FROM order",
            'DuckDB can\'t read this SQL. Parser Error: syntax error at or near "order". Write one SELECT statement.',
        ),
        ("SELECT * FROM ordrs", "No dataset 'ordrs'. Nearest: orders. Datasets: orders, customers, 매출."),
        (
            "SELECT medain(price) FROM orders",
            "Function medain is refused: it is not one of those that only compute. Nearest: median, mean.",
        ),
        (
            "SELECT to_char(ordered_on, 'YYYY') FROM orders",
            "Function to_char is refused: it is not one of those that only compute. Write strftime(date, '%Y-%m').",
        ),
        (
            "DELETE FROM orders",
            "DELETE is refused: only a SELECT that reads this project's datasets may run."
            " Write a SELECT, or ask for a step that makes a new version.",
        ),
        ("SELECT 1; SELECT 2", "2 statements were given; only one may run. Keep the one SELECT you need."),
        (
            "FROM read_text('x')",
            "Table function read_text is refused: a SELECT here reads this project's datasets only."
            " Datasets: orders, customers, 매출.",
        ),
    ],
)
def test_a_refusal_says_what_was_refused_and_what_to_do(sql: str, message: str) -> None:
    with pytest.raises(GuardError) as refused:
        check_select(sql, tables=TABLES)
    assert str(refused.value) == message


def test_an_unknown_column_comes_with_duckdbs_candidates(shop: Workspace) -> None:
    with pytest.raises(ToolError) as failed:
        run_select(shop, "SELECT pricee FROM orders")
    assert str(failed.value) == (
        'The SQL did not run. Binder Error: Referenced column "pricee" not found in FROM clause!'
        ' Candidate bindings: "price", "ordered_on", "order_id", "customer_id"'
    )


def test_an_error_in_a_row_is_one_line_too(shop: Workspace) -> None:
    with pytest.raises(ToolError) as failed:
        run_select(shop, "SELECT CAST(note AS INTEGER) FROM orders")
    assert str(failed.value).startswith("The SQL did not run. Conversion Error: Could not convert string")
    assert "\n" not in str(failed.value)


# --- honest queries ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", HONEST, ids=lambda case: case["name"])
def test_an_honest_query_runs(shop: Workspace, case: dict[str, Any]) -> None:
    table, ran = run_select(shop, case["sql"])
    assert ran == case.get("runs", case["sql"])
    if "rows" in case:
        assert table.rows == case["rows"]
    if "columns" in case:
        assert table.columns == case["columns"]
    assert table.row_count == len(table.rows)


@pytest.mark.parametrize(
    ("sql", "stripped"),
    [
        ("  SELECT 1 ; \n", "SELECT 1"),
        ("SELECT 1;;;", "SELECT 1"),
        ("SELECT 1 -- why", "SELECT 1"),
        ("SELECT 1; -- a -- b; c", "SELECT 1"),
        ("SELECT 1; /* a; */", "SELECT 1"),
        ("-- first\nSELECT 1", "-- first\nSELECT 1"),
        ("SELECT '--', ';' -- x", "SELECT '--', ';'"),
        ("SELECT 1 /* a */", "SELECT 1 /* a */"),
    ],
)
def test_the_sql_comes_back_fit_for_parentheses(sql: str, stripped: str) -> None:
    assert check_select(sql, tables=[]) == stripped
    assert duckdb.execute(f"SELECT count(*) FROM ({stripped})").fetchone() == (1,)


def test_a_version_is_readable_where_it_is_named_among_the_tables() -> None:
    assert check_select('FROM "orders@2"', tables=["orders", "orders@2"]) == 'FROM "orders@2"'


def test_only_the_rows_that_are_shown_are_fetched_and_all_are_counted(shop: Workspace) -> None:
    table, ran = run_select(shop, "SELECT i FROM range(1000000000) t(i)", limit=3)
    assert (table, ran) == (
        TableData(columns=["i"], rows=[[0], [1], [2]], row_count=1_000_000_000),
        "SELECT i FROM range(1000000000) t(i)",
    )


@pytest.mark.parametrize("limit", [None, 0])
def test_without_a_limit_all_rows_come(shop: Workspace, limit: int | None) -> None:
    table, _ = run_select(shop, "FROM range(2500)", limit=limit)
    assert (len(table.rows), table.row_count) == (2500, 2500)


def test_columns_of_the_same_name_survive(shop: Workspace) -> None:
    table, _ = run_select(shop, "SELECT a.country, b.country FROM orders a, orders b LIMIT 1")
    assert table == TableData(columns=["country", "country"], rows=[["DE", "DE"]], row_count=1)


def test_cells_come_as_json_values(shop: Workspace) -> None:
    table, _ = run_select(
        shop,
        "SELECT DATE '2024-01-02', TIMESTAMP '2024-01-02 03:04:05', 1.50::DECIMAL(5,2), 'nan'::DOUBLE, [1, NULL],"
        " {'a': DATE '2024-01-02'}, INTERVAL 1 DAY, 170141183460469231731687303715884105727",
    )
    assert table.rows == [
        ["2024-01-02", "2024-01-02 03:04:05", 1.5, None, [1, None], {"a": "2024-01-02"}, "1 day, 0:00:00", 2**127 - 1]
    ]


def test_a_pivot_gets_its_values_in_order_and_skips_empty_ones(shop: Workspace) -> None:
    table, ran = run_select(
        shop, "PIVOT orders ON note IN ('late'), country USING count(*) GROUP BY customer_id ORDER BY 1;"
    )
    assert ran == (
        "PIVOT orders ON note IN ('late'), country IN ('DE', 'ES', 'FR') USING count(*) GROUP BY customer_id ORDER BY 1"
    )
    assert table.columns == ["customer_id", "late_DE", "late_ES", "late_FR"]
    assert table.rows == [[10, 0, 0, 0], [11, 0, 0, 0], [12, 0, 0, 0], [13, 0, 0, 1]]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        (
            "PIVOT (FROM range(300)) ON range USING count(*)",
            "PIVOT would make more than 200 columns. Pivot a column with fewer values.",
        ),
        (
            "PIVOT (FROM orders WHERE false) ON note USING count(*)",
            "PIVOT finds no value to make columns of. Pivot a column that is not empty.",
        ),
        (
            "PIVOT (FROM glob('*')) ON file USING count(*)",
            "Table function glob is refused: a SELECT here reads this project's datasets only. Datasets: 매출, customers, orders.",
        ),
    ],
)
def test_a_pivot_that_can_not_get_its_values_says_why(shop: Workspace, sql: str, message: str) -> None:
    with pytest.raises(ToolError) as failed:
        run_select(shop, sql)
    assert str(failed.value) == message


@pytest.mark.parametrize(
    ("sql", "tables", "varies", "ordered", "windows"),
    [
        ("SELECT a FROM Orders JOIN b USING (a)", {"orders", "b"}, False, False, False),
        ("SELECT random()", set(), True, False, False),
        ("SELECT a, current_date FROM t", {"t"}, True, False, False),
        ("FROM t USING SAMPLE 3", {"t"}, True, False, False),
        ("FROM t TABLESAMPLE 10%", {"t"}, True, False, False),
        ("FROM t ORDER BY a", {"t"}, False, True, False),
        ("FROM t LIMIT 3", {"t"}, False, True, False),
        ("SELECT DISTINCT sum(a) OVER () FROM t", {"t"}, False, False, True),
    ],
)
def test_reading_tells_what_a_select_does(
    sql: str, tables: set[str], varies: bool, ordered: bool, windows: bool
) -> None:
    reading = read(sql)
    assert (set(reading.tables), reading.varies, reading.ordered, reading.windows) == (tables, varies, ordered, windows)


# --- formulas ----------------------------------------------------------------------------------------------------

COLUMNS = ["price", "Quantity", "note", "매출", "order date", "tags"]


@pytest.mark.parametrize(
    "formula",
    [
        "price * quantity",
        "PRICE / nullif(Quantity, 0)",
        "CASE WHEN price > 10 THEN 'high' ELSE 'low' END",
        "매출 * 1.1",
        "date_diff('day', \"order date\", current_date)",
        "note IN ('a', 'please drop')",
        "list_transform(tags, x -> x || note)",
        "[t || 'x' for t in tags if t != note]",
        "price - avg(price) OVER (PARTITION BY note)",
        "regexp_extract(note, '(\\d+)', 1)",
        "{'a': price, 'b': note}",
        "price /* each */ + 1",
        "note || '-- not a comment' || '{}'",
        "TRY_CAST(note AS INTEGER)",
        'extract(year FROM "order date")',
        "list_reduce(tags, (a, b) -> a || b)",
        "coalesce(price, 0) BETWEEN 1 AND 5",
        "NOT (note LIKE '%a%')",
    ],
)
def test_a_formula_over_the_columns_is_accepted_as_it_is(formula: str) -> None:
    assert check_formula(f"  {formula}; ", COLUMNS) == formula


NOT_ONE = "is not one formula. Write one expression over the columns"


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("", "The formula is empty"),
        (" ; ", "The formula is empty"),
        ("1) FROM x --", NOT_ONE),
        ("1) FROM read_text('x') --", NOT_ONE),
        ("1 FROM formula_input; DROP TABLE x", NOT_ONE),
        ("price) + (price", NOT_ONE),
        ("price, note", NOT_ONE),
        ("price AS p", NOT_ONE),
        ("price p", NOT_ONE),
        ("price -- half", NOT_ONE),
        ("price /* open", NOT_ONE),
        ("price WHERE true", NOT_ONE),
        ("price FROM formula_input WHERE true --", NOT_ONE),
        ("price FROM formula_input UNION SELECT note", NOT_ONE),
        ("DISTINCT price", NOT_ONE),
        ("price ORDER BY 1", NOT_ONE),
        ("price LIMIT 1", NOT_ONE),
        ("SELECT price", NOT_ONE),
        ("price = ", NOT_ONE),
        ("(SELECT 1)", "no SELECT and no *"),
        ("EXISTS (FROM formula_input)", "no SELECT and no *"),
        ("price IN (SELECT 1)", "no SELECT and no *"),
        ("*", "no SELECT and no *"),
        ("COLUMNS(*)", "no SELECT and no *"),
        ("sum(price)", "sum() runs over many rows; a formula is one row. Write sum(…) OVER (), or aggregate."),
        ("price / count(*)", "count_star() runs over many rows"),
        ("row_number()", "row_number() runs over many rows"),
        ("random()", "another value at each look"),
        ("unnest(tags)", "several rows of one"),
        ("prise * 2", "No column 'prise'. Nearest: price. Columns: price, Quantity, note, 매출, order date, tags."),
        ("orders.price", "No column 'orders'"),
        ("list_transform(tags, x -> y)", "No column 'y'"),
        ("current_user", "No column 'current_user'"),
        ("read_text('x')", "Function read_text is refused"),
        ("getenv('HOME')", "Function getenv is refused"),
        ("('x').read_text()", "Function read_text is refused"),
        ("$1", "A parameter"),
        ("price + ?", "A parameter"),
        ("'a' || 'b" + "\0'", "The formula is empty"),
    ],
)
def test_anything_but_one_formula_is_refused(formula: str, says: str) -> None:
    with pytest.raises(GuardError) as refused:
        check_formula(formula, COLUMNS)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_long_formula_is_refused() -> None:
    with pytest.raises(GuardError, match="at most 50,000 may run"):
        check_formula("1 + " * 20_000 + "1", COLUMNS)


# --- whatever is typed -------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_any_text_in_a_string_is_data_and_never_sql(text: str) -> None:
    quoted = "'" + text.replace("\0", "").replace("'", "''") + "'"
    assert check_select(f"SELECT {quoted} AS t", tables=[]) == f"SELECT {quoted} AS t"
    assert check_formula(quoted, []) == quoted


PIECES = [
    "1",
    ")",
    "(",
    "'",
    '"',
    "--",
    "/*",
    "*/",
    ";",
    ",",
    " FROM ",
    "SELECT ",
    " x ",
    "\n",
    "price",
    " UNION ",
    "+",
    "{",
    "}",
    "glob('*')",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_a_formula_that_passes_adds_exactly_one_column(formula: str) -> None:
    try:
        checked = check_formula(formula, ["price"])
    except GuardError:
        return
    with duckdb.connect(config={"enable_external_access": "false"}) as connection:
        connection.execute("CREATE TABLE given AS SELECT 1 AS price")
        try:
            rows = connection.execute(f"SELECT *, {checked} AS made FROM given").fetchall()
        except (duckdb.BinderException, duckdb.CatalogException, duckdb.ConversionException):
            return
        assert len(rows) == 1
        assert len(rows[0]) == 2

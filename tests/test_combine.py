from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.small_project import Row, add, do, recipe_of, replay_history, rows_of
from tools import catalogue
from tools.tool import ToolError
from tools.workspace import Workspace

catalogue()
ORDERS = "SELECT * FROM (VALUES (1, 7, 'x', 10), (2, 8, 'y', 20), (3, NULL, 'z', 30), (4, 99, 'y', 5)) AS t(id, who, note, price)"
PEOPLE = "SELECT * FROM (VALUES ('7', 'Ann', 'p'), ('8', 'Bob', 'q'), ('9', 'Cy', 'r')) AS t(WHO, name, Note)"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "orders", ORDERS)
        add(opened, "people", PEOPLE)
        yield opened


ON = 'ON a."who" = TRY_CAST(b."WHO" AS INTEGER)'
ORDERED = '(SELECT *, row_number() OVER () AS __row FROM "orders@1") AS a'
THEIRS = '(SELECT *, row_number() OVER () AS __row FROM "people@1") AS b'
RIGHT = 'b.* EXCLUDE (__row, "WHO") RENAME ("Note" AS "Note_people")'
MATCHED = "2 of 4 rows found a match."
RENAMED = " Columns of the same name became Note_people."
JOINS: list[tuple[str, str, str, list[Row]]] = [
    (
        "left",
        f"SELECT a.* EXCLUDE (__row), {RIGHT} FROM {ORDERED} LEFT JOIN {THEIRS} {ON} ORDER BY a.__row, b.__row",
        MATCHED + RENAMED,
        [
            (1, 7, "x", 10, "Ann", "p"),
            (2, 8, "y", 20, "Bob", "q"),
            (3, None, "z", 30, None, None),
            (4, 99, "y", 5, None, None),
        ],
    ),
    (
        "inner",
        f"SELECT a.* EXCLUDE (__row), {RIGHT} FROM {ORDERED} INNER JOIN {THEIRS} {ON} ORDER BY a.__row, b.__row",
        MATCHED + RENAMED + " Rows: 4 -> 2.",
        [(1, 7, "x", 10, "Ann", "p"), (2, 8, "y", 20, "Bob", "q")],
    ),
    (
        "right",
        f'SELECT a.* EXCLUDE (__row) REPLACE (coalesce(a."who", TRY_CAST(b."WHO" AS INTEGER)) AS "who"), {RIGHT}'
        f" FROM {ORDERED} RIGHT JOIN {THEIRS} {ON} ORDER BY a.__row, b.__row",
        MATCHED + RENAMED + " Rows: 4 -> 3.",
        [(1, 7, "x", 10, "Ann", "p"), (2, 8, "y", 20, "Bob", "q"), (None, 9, None, None, "Cy", "r")],
    ),
    (
        "full",
        f'SELECT a.* EXCLUDE (__row) REPLACE (coalesce(a."who", TRY_CAST(b."WHO" AS INTEGER)) AS "who"), {RIGHT}'
        f" FROM {ORDERED} FULL JOIN {THEIRS} {ON} ORDER BY a.__row, b.__row",
        MATCHED + RENAMED + " Rows: 4 -> 5.",
        [
            (1, 7, "x", 10, "Ann", "p"),
            (2, 8, "y", 20, "Bob", "q"),
            (3, None, "z", 30, None, None),
            (4, 99, "y", 5, None, None),
            (None, 9, None, None, "Cy", "r"),
        ],
    ),
    (
        "semi",
        f'SELECT a.* EXCLUDE (__row) FROM {ORDERED} SEMI JOIN "people@1" AS b {ON} ORDER BY a.__row',
        MATCHED + " Rows: 4 -> 2.",
        [(1, 7, "x", 10), (2, 8, "y", 20)],
    ),
    (
        "anti",
        f'SELECT a.* EXCLUDE (__row) FROM {ORDERED} ANTI JOIN "people@1" AS b {ON} ORDER BY a.__row',
        MATCHED + " Rows: 4 -> 2.",
        [(3, None, "z", 30), (4, 99, "y", 5)],
    ),
]


@pytest.mark.parametrize(("how", "sql", "text", "rows"), JOINS)
def test_every_kind_of_join_is_exact(workspace: Workspace, how: str, sql: str, text: str, rows: list[Row]) -> None:
    outcome = do(workspace, "join_datasets", dataset="orders", other="People", on=["Who"], how=how)
    assert (outcome.sql, outcome.text) == (sql, f"Joined with people on who ({how} join). {text}")
    assert rows_of(workspace, "orders") == rows


@pytest.mark.parametrize("how", ["left", "inner", "full", "right", "semi"])
def test_rows_keep_their_order_in_a_join_however_large_the_other_side_is(tmp_path: Path, how: str) -> None:
    """DuckDB builds its table of the smaller side and would give the rows as the larger one has them."""
    with Workspace(tmp_path) as workspace:
        add(workspace, "few", "SELECT (i * 37 % 100)::INT AS key, i AS place FROM range(100) AS t(i)")
        add(workspace, "many", "SELECT (hash(i) % 150)::INT AS key, i AS at FROM range(200000) AS t(i) WHERE i <> 7")
        do(workspace, "join_datasets", dataset="few", other="many", on=["key"], how=how)
        rows = [row[1:] for row in rows_of(workspace, "few")]
    assert rows == sorted(rows, key=lambda row: tuple((cell is None, cell) for cell in row))
    assert len(rows) >= 100


def test_a_join_that_multiplies_rows_warns(workspace: Workspace) -> None:
    add(workspace, "calls", "SELECT unnest([7, 7, 7, 8, 55, 55, 55, 55]) AS caller")
    outcome = do(workspace, "join_datasets", dataset="orders", other="calls", on=["who"], other_on=["caller"])
    assert outcome.sql == (
        'SELECT a.* EXCLUDE (__row) FROM (SELECT *, row_number() OVER () AS __row FROM "orders@1") AS a LEFT JOIN'
        ' (SELECT *, row_number() OVER () AS __row FROM "calls@1") AS b ON a."who" = b."caller" ORDER BY a.__row, b.__row'
    )
    assert outcome.text == (
        "Joined with calls on who (left join). 2 of 4 rows found a match."
        " Careful: calls has up to 3 rows for one key, so rows were multiplied. Rows: 4 -> 6."
    )


def test_a_join_without_any_match_says_so(workspace: Workspace) -> None:
    outcome = do(workspace, "join_datasets", dataset="orders", other="people", on=["note"], other_on=["name"])
    assert outcome.text == (
        "Joined with people on note (left join). 0 of 4 rows found a match."
        " Check that the key columns hold the same kind of values."
        " Columns of the same name became WHO_people and Note_people."
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"other": "peoples", "on": ["who"]}, "No dataset 'peoples'. Nearest: people. Datasets: people."),
        ({"other": "people", "on": ["id"]}, "In people: No column 'id'. Columns: WHO, name, Note."),
        (
            {"other": "people", "on": ["who"], "other_on": ["who", "name"]},
            "A join needs as many key columns on both sides: got 1 key and 2.",
        ),
    ],
)
def test_what_does_not_fit_a_join_is_said_in_one_line(
    workspace: Workspace, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, "join_datasets", dataset="orders", **arguments)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("how", "sql", "text", "rows"),
    [
        (
            "all",
            'SELECT "id", CAST("who" AS VARCHAR) AS "who", "note", "price" FROM "orders@1"'
            ' UNION ALL BY NAME SELECT "WHO" AS "who", "Note" AS "note", "name" FROM "people@1"',
            "Only one of the two has id, price and name; these cells are empty where a row had none.",
            [
                (1, "7", "x", 10, None),
                (2, "8", "y", 20, None),
                (3, None, "z", 30, None),
                (4, "99", "y", 5, None),
                (None, "7", "p", None, "Ann"),
                (None, "8", "q", None, "Bob"),
                (None, "9", "r", None, "Cy"),
            ],
        ),
        (
            "common",
            'SELECT CAST("who" AS VARCHAR) AS "who", "note" FROM "orders@1"'
            ' UNION ALL BY NAME SELECT "WHO" AS "who", "Note" AS "note" FROM "people@1"',
            "Only one of the two has id, price and name; these cells were left out.",
            [("7", "x"), ("8", "y"), (None, "z"), ("99", "y"), ("7", "p"), ("8", "q"), ("9", "r")],
        ),
    ],
)
def test_concatenation_matches_names_and_reconciles_types(
    workspace: Workspace, how: str, sql: str, text: str, rows: list[Row]
) -> None:
    outcome = do(workspace, "concatenate_datasets", dataset="orders", other="people", how=how)
    assert outcome.sql == sql
    assert outcome.text == (
        f"Added 3 rows of people; 2 columns matched by name. {text}"
        " who became text, for the two hold different types. Rows: 4 -> 7."
    )
    assert rows_of(workspace, "orders") == rows


def test_several_datasets_are_put_below_each_other_with_their_source(workspace: Workspace) -> None:
    add(workspace, "more", "SELECT '5' AS ID, 'z' AS note, 30 AS price, DATE '2024-01-01' AS day")
    outcome = do(
        workspace, "concatenate_datasets", dataset="orders", other="people", more=["more", "orders"], source="from"
    )
    first = 'CAST("id" AS VARCHAR) AS "id", CAST("who" AS VARCHAR) AS "who", "note", "price", \'orders\' AS "from"'
    assert outcome.sql == (
        f'SELECT {first} FROM "orders@1"'
        ' UNION ALL BY NAME SELECT "WHO" AS "who", "Note" AS "note", "name", \'people\' AS "from" FROM "people@1"'
        ' UNION ALL BY NAME SELECT "ID" AS "id", "note", "price", "day", \'more\' AS "from" FROM "more@1"'
        f' UNION ALL BY NAME SELECT {first} FROM "orders@1"'
    )
    assert outcome.text == (
        "Added 3 rows of people, 1 row of more and 4 rows of orders; 1 column matched by name in all."
        " Only some of them have id, who, price, name and day; these cells are empty where a row had none."
        " id and who became text, for they hold different types. from says from which dataset a row is. Rows: 4 -> 12."
    )
    assert workspace.version("orders").names == ["id", "who", "note", "price", "from", "name", "day"]
    assert [row[4] for row in rows_of(workspace, "orders")] == ["orders"] * 4 + ["people"] * 3 + ["more"] + [
        "orders"
    ] * 4


def test_rows_that_are_equal_are_kept_once(workspace: Workspace) -> None:
    add(workspace, "more", "SELECT * FROM (VALUES (1, 7, 'x', 10), (9, 1, 'q', 1)) AS t(id, who, note, price)")
    outcome = do(workspace, "concatenate_datasets", dataset="orders", other="more", distinct=True, source="src")
    assert outcome.text == (
        "Added 2 rows of more; 4 columns matched by name. src says from which dataset a row is."
        " Removed 1 duplicate row. Rows: 4 -> 5."
    )
    assert [(row[0], row[-1]) for row in rows_of(workspace, "orders")] == [(1, "orders"), (2, "orders"), (3, "orders"), (4, "orders"), (9, "more")]  # fmt: skip


def test_every_row_stands_beside_every_row(workspace: Workspace) -> None:
    outcome = do(workspace, "cross_join", dataset="orders", other="People")
    assert outcome.sql == (
        'SELECT a.*, b.* RENAME ("WHO" AS "WHO_people", "Note" AS "Note_people")'
        ' FROM "orders@1" AS a CROSS JOIN "people@1" AS b'
    )
    assert outcome.text == (
        "Put each of 4 rows beside all 3 rows of people. Columns of the same name became WHO_people and Note_people."
        " Rows: 4 -> 12."
    )
    assert sorted((row[0], row[5]) for row in rows_of(workspace, "orders")) == [
        (order, name) for order in (1, 2, 3, 4) for name in ("Ann", "Bob", "Cy")
    ]


def test_columns_are_put_beside_row_by_row(workspace: Workspace) -> None:
    outcome = do(workspace, "paste_columns", dataset="orders", other="people")
    one = "SELECT *, row_number() OVER () AS __row FROM"
    assert outcome.sql == (
        'SELECT a.* EXCLUDE (__row), b.* EXCLUDE (__row) RENAME ("WHO" AS "WHO_people", "Note" AS "Note_people")'
        f' FROM ({one} "orders@1") AS a FULL JOIN ({one} "people@1") AS b ON a.__row = b.__row'
        " ORDER BY coalesce(a.__row, b.__row)"
    )
    assert outcome.text == (
        "Put 3 columns of people beside these, row by row. One has 4 rows, the other 3: the cells of the shorter one's"
        " end are empty. Columns of the same name became WHO_people and Note_people."
    )
    assert [(row[0], row[4], row[5]) for row in rows_of(workspace, "orders")] == [
        (1, "7", "Ann"), (2, "8", "Bob"), (3, "9", "Cy"), (4, None, None),
    ]  # fmt: skip


def test_too_many_pairs_are_refused(workspace: Workspace) -> None:
    add(workspace, "long", "SELECT range AS i FROM range(10_001)")
    add(workspace, "other", "SELECT range AS j FROM range(10_000)")
    with pytest.raises(ToolError, match=r"10,001 rows beside 10,000 would make 100,010,000, more than 100,000,000"):
        do(workspace, "cross_join", dataset="long", other="other")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"other": "people", "more": ["nobody"]}, "No dataset 'nobody'. Datasets: people."),
        (
            {"other": "people", "source": "ID"},
            "There already is a column 'ID'. Choose another name or remove that column first.",
        ),
    ],
)
def test_what_can_not_be_put_below_is_said(workspace: Workspace, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, "concatenate_datasets", dataset="orders", **arguments)
    assert str(error.value) == message


def test_datasets_with_nothing_in_common_are_not_concatenated(workspace: Workspace) -> None:
    add(workspace, "other", "SELECT 1 AS q")
    with pytest.raises(ToolError) as error:
        do(workspace, "concatenate_datasets", dataset="orders", other="other")
    assert str(error.value) == "other has no column in common. Here: id, who, note and price. There: q."


def test_an_aggregate_is_exact(workspace: Workspace) -> None:
    measures: list[dict[str, str]] = [
        {"function": "count"},
        {"function": "sum", "column": "Price"},
        {"function": "mean", "column": "price"},
        {"function": "max", "column": "who"},
        {"function": "count_distinct", "column": "who"},
    ]
    outcome = do(workspace, "aggregate", dataset="orders", group_by=["note"], measures=measures)
    assert outcome.sql == (
        'SELECT "note", count(*) AS "count", CAST(sum("price") AS BIGINT) AS "sum_price", avg("price") AS "mean_price",'
        ' max("who") AS "max_who", count(DISTINCT "who") AS "count_distinct_who" FROM "orders@1"'
        ' GROUP BY "note" ORDER BY "note" NULLS LAST'
    )
    assert outcome.text == (
        "Computed count, sum_price, mean_price, max_who and count_distinct_who for each note. Rows: 4 -> 3."
    )
    assert rows_of(workspace, "orders") == [("x", 1, 10, 10.0, 7, 1), ("y", 2, 25, 12.5, 99, 2), ("z", 1, 30, 30.0, None, 0)]  # fmt: skip


def test_an_aggregate_without_groups_is_one_row(workspace: Workspace) -> None:
    measures = [{"function": "median", "column": "price"}, {"function": "min", "column": "note"}, {"function": "count", "column": "who"}]  # fmt: skip
    outcome = do(workspace, "aggregate", dataset="orders", group_by=[], measures=measures)
    assert outcome.text == "Computed median_price, min_note and count_who. Rows: 4 -> 1."
    assert rows_of(workspace, "orders") == [(15.0, "x", 3)]


def test_rarer_measures_are_exact(workspace: Workspace) -> None:
    functions = ["first", "last", "mode", "sd", "variance", "range", "p25", "p90", "list", "join"]
    measures = [{"function": function, "column": "price"} for function in functions]
    outcome = do(workspace, "aggregate", dataset="orders", group_by=[], measures=measures)
    calls = (
        'first("price")', 'last("price")', 'mode("price")', 'stddev_samp("price")', 'var_samp("price")',
        'max("price") - min("price")', 'quantile_cont("price", 0.25)', 'quantile_cont("price", 0.90)',
        'list("price") FILTER ("price" IS NOT NULL)', "string_agg(CAST(\"price\" AS VARCHAR), ', ')",
    )  # fmt: skip
    cells = [f'{call} AS "{function}_price"' for call, function in zip(calls, functions, strict=True)]
    assert outcome.sql == f'SELECT {", ".join(cells)} FROM "orders@1"'
    [row] = rows_of(workspace, "orders")
    assert row[:2] == (10, 5)
    assert row[3:] == (
        pytest.approx(11.0868, abs=1e-4),
        pytest.approx(122.9167, abs=1e-4),
        25,
        8.75,
        pytest.approx(27.0),
        [10, 20, 30, 5],
        "10, 20, 30, 5",
    )


@pytest.mark.parametrize(
    ("measures", "message"),
    [
        ([], "No measures were named. Name at least one, for example a count."),
        ([{"function": "sum"}], "Measure sum needs a column. Only count works without one."),
        (
            [{"function": "mean", "column": "note"}],
            "note holds no numbers, so it has no mean. Choose a number column, or count.",
        ),
    ],
)
def test_what_does_not_fit_an_aggregate_is_said_in_one_line(
    workspace: Workspace, measures: list[dict[str, str]], message: str
) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, "aggregate", dataset="orders", group_by=["who"], measures=measures)
    assert str(error.value) == message


def test_a_recipe_begins_after_the_last_step_that_reshaped_the_rows(workspace: Workspace) -> None:
    do(workspace, "join_datasets", dataset="orders", other="people", on=["who"])
    do(workspace, "concatenate_datasets", dataset="orders", other="people")
    recipe = recipe_of(workspace, "orders")
    assert (recipe.base, recipe.steps) == ("orders@3", ())


def test_a_join_replays_on_other_rows(workspace: Workspace) -> None:
    do(workspace, "join_datasets", dataset="orders", other="people", on=["who"], how="inner")
    do(workspace, "aggregate", dataset="orders", group_by=["name"], measures=[{"function": "count"}])
    orders = "SELECT 5 AS id, unnest([9, 9, 7, 1]) AS who, 'n' AS note, 1 AS price"
    assert replay_history(workspace, "orders", {"orders@1": orders, "people@1": PEOPLE}) == [("Ann", 1), ("Cy", 2)]


@pytest.mark.parametrize(
    ("tool", "arguments", "rows"),
    [
        ("concatenate_datasets", {"distinct": True, "source": "of"}, [(5, "9", "n", 1, "orders", None), (None, "7", "p", None, "people", "Ann"), (None, "8", "q", None, "people", "Bob"), (None, "9", "r", None, "people", "Cy")]),
        ("cross_join", {}, [(5, 9, "n", 1, who, name, note) for who, name, note in (("7", "Ann", "p"), ("8", "Bob", "q"), ("9", "Cy", "r"))]),
        ("paste_columns", {}, [(5, 9, "n", 1, "7", "Ann", "p"), (None, None, None, None, "8", "Bob", "q"), (None, None, None, None, "9", "Cy", "r")]),
    ],
)  # fmt: skip
def test_datasets_are_put_together_the_same_way_on_other_rows(
    workspace: Workspace, tool: str, arguments: dict[str, Any], rows: list[Row]
) -> None:
    do(workspace, tool, dataset="orders", other="people", **arguments)
    imports = {"orders@1": "SELECT 5 AS id, 9 AS who, 'n' AS note, 1 AS price", "people@1": PEOPLE}
    assert sorted(replay_history(workspace, "orders", imports), key=str) == sorted(rows, key=str)

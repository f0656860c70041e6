from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tools.transforms.rows  # noqa: F401  # puts its tools into the catalogue
from tests.small_project import Row, add, do, recipe_of, replay, rows_of
from tools.tool import ToolError
from tools.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "t", "SELECT * FROM (VALUES (3, 'b'), (1, 'a'), (NULL, 'b'), (3, 'c'), (1, 'a')) AS t(n, s)")
        yield opened


GOLDEN: list[tuple[str, dict[str, Any], str, str, list[Row]]] = [
    (
        "filter_rows",
        {"condition": ' "n" > 1 '},
        'SELECT * FROM "t@1" WHERE ("n" > 1) IS TRUE',
        'Kept the 2 rows where "n" > 1. Rows: 5 -> 2.',
        [(3, "b"), (3, "c")],
    ),
    (
        "filter_rows",
        {"condition": "n > 1", "action": "remove"},
        'SELECT * FROM "t@1" WHERE (n > 1) IS NOT TRUE',
        "Removed the 2 rows where n > 1. Rows: 5 -> 3.",
        [(1, "a"), (None, "b"), (1, "a")],
    ),
    (
        "sort_rows",
        {"columns": ["N"]},
        'SELECT * FROM "t@1" ORDER BY "n" ASC NULLS LAST, row_number() OVER ()',
        "Sorted by n, smallest first.",
        [(1, "a"), (1, "a"), (3, "b"), (3, "c"), (None, "b")],
    ),
    (
        "sort_rows",
        {"columns": ["s", "n"], "descending": True},
        'SELECT * FROM "t@1" ORDER BY "s" DESC NULLS LAST, "n" DESC NULLS LAST, row_number() OVER ()',
        "Sorted by s and n, largest first.",
        [(3, "c"), (3, "b"), (None, "b"), (1, "a"), (1, "a")],
    ),
    (
        "drop_duplicates",
        {},
        'SELECT * EXCLUDE (__order) FROM (SELECT *, row_number() OVER () AS __order FROM "t@1")'
        ' QUALIFY row_number() OVER (PARTITION BY "n", "s" ORDER BY __order) = 1 ORDER BY __order',
        "Removed 1 duplicate row (compared by all columns), keeping the first of each. Rows: 5 -> 4.",
        [(3, "b"), (1, "a"), (None, "b"), (3, "c")],
    ),
    (
        "drop_duplicates",
        {"columns": ["s"]},
        'SELECT * EXCLUDE (__order) FROM (SELECT *, row_number() OVER () AS __order FROM "t@1")'
        ' QUALIFY row_number() OVER (PARTITION BY "s" ORDER BY __order) = 1 ORDER BY __order',
        "Removed 2 duplicate rows (compared by s), keeping the first of each. Rows: 5 -> 3.",
        [(3, "b"), (1, "a"), (3, "c")],
    ),
    (
        "take_rows",
        {"count": 2},
        'SELECT * FROM "t@1" LIMIT 2',
        "Took the first 2 rows. Rows: 5 -> 2.",
        [(3, "b"), (1, "a")],
    ),
]


@pytest.mark.parametrize(("tool", "arguments", "sql", "text", "rows"), GOLDEN)
def test_the_sql_the_text_and_the_rows_of_a_step_are_exact(
    workspace: Workspace, tool: str, arguments: dict[str, Any], sql: str, text: str, rows: list[Row]
) -> None:
    outcome = do(workspace, tool, dataset="t", **arguments)
    assert (outcome.sql, outcome.text) == (sql, text)
    assert rows_of(workspace, "t") == rows
    assert outcome.rows == (5, len(rows))


OTHER = "SELECT * FROM (VALUES (9, 'z'), (0, 'z'), (9, 'z')) AS t(n, s)"


@pytest.mark.parametrize(
    ("tool", "arguments", "rows"),
    [
        ("filter_rows", {"condition": "n > 1"}, [(9, "z"), (9, "z")]),
        ("sort_rows", {"columns": ["n"]}, [(0, "z"), (9, "z"), (9, "z")]),
        ("drop_duplicates", {}, [(9, "z"), (0, "z")]),
        ("take_rows", {"count": 2}, [(9, "z"), (0, "z")]),
        ("take_rows", {"count": 2, "how": "random"}, [(9, "z"), (0, "z")]),
    ],
)
def test_a_step_replays_on_holdout_rows_and_keeps_every_row_when_predicting(
    workspace: Workspace, tool: str, arguments: dict[str, Any], rows: list[Row]
) -> None:
    recipe = recipe_of(workspace, str(do(workspace, tool, dataset="t", **arguments).dataset))
    assert replay(recipe, OTHER, "holdout") == rows
    assert replay(recipe, OTHER, "train") == rows
    assert replay(recipe, OTHER, "predict") == [(9, "z"), (0, "z"), (9, "z")]


def test_a_random_sample_is_the_same_each_time_and_keeps_the_order(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "big", "SELECT range AS n FROM range(300_000)")
        first, second = (do(workspace, "take_rows", dataset="big@1", count=1000, how="random") for _ in range(2))
        assert first.sql == (
            'SELECT * EXCLUDE (__order) FROM (SELECT * FROM (SELECT *, row_number() OVER () AS __order FROM "big@1")'
            " ORDER BY hash(__order, 42) LIMIT 1000) ORDER BY __order"
        )
        taken = [row[0] for row in rows_of(workspace, str(first.dataset))]
        assert taken == [row[0] for row in rows_of(workspace, str(second.dataset))]
        assert taken == sorted(taken)
        assert len(set(taken)) == 1000
        assert 140_000 < sum(taken) / 1000 < 160_000


def test_duplicates_of_many_rows_keep_the_first_in_order(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "big", "SELECT (range * 7919) % 50_000 AS n, range AS at FROM range(300_000)")
        do(workspace, "drop_duplicates", dataset="big", columns=["n"])
        assert rows_of(workspace, "big") == [((at * 7919) % 50_000, at) for at in range(50_000)]


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        (
            "filter_rows",
            {"condition": "n > 100"},
            "No row would be left: n > 100 is true for 0 of 5 rows. Change it.",
        ),
        ("sort_rows", {"columns": []}, "No columns were named. Name at least one column to sort by."),
        ("take_rows", {"count": 0}, "Can't take 0 rows. Give a count of at least 1."),
        ("drop_duplicates", {"columns": ["x"]}, "No column 'x'. Columns: n, s."),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(
    workspace: Workspace, tool: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, tool, dataset="t", **arguments)
    assert str(error.value) == message


def test_a_condition_passes_the_guard_before_it_runs(workspace: Workspace) -> None:
    with pytest.raises(ToolError):
        do(workspace, "filter_rows", dataset="t", condition="n > (SELECT max(n) FROM easel.heads)")
    assert [version.ref for version in workspace.versions("t")] == ["t@1"]


@pytest.mark.parametrize(
    ("tool", "arguments", "text"),
    [
        ("filter_rows", {"condition": "s >= 'a'"}, "All 5 rows stay: none is removed by s >= 'a'."),
        ("drop_duplicates", {}, "No duplicate rows found (compared by all columns)."),
        ("take_rows", {"count": 50}, "All rows stay: the dataset has 4 rows."),
    ],
)
def test_nothing_to_do_is_a_result_and_makes_no_version(
    workspace: Workspace, tool: str, arguments: dict[str, Any], text: str
) -> None:
    if tool != "filter_rows":
        do(workspace, "drop_duplicates", dataset="t")
    before = workspace.version("t")
    outcome = do(workspace, tool, dataset="t", **arguments)
    assert (outcome.text, outcome.dataset, outcome.sql) == (text, before.ref, None)
    assert workspace.versions("t")[-1] == before


@pytest.mark.parametrize(
    ("tool", "arguments", "rows"),
    [("drop_duplicates", {}, [(7, "a"), (8, "b")]), ("take_rows", {"count": 1, "how": "random"}, [(7, "a")])],
)
def test_a_column_that_is_called_like_the_hidden_row_number_stays(
    workspace: Workspace, tool: str, arguments: dict[str, Any], rows: list[Row]
) -> None:
    add(workspace, "o", "SELECT * FROM (VALUES (7, 'a'), (8, 'b'), (7, 'a')) AS t(__order, __ORDER_)")
    outcome = do(workspace, tool, dataset="o", **arguments)
    assert outcome.dataset is not None
    assert workspace.version(outcome.dataset).names == ["__order", "__ORDER_"]
    assert rows_of(workspace, outcome.dataset) == rows


# --- more of the same tools, as rarely asked for -----------------------------------------------------------------

VISITS = """SELECT * FROM (VALUES ('Ann', '3/1/2024', '9', 1, NULL), ('Bob', '5/2/2024', '10', 2, 'x'),
('Ann', '12/30/2023', '10', 3, 'y'), ('Ann', '4/1/2024', '2', NULL, NULL), ('Bob', '1/9/2024', '1', 5, NULL))
AS t(who, day, paid, n, note)"""


@pytest.fixture
def visits(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "v", VISITS)
        yield opened


NUMBERED = 'SELECT *, row_number() OVER () AS __order FROM "v@1"'


@pytest.mark.parametrize(
    ("arguments", "order", "kept", "places"),
    [
        ({"keep": "last"}, "__order DESC", "the last of each", [3, 4]),
        ({"keep": "largest", "by": "n"}, '"n" DESC NULLS LAST, __order', "the one of each with the largest n", [2, 4]),
        ({"keep": "smallest", "by": "N"}, '"n" ASC NULLS LAST, __order', "the one of each with the smallest n", [0, 1]),
        (
            {"keep": "largest", "by": "day"},
            "try_strptime(trim(\"day\"), '%m/%d/%Y') DESC NULLS LAST, __order",
            "the one of each with the largest day",
            [1, 3],
        ),
        (
            {"keep": "most_complete"},
            '("who" IS NOT NULL)::INT + ("day" IS NOT NULL)::INT + ("paid" IS NOT NULL)::INT + ("n" IS NOT NULL)::INT'
            ' + ("note" IS NOT NULL)::INT DESC, __order',
            "the one of each with the fewest empty cells",
            [1, 2],
        ),
    ],
)
def test_one_chooses_which_of_several_duplicates_stays(
    visits: Workspace, arguments: dict[str, Any], order: str, kept: str, places: list[int]
) -> None:
    before = rows_of(visits, "v")
    outcome = do(visits, "drop_duplicates", dataset="v", columns=["who"], **arguments)
    assert outcome.sql == (
        f"SELECT * EXCLUDE (__order) FROM ({NUMBERED})"
        f' QUALIFY row_number() OVER (PARTITION BY "who" ORDER BY {order}) = 1 ORDER BY __order'
    )
    assert outcome.text == f"Removed 3 duplicate rows (compared by who), keeping {kept}. Rows: 5 -> 2."
    assert rows_of(visits, "v") == [before[place] for place in places]


def test_amounts_kept_as_text_are_compared_as_amounts(visits: Workspace) -> None:
    do(visits, "drop_duplicates", dataset="v", columns=["who"], keep="largest", by="paid")
    assert [row[2] for row in rows_of(visits, "v")] == ["10", "10"]


def test_all_copies_may_go(visits: Workspace) -> None:
    outcome = do(visits, "drop_duplicates", dataset="v", columns=["paid"], keep="none")
    assert outcome.sql == (
        f'SELECT * EXCLUDE (__order) FROM ({NUMBERED}) QUALIFY count(*) OVER (PARTITION BY "paid") = 1 ORDER BY __order'
    )
    assert outcome.text == "Removed 2 duplicate rows (compared by paid), keeping none of them. Rows: 5 -> 3."
    other = "SELECT 'X' AS who, '' AS day, unnest(['1', '2', '1']) AS paid, 1 AS n, NULL::VARCHAR AS note"
    assert [row[2] for row in replay(recipe_of(visits, "v"), other, "train")] == ["2"]


TURNS = "SELECT * EXCLUDE (__order, __turn) FROM (SELECT *, row_number() OVER ({over}) AS __turn FROM ({numbered})) WHERE {test} ORDER BY __order"


@pytest.mark.parametrize(
    ("arguments", "over", "test", "text", "places"),
    [
        ({"count": 2, "from_end": True}, "ORDER BY __order DESC", "__turn BETWEEN 1 AND 2", "Took the last 2 rows.", [3, 4]),
        ({"count": 1, "group_by": ["who"]}, 'PARTITION BY "who" ORDER BY __order', "__turn BETWEEN 1 AND 1", "Took the first 1 row of each who.", [0, 1]),
        ({"count": 9, "every": 2, "skip": 1}, "ORDER BY __order", "__turn BETWEEN 2 AND 19 AND (__turn - 2) % 2 = 0", "Took the first 9 rows, one of 2, after 1 row passed over.", [1, 3]),
        ({"count": 3, "remove": True}, "ORDER BY __order", "NOT (__turn BETWEEN 1 AND 3)", "Removed the first 3 rows.", [3, 4]),
    ],
)  # fmt: skip
def test_rows_are_taken_by_their_places(
    visits: Workspace, arguments: dict[str, Any], over: str, test: str, text: str, places: list[int]
) -> None:
    before = rows_of(visits, "v")
    outcome = do(visits, "take_rows", dataset="v", **arguments)
    assert outcome.sql == TURNS.format(over=over, numbered=NUMBERED, test=test)
    assert outcome.text == f"{text} Rows: 5 -> {len(places)}."
    assert rows_of(visits, "v") == [before[place] for place in places]


def test_rows_are_passed_over(visits: Workspace) -> None:
    outcome = do(visits, "take_rows", dataset="v", count=2, skip=2)
    assert outcome.sql == 'SELECT * FROM "v@1" LIMIT 2 OFFSET 2'
    assert outcome.text == "Took the first 2 rows, after 2 rows passed over. Rows: 5 -> 2."
    assert [row[3] for row in rows_of(visits, "v")] == [3, None]


def test_columns_are_sorted_each_in_its_direction(visits: Workspace) -> None:
    outcome = do(visits, "sort_rows", dataset="v", columns=["who", "n"], largest_first=["n"], empty="first")
    assert (
        outcome.sql == 'SELECT * FROM "v@1" ORDER BY "who" ASC NULLS FIRST, "n" DESC NULLS FIRST, row_number() OVER ()'
    )
    assert outcome.text == "Sorted by who and n, n largest first and the others smallest first, empty cells first."
    assert [row[3] for row in rows_of(visits, "v")] == [None, 3, 1, 5, 2]


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        (
            "drop_duplicates",
            {"keep": "largest"},
            "Keep largest or smallest goes with a column in by, and the others without: got largest and None.",
        ),
        ("sort_rows", {"columns": ["n"], "largest_first": ["who"]}, "The rows are not sorted by who. Name it in columns too."),
        ("take_rows", {"count": 1, "skip": -1}, "Can't take 1 rows, skip -1 and take one of 1. Give a count of at least 1."),
        ("take_rows", {"count": 1, "how": "random", "skip": 1}, "A random sample takes a count only. Use sample_rows for a sample of each group."),
        ("take_rows", {"count": 9, "remove": True}, "No row would be left of 5 rows. Give other numbers."),
    ],
)  # fmt: skip
def test_arguments_that_do_not_go_together_are_refused(
    visits: Workspace, tool: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ToolError) as error:
        do(visits, tool, dataset="v", **arguments)
    assert str(error.value) == message

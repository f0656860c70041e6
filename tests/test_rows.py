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

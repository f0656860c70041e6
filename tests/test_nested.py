"""Structs, maps, lists and JSON text: their fields as columns, their items as rows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.small_project import add, do, recipe_of, replay, rows_of
from tools import catalogue
from tools.tool import ToolError
from tools.workspace import Workspace

catalogue()
ORDERS = """SELECT 1 AS id, {'name': 'Ann', 'home': {'city': 'Oslo', 'zip': 10}} AS who, [5, 6] AS sizes,
 MAP {'red': 1, 'blue': 2} AS stock, '{"p": {"q": 1}, "tags": ["x", "y"], "w": "a"}' AS extra, 'x, y' AS note
UNION ALL SELECT 2, {'name': 'Bo', 'home': NULL}, [], MAP {'red': 3}, '{"p": {"q": 2.5, "n": null}}', NULL
UNION ALL SELECT 3, NULL, NULL, NULL, 'broken', 'z'"""
HOME = "struct_extract(\"who\", 'home')"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "orders", ORDERS)
        yield opened


def _flat(workspace: Workspace, **arguments: Any) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The new columns and their rows."""
    outcome = do(workspace, "flatten_columns", dataset="orders@1", **arguments)
    names = workspace.version(str(outcome.dataset)).names
    kept = [name for name in workspace.version("orders@1").names if name in names]
    return names[len(kept) :], [row[len(kept) :] for row in rows_of(workspace, str(outcome.dataset))]


def test_a_struct_becomes_columns_named_by_their_way(workspace: Workspace) -> None:
    outcome = do(workspace, "flatten_columns", dataset="orders", columns=["Who"])
    assert outcome.sql == (
        'SELECT * EXCLUDE ("who"), struct_extract("who", \'name\') AS "who_name",'
        f" struct_extract({HOME}, 'city') AS \"who_home_city\", struct_extract({HOME}, 'zip') AS \"who_home_zip\""
        ' FROM "orders@1"'
    )
    assert outcome.text == "Flattened who into who_name, who_home_city and who_home_zip."
    assert [row[-3:] for row in rows_of(workspace, "orders")] == [("Ann", "Oslo", 10), ("Bo", None, None), (None, None, None)]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "names", "rows"),
    [
        ({"columns": ["who"], "depth": 1}, ["who_name", "who_home"], [("Ann", {"city": "Oslo", "zip": 10}), ("Bo", None), (None, None)]),
        ({"columns": ["who"], "with_prefix": False}, ["name", "city", "zip"], [("Ann", "Oslo", 10), ("Bo", None, None), (None, None, None)]),
        ({"columns": ["stock"]}, ["stock_blue", "stock_red"], [(2, 1), (None, 3), (None, None)]),
        ({"columns": ["sizes"], "lists": "columns"}, ["sizes_1", "sizes_2"], [(5, 6), (None, None), (None, None)]),
        ({"columns": ["extra"]}, ["extra_p_q", "extra_p_n", "extra_tags", "extra_w"], [(1.0, None, ["x", "y"], "a"), (2.5, None, None, None), (None, None, None, None)]),
        ({"columns": ["extra"], "lists": "columns", "with_prefix": False, "keep": True}, ["q", "n", "tags_1", "tags_2", "w"], [(1.0, None, "x", "y", "a"), (2.5, None, None, None, None), (None,) * 5]),
        ({"columns": ["stock", "sizes"], "lists": "columns"}, ["stock_blue", "stock_red", "sizes_1", "sizes_2"], [(2, 1, 5, 6), (None, 3, None, None), (None,) * 4]),
    ],
)  # fmt: skip
def test_nested_values_become_columns(
    workspace: Workspace, arguments: dict[str, Any], names: list[str], rows: list[tuple[Any, ...]]
) -> None:
    assert _flat(workspace, **arguments) == (names, rows)


def test_json_text_is_opened_the_same_way_on_other_rows(workspace: Workspace) -> None:
    outcome = do(workspace, "flatten_columns", dataset="orders", columns=["extra"])
    assert outcome.sql == (
        'SELECT * EXCLUDE ("__extra", "extra"), struct_extract(struct_extract("__extra", \'p\'), \'q\') AS "extra_p_q",'
        " struct_extract(struct_extract(\"__extra\", 'p'), 'n') AS \"extra_p_n\","
        ' struct_extract("__extra", \'tags\') AS "extra_tags", struct_extract("__extra", \'w\') AS "extra_w"'
        ' FROM (SELECT *, from_json(TRY_CAST("extra" AS JSON), \'{"p": {"q": "DOUBLE", "n": "VARCHAR"},'
        ' "tags": ["VARCHAR"], "w": "VARCHAR"}\') AS "__extra" FROM "orders@1")'
    )
    other = (
        "SELECT 9 AS id, {'name': 'C', 'home': {'city': 'Rome', 'zip': 1}} AS who, [1] AS sizes, MAP {'red': 1} AS stock,"
        """ unnest(['{"new": 1, "w": "z"}', NULL]) AS extra, 'n' AS note"""
    )
    rows = replay(recipe_of(workspace, "orders"), other)
    assert [row[5:] for row in rows] == [(None, None, None, "z"), (None, None, None, None)]
    assert rows[0][:2] == (9, {"name": "C", "home": {"city": "Rome", "zip": 1}})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"columns": ["id"]},
            "id holds neither nested values nor JSON text, for example '1'. Name a column that does.",
        ),
        (
            {"columns": ["note"]},
            "note holds neither nested values nor JSON text, for example 'x, y'. Name a column that does.",
        ),
        (
            {"columns": ["who"], "depth": 0},
            "Flattening needs at least one column and a depth from 1: got who and 0.",
        ),
        ({"columns": ["whom"]}, "No column 'whom'. Nearest: who. Columns: id, who, sizes, stock, extra, note."),
    ],
)
def test_what_holds_nothing_nested_is_said(workspace: Workspace, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, "flatten_columns", dataset="orders", **arguments)
    assert str(error.value) == message


def test_long_lists_are_not_made_columns(workspace: Workspace) -> None:
    add(workspace, "long", "SELECT range(60) AS many")
    with pytest.raises(ToolError, match=r"many has lists of up to 60 items, more than 50. Use explode_list."):
        do(workspace, "flatten_columns", dataset="long", columns=["many"], lists="columns")


# --- items as rows -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "arguments", "rows"),
    [
        ("[['a', 'b'], [], NULL, ['c']]", {}, [(1, "a"), (1, "b"), (2, None), (3, None), (4, "c")]),
        ("['x, y', 'z', NULL, '']", {"separator": ","}, [(1, "x"), (1, "y"), (2, "z"), (3, None), (4, "")]),
        ("""['["p", "q"]', '[]', NULL, '["r"]']""", {}, [(1, "p"), (1, "q"), (2, None), (3, None), (4, "r")]),
        (
            "[MAP {'k': 1}, MAP {}, NULL, MAP {'m': 2}]",
            {},
            [(1, {"key": "k", "value": 1}), (2, None), (3, None), (4, {"key": "m", "value": 2})],
        ),
    ],
)
def test_each_item_of_a_list_has_a_row(
    workspace: Workspace, values: str, arguments: dict[str, Any], rows: list[tuple[Any, ...]]
) -> None:
    add(workspace, "tags", f"SELECT generate_subscripts({values}, 1) AS id, unnest({values}) AS tag")
    outcome = do(workspace, "explode_list", dataset="tags", column="tag", **arguments)
    assert rows_of(workspace, "tags") == rows
    rows_now = f" Rows: 4 -> {len(rows)}." if len(rows) != 4 else ""
    assert outcome.text == f"Made {len(rows)} rows of 4: one for each item of tag.{rows_now}"


def test_an_exploded_list_is_exact(workspace: Workspace) -> None:
    outcome = do(workspace, "explode_list", dataset="orders", column="sizes")
    some = 'CASE WHEN len("sizes") > 0 THEN "sizes" ELSE [NULL] END'
    assert outcome.sql == (
        f'SELECT * EXCLUDE (row, nth) FROM (SELECT * REPLACE (unnest({some}) AS "sizes"),'
        f' generate_subscripts({some}, 1) AS nth FROM (SELECT *, row_number() OVER () AS row FROM "orders@1"))'
        " ORDER BY row, nth"
    )


def test_lists_go_along_and_items_are_counted(workspace: Workspace) -> None:
    add(
        workspace,
        "pairs",
        "SELECT unnest([1, 2]) AS id, unnest([[1, 2, 3], [4]]) AS a, unnest([['x', 'y'], NULL]) AS b",
    )
    do(workspace, "explode_list", dataset="pairs", column="a", also=["b"], number="item")
    assert rows_of(workspace, "pairs") == [(1, 1, "x", 1), (1, 2, "y", 2), (1, 3, None, 3), (2, 4, None, 1)]


def test_what_is_no_list_needs_a_separator(workspace: Workspace) -> None:
    with pytest.raises(ToolError, match=r"note holds text. Name what stands between its items"):
        do(workspace, "explode_list", dataset="orders", column="note")
    with pytest.raises(ToolError, match=r"id holds neither lists nor text \(INTEGER\)"):
        do(workspace, "explode_list", dataset="orders", column="id")


# --- nested columns ride along -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("rename_column", {"column": "id", "name": "number"}),
        ("copy_column", {"column": "who"}),
        ("rename_columns", {"columns": ["who"], "prefix": "the_"}),
        ("move_columns", {"columns": ["who"]}),
        ("drop_columns", {"columns": ["id"]}),
        ("filter_rows", {"condition": "who.home.zip = 10 OR id = 2"}),
        ("filter_by_rules", {"rules": [{"column": "who", "comparison": "is not empty"}]}),
        ("sort_rows", {"columns": ["id"], "descending": True}),
        ("sort_rows", {"columns": ["who"]}),
        ("drop_duplicates", {}),
        ("drop_duplicates", {"columns": ["note"], "keep": "most_complete"}),
        ("take_rows", {"count": 1, "from_end": True, "remove": True}),
        ("sample_rows", {"count": 2}),
        ("shuffle_rows", {}),
        ("split_rows", {}),
        ("add_formula", {"name": "city", "formula": "who.home.city"}),
        ("split_column", {"column": "who", "names": ["name"]}),
        ("merge_columns", {"columns": ["id", "note"], "name": "both"}),
        ("add_window", {"function": "lag", "column": "who"}),
        ("concatenate_datasets", {"other": "orders"}),
        ("join_datasets", {"other": "codes", "on": ["id"]}),
        ("cross_join", {"other": "codes"}),
        ("repeat_rows", {"times": 2}),
        ("change_type", {"columns": ["who"], "type": "text"}),
        ("unpivot_columns", {"columns": ["id", "note"]}),
    ],
)
def test_nested_columns_survive(workspace: Workspace, tool: str, arguments: dict[str, Any]) -> None:
    add(workspace, "codes", "SELECT unnest([1, 2, 3]) AS id, unnest(['p', 'q', 'r']) AS code")
    outcome = do(workspace, tool, dataset="orders", **arguments)
    version = workspace.version(str(outcome.dataset))
    found = rows_of(workspace, version.ref)
    sizes = [row[version.names.index("sizes")] for row in found]
    assert [5, 6] in sizes
    stock = [row[version.names.index("stock")] for row in found]
    assert {"red": 1, "blue": 2} in stock


def test_nested_columns_of_a_file_become_columns_and_rows(tmp_path: Path) -> None:
    file = tmp_path / "orders.json"
    file.write_text(
        '[{"id": 1, "who": {"name": "Ann", "home": {"city": "Oslo"}}, "lines": [{"sku": "a", "n": 2}, {"sku": "b", "n": 1}]},'
        ' {"id": 2, "who": {"name": "Bo", "home": null}, "lines": []}]',
        encoding="utf-8",
    )
    with Workspace(tmp_path / "project") as workspace:
        do(workspace, "load_file", path=str(file), name="orders")
        do(workspace, "filter_by_rules", dataset="orders", rules=[{"column": "id", "comparison": ">", "values": [0]}])
        do(workspace, "explode_list", dataset="orders", column="lines")
        do(workspace, "flatten_columns", dataset="orders", columns=["who", "lines"])
        assert workspace.version("orders").names == ["id", "who_name", "who_home_city", "lines_sku", "lines_n"]
        assert rows_of(workspace, "orders") == [
            (1, "Ann", "Oslo", "a", 2),
            (1, "Ann", "Oslo", "b", 1),
            (2, "Bo", None, None, None),
        ]

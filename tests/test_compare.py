"""Two versions beside each other: rows, columns and cells, counted by what happened to them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.small_project import add, do
from tools import catalogue, tools_asked_for
from tools.tool import Outcome, ToolError
from tools.workspace import Workspace

ROWS = (
    "SELECT * FROM (VALUES (1, 10, ' a'), (2, NULL, 'b'), (3, 100, 'b'), (4, 7, NULL), (5, 5000, 'N/A')) AS t(id, x, s)"
)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """t@2 fill, t@3 trim, t@4 null words, t@5 rename, t@6 filter, t@7 sort, t@8 drop."""
    catalogue()
    with Workspace(tmp_path) as opened:
        add(opened, "t", ROWS)
        steps: list[tuple[str, dict[str, Any]]] = [
            ("fill_missing", {"columns": ["x"], "method": "median"}),
            ("clean_text", {"columns": ["s"]}),
            ("treat_as_missing", {}),
            ("rename_column", {"column": "s", "name": "letter"}),
            ("filter_rows", {"condition": "id <> 2"}),
            ("sort_rows", {"columns": ["id"], "descending": True}),
            ("drop_columns", {"columns": ["x"]}),
        ]
        for tool, arguments in steps:
            do(opened, tool, dataset="t", **arguments)
        yield opened


def compare(workspace: Workspace, **arguments: Any) -> Outcome:
    return do(workspace, "compare_versions", dataset="t", **arguments)


def test_rows_are_compared_by_where_they_come_from(workspace: Workspace) -> None:
    outcome = compare(workspace, second=5)
    assert outcome.text == (
        "t@1 and t@5: the same 5 rows. Columns: renamed s -> letter. 3 cells changed (1 filled, 1 emptied, 1 changed):"
        " s -> letter (2) and x (1). Rows were matched by the row of t@1 that they come from."
    )
    assert outcome.table is not None
    assert outcome.table.columns == ["column", "filled", "emptied", "changed", "for example"]
    assert outcome.table.rows == [
        ["s -> letter", 0, 1, 1, "row 1:  a -> a"],
        ["x", 1, 0, 0, "row 2: empty -> 55"],
    ]
    assert outcome.values == {
        "rows_in_both": 5, "rows_gone": 0, "rows_new": 0, "cells_changed": 3, "filled": 1, "emptied": 1, "changed": 1,
    }  # fmt: skip


def test_so_are_rows_that_were_filtered_and_sorted(workspace: Workspace) -> None:
    outcome = compare(workspace)
    assert outcome.text == (
        "t@1 and t@8: 4 rows in both, 1 only in t@1, 0 only in t@8. Columns: gone x; renamed s -> letter. 2 cells changed"
        " (1 emptied, 1 changed): s -> letter (2). Rows were matched by the row of t@1 that they come from."
    )
    assert outcome.table is not None
    assert outcome.table.rows == [["s -> letter", 0, 1, 1, "row 1:  a -> a"]]


def test_branches_are_compared_from_where_they_part(workspace: Workspace) -> None:
    do(workspace, "change_step", dataset="t", step=1, to="mean")
    do(workspace, "switch_step", dataset="t", step=7)
    assert compare(workspace, first=7).text == (
        "t@7 and t@16: the same 4 rows. Columns: of another type x (INTEGER -> DOUBLE). No cell changed in the columns both have."
        " Rows were matched by the row of t@1 that they come from."
    )
    do(workspace, "switch_step", dataset="t", step=5)
    outcome = compare(workspace, first=6)
    assert outcome.values["rows_new"] == 1
    assert outcome.values["cells_changed"] == 0


def test_rows_are_compared_by_keys_where_these_are_named(workspace: Workspace) -> None:
    outcome = compare(workspace, keys=["ID"])
    assert outcome.values["cells_changed"] == 2
    assert outcome.text.endswith("Rows were matched by id.")


def test_types_and_new_columns_are_told_and_cells_of_two_types_compared_as_text(tmp_path: Path) -> None:
    catalogue()
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT * FROM (VALUES ('1', 2), ('02', 3), ('x', 4)) AS t(a, b)")
        do(workspace, "change_type", dataset="t", columns=["a"], type="integer")
        do(workspace, "add_formula", dataset="t", name="c", formula="b * 2")
        outcome = compare(workspace)
    assert outcome.text == (
        "t@1 and t@3: the same 3 rows. Columns: new c; of another type a (VARCHAR -> BIGINT). 2 cells changed (1 emptied,"
        " 1 changed): a (2). Rows were matched by the row of t@1 that they come from."
    )


def test_after_a_group_whole_rows_are_compared_or_cells_by_keys(tmp_path: Path) -> None:
    catalogue()
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT * FROM (VALUES ('a', 1), ('b', 2), ('b', 2), ('c', 3)) AS t(k, v)")
        do(workspace, "transform_with_sql", dataset="t", sql="SELECT k, max(v) AS v FROM t WHERE k <> 'c' GROUP BY k")
        assert compare(workspace).text == (
            "t@1 and t@2: 2 rows in both, 2 only in t@1, 0 only in t@2. Whole rows were compared, for rows were joined,"
            " grouped or repeated between the two; name key columns to compare them cell by cell."
        )
        with pytest.raises(ToolError) as error:
            compare(workspace, keys=["k"])
    assert str(error.value) == ("k does not tell the rows of t@1 apart: 2 rows share a value. Name more key columns.")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"first": 8}, "t@8 can't be compared with itself. Versions: t@1, t@2,"),
        ({"first": 20}, "No version 't@20'."),
        ({"keys": ["idd"]}, "No column 'idd'. Nearest: id."),
    ],
)
def test_what_can_not_be_compared_is_one_line(workspace: Workspace, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ToolError) as error:
        compare(workspace, **arguments)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    "request_",
    [
        "compare version 1 and 3",
        "what is different between orders@1 and orders@4?",
        "which cells were changed?",
        "1번 버전과 3번 버전을 비교해줘",
    ],
)
def test_requests_call_for_it(request_: str) -> None:
    assert "compare_versions" in [one.name for one in tools_asked_for(request_)]


def test_many_rows_are_compared_row_by_row_however_many_threads_read_them(tmp_path: Path) -> None:
    catalogue()
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT i AS id, CASE WHEN i % 10 > 0 THEN i % 7 END AS x FROM range(200_000) AS r(i)")
        do(workspace, "fill_missing", dataset="t", columns=["x"], method="constant", value=-1)
        do(workspace, "filter_rows", dataset="t", condition="id % 4 > 0")
        assert compare(workspace, second=2).values["cells_changed"] == 20_000
        values = compare(workspace).values
    assert (values["rows_in_both"], values["rows_gone"], values["filled"], values["changed"]) == (
        150_000,
        50_000,
        10_000,
        0,
    )

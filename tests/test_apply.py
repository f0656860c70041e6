"""What was done to one dataset is done to another, with the values that were learned there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.small_project import add, do, rows_of
from tools import catalogue, tools_asked_for
from tools.tool import ToolError
from tools.workspace import Workspace

JAN = "SELECT * FROM (VALUES (1, 10, ' a', 3), (2, NULL, 'b', 4), (3, 100, 'b', 5), (4, 7, NULL, 6)) AS t(id, x, s, z)"
FEB = (
    "SELECT * FROM (VALUES ('9', NULL, 'b ', 'p'), ('odd', 8, ' a', 'q'), ('1', 5, 'c', 'r')) AS t(ID, X, \"S\", extra)"
)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    catalogue()
    with Workspace(tmp_path) as opened:
        add(opened, "jan", JAN)
        add(opened, "names", "SELECT * FROM (VALUES ('a', 'A'), ('b', 'B')) AS t(s, big)")
        steps: list[tuple[str, dict[str, Any]]] = [
            ("fill_missing", {"columns": ["x"], "method": "median"}),
            ("clean_text", {"columns": ["s"]}),
            ("join_datasets", {"other": "names", "on": ["s"]}),
            ("drop_columns", {"columns": ["z"]}),
            ("filter_rows", {"condition": "id IS DISTINCT FROM 1"}),
        ]
        for tool, arguments in steps:
            do(opened, tool, dataset="jan", **arguments)
        yield opened


def test_the_steps_are_done_with_what_was_learned_on_the_first(workspace: Workspace) -> None:
    add(workspace, "feb", FEB)
    outcome = do(workspace, "apply_recipe", dataset="feb", source="jan", run="r")
    assert outcome.text == (
        "Did the 5 steps of jan@6 to feb@1: feb@7, 3 -> 2 rows, 4 -> 5 columns. Column 'ID' was read as 'id'."
        " Column 'X' was read as 'x'. Column 'S' was read as 's'. id is text in the new data and was read as whole number."
        " Not in the new data and not needed: z. Kept extra, which jan@1 does not have."
        " 1 cell of ID can't be read as whole number and became empty."
    )
    assert workspace.version("feb").names == ["id", "x", "s", "extra", "big"]
    assert sorted(rows_of(workspace, "feb"), key=str) == [(9, 10, "b", "p", "B"), (None, 8, "a", "q", "A")]
    assert rows_of(workspace, "feb@1")[0] == ("9", None, "b ", "p")
    do(workspace, "undo")
    assert workspace.version("feb").ref == "feb@1"


def test_columns_that_fit_need_no_matching(workspace: Workspace) -> None:
    add(workspace, "mar", JAN)
    outcome = do(workspace, "apply_recipe", dataset="mar")
    assert outcome.text == "Did the 5 steps of jan@6 to mar@1: mar@6, 4 -> 3 rows, 4 columns."
    assert sorted(rows_of(workspace, "mar"), key=str) == sorted(rows_of(workspace, "jan"), key=str)
    again = do(workspace, "change_step", dataset="mar", step=1, to="mean")
    assert again.text.startswith("Changed step 1 (fill_missing): method mean. 5 steps ran again.")


def test_steps_that_are_off_are_left_out(workspace: Workspace) -> None:
    do(workspace, "switch_step", dataset="jan", step=5)
    add(workspace, "mar", JAN)
    do(workspace, "apply_recipe", dataset="mar", source="jan")
    assert [one.step.tool for one in workspace.history(workspace.version("mar"))] == [
        "load_file",
        "fill_missing",
        "clean_text",
        "join_datasets",
        "drop_columns",
    ]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            "SELECT 1 AS id, 's' AS s, 2 AS xx",
            "The new data has no columns 'x' and 'z', which the recipe of src@2 needs. Nearest: xx. Its columns: id, s, xx.",
        ),
        (
            "SELECT 1 AS id, 's' AS s, 2 AS x, 3 AS z, 'mine' AS big",
            "Step 1 (rename_column) does not fit other@1: There already is a column 'big'. Choose another name or remove"
            " that column first. It stays as it was.",
        ),
    ],
)
def test_what_does_not_fit_is_one_line_and_leaves_the_dataset(workspace: Workspace, rows: str, message: str) -> None:
    add(workspace, "src", JAN)
    do(workspace, "rename_column", dataset="src", column="s", name="big")
    add(workspace, "other", rows)
    with pytest.raises(ToolError) as error:
        do(workspace, "apply_recipe", dataset="other", source="src")
    assert str(error.value) == message
    assert [version.ref for version in workspace.versions("other")] == ["other@1"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"dataset": "jan", "source": "jan"}, "The steps of jan are done to it already. Name the dataset they came from first."),
        ({"dataset": "jan", "source": "names"}, "Nothing was done to names yet, so there are no steps to do to jan."),
    ],
)  # fmt: skip
def test_a_source_without_steps_is_told(workspace: Workspace, arguments: dict[str, str], message: str) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, "apply_recipe", **arguments)
    assert str(error.value) == message


@pytest.mark.parametrize(
    "request_",
    [
        "do the same to this file",
        "do the same steps for march",
        "apply the recipe to feb",
        "이 파일도 똑같이 해줘",
        "feb에 같은 작업을 해줘",
    ],
)
def test_requests_call_for_it(request_: str) -> None:
    assert "apply_recipe" in [one.name for one in tools_asked_for(request_)]

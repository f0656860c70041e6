"""Steps switched off, moved, changed and run again: a branch, learned anew, all of it or nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.small_project import add, do, recipe_of, replay, rows_of
from tools import catalogue, tools_asked_for
from tools.tool import ToolError
from tools.workspace import Workspace

PEOPLE = "SELECT * FROM (VALUES (1, 10), (2, NULL), (3, 100), (4, 7), (5, 5003)) AS t(id, x)"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """1 filter_rows, 2 fill_missing, 3 drop_columns, each its own request."""
    catalogue()
    with Workspace(tmp_path) as opened:
        add(opened, "t", PEOPLE, run="load")
        do(opened, "filter_rows", dataset="t", condition="id < 5", run="r1")
        do(opened, "fill_missing", dataset="t", columns=["x"], method="mean", run="r2")
        do(opened, "drop_columns", dataset="t", columns=["id"], run="r3")
        yield opened


def cells(workspace: Workspace, ref: str = "t") -> list[Any]:
    return [row[-1] for row in rows_of(workspace, ref)]


def test_a_step_switched_off_makes_a_branch_and_learns_anew(workspace: Workspace) -> None:
    assert cells(workspace) == [10, 39, 100, 7]
    outcome = do(workspace, "switch_step", dataset="t", step=1, run="r4")
    assert outcome.text == ("Switched off step 1 (filter_rows). 2 steps ran again. t is t@7: 4 -> 5 rows, 1 column.")
    assert (outcome.dataset, outcome.rows, cells(workspace)) == ("t@7", (4, 5), [10, 1280, 100, 7, 5003])
    assert cells(workspace, "t@4") == [10, 39, 100, 7]
    assert [(one.ref, one.parent, one.step.off) for one in workspace.history(workspace.version("t"))] == [
        ("t@1", None, False),
        ("t@5", "t@1", True),
        ("t@6", "t@5", False),
        ("t@7", "t@6", False),
    ]


def test_a_step_switched_on_again_gives_what_it_gave(workspace: Workspace) -> None:
    do(workspace, "switch_step", dataset="t", step=1)
    do(workspace, "switch_step", dataset="t", step=1, state="on")
    assert rows_of(workspace, "t") == rows_of(workspace, "t@4")
    assert do(workspace, "switch_step", dataset="t", step=1, state="on").text == "Step 1 (filter_rows) is on already."


def test_undo_takes_a_change_of_steps_back_in_one_move(workspace: Workspace) -> None:
    do(workspace, "switch_step", dataset="t", step=1, run="r4")
    assert do(workspace, "undo", scope="step", run="r5").text == (
        "Took back the last step (changed the steps of t). t is t@4 again: 5 -> 4 rows, 1 column."
    )
    assert workspace.version("t").ref == "t@4"


@pytest.mark.parametrize(
    ("tool", "arguments", "text", "rows"),
    [
        ("change_step", {"step": 2, "to": "median"}, "Changed step 2 (fill_missing): method median.", [10, 10, 100, 7]),
        ("change_step", {"step": 1, "to": "id < 4"}, "Changed step 1 (filter_rows): condition id < 4.", [10, 55, 100]),
        ("change_step", {"step": 3, "to": "x"}, "Changed step 3 (drop_columns): columns x.", [1, 2, 3, 4]),
        (
            "change_step",
            {"step": 2, "arguments": {"columns": ["x"], "method": "constant", "value": 0}},
            "Changed step 2 (fill_missing): method constant, value 0.",
            [10, 0, 100, 7],
        ),
        (
            "change_step",
            {"step": 1, "to": "remove", "argument": "action"},
            "Changed step 1 (filter_rows): action remove.",
            [5003],
        ),
        ("move_step", {"step": 2, "before": 1}, "Step 2 (fill_missing) is step 1 now.", [10, 1280, 100, 7]),
        ("move_step", {"step": 1, "after": 2}, "Step 1 (filter_rows) is step 2 now.", [10, 1280, 100, 7]),
        ("rerun_steps", {}, "Ran the steps from step 1 on again.", [10, 39, 100, 7]),
    ],
)
def test_steps_are_changed_moved_and_run_again(
    workspace: Workspace, tool: str, arguments: dict[str, Any], text: str, rows: list[int]
) -> None:
    assert do(workspace, tool, dataset="t", **arguments).text.startswith(text)
    assert cells(workspace) == rows


def test_only_the_steps_from_the_change_on_run_again(workspace: Workspace) -> None:
    outcome = do(workspace, "change_step", dataset="t", step=3, to=["x"])
    assert outcome.values == {"before": "t@4", "after": "t@5", "ran": 1}
    assert workspace.version("t").parent == "t@3"


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        (
            "move_step",
            {"step": 3, "before": 1},
            "Step 2 (filter_rows) no longer fits: No column 'id'. Columns: x. t@4 stays as it was.",
        ),
        ("change_step", {"step": 2, "to": "medain"}, "No argument of fill_missing takes 'medain'. Nearest: median."),
        (
            "change_step",
            {"step": 2, "to": "x", "argument": "way"},
            "fill_missing has no argument 'way'. Its arguments: columns, method, value, group_by, using, neighbours.",
        ),
        ("switch_step", {"step": 4}, "There is no step 4. Steps: 1. filter_rows; 2. fill_missing; 3. drop_columns."),
        ("move_step", {"step": 1}, "Say where the step goes: before one step, or after one."),
    ],
)
def test_what_does_not_fit_is_one_line_and_leaves_all_as_it_was(
    workspace: Workspace, tool: str, arguments: dict[str, Any], message: str
) -> None:
    before = workspace.versions("t"), workspace.datasets()
    with pytest.raises(ToolError) as error:
        do(workspace, tool, dataset="t", **arguments)
    assert str(error.value) == message
    assert (workspace.versions("t"), workspace.datasets()) == before
    tables = workspace.rows("SELECT table_name FROM information_schema.tables WHERE table_name LIKE 't@%'")
    assert len(tables) == 4


def test_a_dataset_without_steps_says_so(tmp_path: Path) -> None:
    catalogue()
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", PEOPLE)
        with pytest.raises(ToolError) as error:
            do(workspace, "switch_step", dataset="t", step=1)
    assert str(error.value) == "t@1 has no steps yet: nothing was done to it since it was loaded."


def test_the_list_of_steps_numbers_them_and_says_which_are_off(workspace: Workspace) -> None:
    do(workspace, "switch_step", dataset="t", step=2)
    outcome = do(workspace, "list_steps", dataset="t")
    assert outcome.text == "t@6: 3 steps (1 switched off) since t@1 (5 -> 4 rows)."
    assert outcome.table is not None
    assert [row[:3] for row in outcome.table.rows] == [
        [None, "t@1", "load_file"],
        [1, "t@2", "filter_rows"],
        [2, "t@5", "fill_missing (off)"],
        [3, "t@6", "drop_columns"],
    ]


def test_a_step_that_is_off_is_off_when_the_recipe_replays(workspace: Workspace) -> None:
    do(workspace, "switch_step", dataset="t", step=2)
    recipe = recipe_of(workspace, "t")
    assert [step.off for step in recipe.steps] == [False, True, False]
    assert replay(recipe, "SELECT 9 AS id, NULL::INTEGER AS x") == [(None,)]


def test_a_join_runs_again_with_the_rows_it_was_made_with_unless_all_run_again(tmp_path: Path) -> None:
    catalogue()
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", PEOPLE)
        add(workspace, "names", "SELECT 1 AS id, 'one' AS name")
        do(workspace, "filter_rows", dataset="t", condition="id < 3")
        do(workspace, "join_datasets", dataset="t", other="names", on=["id"])
        do(workspace, "replace_values", dataset="names", column="name", old="one", new="eins")
        do(workspace, "change_step", dataset="t", step=1, to="id < 2")
        assert rows_of(workspace, "t") == [(1, 10, "one")]
        do(workspace, "rerun_steps", dataset="t")
        assert rows_of(workspace, "t") == [(1, 10, "eins")]


@pytest.mark.parametrize(
    ("request_", "tool"),
    [
        ("turn step 2 off", "switch_step"),
        ("switch off step 1", "switch_step"),
        ("2단계 꺼줘", "switch_step"),
        ("2번 단계를 다시 켜줘", "switch_step"),
        ("move step 3 before step 1", "move_step"),
        ("3단계를 1단계 앞으로 옮겨줘", "move_step"),
        ("change step 2 to median", "change_step"),
        ("use the mean instead in step 2", "change_step"),
        ("2단계를 중앙값으로 바꿔줘", "change_step"),
        ("run the steps again", "rerun_steps"),
        ("모든 단계를 다시 실행해줘", "rerun_steps"),
    ],
)
def test_requests_call_for_the_tools(request_: str, tool: str) -> None:
    assert tool in [one.name for one in tools_asked_for(request_)]


@pytest.mark.parametrize(
    "request_", ["Which steps did you do?", "drop age and turn the price into a number", "어떤 단계를 했어?"]
)
def test_other_requests_do_not(request_: str) -> None:
    assert [one.name for one in tools_asked_for(request_) if one.group == "recipe"] == []

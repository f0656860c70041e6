"""The recipe in the page: what its forms hold and what their buttons do, without a browser."""

import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.app import forms
from assistant.app.board import Board
from assistant.runs import Runs
from assistant.settings import read_settings
from tests.small_project import add, do, rows_of
from tools import catalogue
from tools.workspace import Workspace

PEOPLE = "SELECT * FROM (VALUES (1, 10, 'a'), (2, NULL, 'b'), (3, 100, NULL), (4, 7, 'd')) AS t(id, x, s)"


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("fill_missing", {"columns": ["x", "s"], "method": "constant", "value": 0.5}),
        ("filter_rows", {"condition": "x > 3 AND\ns <> 'a'", "action": "remove"}),
        ("sort_rows", {"columns": ["x"], "descending": True}),
        ("treat_as_missing", {"values": ["?", "no answer"]}),
        ("aggregate", {"group_by": ["s"], "measures": [{"function": "count"}, {"function": "sum", "column": "x"}]}),
        ("split_column", {"column": "s", "names": ["first", "last"], "separator": ";"}),
    ],
)
def test_a_form_gives_back_the_arguments_it_was_filled_with(tool: str, arguments: dict[str, Any]) -> None:
    entry = catalogue()[tool]
    assert forms.arguments(entry, forms.posted(entry, arguments)) == arguments


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    catalogue()
    with Workspace(tmp_path / "project") as opened:
        add(opened, "t", PEOPLE)
        add(opened, "other", PEOPLE)
        do(opened, "fill_missing", dataset="t", columns=["x"], method="median")
        do(opened, "drop_columns", dataset="t", columns=["s"])
        yield opened


@pytest.fixture
def board(workspace: Workspace, tmp_path: Path) -> Iterator[Board]:
    (tmp_path / "replies.jsonl").write_text("")
    settings = read_settings({"EASEL_CACHE": str(tmp_path), "EASEL_HOME": str(tmp_path)})
    runs = Runs(workspace, settings, model=f"script:{tmp_path / 'replies.jsonl'}")
    yield Board(runs, threading.Event())
    runs.stop()
    runs.join()


def steps(board: Board) -> str:
    reply = board.call({"do": "view", "view": {"dataset": "t"}})
    return str(reply["regions"]["steps"])


def act(board: Board, **call: Any) -> dict[str, Any]:
    """One press; waits until its run is over."""
    reply = board.call(call)
    board._runs.join()
    return reply


def test_every_step_has_its_switch_its_place_and_its_form(board: Board) -> None:
    html = steps(board)
    assert re.findall(r'data-testid="recipe-(\d)"', html) == ["1", "2"]
    assert re.findall(r'aria-label="(Turn o[^"]+|Move step[^"]+)"', html) == [
        "Move step 1 up", "Move step 1 down", "Turn off step 1", "Move step 2 up", "Move step 2 down", "Turn off step 2",
    ]  # fmt: skip
    assert re.findall(r'data-form="edit" data-tool="(\w+)"', html) == ["fill_missing", "drop_columns"]
    boxes = re.findall(r'<input type="checkbox" name="columns" value="(\w+)"( checked)?', html)
    assert [name for name, checked in boxes if checked] == ["x", "s"]
    assert 'value="other"' in html


def test_a_step_is_switched_edited_and_moved_by_clicks(board: Board, workspace: Workspace) -> None:
    form = {"dataset": ["t"], "step": ["2"], "state": ["off"]}
    assert act(board, do="act", tool="switch_step", form=form) == {}
    assert workspace.version("t").names == ["id", "x", "s"]
    edited = {"__dataset": ["t"], "__step": ["1"], "columns": ["x"], "method": ["constant"], "value": ["0"]}
    assert act(board, do="edit", tool="fill_missing", form=edited) == {}
    assert [row[1] for row in rows_of(workspace, "t")] == [10, 0, 100, 7]
    assert act(board, do="act", tool="move_step", form={"dataset": ["t"], "step": ["2"], "before": ["1"]}) == {}
    assert [one.step.tool for one in workspace.history(workspace.version("t"))][1:] == ["drop_columns", "fill_missing"]
    html = steps(board)
    assert "t@8 (current)" in html
    assert html.count("Make current") == 3  # the other branches


def test_what_is_typed_wrong_is_told_beside_the_form(board: Board, workspace: Workspace) -> None:
    wrong = {"__dataset": ["t"], "__step": ["1"], "method": ["often"]}
    assert act(board, do="edit", tool="fill_missing", form=wrong)["error"].startswith("fill_missing: 'method'")
    assert act(board, do="edit", tool="no_tool", form=wrong)["error"].startswith("No step 'no_tool'.")
    assert workspace.version("t").ref == "t@3"


def test_versions_are_compared_and_scripts_written_by_clicks(board: Board, workspace: Workspace) -> None:
    act(board, do="act", tool="compare_versions", form={"dataset": ["t"], "first": ["1"], "second": ["3"]})
    board.call({"do": "news"})
    assert "1 cell changed (1 filled): x (1)" in steps(board)
    act(board, do="act", tool="write_script", form={"dataset": ["t"], "format": ["notebook"]})
    board.call({"do": "news"})
    assert "Download t.ipynb" in steps(board)
    assert json.loads((workspace.files / "t.ipynb").read_text(encoding="utf-8"))["nbformat"] == 4


def test_the_same_is_done_to_another_dataset_by_clicks(board: Board, workspace: Workspace) -> None:
    act(board, do="act", tool="apply_recipe", form={"dataset": ["other"], "source": ["t"]})
    assert rows_of(workspace, "other") == rows_of(workspace, "t")

"""Samples, orders and parts: the same rows for the same seed, proportions kept, every row on one side."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.small_project import add, do, rows_of
from tools import catalogue
from tools.tool import ToolError
from tools.workspace import Workspace

catalogue()
ROWS = "SELECT i AS id, CASE WHEN i % 10 = 0 THEN 'rare' ELSE 'often' END AS kind, i // 4 AS customer FROM range(200) AS t(i)"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "t", ROWS)
        yield opened


def _sampled(workspace: Workspace, **arguments: Any) -> list[tuple[Any, ...]]:
    outcome = do(workspace, "sample_rows", dataset="t", **arguments)
    rows = rows_of(workspace, "t")
    assert outcome.text.startswith("Took ")
    return rows


@pytest.mark.parametrize(
    ("arguments", "kinds"),
    [
        ({"share": 0.1, "stratify_by": "kind"}, {"often": 18, "rare": 2}),
        ({"share": 25, "stratify_by": "kind"}, {"often": 45, "rare": 5}),
        ({"count": 3, "stratify_by": "kind", "per_group": True}, {"often": 3, "rare": 3}),
        ({"count": 50, "stratify_by": "kind", "per_group": True}, {"often": 50, "rare": 20}),
        ({"count": 40, "stratify_by": "kind"}, {"often": 36, "rare": 4}),
    ],
)
def test_groups_keep_their_part(workspace: Workspace, arguments: dict[str, Any], kinds: dict[str, int]) -> None:
    rows = _sampled(workspace, **arguments)
    assert Counter(row[1] for row in rows) == kinds
    assert rows == sorted(rows)


def test_a_seed_gives_the_same_rows_and_another_one_others(tmp_path: Path) -> None:
    drawn = []
    for place, seed in enumerate((1, 1, 2)):
        with Workspace(tmp_path / str(place)) as workspace:
            add(workspace, "t", ROWS)
            drawn.append(_sampled(workspace, count=20, seed=seed))
    assert drawn[0] == drawn[1] != drawn[2]
    assert [len(rows) for rows in drawn] == [20, 20, 20]


def test_a_shuffle_keeps_every_row(workspace: Workspace) -> None:
    before = rows_of(workspace, "t")
    do(workspace, "shuffle_rows", dataset="t", seed=3)
    after = rows_of(workspace, "t")
    assert after != before
    assert sorted(after) == before


@pytest.mark.parametrize(
    ("arguments", "tests"),
    [
        ({}, 40),
        ({"test": 30}, 60),
        ({"how": "stratified", "column": "kind"}, 40),
        ({"how": "ordered", "test": 0.05}, 10),
    ],
)
def test_rows_are_marked_for_training_and_test(workspace: Workspace, arguments: dict[str, Any], tests: int) -> None:
    outcome = do(workspace, "split_rows", dataset="t", **arguments)
    rows = rows_of(workspace, "t")
    assert [row[0] for row in rows] == list(range(200))
    marked = [row for row in rows if row[-1] == "test"]
    assert (len(marked), {row[-1] for row in rows}) == (tests, {"train", "test"})
    assert f"Marked {tests} rows of 200 as test" in outcome.text
    if arguments.get("how") == "stratified":
        assert Counter(row[1] for row in marked) == {"often": 36, "rare": 4}
    if arguments.get("how") == "ordered":
        assert [row[0] for row in marked] == list(range(190, 200))


def test_all_rows_of_a_key_are_on_one_side(workspace: Workspace) -> None:
    do(workspace, "split_rows", dataset="t", how="by_key", column="customer", name="side")
    sides: dict[int, set[str]] = {}
    for row in rows_of(workspace, "t"):
        sides.setdefault(row[2], set()).add(row[-1])
    assert all(len(found) == 1 for found in sides.values())
    assert Counter(next(iter(found)) for found in sides.values()) == {"train": 40, "test": 10}


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("sample_rows", {}, "Give a share of the rows or a count, one of the two"),
        ("sample_rows", {"share": -1}, "A share from 0 to 1, a count from 1 and a seed from 0 were expected"),
        ("sample_rows", {"share": 0.1, "per_group": True}, "As many rows of each group need a count and the column"),
        ("split_rows", {"test": 1}, "A share between 0 and 1 was expected, got 1."),
        ("split_rows", {"how": "by_key"}, "A by key split needs a column. Name it."),
        ("split_rows", {"name": "KIND"}, "There already is a column 'KIND'."),
    ],
)
def test_wrong_input_is_said_in_one_line(
    workspace: Workspace, tool: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, tool, dataset="t", **arguments)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)
    assert workspace.version("t").ref == "t@1"

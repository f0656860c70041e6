"""A table appended to itself, and what is said where there is no other one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import tools.transforms.stack  # noqa: F401  # puts its tool into the catalogue
from tests.small_project import add, do, rows_of
from tools.script import lineage
from tools.tool import ToolError
from tools.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "orders", "SELECT * FROM (VALUES (1, 'x'), (2, NULL)) AS t(id, note)")
        yield opened


@pytest.mark.parametrize("other", ["orders", "Orders", "orders@1"])
def test_a_dataset_is_repeated_below_itself(workspace: Workspace, other: str) -> None:
    outcome = do(workspace, "concatenate_datasets", dataset="orders", other=other)
    assert outcome.sql == 'SELECT * FROM "orders@1" UNION ALL SELECT * FROM "orders@1"'
    assert outcome.text == "Added all 2 rows of orders once more. Rows: 2 -> 4."
    assert rows_of(workspace, "orders") == [(1, "x"), (2, None), (1, "x"), (2, None)]
    assert [one.ref for one in lineage(workspace, workspace.version("orders"))] == ["orders@1", "orders@2"]


def test_the_only_dataset_is_named_where_another_is_asked_for(workspace: Workspace) -> None:
    says = "No dataset 'order_2'. The only one is orders. Load the other file first."
    with pytest.raises(ToolError) as refused:
        do(workspace, "concatenate_datasets", dataset="orders", other="order_2")
    assert str(refused.value) == says
    with pytest.raises(ToolError) as refused:
        do(workspace, "join_datasets", dataset="orders", other="order_2", on=["id"])
    assert str(refused.value) == says


def test_a_dataset_is_not_joined_with_itself_unnoticed(workspace: Workspace) -> None:
    add(workspace, "people", "SELECT 1 AS id")
    with pytest.raises(ToolError) as refused:
        do(workspace, "join_datasets", dataset="orders", other="orders", on=["id"])
    assert (
        str(refused.value)
        == "orders can't be joined with itself. Other datasets: people. Use SQL for that, or load the other file."
    )


def test_an_unknown_dataset_is_refused_with_those_there_are(workspace: Workspace) -> None:
    add(workspace, "people", "SELECT 1 AS id")
    with pytest.raises(ToolError) as refused:
        do(workspace, "concatenate_datasets", dataset="orders", other="peple")
    assert str(refused.value) == "No dataset 'peple'. Nearest: people. Datasets: people."

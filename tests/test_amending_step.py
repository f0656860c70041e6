"""Which dataset a model was built on, where several hold its target, and where that one has changed since."""

from pathlib import Path

import pytest

from assistant.amending.step import table_behind
from assistant.context import ColumnFact, ModelFact, Situation, look
from tests import trained
from tests.small_project import add, do
from tools.modelling.models import model_cards
from tools.workspace import Workspace

READ = ("age", "tier", "spend")
TABLES = {
    "members": ("age", "tier", "spend", "left_early"),
    "scored": ("age", "tier", "spend", "left_early", "left_early_predicted"),
    "part": ("age", "left_early"),
    "staff": ("salary", "left_early"),
    "new_members": ("age", "tier", "spend"),
}


def situation_of(tmp_path: Path, *names: str) -> Situation:
    """A project with these tables; the last one is that worked on last, so it comes first."""
    with Workspace(tmp_path / "project") as workspace:
        for name in names:
            add(workspace, name, f"SELECT {', '.join(f'i AS {column}' for column in TABLES[name])} FROM range(9) t(i)")
        return look(workspace)


def model(dataset: str, read: tuple[str, ...] = READ) -> ModelFact:
    return ModelFact("left", "left_early", tuple(ColumnFact(name, "decimal") for name in read), dataset=dataset)


@pytest.mark.parametrize(
    ("names", "dataset", "found"),
    [
        (("members", "scored"), "members", "members"),
        (("scored", "members"), "scored", "scored"),
        (("members", "part"), "part", "part"),
        (("members", "staff"), "members", "members"),
        (("part", "members"), "gone", "members"),
        (("members", "part"), "", "members"),
        (("part", "staff"), "gone", "part"),
        (("staff",), "gone", None),
        (("staff",), "staff", "staff"),
        (("members", "new_members"), "new_members", "members"),
        (("new_members",), "new_members", None),
    ],
)
def test_a_model_is_built_anew_on_what_it_learned_from_or_what_is_most_like_it(
    names: tuple[str, ...], dataset: str, found: str | None, tmp_path: Path
) -> None:
    table = table_behind(model(dataset), situation_of(tmp_path, *names))
    assert (table.name if table else None) == found


def test_a_model_of_which_no_column_is_known_has_the_table_with_its_target(tmp_path: Path) -> None:
    table = table_behind(model("", ()), situation_of(tmp_path, "new_members", "staff"))
    assert table is not None
    assert table.name == "staff"


@pytest.mark.parametrize(
    ("tool", "arguments", "found"),
    [
        ("drop_columns", {"columns": ["age", "tier", "spend"]}, "members"),
        ("rename_column", {"column": "age", "name": "years"}, "members"),
        ("rename_column", {"column": "left_early", "name": "gone"}, "scored"),
        ("drop_columns", {"columns": ["left_early"]}, "scored"),
    ],
)
def test_columns_that_changed_since_leave_a_model_its_dataset_and_its_target_does_not(
    tool: str, arguments: dict[str, object], found: str, tmp_path: Path
) -> None:
    with Workspace(tmp_path / "project") as workspace:
        for name in ("members", "scored"):
            add(workspace, name, f"SELECT {', '.join(f'i AS {one}' for one in TABLES[name])} FROM range(9) t(i)")
        do(workspace, tool, dataset="members", **arguments)
        table = table_behind(model("members"), look(workspace))
    assert table is not None
    assert table.name == found


def test_the_planner_is_told_the_dataset_of_a_model_by_its_card() -> None:
    situation = look(trained.project().workspace)
    assert {(one.name, one.dataset) for one in situation.models} == {
        (card.name, card.dataset.partition("@")[0]) for card in model_cards(trained.project().workspace)
    }
    assert {one.dataset for one in situation.models} == {"customers"}

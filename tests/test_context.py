"""Which dataset a request is about when it names none."""

from pathlib import Path

import pytest

from assistant.context import Attention, look
from tests.small_project import add
from tools.workspace import Workspace

BEFORE, AFTER = "2000-01-01T00:00:00+00:00", "2999-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("attention", "order"),
    [
        (Attention(), ["orders", "notes", "codes"]),
        (Attention(last=BEFORE), ["orders", "notes", "codes"]),
        (Attention(worked={"codes": AFTER}, last=AFTER), ["codes", "orders", "notes"]),
        (Attention(worked={"codes": BEFORE}, last=BEFORE), ["orders", "notes", "codes"]),
        (Attention(aside=frozenset({"orders"})), ["notes", "codes", "orders"]),
    ],
)
def test_the_dataset_worked_on_or_the_widest_of_the_new_ones_is_the_matter(
    tmp_path: Path, attention: Attention, order: list[str]
) -> None:
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "codes", "SELECT 1 AS code")
        add(workspace, "orders", "SELECT 1 AS id, 2 AS code, 3 AS price")
        add(workspace, "notes", "SELECT 1 AS id, 'x' AS note")
        assert [table.name for table in look(workspace, (), attention).tables] == order

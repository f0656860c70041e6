"""Which dataset a request is about when it names none."""

from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from assistant.context import Attention, look
from tests.small_project import add
from tools.workspace import Workspace

BEFORE, AFTER = "2000-01-01T00:00:00+00:00", "2999-01-01T00:00:00+00:00"


class Minutes(datetime):
    """A clock of which each look is a minute later than the one before."""

    looks = 0

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Minutes":
        """The next minute."""
        cls.looks += 1
        return cls(2026, 5, 4, tzinfo=tz) + timedelta(minutes=cls.looks)


@pytest.mark.parametrize(
    ("attention", "order"),
    [
        (Attention(), ["orders", "notes", "codes"]),
        (Attention(last=BEFORE), ["orders", "notes", "codes"]),
        (Attention(worked={"codes": AFTER}, last=AFTER), ["codes", "notes", "orders"]),
        (Attention(worked={"codes": BEFORE}, last=BEFORE), ["orders", "notes", "codes"]),
        (Attention(aside=frozenset({"orders"})), ["notes", "codes", "orders"]),
    ],
)
def test_the_dataset_worked_on_or_the_widest_of_the_new_ones_or_the_last_of_the_old_is_the_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, attention: Attention, order: list[str]
) -> None:
    monkeypatch.setattr("tools.workspace.datetime", Minutes)
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "codes", "SELECT 1 AS code")
        add(workspace, "orders", "SELECT 1 AS id, 2 AS code, 3 AS price")
        add(workspace, "notes", "SELECT 1 AS id, 'x' AS note")
        assert [table.name for table in look(workspace, (), attention).tables] == order

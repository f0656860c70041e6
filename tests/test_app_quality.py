"""The Quality panel: what it shows, and that its buttons send exactly the step that the report names."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest

from assistant.app import forms, quality
from assistant.app.markup import Markup
from tests.small_project import add
from tools import call, catalogue, check_arguments
from tools.tool import Job
from tools.workspace import Workspace

SHOP = """
    SELECT i AS id, CASE WHEN i % 10 = 0 THEN NULL ELSE i % 7 END AS n, ['a', 'A ', 'b'][1 + i % 3] AS <g>,
    FROM range(200) t(i)
""".replace("<g>", '"<g>"')


@pytest.fixture
def workspace(tmp_path: Any) -> Iterator[Workspace]:
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "shop", SHOP)
        yield workspace


def test_without_a_report_the_panel_offers_to_write_one(workspace: Workspace) -> None:
    shown = quality.panel(workspace, workspace.version("shop"), Markup("<form>FORM</form>"))
    assert shown == "<h2>Quality report</h2><form>FORM</form>"


def test_every_finding_stands_in_the_panel_and_its_button_sends_its_step(workspace: Workspace) -> None:
    call(Job(workspace), "quality_report", {"dataset": "shop"})
    shown = quality.panel(workspace, workspace.version("shop"), Markup(""))
    assert shown.count('data-testid="finding"') >= 3
    assert "<g>" not in shown
    for form in re.findall(r"<form.*?</form>", shown):
        name = re.search(r'data-tool="(\w+)"', form)
        assert name is not None
        sent: dict[str, list[str]] = {}
        for key, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form):
            sent.setdefault(key, []).append(html.unescape(value))
        tool = catalogue()[name[1]]
        assert check_arguments(tool, forms.arguments(tool, sent))["dataset"] == "shop"


def test_a_report_of_an_earlier_version_says_so(workspace: Workspace) -> None:
    call(Job(workspace), "quality_report", {"dataset": "shop"})
    call(Job(workspace), "drop_columns", {"dataset": "shop", "columns": ["id"]})
    shown = quality.panel(workspace, workspace.version("shop"), Markup(""))
    assert "It is of shop@1; the data has changed since." in shown

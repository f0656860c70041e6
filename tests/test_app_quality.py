"""The Quality panel: what it shows, and that its buttons send exactly the step that the report names."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest

from assistant.app import forms, quality, view
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


def test_no_form_tells_a_person_when_a_planner_uses_its_tool(workspace: Workspace) -> None:
    told = [tool.doc for tool in catalogue().values() if "Use it " in tool.doc]
    assert len(told) > 10
    for tool in catalogue().values():
        shown = view.form_of(workspace, workspace.version("shop"), view.View(), tool, "x")
        assert "Use it " not in shown
        assert (manual := re.search(r'<p class="manual">(.+?)</p>', shown, re.DOTALL))
        assert manual[1].rstrip().endswith((".", ":", "|", ")", "`")), manual[1]


def test_a_report_of_an_earlier_version_says_so(workspace: Workspace) -> None:
    call(Job(workspace), "quality_report", {"dataset": "shop"})
    call(Job(workspace), "drop_columns", {"dataset": "shop", "columns": ["id"]})
    shown = quality.panel(workspace, workspace.version("shop"), Markup(""))
    assert "It is of shop@1; the data has changed since." in shown


def test_a_step_that_was_done_is_not_offered_again(workspace: Workspace) -> None:
    call(Job(workspace), "quality_report", {"dataset": "shop"})
    before = quality.panel(workspace, workspace.version("shop"), Markup(""))
    form = re.search(r"<form.*?</form>", before)
    assert form is not None
    sent = {key: [html.unescape(value)] for key, value in re.findall(r'name="([^"]+)" value="([^"]*)">', form[0])}
    words = re.search(r"<button[^>]*>(.*?)</button>", form[0])
    name = re.search(r'data-tool="(\w+)"', form[0])
    assert words is not None
    assert name is not None
    call(Job(workspace), name[1], forms.arguments(catalogue()[name[1]], sent))
    after = quality.panel(workspace, workspace.version("shop"), Markup(""))
    assert f"Done: {words[1]}." in after
    assert f">{words[1]}</button>" not in after


def test_one_step_is_offered_once_and_none_for_columns_that_are_gone(workspace: Workspace) -> None:
    sql = "SELECT if(i % 8 = 0, NULL, i % 6) AS m, if(i % 9 = 0, NULL, i % 5) AS n, i % 7 AS o FROM range(200) t(i)"
    add(workspace, "rows", sql)
    call(Job(workspace), "quality_report", {"dataset": "rows"})
    shown = quality.panel(workspace, workspace.version("rows"), Markup(""))
    buttons = re.findall(r'<button type="submit">(.*?)</button>', shown)
    assert len(buttons) == len(set(buttons))
    assert "The step offered above mends this, too." in shown
    call(Job(workspace), "drop_columns", {"dataset": "rows", "columns": ["n"]})
    assert "Not in the data any more: n." in quality.panel(workspace, workspace.version("rows"), Markup(""))

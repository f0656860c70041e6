"""What one tab looks at, and the forms of tools that it is offered."""

import re

from pydantic import BaseModel

from assistant.app import forms, things
from assistant.app.markup import Markup, inline, join, tag
from tools.dataset import Version
from tools.modelling.models import model_cards
from tools.tool import Tool, ToolError
from tools.workspace import Workspace


class View(BaseModel):
    """What one tab looks at; it comes from the browser, so nothing in it is trusted to exist."""

    dataset: str = ""
    """A dataset (its newest version) or a version like `orders@2`; empty for the dataset that changed last."""
    offset: int = 0
    profile: str = ""
    model: str = ""
    tool: str = ""
    chart: str = ""
    """Which chart tool's form the tab Chart shows."""
    typed: dict[str, dict[str, list[str]]] = {}
    """What stands in the forms, by form."""


def chosen(workspace: Workspace, view: View) -> Version | None:
    """The version the tab looks at: the one it names, else the newest of all."""
    if view.dataset:
        try:
            return workspace.version(view.dataset)
        except ToolError:
            pass  # it was removed meanwhile: fall back to what there is
    return next(iter(workspace.datasets()), None)


def known(workspace: Workspace, head: Version | None, posted: forms.Posted) -> forms.Known:
    """What the pickers offer; columns are those of the datasets the form names, else of the one in view."""
    heads = workspace.datasets()
    named = [v for v in heads if any(v.dataset in values for values in posted.values())]
    around = named or ([head] if head else [])
    order = ([head.dataset] if head else []) + [v.dataset for v in heads]
    return forms.Known(
        datasets=tuple(dict.fromkeys(order)),
        models=tuple(card.name for card in model_cards(workspace)),
        files=tuple(sorted(p.name for p in workspace.files.iterdir() if p.is_file() and not p.name.startswith("."))),
        columns=tuple(dict.fromkeys(name for version in around for name in version.names)),
    )


def forms_of(workspace: Workspace, head: Version | None, view: View, **usual: str) -> things.Form:
    """Makes the generated forms of tools; `usual` stands in them until something else is typed."""

    def form(name: str, prefix: str, button: str) -> Markup:
        from tools import catalogue

        tool = catalogue()[name]
        posted = view.typed.get(f"{prefix}-{name}") or {key: [value] for key, value in usual.items()}
        return _filled(tool, known(workspace, head, posted), posted, prefix, button)

    return form


def form_of(
    workspace: Workspace,
    head: Version | None,
    view: View,
    tool: Tool | None,
    prefix: str,
    button: str = "Run this step",
) -> Markup:
    """The form of one tool with its title and manual; a hint where there is no data yet."""
    if tool is None:
        return Markup("")
    if head is None and tool.name != "load_file":
        return tag("p", "Add data first.", class_="hint")
    posted = view.typed.get(f"{prefix}-{tool.name}", {})
    return _filled(tool, known(workspace, head, posted), posted, prefix, button)


def _filled(tool: Tool, offered: forms.Known, posted: forms.Posted, prefix: str, button: str) -> Markup:
    """What a tool does, in the words of its docstring but for those that tell a planner when to use it, and its form."""
    words = re.sub(r"(?<!\n)\n(?!\n)", " ", tool.doc)
    manual = tag("p", inline(re.sub(r" *\bUse it [^.]*\.(?=\s|$)", "", words).strip()), class_="manual")
    return join([manual, forms.form_html(tool, offered, posted, prefix=prefix, button=button)])

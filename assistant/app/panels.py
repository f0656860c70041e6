"""What stands beside the chat, part by part; of the panels, Quality, Chart and Steps are put together here."""

from assistant.app import chat, data, quality, recipe
from assistant.app.lists import lists
from assistant.app.markup import Markup, choices, file_address, join, press, tag
from assistant.app.models import model_panel, predict_panel
from assistant.app.state import State
from assistant.app.view import View, chosen, form_of, known
from tools.dataset import Version
from tools.modelling.models import model_cards
from tools.tool import Artefact
from tools.workspace import Workspace

CHARTS = {
    "make_chart": "Histogram, bar, line, area, scatter, box, heat map, pie",
    "draw_panels": "The same chart for each group",
    "draw_violins": "Violins",
    "map_missing": "Map of missing values",
    "draw_correlations": "Correlation matrix",
}
"""The families of charts as the tab Chart offers them."""


def regions(workspace: Workspace, view: View, state: State) -> dict[str, str]:
    """Every part of the page but the talk, by the id of its place."""
    head = chosen(workspace, view)
    cards = model_cards(workspace)
    card = next((card for card in cards if card.name == view.model), cards[0] if cards else None)
    return {
        "lists": lists(workspace, head, cards),
        "data": data.panel(workspace, head, view.offset, view.profile),
        "quality": quality.panel(workspace, head, _report(workspace, head, view)),
        "chart": _chart(workspace, head, view, state),
        "model": model_panel(workspace, head, view, state, cards, card),
        "predict": predict_panel(workspace, head, view, state, cards, card),
        "steps": _steps(workspace, head, view, state),
        "empty": chat.empty_html(chat.prompts(head, card), head is not None),
    }


def banner(ready: str) -> Markup:
    """Says what mends a missing language model; everything clickable works without one."""
    if not ready:
        return Markup("")
    return tag("p", tag("strong", "Chat is off. "), ready, " Everything that can be clicked works.", class_="banner")


def _report(workspace: Workspace, head: Version | None, view: View) -> Markup:
    from tools import catalogue

    return form_of(workspace, head, view, catalogue().get("quality_report"), "quality", "Check every row")


def _chart(workspace: Workspace, head: Version | None, view: View, state: State) -> Markup:
    """The last chart with its downloads, and the form for the next, of whichever family."""
    from tools import catalogue

    family = [tool for tool in catalogue().values() if tool.group == "chart"]
    tool = next((one for one in family if one.name == view.chart), family[0])
    made = next((outcome for outcome in reversed(state.outcomes) if chat.shows_chart(outcome)), None)
    shown = (
        []
        if made is None
        else [
            chat.figure(made),
            tag("p", *map(_download, reversed([one for one in made.artefacts if one.path])), class_="downloads"),
        ]
    )
    options = [(one.name, CHARTS.get(one.name, one.name.replace("_", " ").capitalize())) for one in family]
    select = tag("select", choices(options, tool.name), id="pick-chart", data_view="chart")
    pick = tag("div", tag("label", "Chart", for_="pick-chart"), select, class_="field")
    form = form_of(workspace, head, view, tool, "chart", "Draw the chart")
    return join([tag("h2", "Chart"), *shown, pick if head else "", tag("div", form, data_key=tool.name)])


def _download(artefact: Artefact) -> Markup:
    name = chat.file_name(artefact)
    kind = name.rpartition(".")[2].upper()
    return tag("a", f"Download {kind}", href=file_address(name, download=True), class_="button", download=name)


def _steps(workspace: Workspace, head: Version | None, view: View, state: State) -> Markup:
    """The steps that were done, and any tool of the catalogue by clicks: pick it, fill its form, run it."""
    from tools import catalogue

    tools = catalogue()
    tool = tools.get(view.tool) or next(iter(tools.values()))
    groups: dict[str, list[tuple[str, str]]] = {}
    for entry in tools.values():
        groups.setdefault(entry.group, []).append((entry.name, entry.name.replace("_", " ").capitalize()))
    options = join(
        tag("optgroup", choices(entries, tool.name), label=group.capitalize()) for group, entries in groups.items()
    )
    picker = tag(
        "div",
        tag("label", "Step", for_="pick-step"),
        tag("select", options, id="pick-step", data_view="tool"),
        class_="field",
    )
    adding = join([picker, tag("div", form_of(workspace, head, view, tool, "steps"), data_key=tool.name)])
    back = press("undo", "Undo the last request", "Undo the last request of the chat", prefix="steps")
    back = tag("div", back, class_="buttons") if workspace.last_moved() is not None else Markup("")
    if head is None:
        return join([back, adding])
    done = recipe.panel(workspace, head, view.typed, state.outcomes, known(workspace, head, {}))
    return join([done, back, tag("h2", "Add a step"), adding, recipe.versions(workspace, head, state.outcomes)])

"""What stands beside the chat: the project's lists, and the panels Data, Quality, Chart, Model, Predict and Steps."""

import re
from collections.abc import Sequence

from pydantic import BaseModel

from assistant.app import chat, data, evaluation, forecast, forms, model, quality, reading, recipe, things
from assistant.app.markup import Markup, choices, file_address, inline, join, press, tag
from assistant.app.state import State
from assistant.events import StepDone
from automl.card import Card
from automl.evaluation import read_evaluation
from tools.modelling.models import model_cards
from tools.pictures import pictures_of
from tools.steps import steps_of
from tools.title import title_of
from tools.tool import Artefact, Tool, ToolError
from tools.workspace import Version, Workspace

CHARTS = {
    "make_chart": "Histogram, bar, line, area, scatter, box, heat map, pie",
    "draw_panels": "The same chart for each group",
    "draw_violins": "Violins",
    "map_missing": "Map of missing values",
    "draw_correlations": "Correlation matrix",
}
"""The families of charts as the tab Chart offers them."""
MOST_PICTURES = 300
"""Pictures of the project that can be chosen from."""
FURTHER = (
    ("train_forecast", "future", "Build a forecast"),
    ("train_text_model", "text", "Build a model that reads texts"),
    ("train_image_model", "pictures", "Build a model that looks at pictures"),
)
"""Builds besides that of a table: tool, prefix of its form, words on its button."""


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
        "model": _model(workspace, head, view, state, cards, card),
        "predict": _predict(workspace, head, view, state, cards, card),
        "steps": _steps(workspace, head, view, state),
        "empty": chat.empty_html(prompts(head, card), head is not None),
    }


def chosen(workspace: Workspace, view: View) -> Version | None:
    """The version the tab looks at: the one it names, else the newest of all."""
    if view.dataset:
        try:
            return workspace.version(view.dataset)
        except ToolError:
            pass  # it was removed meanwhile: fall back to what there is
    return next(iter(workspace.datasets()), None)


def banner(ready: str) -> Markup:
    """Says what mends a missing language model; everything clickable works without one."""
    if not ready:
        return Markup("")
    return tag("p", tag("strong", "Chat is off. "), ready, " Everything that can be clicked works.", class_="banner")


def lists(workspace: Workspace, head: Version | None, cards: Sequence[Card]) -> Markup:
    """Datasets with rows × columns, models with their score, and the steps that led to the dataset in view."""
    datasets = [
        _entry(
            "dataset",
            v.dataset,
            f"{v.row_count:,} × {len(v.columns):,}",
            current=head is not None and v.dataset == head.dataset,
        )
        for v in workspace.datasets()
    ]
    models = [_entry("model", card.name, model.short_score(card)) for card in cards]
    base, made = steps_of(workspace, head) if head else (None, [])
    words = [step_words(base)] if base else []
    words += [f"{n}. {step_words(v)}" for n, v in enumerate(made, 1)]
    steps = [tag("li", tag("span", line, class_="words")) for line in words]
    return join(
        tag(
            "section",
            tag("h2", title),
            tag("ul" if title != "Recipe" else "ol", *rows) if rows else tag("p", "None yet", class_="hint"),
        )
        for title, rows in (("Datasets", datasets), ("Models", models), ("Recipe", steps))
    )


def _entry(kind: str, name: str, fact: str, *, current: bool = False) -> Markup:
    inside = (tag("span", name, class_="words", title=name), tag("span", fact, class_="fact"))
    return tag(
        "li",
        tag("button", *inside, type="button", data_do=kind, data_text=name, aria_current="true" if current else None),
    )


def step_words(version: Version) -> str:
    """A step of the recipe in the words of its plan card."""
    from tools import catalogue

    tool = catalogue().get(version.step.tool)
    if tool is None:
        return version.step.text or version.step.tool.replace("_", " ")
    return title_of(tool, version.step.arguments) + (" (off)" if version.step.off else "")


def prompts(head: Version | None, card: Card | None) -> list[str]:
    """Requests that fit the data at hand, for someone who does not know what to ask."""
    if head is None:
        return []
    texts = [c.name for c in head.columns if c.is_text or c.type == "BOOLEAN"]
    numbers = [c.name for c in head.columns if c.is_number and not c.name.casefold().endswith("id")]
    out = ["What is in this data?"]
    if numbers and texts:
        out.append(f"What is the average {numbers[-1]} for each {texts[-1]}?")
    out.append("Check the quality" if card else f"Clean it up and predict {head.names[-1]}")
    return out


def _model(
    workspace: Workspace, head: Version | None, view: View, state: State, cards: Sequence[Card], card: Card | None
) -> Markup:
    """The card of a model, and the forms that build one: folded where there is a model already."""
    from tools import catalogue

    build = _form(workspace, head, view, catalogue().get("train_model"), "model", "Build a model")
    further = join(
        tag(
            "details",
            tag("summary", words),
            _form(workspace, head, view, catalogue()[tool], prefix, words),
            data_key=tool,
        )
        for tool, prefix, words in FURTHER
    )
    if card is None:
        return join([tag("h2", "Build a model"), build, further if head else ""])
    again = tag("details", tag("summary", "Build another model"), build, data_key="build")
    found = read_evaluation(workspace.models / card.name, card.revision)
    shown = model.panel(cards, card, evaluation.sections(card, found, state.outcomes))
    if card.forecast:
        shown = join([model.picker(cards, card), forecast.panel(card, _forecast_made(state, card))])
    cared = things.care(cards, card, state.outcomes, _forms(workspace, head, view, model=card.name))
    return join([shown, cared, again, further])


def _forms(workspace: Workspace, head: Version | None, view: View, **usual: str) -> things.Form:
    """Makes the generated forms of tools; `usual` stands in them until something else is typed."""

    def form(name: str, prefix: str, button: str) -> Markup:
        from tools import catalogue

        tool = catalogue()[name]
        posted = view.typed.get(f"{prefix}-{name}") or {key: [value] for key, value in usual.items()}
        return join(
            [_manual(tool), forms.form_html(tool, known(workspace, head, posted), posted, prefix=prefix, button=button)]
        )

    return form


def _forecast_made(state: State, card: Card) -> StepDone | None:
    """The last forecast that a model made."""
    mine = (one for one in reversed(state.outcomes) if one.values.get("model") == card.name)
    return next((one for one in mine if "history_end" in one.values), None)


# --- panels that are mostly forms ------------------------------------------------------------------------------------


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


def _form(
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
    return join(
        [_manual(tool), forms.form_html(tool, known(workspace, head, posted), posted, prefix=prefix, button=button)]
    )


def _manual(tool: Tool) -> Markup:
    """What a tool does, in the words of its docstring."""
    return tag("p", inline(re.sub(r"(?<!\n)\n(?!\n)", " ", tool.doc)), class_="manual")


def _report(workspace: Workspace, head: Version | None, view: View) -> Markup:
    from tools import catalogue

    return _form(workspace, head, view, catalogue().get("quality_report"), "quality", "Check every row")


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
    form = _form(workspace, head, view, tool, "chart", "Draw the chart")
    return join([tag("h2", "Chart"), *shown, pick if head else "", tag("div", form, data_key=tool.name)])


def _download(artefact: Artefact) -> Markup:
    name = chat.file_name(artefact)
    kind = name.rpartition(".")[2].upper()
    return tag("a", f"Download {kind}", href=file_address(name, download=True), class_="button", download=name)


def _predict(
    workspace: Workspace, head: Version | None, view: View, state: State, cards: Sequence[Card], card: Card | None
) -> Markup:
    """One row by hand, and a whole dataset at once."""

    if card is None:
        return tag("p", "Build a model first: in the chat (“predict …”) or under Model.", class_="hint")
    if card.forecast:
        return _ahead(workspace, head, view, state, cards, card)
    batch = _forms(workspace, head, view, model=card.name)("predict_dataset", f"batch-{card.name}", "Predict every row")
    mine = [outcome for outcome in reversed(state.outcomes) if outcome.values.get("model") == card.name]
    return join(
        [
            model.picker(cards, card),
            *_one(workspace, view, card, mine),
            tag("h2", "A whole dataset"),
            _batch_result(next((o for o in mine if "rows" in o.values and o.artefacts), None)),
            batch if head else tag("p", "Add data first.", class_="hint"),
            things.again(workspace, _forms(workspace, head, view, model=card.name)),
        ]
    )


def _one(workspace: Workspace, view: View, card: Card, mine: Sequence[StepDone]) -> list[Markup]:
    """One case by hand: values of a row, a text, or a picture, with the last answer."""
    if card.modality == "table":
        posted = view.typed.get(f"row-{card.name}-predict_row", {})
        last = next((outcome for outcome in mine if "given" in outcome.values), None)
        return [tag("h2", "One row"), model.row_result(last), model.row_form(card, posted)]
    tool = "predict_image" if card.image is not None else "highlight_words"
    posted = view.typed.get(f"read-{card.name}-{tool}", {})
    read = next((one for one in mine if "probabilities" in one.values and "given" not in one.values), None)
    pictures = pictures_of(workspace.files, MOST_PICTURES) if card.image is not None else []
    title = "One picture" if card.image is not None else "One text"
    return [tag("h2", title), reading.answered(read), reading.asked(card, posted, pictures)]


def _ahead(
    workspace: Workspace, head: Version | None, view: View, state: State, cards: Sequence[Card], card: Card
) -> Markup:
    """A forecast by hand, with what-if on what is known ahead."""
    from tools import catalogue

    tool = catalogue()["forecast"]
    typed = {"model": [card.name], **view.typed.get(f"ahead-{card.name}-forecast", {})}
    ahead = forms.Known(**(vars(known(workspace, head, typed)) | {"columns": forecast.known(card)}))
    form = forms.form_html(tool, ahead, typed, prefix=f"ahead-{card.name}", button=f"Forecast {card.target}")
    made = _forecast_made(state, card)
    return join(
        [model.picker(cards, card), tag("h2", f"{card.target} ahead"), forecast.last(made) if made else "", form]
    )


def _batch_result(outcome: StepDone | None) -> Markup:
    """The file of the last batch."""
    if outcome is None:
        return Markup("")
    return tag("div", tag("p", outcome.text), chat.downloads(outcome.artefacts), class_="result")


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
    adding = join([picker, tag("div", _form(workspace, head, view, tool, "steps"), data_key=tool.name)])
    back = press("undo", "Undo the last request", "Undo the last request of the chat", prefix="steps")
    back = tag("div", back, class_="buttons") if workspace.last_moved() is not None else Markup("")
    if head is None:
        return join([back, adding])
    done = recipe.panel(workspace, head, view.typed, state.outcomes, known(workspace, head, {}))
    return join([done, back, tag("h2", "Add a step"), adding, recipe.versions(workspace, head, state.outcomes)])

"""The tabs Model and Predict: a model with all that can be done with it, forms that build one, predictions by hand."""

from collections.abc import Sequence

from assistant.app import chat, evaluation, forecast, forms, model, reading, things
from assistant.app.markup import Markup, join, table, tag
from assistant.app.state import State
from assistant.app.view import View, form_of, forms_of, known
from assistant.events import StepDone
from automl.card import Card
from automl.evaluation import read_evaluation
from tools.dataset import Version
from tools.pictures import pictures_of
from tools.workspace import Workspace

MOST_PICTURES = 300
"""Pictures of the project that can be chosen from."""
FURTHER = (
    ("train_forecast", "future", "Build a forecast"),
    ("train_text_model", "text", "Build a model that reads texts"),
    ("train_image_model", "pictures", "Build a model that looks at pictures"),
)
"""Builds besides that of a table: tool, prefix of its form, words on its button."""


def model_panel(
    workspace: Workspace, head: Version | None, view: View, state: State, cards: Sequence[Card], card: Card | None
) -> Markup:
    """The card of a model, and the forms that build one: folded where there is a model already."""
    from tools import catalogue

    build = form_of(workspace, head, view, catalogue().get("train_model"), "model", "Build a model")
    further = join(
        tag(
            "details",
            tag("summary", words),
            form_of(workspace, head, view, catalogue()[tool], prefix, words),
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
        shown = join(
            [
                model.picker(cards, card),
                forecast.panel(card, _forecast_made(state, card), evaluation.report(card, state.outcomes)),
            ]
        )
    cared = things.care(cards, card, state.outcomes, forms_of(workspace, head, view, model=card.name))
    return join([shown, cared, again, further])


def _forecast_made(state: State, card: Card) -> StepDone | None:
    """The last forecast that a model made."""
    mine = (one for one in reversed(state.outcomes) if one.values.get("model") == card.name)
    return next((one for one in mine if "history_end" in one.values), None)


def predict_panel(
    workspace: Workspace, head: Version | None, view: View, state: State, cards: Sequence[Card], card: Card | None
) -> Markup:
    """One row by hand, and a whole dataset at once."""

    if card is None:
        return tag("p", "Build a model first: in the chat (“predict …”) or under Model.", class_="hint")
    if card.forecast:
        return _ahead(workspace, head, view, state, cards, card)
    batch = forms_of(workspace, head, view, model=card.name)(
        "predict_dataset", f"batch-{card.name}", "Predict every row"
    )
    mine = [outcome for outcome in reversed(state.outcomes) if outcome.values.get("model") == card.name]
    return join(
        [
            model.picker(cards, card),
            *_one(workspace, view, card, mine),
            tag("h2", "A whole dataset"),
            _batch_result(next((o for o in mine if "rows" in o.values and o.artefacts), None)),
            batch if head else tag("p", "Add data first.", class_="hint"),
            _supposed(workspace, head, view, card, mine) if card.modality == "table" else "",
            things.again(workspace, forms_of(workspace, head, view, model=card.name)),
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


def _supposed(workspace: Workspace, head: Version | None, view: View, card: Card, mine: Sequence[StepDone]) -> Markup:
    """What if a column changed in every row, with the last answer."""
    columns = tuple(feature.name for feature in card.features if feature.used)
    asked = f"all-{card.name}", "Predict every row, before and after"
    form = _of_columns(workspace, head, view, card, "what_if_all", columns, *asked)
    last = next((one for one in mine if "changes" in one.values and "rows" in one.values), None)
    compared = table(last.table, caption="Every row, before and after") if last and last.table else ""
    told = tag("div", tag("p", last.text), compared, class_="result") if last else ""
    return join([tag("h2", "What if, in every row"), told, form])


def _ahead(
    workspace: Workspace, head: Version | None, view: View, state: State, cards: Sequence[Card], card: Card
) -> Markup:
    """A forecast by hand, with what-if on what is known ahead."""
    asked = f"ahead-{card.name}", f"Forecast {card.target}"
    form = _of_columns(workspace, head, view, card, "forecast", forecast.known(card), *asked)
    made = _forecast_made(state, card)
    recurring = things.again(workspace, forms_of(workspace, head, view, model=card.name))
    last = forecast.last(made) if made else ""
    return join([model.picker(cards, card), tag("h2", f"{card.target} ahead"), last, form, recurring])


def _of_columns(
    workspace: Workspace,
    head: Version | None,
    view: View,
    card: Card,
    tool: str,
    columns: tuple[str, ...],
    prefix: str,
    button: str,
) -> Markup:
    """The form of a tool that asks one model, which offers these columns of it."""
    from tools import catalogue

    typed = {"model": [card.name], **view.typed.get(f"{prefix}-{tool}", {})}
    offered = forms.Known(**(vars(known(workspace, head, typed)) | {"columns": columns}))
    return forms.form_html(catalogue()[tool], offered, typed, prefix=prefix, button=button)


def _batch_result(outcome: StepDone | None) -> Markup:
    """The file of the last batch."""
    if outcome is None:
        return Markup("")
    return tag("div", tag("p", outcome.text), chat.downloads(outcome.artefacts), class_="result")

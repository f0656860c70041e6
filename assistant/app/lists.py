"""The lists beside the chat: the project's datasets and models, and the recipe of the dataset in view."""

from collections.abc import Sequence

from assistant.app import model
from assistant.app.markup import Markup, join, tag
from automl.card import Card
from tools.dataset import Version
from tools.rerun import steps_of
from tools.title import title_of
from tools.workspace import Workspace


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
    inside = (tag("span", name, class_="words", title=name, translate="no"), tag("span", fact, class_="fact"))
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

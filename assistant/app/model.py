"""The Model panel and the form for one row, from the cards of the trained models."""

from typing import Any

from assistant.app.markup import Markup
from tools.workspace import Workspace

Card = Any


def cards(workspace: Workspace) -> list[Card]:
    return []


def short_score(card: Card) -> str:
    return ""


def panel(cards: list[Card], card: Card) -> Markup:
    return Markup("")


def picker(cards: list[Card], card: Card) -> Markup:
    return Markup("")


def row_form(card: Card, posted: Any) -> Markup:
    return Markup("")

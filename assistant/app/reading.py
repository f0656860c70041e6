"""What the Model panel shows of models that read texts or pictures: examples right and wrong, and what spoke for the answer."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.app.markup import Markup, join, tag

if TYPE_CHECKING:
    from automl.card import Card
    from automl.image import ImageExample
    from automl.reading import Trial
    from automl.text import TextExample

MOST_CLASSES = 12
_STEPS = 3
"""Shades of a highlight on each side."""


def sections(card: "Card") -> list[tuple[str, Markup]]:
    """Title and body of each part; none for models of tables."""
    if card.text is not None:
        words = _top_words(card.text.top_words)
        return [
            ("What was tried", _trials(card.text.trials, card.text.skipped)),
            *([("Words that speak for each class", words)] if card.text.top_words else []),
            ("Where it was wrong", _texts(card.text.wrong, "It made no mistake on the test rows.")),
            ("Where it was right", _texts(card.text.right, "It was never right on the test rows.")),
        ]
    if card.image is not None:
        return [
            ("What was tried", _trials(card.image.trials, [])),
            ("Where it was wrong", _pictures(card.image.wrong, "It made no mistake on the test pictures.")),
            ("Where it was right", _pictures(card.image.right, "It was never right on the test pictures.")),
        ]
    return []


def _trials(trials: Sequence["Trial"], skipped: Sequence[str]) -> Markup:
    lines = [f"{one.method}: {one.accuracy:.1%} right, {one.seconds:,.0f} s" for one in trials]
    return tag("ul", *(tag("li", line) for line in [*lines, *(f"Not tried: {one}" for one in skipped)]), class_="plain")


def _top_words(words: dict[str, list[str]]) -> Markup:
    lines = [
        tag("li", tag("strong", name), f": {', '.join(said)}") for name, said in list(words.items())[:MOST_CLASSES]
    ]
    more = len(words) - len(lines)
    return tag("ul", *lines, tag("li", f"And {more} more classes.") if more > 0 else None, class_="plain")


def _texts(examples: Sequence["TextExample"], none: str) -> Markup:
    if not examples:
        return tag("p", none, class_="hint")
    return tag(
        "ul", *(tag("li", _verdict(one), tag("p", highlighted(one.words))) for one in examples), class_="examples"
    )


def highlighted(words: Sequence[tuple[str, float]]) -> Markup:
    """A text whose words are marked, the stronger the more they speak for the answer or against it."""
    most = max((abs(weight) for _, weight in words), default=0.0) or 1.0
    parts: list[object] = []
    for word, weight in words:
        step = round(_STEPS * abs(weight) / most)
        side = "for" if weight > 0 else "against"
        said = f"speaks {side} it" if step else None
        parts += [tag("mark", word, class_=f"{side}-{step}", title=said) if step else word, " "]
    return join(parts)


def _pictures(examples: Sequence["ImageExample"], none: str) -> Markup:
    if not examples:
        return tag("p", none, class_="hint")
    items = [
        tag(
            "li",
            tag(
                "img",
                src=f"data:image/jpeg;base64,{one.picture}",
                alt=f"{one.path} with its heat map",
                width=144,
                height=144,
            )
            if one.picture
            else None,
            _verdict(one),
        )
        for one in examples
    ]
    hint = "Red parts spoke for the answer, blue ones against it."
    return join([tag("ul", *items, class_="examples pictures"), tag("p", hint, class_="hint")])


def _verdict(one: "TextExample | ImageExample") -> Markup:
    """`spam (97 %)`, or what it really is beside it."""
    right = one.actual == one.predicted
    said = f"{one.predicted} ({one.probability:.0%})"
    return tag(
        "p",
        said if right else f"taken for {said}, really {one.actual}",
        class_="verdict right" if right else "verdict wrong",
    )

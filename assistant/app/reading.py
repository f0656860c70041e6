"""What the Model and Predict panels show of models that read texts or pictures: examples, and what spoke for the answer."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from assistant.app import chat
from assistant.app.markup import Markup, bars, choices, join, seconds, tag

if TYPE_CHECKING:
    from assistant.events import StepDone
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
    lines = [f"{one.method}: {one.accuracy:.1%} right, {seconds(one.seconds)}" for one in trials]
    return tag("ul", *(tag("li", line) for line in [*lines, *(f"Not tried: {one}" for one in skipped)]), class_="plain")


def _top_words(words: dict[str, list[str]]) -> Markup:
    lines = [
        tag("li", tag("strong", name), f": {', '.join(said)}", translate="no")
        for name, said in list(words.items())[:MOST_CLASSES]
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
        said = ("speaks for it" if weight > 0 else "speaks against it") if step else None
        told = tag("span", word, translate="no")
        parts += [tag("mark", told, class_=f"{side}-{step}", title=said) if step else told, " "]
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
        translate="no" if right else None,
    )


# --- one text, one picture ---------------------------------------------------------------------------------------


def asked(card: "Card", posted: Mapping[str, Sequence[str]], pictures: Sequence[str]) -> Markup:
    """The form for one text or one picture."""
    identity = f"read-{card.name}"
    if card.image is not None:
        hint = "Drop a picture anywhere on this page to have it looked at, or choose one of the project."
        control = tag("select", choices([(one, one) for one in pictures], ours=False), id=identity, name="path")
        label, tool, name = "Picture", "predict_image", "path"
    else:
        hint = "The words that spoke for the answer are marked."
        label, tool, name = card.text.column if card.text else "Text", "highlight_words", "text"
        typed = posted.get(name, [""])
        control = tag("textarea", typed[0] if typed else "", id=identity, name=name, rows=4, required=True)
    return tag(
        "form",
        tag("input", type="hidden", name="model", value=card.name),
        tag(
            "div",
            tag("label", label, for_=identity, translate=card.text and "no"),
            control,
            tag("span", hint, class_="hint"),
            class_="field",
        ),
        tag("p", class_="error", role="alert", data_error=True),
        tag("div", tag("button", f"Predict {card.target}", type="submit", class_="primary"), class_="buttons"),
        data_form="act",
        data_tool=tool,
        data_prefix=f"read-{card.name}",
        data_key=card.name,
        data_testid="read-form",
        autocomplete="off",
    )


def answered(outcome: "StepDone | None") -> Markup:
    """The last text or picture that was looked at: the answer, how sure it is, and what spoke for it."""
    if outcome is None:
        return Markup("")
    shares = sorted(outcome.values["probabilities"].items(), key=lambda pair: -pair[1])[:MOST_CLASSES]
    words = outcome.values.get("words")
    read = tag("p", highlighted([(word, weight) for word, weight in words])) if words else None
    return tag(
        "div",
        tag("p", outcome.text),
        tag("ul", tag("li", read), class_="examples") if read else chat.figure(outcome),
        bars(dict(shares), caption="Probabilities", share=True, whole=1.0),
        class_="result",
        data_testid="row-result",
    )

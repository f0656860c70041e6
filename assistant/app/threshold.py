"""The threshold of a model of two classes in the Model panel: a slider that tells what each would do and cost."""

import json
from typing import TYPE_CHECKING

from assistant.app.markup import Markup, join, tag

if TYPE_CHECKING:
    from automl.card import Card
    from automl.evaluation import Evaluation


def threshold(card: "Card", found: "Evaluation", back: Markup) -> Markup:
    """A slider that tells what each threshold would do, what its mistakes would cost, and keeps it; `back` takes a kept one back."""
    points = [[one["threshold"], one["hits"], one["alarms"], one["misses"]] for one in found.thresholds]
    at = _kept(card)
    if at is not None:  # the points are thinned: what is kept is told as it was measured
        points = sorted([*points, [at, *_measured(card)]], key=lambda point: -point[0])
    kept = at is not None
    now = (
        f"A threshold is kept: {card.decision.why}."
        if kept and card.decision
        else "The likelier class is the answer: a threshold of 0.5."
    )
    return join([tag("p", now, class_="hint"), _form(card, found, points, at), back if kept else ""])


def _form(card: "Card", found: "Evaluation", points: list[list[float]], at: float | None) -> Markup:
    """The slider, the costs, and the buttons that keep what they stand at."""
    slider = f"threshold-{card.name}"
    return tag(
        "form",
        tag("input", type="hidden", name="model", value=card.name),
        tag("input", type="hidden", name="keep", value="true"),
        tag("input", type="hidden", name="aim", value="cost"),
        tag(
            "div",
            tag("label", "Threshold", for_=slider),
            _range(slider, at),
            tag("output", "0.5", for_=slider),
            class_="field",
        ),
        tag(
            "div",
            _cost("false_alarm_cost", "A false alarm costs", slider),
            _cost("miss_cost", "A miss costs", slider),
            class_="pair",
        ),
        tag("p", data_tells=True, role="status"),
        tag("p", class_="error", role="alert", data_error=True),
        tag(
            "div",
            tag("button", "Use this threshold", type="submit", class_="primary"),
            tag("button", "Use the cheapest for these costs", type="submit", data_without="value"),
            class_="buttons",
        ),
        data_form="act",
        data_tool="choose_threshold",
        data_prefix="threshold",
        data_key=card.name,
        data_points=json.dumps(points),
        data_rows=card.holdout_rows,
        data_positives=found.positives,
        data_testid="threshold",
        autocomplete="off",
    )


def _kept(card: "Card") -> float | None:
    """The threshold that is kept, on the scale of the probabilities that are shown."""
    from tools.threshold import shown

    threshold = card.decision.threshold if card.decision else None
    return None if threshold is None else shown(card, threshold)


def _measured(card: "Card") -> tuple[int, int, int]:
    """Hits, false alarms and misses of the answers as they are."""
    at = card.scores.classes.index(card.problem.positive or "")
    said, true = sum(row[at] for row in card.scores.confusion), sum(card.scores.confusion[at])
    hits = card.scores.confusion[at][at]
    return hits, said - hits, true - hits


def _range(identity: str, kept: float | None) -> Markup:
    """The slider; it moves in hundredths, and `data_kept` is the exact place of what is kept."""
    at = f"{0.5 if kept is None else kept:.2f}"
    return tag("input", type="range", id=identity, name="value", min=0, max=1, step="0.01", value=at, data_kept=kept)


def _cost(name: str, words: str, slider: str) -> Markup:
    identity = f"{slider}-{name}"
    box = tag("input", type="number", id=identity, name=name, min=0, step="any", value=1)
    return tag("div", tag("label", words, for_=identity), box, class_="field")

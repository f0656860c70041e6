"""What the Model panel shows of how a model was judged: leaderboard, curves, threshold, segments, report, reasons."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assistant.app import chat
from assistant.app.markup import Markup, bar, choices, grid, join, seconds, table, tag
from assistant.app.threshold import threshold
from automl.names import metric_name, title
from automl.settings import NUMBER_METRICS
from tools.reporting.scores import rounded

if TYPE_CHECKING:
    from assistant.events import StepDone
    from automl.card import Card
    from automl.evaluation import Evaluation

MOST_CANDIDATES = 12
CURVES = {
    "binary": "How it ranks and how sure it may be",
    "multiclass": "How sure it may be",
    "regression": "How far it is off",
}
"""What the drawings tell, by kind of problem."""
SHORT = {long: short.upper() for short, long in NUMBER_METRICS.items()}
SIDE = 100
Points = Sequence[tuple[float, float]]


def sections(card: "Card", found: "Evaluation | None", outcomes: Sequence["StepDone"]) -> list[tuple[str, Markup]]:
    """Title and body of each part; none for forecasts, which are judged in their own way."""
    if card.forecast:
        return []
    mine = _since(card, outcomes)
    parts = [("Report", report(card, outcomes))]
    if card.modality == "table":  # the ways of reading texts and pictures are told with the rest of what was read
        parts.append(("Leaderboard", _leaderboard(card)))
    if found is not None:
        parts.append((CURVES[card.problem.kind], _curves(card, found)))
        if found.thresholds and card.problem.positive:
            parts.append(
                (
                    f"From which probability on it says {card.problem.positive}",
                    threshold(
                        card, found, _button(card, "choose_threshold", "Take the threshold back", "back", aim="default")
                    ),
                )
            )
    parts.append(("Errors by group", _segments(card, mine)))
    return parts


def _since(card: "Card", outcomes: Sequence["StepDone"]) -> "list[StepDone]":
    """What was told of a model since its answers changed last, the latest first: older errors are no longer its own."""
    found: list[StepDone] = []
    for one in reversed(outcomes):
        mine, changed = one.values.get("model") == card.name, "revision" in one.values and one.values.get("kept", True)
        back = "undone" in one.values and any(made.kind == "model" and made.name == card.name for made in one.artefacts)
        if (mine and changed) or back:
            break
        found += [one] if mine else []
    return found


def _button(card: "Card", tool: str, words: str, key: str, **values: str) -> Markup:
    """A form of one button that runs a tool on this model."""
    hidden = {"model": card.name, **values}
    return tag(
        "form",
        *(tag("input", type="hidden", name=name, value=value) for name, value in hidden.items()),
        tag("button", words, type="submit"),
        tag("p", class_="error", role="alert", data_error=True),
        data_form="act",
        data_tool=tool,
        data_prefix=f"{tool}-{key}",
        autocomplete="off",
    )


def report(card: "Card", outcomes: Sequence["StepDone"]) -> Markup:
    """The files of a model's report as it is now, and the button that writes it."""
    made = next((one for one in _since(card, outcomes) if "parts" in one.values and one.artefacts), None)
    links = chat.downloads(made.artefacts) if made else Markup("")
    return join([links, _button(card, "model_report", "Write the report (HTML, PDF)", card.name)])


def _leaderboard(card: "Card") -> Markup:
    rows = []
    for one in card.leaderboard[:MOST_CANDIDATES]:
        default, called = one.model == card.best, title(card.called(one.model))
        use = (
            "in use" if default else _button(card, "set_default_candidate", "Use this one", one.model, candidate=called)
        )
        cells = (
            tag("td", f"{score:.3f}" if (score := abs(one.score)) < 10 else rounded(score), class_="num"),
            tag("td", seconds(one.seconds), class_="num", translate="yes"),
            tag("td", use, translate="yes"),
        )
        name = tag("th", called, scope="row", title=one.model)
        rows.append(tag("tr", name, *cells))
    names = ("Candidate", SHORT.get(card.metric) or metric_name(card.metric), "Time to fit", "Predictions")
    head = tag(
        "tr",
        *(tag("th", name, scope="col", class_="num" if place in (1, 2) else None) for place, name in enumerate(names)),
    )
    return grid(head, rows, "Leaderboard", look="facts", testid="leaderboard")


# --- curves ------------------------------------------------------------------------------------------------------


def _curves(card: "Card", found: "Evaluation") -> Markup:
    """Small drawings beside each other, each with its words."""
    drawn = []
    if found.roc:
        words = f"ROC curve: area {card.scores.metrics.get('auc', 0):.3f}; the dashed line is chance."
        drawn.append(_drawing(words, "found ↑ false alarms →", [_line(found.roc)], [(0, 0), (1, 1)]))
    if found.precision_recall:
        base = found.positives / max(card.holdout_rows, 1)
        words = f"Precision against recall; guessing is right {base:.0%} of the time."
        drawn.append(_drawing(words, "precision ↑ recall →", [_line(found.precision_recall)], [(0, base), (1, base)]))
    if found.calibration is not None:
        facts = found.calibration
        words = f"Calibration: probabilities are off by {facts.error:.1%} on average (Brier score {facts.brier:.3f})."
        bars = [_rule(one.said, one.low, one.high) for one in facts.bins]
        line = _line([(one.said, one.true) for one in facts.bins])
        drawn.append(_drawing(words, "came true ↑ said →", [*bars, line], [(0, 0), (1, 1)]))
    if found.dots:
        low, high = (pick(value for pair in found.dots for value in pair) for pick in (min, max))
        span = (high - low) or 1.0
        dots = [_dot((x - low) / span, (y - low) / span) for x, y in found.dots]
        words = f"Predicted against actual {card.target}, {rounded(low)} to {rounded(high)}; on the dashed line it is exact."
        drawn.append(_drawing(words, "actual ↑ predicted →", dots, [(0, 0), (1, 1)]))
        drawn.append(_drawing(*_residuals(found)))
    return tag("div", *drawn, class_="curves")


def _residuals(found: "Evaluation") -> tuple[str, str, list[Markup], Points]:
    low, high = (pick(x for x, _ in found.dots) for pick in (min, max))
    most = max(abs(x - y) for x, y in found.dots) or 1.0
    dots = [_dot((x - low) / ((high - low) or 1.0), 0.5 + (x - y) / most / 2) for x, y in found.dots]
    words = f"Errors by predicted value: half of all rows are off by less than {rounded(found.misses['off_q50'])}, nine tenths by less than {rounded(found.misses['off_q90'])}."
    return words, "too high ↑ predicted →", dots, [(0, 0.5), (1, 0.5)]


def _drawing(words: str, axes: str, marks: Iterable[Markup], beside: Points) -> Markup:
    frame = tag("rect", x=0, y=0, width=SIDE, height=SIDE, class_="frame")
    dashed = tag("polyline", points=_points(beside), class_="beside")
    svg = tag("svg", frame, dashed, *marks, viewBox=f"-1 -1 {SIDE + 2} {SIDE + 2}", role="img", aria_label=words)
    return tag("figure", svg, tag("span", axes, class_="hint"), tag("figcaption", words))


def _line(points: Points) -> Markup:
    return tag("polyline", points=_points(points), class_="line")


def _rule(at: float, low: float, high: float) -> Markup:
    return tag("polyline", points=_points([(at, low), (at, high)]), class_="rule")


def _dot(x: float, y: float) -> Markup:
    return tag("circle", cx=f"{SIDE * x:.1f}", cy=f"{SIDE * (1 - y):.1f}", r="1.1", class_="dot")


def _points(points: Points) -> str:
    return " ".join(f"{SIDE * x:.1f},{SIDE * (1 - y):.1f}" for x, y in points)


# --- the threshold -----------------------------------------------------------------------------------------------


# --- groups, reasons ---------------------------------------------------------------------------------------------


def _segments(card: "Card", mine: Sequence["StepDone"]) -> Markup:
    names = [*card.impact, *(name for name in card.model_columns if name not in card.impact)]
    if card.modality != "table":  # every text and picture is another one: the columns beside them make groups
        names = [*card.problem.excluded]
    made = next((one for one in mine if "groups" in one.values), None)
    shown = (
        join([tag("p", made.text), table(made.table, caption="Errors by group", names=_names(card))])
        if made and made.table
        else ""
    )
    identity = f"segment-{card.name}"
    form = tag(
        "form",
        tag("input", type="hidden", name="model", value=card.name),
        tag(
            "div",
            tag("label", "Column", for_=identity),
            tag("select", choices(((n, n) for n in names), ours=False), id=identity, name="column"),
            class_="field",
        ),
        tag("p", class_="error", role="alert", data_error=True),
        tag("div", tag("button", "Compare its groups", type="submit"), class_="buttons"),
        data_form="act",
        data_tool="error_by_segment",
        data_prefix="segment",
        data_key=card.name,
        autocomplete="off",
    )
    numbers = card.problem.kind == "regression"
    words = "Show its largest errors" if numbers else "Show its surest mistakes"
    wrong = _button(card, "show_mistakes", words, card.name)
    said = next((one for one in mine if "mistakes" in one.values), None)
    mistakes = (
        join([tag("p", said.text), table(said.table, caption="Mistakes", names=_names(card))])
        if said and said.table
        else ""
    )
    return join([shown, form, mistakes, wrong])


def _names(card: "Card") -> set[str]:
    """The columns of a model, which head some of its tables."""
    return {card.target, *card.model_columns, *card.problem.excluded, *(one.name for one in card.features)}


def _signed(points: float) -> str:
    """+6.4, and 0.0 without a sign for what is less than a rounding."""
    return f"{points:+.1f}" if abs(points) >= 0.05 else "0.0"


def _more(amount: float) -> str:
    """+129,841 and -0.25: what a value adds to a predicted number."""
    return ("-" if amount < 0 else "+") + rounded(abs(amount))


def reasons(values: Mapping[str, Any]) -> Markup:
    """What each value added to a prediction, as bars to both sides, and what would have to change."""
    parts: dict[str, float] = values.get("reasons") or {}
    most = max((abs(one) for one in parts.values()), default=0.0) or 1.0
    points = bool(values.get("outcome"))
    rows = [
        bar(name, abs(one) / most, _signed(100 * one) if points else _more(one), down=one < 0)
        for name, one in parts.items()
    ]
    return tag("ul", *rows, class_="bars", aria_label="Reasons", data_testid="reasons") if rows else Markup("")

"""The Model panel, a card a person can read, and the form that predicts one row from the model's own columns."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from assistant.app import evaluation, forecast, reading
from assistant.app.markup import Markup, bars, choices, figures, grid, join, seconds, table, tag
from tools.modelling.words import called, chosen, flags, percent
from tools.reporting.scores import rounded, shown

if TYPE_CHECKING:
    from assistant.events import StepDone
    from automl.card import Card, Feature

NAMES = {
    "accuracy": ("Accuracy", "share of rows it gets right"),
    "balanced_accuracy": ("Balanced accuracy", "the same, every class counting alike"),
    "auc": ("AUC", "how well it ranks: 0.5 is chance, 1 is perfect"),
    "precision": ("Precision", "share of its alarms that are right"),
    "recall": ("Recall", "share of the real cases it finds"),
    "f1": ("F1", "precision and recall in one number"),
    "macro_f1": ("F1 of all classes", "F1, every class counting alike"),
    "log_loss": ("Log loss", "how far its probabilities are off; lower is better"),
    "mae": ("MAE", "how far it is off on average; lower is better"),
    "rmse": ("RMSE", "the same, large misses counting more; lower is better"),
    "mse": ("MSE", "the mean of the squared misses; lower is better"),
    "mape": ("MAPE", "how far it is off in percent of the true number; lower is better"),
    "r2": ("R²", "share of the ups and downs it explains; 1 is perfect"),
}
MOST_CLASSES = 12
MOST_BARS = 15


def headline_metric(card: "Card") -> str:
    """The number that says most at a glance: AUC for two classes, accuracy for more, R² for a number."""
    wanted = {"binary": "auc", "multiclass": "accuracy", "regression": "r2"}[card.problem.kind]
    return wanted if wanted in card.scores.metrics else next(iter(card.scores.metrics), "")


def short_score(card: "Card") -> str:
    """`AUC 0.86`, for the sidebar."""
    if card.forecast:
        return forecast.score(card)
    name = headline_metric(card)
    return f"{_name(name)} {shown(name, card.scores.metrics[name])}" if name else ""


def panel(cards: Sequence["Card"], card: "Card", judged: Sequence[tuple[str, Markup]] = ()) -> Markup:
    """The card of one model: how good it is against the simplest guess, what it looks at, where it errs."""
    return join(
        [
            picker(cards, card),
            tag("p", headline(card), class_="headline", data_testid="headline"),
            figures(_figures(card)),
            *(_section(title, body) for title, body in reading.sections(card)),
            _section("What drives the prediction", _impact(card)) if card.modality == "table" else "",
            _section("Score against the simplest guess", _scores(card)),
            _section("Where it is right and wrong", _confusion(card)) if card.scores.confusion else "",
            *(_section(title, body) for title, body in judged),
            _section("Columns that are not used", _unused(card)) if card.unused else "",
            _section("About this model", _about(card)),
        ]
    )


def picker(cards: Sequence["Card"], card: "Card") -> Markup:
    """Which model the panel shows."""
    options = choices(((one.name, f"{one.name}: predicts {one.target}") for one in cards), card.name)
    return tag(
        "div",
        tag("label", "Model", None),
        tag("select", options, data_view="model", aria_label="Model"),
        class_="field",
    )


def headline(card: "Card") -> str:
    """One sentence in plain words with the baseline beside the score."""
    mine, guess, rows = card.scores.metrics, card.baseline.metrics, f"{card.holdout_rows:,} rows it had never seen"
    if card.problem.kind == "regression" and "mae" in mine:
        return (
            f"On {rows}, it is off by {rounded(mine['mae'])} on average; "
            f"always guessing the average {card.target} is off by {rounded(guess['mae'])}."
        )
    if "accuracy" not in mine:
        return f"Tested on {rows}."
    found = ""
    if card.problem.kind == "binary" and card.problem.positive:
        found = flags(card.problem.positive, mine["precision"], mine["recall"], called=called(card)) + " "
    common = f"“{card.problem.classes[0]}”" if card.problem.classes else "the commonest value"
    right = f"Right on {percent(mine['accuracy'])} of {rows}; always guessing {common} is right on {percent(guess['accuracy'])}."
    return f"{found[:1].upper()}{found[1:]}{right}{chosen(card)}"


def _figures(card: "Card") -> list[tuple[str, str]]:
    by_kind = {
        "binary": ("auc", "accuracy", "recall"),
        "multiclass": ("accuracy", "balanced_accuracy", "macro_f1"),
        "regression": ("r2", "mae", "rmse"),
    }
    shown = [name for name in by_kind[card.problem.kind] if name in card.scores.metrics]
    pairs = [measured(name, card.scores.metrics[name]) for name in shown]
    return [*pairs, (f"{card.holdout_rows:,}", "Test rows")]


def _name(metric: str) -> str:
    return NAMES.get(metric, (metric.replace("_", " "), ""))[0]


def measured(metric: str, value: float) -> tuple[str, str]:
    """A score and what it is called, for the big numbers on top."""
    return shown(metric, value), _name(metric)


def _section(title: str, body: Markup) -> Markup:
    return join([tag("h2", title), body])


def _impact(card: "Card") -> Markup:
    if not card.impact:
        return tag("p", "No single column makes a difference on its own.", class_="hint")
    shown = dict(list(card.impact.items())[:MOST_BARS])
    rest = len(card.impact) - len(shown)
    more = tag("p", f"And {rest} more columns with less impact.", class_="hint") if rest else ""
    return join([bars(shown, caption="Share of the impact by column", share=True), more])


def _scores(card: "Card") -> Markup:
    head = tag(
        "tr",
        tag("th", "Measure", scope="col"),
        *(tag("th", name, scope="col", class_="num") for name in ("This model", "95 % certain", "Simplest guess")),
    )
    rows = [
        tag(
            "tr",
            tag("th", _name(name), tag("span", *NAMES.get(name, ("", ""))[1:], class_="hint"), scope="row"),
            tag("td", shown(name, value), class_="num"),
            tag("td", _interval(card, name), class_="num", translate="yes"),
            tag("td", shown(name, card.baseline.metrics[name]) if name in card.baseline.metrics else "–", class_="num"),
        )
        for name, value in sorted(card.scores.metrics.items(), key=lambda pair: _place(pair[0]))
        if name != "mse" or card.metric == "mean_squared_error"  # which says in squares what RMSE says
    ]
    return grid(head, rows, "Scores", look="facts")


def _place(name: str) -> int:
    """Measures come in the order in which their hints explain each other."""
    return list(NAMES).index(name) if name in NAMES else len(NAMES)


def _interval(card: "Card", name: str) -> str:
    sure = card.scores.intervals.get(name)
    return f"{shown(name, sure[0])} to {shown(name, sure[1])}" if sure else "–"


def _confusion(card: "Card") -> Markup:
    classes = card.scores.classes[:MOST_CLASSES]
    head = tag(
        "tr",
        tag("td", "Really ↓, predicted →", translate="yes"),
        *(tag("th", name, scope="col", class_="num", title=name, translate="no") for name in classes),
    )
    rows = [
        tag(
            "tr",
            tag("th", name, scope="row", title=name, translate="no"),
            *(tag("td", f"{n:,}", class_="num right" if i == j else "num") for j, n in enumerate(line[:MOST_CLASSES])),
        )
        for i, (name, line) in enumerate(zip(classes, card.scores.confusion, strict=False))
    ]
    more = len(card.scores.classes) - len(classes)
    note = tag("p", f"And {more} more classes.", class_="hint") if more > 0 else ""
    return join([grid(head, rows, "Confusion matrix", look="matrix"), note])


def _unused(card: "Card") -> Markup:
    items = [tag("li", tag("strong", name, translate="no"), f": {reason}") for name, reason in card.unused.items()]
    return tag("ul", *items, class_="plain")


def _about(card: "Card") -> Markup:
    facts = [
        f"Predicts {card.target} ({card.problem.reason}).",
        f"Learned from {card.trained_rows:,} rows of {card.dataset.replace('@', ', version ')} in {seconds(card.seconds)} ({card.build} build).",
        f"{card.empty_target_rows:,} rows without {card.target} were left out." if card.empty_target_rows else "",
        *card.problem.warnings,
    ]
    return tag("ul", *(tag("li", fact) for fact in facts if fact), class_="plain")


# --- one row -----------------------------------------------------------------------------------------------------


def row_result(outcome: "StepDone | None") -> Markup:
    """The last prediction of one row: the sentence, and the probabilities as bars."""
    if outcome is None:
        return Markup("")
    shares = outcome.values.get("probabilities") or {}
    ordered = dict(sorted(shares.items(), key=lambda pair: -pair[1])[:MOST_CLASSES])
    shown = bars(ordered, caption="Probabilities", share=True, whole=1.0) if ordered else None
    why = evaluation.reasons(outcome.values)
    ways = (
        table(outcome.table, caption="What would have to change")
        if outcome.table and "ways" in outcome.values
        else None
    )
    return tag("div", tag("p", outcome.text), ways, why or shown, class_="result", data_testid="row-result")


def row_form(card: "Card", posted: Mapping[str, Sequence[str]]) -> Markup:
    """A form with the model's columns, filled with typical values, which asks for one prediction."""
    used = [feature for feature in card.features if feature.used] or card.features
    fields = [_feature(card, n, feature, posted) for n, feature in enumerate(used)]
    return tag(
        "form",
        tag("input", type="hidden", name="model", value=card.name),
        tag("p", "Filled with typical values. Change what you know.", class_="hint"),
        tag("div", *fields, class_="pair"),
        tag("p", class_="error", role="alert", data_error=True),
        tag("div", *_asked(card), class_="buttons"),
        data_form="act",
        data_tool="predict_row",
        data_prefix=f"row-{card.name}",
        data_key=card.name,
        data_testid="row-form",
        autocomplete="off",
    )


def _asked(card: "Card") -> list[Markup]:
    """The buttons below the form: the prediction, and for a model of a table why and what would have to change."""
    first = tag("button", f"Predict {card.target}", type="submit", class_="primary")
    more = [("explain_row", "Predict and say why")]
    if card.problem.kind == "binary" and card.modality == "table":
        more.append(("find_change", "What would have to change"))
    return [first, *(tag("button", words, type="submit", data_tool=tool) for tool, words in more)]


def _feature(card: "Card", n: int, feature: "Feature", posted: Mapping[str, Sequence[str]]) -> Markup:
    name, identity = f"values.{n}.value", f"row-{card.name}-{n}"
    typed = posted.get(name)
    typical = "" if feature.typical is None else _plain(feature.typical)
    value = typed[0] if typed else typical
    common = {"id": identity, "name": name}
    hint = None
    if feature.kind == "truth":
        control = tag("select", choices([("true", "Yes"), ("false", "No")], value.casefold()), **common)
    elif feature.categories:
        options = [(one, one) for one in feature.categories]
        control = tag("select", choices(options, value, ours=False), **common)
    elif feature.kind == "number":
        control = tag("input", type="number", step="1" if feature.whole else "any", value=value, **common)
        hint = f"Seen: {_plain(feature.low)} to {_plain(feature.high)}" if feature.low is not None else None
    else:
        control = tag("input", type="text", value=value, **common)
        hint = f"Seen: {feature.low} to {feature.high}" if feature.kind == "date" and feature.low is not None else None
    return tag(
        "div",
        tag("input", type="hidden", name=f"values.{n}.column", value=feature.name),
        tag("label", feature.name, for_=identity, translate="no"),
        control,
        tag("span", hint, class_="hint") if hint else None,
        class_="field",
    )


def _plain(value: object) -> str:
    """A typical value as an input shows it: 650 rather than 650.0."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)

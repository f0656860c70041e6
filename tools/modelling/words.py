"""What is said about a model: its score against the simplest guess, what drives it, what it may not use."""

from collections.abc import Callable, Mapping
from typing import Any

from automl.card import Card
from automl.decide import Decision
from automl.intervals import Interval
from tools.words import counted, listed

LOPSIDED = 0.9
"""From this share of one class on, accuracy alone flatters."""
DRIVERS = 5
LEAST_SHARE = 0.005
"""A share of the impact that is told: less is no difference."""
ASIDE = "you asked to leave it out"
"""Why a column is not used that the person named."""


def percent(share: float) -> str:
    """`86.5 %`, without a trailing zero."""
    return f"{100 * share:.1f}".removesuffix(".0") + " %"


def number(value: float) -> str:
    """A number as short as it can be told: `541`, `3.27`, `0.0042`."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 1 or value != int(value) else f"{value:.0f}"


def headline(card: Card) -> str:
    """The model's score on unseen rows and what the simplest guess would get, in plain words."""
    if card.forecast:
        from tools.forecasting.words import headline as forecast_headline

        return forecast_headline(card)
    words = {"binary": _binary, "multiclass": _multiclass, "regression": _regression}[card.problem.kind](card)
    return words + _lopsided(card) + _no_better(card)


def flags(
    yes: str, precision: float, recall: float, sure: Mapping[str, Interval] | None = None, *, called: float
) -> str:
    """`of 100 rows it calls yes, 64 are (58 to 70); it finds 71 % of those that are (66 to 76 %).`

    `called` is above 0 where it calls any row so.
    """
    if not precision and not recall:
        return (
            f"none of the rows it calls {yes} is, and it finds none of those that are."
            if called
            else f"it calls no row {yes}."
        )
    of, found = (sure or {}).get("precision"), (sure or {}).get("recall")
    near = f" ({100 * of[0]:.0f} to {100 * of[1]:.0f})" if of else ""
    about = f" ({100 * found[0]:.0f} to {100 * found[1]:.0f} %)" if found else ""
    return f"of 100 rows it calls {yes}, {100 * precision:.0f} are{near}; it finds {percent(recall)} of those that are{about}."


def called(card: Card) -> int:
    """How many of the rows that measure a model of two classes it calls the positive one."""
    place = card.scores.classes.index(card.problem.positive or "")
    return sum(row[place] for row in card.scores.confusion)


def _between(card: Card, metric: str, show: Callable[[float], str]) -> str:
    """` (0.81 to 0.87)`, or nothing where the card has no intervals."""
    sure = card.scores.intervals.get(metric)
    return f", {show(sure[0])} to {show(sure[1])} with 95 % certainty" if sure else ""


def _binary(card: Card) -> str:
    got, base = card.scores.metrics, card.baseline.metrics
    yes = card.problem.positive or ""
    no = next(name for name in card.problem.classes if name != yes)
    ranks = ""
    if "auc" in got:
        ranks = (
            f"ranks a row with {card.target} = {yes} above one with {no} in {percent(got['auc'])} of pairs"
            f" (AUC {got['auc']:.2f}{_between(card, 'auc', '{:.2f}'.format)}; guessing gets 0.50) and "
        )
    return (
        f"On {card.holdout_rows:,} rows it never saw: {flags(yes, got['precision'], got['recall'], card.scores.intervals, called=called(card))}"
        f" It {ranks}is right for {percent(got['accuracy'])} of them{_between(card, 'accuracy', percent)};"
        f" always answering '{card.problem.classes[0]}' would be right for {percent(base['accuracy'])}.{chosen(card)}"
    )


def chosen(card: Card) -> str:
    """What a kept threshold is."""
    if card.decision is None or card.decision.threshold is None:
        return ""
    return f" Its threshold was chosen: {card.decision.why}."


def answers_again(card: Card) -> str:
    """How a model answers once a choice was taken back."""
    words = f"'{card.name}' predicts with {card.called()} again"
    if card.problem.kind == "regression":
        return f"{words}."
    kept = card.decision or Decision(candidate=card.best)
    says = f"by its threshold ({kept.why})" if kept.threshold is not None else "with the likelier class"
    return f"{words} and answers {says}, probabilities {'calibrated' if kept.curves else 'as fitted'}."


def threshold_words(card: Card) -> str:
    """What is said beside a single answer where a threshold was kept."""
    kept = card.decision is not None and card.decision.threshold is not None
    return f" The answer follows the threshold that was kept: {card.decision.why}." if kept and card.decision else ""


def _multiclass(card: Card) -> str:
    got, base = card.scores.metrics, card.baseline.metrics
    return (
        f"On {card.holdout_rows:,} rows it never saw, it names the right one of {len(card.problem.classes)} classes for"
        f" {percent(got['accuracy'])} of them{_between(card, 'accuracy', percent)}; always answering '{card.problem.classes[0]}' would be right for"
        f" {percent(base['accuracy'])}."
    )


def _regression(card: Card) -> str:
    got, base = card.scores.metrics, card.baseline.metrics
    return (
        f"On {card.holdout_rows:,} rows it never saw, it is off by {number(got['mae'])} on average (RMSE"
        f" {number(got['rmse'])}{_between(card, 'rmse', number)}) and explains {percent(max(got['r2'], 0))} of the differences (R2 {got['r2']:.2f});"
        f" always answering the average would be off by {number(base['mae'])}."
    )


def _lopsided(card: Card) -> str:
    got, base = card.scores.metrics, card.baseline.metrics
    if card.problem.kind == "regression" or base["accuracy"] < LOPSIDED:
        return ""
    return (
        f" Because {percent(base['accuracy'])} of the rows are '{card.problem.classes[0]}', accuracy alone flatters: the"
        f" macro F1, which counts every class alike, is {got['macro_f1']:.2f} (always the same answer:"
        f" {base['macro_f1']:.2f}, perfect: 1)."
    )


def _no_better(card: Card) -> str:
    got, base = card.scores.metrics, card.baseline.metrics
    if card.problem.kind == "regression":
        weak = got["rmse"] >= 0.98 * base["rmse"]
    else:
        weak = got["log_loss"] >= 0.99 * base["log_loss"] and got.get("auc", 0.5) < 0.55
    return f" That is no better than guessing: the columns hardly tell {card.target}." if weak else ""


def drivers(card: Card) -> str:
    """`What drives it: Age 31 %, Balance 12 %.`"""
    if card.modality != "table":
        return ""
    shown = [f"{name} {share:.0%}".replace("%", " %") for name, share in card.impact.items() if share >= LEAST_SHARE]
    return f"What drives it: {listed(shown, DRIVERS)}." if shown else "No single column makes a measurable difference."


def left_out(card: Card) -> str:
    """`Not used: RowNumber (a running number).`, or nothing."""
    asked = [name for name, reason in card.problem.excluded.items() if reason == ASIDE]
    parts = [f"{name} ({reason})" for name, reason in card.problem.excluded.items() if reason != ASIDE]
    if asked:
        parts.append(f"{listed(asked)} (you asked to leave {'it' if len(asked) == 1 else 'them'} out)")
    removed = [name for name in card.unused if name not in card.problem.excluded]
    told = [listed(parts), f"{listed(removed)} (removed before the model was built)" if removed else ""]
    return f"Not used: {', and '.join(filter(None, told))}." if parts or removed else ""


def notes(card: Card) -> str:
    """Rows and classes that were left out, and warnings about leaks."""
    said = []
    if card.empty_target_rows:
        said.append(
            f"{counted(card.empty_target_rows, 'row')} without a {card.target} {'was' if card.empty_target_rows == 1 else 'were'} left out."
        )
    if card.sampled_out_rows:
        said.append(f"{card.sampled_out_rows:,} more rows were not used, to stay within memory.")
    if card.problem.dropped_classes:
        rare = [f"{name} ({count})" for name, count in card.problem.dropped_classes.items()]
        said.append(f"Classes with too few rows to learn were left out: {listed(rare)}.")
    return " ".join([*said, *card.problem.warnings])


def metrics_of(card: Card) -> dict[str, float]:
    """The scores by name, and the simplest guess's with `baseline_` before it."""
    return card.scores.metrics | {f"baseline_{name}": value for name, value in card.baseline.metrics.items()}


def kind_words(card: Card) -> str:
    """`whether Left is yes`, `which of 3 classes Plan is`, `Revenue`."""
    problem = card.problem
    if card.forecast:
        from tools.forecasting.words import horizon_words

        return horizon_words(card)
    if problem.kind == "binary":
        return f"whether {problem.target} is {problem.positive}"
    return (
        problem.target
        if problem.kind == "regression"
        else f"which of {len(problem.classes)} classes {problem.target} is"
    )


def because(card: Card) -> str:
    """`a yes-or-no question, since it has two different values`."""
    nouns = {"binary": "a yes-or-no question", "multiclass": "a choice of classes", "regression": "a number"}
    return f"{nouns[card.problem.kind]}, since {card.problem.reason}"


def built_words(card: Card) -> str:
    """What a build of a table's model made, how good it is and what drives it, a line each."""
    made = (
        f"Built the model '{card.name}' in {card.seconds:.0f} s{_held(card)} from {card.trained_rows:,} rows of"
        f" {card.dataset.split('@')[0]}. It predicts {kind_words(card)}: {because(card)}."
    )
    rows = card.trained_rows + card.holdout_rows
    final = (
        f"Predictions come from the same candidate, fitted once more on all {rows:,} rows." if card.built.final else ""
    )
    return "\n".join(
        filter(None, [made + ended_early(card), headline(card), drivers(card), left_out(card), notes(card), final])
    )


def ended_early(card: Card) -> str:
    """That a build ended before it was done, and why; empty where it did not."""
    if not card.built.stopped:
        return ""
    return f" It ended early ({card.built.stopped}): it is the best of what was finished by then."


def _held(card: Card) -> str:
    return f" and {card.built.peak_mb / 1000:.1f} GB of memory" if card.built.peak_mb else ""


def card_values(card: Card) -> dict[str, Any]:
    """What programs and answers read from a model."""
    return {
        "model": card.name,
        "target": card.target,
        "problem": "forecast" if card.forecast else card.problem.kind,
        "reason": card.problem.reason,
        "classes": card.problem.classes,
        "positive": card.problem.positive,
        "dataset": card.dataset,
        "build": card.build,
        "seconds": card.seconds,
        "trained_rows": card.trained_rows,
        "holdout_rows": card.holdout_rows,
        "excluded": card.unused,
        "warnings": card.problem.warnings,
        "leaks": card.problem.leaks,
        "settings": card.built.settings.model_dump(exclude_defaults=True),
        "peak_mb": card.built.peak_mb,
        "impact": card.impact,
        "features": [feature.model_dump() for feature in card.features],
    }


def main_score(card: Card) -> tuple[str, float]:
    """The one number a model is known by."""
    if card.forecast:
        return next(
            (name, card.scores.metrics[name]) for name in ("mase", "wape", "mae") if name in card.scores.metrics
        )
    name = {"binary": "auc", "multiclass": "accuracy", "regression": "rmse"}[card.problem.kind]
    return (
        (name, card.scores.metrics[name])
        if name in card.scores.metrics
        else ("accuracy", card.scores.metrics["accuracy"])
    )


def score_name(metric: str) -> str:
    """What the one number that a model is known by is called in a sentence."""
    return {"auc": "AUC", "rmse": "typical error (RMSE)"}.get(metric, metric)

"""From which probability on a model says yes: chosen by what mistakes cost, and probabilities that come true.

Both are learned on predictions of rows the model was not fitted on, measured on the holdout rows, and kept as a new
revision of the model's card; every prediction after that uses them.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from automl.card import Card
from automl.decide import Aim, Choice, Curve, Decision
from tools.modelling.models import artefact, outcome_of
from tools.modelling.seen import Seen, revised, see, two_classes
from tools.modelling.words import called, flags, number, percent
from tools.tool import Job, ModelName, Outcome, TableData, ToolError, tool
from tools.words import counted

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Array = np.ndarray[Any, np.dtype[Any]]

Learned = tuple["pd.Series[Any]", "pd.DataFrame"]


@tool(
    effect="derive",
    group="model",
    title="Choose the threshold of the model",
    asked_by=r"threshold|cut[- ]?off|false (?:alarm|positive|negative)s?\b|\bcosts?\b[^.]*\b(?:miss|alarm|mistake|error)|\b(?:miss|alarm|mistake)\w*\b[^.]*\bcosts?\b|\b(?:recall|precision) of at least|at least \d+ ?%? (?:recall|precision)|임계|문턱|컷오프|오탐|놓치|비용[^.]*(?:오류|실수|예측)|(?:재현율|정밀도)[^.]*(?:이상|되도록|맞춰)",
)
def choose_threshold(
    job: Job,
    model: ModelName | None = None,
    aim: Literal[
        "auto", "cost", "f1", "balanced_accuracy", "accuracy", "share", "precision", "recall", "default"
    ] = "auto",
    false_alarm_cost: float | None = None,
    miss_cost: float | None = None,
    wanted: float | None = None,
    value: float | None = None,
    keep: bool = False,
) -> Outcome:
    """Choose from which probability on a model of two classes says yes, by what a false alarm and a miss cost or by an aim.

    Args:
        model: The model; the newest one when left out.
        aim: auto takes cost where costs are given, else f1; share, precision and recall need wanted; default takes a kept threshold back.
        false_alarm_cost: What one false alarm costs, in any unit.
        miss_cost: What one missed case costs, in the same unit.
        wanted: The share of rows to flag, or the least precision or recall, such as 0.8.
        value: A threshold of your own between 0 and 1, instead of an aim.
        keep: true to use it for all predictions from now on.
    """
    seen = see(job.workspace, model)
    card, yes = seen.card, two_classes(seen.card, "A threshold")
    if aim == "default":
        return _taken_back(job, seen)
    costs = _costs(false_alarm_cost, miss_cost)
    (actual, table), where, rest = _learning_rows(seen)
    if value is not None:
        if not 0 <= value <= 1:
            raise ToolError(f"A threshold lies between 0 and 1, but got {value:g}.")
        chosen, why = _own_scale(seen, value), f"you set it to {value:g}"
    else:
        wish = _aim(aim, costs, wanted)
        chosen = _chosen((actual == yes).to_numpy(), table[yes].to_numpy(), wish, costs, wanted).threshold
        why = _why(wish, costs, wanted)
    decision = _decision(card).model_copy(update={"threshold": chosen, "why": why})
    measured, before = (_measured(seen, one, costs, rest) for one in (decision, card.decision))
    told = f"threshold {shown(card, chosen):.3g}"
    missed = "1 miss" if measured["misses"] == 1 else f"{measured['misses']:,.0f} misses"
    new = _keep(job, seen, decision, f"{told}: {why}", f"kept the {told} for") if keep else card
    text = [
        f"With a threshold of {shown(card, chosen):.3g} ({why}; {where if value is None else 'measured on the holdout'}), on"
        f" rows it never saw: {flags(yes, measured['precision'], measured['recall'], called=measured['flagged'])}",
        f"It flags {percent(measured['flagged'])} of the rows: {counted(round(measured['alarms']), 'false alarm')}, {missed}.",
        _cost_words(measured, before, costs),
        "Predictions use it from now on." if keep else "Nothing is changed yet: say keep to use it for predictions.",
    ]
    rows = [[name, round(before[name], 4), round(measured[name], 4)] for name in measured]
    return Outcome(
        text=" ".join(filter(None, text)),
        table=TableData(columns=["on the holdout", "before", "with this threshold"], rows=rows, row_count=len(rows)),
        metrics={
            "threshold": round(shown(card, chosen), 6),
            **{name: round(one, 6) for name, one in measured.items()},
        },
        values={"model": card.name, "kept": keep, "why": why, "learned_on": where, "revision": new.revision},
        artefacts=[artefact(job.workspace, new)] if keep else [],
    )


@tool(
    effect="derive",
    group="model",
    title="Calibrate the probabilities of the model",
    asked_by=r"calibrat|\bprobabilit(?:y|ies)\b[^.]*\b(?:right|true|trust|honest|reliable|correct)|보정|교정|캘리브|확률[^.]*(?:믿|정확|맞)",
)
def calibrate_model(
    job: Job, model: ModelName | None = None, method: Literal["auto", "isotonic", "platt", "none"] = "auto"
) -> Outcome:
    """Set a model's probabilities right where they are off, so that of rows with 70 % about 70 % come true.

    Args:
        model: The model; the newest one when left out.
        method: auto picks the better one and leaves probabilities alone that are right already; none takes a calibration back.
    """
    from automl.decide import learn_curves

    seen = see(job.workspace, model)
    card = seen.card
    if card.problem.kind == "regression":
        raise ToolError(f"'{card.name}' predicts a number, so it has no probabilities to set right.")
    (actual, table), where, rest = _learning_rows(seen)
    curves: dict[str, Curve] = {}
    if method != "none":
        curves = learn_curves(card.problem, actual, table, None if method == "auto" else method, job.seed)
    old = _decision(card)
    before, after = _quality(seen, {}, rest), _quality(seen, curves, rest)
    rows = [[name, before[name], after[name]] for name in before]
    table_ = TableData(columns=["on the holdout", "as fitted", "calibrated"], rows=rows, row_count=len(rows))
    values = {"model": card.name, "learned_on": where, "before": before, "after": after}
    if curves == old.curves:
        right = f"its probabilities are off by {percent(before['calibration error'])} on average"
        why = (
            f"'{card.name}' is calibrated so already"
            if curves
            else f"no calibration would improve '{card.name}', {right}"
        )
        if method == "none":
            why = f"the probabilities of '{card.name}' are as fitted"
        text = f"Nothing was changed: {why}."
        return Outcome(text=text, table=table_, values=values | {"kept": False})
    way = next((one.method for one in curves.values()), "")
    words = f"calibrated ({way}), {where}" if curves else "the calibration was taken back"
    did = "calibrated" if curves else "took back the calibration of"
    new = _keep(job, seen, old.model_copy(update={"curves": curves}), words, did)
    told = (
        f"The probabilities of '{card.name}' are {words}. On rows it never saw they are off by"
        f" {percent(after['calibration error'])} on average, {percent(before['calibration error'])} as fitted; Brier score"
        f" {after['brier']:.4f}, {before['brier']:.4f} as fitted."
        if curves
        else f"Probabilities of '{card.name}' are as fitted again."
    )
    kept = {"kept": True, "method": way, "revision": new.revision}
    return outcome_of(job.workspace, new, told, values | kept, table_)


# --- learning ----------------------------------------------------------------------------------------------------


def _learning_rows(seen: Seen) -> tuple[Learned, str, slice]:
    """Answers and the candidate's own probabilities to learn on, which rows those are in words, and those that measure.

    A model without out-of-fold predictions learns on every second holdout row; only the others measure it then.
    """
    import pandas as pd

    from automl.validation import load_validation

    found = load_validation(seen.model.folder, seen.card.problem, seen.candidate)
    if found is not None:
        assert isinstance(found[1], pd.DataFrame)
        kind = (
            "out-of-fold predictions"
            if "_BAG_" in seen.candidate or len(found[0]) > seen.card.trained_rows / 2
            else ("the validation part of the training rows")
        )
        return (found[0], found[1]), f"learned on {kind}, {len(found[0]):,} rows", slice(None)
    assert seen.held.own is not None
    half = slice(None, None, 2)
    where = "learned on every second row of the holdout, as no others were kept, and measured on the rest"
    return (seen.held.actual[half], seen.held.own[half]), where, slice(1, None, 2)


def _chosen(positive: "Array", share: "Array", aim: Aim, costs: tuple[float, float], wanted: float | None) -> Choice:
    from automl.decide import choose

    try:
        return choose(positive, share, aim, wanted=wanted or 0.0, false_alarm=costs[0], miss=costs[1])
    except ValueError as error:
        raise ToolError(f"{str(error).capitalize()}. Ask for less.") from error


def _costs(false_alarm: float | None, miss: float | None) -> tuple[float, float]:
    given = (1.0 if false_alarm is None else false_alarm, 1.0 if miss is None else miss)
    if min(given) < 0 or max(given) == 0:
        raise ToolError(
            f"Costs are amounts above 0, but got {given[0]:g} for a false alarm and {given[1]:g} for a miss."
        )
    return given


def _aim(aim: str, costs: tuple[float, float], wanted: float | None) -> Aim:
    if aim == "auto":
        return "cost" if costs != (1.0, 1.0) else "f1"
    if aim in ("share", "precision", "recall") and (wanted is None or not 0 < wanted <= 1):
        got = "nothing" if wanted is None else f"{wanted:g}"
        raise ToolError(f"The aim {aim} needs wanted, a share between 0 and 1 such as 0.8; got {got}.")
    return aim  # type: ignore[return-value]


def _why(aim: Aim, costs: tuple[float, float], wanted: float | None) -> str:
    if aim == "cost":
        return f"the cheapest where a false alarm costs {number(costs[0])} and a miss {number(costs[1])}"
    if aim == "share":
        return f"it flags about {percent(wanted or 0)} of the rows"
    if aim in ("precision", "recall"):
        return f"{aim} of at least {percent(wanted or 0)}"
    return f"the best {aim.replace('_', ' ')}"


# --- measuring and keeping ---------------------------------------------------------------------------------------


def _decision(card: Card) -> Decision:
    return card.decision or Decision(candidate=card.best)


def shown(card: Card, threshold: float) -> float:
    """A threshold on the scale of the probabilities that are shown."""
    import numpy as np

    curve = _decision(card).curves.get(card.problem.positive or "")
    return float(curve.right(np.array([threshold]))[0]) if curve else threshold


def _own_scale(seen: Seen, value: float) -> float:
    """The candidate's own probability from which on the shown one is at least the value."""
    import numpy as np

    curve = _decision(seen.card).curves.get(seen.card.problem.positive or "")
    if curve is None:
        return value
    grid = np.linspace(0, 1, 10_001)
    above = grid[curve.right(grid) >= value]
    return float(above[0]) if len(above) else 1.000001


def _measured(seen: Seen, decision: Decision | None, costs: tuple[float, float], rest: slice) -> dict[str, float]:
    """What a decision does on those of the holdout rows that nothing was learned on."""
    from automl.decide import decide

    assert seen.held.own is not None
    problem = seen.card.problem
    said, _ = decide(decision, problem, seen.held.own[rest])
    flagged, true = said == problem.positive, seen.held.actual[rest] == problem.positive
    hits, alarms, misses = (int((a & b).sum()) for a, b in ((flagged, true), (flagged, ~true), (~flagged, true)))
    return {
        "precision": hits / max(hits + alarms, 1),
        "recall": hits / max(hits + misses, 1),
        "flagged": float(flagged.mean()),
        "alarms": float(alarms),
        "misses": float(misses),
        "cost": costs[0] * alarms + costs[1] * misses,
    }


def _cost_words(now: dict[str, float], before: dict[str, float], costs: tuple[float, float]) -> str:
    if costs == (1.0, 1.0):
        return ""
    return f"Its mistakes cost {number(now['cost'])} there, {number(before['cost'])} before."


def _quality(seen: Seen, curves: dict[str, Curve], rest: slice) -> dict[str, float]:
    """How far probabilities are off on the holdout: over all classes, of the class predicted where there are several."""
    from automl.curves import calibration
    from automl.decide import calibrated, log_loss_of

    held, problem = seen.held, seen.card.problem
    assert held.own is not None
    table, actual = calibrated(curves, problem, held.own[rest]), held.actual[rest]
    if problem.positive:
        facts = calibration((actual == problem.positive).to_numpy(float), table[problem.positive].to_numpy())
    else:
        facts = calibration((actual == table.idxmax(axis=1)).to_numpy(float), table.max(axis=1).to_numpy())
    loss = log_loss_of(problem, actual, table)
    return {"brier": facts.brier, "calibration error": facts.error, "log loss": round(loss, 6)}


def _taken_back(job: Job, seen: Seen) -> Outcome:
    card = seen.card
    if card.decision is None or card.decision.threshold is None:
        return Outcome(text=f"'{card.name}' has no threshold of its own.", values={"model": card.name, "kept": False})
    decision = card.decision.model_copy(update={"threshold": None, "why": ""})
    new = _keep(job, seen, decision, "the threshold was taken back", "took back the threshold of")
    got = new.scores.metrics
    how_good = flags(card.problem.positive or "", got["precision"], got["recall"], called=called(new))
    text = f"'{card.name}' answers with the likelier class again: {how_good}"
    return outcome_of(job.workspace, new, text, {"model": card.name, "kept": True, "revision": new.revision})


def _keep(job: Job, seen: Seen, decision: Decision, words: str, did: str) -> Card:
    """The card's next revision, with the scores its answers have from now on."""
    from automl.decide import decide

    assert seen.held.own is not None
    said, shown = decide(decision, seen.card.problem, seen.held.own)
    kept = decision if decision.threshold is not None or decision.curves else None
    now = replace(seen, held=replace(seen.held, predicted=said, probabilities=shown))
    return revised(job, now, words, did, decision=kept)

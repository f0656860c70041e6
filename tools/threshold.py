"""From which probability on a model says yes: chosen by what mistakes cost.

It is learned on predictions of rows the model was not fitted on, measured on the holdout rows, and kept as a new
revision of the model's card; every prediction after that uses it.
"""

from typing import TYPE_CHECKING, Any, Literal

from automl.card import Card
from automl.decide import Aim, Choice, Decision
from tools.modelling.deciding import decision_of, keep_decision, learning_rows
from tools.modelling.models import artefact, outcome_of
from tools.modelling.seen import Seen, see, two_classes
from tools.modelling.words import called, flags, number, percent
from tools.tool import Job, ModelName, Outcome, TableData, ToolError, tool
from tools.words import counted

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]


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
    (actual, table), where, rest = learning_rows(seen)
    if value is not None:
        chosen, why = _own_scale(seen, value), f"you set it to {value:g}"
    else:
        wish = _aim(aim, costs, wanted)
        chosen = _chosen((actual == yes).to_numpy(), table[yes].to_numpy(), wish, costs, wanted).threshold
        why = _why(wish, costs, wanted)
    decision = decision_of(card).model_copy(update={"threshold": chosen, "why": why})
    measured, before = (_measured(seen, one, costs, rest) for one in (decision, card.decision))
    told = f"threshold {shown(card, chosen):.3g}"
    new = keep_decision(job, seen, decision, f"{told}: {why}", f"kept the {told} for") if keep else card
    text = [
        f"With a threshold of {shown(card, chosen):.3g} ({why}; {where if value is None else 'measured on the holdout'}), on"
        f" rows it never saw: {flags(yes, measured['precision'], measured['recall'], called=measured['flagged'])}",
        f"It flags {percent(measured['flagged'])} of the rows: {counted(round(measured['alarms']), 'false alarm')},"
        f" {counted(round(measured['misses']), 'miss')}.",
        _cost_words(measured, before, costs),
        "Predictions use it from now on." if keep else "Nothing is changed yet: say keep to use it for predictions.",
    ]
    rows = [[name, round(before[name], 4), round(measured[name], 4)] for name in measured]
    return Outcome(
        text=" ".join(filter(None, text)),
        table=TableData(
            columns=["on the holdout", "before", "with this threshold"],
            rows=rows,
            row_count=len(rows),
            words=["on the holdout"],
        ),
        metrics={
            "threshold": round(shown(card, chosen), 6),
            **{name: round(one, 6) for name, one in measured.items()},
        },
        values={"model": card.name, "kept": keep, "why": why, "learned_on": where, "revision": new.revision},
        artefacts=[artefact(job.workspace, new)] if keep else [],
    )


# --- learning ----------------------------------------------------------------------------------------------------


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


def shown(card: Card, threshold: float) -> float:
    """A threshold on the scale of the probabilities that are shown."""
    import numpy as np

    curve = decision_of(card).curves.get(card.problem.positive or "")
    return float(curve.right(np.array([threshold]))[0]) if curve else threshold


def _own_scale(seen: Seen, value: float) -> float:
    """The candidate's own probability from which on the shown one is at least the value. Raises ToolError for none."""
    import numpy as np

    if not 0 <= value <= 1:
        raise ToolError(f"A threshold lies between 0 and 1, but got {value:g}.")
    curve = decision_of(seen.card).curves.get(seen.card.problem.positive or "")
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


def _taken_back(job: Job, seen: Seen) -> Outcome:
    card = seen.card
    if card.decision is None or card.decision.threshold is None:
        return Outcome(text=f"'{card.name}' has no threshold of its own.", values={"model": card.name, "kept": False})
    decision = card.decision.model_copy(update={"threshold": None, "why": ""})
    new = keep_decision(job, seen, decision, "the threshold was taken back", "took back the threshold of")
    got = new.scores.metrics
    how_good = flags(card.problem.positive or "", got["precision"], got["recall"], called=called(new))
    text = f"'{card.name}' answers with the likelier class again: {how_good}"
    return outcome_of(job.workspace, new, text, {"model": card.name, "kept": True, "revision": new.revision})

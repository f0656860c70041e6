"""The leaderboard: every candidate of a model measured on the same unseen rows, and any of them made the default."""

import time
from typing import Any

from automl.card import Card
from automl.names import title
from automl.predictor import Predictions
from tools.modelling.models import find_row_model, outcome_of
from tools.modelling.reading_words import tried
from tools.modelling.seen import find_candidate, revised, see
from tools.modelling.words import headline, metrics_of, number, score_name
from tools.tool import Job, ModelName, Outcome, TableData, tool

SHOWN = {
    "binary": ("auc", "accuracy", "precision", "recall", "f1", "log_loss"),
    "multiclass": ("accuracy", "balanced_accuracy", "macro_f1", "log_loss"),
    "regression": ("rmse", "mae", "r2"),
}
FIRST = {"binary": "auc", "multiclass": "accuracy", "regression": "rmse"}
SIMPLE = ("LinearModel", "RandomForest", "ExtraTrees")
"""Candidates that people call simple, by how AutoGluon's names start, the simplest first."""
IN_FILES = "name in files"
"""The column of AutoGluon's own names."""
_RESAMPLES = 200


@tool(
    effect="read",
    group="model",
    title="Compare the candidates of the model",
    asked_by=r"leader ?board|candidates?\b|algorithms?\b[^.]*\b(?:best|better|compar|won|win|tried)|(?:which|what|compare)[^.]*\balgorithms?\b|리더 ?보드|후보|알고리즘[^.]*(?:비교|좋|나은|어느|어떤)|(?:어느|어떤) 알고리즘",
)
def compare_candidates(job: Job, model: ModelName | None = None) -> Outcome:
    """Compare all candidates of a model (its leaderboard): their scores on unseen rows with intervals, and their speed.

    Args:
        model: The model; the newest one when left out.
    """
    card = find_row_model(job.workspace, model)
    if card.modality != "table":
        return tried(card)
    shown, rows = [name for name in SHOWN[card.problem.kind] if name in card.scores.metrics], []
    for place, candidate in enumerate(card.leaderboard):
        job.progress(place / len(card.leaderboard), f"Measuring {card.called(candidate.model)}")
        rows.append(_line(job, card, candidate.model, candidate.seconds, shown))
    first = FIRST[card.problem.kind] if FIRST[card.problem.kind] in shown else shown[0]
    at = 2 + shown.index(first)
    rows.sort(key=lambda row: row[at] if first == "rmse" else -row[at])
    sure, speed = (f"{first} from", f"{first} to"), ("seconds to fit", "ms per 1,000 rows")
    columns = ["candidate", "default", *shown, *sure, *speed, IN_FILES]
    best = rows[0][-1]
    text = (
        f"'{card.name}' has one candidate, {card.called(best)}: {score_name(first)} {number(rows[0][at])} on {card.holdout_rows:,}"
        " rows that it never saw."
        if len(rows) == 1
        else f"{len(rows)} candidates of '{card.name}', on the same {card.holdout_rows:,} rows that none of them saw:"
        f" {card.called(best)} has the best {score_name(first)} ({number(rows[0][at])});"
        f" predictions use {card.called()}.{_apart(rows, at, len(shown))}{_simplest(job, card, first)}"
    )
    return Outcome(
        text=text,
        table=TableData(columns=columns, rows=rows, row_count=len(rows)),
        metrics=metrics_of(card),
        values={"model": card.name, "default": card.best, "best": best, "candidates": [row[-1] for row in rows]},
    )


def _line(job: Job, card: Card, candidate: str, seconds: float, shown: list[str]) -> list[Any]:
    from automl.held import measure

    seen = see(job.workspace, card.name, candidate)
    started = time.perf_counter()
    seen.model.predict(seen.held.rows, candidate)
    speed = 1e6 * (time.perf_counter() - started) / max(len(seen.held.rows), 1)
    scores = measure(card, seen.held, resamples=_RESAMPLES, seed=job.seed)
    first = FIRST[card.problem.kind] if FIRST[card.problem.kind] in shown else shown[0]
    sure = scores.intervals.get(first, (None, None))
    default = "yes" if candidate == card.best else ""
    got = [scores.metrics.get(name) for name in shown]
    return [title(card.called(candidate)), default, *got, *sure, seconds, round(speed, 1), candidate]


def _apart(rows: list[list[Any]], at: int, shown: int) -> str:
    """Whether the first differs from the second by more than its own interval."""
    if len(rows) < 2 or rows[0][2 + shown] is None:
        return ""
    low, high = rows[0][2 + shown], rows[0][3 + shown]
    near = sum(low <= row[at] <= high for row in rows[1:])
    if near and len(rows) == 2:
        return " The other lies within its interval: the difference may be chance."
    lie = "lies" if near == 1 else "lie"
    return f" {near} of the others {lie} within its interval: the difference may be chance." if near else ""


def _simplest(job: Job, card: Card, metric: str) -> str:
    """How far the simplest candidate is from the default one, measured on the same rows; nothing where none is simple."""
    from automl.paired import pair

    simple = next((one.model for start in SIMPLE for one in card.leaderboard if one.model.startswith(start)), None)
    if simple is None:
        return ""
    if simple == card.best:
        return " That is the simplest of them already."
    seen = [see(job.workspace, card.name, candidate).held for candidate in (card.best, simple)]
    said = [Predictions(one.predicted, one.probabilities) for one in seen]
    found = pair(card.problem, seen[0].actual, said[0], said[1], seed=job.seed)
    low, high = found.differences[metric]
    worse = (low > 0) if metric == "rmse" else (high < 0)
    told = f"{score_name(metric)} {number(found.second[metric])} against {number(found.first[metric])}"
    verdict = "worse by more than chance" if worse else "better by more than chance" if found.sure(metric) else "a difference that may be chance"  # fmt: skip
    return (
        f" The simplest, {card.called(simple)}, has {told}, {verdict} (difference {number(low)} to {number(high)} with 95 %"
        " certainty)."
    )


@tool(
    effect="derive",
    group="model",
    title="Predict with {candidate} from now on",
    asked_by=r"\bcandidate|\b(?:use|switch|make|set)\b[^.]*\b(?:catboost|lightgbm|xgboost|linear|ensemble|mix of the best|default)|후보[^.]*(?:사용|바꿔|기본|써)|기본 ?모델|(?:catboost|lightgbm|xgboost)[^.]*(?:사용|바꿔|써|기본)",
)
def set_default_candidate(job: Job, candidate: str, model: ModelName | None = None) -> Outcome:
    """Make another candidate of a model its default: predictions use it from now on. Choose another one to go back.

    Args:
        candidate: The candidate's name as in the leaderboard, such as CatBoost.
        model: The model; the newest one when left out.
    """
    card = find_row_model(job.workspace, model)
    chosen = find_candidate(card, candidate)
    if chosen == card.best:
        return Outcome(text=f"'{card.name}' predicts with {card.called()} already.", values=_values(card))
    new = make_default(job, card, chosen)
    lost = " The threshold and calibration of the one before do not fit it and are gone." if card.decision else ""
    text = f"'{card.name}' predicts with {new.called()} from now on, in place of {card.called()}.{lost} {headline(new)}"
    return outcome_of(job.workspace, new, text, _values(new) | {"before": card.best})


def make_default(job: Job, card: Card, candidate: str) -> Card:
    """The card's next revision, measured and explained for another candidate."""
    seen = see(job.workspace, card.name, candidate)
    job.progress(0.3, "Finding out which columns matter")
    impact = seen.model.impact(seen.held.rows, candidate, job.seed)
    return revised(
        job,
        seen,
        f"{card.called(candidate)} became the default in place of {card.called()}",
        f"made {card.called(candidate)} the default of",
        best=candidate,
        decision=None,
        impact=impact.shares,
        impact_intervals=impact.intervals,
    )


def _values(card: Card) -> dict[str, Any]:
    return {"model": card.name, "default": card.best, "revision": card.revision}

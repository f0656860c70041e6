"""From a probability to an answer: a threshold that weighs mistakes, and a calibration that makes shares come true.

Both are learned on predictions of rows that the candidate was not fitted on, and are kept on the model's card as plain
numbers. The threshold is kept on the scale of the candidate's own probability, so that it outlives a calibration.
Sources: Elkan, The Foundations of Cost-Sensitive Learning (2001); Platt, Probabilistic Outputs for Support Vector
Machines (1999); Zadrozny and Elkan, Transforming Classifier Scores into Accurate Multiclass Probabilities (2002).
"""

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from automl.problem import Problem

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Array = np.ndarray[Any, np.dtype[Any]]

Aim = Literal["cost", "f1", "balanced_accuracy", "accuracy", "share", "precision", "recall"]
Method = Literal["isotonic", "platt"]
ISOTONIC_ROWS = 1_000
"""With fewer rows isotonic regression overfits (scikit-learn's own advice): Platt's two numbers are taken."""
GAIN = 0.002
"""By so much the log loss must fall, on rows the calibration was not learned on, for it to be worth keeping."""
_TINY = 1e-6


class Curve(BaseModel):
    """How one class's probability is set right: a step-wise line, or a slope and an offset of its log odds."""

    model_config = ConfigDict(frozen=True)
    method: Method
    points: list[tuple[float, float]] = []
    slope: float = 1.0
    offset: float = 0.0

    def right(self, share: "Array") -> "Array":
        """The calibrated probabilities."""
        import numpy as np

        if self.method == "isotonic":
            return np.interp(share, [x for x, _ in self.points], [y for _, y in self.points])
        return 1 / (1 + np.exp(-(self.slope * _odds(share) + self.offset)))


class Decision(BaseModel):
    """What turns a candidate's probabilities into answers."""

    model_config = ConfigDict(frozen=True)
    candidate: str
    threshold: float | None = None
    """From this probability of the positive class on, before any calibration, the answer is the positive class."""
    why: str = ""
    """What the threshold was chosen for, in words."""
    curves: dict[str, Curve] = {}
    """By class: the positive one of two, each of several; empty where probabilities are taken as they are."""


class Choice(BaseModel):
    """A threshold and what it does on the rows it was chosen on."""

    model_config = ConfigDict(frozen=True)
    threshold: float
    precision: float
    recall: float
    flagged: float
    cost: float


def decide(decision: Decision | None, problem: Problem, table: "pd.DataFrame") -> "tuple[pd.Series[Any], pd.DataFrame]":
    """The answers and the probabilities shown, from a candidate's own probabilities, a column per class."""
    if decision is None:
        return likeliest(table), table
    shown = calibrated(decision.curves, problem, table)
    yes = problem.positive
    if decision.threshold is None or yes is None:
        return likeliest(shown), shown
    no = next(name for name in problem.classes if name != yes)
    said = (table[yes] >= decision.threshold).map({True: yes, False: no}).astype(object)
    return said, shown


def likeliest(table: "pd.DataFrame") -> "pd.Series[Any]":
    """The likeliest class of each row."""
    import numpy as np
    import pandas as pd

    names = np.array(list(table.columns), dtype=object)
    return pd.Series(names[table.to_numpy().argmax(axis=1)], index=table.index)


def calibrated(curves: dict[str, Curve], problem: Problem, table: "pd.DataFrame") -> "pd.DataFrame":
    """The probabilities set right, still adding up to 1 in each row."""
    if not curves:
        return table
    right = table.copy()
    for name, curve in curves.items():
        right[name] = curve.right(table[name].to_numpy(float))
    if problem.kind == "binary" and problem.positive:
        other = next(name for name in problem.classes if name != problem.positive)
        right[other] = 1 - right[problem.positive]
        return right
    total = right.sum(axis=1)
    return right.div(total.where(total > 0, 1), axis=0).where(total > 0, table)


def sweep(positive: "Array", share: "Array") -> "dict[str, Array]":
    """Every threshold that tells rows apart, the highest first, with the true and false alarms it gives."""
    import numpy as np

    order = np.argsort(-share, kind="stable")
    scores, truth = share[order], positive[order].astype(float)
    ends = np.flatnonzero(np.r_[np.diff(scores) < 0, True])
    hits, flagged = np.cumsum(truth)[ends], ends + 1.0
    below = np.r_[scores[ends[:-1] + 1], max(scores[-1] - 2 * _TINY, 0.0)] if len(ends) else scores[ends]
    return {
        "threshold": (scores[ends] + below) / 2,
        "hits": hits,
        "alarms": flagged - hits,
        "misses": truth.sum() - hits,
        "flagged": flagged / len(scores),
    }


def choose(
    positive: "Array",
    share: "Array",
    aim: Aim,
    *,
    wanted: float = 0.0,
    false_alarm: float = 1.0,
    miss: float = 1.0,
) -> Choice:
    """The threshold that serves an aim best on these rows.

    `wanted` is the share to flag, or the precision or recall to reach at least; the costs are those of one mistake.
    Raises ValueError where no threshold reaches what is wanted.
    """
    import numpy as np

    found = sweep(positive, share)
    hits, alarms, misses = found["hits"], found["alarms"], found["misses"]
    precision, recall = hits / (hits + alarms), hits / np.maximum(hits + misses, 1)
    quiet = len(share) - hits - misses - alarms
    cost = false_alarm * alarms + miss * misses
    goodness = {
        "cost": -cost,
        "f1": 2 * hits / (2 * hits + alarms + misses),
        "balanced_accuracy": recall + quiet / np.maximum(quiet + alarms, 1),
        "accuracy": hits + quiet,
        "share": -np.abs(found["flagged"] - wanted),
        "precision": np.where(precision >= wanted, recall, -1.0),
        "recall": np.where(recall >= wanted, precision, -1.0),
    }[aim]
    best = int(np.argmax(goodness))
    if aim in ("precision", "recall") and goodness[best] < 0:
        raise ValueError(f"no threshold reaches a {aim} of {wanted:.0%}; the most is {float(precision.max()):.0%}")
    if aim == "cost" and false_alarm * alarms[best] + miss * misses[best] >= miss * float(positive.sum()):
        return Choice(threshold=1.0 + _TINY, precision=0, recall=0, flagged=0, cost=miss * float(positive.sum()))
    return Choice(
        threshold=float(found["threshold"][best]),
        precision=float(precision[best]),
        recall=float(recall[best]),
        flagged=float(found["flagged"][best]),
        cost=float(cost[best]),
    )


def learn_curves(
    problem: Problem, actual: "pd.Series[Any]", table: "pd.DataFrame", method: Method | None = None, seed: int = 0
) -> dict[str, Curve]:
    """The curves that set probabilities right; none where they would not help on rows they were not learned on."""
    if method is not None:
        return _curves(problem, actual, table, method)
    ways: list[Method] = ["platt", "isotonic"] if len(actual) >= ISOTONIC_ROWS else ["platt"]
    losses = {way: _held_out_loss(problem, actual, table, way, seed) for way in ways}
    best = min(ways, key=lambda way: losses[way])
    return _curves(problem, actual, table, best) if losses[best] < log_loss_of(problem, actual, table) - GAIN else {}


def _curves(problem: Problem, actual: "pd.Series[Any]", table: "pd.DataFrame", method: Method) -> dict[str, Curve]:
    names = [problem.positive] if problem.kind == "binary" and problem.positive else problem.classes
    return {name: _curve(table[name].to_numpy(float), (actual == name).to_numpy(), method) for name in names}


def _curve(share: "Array", positive: "Array", method: Method) -> Curve:
    if method == "isotonic":
        from sklearn.isotonic import IsotonicRegression

        fitted = IsotonicRegression(out_of_bounds="clip", y_min=0.001, y_max=0.999).fit(share, positive)
        points = zip(fitted.X_thresholds_.tolist(), fitted.y_thresholds_.tolist(), strict=True)
        return Curve(method=method, points=list(points))
    if positive.all() or not positive.any():
        return Curve(method=method)
    from sklearn.linear_model import LogisticRegression

    line = LogisticRegression(C=1e6).fit(_odds(share).reshape(-1, 1), positive)
    return Curve(method=method, slope=float(line.coef_[0, 0]), offset=float(line.intercept_[0]))


def _held_out_loss(
    problem: Problem, actual: "pd.Series[Any]", table: "pd.DataFrame", method: Method, seed: int
) -> float:
    """The log loss over five folds, each set right by curves that were learned on the other four."""
    import pandas as pd
    from sklearn.model_selection import KFold

    parts = []
    for learn, test in KFold(5, shuffle=True, random_state=seed).split(table):
        curves = _curves(problem, actual.iloc[learn], table.iloc[learn], method)
        parts.append(calibrated(curves, problem, table.iloc[test]))
    return log_loss_of(problem, actual, pd.concat(parts).loc[table.index])


def log_loss_of(problem: Problem, actual: "pd.Series[Any]", table: "pd.DataFrame") -> float:
    """The log loss of probabilities, a column per class."""
    from sklearn.metrics import log_loss

    known = sorted(problem.classes)
    shares = table[known].astype("float64").clip(1e-15, 1)
    return float(log_loss(actual, shares.div(shares.sum(axis=1), axis=0).to_numpy(), labels=known))


def _odds(share: "Array") -> "Array":
    import numpy as np

    kept = np.clip(share, _TINY, 1 - _TINY)
    odds: Array = np.log(kept / (1 - kept))
    return odds

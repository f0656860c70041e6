"""How a model fares in each group of rows: whose errors are larger than chance explains, and whom its answers favour.

Errors of a group are compared with those of all other rows: Fisher's exact test for wrong classes, Welch's t-test for
how far numbers are off, with Benjamini and Hochberg's correction (1995) for testing several groups; so are the shares
of an outcome and the recalls, by Fisher's test. Measures of bias are those of Amazon SageMaker Clarify after training:
difference in proportions of predicted labels, in recall (true positive rate) and in precision, and the ratio of the
proportions (disparate impact).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from automl.frames import labels
from automl.intervals import Interval, bootstrap, rounded

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from automl.held import Held

    Array = np.ndarray[Any, np.dtype[Any]]

MOST_GROUPS = 12
FEW_VALUES = 8
"""A number column with more different values than this is cut at its quartiles."""
FEW_ROWS = 10
"""Groups with fewer rows are told together as one."""
LEVEL = 0.05
RESAMPLES = 300
EMPTY, OTHERS = "(empty)", "(others)"


class Group(BaseModel):
    """One group's error: the share of wrong classes, or how far numbers are off on average."""

    model_config = ConfigDict(frozen=True)
    name: str
    rows: int
    error: float
    interval: Interval
    chance: float
    """How often chance alone would make this group that much worse than the others, after correction; 0 to 1."""

    @property
    def worse(self) -> bool:
        return self.chance < LEVEL


class Treated(BaseModel):
    """How one group is treated: share predicted to have the outcome, recall and precision, each less the others'."""

    model_config = ConfigDict(frozen=True)
    name: str
    rows: int
    selected: float
    found: float | None
    right: float | None
    differences: dict[str, float]
    intervals: dict[str, Interval]
    chances: dict[str, float]
    """How often chance alone would set the group's share of the outcome, or its recall, so far apart, after correction."""
    ratio: float | None
    """The group's share of the outcome over the others'; below 0.8 US agencies take a closer look."""


def grouped(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """The group of each row by name: values, or quartiles of numbers and dates; rare ones together."""
    import pandas as pd

    if column.dtype.kind in "fM" and column.nunique() > FEW_VALUES:
        cut = pd.qcut(column, 4, duplicates="drop")
        # pandas puts the first bound a little below the smallest value, to hold it.
        names = {one: _span(max(one.left, column.min()), one.right) for one in cut.cat.categories}
        text = cut.map(names).astype(object)
    else:
        text = column.dt.date.astype(object) if column.dtype.kind == "M" else labels(column)
    text = text.where(text.notna(), EMPTY).astype(str)
    counts = text.value_counts()
    kept = set(counts[counts >= FEW_ROWS].index[:MOST_GROUPS])
    return text.where(text.isin(kept), OTHERS)


def _span(low: Any, high: Any) -> str:
    """`20 to 35`, or two days."""
    if hasattr(low, "date"):
        return f"{low.date()} to {high.date()}"
    return " to ".join(f"{end:,.0f}" if abs(end) >= 1000 else f"{end:.4g}" for end in (low, high))


def errors(seen: "Held", column: str) -> list[Group]:
    """The groups of a column, the one with the largest error first."""
    import numpy as np
    from scipy.stats import false_discovery_control

    names, wrong = grouped(seen.rows[column]), seen.wrong.to_numpy(float)
    classes = seen.probabilities is not None
    found, chances = [], []
    for name, count in names.value_counts().items():
        inside = (names == name).to_numpy()
        own = wrong[inside]
        interval = mean_interval(own)
        found.append((str(name), int(count), float(own.mean()), interval))
        chances.append(_chance(own, wrong[~inside], classes))
    if not found:
        return []
    corrected = np.asarray(false_discovery_control(chances)).tolist()
    made = [
        Group(name=name, rows=rows, error=rounded(error), interval=interval, chance=round(chance, 6))
        for (name, rows, error, interval), chance in zip(found, corrected, strict=True)
    ]
    return sorted(made, key=lambda one: -one.error)


def mean_interval(values: "Array") -> Interval:
    """Where the mean of some rows' values lies."""
    return bootstrap(lambda weights: {"mean": float(values @ weights) / len(values)}, len(values), resamples=RESAMPLES)[
        "mean"
    ]


def _chance(own: "Array", others: "Array", classes: bool) -> float:
    from scipy.stats import fisher_exact, ttest_ind

    if len(own) < 2 or len(others) < 2:
        return 1.0
    if classes:
        table = [[own.sum(), len(own) - own.sum()], [others.sum(), len(others) - others.sum()]]
        return float(fisher_exact(table, alternative="greater")[1])
    if own.std() == 0 and others.std() == 0:
        return 1.0
    return float(ttest_ind(own, others, equal_var=False, alternative="greater").pvalue)


def apart(own: "Array", others: "Array", *, classes: bool) -> float:
    """How often chance alone would set the error of these rows so far from the others', up or down; 0 to 1."""
    return min(1.0, 2 * min(_chance(own, others, classes), _chance(others, own, classes)))


def treatment(seen: "Held", column: str, outcome: str) -> list[Treated]:
    """How each group of a column is treated for an outcome of classes, the least often selected first."""
    names = grouped(seen.rows[column])
    said, true = (seen.predicted == outcome).to_numpy(), (seen.actual == outcome).to_numpy()
    groups = {str(name): (names == name).to_numpy() for name in names.unique()}
    selected = _chances([(said[inside], said[~inside]) for inside in groups.values()])
    found = _chances([(said[inside & true], said[~inside & true]) for inside in groups.values()])
    made = [
        _treated(name, inside, said, true, {"selected": one, "found": other})
        for (name, inside), one, other in zip(groups.items(), selected, found, strict=True)
    ]
    return sorted(made, key=lambda one: (one.selected, one.name))


def _chances(parts: "list[tuple[Array, Array]]") -> list[float]:
    """How often chance alone would set the share of each group so far from the others', corrected for their number."""
    from scipy.stats import false_discovery_control, fisher_exact

    tables = [[[part.sum(), len(part) - part.sum()] for part in both] for both in parts]
    chances = [float(fisher_exact(table)[1]) for table in tables]
    return [round(float(one), 6) for one in false_discovery_control(chances)] if chances else []


def _treated(name: str, inside: "Array", said: "Array", true: "Array", chances: dict[str, float]) -> Treated:
    import numpy as np

    rates = _rates(inside, said, true)
    own, others = rates(np.ones(len(said)))

    def gaps(weights: "Array") -> dict[str, float]:
        mine, theirs = rates(weights)
        return {key: mine[key] - theirs[key] for key in mine}

    differences = {key: own[key] - others[key] for key in own}
    known = {key: round(value, 6) for key, value in differences.items() if np.isfinite(value)}
    sure = bootstrap(gaps, len(said), resamples=RESAMPLES)
    return Treated(
        name=name,
        rows=int(inside.sum()),
        selected=round(own["selected"], 6),
        found=_number(own["found"]),
        right=_number(own["right"]),
        differences=known,
        intervals={key: value for key, value in sure.items() if key in known},
        chances=chances,
        ratio=_number(own["selected"] / others["selected"]) if others["selected"] > 0 else None,
    )


def _rates(
    inside: "Array", said: "Array", true: "Array"
) -> "Callable[[Array], tuple[dict[str, float], dict[str, float]]]":
    """Rates of the group and of all others as a function of how often each row counts."""
    import numpy as np

    parts = np.vstack(
        [part & side for side in (inside, ~inside) for part in (np.ones_like(said), said, true, said & true)]
    )
    numbers = parts.astype(float)

    def of(rows: float, flagged: float, positive: float, hits: float) -> dict[str, float]:
        return {
            "selected": flagged / rows if rows else np.nan,
            "found": hits / positive if positive else np.nan,
            "right": hits / flagged if flagged else np.nan,
        }

    def rates(weights: "Array") -> tuple[dict[str, float], dict[str, float]]:
        sums = (numbers @ weights).tolist()
        return of(*sums[:4]), of(*sums[4:])

    return rates


def _number(value: float) -> float | None:
    return None if value != value else round(float(value), 6)

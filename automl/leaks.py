"""Columns that give a number away: it is their sum, difference, product or ratio, a fixed weighting or a multiple of them.

Such a target needs no model, and its parts are often known only when it is: the total of an order from its lines, a
salary in dollars from the same in the currency it was paid in.
What is not covered: formulas of several columns other than weighted sums, and classes cut from a formula.
"""

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Array = np.ndarray[Any, Any]

ROWS = 20_000
FIRST = 500
"""A formula that these rows refute is not tried on the rest."""
MOST_COLUMNS = 60
LEAST_ROWS = 30
AGREEMENT = 0.99
"""The share of rows in which a formula must give the target, to its own last digit."""
NOISE = 20
"""A target that varies by fewer of its last digits than this agrees with anything."""
DIGITS = 6
MOSTLY = 0.8
"""The share of rows in which a multiple of a column must be the target: of the others the factor may not be known."""
ALIKE = 0.005
"""Ratios that differ by no more than this share are one."""
MOST_FACTORS, LEAST_VALUES = 50, 5
"""Values of a text that may have factors of their own, and different targets that one of them must have."""


def formulas(frame: "pd.DataFrame", target: str) -> dict[str, str]:
    """Every column that gives the target exactly together with others, with the formula as the reason."""
    numbers = frame.select_dtypes("number")
    numbers = numbers[numbers[target].notna()]
    numbers = numbers.sample(min(ROWS, len(numbers)), random_state=0)
    outcome = numbers.pop(target).to_numpy(dtype=float)
    numbers = numbers.loc[:, numbers.notna().mean() > 0.5]
    numbers = numbers.loc[:, numbers.nunique() > 1].iloc[:, :MOST_COLUMNS]
    tolerance = _tolerance(outcome)
    if len(outcome) < LEAST_ROWS or float(outcome.std()) < NOISE * tolerance:
        return {}
    cells = numbers.to_numpy(dtype=float)
    found: dict[str, str] = {}
    for left, right, words in _pairs(cells, outcome, tolerance):
        first, second = str(numbers.columns[left]), str(numbers.columns[right])
        for name in (first, second):
            found.setdefault(name, words.format(first, second) + f" = {target}")
    return (
        found
        or _multiples(frame.loc[numbers.index], numbers, outcome, target, tolerance)
        or _weighted(numbers, outcome, target, tolerance)
    )


def _multiples(
    frame: "pd.DataFrame", numbers: "pd.DataFrame", outcome: "Array", target: str, tolerance: float
) -> dict[str, str]:
    """Numbers that times a factor are the target in most rows: one factor for all rows, or one for each value of a text."""
    texts = [name for name in frame if frame[name].dtype == object and 1 < frame[name].nunique() <= MOST_FACTORS]
    found = {}
    for name in numbers:
        if not _few_ratios(numbers[name].to_numpy(dtype=float)[:FIRST], outcome[:FIRST]):
            continue
        for by in (None, *texts):
            share, factor = _multiple(numbers[name], outcome, None if by is None else frame[by], tolerance)
            if share >= MOSTLY:
                found[str(name)] = f"{name}{_times(factor, by)} = {target} in {share:.0%} of the rows".replace(
                    "%", " %"
                )
                break
    return found


def _few_ratios(cells: "Array", outcome: "Array") -> bool:
    """Whether the target is to a number in few ratios, as it must be where a factor for each group makes the one of the other."""
    import numpy as np

    with np.errstate(all="ignore"):
        ratios = np.log(np.abs(outcome / cells))
    ratios = ratios[np.isfinite(ratios)]
    often = np.sort(np.unique(np.round(ratios / ALIKE), return_counts=True)[1])[-MOST_FACTORS:]
    return bool(often.sum() >= MOSTLY * len(ratios) > 0)


def _times(factor: float, by: str | None) -> str:
    if by is not None:
        return f" times a number for each {by}"
    return "" if abs(factor - 1) < 1e-9 else f" times {factor:.3g}"


def _multiple(
    column: "pd.Series[Any]", outcome: "Array", by: "pd.Series[Any] | None", tolerance: float
) -> tuple[float, float]:
    """In which share of the rows a number times the usual factor of its group is the target, and the factor of the last.

    Rows count where the target varies within their group: else the group alone tells it.
    """
    import numpy as np
    import pandas as pd

    table = pd.DataFrame({"x": column, "y": outcome, "by": 0 if by is None else by.to_numpy()}, index=column.index)
    table = table[table["by"].notna() & (table["x"].fillna(0) != 0) & (table["y"] != 0)]
    if len(table) < max(LEAST_ROWS, 0.5 * len(column)):
        return 0.0, 0.0
    groups = (table["y"] / table["x"]).groupby(table["by"])
    made = groups.transform("median") * table["x"]
    close = (made - table["y"]).abs() <= tolerance + 1e-9 * table["y"].abs()
    varied = table.groupby("by")["y"].transform("nunique") >= LEAST_VALUES
    return float(np.mean(close & varied)), float(groups.median().iloc[-1])


def _tolerance(outcome: "Array") -> float:
    """Half of the target's last digit: what rounding may hide."""
    import numpy as np

    for digits in range(DIGITS):
        if np.allclose(outcome, np.round(outcome, digits), rtol=0, atol=1e-9):
            return float(0.501 * 10.0**-digits)
    return float(10.0**-DIGITS)


def _pairs(cells: "Array", outcome: "Array", tolerance: float) -> "Iterator[tuple[int, int, str]]":
    """Pairs of columns of which a sum, difference, product or ratio is the target."""
    ways: list[tuple[str, Callable[[Array, Array], Array]]] = [
        ("{0} + {1}", lambda one, other: one + other),
        ("{0} - {1}", lambda one, other: one - other),
        ("{1} - {0}", lambda one, other: other - one),
        ("{0} * {1}", lambda one, other: one * other),
        ("{0} / {1}", lambda one, other: one / other),
        ("{1} / {0}", lambda one, other: other / one),
    ]
    for left, right in combinations(range(cells.shape[1]), 2):
        for words, way in ways:
            if all(_gives(way, cells[rows, left], cells[rows, right], outcome[rows], tolerance) for rows in _PARTS):
                yield left, right, words
                break


_PARTS = (slice(0, FIRST), slice(None))


def _gives(
    way: "Callable[[Array, Array], Array]", one: "Array", other: "Array", outcome: "Array", tolerance: float
) -> bool:
    import numpy as np

    with np.errstate(all="ignore"):
        made = way(one, other)
    known = np.isfinite(made)
    if known.sum() < max(LEAST_ROWS, 0.5 * len(outcome)):
        return False
    return bool(_agree(made[known], outcome[known], tolerance))


def _agree(made: "Array", outcome: "Array", tolerance: float) -> bool:
    """Whether numbers are the target's, in nearly every row and not only where it hardly varies."""
    import numpy as np

    close = np.abs(made - outcome) <= tolerance + 1e-9 * np.abs(outcome)
    return bool(close.mean() >= AGREEMENT and outcome.std() >= NOISE * tolerance)


def _weighted(numbers: "pd.DataFrame", outcome: "Array", target: str, tolerance: float) -> dict[str, str]:
    """The fewest columns of which a weighted sum is the target: columns are dropped while the rest still give it."""
    import numpy as np

    known = numbers.notna().all(axis=1).to_numpy()
    cells, wanted = numbers.to_numpy(dtype=float)[known], outcome[known]
    if len(wanted) < max(LEAST_ROWS, 0.5 * len(outcome), 3 * cells.shape[1] + 3) or not cells.shape[1]:
        return {}
    kept = list(range(cells.shape[1]))
    if _fitted(cells[:, kept], wanted, tolerance) is None:
        return {}
    for place in list(kept):
        fewer = [one for one in kept if one != place]
        if fewer and _fitted(cells[:, fewer], wanted, tolerance) is not None:
            kept = fewer
    weights = _fitted(cells[:, kept], wanted, tolerance)
    assert weights is not None
    names = [str(numbers.columns[place]) for place in kept]
    plain = np.allclose(np.abs(weights[:-1]), 1, atol=1e-6) and abs(weights[-1]) < max(tolerance, 1e-6)
    signs = [f"{'+' if weight > 0 else '-'} {name}" for name, weight in zip(names, weights, strict=False)]
    reason = " ".join(signs).removeprefix("+ ") if plain else f"a fixed weighting of {', '.join(names)}"
    return dict.fromkeys(names, f"{reason} = {target}")


def _fitted(cells: "Array", outcome: "Array", tolerance: float) -> "Array | None":
    """The weights, the constant last, that give the target; None where there are none."""
    import numpy as np

    spread = np.abs(cells).max(axis=0)
    whole = np.column_stack([cells / np.where(spread > 0, spread, 1), np.ones(len(cells))])
    weights = np.linalg.lstsq(whole, outcome, rcond=None)[0]
    if not _agree(whole @ weights, outcome, tolerance):
        return None
    made: Array = np.append(weights[:-1] / np.where(spread > 0, spread, 1), weights[-1])
    return made

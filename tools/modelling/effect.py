"""Partial dependence: the average prediction over training rows when one column takes each of its values in turn.

Source: Friedman, Greedy Function Approximation (2001), section 8.2. Values that training did not see are not tried.
"""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from automl.amounts import written
from tools.modelling.around import Around
from tools.modelling.words import number, percent
from tools.tool import ToolError
from tools.words import listed, meant, plain

STEPS, MOST_GROUPS, ROWS = 20, 12, 100


@dataclass(frozen=True)
class Effect:
    """A column's values, each with the average prediction and the bounds of the middle four fifths of the rows."""

    model: str
    column: str
    outcome: str | None
    what: str
    numeric: bool
    points: list[list[Any]]
    text: str

    @property
    def lowest(self) -> Any:
        return min(self.points, key=lambda row: row[1])[0]

    @property
    def highest(self) -> Any:
        return max(self.points, key=lambda row: row[1])[0]


def effect(one: Around, name: str, outcome: str | None = None) -> Effect:
    """The effect of a column on the number that is predicted, or on the probability of a class. Raises ToolError."""
    import numpy as np

    if name.casefold() == one.card.target.casefold():
        raise ToolError(
            f"{one.card.target} is what the model predicts: choose another column, such as {listed(one.names, 4)}."
        )
    column = one.named(name)
    if column not in one.names:
        raise ToolError(f"'{one.card.name}' does not use {column}, so it has no effect. It uses: {listed(one.names)}.")
    chosen, place = _outcome(one, outcome), one.names.index(column)
    cells = one.rows.column(column).to_pylist()
    values = _values(one, column)
    rows = min(ROWS, one.background)
    where = [cells.index(value, 1) for value in values]
    codes = np.repeat(np.arange(1, rows + 1)[:, None], len(one.names), axis=1)
    asked = np.vstack([_with(codes, place, at) for at in where])
    scores = one.scores(one.predict(asked), chosen).reshape(len(values), rows)
    numeric = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    points: list[list[Any]] = [
        [
            value if numeric else str(value),
            *(round(float(one_), 6) for one_ in (row.mean(), *np.quantile(row, [0.1, 0.9]))),
        ]
        for value, row in zip(values, scores, strict=True)
    ]
    what = f"probability of {chosen}" if chosen else f"predicted {one.card.target}"
    show = percent if chosen else number
    least, most = min(points, key=lambda row: row[1]), max(points, key=lambda row: row[1])
    text = (
        f"With {column} = {_word(least[0])} the {what} is {show(least[1])} on average, with {column} = {_word(most[0])} it is"
        f" {show(most[1])}, all other columns as they are in {rows} training rows."
    )
    return Effect(one.card.name, column, chosen, what, numeric, points, text)


def _with(codes: Any, place: int, at: int) -> Any:
    changed = codes.copy()
    changed[:, place] = at
    return changed


def _outcome(one: Around, outcome: str | None) -> str | None:
    problem = one.card.problem
    if problem.kind == "regression":
        return None
    if outcome is None:
        return problem.positive or problem.classes[0]
    return meant("class", outcome, problem.classes)


def _values(one: Around, column: str) -> list[Any]:
    """Values of the column in the training rows: of numbers and dates evenly chosen, of names the commonest."""
    from collections import Counter

    kept = one.rows.column(column).slice(1)
    if pa.types.is_nested(kept.type):
        raise ToolError(f"{column} holds lists or records, whose effect can't be drawn. Name another column.")
    cells = [cell for cell in kept.to_pylist() if plain(cell) is not None]
    if not cells:
        raise ToolError(f"{column} is empty in the training rows that were kept, so it has no effect to draw.")
    counted = Counter(cells)
    if isinstance(cells[0], str | bool):
        return [value for value, _ in counted.most_common(MOST_GROUPS)]
    ordered = sorted(counted)
    if len(ordered) <= STEPS:
        return ordered
    return list(dict.fromkeys(ordered[round(at * (len(ordered) - 1) / (STEPS - 1))] for at in range(STEPS)))


def _word(value: Any) -> str:
    return written(value) if isinstance(value, int | float) else str(value)

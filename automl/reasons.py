"""Why a model says what it says of one row: Shapley values against rows that training saw, from the shap library.

Source: Lundberg and Lee, A Unified Approach to Interpreting Model Predictions (2017); permutations in both directions
(shap's PermutationExplainer), so that the reasons add up to the prediction less the average one. Columns are handed to
shap as the numbers of rows to take them from, so that texts, dates and empty cells work as numbers do.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

ROWS = 6_000
"""So many rows the model is asked about at most: what a person waits for."""
MOST_BACKGROUND, LEAST_BACKGROUND = 60, 8
PERMUTATIONS = 2

Ask = Callable[["Array"], "Array"]
"""Rows of codes, one per column: 0 takes the explained row's cell, n that of the n-th background row. Gives numbers."""


class Reasons(BaseModel):
    """What each column adds to the prediction, the largest first, and the average prediction they start from."""

    model_config = ConfigDict(frozen=True)
    start: float
    prediction: float
    parts: dict[str, float]


def reasons(columns: list[str], background: int, ask: Ask, seed: int = 0) -> Reasons:
    """The Shapley values of one row's columns against so many background rows."""
    import numpy as np

    shap, width = _library(), len(columns)
    around = min(background, max(LEAST_BACKGROUND, min(MOST_BACKGROUND, ROWS // (2 * width + 1))))
    codes = np.repeat(np.arange(1, around + 1)[:, None], width, axis=1)
    masker = shap.maskers.Independent(codes, max_samples=around)
    explainer = shap.explainers.Permutation(ask, masker, seed=seed)
    times = max(1, min(PERMUTATIONS, ROWS // ((2 * width + 1) * around)))
    found = explainer(
        np.zeros((1, width), int), max_evals=(2 * width + 1) * times, batch_size=2 * width + 1, silent=True
    )
    parts = {name: round(float(value), 6) for name, value in zip(columns, found.values[0], strict=True)}
    start = float(np.ravel(found.base_values)[0])
    return Reasons(
        start=round(start, 6),
        prediction=round(start + sum(parts.values()), 6),
        parts=dict(sorted(parts.items(), key=lambda pair: -abs(pair[1]))),
    )


def _library() -> Any:
    """shap, without the warnings of the plotting library that it loads, and as plain Python.

    Compiling its loops takes ten seconds of every new process; over a few hundred masks they take none as they are.
    """
    import warnings

    import numba

    config: Any = numba.config
    compiled = config.DISABLE_JIT
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        config.DISABLE_JIT = True
        try:
            import shap
        finally:
            config.DISABLE_JIT = compiled
    return shap

"""Rows that are copies of others: where some measure a model and the others taught it, its score is too good.

What is not covered: rows that differ a little, and tables of nothing but few values, whose rows are alike by chance.
"""

from typing import TYPE_CHECKING

from automl.columns import MANY_VALUES
from automl.problem import Problem

if TYPE_CHECKING:
    import pandas as pd

LEAST_SHARE, LEAST_ROWS = 0.05, 20
"""Fewer copies than this hardly move a score."""


def copies(frame: "pd.DataFrame", problem: Problem) -> str:
    """One sentence where many rows are alike in the target and all that a model reads, and what to do; else empty."""
    used = frame[[name for name in frame.columns if name not in problem.excluded]]
    measured = (name for name in used.columns if name != problem.target and used[name].dtype.kind in "fM")
    if not any(used[name].nunique() > MANY_VALUES for name in measured):
        return ""
    found = int(used.duplicated().sum())
    if found < max(LEAST_ROWS, LEAST_SHARE * len(frame)):
        return ""
    return (
        f"{found:,} of {len(frame):,} rows are copies of another one in all columns that the model reads, so some rows that"
        " measure it also taught it and its score may be too good. If they are the same cases twice, remove them first (drop_duplicates) and build again."
    )

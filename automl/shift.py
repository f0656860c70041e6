"""Whether the rows change over time, so that a model measured on rows drawn by chance looks better than it will be.

The rows of the earlier half of the dates are told from those of the later half by a small model (`power.told_apart`).
What is not covered: changes without a date column, and a season that both halves hold.
"""

from typing import TYPE_CHECKING, Any

from automl.power import told_apart
from automl.problem import Problem

if TYPE_CHECKING:
    import pandas as pd

ROWS = 1_000
"""Rows looked at of each half."""
LEAST_ROWS = 100
CLEARLY = 0.75
"""The AUC from which the halves count as different; one column alone counts from ALONE."""
ALONE = 0.65
SHOWN = 3
FOLLOWS = 0.9
"""A column that rises with the date, or is the same in all rows of a date, tells the halves apart by itself."""


def shift(frame: "pd.DataFrame", problem: Problem) -> str:
    """One sentence where the later rows differ from the earlier ones, and what to do; empty where they do not."""
    from threadpoolctl import threadpool_limits

    dates = [name for name in frame.columns if frame[name].dtype.kind == "M" and name != problem.target]
    if not dates:
        return ""
    date = max(dates, key=lambda name: int(frame[name].nunique()))
    known = frame[frame[date].notna()]
    middle = known[date].quantile(0.5)
    halves = [known[known[date] <= middle], known[known[date] > middle]]
    if min(len(half) for half in halves) < LEAST_ROWS:
        return ""
    early, late = (half.sample(min(ROWS, len(half)), random_state=0) for half in halves)
    names = [name for name in _told(frame, problem, dates) if not follows(known[name], known[date])]
    if not names:
        return ""
    with threadpool_limits(limits=1):  # threads that wait for each other take longer on so few rows
        apart = told_apart(early[names], late[names])
    if apart < CLEARLY:
        return ""
    alone = {name: _alone(early[name], late[name]) for name in names}
    most = [name for name in sorted(alone, key=lambda name: -alone[name]) if alone[name] >= ALONE][:SHOWN]
    by = f", most by {', '.join(most)}" if most else ""
    return (
        f"The rows change over time: those after {middle:%Y-%m-%d} can be told from the earlier ones (AUC"
        f" {apart:.2f}{by}). To measure on what comes later, build again with the split by time and the split column {date}."
    )


def _told(frame: "pd.DataFrame", problem: Problem, dates: list[str]) -> list[str]:
    gone = {*problem.excluded, *problem.leaks, *dates}
    return [name for name in frame.columns if name not in gone]


def _alone(early: "pd.Series[Any]", late: "pd.Series[Any]") -> float:
    """How well one column tells the halves apart: the AUC of its order, or half of what its shares of values differ by."""
    import pandas as pd

    if early.dtype.kind == "f":
        both = pd.concat([early, late], ignore_index=True)
        ranks = both.rank(na_option="top").to_numpy()[: len(early)]
        area = (float(ranks.sum()) - len(early) * (len(early) + 1) / 2) / (len(early) * len(late))
        return max(area, 1 - area)
    shares = [half.value_counts(normalize=True, dropna=False) for half in (early, late)]
    return 0.5 + float(shares[0].sub(shares[1], fill_value=0).abs().sum()) / 4


def follows(column: "pd.Series[Any]", date: "pd.Series[Any]") -> bool:
    """Whether a column is a way to write the date: its year, its season, a counter."""
    if column.dtype.kind == "f" and abs(float(column.rank().corr(date.rank()))) >= FOLLOWS:
        return True
    days = date.nunique()
    return bool(days < len(date) / 2 and (column.groupby(date).nunique() <= 1).mean() >= FOLLOWS)

"""Which columns a model leans on: how much its score drops on unseen rows when one column is shuffled, with intervals.

Source: Breiman, Random Forests (2001), section 10, over several shuffles; the interval is Student's over the shuffles.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from automl.intervals import LEVEL, Interval

if TYPE_CHECKING:
    import pandas as pd

ROWS = 1_000
SECONDS = 5.0
SHUFFLES = 5


@dataclass(frozen=True)
class Impact:
    """Column -> share of the total impact (0-1), largest first, and its interval where it was shuffled twice or more.

    Both are empty where shuffling no column made a difference.
    """

    shares: dict[str, float] = field(default_factory=dict)
    intervals: dict[str, Interval] = field(default_factory=dict)


def impact_of(predictor: Any, candidate: str, rows: "pd.DataFrame", seed: int) -> Impact:
    """The impact of each column on one candidate's score on these rows, which hold the target too."""
    sample = rows.sample(min(ROWS, len(rows)), random_state=seed)
    table = predictor.feature_importance(
        sample,
        model=candidate,
        subsample_size=None,
        num_shuffle_sets=SHUFFLES,
        time_limit=SECONDS,
        include_confidence_band=True,
        confidence_level=LEVEL,
        silent=True,
    )
    drops = table["importance"].fillna(0).sort_values(ascending=False)
    total = float(drops.clip(lower=0).sum())
    if total <= 0:
        return Impact()
    low, high = (table[name] / total for name in ("p95_low", "p95_high"))
    known = [name for name in drops.index if low.notna()[name] and high.notna()[name]]
    return Impact(
        {str(name): round(max(float(value), 0.0) / total, 4) for name, value in drops.items()},
        {str(name): (round(max(float(low[name]), 0.0), 4), round(max(float(high[name]), 0.0), 4)) for name in known},
    )

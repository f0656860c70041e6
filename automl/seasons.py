"""Season, trend and odd points of one even series: STL (Cleveland and others, 1990), statsmodels' implementation.

Strengths, 0 to 1, are those of Wang, Smith and Hyndman (2006): of the season max(0, 1 - Var(R) / Var(S + R)), of the
trend max(0, 1 - Var(R) / Var(T + R)). A point is odd where its remainder lies more than three widths of the middle
half beyond it (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, 13.9). A season counts
from a strength of SEASONAL on and where it came round at least three times; without one the trend is a running median.
"""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

PERIODS: dict[str, tuple[int, ...]] = {
    "minute": (60, 1440),
    "hour": (24, 168),
    "day": (7, 365),
    "week": (52,),
    "month": (12,),
    "quarter": (4,),
    "year": (),
}
IN_WORDS = {
    ("minute", 60): "hour",
    ("minute", 1440): "day",
    ("hour", 24): "day",
    ("hour", 168): "week",
    ("day", 7): "week",
    ("day", 365): "year",
    ("week", 52): "year",
    ("month", 12): "year",
    ("quarter", 4): "year",
}
LEAST_POINTS = 8
SEASONAL = 0.64
"""Hyndman and Khandakar's bound for a seasonal difference (R's forecast::nsdiffs)."""
ROUNDS = 3
ODD_WIDTHS = 3.0
MOST_ODD = 10


class Season(BaseModel):
    """What a series shows; `odd` are places of points with their values and what was expected there."""

    model_config = ConfigDict(frozen=True)
    period: int = 0
    """Steps after which it repeats; 0 where no season was looked for or found."""
    repeats_every: str = ""
    high: int = 0
    low: int = 0
    """Places in the first round where the season lies highest and lowest."""
    season: float = 0.0
    trend: float = 0.0
    change: float = 0.0
    """What the trend gained from its first tenth to its last, as a share of the series' mean size."""
    odd: list[tuple[int, float, float]] = []
    odd_count: int = 0


def season(values: Sequence[float], unit: str) -> Season | None:
    """Look at an even series without gaps; None where it has too few points. Of several periods the strongest counts."""
    import numpy as np

    series = np.asarray(values, dtype=float)
    if len(series) < LEAST_POINTS:
        return None
    strengths = {period: _seasonal(series, period) for period in PERIODS[unit] if len(series) >= ROUNDS * period}
    period = max(strengths, key=lambda one: strengths[one], default=0)
    if not period or strengths[period] < SEASONAL:
        return _smoothed(series).model_copy(update={"season": round(strengths.get(period, 0.0), 3)})
    return _taken_apart(series, period, unit)


def _seasonal(series: Any, period: int) -> float:
    parts = _stl(series, period, robust=False)
    return _strength(parts.resid, parts.seasonal)


def _stl(series: Any, period: int, *, robust: bool) -> Any:
    """One season for the whole series: a window that lets it change would follow chance where it came round few times.

    Lines are smoothed at every tenth of their window and drawn straight between, as R's stl does.
    """
    from statsmodels.tsa.seasonal import STL

    jump = max(1, period // 10)
    jumps = {"seasonal_jump": max(1, len(series) // period), "trend_jump": jump, "low_pass_jump": jump}
    return STL(series, period=period, seasonal=10 * len(series) + 1, seasonal_deg=0, robust=robust, **jumps).fit()


def _taken_apart(series: Any, period: int, unit: str) -> Season:
    parts = _stl(series, period, robust=True)
    season = round(_strength(parts.resid, parts.seasonal), 3)
    told = _told(series, parts.trend, parts.resid, parts.trend + parts.seasonal)
    high, low = int(parts.seasonal[:period].argmax()), int(parts.seasonal[:period].argmin())
    ends = {"high": high, "low": low}
    return told.model_copy(update={"period": period, "repeats_every": IN_WORDS[unit, period], "season": season} | ends)


def _smoothed(series: Any) -> Season:
    """Without a season, the trend is a running median over a tenth of the series."""
    import pandas as pd

    window = max(3, len(series) // 10) | 1
    trend = pd.Series(series).rolling(window, center=True, min_periods=1).median().to_numpy()
    return _told(series, trend, series - trend, trend)


def _told(series: Any, trend: Any, rest: Any, expected: Any) -> Season:
    import numpy as np

    low, high = np.quantile(rest, [0.25, 0.75])
    reach = ODD_WIDTHS * (high - low) + 1e-9 * (np.abs(series).max() or 1.0)
    far = np.maximum(low - rest, rest - high)
    odd = [int(place) for place in np.argsort(-far) if far[place] > reach]
    tenth = max(1, len(series) // 10)
    size = float(np.abs(series).mean()) or 1.0
    return Season(
        trend=round(_strength(rest, trend), 3),
        change=round(float(trend[-tenth:].mean() - trend[:tenth].mean()) / size, 4),
        odd=[(place, float(series[place]), round(float(expected[place]), 6)) for place in odd[:MOST_ODD]],
        odd_count=len(odd),
    )


def _strength(rest: Any, part: Any) -> float:
    whole = float((part + rest).var())
    return max(0.0, 1 - float(rest.var()) / whole) if whole > 0 else 0.0

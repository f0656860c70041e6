"""The chart of a forecast: the last seasons of its history, what is expected, and the band around it."""

from typing import Any

from automl.card import Card
from automl.forecasting.series import ITEM, TARGET, TIME
from tools.charting.data import Picture
from tools.forecasting.words import facts
from tools.words import plain

MOST_SERIES = 6
HORIZONS_BACK, SEASONS_BACK, MOST_BACK = 3, 3, 400
"""So much of the history is drawn: three horizons or three seasons, the longer."""


def picture(card: Card, history: Any, made: Any, text: str) -> Picture:
    """The chart of a forecast; of many series those with the largest forecast have a panel each.

    `history` and `made` are frames with ITEM and TIME; `made` has point, low and high, and before where there was a change.
    """
    found = facts(card)
    back = min(max(HORIZONS_BACK * found.series.horizon, SEASONS_BACK * found.season), MOST_BACK)
    shown = list(made.groupby(ITEM)["point"].sum().abs().sort_values(ascending=False).index[:MOST_SERIES])
    rows: list[dict[str, Any]] = []
    for item in shown:
        past, ahead = history[history[ITEM] == item].tail(back), made[made[ITEM] == item]
        rows += [_row(item, *pair, "history") for pair in zip(past[TIME], past[TARGET], strict=True)]
        if len(past):  # the lines meet
            rows.append(_row(item, past[TIME].iloc[-1], past[TARGET].iloc[-1], "forecast"))
        rows += [
            _row(item, time, point, "forecast") | {"low": plain(float(low)), "high": plain(float(high))}
            for time, point, low, high in zip(ahead[TIME], ahead["point"], ahead["low"], ahead["high"], strict=True)
        ]
        if "before" in ahead:
            rows += [_row(item, *pair, "without the change") for pair in zip(ahead[TIME], ahead["before"], strict=True)]
    levels = [level for level in found.series.quantiles if level != 0.5]
    titles = {"x": found.time, "y": card.target}
    if levels:
        titles |= {"low": f"p{100 * levels[0]:g}", "high": f"p{100 * levels[-1]:g}"}
    titles |= {"color": "part"} | ({"facet": " and ".join(found.items) or "series"} if len(shown) > 1 else {})
    lines = ["history", "forecast", *(["without the change"] if "before" in made else [])]
    scales = {
        "x": "temporal",
        "y": "quantitative",
        "low": "quantitative",
        "high": "quantitative",
        "color": "nominal",
        "facet": "nominal",
    }
    orders = {"color": lines, "facet": [str(item) for item in shown]}
    return Picture("forecast", "", rows, titles, text, scales, orders, {"color": lines})


def _row(item: str, time: Any, value: Any, part: str) -> dict[str, Any]:
    return {"x": time.isoformat(), "y": plain(float(value)), "color": part, "facet": item}

"""How far a forecast was off, row by row, and what that comes to: in all, per window, per step ahead, per series.

MASE divides by how far the seasonal naive was off in the history before the window (Hyndman and Koehler, 2006); the
weighted quantile loss (wQL) and WAPE are shares of everything that was forecast.
"""

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from automl.forecasting.series import ITEM, TARGET, TIME, bounded
from automl.forecasting.spec import SeriesSpec

if TYPE_CHECKING:
    import pandas as pd


class Part(BaseModel):
    """The scores of one window, one step ahead or one series, with the seasonal naive's beside them."""

    model_config = ConfigDict(frozen=True)
    name: str
    scores: dict[str, float]
    naive: dict[str, float]
    rows: int


def errors(frame: "pd.DataFrame", forecasts: list[Any], series: SeriesSpec, season: int) -> "pd.DataFrame":
    """One row for each moment that was forecast: item, window, step, actual, point, scale, and a column per quantile."""
    import pandas as pd

    actual = frame.set_index([ITEM, TIME])[TARGET]
    parts = []
    for number, forecast in enumerate(forecasts):
        table = pd.DataFrame(forecast).rename_axis([ITEM, TIME])
        start = table.index.get_level_values(TIME).to_series(index=table.index).groupby(ITEM).min()
        history = frame[frame[TIME] < frame[ITEM].map(start)]
        times = table.index.get_level_values(TIME)
        table = bounded(table, times, series.closed, series.amounts, history[TARGET])
        scale = history.groupby(ITEM)[TARGET].apply(_scale, season=season)
        items = table.index.get_level_values(ITEM)
        part = pd.DataFrame(
            {
                "item": items,
                "window": str(start.min()),
                "step": table.groupby(ITEM).cumcount().to_numpy() + 1,
                "actual": actual.reindex(table.index).to_numpy(),
                "point": table[series.point].to_numpy(),
                "scale": scale.reindex(items).to_numpy(),
                "place": number,
            }
        )
        for level in series.quantiles:
            part[f"q{level:g}"] = table[f"{level:g}"].to_numpy()
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _scale(values: "pd.Series[Any]", season: int) -> float:
    """How far the value a season before is off on average; one step before where the history is shorter."""
    seasonal = values.diff(season).abs().dropna()
    found = float(seasonal.mean()) if len(seasonal) else float(values.diff().abs().mean())
    return found if found > 0 else float("nan")


def metrics_of(table: "pd.DataFrame") -> dict[str, float]:
    """The metrics of rows of `errors`; what can't be told, such as a share of nothing, is left out."""
    import numpy as np

    off = (table["point"] - table["actual"]).abs()
    size = float(table["actual"].abs().sum())
    shares = (off / table["actual"].abs()).replace([np.inf, -np.inf], np.nan)
    series = [table["item"], table["place"]]
    found = {
        "mase": float((off / table["scale"]).groupby(series).mean().mean()),
        "wape": float(off.sum()) / size if size else float("nan"),
        "mape": float(shares.mean()),
        "wql": _quantile_loss(table) / size if size else float("nan"),
        "mae": float(off.mean()),
        "rmse": float(np.sqrt((off**2).mean())),
    }
    return {name: round(value, 6) for name, value in found.items() if value == value}


def _quantile_loss(table: "pd.DataFrame") -> float:
    """Twice the pinball loss, summed over the rows and averaged over the quantiles."""
    losses = []
    for name in (column for column in table if column.startswith("q")):
        level, miss = float(name[1:]), table["actual"] - table[name]
        losses.append(2 * float((miss * level).where(miss >= 0, miss * (level - 1)).sum()))
    return sum(losses) / len(losses)


def by(best: "pd.DataFrame", naive: "pd.DataFrame", column: str) -> list[Part]:
    """The scores for each value of a column, in its order."""
    others = dict(list(naive.groupby(column)))
    return [
        Part(name=str(name), scores=metrics_of(rows), naive=metrics_of(others[name]), rows=len(rows))
        for name, rows in best.groupby(column)
    ]

"""Easel's forecasts beside the seasonal naive on series whose end was held back: MASE, their ratio, wall and CPU seconds.

    python -m benchmarks.forecast ../shared/data [quick|standard|thorough] [--only tourism]

The last horizon of every series is taken away, a forecast is built on the rest with nothing told but target, horizon
and what is known ahead, and what comes out is compared with what was taken away. The seasonal naive is computed here,
apart from the product. MASE divides by the seasonal naive's error within the rows that were left.
"""

import argparse
import resource
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from tools.connect import load
from tools.dataset import StepRecord
from tools.forecast import forecast
from tools.forecasting.build import build_forecast
from tools.forecasting.prepare import Asked
from tools.tool import Job
from tools.workspace import Workspace


@dataclass(frozen=True)
class Set:
    """One file, and what is asked of it."""

    name: str
    file: str
    target: str
    horizon: int
    season: int
    known: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    group: str = ""


SETS = (
    Set("tourism", "skforecast/australia_tourism.csv", "Trips", 8, 4, items=("Region", "Purpose"), group="tourism"),
    Set("h2o_exog", "skforecast/h2o_exog.csv", "y", 12, 12, ("exog_1", "exog_2"), group="h2o_exog"),
    Set("airline", "jbrownlee/airline-passengers.csv", "Passengers", 12, 12, group="monthly"),
    Set("car sales", "jbrownlee/monthly-car-sales.csv", "Sales", 12, 12, group="monthly"),
    Set("champagne", "jbrownlee/monthly_champagne_sales.csv", "Sales", 12, 12, group="monthly"),
    Set("writing paper", "jbrownlee/monthly-writing-paper-sales.csv", "Sales", 12, 12, group="monthly"),
    Set("shampoo", "jbrownlee/monthly-shampoo-sales.csv", "Sales", 6, 12, group="monthly"),
    Set("births", "jbrownlee/daily-total-female-births.csv", "Births", 28, 7, group="daily"),
    Set("temperatures", "jbrownlee/daily-min-temperatures.csv", "Temp", 28, 7, group="daily"),
    Set("flights", "skforecast/uk_daily_flights.csv", "Number of flights", 28, 7, group="daily"),
    Set("page views", "skforecast/wikipedia_visits.csv", "y", 28, 7, group="daily"),
    Set("shutdown", "skforecast/energy_production_shutdown.csv", "production", 28, 7, group="daily"),
    Set("three items", "skforecast/demo_multi_series.csv", "value", 28, 7, items=("series_id",), group="daily"),
    Set("fuel", "skforecast/consumos-combustibles-mensual.csv", "Gasolinas", 12, 12, group="more monthly"),
    Set("food", "selva86/australian_capital_retail.csv", "food_retailing", 12, 12, group="more monthly"),
    Set("bikes", "skforecast/bike_sharing_dataset_clean.csv", "users", 48, 24, ("temp", "workingday"), group="hourly"),
)


@dataclass(frozen=True)
class Result:
    """What came of one set."""

    of: Set
    series: int
    easel: float
    naive: float
    model: str
    wall: float
    cpu: float


def run(data: Path, one: Set, build: Any) -> Result:
    """Hold back, build, forecast, compare."""
    with tempfile.TemporaryDirectory() as folder, Workspace(Path(folder)) as workspace:
        version = load(workspace, data / one.file, "whole")
        frame = workspace.rows(f'SELECT * FROM "{version.ref}"')
        table = pd.DataFrame(frame, columns=version.names)
        keys = [table[name] for name in one.items] or [pd.Series(0, index=table.index)]
        held = table.groupby(keys, sort=False).cumcount(ascending=False) < one.horizon
        left = pa.Table.from_pandas(table[~held], preserve_index=False)
        kept = workspace.add_dataset("kept", left.to_reader(), StepRecord(tool="load_file", arguments={}))
        started, before = time.monotonic(), _cpu()
        job = Job(workspace)
        asked = Asked(one.target, horizon=one.horizon, known=one.known)
        card = build_forecast(job, kept, asked, build)
        future = None
        if one.known:
            ahead = pa.Table.from_pandas(table[held].drop(columns=one.target), preserve_index=False)
            workspace.add_dataset("ahead", ahead.to_reader(), StepRecord(tool="load_file", arguments={}))
            future = "ahead"
        outcome = forecast(job, card.name, future=future)
        wall, cpu = time.monotonic() - started, _cpu() - before
        made = workspace.rows(f'SELECT * FROM "{outcome.dataset}"')
        names = workspace.version(str(outcome.dataset)).names
        forecasts = pd.DataFrame(made, columns=names)
    easel, naive, series = _compared(table, held, forecasts, one)
    return Result(one, series, easel, naive, card.best, wall, cpu)


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _compared(table: pd.DataFrame, held: Any, forecasts: pd.DataFrame, one: Set) -> tuple[float, float, int]:
    """The mean MASE over the series, Easel's and the seasonal naive's, in the order of the rows."""
    keys = list(one.items) or [pd.Series(0, index=table.index)]
    made = dict(
        list(forecasts.groupby(list(one.items) if one.items else [pd.Series(0, index=forecasts.index)])["forecast"])
    )
    mine, theirs = [], []
    for name, rows in table.groupby(keys):
        values = rows[one.target].astype(float)
        past, ahead = values[~held[rows.index]].to_numpy(), values[held[rows.index]].to_numpy()
        scale = abs(past[one.season :] - past[: -one.season]).mean()
        repeated = [past[len(past) - one.season + step % one.season] for step in range(one.horizon)]
        mine.append(abs(made[name].to_numpy(dtype=float) - ahead).mean() / scale)
        theirs.append(abs(repeated - ahead).mean() / scale)
    return sum(mine) / len(mine), sum(theirs) / len(theirs), len(mine)


def main() -> None:
    """Print a row for each set, and the mean of each group."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("build", nargs="?", default="standard", choices=["quick", "standard", "thorough"])
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    print(f"{'set':14} {'series':>6} {'Easel':>7} {'naive':>7} {'ratio':>6} {'wall s':>7} {'CPU s':>7}  model")
    done = []
    for one in SETS:
        if options.only in one.group:
            found = run(options.data, one, options.build)
            done.append(found)
            print(
                f"{one.name:14} {found.series:6} {found.easel:7.3f} {found.naive:7.3f} {found.easel / found.naive:6.2f}"
                f" {found.wall:7.1f} {found.cpu:7.1f}  {found.model}",
                flush=True,
            )
    for group in dict.fromkeys(one.of.group for one in done):
        mine = [one for one in done if one.of.group == group]
        easel, naive = (sum(getattr(one, name) for one in mine) / len(mine) for name in ("easel", "naive"))
        print(f"{group + ' (mean)':21} {easel:7.3f} {naive:7.3f} {easel / naive:6.2f}")


if __name__ == "__main__":
    main()

"""A forecast as files: its series, the script that trains it again and measures it, one that forecasts, the predictor."""

import shutil
from pathlib import Path
from pprint import pformat
from typing import Any

from automl.card import Card
from automl.forecast import least, settings_of
from tools.exporting.write import Export, rendered
from tools.forecasting.build import FUTURE, HISTORY, PREDICTOR
from tools.forecasting.evaluation import forecast_facts
from tools.forecasting.words import facts, headline, horizon_words
from tools.modelling.models import folder_of
from tools.tool import listed
from tools.workspace import Workspace


def forecast_export(workspace: Workspace, card: Card) -> Export:
    """The series, a script that trains and measures, and one that forecasts."""
    source = folder_of(workspace, card)
    training, forecasting = _scripts(card, source)
    kept = {Path(name).stem: source / name for name in (HISTORY, FUTURE) if (source / name).exists()}

    def copy_data(data: Path) -> None:
        for path in kept.values():
            shutil.copyfile(path, data / path.name)

    return Export(
        files={
            "train.py": ("trains the forecast again with plain AutoGluon and prints both scores", training),
            "forecast.py": ("forecasts with the model as it is", forecasting),
        },
        predictor=source / PREDICTOR,
        versions=_needed(card),
        told={"words": horizon_words(card), "headline": headline(card), "interval": "", "facts": forecast_facts(card)},
        copy_data=copy_data,
        data="the series as the model read them, and what was known of their future",
        command="python forecast.py forecast.csv",
        answers="Forecasts every series from its end, a row for each step. What is given are values to come of what is known"
        " ahead; a table without rows gives none.",
        artefacts=kept,
    )


def _needed(card: Card) -> dict[str, str]:
    from importlib.metadata import version

    return card.versions | ({"holidays": version("holidays")} if facts(card).series.holidays else {})


def _scripts(card: Card, source: Path) -> tuple[str, str]:
    """The one that trains, and the one that forecasts."""
    found = facts(card)
    series = found.series
    compared, kept, seconds = settings_of(card.build, found)
    common: dict[str, Any] = {
        "horizon": series.horizon,
        "frequency": series.step.frequency,
        "season": found.season,
        "point": series.point,
        "statics": series.statics,
    }
    training = common | {
        "quantiles": series.quantiles,
        "metric": card.metric,
        "ahead": series.ahead,
        "windows": len(found.windows),
        "least": least(series.horizon, len(found.windows)),
        "seconds": seconds,
        "seed": 0,
        "compared": compared,
        "kept": kept,
        "naive_won": found.naive_won,
        "scores": card.scores.metrics,
    }
    forecasting = common | {
        "time": found.time,
        "items": found.items,
        "known": series.known,
        "country": series.holidays,
    }
    columns = listed([found.time, *found.items, *series.known], 20) if series.known else "nothing, for this model"
    future = f'HERE / "data" / "{FUTURE}"' if (source / FUTURE).exists() else "None"
    words = {"name": card.name, "words": horizon_words(card)}
    return (
        rendered("forecast_train.j2", **words, **_literals(training)),
        rendered(
            "forecast_predict.j2",
            name=card.name,
            future_columns=columns,
            kept_future=future,
            **_literals(forecasting),
        ),
    )


def _literals(values: dict[str, Any]) -> dict[str, str]:
    return {name: pformat(value, width=110, sort_dicts=False) for name, value in values.items()}

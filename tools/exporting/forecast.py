"""A forecast as files: its series, the script that trains it again and measures it, one that forecasts, the predictor."""

import shutil
from pathlib import Path
from pprint import pformat
from typing import Any

from automl.card import Card
from automl.forecast import least, settings_of
from tools.exporting.write import as_notebook, fill, rendered, requirements
from tools.forecasting.build import FUTURE, HISTORY, PREDICTOR
from tools.forecasting.evaluation import forecast_facts
from tools.forecasting.words import facts, headline, horizon_words
from tools.recipe import load
from tools.script import recipe_script
from tools.tool import listed

_PIP = {"autogluon.timeseries": "autogluon.timeseries"}


def forecast_folder(card: Card, source: Path, folder: Path) -> list[str]:
    """Write everything a data scientist needs; the files to look at first."""
    (folder / "data").mkdir(parents=True)
    for name in (HISTORY, FUTURE):
        if (source / name).exists():
            shutil.copyfile(source / name, folder / "data" / name)
    texts = _scripts(card)
    described = {
        "train.py": "trains the forecast again with plain AutoGluon and prints both scores",
        "train.ipynb": "the same, as a notebook",
        "forecast.py": "forecasts with the model as it is",
        "prepare.sql": "the steps before the series were read, as SQL",
        "data/": "the series as the model read them",
        "predictor/": "the AutoGluon predictor as it is",
        "card.json, recipe.json": "what Easel knows of the model",
    }
    texts |= {"train.ipynb": as_notebook(texts["train.py"]), "prepare.sql": recipe_script(load(source))}
    texts["requirements.txt"] = requirements(_needed(card), _PIP)
    texts["README.md"] = rendered(
        "folder.j2",
        name=card.name,
        files=described.items(),
        python=card.versions["python"],
        commands=["python train.py", "python forecast.py forecast.csv"],
        facts=forecast_facts(card),
        words=horizon_words(card),
        headline=headline(card),
        interval="",
    )
    fill(folder, source, PREDICTOR, texts)
    return ["README.md", "train.py", "train.ipynb", "forecast.py", "data", "predictor", "requirements.txt"]


def _needed(card: Card) -> dict[str, str]:
    from importlib.metadata import version

    return card.versions | ({"holidays": version("holidays")} if facts(card).series.holidays else {})


def _scripts(card: Card) -> dict[str, str]:
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
    words = {"name": card.name, "words": horizon_words(card)}
    return {
        "train.py": rendered("forecast_train.j2", **words, **_literals(training)),
        "forecast.py": rendered(
            "forecast_predict.j2", name=card.name, future_columns=columns, **_literals(forecasting)
        ),
    }


def _literals(values: dict[str, Any]) -> dict[str, str]:
    return {name: pformat(value, width=110, sort_dicts=False) for name, value in values.items()}

"""A forecast as files: its series, the script that trains it again and measures it, one that forecasts, the predictor."""

import inspect
import shutil
from pathlib import Path
from pprint import pformat
from typing import Any

from automl.card import Card
from automl.forecasting import series
from automl.forecasting.fit import least, settings_of
from automl.forecasting.series import ITEM, TIME
from tools.exporting.meaning import carried, encoder_versions, encoders_of
from tools.exporting.table import RELATION, given_rows, prepared_by
from tools.exporting.write import Export, Files, rendered
from tools.forecasting.build import FUTURE, HISTORY, PREDICTOR
from tools.forecasting.evaluation import forecast_facts
from tools.forecasting.inputs import reading_of
from tools.forecasting.periods import read_from
from tools.forecasting.rows import edges
from tools.forecasting.step import bucket
from tools.forecasting.words import facts, headline, horizon_words
from tools.matching import used_columns
from tools.modelling.models import folder_of
from tools.recipe import Recipe, load, select
from tools.words import identifier, listed
from tools.workspace import Workspace


def forecast_export(workspace: Workspace, card: Card) -> Export:
    """The series, a script that trains and measures, and one that forecasts."""
    source = folder_of(workspace, card)
    recipe = load(source)
    encoders = encoders_of(recipe)
    training, forecasting = _scripts(card, source, recipe)
    kept = {Path(name).stem: source / name for name in (HISTORY, FUTURE) if (source / name).exists()}

    def copy_data(data: Path) -> None:
        for path in kept.values():
            shutil.copyfile(path, data / path.name)

    return Export(
        files={
            **preparation(card, recipe),
            "series.py": ("even series, holidays and what is known ahead", inspect.getsource(series)),
            "train.py": ("trains the forecast again with plain AutoGluon and prints both scores", training),
            "forecast.py": ("forecasts with the model as it is", forecasting),
        },
        predictor=source / PREDICTOR,
        versions=_needed(card) | encoder_versions(encoders),
        told={"words": horizon_words(card), "headline": headline(card), "interval": "", "facts": forecast_facts(card)},
        copy_data=copy_data,
        data="the series as the model read them, and what was known of their future",
        command="python forecast.py forecast.csv new_rows.csv     # without rows: from the end of the series in data",
        answers=f"Forecasts every series, a row for each step: a table without rows from where training ended, rows with {card.target}"
        " from their own end. Rows without it hold values to come of what is known ahead.",
        artefacts=kept,
        carried=carried(encoders),
    )


def preparation(card: Card, recipe: Recipe) -> Files:
    """`prepare.py`, which makes series of raw rows as Easel does of newer ones."""
    rows = select(recipe, RELATION, "train")
    with given_rows(recipe) as connection:
        reading = reading_of(card, connection, f"({rows})")
    start = bucket(reading.step, reading.moment)
    whole = (
        f"{start} > coalesce((SELECT begun FROM edges), TIMESTAMP '-infinity')"
        f" AND {start} < coalesce((SELECT broken FROM edges), TIMESTAMP 'infinity')"
    )
    steps = [("past", "the series up to each one's last value", reading.past("made_ready", whole))]
    if reading.known:
        ahead = reading.ahead("made_ready", reading.unknown)
        steps.insert(0, ("ahead", "what is known ahead, of rows whose value is still to come", ahead))
    order = f"row_number() OVER (ORDER BY {identifier(ITEM)}, {identifier(TIME)}) - 1 AS __row"
    first = f"WITH made_ready AS (\n{rows}\n), edges AS ({edges(reading, 'made_ready')})"
    written = [(purpose, what, f"{first}\nSELECT *, {order} FROM ({sql})") for purpose, what, sql in steps]
    return prepared_by(card.name, recipe, written, _needed_columns(card, recipe))


def _needed_columns(card: Card, recipe: Recipe) -> list[str]:
    """The raw columns that rows must have: where something is known ahead, values to come do without the target."""
    found = facts(card)
    needed = [*read_from(found.learned, found.time), *found.items, *(found.series.known or [card.target])]
    return used_columns(recipe, needed, purpose="train")


def _needed(card: Card) -> dict[str, str]:
    from importlib.metadata import version

    more = ["pydantic", *(["holidays"] if facts(card).series.holidays else [])]
    return card.versions | {name: version(name) for name in more}


def _scripts(card: Card, source: Path, recipe: Recipe) -> tuple[str, str]:
    """The one that trains, and the one that forecasts."""
    found = facts(card)
    spec = found.series
    compared, kept, seconds = settings_of(card.build, found)
    common: dict[str, Any] = {
        "horizon": spec.horizon,
        "season": found.season,
        "point": spec.point,
        "statics": spec.statics,
        "closed": spec.closed,
        "amounts": spec.amounts,
    }
    training = common | {
        "frequency": spec.step.frequency,
        "quantiles": spec.quantiles,
        "metric": card.metric,
        "ahead": spec.ahead,
        "windows": len(found.windows),
        "least": least(spec.horizon, len(found.windows)),
        "seconds": seconds,
        "seed": 0,
        "compared": compared,
        "kept": kept,
        "naive_won": found.naive_won,
        "scores": card.scores.metrics,
    }
    forecasting = common | {
        "step": spec.step,
        "gaps": spec.gaps,
        "time": found.time,
        "target": card.target,
        "known": spec.known,
        "country": spec.holidays,
    }
    columns = listed(_needed_columns(card, recipe), 20) if spec.known else "nothing, for this model"
    future = f'HERE / "data" / "{FUTURE}"' if (source / FUTURE).exists() else "None"
    words = {"name": card.name, "words": horizon_words(card)}
    return (
        rendered("forecast_train.j2", **words, **_literals(training)),
        rendered(
            "forecast_predict.j2",
            name=card.name,
            target_words=card.target,
            future_columns=columns,
            kept_future=future,
            **_literals(forecasting),
        ),
    )


def _literals(values: dict[str, Any]) -> dict[str, str]:
    return {name: pformat(value, width=110, sort_dicts=False) for name, value in values.items()}

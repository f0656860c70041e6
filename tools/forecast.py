"""Forecast with a built model: from its history or newer rows, with what is known ahead, and what-if on that."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from automl.card import Card
from automl.forecasting.predict import Change, ForecastAsk, ForecastMade
from automl.forecasting.series import ITEM, TIME
from automl.worker import TrainingCancelled, TrainingFailed, run_in_child
from tools.charts import drawing_of, keep_chart
from tools.connect import export_rows
from tools.dataset import StepRecord, Version
from tools.engine import columns_of
from tools.forecasting import inputs
from tools.forecasting.build import PREDICTOR, check_installed
from tools.forecasting.changes import changes_of
from tools.forecasting.inputs import Inputs
from tools.forecasting.made import Made, first_rows, forecast_rows, told, values
from tools.forecasting.only import series_of
from tools.forecasting.picture import picture
from tools.forecasting.words import ASKED, ONLY, WHAT_IF, date, facts
from tools.modelling.models import folder_of, model_cards
from tools.modelling.prediction_file import give_name
from tools.modelling.row import GivenValue
from tools.recipe import load
from tools.sources.read import open_file
from tools.sources.write import write_rows
from tools.tool import Artefact, DatasetName, Job, ModelName, Outcome, Stopped, TableData, ToolError, tool
from tools.words import identifier, listed, unknown
from tools.workspace import Workspace

SECONDS = 900
_CHECKED = ("python", "autogluon.timeseries", "statsforecast")
_NEWER = r"\bnew(?:er|est)?\b|\bupdated?\b|\blatest\b|\bfrom\b|\busing\b|\bwith\b|새|최신|갱신|업데이트|추가된|으로|로 "
_FUTURE = (
    r"\bfuture (?:values|prices|plan\w*)|\bplan(?:ned|s)?\b|\bwill be\b|\busing\b|\bwith\b|미래 ?값|계획|예정|으로|로 "
)


@tool(
    effect="read",
    group="forecast",
    title="Forecast with {model}",
    asked_by=f"{ASKED}|{WHAT_IF}",
    more={"changes": WHAT_IF, "dataset": _NEWER, "future": _FUTURE, "only": ONLY},
)
def forecast(
    job: Job,
    model: ModelName | None = None,
    horizon: int | None = None,
    dataset: DatasetName | None = None,
    future: DatasetName | None = None,
    changes: list[GivenValue] | None = None,
    only: list[str] | None = None,
) -> Outcome:
    """Forecast with a model that train_forecast built, also what-if: a new dataset and a CSV file with the expected values and their bands, and a chart.

    Args:
        model: The forecast model; the newest one when left out.
        horizon: How many steps ahead, at most what the model was built for; all of them when left out.
        dataset: Newer rows to forecast from, without a new build; left out, the newest version of the model's own dataset.
        future: A dataset with the future values of the columns known ahead.
        changes: What if: columns known ahead with another value, such as price "+10 %" or promotion 1; old and new side by side.
        only: Of several series those to show, by their names.
    """
    card = find_forecast(job.workspace, model)
    asked = changes_of(card, changes or [])
    with tempfile.TemporaryDirectory(prefix="easel-") as name, job.workspace.cursor() as cursor:
        work = Path(name)
        given = inputs.of_project(job.workspace, card, cursor, dataset, work, job.cancelled)
        if future is not None:
            ahead = inputs.future_of(card, cursor, job.workspace.version(future), work, job.cancelled)
            given = Inputs(given.history, ahead, given.note, wanted=True)
        made = make_forecast(job, card, given, asked, horizon, work)
    return _outcome(job, card, made.of(series_of(card, made.history, only)) if only else made)


def find_forecast(workspace: Workspace, name: str | None) -> Card:
    """The forecast model of that name, or the newest. Raises ToolError where there is none, or it is no forecast."""
    every = model_cards(workspace)
    cards = [card for card in every if card.modality == "forecast"]
    if name is not None:
        card = next((one for one in every if one.name.casefold() == name.strip().casefold()), None)
        if card is None:
            raise ToolError(unknown("model", name, [one.name for one in cards]))
        if card.modality != "forecast":
            raise ToolError(
                f"The model '{card.name}' predicts rows, not the future. Use predict_row or predict_dataset, or build a forecast: train_forecast."
            )
        return card
    if not cards:
        raise ToolError("This project has no forecast yet. Build one first: train_forecast(dataset, target).")
    return cards[0]


def make_forecast(
    job: Job, card: Card, given: Inputs, changes: Sequence[Change], horizon: int | None, work: Path
) -> Made:
    """Forecast in a child process. Raises ToolError where the model can't, Stopped where the person stopped it."""
    import pandas as pd

    check_versions(card)
    check_horizon(card, horizon)
    found = facts(card)
    ask = ForecastAsk(
        series=found.series, folder=folder_of(job.workspace, card) / PREDICTOR, rows=given.history, future=given.ahead,
        changes=list(changes), out=work / "forecast.parquet", season=found.season,
    )  # fmt: skip
    made = _run(job, ask, work)
    table, history = pd.read_parquet(ask.out), pd.read_parquet(given.history)
    if given.wanted and not made.given:
        first, last = (date(str(moment), found.series.step) for moment in (table[TIME].min(), table[TIME].max()))
        raise ToolError(
            f"The values to come hold none of the steps that are forecast, {first} to {last}"
            f"{f', of the same {listed(found.items)}' if found.items else ''}. Give rows for those."
        )
    table = table[table.groupby(ITEM).cumcount() < (horizon or found.series.horizon)].reset_index(drop=True)
    levels = found.series.quantiles
    table = table.assign(point=table[found.series.point], low=table[f"{levels[0]:g}"], high=table[f"{levels[-1]:g}"])
    return Made(history, table, made, list(changes), given.note)


def check_horizon(card: Card, horizon: int | None) -> None:
    """Raises ToolError where the model does not reach so many steps ahead."""
    found = facts(card)
    if horizon is not None and not 1 <= horizon <= found.series.horizon:
        raise ToolError(
            f"'{card.name}' was built for {found.series.step.counted(found.series.horizon)} ahead, not {horizon}. Ask for at"
            f" most {found.series.horizon}, or build it again with horizon={horizon}."
        )


def check_versions(card: Card) -> None:
    """Raises ToolError where the model was made with other versions of the libraries than those installed."""
    here = check_installed()
    if other := [f"{name} {card.versions.get(name)}" for name in _CHECKED if card.versions.get(name) != here[name]]:
        installed = ", ".join(f"{name} {here[name]}" for name in _CHECKED)
        raise ToolError(
            f"The forecast '{card.name}' was made with {', '.join(other)}, but this is {installed}. Build it again."
        )


def _run(job: Job, ask: ForecastAsk, work: Path) -> ForecastMade:
    try:
        return run_in_child(
            "automl.forecasting.predict:predict", ask, ForecastMade, folder=work, progress=job.progress, cancelled=job.cancelled, deadline=SECONDS
        ).result  # fmt: skip
    except TrainingCancelled as error:
        raise Stopped("The forecast was stopped.") from error
    except TrainingFailed as error:
        raise ToolError(str(error).replace("No model could be fitted: ", "")) from error


def forecast_file(job: Job, card: Card, data: Path, out: Path) -> Outcome:
    """Forecast into a file (.csv, .parquet or .xlsx) from a file of newer rows, or of values to come of what is known ahead."""
    made = forecast_from_file(job, card, data)
    rows = forecast_rows(job.workspace, card, made)
    with tempfile.TemporaryDirectory(prefix=".easel-", dir=out.parent) as inside:  # all of it appears, or nothing
        whole = Path(inside) / out.name
        write_rows(rows.schema, rows.to_batches(), whole, out.suffix[1:].lower(), rows.num_rows)
        give_name(whole, out)
    return Outcome(
        text=f"{told(card, made)} Wrote {out.name}.",
        values=values(card, made),
        artefacts=[Artefact(kind="file", name=out.name, path=str(out))],
    )


def forecast_from_version(job: Job, card: Card, version: Version, horizon: int | None = None) -> Made:
    """The future that a version of a dataset leads to, as it is now."""
    workspace = job.workspace
    with tempfile.TemporaryDirectory(prefix="easel-") as name, workspace.cursor() as cursor:
        same = version.ref == card.dataset
        rows = inputs.of_version(workspace, card, cursor, version, Path(name), job.cancelled) if not same else None
        return make_forecast(job, card, rows or inputs.kept(workspace, card), [], horizon, Path(name))


def forecast_from_file(job: Job, card: Card, data: Path, horizon: int | None = None) -> Made:
    """The future that a file of newer rows leads to, or one of values to come of what is known ahead."""
    workspace = job.workspace
    with (
        tempfile.TemporaryDirectory(prefix="easel-") as name,
        workspace.cursor() as cursor,
        open_file(data) as opened,
    ):
        cursor.register("given_rows", opened.batches)
        cursor.execute("CREATE TEMP TABLE new_rows AS SELECT * FROM given_rows")
        cursor.unregister("given_rows")
        recipe = load(folder_of(workspace, card))
        columns = columns_of(cursor, "new_rows")
        given = inputs.of_rows(workspace, card, recipe, cursor, "new_rows", columns, Path(name), job.cancelled)
        return make_forecast(job, card, given, [], horizon, Path(name))


def _outcome(job: Job, card: Card, made: Made) -> Outcome:
    workspace, found = job.workspace, facts(card)
    rows = forecast_rows(workspace, card, made)
    name = workspace.free_name(f"{card.dataset.split('@')[0]}_forecast")
    text = told(card, made)
    step = StepRecord(tool="forecast", arguments={"model": card.name}, text=text, run=job.run)
    version = workspace.add_dataset(name, rows.to_reader(), step)
    workspace.bring_forward(card.dataset.split("@")[0])  # the next request is about the data, not about its forecast
    file = export_rows(workspace, f"FROM {identifier(version.ref)}", name, "csv", version.row_count)
    job.progress(0.9, "Drawing")
    drawn = picture(card, made.history, made.table, text)
    title = f"{card.target}: the next {found.series.step.words(made.steps)}"
    drawing = drawing_of(drawn, title)
    charts = keep_chart(job, name, drawing, card.column_names)
    return Outcome(
        text=text,
        dataset=version.ref,
        rows=(0, version.row_count),
        columns=(0, len(version.columns)),
        table=TableData(
            columns=rows.column_names,
            rows=first_rows(rows),
            row_count=rows.num_rows,
        ),
        values=values(card, made) | {"points": len(drawing.rows)},
        artefacts=[
            Artefact(kind="dataset", name=version.ref),
            Artefact(kind="file", name=file.name, path=str(file)),
            *charts,
        ],
    )

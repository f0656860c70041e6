"""The fit of a forecast in a child process, and the folder that holds it."""

import shutil

from automl.card import BuildFacts, Card
from automl.forecasting.fit import BackTest, ForecastFacts, ForecastResult
from automl.forecasting.models import ForecastBuild, ForecastPlan, plan_forecast
from automl.forecasting.predictor import ForecastSpec
from automl.problem import Problem
from automl.versions import forecast_versions
from tools.dataset import Version
from tools.forecasting.prepare import Asked, Prepared, prepare_series
from tools.modelling.features import describe_features
from tools.modelling.fitting import fit_whole
from tools.modelling.models import building, publish
from tools.modelling.split import write_parquet
from tools.recipe import keeping, model_recipe, save
from tools.tool import Job, ToolError
from tools.words import listed

HISTORY, FUTURE, PREDICTOR = "history.parquet", "future.parquet", "predictor"


def check_installed() -> dict[str, str]:
    """The versions that a forecast depends on. Raises ToolError where a library is missing."""
    from importlib.metadata import PackageNotFoundError

    try:
        return forecast_versions()
    except PackageNotFoundError as error:
        raise ToolError(f"Forecasts need {error.name}: pip install 'easel-assistant[full]'.") from error


def build_forecast(
    job: Job,
    version: Version,
    asked: Asked,
    build: ForecastBuild,
    seconds: float | None = None,
) -> Card:
    """Check, fit and keep a forecast. Raises ToolError where the data can't be forecast, Stopped where it was stopped."""
    check_installed()
    ready = prepare_series(job.workspace, version, asked)
    recipe = model_recipe(job.workspace, version)
    if ready.shape.only:
        recipe = keeping(recipe, job.workspace, version, ready.shape.only)
    plan = plan_forecast(build, known=bool(ready.spec.ahead), observations=ready.observations, seconds=seconds)
    with building(job.workspace) as work, job.workspace.cursor() as cursor:
        folder = work / "model"
        folder.mkdir()
        rows, source = work / "rows.parquet", ready.shape.source
        write_parquet(cursor, ready.reading.past(source, ready.where), rows, job.cancelled)
        if ready.spec.known:
            ahead = ready.reading.ahead(source, ready.reading.unknown)
            if cursor.execute(f"SELECT count(*) FROM ({ahead})").fetchall()[0][0]:
                write_parquet(cursor, ahead, folder / FUTURE, job.cancelled)
        spec = ForecastSpec(
            series=ready.spec, rows=rows, folder=folder / PREDICTOR, history=folder / HISTORY, plan=plan, seed=job.seed
        )
        found = fit_whole(
            job,
            "automl.forecasting.fit:fit",
            spec,
            ForecastResult,
            work,
            plan.deadline,
            what="forecast",
            begun=0.03,
            keeps=True,
        )
        known = ready.reading.known
        features = describe_features(cursor, source, known, {column.name for column in known})
        built = BuildFacts(seconds=found.seconds, peak_mb=found.peak_mb, stopped=found.stopped)
        card = _card(version, asked, ready, plan, found.result, found.seconds).model_copy(
            update={"features": features, "built": built}
        )
        shutil.rmtree(folder / "measured", ignore_errors=True)  # what only measured is not kept
        save(recipe, folder)
        return publish(job.workspace, folder, card)


def _card(
    version: Version, asked: Asked, ready: Prepared, plan: ForecastPlan, result: ForecastResult, seconds: float
) -> Card:
    target, step = ready.reading.target, ready.spec.step
    notes = list(ready.notes)
    if result.filled:
        its = "its" if result.filled == 1 else "their"
        how = {"line": f"on a line between {its} neighbours", "forward": "with the value before", "zero": "with zero"}
        were = "was" if result.filled == 1 else "were"
        notes.append(f"{step.counted(result.filled)} without a value {were} filled {how[ready.spec.gaps]}.")
    if result.short:
        notes.append(
            f"{listed(result.short, 3)} {'has' if len(result.short) == 1 else 'have'} too few observations to be tested;"
            " forecast all the same."
        )
    return Card(
        name=f"{version.dataset}_{target}_forecast",
        created="",
        dataset=version.ref,
        modality="forecast",
        problem=Problem(
            target=target, kind="regression", reason=f"its future over {ready.shape.time.name} is asked for",
            label_type="number", excluded=ready.excluded,
        ),
        build=plan.name,
        seconds=seconds,
        metric=asked.metric,
        best=result.best,
        scores=result.scores,
        baseline=result.baseline,
        impact={},
        leaderboard=result.leaderboard,
        features=[],
        model_columns={},
        trained_rows=result.observations,
        holdout_rows=result.measured,
        versions=result.versions,
        forecast=ForecastFacts(
            series=ready.spec, time=ready.shape.time.name, items=list(ready.reading.items), combine=ready.reading.combine,
            only=asked.only or [], learned=ready.shape.learned, count=result.series, parts=result.items, reasons=ready.reasons, notes=notes,
            **{name: getattr(result, name) for name in BackTest.model_fields},
        ),
    )  # fmt: skip

"""Build models: checks, an honest split, the fit in a child process, and the folder that holds the result."""

from typing import Any, Literal

from automl.builds import plan_build
from automl.card import Card
from automl.problem import OnlyText, Problem, ProblemError, detect
from automl.tabular import FitResult, FitSpec
from automl.worker import TrainingCancelled, TrainingFailed, fit_in_child
from tools.modelling.features import describe_features
from tools.modelling.models import building, folder_of, model_cards, publish
from tools.modelling.split import BACKGROUND, HELD, ROWS, SPEC, TRAIN, Split, filled, split_rows, write_parquet
from tools.modelling.words import because, drivers, headline, kind_words, left_out, metrics_of, notes
from tools.recipe import Recipe, model_recipe, save, used_columns
from tools.tool import (
    Artefact,
    ColumnName,
    DatasetName,
    Job,
    Outcome,
    Stopped,
    TableData,
    ToolError,
    identifier,
    listed,
    tool,
    unknown,
)
from tools.workspace import Version, Workspace

CHECKED_ROWS = 200_000
"""The checks before a fit look at a sample of this many rows at most."""


@tool(effect="train", group="model", title="Build a model that predicts {target}")
def train_model(
    job: Job,
    dataset: DatasetName,
    target: ColumnName,
    build: Literal["auto", "quick", "standard"] = "auto",
    ignore: list[ColumnName] | None = None,
    predict_as: Literal["auto", "classes", "number"] = "auto",
) -> Outcome:
    """Build a machine-learning model that predicts one column from the others. Use it to train, fit or build a model.

    Args:
        dataset: The dataset to learn from.
        target: The column to predict.
        build: auto picks by size; quick takes seconds; standard takes about a minute and is a little better.
        ignore: Columns the model must not use.
        predict_as: auto decides from the values; classes or number where the person wants it otherwise.
    """
    version = job.workspace.version(dataset)
    left_aside = [column_named(version, name) for name in ignore or []]
    try:
        card = train(job, version, column_named(version, target), build, left_aside, predict_as=predict_as)
    except OnlyTextLeft as left:
        return _read(job, dataset, left.column, target, build)
    return Outcome(
        text=_told(card),
        metrics=metrics_of(card),
        values=card_values(card),
        artefacts=[Artefact(kind="model", name=card.name, path=str(folder_of(job.workspace, card)))],
    )


class OnlyTextLeft(ToolError):
    """A table of which only free text is left to learn from, which a text model reads."""

    def __init__(self, text: str, column: str) -> None:
        super().__init__(text)
        self.column = column


def _read(job: Job, dataset: str, column: str, target: str, build: str) -> Outcome:
    """A text model in place of one of a table, and why."""
    from tools.train_text import train_text_model

    made = train_text_model(job, dataset, column, target, build="quick" if build == "quick" else "standard")
    why = f"All that is left to predict {target} from is free text ({column}), so the model reads text."
    return made.model_copy(update={"text": f"{why} {made.text}"})


def train(
    job: Job,
    version: Version,
    target: str,
    build: Literal["auto", "quick", "standard"],
    ignore: list[str],
    *,
    predict_as: Literal["auto", "classes", "number"] = "auto",
    seconds: float | None = None,
) -> Card:
    """Check, split, fit and keep a model; `seconds` replaces the build's own time limit.

    Raises ToolError where the data can't be learned from, Stopped where the person stopped it.
    """
    job.progress(0.0, f"Checking {version.dataset}")
    problem = check(job.workspace, version, target, ignore, job.seed, predict_as)
    recipe = model_recipe(job.workspace, version)
    classes = problem.kind != "regression"
    with (
        building(job.workspace) as work,
        split_rows(job.workspace, recipe, target, classes=classes, seed=job.seed) as split,
    ):
        folder = work / "model"
        folder.mkdir()
        job.progress(0.02, "Preparing the rows")
        rows = write_parquet(split.cursor, split.prepared(TRAIN), work / "train.parquet", job.cancelled)
        write_parquet(split.cursor, split.prepared(HELD), folder / "holdout.parquet", job.cancelled)
        write_parquet(split.cursor, split.raw(), folder / ROWS, job.cancelled)
        write_parquet(split.cursor, split.background(target, job.seed), folder / BACKGROUND, job.cancelled)
        plan = plan_build(build, rows, len(version.columns), rarest=problem.rarest_rows, seconds=seconds)
        spec = FitSpec(
            problem=problem,
            train=work / "train.parquet",
            holdout=folder / "holdout.parquet",
            folder=folder / "predictor",
            plan=plan,
            seed=job.seed,
        )
        (folder / SPEC).write_text(spec.model_dump_json(indent=1), encoding="utf-8")
        result = _fit(job, spec)
        card = card_of(split, version, problem, plan.name, result)
        save(split.recipe, folder)
        return publish(job.workspace, folder, card)


def check(
    workspace: Workspace,
    version: Version,
    target: str,
    ignore: list[str],
    seed: int,
    predict_as: Literal["auto", "classes", "number"] = "auto",
) -> Problem:
    """What the version's rows pose as a problem; every check that needs no fit. Raises ToolError."""
    from automl.frames import as_frame

    sql = f"SELECT * FROM {identifier(version.ref)} WHERE {filled(identifier(target))}"
    if version.row_count > CHECKED_ROWS:
        sql += f" USING SAMPLE reservoir({CHECKED_ROWS} ROWS) REPEATABLE ({int(seed)})"
    with workspace.cursor() as cursor:
        frame = as_frame(cursor.execute(sql).to_arrow_table())
    try:
        found = detect(frame.drop(columns=[name for name in ignore if name != target]), target, wanted=predict_as)
    except OnlyText as error:
        raise OnlyTextLeft(str(error), error.column) from error
    except ProblemError as error:
        raise ToolError(str(error)) from error
    asked = {name: "you asked to leave it out" for name in ignore if name != target}
    return found.model_copy(update={"excluded": found.excluded | asked})


def _fit(job: Job, spec: FitSpec) -> FitResult:
    def progress(fraction: float, text: str) -> None:
        job.progress(0.05 + 0.93 * fraction, text)

    try:
        return fit_in_child(spec, progress=progress, cancelled=job.cancelled).result
    except TrainingCancelled as error:
        raise Stopped("The training was stopped; nothing was kept.") from error
    except TrainingFailed as error:
        raise ToolError(str(error)) from error


def card_of(
    split: Split,
    version: Version,
    problem: Problem,
    build: Literal["quick", "standard", "thorough"],
    result: FitResult,
) -> Card:
    """The card of a model that was fitted on a version's rows; `publish` gives it its name and date."""
    used = set(used_columns(split.recipe, [name for name in result.features if name in _outputs(split.recipe)]))
    target = problem.target
    inputs = tuple(column for column in split.recipe.columns if column.name != target)
    return Card(
        name=f"{version.dataset}_{target}",
        created="",
        dataset=version.ref,
        problem=problem,
        build=build,
        seconds=result.seconds,
        metric=result.metric,
        best=result.best,
        scores=result.scores,
        baseline=result.baseline,
        impact=result.impact,
        impact_intervals=result.impact_intervals,
        leaderboard=result.leaderboard,
        features=describe_features(split.cursor, TRAIN, inputs, used),
        model_columns=result.features,
        trained_rows=result.trained_rows,
        holdout_rows=result.holdout_rows,
        empty_target_rows=split.empty_target,
        sampled_out_rows=split.left_out,
        versions=result.versions,
    )


def _outputs(recipe: Recipe) -> set[str]:
    return {name for name, _ in recipe.output_schema}


def column_named(version: Version, name: str) -> str:
    """The column of that name, whatever its case. Raises ToolError with the nearest names where there is none."""
    for known in version.names:
        if known.casefold() == name.strip().casefold():
            return known
    raise ToolError(unknown("column", name, version.names))


def _told(card: Card) -> str:
    made = (
        f"Built the model '{card.name}' in {card.seconds:.0f} s from {card.trained_rows:,} rows of"
        f" {card.dataset.split('@')[0]}. It predicts {kind_words(card)}: {because(card)}."
    )
    return " ".join(filter(None, [made, headline(card), drivers(card), left_out(card), notes(card)]))


def card_values(card: Card) -> dict[str, Any]:
    """What programs and answers read from a model."""
    return {
        "model": card.name,
        "target": card.target,
        "problem": "forecast" if card.forecast else card.problem.kind,
        "reason": card.problem.reason,
        "classes": card.problem.classes,
        "positive": card.problem.positive,
        "dataset": card.dataset,
        "build": card.build,
        "seconds": card.seconds,
        "trained_rows": card.trained_rows,
        "holdout_rows": card.holdout_rows,
        "excluded": card.unused,
        "warnings": card.problem.warnings,
        "impact": card.impact,
        "features": [feature.model_dump() for feature in card.features],
    }


@tool(effect="read", group="model", title="List the models")
def list_models(job: Job) -> Outcome:
    """List the trained models of this project with what they predict and how good they are."""
    cards = model_cards(job.workspace)
    rows = [
        [
            card.name,
            card.target,
            "forecast" if card.forecast else card.problem.kind,
            card.dataset,
            *main_score(card),
            card.created,
        ]
        for card in cards
    ]
    text = f"{len(cards)} models: {listed([card.name for card in cards])}." if cards else "No model has been built yet."
    columns = ["model", "predicts", "problem", "trained on", "metric", "score", "created"]
    return Outcome(
        text=text.replace("1 models", "1 model"),
        table=TableData(columns=columns, rows=rows, row_count=len(rows)),
        values={"models": [card.name for card in cards]},
    )


def main_score(card: Card) -> tuple[str, float]:
    """The one number a model is known by."""
    if card.forecast:
        return next(
            (name, card.scores.metrics[name]) for name in ("mase", "wape", "mae") if name in card.scores.metrics
        )
    name = {"binary": "auc", "multiclass": "accuracy", "regression": "rmse"}[card.problem.kind]
    return (
        (name, card.scores.metrics[name])
        if name in card.scores.metrics
        else ("accuracy", card.scores.metrics["accuracy"])
    )

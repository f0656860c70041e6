"""Build models: checks, an honest split, the fit in a child process, and the folder that holds the result."""

from pathlib import Path

from automl.builds import Estimate, Made, estimate, plan_build
from automl.card import BuildFacts, Card
from automl.problem import OnlyReading, Problem, ProblemError
from automl.settings import Algorithm, Build, Metric, Settings, SplitBy, metric_name
from automl.tabular import FitResult, FitSpec
from automl.worker import Finished
from tools.dataset import Version
from tools.matching import used_columns
from tools.modelling.features import features_of
from tools.modelling.fitting import fit_or_keep
from tools.modelling.models import building, model_cards, outcome_of, publish
from tools.modelling.posed import OnlyReadingLeft, PredictAs, check, posed
from tools.modelling.preview import preview
from tools.modelling.settings import MORE, settings_of, undated, with_split
from tools.modelling.split import SPEC, Split, every_class_teaches, split_rows
from tools.modelling.suspects import Leaks, settled, still_learnable
from tools.modelling.words import built_words, card_values, main_score
from tools.moment import told_at
from tools.recipe import Recipe, model_recipe, save
from tools.tool import ColumnName, DatasetName, Job, Outcome, TableData, ToolError, tool
from tools.words import listed, meant

MODEL = "model"
"""The folder of a model while it is built."""


@tool(effect="train", group="model", title="Build a model that predicts {target}", more=MORE)
def train_model(
    job: Job,
    dataset: DatasetName,
    target: ColumnName,
    build: Build = "auto",
    ignore: list[ColumnName] | None = None,
    predict_as: PredictAs = "auto",
    metric: Metric = "auto",
    only: list[ColumnName] | None = None,
    keep: list[ColumnName] | None = None,
    leaks: Leaks = "ask",
    algorithms: list[Algorithm] | None = None,
    split: SplitBy = "auto",
    split_column: ColumnName | None = None,
    holdout: float = 0.2,
    folds: int | None = None,
    balance: bool = False,
    seconds: float | None = None,
    memory_gb: float | None = None,
    seed: int = 0,
) -> Outcome:
    """Build a machine-learning model that predicts one column from the others. Use it to train, fit or build a model.

    Args:
        dataset: The dataset to learn from.
        target: The column to predict.
        build: auto picks by size; preview measures on a sample in seconds and keeps no model; quick takes seconds;
            standard takes about a minute and is a little better; thorough takes the time it is given.
        ignore: Columns the model must not use.
        predict_as: auto decides from the values; classes or number where the person wants it otherwise.
        metric: What the model shall be best at; auto takes AUC for two classes, log loss for more, RMSE for numbers.
        only: The only columns the model may use.
        keep: Columns to use although they look like names of rows or may give the answer away.
        leaks: What to do with columns that may give the answer away: ask, leave_out or keep.
        algorithms: The families of models to try; the build's own when left out.
        split: How rows are set aside to measure: random, stratified (alike in every class), time (the latest), group.
        split_column: The dates of a split by time, or the key whose rows stay together in a split by group.
        holdout: The share of rows that measure the model and never teach it, 0.05 to 0.5.
        folds: How many parts of the rows take turns in choosing among models; 0 for one part only.
        balance: Whether every class weighs alike, however rare it is.
        seconds: The time the training may take.
        memory_gb: The memory the training may hold.
        seed: Another number draws other rows by chance.
    """
    version = job.workspace.version(dataset)
    settings = settings_of(
        {
            "build": build,
            "metric": metric,
            "algorithms": algorithms and tuple(algorithms),
            "folds": folds,
            "split": split,
            "split_column": split_column and meant("column", split_column, version.names),
            "holdout": holdout,
            "seconds": seconds,
            "memory_gb": memory_gb,
            "seed": seed or job.seed,
            "balance": balance,
        }
    )
    goal = meant("column", target, version.names)
    kept = [meant("column", name, version.names) for name in keep or []]
    left_aside = _left_aside(version, goal, ignore or [], only)
    try:
        found, version, read = posed(job, version, goal, left_aside, settings, predict_as)
    except OnlyReadingLeft as left:
        return _read(job, dataset, left.problem, target, build)
    problem = settled(job, found, leaks, kept)
    if build == "preview":
        return preview(job, version, problem, settings)
    card = train(job, version, goal, settings, left_aside, problem=problem)
    return outcome_of(job.workspace, card, "\n".join(filter(None, [built_words(card), read])), card_values(card))


def _read(job: Job, dataset: str, problem: OnlyReading, target: str, build: str) -> Outcome:
    """A model of texts or pictures in place of one of a table, and why."""
    from tools.train_image import train_image_model
    from tools.train_text import train_text_model

    if problem.what == "image":
        made = train_image_model(job, dataset, target, problem.column)
        why = f"All that is left to predict {target} from are pictures ({problem.column}), so the model looks at them."
    else:
        made = train_text_model(job, dataset, problem.column, target, build="quick" if build == "quick" else "standard")
        why = f"All that is left to predict {target} from is free text ({problem.column}), so the model reads text."
    return made.model_copy(update={"text": f"{why} {made.text}"})


def _left_aside(version: Version, target: str, ignore: list[str], only: list[str] | None) -> list[str]:
    """The columns that the person does not want used, by naming them or by naming all others."""
    gone = [meant("column", name, version.names) for name in ignore]
    if only:
        wanted = {meant("column", name, version.names) for name in only} | {target}
        gone += [name for name in version.names if name not in wanted and name not in gone]
    return [name for name in gone if name != target]


def train(
    job: Job,
    version: Version,
    target: str,
    settings: Settings | Build,
    ignore: list[str],
    *,
    predict_as: PredictAs = "auto",
    problem: Problem | None = None,
) -> Card:
    """Check, split, fit and keep a model. `problem` is what a check found, where one was made already.

    Raises ToolError where the data can't be learned from, Stopped where the person stopped it.
    """
    job.progress(0.0, f"Checking {version.dataset}")
    asked = settings if isinstance(settings, Settings) else Settings(build=settings, seed=job.seed)
    if problem is None:
        found = check(job.workspace, version, target, ignore, asked.seed, predict_as, asked.split)
        problem = settled(job, found, "leave_out", ())
    still_learnable(problem, version.names)
    metric = _metric(asked, problem)
    classes = problem.kind != "regression"
    asked = with_split(asked, job.workspace, version, classes=classes, target=target)
    late = undated(job.workspace, version, asked, target)
    problem = problem.model_copy(update={"warnings": [*problem.warnings, *late]})
    if (made := _made_by_killed(job, version, target, asked)) is not None:
        return made
    recipe = model_recipe(job.workspace, version)
    with (
        building(job.workspace) as work,
        split_rows(job.workspace, recipe, target, classes=classes, seed=asked.seed, settings=asked) as split,
    ):
        spec, thought = _prepared(job, version, problem, split, work, asked, metric)
        finished, stopped = fit_or_keep(job, spec)
        facts = _facts(job, asked, thought, finished, stopped)
        card = card_of(split, version, problem, spec.plan.name, finished.result).model_copy(update={"built": facts})
        save(split.recipe, work / MODEL)
        return publish(job.workspace, work / MODEL, card)


def _prepared(
    job: Job, version: Version, problem: Problem, split: Split, work: Path, asked: Settings, metric: str
) -> tuple[FitSpec, Estimate]:
    """The rows on disk with what the child process is to fit, and what that will about cost."""
    job.progress(0.02, "Preparing the rows")
    folder = work / MODEL
    if split.folded and problem.classes:
        every_class_teaches(split, problem.classes, asked)
    rows = split.write(work / "train.parquet", folder, problem.target, asked.seed, job.cancelled)
    plan = plan_build(asked, rows, len(version.columns), rarest=problem.rarest_rows, classes=len(problem.classes))
    spec = FitSpec(
        problem=problem,
        train=work / "train.parquet",
        holdout=folder / "holdout.parquet",
        folder=folder / "predictor",
        plan=plan,
        metric=metric,
        balance=asked.balance,
        seed=asked.seed,
    )
    (folder / SPEC).write_text(spec.model_dump_json(indent=1), encoding="utf-8")
    thought = estimate(asked.model_copy(update={"build": plan.name}), rows, len(version.columns), len(problem.classes))
    job.progress(0.04, f"Learning from {rows:,} rows: {thought}")
    return spec, thought


def _facts(job: Job, asked: Settings, thought: Estimate, finished: Finished[FitResult], stopped: str) -> BuildFacts:
    """What was asked of a build, what it was thought to cost, and what it took."""
    return BuildFacts(
        settings=asked,
        thought_seconds=thought.seconds,
        thought_mb=thought.memory_mb,
        seconds=finished.seconds,
        peak_mb=finished.peak_mb,
        stopped=stopped,
        final=finished.result.final,
        measured=finished.result.best,
        run=job.run,
    )


def _made_by_killed(job: Job, version: Version, target: str, asked: Settings) -> Card | None:
    """The model that this request built already, before a kill came between its end and the note of it."""
    same = (job.run, version.ref, target, asked)
    cards = model_cards(job.workspace) if job.run else []
    known = ((card, (card.built.run, card.dataset, card.target, card.built.settings)) for card in cards)
    return next((card for card, what in known if what == same), None)


def _metric(settings: Settings, problem: Problem) -> str:
    try:
        return metric_name(settings.metric, problem.kind)
    except ProblemError as error:
        raise ToolError(str(error)) from error


def card_of(split: Split, version: Version, problem: Problem, build: Made, result: FitResult) -> Card:
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
        features=features_of(split, inputs, used),
        model_columns=result.features,
        trained_rows=result.trained_rows,
        holdout_rows=result.holdout_rows,
        empty_target_rows=split.empty_target,
        sampled_out_rows=split.left_out,
        versions=result.versions,
    )


def _outputs(recipe: Recipe) -> set[str]:
    return {name for name, _ in recipe.output_schema}


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
            told_at(card.created),
        ]
        for card in cards
    ]
    text = f"{len(cards)} models: {listed([card.name for card in cards])}." if cards else "No model has been built yet."
    columns = ["model", "predicts", "problem", "trained on", "metric", "score", "created"]
    return Outcome(
        text=text.replace("1 models", "1 model"),
        table=TableData(columns=columns, rows=rows, row_count=len(rows), words=["problem"]),
        values={"models": [card.name for card in cards]},
    )

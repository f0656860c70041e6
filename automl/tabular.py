"""Fit on a table and measure the model on rows that training never saw. Runs inside the worker's child process."""

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from automl.builds import BuildPlan, Progress
from automl.evaluation import evaluate, write_evaluation
from automl.final import FOLDER as FINAL
from automl.final import fit_final
from automl.frames import as_frame, labels
from automl.impact import impact_of
from automl.intervals import RESAMPLES, Interval, rounded
from automl.lean import make_lean
from automl.metrics import Scores, naive_scores, score
from automl.problem import Problem, ProblemError
from automl.validation import save_validation
from automl.versions import library_versions

if TYPE_CHECKING:
    import pandas as pd

METRICS = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "root_mean_squared_error"}
KEPT = "kept.pkl"
"""What was finished, beside AutoGluon's own file of it, which a kill may leave torn."""
FOLD = "__fold"
"""A column of the training rows that says which of them take turns together, where chance shall not."""

FeatureKind = Literal["number", "text", "date"]


class FitSpec(BaseModel):
    """Everything the child process needs, in one JSON file."""

    model_config = ConfigDict(frozen=True)
    problem: Problem
    train: Path
    holdout: Path
    folder: Path
    """Where the predictor is written; must not exist."""
    plan: BuildPlan
    metric: str = ""
    """AutoGluon's name of what the build makes as good as it can; empty for the problem's own."""
    balance: bool = False
    """Whether every class weighs alike."""
    final: bool = True
    """Whether the best candidate is fitted once more on all rows, to predict."""
    seed: int = 0

    @property
    def aim(self) -> str:
        return self.metric or METRICS[self.problem.kind]


class Candidate(BaseModel):
    """One line of the leaderboard."""

    model: str
    score: float
    """On the holdout, in the build's metric, where higher is better."""
    seconds: float


class FitResult(BaseModel):
    """What the child process found."""

    scores: Scores
    baseline: Scores
    impact: dict[str, float]
    """Column -> share of the total impact (0-1), largest first; empty where shuffling no column made a difference."""
    impact_intervals: dict[str, Interval] = {}
    leaderboard: list[Candidate]
    best: str
    metric: str
    features: dict[str, FeatureKind]
    trained_rows: int
    holdout_rows: int
    seconds: float
    versions: dict[str, str]
    final: str = ""
    """What predicts: the best candidate's name after it was fitted on all rows; empty where it was not."""


def fit(spec: FitSpec, report: Progress) -> FitResult:
    """Fit, keep every candidate on disk without what only fitting needs, and measure the best one."""
    started = time.monotonic()
    report(0.03, "Loading the machine-learning library")
    from autogluon.tabular.predictor import predictor as predictors

    from automl.watch import Watch

    make_lean(predictors)
    train, holdout = _rows(spec, spec.train, fold=True), _rows(spec, spec.holdout)
    problem, target = spec.problem, spec.problem.target
    teaching, choosing = _validation(spec, train)
    predictor = predictors.TabularPredictor(
        label=target,
        problem_type=problem.kind,
        eval_metric=spec.aim,
        path=str(spec.folder),
        verbosity=0,
        positive_class=problem.positive,
        sample_weight="balance_weight" if spec.balance and problem.kind != "regression" else None,
        groups=FOLD if FOLD in teaching else None,
        learner_kwargs={"random_state": spec.seed}
        | ({"label_count_threshold": 2} if problem.kind == "multiclass" else {}),
        log_to_file=False,
    )
    predictor.fit(
        teaching,
        tuning_data=choosing,
        time_limit=spec.plan.seconds,
        callbacks=[Watch(report, spec.plan, spec.aim)],
        presets=None,
        num_cpus="auto",
        num_gpus=0,
        raise_on_no_models_fitted=True,
        **spec.plan.settings,
    )
    keep_trainer(predictor._trainer)
    return _measured(spec, predictor, train, holdout, started, report)


def keep(spec: FitSpec, report: Progress) -> FitResult:
    """Make a model of what a fit had finished when it was ended, and measure it.

    Raises ProblemError where it had not finished any.
    """
    started = time.monotonic()
    shutil.rmtree(spec.folder.parent / FINAL, ignore_errors=True)
    from autogluon.tabular.predictor import predictor as predictors

    make_lean(predictors)
    train, holdout = _rows(spec, spec.train), _rows(spec, spec.holdout)
    models = spec.folder / "models"
    shutil.copyfile(models / KEPT, models / "trainer.pkl")
    predictor = predictors.TabularPredictor.load(str(spec.folder), verbosity=0, check_packages=False)
    predictor._trainer.reset_callbacks()  # those of the ended fit; no public name does it
    names = predictor.model_names()
    if not names:
        raise ProblemError("no candidate was finished")
    if len(names) > 1 and not any(name.startswith("WeightedEnsemble") for name in names):
        predictor.fit_weighted_ensemble()
    if not predictor.model_names(can_infer=True):
        predictor.refit_full(model="best", set_best_to_refit_full=True)
    return _measured(spec.model_copy(update={"final": False}), predictor, train, holdout, started, report)


def keep_trainer(trainer: Any) -> None:
    """Put a copy of the trainer beside it, so that what is finished can be loaded whenever the process is killed.

    AutoGluon writes its own file in place: a kill leaves it torn.
    """
    trainer.save()
    own = Path(trainer.path) / "trainer.pkl"
    made = own.with_name("kept.tmp")
    shutil.copyfile(own, made)
    made.replace(own.with_name(KEPT))


def candidates_in(folder: Path) -> int:
    """How many candidates a fit has finished in its predictor's folder."""
    models = folder / "models"
    return len(list(models.glob("*/model.pkl"))) if (models / KEPT).is_file() else 0


def _measured(
    spec: FitSpec,
    predictor: Any,
    train: "pd.DataFrame",
    holdout: "pd.DataFrame",
    started: float,
    report: Progress,
) -> FitResult:
    """The scores of the best candidate and the place of the others; what only fitting needs is removed."""
    problem, target = spec.problem, spec.problem.target
    report(0.8, "Measuring the model on rows it never saw")
    _without_mix_of_one(predictor)
    leaderboard = _leaderboard(predictor, holdout)
    best = predictor.model_best
    save_validation(predictor, problem, spec.folder.parent, spec.seed)
    final = ""
    if spec.final:
        report(0.85, "Fitting the best candidate once more, on all rows")
        final = fit_final(predictor, best, holdout, spec.folder.parent / FINAL)
    probabilities = None if problem.kind == "regression" else predictor.predict_proba(holdout)
    predicted = predictor.predict(holdout) if probabilities is None else probabilities.idxmax(axis=1)
    scores = score(problem, holdout[target], predicted, probabilities, resamples=RESAMPLES, seed=spec.seed)
    write_evaluation(evaluate(problem, holdout[target], predicted, probabilities), spec.folder.parent)
    report(0.88, "Finding out which columns matter")
    impact = impact_of(predictor, predictor.model_best, holdout, spec.seed)
    predictor.save_space()
    (spec.folder / "models" / KEPT).unlink()
    return FitResult(
        scores=scores,
        baseline=naive_scores(problem, train[target], holdout[target]),
        impact=impact.shares,
        impact_intervals=impact.intervals,
        leaderboard=leaderboard,
        best=predictor.model_best,
        metric=spec.aim,
        features={name: feature_kind(train[name]) for name in predictor.features()},
        trained_rows=len(train),
        holdout_rows=len(holdout),
        seconds=round(time.monotonic() - started, 1),
        versions=library_versions(),
        final=final,
    )


def feature_kind(column: "pd.Series[Any]") -> FeatureKind:
    """What a column of a frame from `as_frame` holds."""
    kinds: dict[str, FeatureKind] = {"f": "number", "M": "date"}
    return kinds.get(column.dtype.kind, "text")


def _validation(spec: FitSpec, train: "pd.DataFrame") -> "tuple[pd.DataFrame, pd.DataFrame | None]":
    """The rows to fit on and those to choose by, where the rows know their fold; AutoGluon chooses by chance otherwise.

    In a build with folds the rows keep their fold; in one without, the last of them chooses.
    """
    if FOLD not in train:
        return train, None
    if train[FOLD].nunique() < 2:
        return train.drop(columns=FOLD), None
    if "num_bag_folds" in spec.plan.settings:
        return train, None
    last = train[FOLD] == train[FOLD].max()
    bare = train.drop(columns=FOLD)
    return bare[~last], bare[last]


def _rows(spec: FitSpec, path: Path, *, fold: bool = False) -> "pd.DataFrame":
    """The columns a model may use and the target, as class names or numbers, without rows it can't use."""
    import pyarrow.parquet

    parquet: Any = pyarrow.parquet
    problem = spec.problem
    names = [
        name for name in parquet.read_schema(path).names if name not in problem.excluded and (fold or name != FOLD)
    ]
    frame = as_frame(parquet.read_table(path, columns=names))
    if problem.kind != "regression":
        frame[problem.target] = labels(frame[problem.target])
        frame = frame[frame[problem.target].isin(problem.classes)]
    return frame[frame[problem.target].notna()].reset_index(drop=True)


def _without_mix_of_one(predictor: Any) -> None:
    """Remove a mix that took one candidate alone, such as the one that was finished in time: it is that candidate."""
    graph, best = predictor._trainer.model_graph, predictor.model_best  # no public name tells the members cheaply
    members = {name: list(graph.predecessors(name)) for name in graph if name.startswith("WeightedEnsemble")}
    alone = {name: own[0] for name, own in members.items() if len(own) == 1}
    if alone:
        predictor.delete_models(models_to_delete=list(alone), dry_run=False)
        predictor.set_model_best(alone.get(best, best), save_trainer=True)
        keep_trainer(predictor._trainer)


def _leaderboard(predictor: Any, holdout: "pd.DataFrame") -> list[Candidate]:
    """The candidates that can answer, the best first."""
    board = predictor.leaderboard(holdout, silent=True, display=False).to_dict("records")
    return [
        Candidate(model=row["model"], score=rounded(row["score_test"]), seconds=round(float(row["fit_time"]), 2))
        for row in board
        if row["score_test"] == row["score_test"]
    ]

"""Fit on a table and measure the model on rows that training never saw. Runs inside the worker's child process."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from automl.builds import BuildPlan, Progress
from automl.evaluation import evaluate, write_evaluation
from automl.frames import as_frame, labels
from automl.impact import impact_of
from automl.intervals import RESAMPLES, Interval
from automl.metrics import Scores, naive_scores, score
from automl.problem import Problem
from automl.validation import save_validation

if TYPE_CHECKING:
    import pandas as pd

METRICS = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "root_mean_squared_error"}


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
    seed: int = 0


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


def fit(spec: FitSpec, report: Progress) -> FitResult:
    """Fit, keep every candidate on disk without what only fitting needs, and measure the best one."""
    started = time.monotonic()
    report(0.03, "Loading the machine-learning library")
    from autogluon.tabular import TabularPredictor

    from automl.watch import Watch

    train, holdout = _rows(spec, spec.train), _rows(spec, spec.holdout)
    problem, target = spec.problem, spec.problem.target
    predictor = TabularPredictor(
        label=target,
        problem_type=problem.kind,
        eval_metric=METRICS[problem.kind],
        path=str(spec.folder),
        verbosity=0,
        positive_class=problem.positive,
        learner_kwargs={"label_count_threshold": 2} if problem.kind == "multiclass" else {},
        log_to_file=False,
    )
    predictor.fit(
        train,
        time_limit=spec.plan.seconds,
        callbacks=[Watch(report, problem.kind, spec.plan)],
        presets=None,
        num_cpus="auto",
        num_gpus=0,
        raise_on_no_models_fitted=True,
        **spec.plan.settings,
    )
    report(0.8, "Measuring the model on rows it never saw")
    leaderboard = _leaderboard(predictor, holdout)
    save_validation(predictor, problem, spec.folder.parent, spec.seed)
    predictor.save_space()
    probabilities = None if problem.kind == "regression" else predictor.predict_proba(holdout)
    predicted = predictor.predict(holdout) if probabilities is None else probabilities.idxmax(axis=1)
    scores = score(problem, holdout[target], predicted, probabilities, resamples=RESAMPLES, seed=spec.seed)
    write_evaluation(evaluate(problem, holdout[target], predicted, probabilities), spec.folder.parent)
    report(0.88, "Finding out which columns matter")
    impact = impact_of(predictor, predictor.model_best, holdout, spec.seed)
    return FitResult(
        scores=scores,
        baseline=naive_scores(problem, train[target], holdout[target]),
        impact=impact.shares,
        impact_intervals=impact.intervals,
        leaderboard=leaderboard,
        best=predictor.model_best,
        metric=METRICS[problem.kind],
        features={name: feature_kind(train[name]) for name in predictor.features()},
        trained_rows=len(train),
        holdout_rows=len(holdout),
        seconds=round(time.monotonic() - started, 1),
        versions=library_versions(),
    )


def feature_kind(column: "pd.Series[Any]") -> FeatureKind:
    """What a column of a frame from `as_frame` holds."""
    kinds: dict[str, FeatureKind] = {"f": "number", "M": "date"}
    return kinds.get(column.dtype.kind, "text")


def library_versions() -> dict[str, str]:
    """The libraries a saved predictor depends on."""
    import platform
    from importlib.metadata import version

    packages = ("autogluon.tabular", "scikit-learn", "lightgbm", "catboost", "pandas", "numpy")
    return {"python": ".".join(platform.python_version_tuple()[:2]), **{name: version(name) for name in packages}}


def _rows(spec: FitSpec, path: Path) -> "pd.DataFrame":
    """The columns a model may use and the target, as class names or numbers, without rows it can't use."""
    import pyarrow.parquet

    parquet: Any = pyarrow.parquet
    problem = spec.problem
    names = [
        name for name in parquet.read_schema(path).names if name not in problem.excluded and not name.startswith("__")
    ]
    frame = as_frame(parquet.read_table(path, columns=names))
    if problem.kind != "regression":
        frame[problem.target] = labels(frame[problem.target])
        frame = frame[frame[problem.target].isin(problem.classes)]
    return frame[frame[problem.target].notna()].reset_index(drop=True)


def _leaderboard(predictor: Any, holdout: "pd.DataFrame") -> list[Candidate]:
    board = predictor.leaderboard(holdout, silent=True, display=False)
    return [
        Candidate(
            model=row["model"], score=round(float(row["score_test"]), 6), seconds=round(float(row["fit_time"]), 2)
        )
        for row in board.to_dict("records")
        if row["score_test"] == row["score_test"]
    ]

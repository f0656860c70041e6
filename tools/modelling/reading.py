"""The way of a model that reads one column, texts or pictures, from a checked dataset to its folder."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

from pydantic import BaseModel

from automl.card import BuildFacts, Card
from automl.problem import MAX_CODES, Problem, ProblemError, detect
from automl.tabular import FitResult
from automl.worker import Fit
from tools.dataset import Version
from tools.modelling.fitting import fit_whole
from tools.modelling.models import building, publish
from tools.modelling.preview import checked_rows
from tools.modelling.split import split_rows
from tools.recipe import model_recipe, save
from tools.tool import Job, ToolError
from tools.train import card_of
from tools.workspace import Workspace

Result = TypeVar("Result", bound=FitResult)
SpecOf = Callable[[Mapping[str, Any]], BaseModel]
"""Makes a fit's spec from what they all have: problem, column, train, holdout, folder, seed."""


def check_reading(workspace: Workspace, version: Version, column: str, target: str, seed: int, what: str) -> Problem:
    """What a column and its classes pose as a problem. Raises ToolError where no model can read `what` from it."""
    if column == target:
        raise ToolError(f"'{column}' can't be both the {what} and what is predicted. Choose another target.")
    if not next(one for one in version.columns if one.name == column).is_text:
        raise ToolError(f"'{column}' holds no text. Name the column with the {what}, or use train_model for tables.")
    frame = checked_rows(workspace, version, target, seed)[[column, target]]
    try:
        problem = detect(frame, target, reads=column)
        if problem.kind == "regression" and frame[target].nunique() <= MAX_CODES:
            few = f"a model that reads {what} predicts classes, and it has {frame[target].nunique()} different numbers"
            problem = detect(frame, target, wanted="classes", reads=column).model_copy(update={"reason": few})
    except ProblemError as error:
        raise ToolError(str(error)) from error
    if problem.kind == "regression":
        raise ToolError(
            f"'{target}' is a number ({problem.reason}), and a model that reads {what} predicts classes. Cut it into"
            " groups with bin_column first."
        )
    return problem


def build_reader(
    job: Job,
    version: Version,
    problem: Problem,
    column: str,
    build: Literal["quick", "standard", "thorough"],
    fit: Fit,
    spec_of: SpecOf,
    result: type[Result],
    deadline: float,
    told: Callable[[Result], Mapping[str, Any]],
) -> Card:
    """Split, fit in a child process, keep. `told` makes the card's own fields of the result.

    Raises ToolError where nothing could be fitted, Stopped where the person stopped it.
    """
    recipe, target = model_recipe(job.workspace, version), problem.target
    with (
        building(job.workspace) as work,
        split_rows(job.workspace, recipe, target, classes=True, seed=job.seed) as split,
    ):
        job.progress(0.02, "Preparing the rows")
        folder = work / "model"
        split.write(work / "train.parquet", folder, target, job.seed, job.cancelled)
        shared = {
            "problem": problem,
            "column": column,
            "train": work / "train.parquet",
            "holdout": folder / "holdout.parquet",
            "folder": folder / "predictor",
            "seed": job.seed,
        }
        finished = fit_whole(job, fit, spec_of(shared), result, work, deadline, keeps=True)
        found = finished.result
        others = {name: f"the model reads {column} only" for name in version.names if name not in (column, target)}
        card = card_of(split, version, problem.model_copy(update={"excluded": others}), build, found)
        save(split.recipe, folder)
        facts = BuildFacts(seconds=finished.seconds, peak_mb=finished.peak_mb, stopped=finished.stopped)
        # Every text and picture may be new: those of few training rows are no categories.
        read = [one.model_copy(update={"categories": []}) if one.name == column else one for one in card.features]
        return publish(job.workspace, folder, card.model_copy(update={"features": read, "built": facts, **told(found)}))

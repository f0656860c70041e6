"""A preview: what a model would about score, from a sample and in seconds, before anybody waits for a build."""

from typing import TYPE_CHECKING

from automl.builds import estimate
from automl.problem import Problem
from automl.settings import Settings
from tools.dataset import Version
from tools.modelling.parts import filled
from tools.modelling.words import number, percent
from tools.tool import Job, Outcome, TableData
from tools.words import identifier
from tools.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

CHECKED_ROWS = 200_000
"""The checks before a fit look at a sample of this many rows at most."""


def checked_rows(workspace: Workspace, version: Version, target: str, seed: int) -> "pd.DataFrame":
    """The rows with a target, or a sample of them."""
    from automl.frames import as_frame

    sql = f"SELECT * FROM {identifier(version.ref)} WHERE {filled(identifier(target))}"
    if version.row_count > CHECKED_ROWS:
        sql += f" USING SAMPLE reservoir({CHECKED_ROWS} ROWS) REPEATABLE ({int(seed)})"
    with workspace.cursor() as cursor:
        return as_frame(cursor.execute(sql).to_arrow_table())


def preview(job: Job, version: Version, problem: Problem, settings: Settings) -> Outcome:
    """The scores of a model of seconds on a fifth of a sample, and what the builds would cost. No model is kept."""
    from automl.power import quick_model

    job.progress(0.1, "Trying a small model on a sample")
    frame = checked_rows(job.workspace, version, problem.target, settings.seed)
    tried = quick_model(frame, problem, seed=settings.seed)
    mine, guess = tried.scores.metrics, tried.naive.metrics
    if problem.kind == "regression":
        score = (
            f"a small model is off by {number(mine['mae'])} on average; always answering the average is off by"
            f" {number(guess['mae'])}"
        )
    else:
        auc = f" (AUC {mine['auc']:.2f})" if "auc" in mine else ""
        score = (
            f"a small model is right for {percent(mine['accuracy'])}{auc}; always answering '{problem.classes[0]}' is"
            f" right for {percent(guess['accuracy'])}"
        )
    rows, columns = version.row_count, len(version.columns)
    costs = {
        name: estimate(settings.model_copy(update={"build": name}), rows, columns, len(problem.classes))
        for name in ("quick", "standard")
    }
    heeded = "".join(f" {one}" for one in problem.warnings)
    told = f"A quick build takes {costs['quick']}, a standard one {costs['standard']}; both are usually better."
    return Outcome(
        text=(
            f"Preview of a model that predicts {problem.target}, from {tried.trained_rows:,} rows: on"
            f" {tried.tested_rows:,} others {score}. {told}{heeded}"
        ),
        table=TableData(
            columns=["metric", "preview", "simplest guess"],
            rows=[[name, value, guess.get(name)] for name, value in mine.items()],
        ),
        metrics=mine | {f"baseline_{name}": value for name, value in guess.items()},
        values={
            "target": problem.target,
            "problem": problem.kind,
            "preview": True,
            "trained_rows": tried.trained_rows,
            "excluded": problem.excluded,
            "warnings": problem.warnings,
        },
    )

"""Fits in a child process, as steps: their progress, and what is left where they are stopped or go past their limits.

Of a table the candidates that were finished by then are kept, of series, texts and pictures the best way that was tried.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from automl.tabular import FitResult, FitSpec, candidates_in
from automl.worker import Finished, Fit, TrainingCancelled, TrainingEnded, TrainingFailed, fit_in_child, run_in_child
from tools.tool import Job, Stopped, ToolError

Result = TypeVar("Result", bound=BaseModel)
DONE = 0.98
"""The share of a step that is done when its fit is."""


def fit_whole(
    job: Job,
    fit: Fit,
    spec: BaseModel,
    result: type[Result],
    folder: Path,
    deadline: float,
    *,
    what: str = "training",
    begun: float = 0.05,
    keeps: bool = False,
) -> Finished[Result]:
    """What the fit found; one that `keeps` ends a stop with the best of what was tried by then.

    Raises Stopped where the person stopped it and nothing is kept, ToolError where nothing could be fitted.
    """
    try:
        return run_in_child(
            fit,
            spec,
            result,
            folder=folder,
            progress=_beyond_a_stop(job, begun) if keeps else _within(job, begun),
            cancelled=job.cancelled,
            deadline=deadline,
            dropped=job.dropped if keeps else None,
        )
    except TrainingCancelled as error:
        raise Stopped(f"The {what} was stopped; nothing was kept.") from error
    except TrainingFailed as error:
        raise ToolError(str(error)) from error


def _within(job: Job, begun: float) -> Callable[[float, str], None]:
    """The progress of a fit as the part of the step's that begins there."""
    return lambda fraction, text: job.progress(begun + (DONE - begun) * fraction, text)


def _beyond_a_stop(job: Job, begun: float) -> Callable[[float, str], None]:
    """The same, also after a stop."""

    def report(fraction: float, text: str) -> None:
        share = begun + (DONE - begun) * fraction
        try:
            (job.after_stop if job.cancelled() else job.progress)(share, text)
        except Stopped:  # it came just now
            job.after_stop(share, text)

    return report


def fit_or_keep(job: Job, spec: FitSpec) -> tuple[Finished[FitResult], str]:
    """What the fit found, and why it ended early where it did: candidates that were finished by then are kept."""
    try:
        return fit_in_child(spec, progress=_within(job, 0.05), cancelled=job.cancelled), ""
    except (TrainingCancelled, Stopped) as error:
        nothing: Exception = Stopped("The training was stopped; nothing was kept.")
        nothing.__cause__ = error
        why = "you stopped it"
    except TrainingEnded as error:
        nothing, why = ToolError(str(error)), f"it was stopped {error.why}"
    except TrainingFailed as error:
        raise ToolError(str(error)) from error
    if not candidates_in(spec.folder):
        raise nothing
    job.after_stop(0.9, "Keeping what is finished")
    try:
        return fit_in_child(spec, progress=job.after_stop, cancelled=job.dropped, fit="automl.tabular:keep"), why
    except (TrainingCancelled, TrainingFailed):
        raise nothing from None

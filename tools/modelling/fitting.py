"""A fit that is stopped, or goes past its time or its memory, is not lost: the candidates it had finished are kept."""

from automl.tabular import FitResult, FitSpec, candidates_in
from automl.worker import Finished, TrainingCancelled, TrainingEnded, TrainingFailed, fit_in_child
from tools.tool import Job, Stopped, ToolError


def fit_or_keep(job: Job, spec: FitSpec) -> tuple[Finished[FitResult], str]:
    """What the fit found, and why it ended early where it did: candidates that were finished by then are kept."""

    def progress(fraction: float, text: str) -> None:
        job.progress(0.05 + 0.93 * fraction, text)

    try:
        return fit_in_child(spec, progress=progress, cancelled=job.cancelled), ""
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

"""The problem that the rows of a version pose: every check that needs no fit, with numbers written as text read as such."""

from typing import Literal

from automl.problem import OnlyReading, Problem, ProblemError, detect
from automl.settings import Settings, SplitBy
from automl.shift import shift
from tools.dataset import Version
from tools.modelling.numbers import as_numbers, numbers_as_text
from tools.modelling.preview import checked_rows
from tools.tool import Job, ToolError
from tools.workspace import Workspace

PredictAs = Literal["auto", "classes", "number"]


class OnlyReadingLeft(ToolError):
    """A table of which only free text or pictures are left to learn from, which another kind of model reads."""

    def __init__(self, problem: OnlyReading) -> None:
        super().__init__(str(problem))
        self.problem = problem


def posed(
    job: Job, version: Version, target: str, ignore: list[str], settings: Settings, predict_as: PredictAs
) -> tuple[Problem, Version, str]:
    """The problem that the rows pose, with numbers that are written as text made numbers in a new version, and what was read so.

    Raises ToolError, OnlyReadingLeft where a table's model has nothing to learn from.
    """
    found = check(job.workspace, version, target, ignore, settings.seed, predict_as, settings.split)
    texts = numbers_as_text(found)
    if not texts:
        return found, version, ""
    version, read = as_numbers(job, version, texts)
    return check(job.workspace, version, target, ignore, settings.seed, predict_as, settings.split), version, read


def check(
    workspace: Workspace,
    version: Version,
    target: str,
    ignore: list[str],
    seed: int,
    predict_as: PredictAs = "auto",
    split: SplitBy = "auto",
) -> Problem:
    """What the version's rows pose as a problem; every check that needs no fit. Raises ToolError."""
    frame = checked_rows(workspace, version, target, seed)
    try:
        found = detect(frame.drop(columns=[name for name in ignore if name != target]), target, wanted=predict_as)
    except OnlyReading as error:
        raise OnlyReadingLeft(error) from error
    except ProblemError as error:
        raise ToolError(str(error)) from error
    asked = {name: "you asked to leave it out" for name in ignore if name != target}
    found = found.model_copy(update={"excluded": found.excluded | asked})
    changes = shift(frame, found) if split != "time" else ""
    return found.model_copy(update={"warnings": [*found.warnings, *filter(None, [changes])]})

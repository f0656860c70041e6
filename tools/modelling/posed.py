"""The problem that the rows of a version pose: every check that needs no fit, with numbers written as text read as such and one spelling for each class."""

from typing import Literal

from automl.copies import copies
from automl.problem import NumbersAsText, OnlyReading, Problem, ProblemError, detect
from automl.settings import Settings, SplitBy
from automl.shift import shift
from tools.dataset import Version
from tools.modelling.answers import one_spelling
from tools.modelling.numbers import as_numbers, numbers_as_text
from tools.modelling.preview import CHECKED_ROWS, checked_rows
from tools.modelling.words import ASIDE
from tools.tool import Job, ToolError
from tools.transform import column_of
from tools.workspace import Workspace

PredictAs = Literal["auto", "classes", "number"]


class OnlyReadingLeft(ToolError):
    """A table of which only free text or pictures are left to learn from, which another kind of model reads."""

    def __init__(self, problem: OnlyReading) -> None:
        super().__init__(str(problem))
        self.problem = problem


class TargetAsText(ToolError):
    """A target of numbers that a file wrote as text, which can be read as numbers before a build."""


def posed(
    job: Job, version: Version, target: str, ignore: list[str], settings: Settings, predict_as: PredictAs
) -> tuple[Problem, Version, str]:
    """The problem that the rows pose, and what was read anew in new versions for it: classes spelt in several ways, numbers as text.

    Raises ToolError, OnlyReadingLeft where a table's model has nothing to learn from.
    """
    version, spelt = one_spelling(job, version, target)
    said = [spelt]
    try:
        found = check(job.workspace, version, target, ignore, settings.seed, predict_as, settings.split)
    except TargetAsText:
        version, read = as_numbers(job, version, [target])
        if not read:
            raise
        said.append(read)
        found = check(job.workspace, version, target, ignore, settings.seed, predict_as, settings.split)
    if texts := numbers_as_text(found):
        version, read = as_numbers(job, version, texts)
        said.append(read)
        found = check(job.workspace, version, target, ignore, settings.seed, predict_as, settings.split)
    return found, version, " ".join(filter(None, said))


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
    held = column_of(version.columns, target).type
    if held == "INTERVAL" or (held.startswith("TIME") and not held.startswith("TIMESTAMP")):
        raise ToolError(
            f"'{target}' holds {'lengths of time' if held == 'INTERVAL' else 'times of day'}. A model predicts classes or"
            " numbers: make it a number first, such as its hours, with add_formula."
        )
    if len(version.names) > 1 and not {*version.names} - {*ignore, target}:
        raise ToolError(
            f"Every column besides '{target}' is left out, so there is none to learn from. Leave fewer out."
        )
    frame = checked_rows(workspace, version, target, seed)
    unanswered = version.row_count - len(frame) if version.row_count <= CHECKED_ROWS else 0
    try:
        found = detect(
            frame.drop(columns=[name for name in ignore if name != target]),
            target,
            wanted=predict_as,
            unanswered=unanswered,
        )
    except OnlyReading as error:
        raise OnlyReadingLeft(error) from error
    except NumbersAsText as error:
        raise TargetAsText(str(error)) from error
    except ProblemError as error:
        raise ToolError(str(error)) from error
    asked = {name: ASIDE for name in ignore if name != target}
    found = found.model_copy(update={"excluded": found.excluded | asked})
    warnings = [copies(frame, found), shift(frame, found) if split != "time" else ""]
    return found.model_copy(update={"warnings": [*found.warnings, *filter(None, warnings)]})

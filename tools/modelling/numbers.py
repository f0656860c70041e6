"""Numbers that a file wrote as text, because some cells say NA or ?: read as numbers by two steps before a build.

They are steps like any other: told, undone, and part of the model's recipe, so that new rows are read the same way.
"""

from automl.columns import NUMBERS_AS_TEXT
from automl.problem import Problem
from tools.dataset import Version
from tools.tool import Job, ToolError
from tools.words import listed


def numbers_as_text(problem: Problem) -> list[str]:
    """The columns that a build would leave out for this alone."""
    return [name for name, reason in problem.excluded.items() if reason.startswith(NUMBERS_AS_TEXT)]


def as_numbers(job: Job, version: Version, columns: list[str]) -> tuple[Version, str]:
    """The dataset with these columns as numbers, and what is said about it; as it was where that can't be done."""
    from tools import call

    if job.workspace.version(version.dataset).ref != version.ref:
        return version, ""  # an older version is built on as it is
    given = {"dataset": version.dataset, "columns": columns}
    try:
        call(job, "treat_as_missing", given)
        made = call(job, "change_type", given | {"type": "decimal"})
    except ToolError:
        return job.workspace.version(version.dataset), ""
    said = f"{listed(columns)} held numbers written as text; cells that say there is no value count as empty."
    unread = made.text.partition(" to decimal. ")[2]  # of cells that are no numbers, with an example
    return job.workspace.version(version.dataset), f"{said} {unread}".rstrip()

"""The data of a schedule made fresh: its file read anew, and the steps that were done to its dataset done to the new rows."""

from dataclasses import dataclass

from automl.card import Card
from tools.apply import steps_again
from tools.connect import find_file, reload
from tools.dataset import Version
from tools.recipe import load
from tools.rerun import steps_of
from tools.scheduling.store import Schedule
from tools.tool import Job, ToolError
from tools.workspace import Workspace


@dataclass(frozen=True)
class Fresh:
    """What came of a file that was read anew."""

    head: Version
    """The dataset as it is now, with all of its steps."""
    predicted: Version
    """The version whose rows the model's own recipe takes: what it learned from, made anew."""


def source_of(workspace: Workspace, dataset: Version, path: str | None) -> str:
    """The file that a dataset is read anew from: the one named, or the one it came from. Raises ToolError where it is gone."""
    loaded = workspace.history(dataset)[0].step
    name = path or str(loaded.arguments.get("path", ""))
    if loaded.tool != "load_file" and not path:
        raise ToolError(f"{dataset.dataset} came from no file. Name the file to read anew: path.")
    if not find_file(workspace, name).is_file():
        raise ToolError(f"There is no file {name} to read anew. Name the file with its folder: path.")
    return name


def refresh(job: Job, schedule: Schedule, card: Card) -> Fresh:
    """Read the file anew and do the steps of the schedule again, all of it or nothing: the dataset is at its new rows then.

    Values stay as they were learned; datasets that are joined are taken as they are now. Raises ToolError where the file
    or a step no longer fits.
    """
    workspace = job.workspace
    base, made = steps_of(workspace, workspace.version(schedule.steps))
    with workspace.together():
        raw = reload(workspace, find_file(workspace, schedule.path), workspace.history(base)[0], job.run)
        chain = steps_again(job, base, made, raw)
        workspace.set_head(chain[-1].ref, run=job.run)
    begins = load(workspace.models / card.name).base
    old = [base.ref, *(one.ref for one in made)]
    return Fresh(chain[-1], chain[old.index(begins)] if begins in old else chain[-1])

"""Rows that a run kept for some of its steps alone, given back where it ended before it came to do so: a failure, a stop.

What is not covered: a killed process, whose run can be resumed or undone.
"""

import time
from collections.abc import Callable, Collection

import tools
from assistant.event_log import EventLog
from assistant.events import Event, PlannedStep, PlanShown, StepDone, StepFailed, StepStarted
from tools.tool import Job, ToolError
from tools.workspace import Workspace

_KEEP = ("filter_rows", "filter_by_rules")


def give_back(workspace: Workspace, log: EventLog, run: str, emit: Callable[[Event], None]) -> None:
    """Run the steps of a run that were to give a dataset its rows back and did not come to it."""
    events = [logged.event for logged in log.since() if logged.run == run]
    plans = [event for event in events if isinstance(event, PlanShown)]
    steps = {step.id: step for plan in plans for step in plan.steps}
    done = {event.id: event.dataset for event in events if isinstance(event, StepDone)}
    effects = tools.catalogue()
    changed = {
        ref
        for number, ref in done.items()
        if number in steps and effects[steps[number].tool].effect == "derive" and steps[number].tool not in _KEEP
    }
    for step in steps.values():
        if step.tool != "restore_version" or step.id in done:
            continue
        if _kept_only(workspace, str(step.arguments["version"]), run, changed):
            if step not in plans[-1].steps:
                emit(PlanShown(steps=[*plans[-1].steps, step]))
            _restore(workspace, step, run, emit)


def _kept_only(workspace: Workspace, wanted: str, run: str, changed: Collection[str | None]) -> bool:
    """Whether a run did no more to a version of a dataset than keep some of its rows, and read these for a build.

    `changed` are the versions that steps of its plans made which were to change the dataset otherwise.
    """
    try:
        version = workspace.version(wanted.partition("@")[0])
    except ToolError:
        return False  # the dataset was deleted meanwhile
    if version.ref == wanted:
        return False
    while version.parent and version.ref != wanted and version.step.run == run and version.ref not in changed:
        version = workspace.version(version.parent)
    return version.ref == wanted


def _restore(workspace: Workspace, step: PlannedStep, run: str, emit: Callable[[Event], None]) -> None:
    started = time.monotonic()
    emit(StepStarted(id=step.id))
    try:
        outcome = tools.call(Job(workspace=workspace, run=run), step.tool, step.arguments)
    except ToolError as error:
        emit(StepFailed(id=step.id, error=str(error)))
    else:
        emit(StepDone(id=step.id, seconds=round(time.monotonic() - started, 3), **outcome.model_dump()))

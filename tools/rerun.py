"""Steps of a dataset that run again, as they shall be from now on.

A change makes a branch: new versions from the last one that stays, all of them or none. Nothing is overwritten, undo goes
back in one move. What a step learned from the data is learned anew, for the rows before it are no longer the same; a step
whose input stays as it was keeps its version. A step that no longer fits says which one it is and why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from tools.dataset import StepRecord, Version
from tools.derive import input_of, make_version
from tools.engine import first_line
from tools.recipe import Others
from tools.script import references
from tools.tool import Job, Outcome, Stopped, Tool, ToolError
from tools.transform import Derived
from tools.words import counted, identifier
from tools.workspace import Workspace


@dataclass(frozen=True)
class Step:
    """One step as it shall be."""

    tool: str
    arguments: Mapping[str, Any]
    off: bool
    made: Version
    """The version that it made so far."""


def steps_of(workspace: Workspace, version: Version) -> tuple[Version, list[Version]]:
    """The version that a dataset's steps start from, and the version that each of them made, in order."""
    from tools import catalogue

    history = workspace.history(version)
    tools = catalogue()
    start = max(
        n for n, one in enumerate(history) if not (one.step.tool in tools and tools[one.step.tool].is_transform)
    )
    return history[start], history[start + 1 :]


def rerun(
    job: Job,
    version: Version,
    base: Version,
    steps: Sequence[Step],
    text: str,
    *,
    first: int | None = None,
    as_made: bool = True,
) -> Outcome:
    """The branch that the steps make, and what became of the rows."""
    kept = _kept(base, steps) if first is None else first
    last = steps[kept - 1].made if kept else base
    ran = 0
    with job.workspace.together():
        for number, step in enumerate(steps[kept:], kept + 1):
            job.progress((number - kept - 1) / max(len(steps) - kept, 1), f"Step {number}: {step.tool}")
            if job.cancelled():
                raise Stopped
            last = _run(job, number, step, last, version, as_made=as_made)
            ran += not step.off
        job.workspace.set_head(last.ref, run=job.run)
    again = f" {counted(ran, 'step')} ran again." if ran else ""
    change = f" {version.dataset} is {last.ref}: {sizes(version, last)}."
    return Outcome(
        text=text + again + change,
        dataset=last.ref,
        rows=(version.row_count, last.row_count),
        columns=(len(version.names), len(last.names)),
        sql=last.step.sql,
        values={"before": version.ref, "after": last.ref, "ran": ran},
    )


def sizes(then: Version, now: Version) -> str:
    """`880 -> 891 rows, 11 -> 12 columns`, or how many there are where nothing changed."""

    def one(before: int, after: int, noun: str) -> str:
        return counted(after, noun) if before == after else f"{before:,} -> {counted(after, noun)}"

    return f"{one(then.row_count, now.row_count, 'row')}, {one(len(then.names), len(now.names), 'column')}"


def _kept(base: Version, steps: Sequence[Step]) -> int:
    """How many of the first steps stay as they were: same step, same arguments, on the same rows."""
    parent, kept = base, 0
    for step in steps:
        was = step.made.step
        if step.made.parent != parent.ref or was.off != step.off or was.arguments != dict(step.arguments):
            break
        parent, kept = step.made, kept + 1
    return kept


def _run(job: Job, number: int, step: Step, parent: Version, version: Version, *, as_made: bool) -> Version:
    """One step on the version before it. Raises ToolError that names the step where it does not fit."""
    if step.off:
        sql = f"SELECT * FROM {identifier(parent.ref)}"
        record = StepRecord(
            tool=step.tool,
            arguments=dict(step.arguments),
            sql=sql,
            text="Switched off.",
            rows="same",
            run=job.run,
            off=True,
        )
        return job.workspace.derive(parent, sql, record, point=False)
    learned: dict[str, Any] = {}
    others = pinned(job.workspace, step.made) if as_made else None
    try:
        own, given = catalogued(step)
        derived: Derived = own.function(input_of(job.workspace, parent, learned, others=others), **given)
        return make_version(job, own, step.arguments, parent, derived, learned, point=False)
    except (ToolError, duckdb.Error) as error:
        why = first_line(error) if isinstance(error, duckdb.Error) else str(error)
        raise ToolError(f"Step {number} ({step.tool}) no longer fits: {why} {version.ref} stays as it was.") from error


def catalogued(step: Step | StepRecord) -> tuple[Tool, dict[str, Any]]:
    """The transform of a step, and its arguments as the function takes them."""
    own = transform_named(step.tool)
    arguments = own.arguments.model_validate({"dataset": "", **step.arguments})
    return own, {name: getattr(arguments, name) for name in own.arguments.model_fields if name != "dataset"}


def pinned(workspace: Workspace, made: Version) -> Others:
    """The other datasets as the step read them when it was made: those it joined in the versions they had then."""
    others = dict(workspace.others(made.dataset))
    for ref in references(made.step.sql):
        name = ref.rpartition("@")[0]
        if name in others:
            others[name] = (identifier(ref), workspace.version(ref).columns)
    return others


def transform_named(name: str) -> Tool:
    """The transform of a step, by the name that the step has."""
    from tools import catalogue

    return catalogue()[name]

"""Run a transform on a dataset: learn its values, build its SELECT, make the next version, tell what changed.

Where a transform finds the data already as asked, no version is made and the outcome says so: the history holds
only steps that did something.
"""

from collections.abc import Mapping
from typing import Any

import duckdb
from pydantic_core import to_jsonable_python

from tools.dataset import StepRecord, Version
from tools.engine import first_line
from tools.recipe import Others
from tools.tool import Job, Outcome, Stopped, Tool, ToolError
from tools.transform import Derived, Input
from tools.words import identifier
from tools.workspace import Workspace


def input_of(
    workspace: Workspace,
    version: Version,
    learned: dict[str, Any],
    *,
    frozen: bool = False,
    others: Others | None = None,
) -> Input:
    """What a transform reads when it works on that version; `others` are the datasets it may join, all heads if left out."""
    return Input(
        name=identifier(version.ref),
        columns=version.columns,
        relation=workspace,
        learned=learned,
        frozen=frozen,
        others=workspace.others(version.dataset) if others is None else others,
    )


def run_transform(job: Job, tool: Tool, arguments: dict[str, Any]) -> Outcome:
    """The next version of `arguments['dataset']`, a head's name in any case or a version such as `orders@1`.

    Raises ToolError where the arguments do not fit the data or DuckDB refuses the SELECT; nothing is left behind then.
    """
    own = dict(arguments)
    parent = job.workspace.version(own.pop("dataset"))
    learned: dict[str, Any] = {}
    try:
        derived: Derived = tool.function(input_of(job.workspace, parent, learned), **own)
        if job.cancelled():
            raise Stopped
        if not derived.changes:
            return _unchanged(parent, derived)
        version = make_version(job, tool, own, parent, derived, learned)
    except duckdb.Error as error:
        raise ToolError(first_line(error)) from error
    return Outcome(
        text=derived.text + rows_changed(parent.row_count, version.row_count),
        dataset=version.ref,
        rows=(parent.row_count, version.row_count),
        columns=(len(parent.columns), len(version.columns)),
        sql=derived.sql,
        values=derived.values,
    )


def make_version(
    job: Job,
    tool: Tool,
    arguments: Mapping[str, Any],
    parent: Version,
    derived: Derived,
    learned: dict[str, Any],
    *,
    point: bool = True,
) -> Version:
    """The version that a transform's SELECT makes of its parent; without `point` the dataset stays where it is."""
    step = StepRecord(
        tool=tool.name,
        arguments=to_jsonable_python(arguments),
        learned=learned,
        sql=derived.sql,
        elsewhere=derived.elsewhere,
        text=derived.text,
        rows=tool.rows,
        run=job.run,
    )
    return job.workspace.derive(
        parent, derived.sql, step, materialise=derived.materialise, found=derived.found, point=point
    )


def _unchanged(parent: Version, derived: Derived) -> Outcome:
    """The data already is as asked: the same version, and no SQL, for none ran."""
    return Outcome(
        text=derived.text,
        dataset=parent.ref,
        rows=(parent.row_count, parent.row_count),
        columns=(len(parent.columns), len(parent.columns)),
        values=derived.values,
    )


def rows_changed(before: int, after: int) -> str:
    """` Rows: 5,000 -> 4,982.`, or nothing where the count stayed."""
    return "" if before == after else f" Rows: {before:,} -> {after:,}."

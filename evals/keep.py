"""Results and datasets of a turn as Parquet files, whole: the events only show the head of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.events import StepDone
from tools.guard import run_select
from tools.sources.write import write_rows
from tools.tool import TableData, ToolError
from tools.words import identifier
from tools.workspace import Workspace

MOST_ROWS = 1_000_000
"""Rows kept of a result: one that is longer is a mistake (a join without its condition), and would fill the disk."""


def keep_result(workspace: Workspace, steps: Sequence[StepDone], folder: Path, name: str) -> str:
    """The file with all rows of the turn's last table, in order; empty where no step has one.

    Of several the last that SQL made counts. Cells are JSON values, as in the events.
    """
    step = next((step for step in reversed(steps) if step.table and step.sql), None)
    step = step or next((step for step in reversed(steps) if step.table), None)
    if step is None or step.table is None:
        return ""
    file = f"{name}-result.parquet"
    _write(_whole(workspace, step.table, step.sql or ""), folder / file)
    return file


def _whole(workspace: Workspace, shown: TableData, sql: str) -> TableData:
    """The table with the rows that the event left out; what was shown where they can't be had again."""
    if not sql or shown.row_count is None or shown.row_count <= len(shown.rows):
        return shown
    try:
        return run_select(workspace, sql, limit=MOST_ROWS)[0]
    except ToolError:
        return shown


def _write(table: TableData, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = [_column([row[place] for row in table.rows]) for place in range(len(table.columns))]
    whole = pa.Table.from_arrays(columns, names=unique(table.columns))
    pq.write_table(whole, path)  # type: ignore[no-untyped-call]


def _column(values: list[Any]) -> Any:
    """An Arrow column of JSON values; of one that Arrow has no type for, each value as text."""
    import pyarrow as pa

    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        if all(value is None or isinstance(value, int | float) for value in values):
            return pa.array([None if value is None else float(value) for value in values])  # beyond 64 bits
        return pa.array([None if value is None else str(value) for value in values])


def unique(names: Sequence[str]) -> list[str]:
    """The names, each once, for Parquet's readers want that: `id`, `id` becomes `id`, `id_2`."""
    made: list[str] = []
    for name in names:
        number, free = 2, name
        while free in made:
            number, free = number + 1, f"{name}_{number}"
        made.append(free)
    return made


def keep_dataset(workspace: Workspace, ref: str, folder: Path, name: str) -> str:
    """The file with all rows of a version, typed as in the project."""
    file = f"{name}-{ref}.parquet"
    schema, batches = workspace.batches(f"FROM {identifier(ref)}")
    write_rows(schema, batches, folder / file, "parquet", workspace.version(ref).row_count)
    return file

"""What must be true of a dataset that a turn left: its rows and columns, what is missing, how many rows meet a condition."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from evals.case import DatasetIs
from evals.equality import difference
from evals.seen import Seen, short
from evals.table import Column, Table, read_table, table_of
from tools.tool import ToolError
from tools.words import listed


def why_not_the_dataset(check: DatasetIs, seen: Seen) -> str:
    """Why a dataset is not as a case has it, cheap reasons first; empty where it is."""
    ref = seen.head(check.name)
    if not ref:
        return f"no dataset {check.name or 'at all'}; there are: {listed(list(seen.turn.heads)) or 'none'}"
    with tempfile.TemporaryDirectory() as folder:
        path = seen.dataset(ref, Path(folder))
        if path is None:
            return f"{ref} is none that this talk made, and its rows are not kept; {seen.ending}"
        reason = _state(check, path)
    return f"{ref}: {reason}" if reason else ""


def _state(check: DatasetIs, path: Path) -> str:
    """The first thing that is not as expected about a dataset, cheap ones first."""
    import pyarrow.parquet as pq

    names, count = pq.read_schema(path).names, pq.read_metadata(path).num_rows  # type: ignore[no-untyped-call]
    if check.row_count is not None and check.row_count != count:
        return f"{check.row_count:,} rows expected, {count:,} got"
    if reason := _names(check, names):
        return reason
    if check.no_missing or check.rows is not None:
        table = read_table(path)
        if reason := _no_missing(check.no_missing, table):
            return reason
        if check.rows is not None and (
            reason := difference(table_of(check.rows), table, ordered=check.ordered, tolerance=check.tolerance)
        ):
            return reason
    return _conditions(check.where, path) if check.where else ""


def _names(check: DatasetIs, names: Sequence[str]) -> str:
    """Columns by name; DuckDB's names have no case, so only `columns` minds it."""
    there = {name.casefold() for name in names}
    if lacking := [name for name in check.has_columns if name.casefold() not in there]:
        return f"column {listed(lacking)} expected; columns: {listed(list(names), 20)}"
    if kept := [name for name in check.lacks_columns if name.casefold() in there]:
        return f"column {listed(kept)} should be gone"
    if check.columns is not None and check.columns != list(names):
        return f"the columns {listed(check.columns, 20)} expected, {listed(list(names), 20)} got"
    return ""


def _no_missing(wanted: Sequence[str], table: Table) -> str:
    columns: dict[str, Column] = {column.name.casefold(): column for column in table.columns}
    for name in wanted:
        if name.casefold() not in columns:
            return f"column {name} expected"
        if empty := columns[name.casefold()].cells.count(None):
            return f"{empty:,} of {table.row_count:,} values of {name} are missing"
    return ""


def _conditions(where: Mapping[str, int], path: Path) -> str:
    """How many rows meet each condition, asked of DuckDB under the product's own guard."""
    import pyarrow.parquet as pq

    from tools.dataset import StepRecord
    from tools.guard import run_select
    from tools.workspace import Workspace

    counts = ", ".join(f"count(*) FILTER (WHERE ({condition}))" for condition in where)
    try:
        with tempfile.TemporaryDirectory() as project, Workspace(Path(project)) as workspace:
            step = StepRecord(tool="load_file", arguments={})
            workspace.add_dataset("kept", pq.ParquetFile(path).read().to_reader(), step)  # type: ignore[no-untyped-call]
            got = run_select(workspace, f"SELECT {counts} FROM kept")[0].rows[0]
    except ToolError as error:
        return f"the conditions can't be asked: {short(str(error))}"
    for (condition, expected), count in zip(where.items(), got, strict=True):
        if expected != count:
            return f"{expected:,} rows with {condition} expected, {count:,} got"
    return ""

"""Runs the gold code of one DSEval session, turn by turn, in a process of its own: it is the set's code, not ours.

Called as `python -m evals.sets.dseval_gold SESSION.py FOLDER` with the folder that holds `inputs/` as current folder.
FOLDER gets `<hash>.parquet` for each state of each table, and `turns.jsonl` with one `Done` a line.
"""

import ast
import hashlib
import os
import re
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel

MOST_CELLS = 100_000
"""Of a result: a larger one makes a case that nobody can read."""
_TURN = re.compile(r'\s*"""(?=.*?question:).*?"""', re.DOTALL)


class Value(BaseModel):
    """What a turn shows or changes."""

    kind: Literal["table", "scalar", "list", "large", "other"]
    columns: list[str] = []
    rows: list[list[Any]] = []
    """Of a table without its index; of a list one row for each item; of a scalar one row of one cell."""
    indexed: list[list[Any]] | None = None
    """The same with the index as first columns, where it is more than the numbers of the rows."""
    one_order: bool = False
    """A column (or the index) rises or falls strictly, so the order of rows is one that can be asked for."""
    change: Literal["", "index", "names"] = ""
    """All that happened to a table: its index or order of columns changed, or names of columns did."""


class State(NamedTuple):
    """A table as it is after a turn."""

    file: str
    columns: list[tuple[str, str]]
    """Name and fingerprint of each column."""


class Done(BaseModel):
    """One turn: the tables before it, and what it left."""

    turn: int
    before: dict[str, str] = {}
    """name -> Parquet file"""
    indexed: bool = False
    """The index of one of them became columns, so places and numbers of columns are others than in pandas."""
    needs: list[str] = []
    """Names of earlier turns that the code reads and that are no tables: a model, a mapping."""
    result: Value | None = None
    changed: dict[str, Value] = {}
    error: str = ""


def main(session: Path, out: Path) -> None:
    """Run all cells of the session."""
    warnings.simplefilter("ignore")
    names: dict[str, Any] = {}
    tables: dict[str, State] = {}
    turn = 0
    with (out / "turns.jsonl").open("w", encoding="utf-8") as stream:
        for cell in session.read_text(encoding="utf-8").split("# %%"):
            if not (told := _TURN.match(cell)):
                _execute(cell, names)
                continue
            done, tables = _turn(turn, cell[told.end() :], names, tables, out)
            print(done.model_dump_json(), file=stream)
            turn += 1


def _turn(
    turn: int, code: str, names: dict[str, Any], before: dict[str, State], out: Path
) -> tuple[Done, dict[str, State]]:
    indexed = any(_speaking(names[name]) for name in before)
    files = {name: state.file for name, state in before.items()}
    told = Done(turn=turn, before=files, indexed=indexed, needs=_needs(code, names))
    try:
        shown = _execute(code, names)
    except Exception as error:  # noqa: BLE001 - somebody else's code; how it fails is the finding
        return told.model_copy(update={"error": f"{type(error).__name__}: {error}"[:300]}), _written(names, out)
    after = _written(names, out)
    changed = {name: _value(names[name]) for name, state in after.items() if state.file != files.get(name)}
    for name in changed.keys() & before.keys():
        changed[name].change = _change(before[name].columns, after[name].columns)
    result = None if shown is None else _value(shown)
    return told.model_copy(update={"result": result, "changed": changed}), after


def _execute(code: str, names: dict[str, Any]) -> Any:
    """Run the code; the value of its last line where that is an expression."""
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<gold>", "exec"), names)  # the set's gold is code
    return eval(compile(ast.Expression(last.value), "<gold>", "eval"), names) if isinstance(last, ast.Expr) else None


def _needs(code: str, names: Mapping[str, Any]) -> list[str]:
    """What the code reads that a person who sees only tables can't have."""
    from types import FunctionType, ModuleType

    import pandas as pd

    shared = pd.DataFrame | pd.Series | ModuleType | FunctionType | type | str | int | float | list | tuple | None
    found = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)]
    read = {node.id for node in found} - {node.id for node in found if isinstance(node.ctx, ast.Store)}
    return sorted(name for name in read & names.keys() if not isinstance(names[name], shared))


# --- values --------------------------------------------------------------------------------------------------------


def _value(value: Any) -> Value:
    import numpy as np
    import pandas as pd

    if isinstance(value, pd.DataFrame | pd.Series):
        return _table(value)
    if isinstance(value, np.ndarray | pd.Index):
        value = value.tolist()
    if isinstance(value, Mapping):
        value = [[key, item] for key, item in value.items()]
    if isinstance(value, list | tuple | set):
        rows = [item if isinstance(item, list | tuple) else [item] for item in value]
        flat = len({len(row) for row in rows}) == 1 and not any(_nested(cell) for row in rows for cell in row)
        return Value(kind="list", rows=[[_cell(cell) for cell in row] for row in rows]) if flat else Value(kind="other")
    if _cell(value) is None or isinstance(_cell(value), bool | int | float) or isinstance(value, str | pd.Timestamp):
        return Value(kind="scalar", rows=[[_cell(value)]])
    return Value(kind="other")


def _nested(value: Any) -> bool:
    return isinstance(value, list | tuple | set | dict)


def _table(value: Any) -> Value:
    import pandas as pd

    frame = value.to_frame() if isinstance(value, pd.Series) else value
    if frame.size > MOST_CELLS:
        return Value(kind="large")
    columns = [_name(name) for name in frame.columns]
    rows = _rows(frame)
    plain = isinstance(frame.index, pd.RangeIndex) and frame.index.start == 0 and frame.index.step == 1
    keys = [
        frame[name] if frame.columns.is_unique else frame.iloc[:, place] for place, name in enumerate(frame.columns)
    ]
    one_order = any(_strict(column) for column in ([] if plain else [frame.index]) + keys)
    if plain:
        return Value(kind="table", columns=columns, rows=rows, one_order=one_order)
    index = _rows(frame.index.to_frame())
    indexed = [[*key, *row] for key, row in zip(index, rows, strict=True)]
    return Value(kind="table", columns=columns, rows=rows, indexed=indexed, one_order=one_order)


def _strict(column: Any) -> bool:
    try:
        return bool(column.is_unique and (column.is_monotonic_increasing or column.is_monotonic_decreasing))
    except TypeError:
        return False


def _rows(frame: Any) -> list[list[Any]]:
    return [[_cell(cell) for cell in row] for row in frame.itertuples(index=False, name=None)]


def _cell(value: Any) -> Any:
    """A cell as JSON value: moments as ISO text, dates where all clocks say midnight is left to the checks."""
    import numpy as np
    import pandas as pd

    from tools.words import plain

    if value is None or value is pd.NaT or value is pd.NA:
        return None
    return plain(value.item() if isinstance(value, np.generic) else value)


def _name(name: Any) -> str:
    return "_".join(str(part) for part in name if part != "") if isinstance(name, tuple) else str(name)


# --- tables --------------------------------------------------------------------------------------------------------


def _written(names: Mapping[str, Any], out: Path) -> dict[str, State]:
    """The tables among the names, written to files: nothing that is private, empty, or has a name twice."""
    import pandas as pd

    kept = {}
    for name, value in names.items():
        if isinstance(value, pd.DataFrame | pd.Series) and not name.startswith("_") and value.size:
            frame = _frame(value)
            if frame.columns.is_unique:
                kept[name] = _state(frame, out)
    return kept


def _frame(value: Any) -> Any:
    """The value as a table with plain names; its index as columns where it has a name or holds no numbers."""
    import pandas as pd

    frame = value.to_frame() if isinstance(value, pd.Series) else value
    frame = frame.copy()
    frame.columns = pd.Index([_name(name) for name in frame.columns])
    taken = any(name in frame.columns for name in frame.index.names)
    return frame.reset_index(drop=taken or not _speaking(value))


def _speaking(value: Any) -> bool:
    """Whether the index has a name or holds more than whole numbers."""
    import pandas as pd

    return any(name is not None for name in value.index.names) or not pd.api.types.is_integer_dtype(value.index)


def _state(frame: Any, out: Path) -> State:
    """The table in a Parquet file, named by what it holds."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrow = pa.table({name: _array(frame[name]) for name in frame.columns})
    fresh = out / "fresh.parquet"
    pq.write_table(arrow, fresh)  # type: ignore[no-untyped-call]  # pyarrow's stubs leave it out
    file = f"{hashlib.sha256(fresh.read_bytes()).hexdigest()[:16]}.parquet"
    os.replace(fresh, out / file)
    return State(file, [(name, _print(arrow.column(name))) for name in arrow.column_names])


def _print(column: Any) -> str:
    """The fingerprint of a column's cells, whatever it is called."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    table = pa.table({"column": column})
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return hashlib.sha256(sink.getvalue()).hexdigest()


def _array(column: Any) -> Any:
    """An Arrow array of the column; of one with values of several kinds, each as text."""
    import pyarrow as pa

    try:
        return pa.Array.from_pandas(column.astype(object) if column.dtype == "category" else column)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        return pa.array([None if _cell(cell) is None else str(cell) for cell in column], pa.string())


def _change(old: list[tuple[str, str]], new: list[tuple[str, str]]) -> Literal["", "index", "names"]:
    if sorted(old) == sorted(new):
        return "index"
    return "names" if sorted(cells for _, cells in old) == sorted(cells for _, cells in new) else ""


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""Jigsaw (Jain et al. 2022, https://arxiv.org/abs/2112.02969): transforms as people really typed them, with the result.

One case for each utterance, on the first example of its task. Tables are written as Parquet under the names that the
utterance uses; text stays text, a column of text and numbers becomes text, moments become timestamps. The row index of
the original is dropped. Where the result differs from the only input in names or places of columns alone, the dataset
with exactly those columns is checked, since TableIs does not look at names.

What is not covered (left out, see `left_out`): cases about the index itself or that number rows from 0; inputs that
are no table; results that are printed text, hold the day on which they were made, or equal the input. Utterances that
say something else than the gold does (some paraphrases were typed carelessly) stay in.
"""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.case import Case, Check, Data, DatasetIs, TableIs, Turn, ValueIs
from evals.sets.files import made, read_lines

_ROW_LABEL = re.compile(
    r"(?<!reset )\b(index|indices|iloc)\b|\brow (named )?['\"]?\d|\b1st row\b|\(\d, ?\w+\)", re.IGNORECASE
)
_SORTS = re.compile(r"\bsort(ed)? (the )?(rows|by)|\bascending|\bdescending", re.IGNORECASE)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}")


def jigsaw(folder: Path, home: Path) -> list[Case]:
    """The cases; `folder` is the set's, tables are kept under `home`."""
    path = folder / "cases.jsonl"
    rows = [row for row in read_lines(path) if not left_out(row)]

    def make(fresh: Path) -> None:
        for row in rows:
            for name, table in row["cases"][0]["inputs"].items():
                _write(table, fresh / row["id"] / f"{name}.parquet")

    tables = made(home, "jigsaw", hashlib.sha256(path.read_bytes()).hexdigest() + "/1", make)
    return [_case(row, tables / row["id"]) for row in rows]


def left_out(row: dict[str, Any]) -> str:
    """Why this row of `cases.jsonl` becomes no case; empty where it does."""
    first = row["cases"][0]
    inputs, output = list(first["inputs"].values()), first["output"]
    if any(table["kind"] != "table" for table in inputs):
        return "an input is no table"
    if output["kind"] == "value" and isinstance(output["value"], str) and output["value"].startswith("["):
        return "the result is printed text"
    if _ROW_LABEL.search(row["utterance"]):
        return "about the row index"
    labels = {label for table in inputs if not table["default_index"] for label in table["index"]}
    if labels & set(output.get("columns", [])):
        return "labels of the row index become columns"
    if output["kind"] == "table":
        if "to pandas datetime" in row["utterance"]:
            return "the result holds the day on which it was made"
        if len(inputs) == 1 and (output["columns"], output["rows"]) == (inputs[0]["columns"], inputs[0]["rows"]):
            return "the result equals the input"
    return ""


def _case(row: dict[str, Any], tables: Path) -> Case:
    first = row["cases"][0]
    gold = row["gold_code"][0]
    check = _check(row["utterance"], list(first["inputs"].values()), first["output"])
    return Case(
        id=row["id"],
        data=[Data(path=str(tables / f"{name}.parquet"), name=name) for name in first["inputs"]],
        turns=[Turn(say=row["utterance"], checks=[check])],
        tags=["transform", check.kind],
        cluster=row["task"].rpartition("/")[0],
        gold=gold if isinstance(gold, str) else gold[0],
    )


def _check(utterance: str, inputs: Sequence[dict[str, Any]], output: dict[str, Any]) -> Check:
    if output["kind"] == "value":
        return ValueIs(equals=output["value"])
    rows = [[_plain(cell) for cell in row] for row in output["rows"]]
    if len(inputs) == 1 and _renamed(inputs[0], output):
        return DatasetIs(columns=output["columns"], rows=rows)
    narrow = _without_doubles(rows) if len(inputs) > 1 else rows
    return TableIs(accepted=[rows] + [narrow] * (narrow != rows), ordered=_SORTS.search(utterance) is not None)


def _renamed(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether the same columns have other names or places."""

    def columns(table: dict[str, Any]) -> list[str]:
        return sorted(repr(column) for column in zip(*table["rows"], strict=True))

    return before["columns"] != after["columns"] and columns(before) == columns(after)


def _without_doubles(rows: list[list[Any]]) -> list[list[Any]]:
    """The rows without columns that repeat an earlier one: a join may keep both keys or one."""
    columns = list(dict.fromkeys(zip(*rows, strict=True)))
    return [list(row) for row in zip(*columns, strict=True)]


def _plain(cell: Any) -> Any:
    """A moment as our own results write it; anything else as it is."""
    return cell.removesuffix(".000").replace("T", " ") if isinstance(cell, str) and _MOMENT.fullmatch(cell) else cell


def _write(table: dict[str, Any], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    columns = zip(*table["rows"], strict=True) if table["rows"] else [()] * len(table["columns"])
    rows = pa.table({name: _array(cells) for name, cells in zip(table["columns"], columns, strict=True)})
    pq.write_table(rows, path)  # type: ignore[no-untyped-call]  # pyarrow's stubs leave it out


def _array(cells: Sequence[Any]) -> Any:
    """An Arrow array of the one type that holds all cells."""
    from datetime import datetime

    import pyarrow as pa

    present = [cell for cell in cells if cell is not None]
    texts = [cell for cell in present if isinstance(cell, str)]
    if texts and all(_MOMENT.fullmatch(cell) for cell in texts) and len(texts) == len(present):
        return pa.array([cell and datetime.fromisoformat(cell) for cell in cells], pa.timestamp("ms"))
    if texts:
        return pa.array([None if cell is None else str(cell) for cell in cells], pa.string())
    return pa.array(cells)

"""Files that carry their own types: Parquet and JSON (an array, lines, or one object that wraps the records).

Nested objects stay one column (a struct), lists stay lists; a column that changes its kind from record to record is
kept as JSON text.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from tools.engine import columns_of, first_line
from tools.sources.aside import UNREAD, Aside
from tools.sources.encoding import as_utf8
from tools.sources.opened import Found, clean_names, refused, renamed_select
from tools.sources.told import NOTHING, Told
from tools.transform import Column
from tools.words import identifier, literal

_NEITHER = bytes(set(range(256)) - set(b'[]{}"'))
OBJECT_BYTES = 256_000_000
DEEPEST = 500
"""Levels of brackets; a hundred thousand would end the process, for DuckDB calls itself for each."""


def read_parquet(connection: duckdb.DuckDBPyConnection, path: Path) -> Found:
    """The rows of a Parquet file. Raises ToolError where it is cut short or broken."""
    scan = f"read_parquet({literal(str(path))})"
    try:
        columns = columns_of(connection, scan)
        rows = connection.execute(f"SELECT count(*) FROM {scan}").fetchall()[0][0]
    except duckdb.Error as error:
        raise refused(path, f"it is no complete Parquet file ({_cause(error, path)}).") from error
    if not rows:
        raise refused(path, "it holds no rows, only column names.")
    return _found(scan, columns, "parquet", {})


def read_json(connection: duckdb.DuckDBPyConnection, path: Path, folder: Path, told: Told = NOTHING) -> Found:
    """The records of a JSON file. Raises ToolError with the line where it is broken."""
    aside = Aside(folder)
    text = as_utf8(path, folder, told, aside)
    # DuckDB reads the byte order mark as a broken value, so such a file is written anew without it.
    source = _without_mark(text.path, folder)
    if _depth(source) > DEEPEST:
        raise refused(path, f"its values are nested more than {DEEPEST} levels deep.")
    assumed: dict[str, Any] = {"encoding": text.encoding} | ({"compressed": True} if text.compressed else {})
    scan = (
        f"read_json({literal(str(source))}, sample_size = -1, maximum_object_size = {OBJECT_BYTES},"
        " convert_strings_to_integers = false, maximum_depth = 4)"
    )
    try:
        columns = columns_of(connection, scan)
        rows = connection.execute(f"SELECT count(*) FROM {scan}").fetchall()[0][0]
        connection.execute(f"CREATE TEMP VIEW whole_file AS SELECT * FROM {scan}")
        if rows == 1 and (wrapped := _wrapped(connection, columns)):
            scan, columns, rows = wrapped
        elif rows == 1 and (turned := _by_column(source, folder)):
            scan = scan.replace(literal(str(source)), literal(str(turned)))
            columns = columns_of(connection, scan)
            rows = connection.execute(f"SELECT count(*) FROM {scan}").fetchall()[0][0]
    except duckdb.Error as error:
        if aside.counts or not (good := _good_lines(source, folder, aside)):
            raise refused(path, f"{_place(source)}{_cause(error, path)}.") from error
        found = read_json(connection, good, folder, told)
        found.aside = aside
        return found
    if not rows or ([column.name for column in columns] == ["json"] and _holds_no_object(connection, scan)):
        raise refused(path, "it holds no records.")
    return _found(scan, columns, "json", assumed)


def _good_lines(source: Path, folder: Path, aside: Aside) -> Path | None:
    """The lines that hold a record each, where most do; the others are put aside."""
    target, good = folder / "good.json", 0
    if source == target:
        return None
    with source.open(encoding="utf-8") as stream, target.open("w", encoding="utf-8") as out:
        for number, line in enumerate(stream, start=1):
            try:
                record = json.loads(line or "{}") if line.strip() else {}
            except (ValueError, RecursionError) as error:
                aside.add(number, f"no JSON: {error}", line)
                continue
            if not isinstance(record, dict):
                break
            out.write(line)
            good += bool(line.strip())
    if good > aside.counts[UNREAD] > 0:
        return target
    aside.counts.clear()
    aside.path.unlink(missing_ok=True)
    return None


def _depth(source: Path) -> int:
    """How many brackets are open at once, at most, outside of strings."""
    import numpy as np

    steps = np.zeros(256, np.int8)
    steps[[ord("["), ord("{")]], steps[[ord("]"), ord("}")]] = 1, -1
    deepest, depth, inside, rest = 0, 0, False, b""
    with source.open("rb") as stream:
        while chunk := stream.read(1 << 24):
            chunk = rest + chunk
            # An escape may be cut in two; a backslash at the end waits for what follows it.
            whole = chunk.rstrip(b"\\")
            rest, chunk = chunk[len(whole) :], whole
            chunk = chunk.replace(b"\\\\", b"").replace(b'\\"', b"")
            signs = np.frombuffer(chunk.translate(None, delete=_NEITHER), dtype=np.uint8)
            if not signs.size:
                continue
            quoted = np.logical_xor.accumulate(signs == ord('"')) ^ inside
            levels = depth + np.cumsum(np.where(quoted, 0, steps[signs]), dtype=np.int64)
            deepest, depth, inside = max(deepest, int(levels.max())), int(levels[-1]), bool(quoted[-1])
    return deepest


def _without_mark(source: Path, folder: Path) -> Path:
    with source.open("rb") as stream:
        if stream.read(3) != b"\xef\xbb\xbf":
            return source
        target = folder / "unmarked.json"
        with target.open("wb") as out:
            while chunk := stream.read(1 << 20):
                out.write(chunk)
    return target


def _holds_no_object(connection: duckdb.DuckDBPyConnection, scan: str) -> bool:
    filled = "count(*) FILTER (json::VARCHAR NOT IN ('{}', '[]'))"
    return connection.execute(f"SELECT {filled} FROM {scan}").fetchall() == [(0,)]


def _wrapped(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[Column]
) -> tuple[str, tuple[Column, ...], int] | None:
    """The records inside `{"data": [{…}, …]}`, where exactly one member is a list of objects."""
    lists = [column for column in columns if re.fullmatch(r"STRUCT\(.*\)\[\]", column.type, re.DOTALL)]
    if len(lists) != 1:
        return None
    scan = f"(SELECT unnest({identifier(lists[0].name)}, max_depth := 2) FROM whole_file)"
    rows = connection.execute(f"SELECT count(*) FROM {scan}").fetchall()[0][0]
    return scan, columns_of(connection, scan), rows


def _by_column(source: Path, folder: Path) -> Path | None:
    """Records from `{"price": {"0": 1, "1": 2}, …}`, as pandas writes a table; None where it is something else."""
    try:
        whole = json.loads(source.read_text(encoding="utf-8"))
    except ValueError:
        return None
    members = list(whole.values()) if isinstance(whole, dict) else []
    same = members and all(isinstance(member, dict) and member.keys() == members[0].keys() for member in members)
    arrays = members and all(isinstance(member, list) and len(member) == len(members[0]) for member in members)
    if not (same and len(members[0]) > 1) and not (arrays and len(members[0]) > 1):
        return None
    keys = list(members[0]) if same else range(len(members[0]))
    target = folder / "records.json"
    target.write_text("\n".join(json.dumps({name: whole[name][key] for name in whole}) for key in keys), "utf-8")
    return target


def _found(scan: str, columns: Sequence[Column], kind: str, assumed: dict[str, Any]) -> Found:
    names, renamed = clean_names([column.name for column in columns])
    if renamed:
        assumed["renamed"] = renamed
    expressions = [(_expression(column), column.type) for column in columns]
    return Found(sql=renamed_select(scan, expressions, names), format=kind, reader="duckdb", assumed=assumed)


def _expression(column: Column) -> str:
    """Time zones become UTC, and types that charts and models can't use become text or numbers."""
    name = identifier(column.name)
    if column.type == "TIMESTAMP WITH TIME ZONE":
        return f"{name} AT TIME ZONE 'UTC'"
    if column.type in ("TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"):
        return f"{name}::TIMESTAMP"
    if column.type == "JSON":
        return f"{name} ->> '$'"
    if column.type in ("UUID", "BIT", "TIME WITH TIME ZONE"):
        return f"{name}::VARCHAR"
    if column.type in ("HUGEINT", "UHUGEINT", "UBIGINT"):
        return f"{name}::DOUBLE"
    return name


def _cause(error: duckdb.Error, path: Path) -> str:
    """DuckDB's words without its prefix, the full path and its own advice."""
    words = re.sub(r"^\w[\w ]*Error: ", "", first_line(error))
    words = re.sub(r"""(in file )?["'][^"']*["'],? ?""", "", words, count=1) if str(path.parent) in words else words
    return words.split(" Try ")[0].strip().rstrip(".") or "the content is broken"


def _place(source: Path) -> str:
    """`line 3: ` where the first broken value is, for JSON lines and for one whole document."""
    with source.open(encoding="utf-8") as stream:
        text = stream.read(50_000_000)
    decoder = json.JSONDecoder()
    position = 0
    try:
        while position < len(text):
            position = next((p for p in range(position, len(text)) if not text[p].isspace()), len(text))
            if position < len(text):
                _, position = decoder.raw_decode(text, position)
    except json.JSONDecodeError as error:
        return f"line {error.lineno}: "
    return ""

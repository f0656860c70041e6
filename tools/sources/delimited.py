"""Delimited text (CSV, TSV and their kin): read every row of the table that the file holds.

A regular file is read by DuckDB where it lies, and its rows are counted a second time by Python; one with comments,
ragged rows or odd quotes is first written anew, row by row, by Python.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from tools.sources.dialect import Dialect, find_dialect
from tools.sources.encoding import as_utf8
from tools.sources.opened import Found, clean_names, refused
from tools.sources.types import type_columns
from tools.tool import identifier, literal

SAMPLE_CHARACTERS = 200_000
DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space", ":": "colon"}
CELL_LIMIT = 50_000_000
SENTINEL = "\x00EOF\x00"


def read_delimited(connection: duckdb.DuckDBPyConnection, path: Path, folder: Path) -> Found:
    """The file's table as a SELECT with typed columns. Raises ToolError with file, line and cause."""
    text = as_utf8(path, folder)
    dialect = find_dialect(_sample(text.path))
    assumed: dict[str, Any] = {
        "delimiter": DELIMITER_NAMES.get(dialect.delimiter, dialect.delimiter) if dialect.width > 1 else "none",
        "encoding": text.encoding,
        "header": dialect.header or dialect.names is not None,
    }
    if text.compressed:
        assumed["compressed"] = True
    found = _read_plain(connection, path, text.path, dialect, assumed) if dialect.plain else None
    if found is None:
        names, rows = _rewrite(path, text.path, dialect, folder / "table.csv", assumed)
        scan = _scan(folder / "table.csv", len(names), Dialect(","), 0)
        if connection.execute(f"SELECT count(*) FROM {scan}").fetchall() != [(rows,)]:
            raise RuntimeError(f"{path.name}: {rows} rows were written, another number was read")
        found = _typed(connection, path, scan, names, assumed)
    return found


def _sample(path: Path) -> str:
    """The first lines of the file, whole ones only unless there is just one."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        text = stream.read(SAMPLE_CHARACTERS)
        if stream.read(1):
            text = text[: max(text.rfind("\n"), text.rfind("\r"))] or text
    return text


def _read_plain(
    connection: duckdb.DuckDBPyConnection, path: Path, text: Path, dialect: Dialect, assumed: dict[str, Any]
) -> Found | None:
    """The table as DuckDB reads it, or None where a row does not have the usual width."""
    with text.open(encoding="utf-8-sig", newline="") as stream:
        names = next(dialect.rows(stream)) if dialect.header else [""] * dialect.width
    tried = dict(assumed)
    try:
        scan = _scan(text, len(names), dialect, int(dialect.header))
        # DuckDB takes the first line end it meets for all, and where that one is inside a cell it sees no further row.
        if connection.execute(f"SELECT count(*) FROM {scan}").fetchall() != [(_row_count(text, dialect),)]:
            return None
        found = _typed(connection, path, scan, names, tried)
    except duckdb.Error:
        return None
    assumed.update(tried)
    return found


def _row_count(text: Path, dialect: Dialect) -> int:
    """The rows below the header as Python counts them: lines with content, or records where there are quotes."""
    quote = (dialect.quote or "").encode()
    count = 0
    with text.open("rb") as stream:
        for line in stream:
            if quote and quote in line:
                return _record_count(text, dialect)
            if line.endswith(b"\r\n") != (dialect.line_end != "\\n") and line.endswith(b"\n"):
                return -1
            count += line.strip(b"\r\n") != b""
    return count - dialect.header


def _record_count(text: Path, dialect: Dialect) -> int:
    csv.field_size_limit(CELL_LIMIT)
    with text.open(encoding="utf-8-sig", newline="") as stream:
        try:
            return sum(row != [] for row in dialect.rows(stream)) - dialect.header
        except csv.Error:
            return -1


def _scan(text: Path, width: int, dialect: Dialect, skip: int) -> str:
    columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(width))
    quote = literal(dialect.quote or "")
    return (
        f"read_csv({literal(str(text))}, auto_detect = false, header = {'true' if skip else 'false'},"
        f" delim = {literal(dialect.delimiter)}, new_line = {literal(dialect.line_end)}, quote = {quote}, escape = {quote}, max_line_size = 20000000,"
        f" columns = {{{columns}}})"
    )


def _typed(
    connection: duckdb.DuckDBPyConnection, path: Path, scan: str, raw_names: Sequence[str], assumed: dict[str, Any]
) -> Found:
    names, renamed = clean_names(raw_names)
    raw = [f"c{place}" for place in range(len(names))]
    typed = type_columns(connection, scan, raw, names)
    if typed.row_count == typed.empty_rows:
        raise refused(path, "it holds no rows, only column names." if assumed["header"] else "it holds no rows.")
    # A delimiter at the end of every line is no column.
    ghosts = {place for place, name in enumerate(raw_names) if typed.empty[place] and not name.strip()}
    if not assumed["header"] or len(ghosts) == len(names):
        ghosts = set()
    renamed = {old: new for old, new in renamed.items() if new not in {names[place] for place in ghosts}}
    notes = {
        "renamed": renamed if assumed["header"] else {},
        "kept_as_text": typed.kept_as_text,
        "read_as": typed.conversions,
        "empty_rows": typed.empty_rows,
        "empty_columns": len(ghosts),
    }
    assumed.update({key: value for key, value in notes.items() if value})
    cells = enumerate(zip(typed.expressions, names, strict=True))
    shown = ", ".join(f"{cell} AS {identifier(name)}" for place, (cell, name) in cells if place not in ghosts)
    filled = " OR ".join(f"nullif(trim({name}), '') IS NOT NULL" for name in raw)
    where = f" WHERE {filled}" if typed.empty_rows else ""
    return Found(sql=f"SELECT {shown} FROM {scan}{where}", format="csv", reader="duckdb", assumed=assumed)


def _rewrite(path: Path, text: Path, dialect: Dialect, target: Path, assumed: dict[str, Any]) -> tuple[list[str], int]:
    """Write the table anew, regular and comma-separated; its raw column names and the number of rows below them."""
    names, width, ragged = _measure(path, text, dialect)
    rows = 0
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
        for place, row in enumerate(_table_rows(path, text, dialect)):
            if place or not dialect.header:
                writer.writerow((row + [""] * width)[:width])
                rows += 1
    notes = {"lines_above_the_table": dialect.preamble, "comment": dialect.comment, "ragged_rows": ragged}
    assumed.update({key: value for key, value in notes.items() if value})
    return (names + [""] * width)[:width], rows


def _measure(path: Path, text: Path, dialect: Dialect) -> tuple[list[str], int, int]:
    """The column names as they stand, the width of the widest row, and how many rows have another width."""
    rows = _table_rows(path, text, dialect)
    names = next(rows, []) if dialect.header else list(dialect.names or ())
    usual = width = max(_used(names), dialect.width)
    ragged = 0
    for row in rows:
        used = _used(row)
        ragged += used > usual or len(row) < usual
        width = max(width, used)
    return names, width, ragged


def _used(row: Sequence[str]) -> int:
    """The row's cells up to the last one that is not blank."""
    return max((place for place, cell in enumerate(row, start=1) if cell.strip()), default=0)


def _table_rows(path: Path, text: Path, dialect: Dialect) -> Iterator[list[str]]:
    """The table's rows, header first. Raises ToolError at a broken quote."""
    csv.field_size_limit(CELL_LIMIT)
    with text.open(encoding="utf-8-sig", newline="") as stream:
        numbered = _Lines(stream, dialect)
        skipped, started, begun = 0, 0, False
        try:
            for row in dialect.rows(numbered):
                if row and SENTINEL in row[-1]:
                    if row != [SENTINEL]:
                        raise refused(path, f"line {started + 1}: a quotation mark opens there and is never closed.")
                    return
                started = numbered.number
                blank = not any(cell.strip() for cell in row)
                if blank and (len(row) < 2 or not begun):
                    continue
                if skipped < dialect.preamble:
                    skipped += 1
                    continue
                begun = True
                yield row
        except csv.Error as error:
            raise refused(path, f"line {numbered.number}: {error}.") from error


class _Lines:
    """The file's lines without the comments above the table, with their number, and a sentinel that an open quote would swallow."""

    def __init__(self, stream: Iterable[str], dialect: Dialect) -> None:
        self.stream, self.dialect, self.number = stream, dialect, 0

    def __iter__(self) -> Iterator[str]:
        above = self.dialect.comment is not None
        for line in self.stream:
            self.number += 1
            # Only above the table is it a comment: further down, or inside a cell, it may be a row.
            above = above and (not line.strip() or line.lstrip().startswith(self.dialect.comment or ""))
            if above:
                continue
            yield line.replace("\x00", "")
        yield SENTINEL + "\n"

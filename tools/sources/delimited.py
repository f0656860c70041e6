"""Delimited text (CSV, TSV and their kin): read every row of the table that the file holds.

A regular file is read by DuckDB where it lies, and its rows are counted a second time; one with ragged rows or odd
quotes is first written anew, row by row.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from tools.sources.aside import NOTE, Aside
from tools.sources.counting import Records, count_records
from tools.sources.dialect import NO_DELIMITER, Dialect, find_dialect
from tools.sources.encoding import as_utf8
from tools.sources.opened import Found, clean_names, refused
from tools.sources.place import find_place, foot
from tools.sources.records import CELL_LIMIT, write_anew
from tools.sources.told import NOTHING, Told
from tools.sources.types import type_columns
from tools.words import identifier, literal

SAMPLE_CHARACTERS = 200_000
TAIL_BYTES = 65_536
DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space", ":": "colon"}


@dataclass(frozen=True)
class Layout:
    """How a file's text becomes a table."""

    dialect: Dialect
    skip: int
    """Lines above the first row of values."""
    above: int
    """Rows of notes among them."""
    header_rows: int
    names: tuple[str, ...] | None
    foot: tuple[str, ...] = ()
    """The lines of notes below the table."""


def read_delimited(connection: duckdb.DuckDBPyConnection, path: Path, folder: Path, told: Told = NOTHING) -> Found:
    """The file's table as a SELECT with typed columns. Raises ToolError with file, line and cause."""
    aside = Aside(folder)
    text = as_utf8(path, folder, told, aside)
    layout = find_layout(text.path, told)
    dialect = layout.dialect
    notes_below = [line for line in layout.foot if line.strip(f" \r\n{dialect.delimiter}")]
    assumed: dict[str, Any] = {
        "delimiter": DELIMITER_NAMES.get(dialect.delimiter, dialect.delimiter) if dialect.width > 1 else "none",
        "encoding": text.encoding,
        "header": layout.names is not None,
    }
    notes = {
        "compressed": text.compressed,
        "lines_above_the_table": layout.above,
        "header_rows": layout.header_rows if layout.header_rows > 1 else 0,
        "lines_below_the_table": len(notes_below),
        "comment": dialect.comment,
        "mended_characters": text.mended,
        "other_encoding_lines": text.other_lines,
    }
    assumed.update({key: value for key, value in notes.items() if value})
    source = text.path
    if layout.foot:
        source = _without_foot(text.path, layout.foot, folder / "values.csv")
    found = _read_plain(connection, path, source, layout, assumed, told) if dialect.plain else None
    if found is None:
        names, rows = _rewrite(path, source, layout, folder / "table.csv", assumed, aside)
        scan = _scan(folder / "table.csv", len(names), Dialect(","), 0)
        found = _typed(connection, path, scan, names, assumed, told)
        if found.row_count != rows:
            raise RuntimeError(f"{path.name}: {rows} rows were written, another number was read")
    for line in notes_below:
        aside.add(0, NOTE, line, kind=NOTE)
    found.aside = aside
    return found


# --- where the table lies ----------------------------------------------------------------------------------------


def find_layout(text: Path, told: Told) -> Layout:
    """The layout that the first and last lines of the file show."""
    sample, whole = _sample(text)
    lines = sample.splitlines(keepends=True)
    above = told.skip_rows or 0
    dialect = find_dialect("".join(lines[above:]), told)
    rows, ends = _cut(lines[above:], dialect)
    place = find_place(rows, header_rows=told.header_rows, from_first=told.skip_rows is not None)
    names, header_rows = place.names, place.header_rows
    if names is None and told.header_rows is None and (named := _named_by_comment(dialect, lines)):
        names = named
    notes = above + sum(any(cell.strip() for cell in row) for row in rows[: place.above])
    if dialect.comment:
        notes -= sum(
            line.lstrip().startswith(dialect.comment) for line in lines[: ends[place.body - 1] if place.body else 0]
        )
    body = [row for row in rows[place.body :] if any(cell.strip() for cell in row)]
    width = max(dialect.width, 1)
    skip = above + (ends[place.body - 1] if place.body else 0)
    below = _foot(text, lines[skip:] if whole else None, dialect, width, told) if body else ()
    return Layout(dialect, skip, max(notes, 0), header_rows, names, below)


def _sample(path: Path) -> tuple[str, bool]:
    """The first lines of the file, whole ones only unless there is just one; and whether that is all of it."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        text = stream.read(SAMPLE_CHARACTERS)
        if not stream.read(1):
            return text, True
    return text[: max(text.rfind("\n"), text.rfind("\r")) + 1] or text, False


def _cut(lines: Sequence[str], dialect: Dialect) -> tuple[list[list[str]], list[int]]:
    """The lines as rows, blank ones and comments above the table as rows of one empty cell; and each row's last line."""
    csv.field_size_limit(CELL_LIMIT)
    rows: list[list[str]] = []
    ends: list[int] = []
    for line in lines:
        if line.strip() and not line.lstrip().startswith(dialect.comment or "\0"):
            break
        rows.append([""])
        ends.append(len(rows))
    start = len(rows)
    if dialect.delimiter == NO_DELIMITER and dialect.quote is None:
        return rows + [[line.strip("\r\n")] for line in lines[start:]], [*ends, *range(start + 1, len(lines) + 1)]
    reader: Any = dialect.rows(lines[start:])
    try:
        for row in reader:
            rows.append(row or [""])
            ends.append(start + reader.line_num)
    except csv.Error:
        pass
    return rows, ends


def _named_by_comment(dialect: Dialect, lines: Sequence[str]) -> tuple[str, ...] | None:
    """The names from `# time, energy` above a table without a header."""
    mark = dialect.comment
    if mark is None:
        return None
    last = ""
    for line in lines:
        if line.strip() and not line.lstrip().startswith(mark):
            break
        last = line if line.strip() else last
    cells = next(iter(dialect.rows([last.strip().lstrip(mark)])), [])
    return tuple(cells) if len(cells) == dialect.width > 1 else None


def _foot(text: Path, lines: Sequence[str] | None, dialect: Dialect, width: int, told: Told) -> tuple[str, ...]:
    """The last lines where they are notes: found among all lines of a short file, or the last ones of a long one."""
    whole = lines is not None
    if lines is None:
        with text.open("rb") as stream:
            stream.seek(-min(TAIL_BYTES, text.stat().st_size), 2)
            lines = stream.read().decode("utf-8", "ignore").splitlines(keepends=True)[1:]
    if told.skip_end is not None:
        return tuple(lines[len(lines) - told.skip_end :]) if told.skip_end else ()
    rows, ends = _cut(lines, replace(dialect, comment=None))
    # Cut in the middle of a quoted cell, the rows make no sense: then nothing is taken off.
    if not whole and sum(len(row) == width for row in rows) < 0.5 * len(rows):
        return ()
    size = foot(rows, width)
    if not size or len(rows) == size or ends[-1] != len(lines):
        return ()
    return tuple(lines[ends[len(rows) - size - 1] :])


def _without_foot(text: Path, foot_lines: Sequence[str], target: Path) -> Path:
    left = text.stat().st_size - sum(len(line.encode()) for line in foot_lines)
    with text.open("rb") as source, target.open("wb") as out:
        while left > 0 and (chunk := source.read(min(1 << 22, left))):
            out.write(chunk)
            left -= len(chunk)
    return target


# --- reading it --------------------------------------------------------------------------------------------------


def _read_plain(
    connection: duckdb.DuckDBPyConnection, path: Path, text: Path, layout: Layout, assumed: dict[str, Any], told: Told
) -> Found | None:
    """The table as DuckDB reads it, or None where a row does not have the usual width."""
    dialect = layout.dialect
    names = list(layout.names) if layout.names is not None else [""] * dialect.width
    if not _skips_alike(text, layout):
        return None
    tried = dict(assumed)
    try:
        scan = _scan(text, len(names), dialect, layout.skip)
        # DuckDB takes the first line end it meets for all, and where that one is inside a cell it sees no further row.
        found = _typed(connection, path, scan, names, tried, told)
        counts = (count(text, dialect, layout.skip) for count in (count_records, _record_count))
        counted = next((one for one in counts if one.rows == found.row_count), None)
        if counted is None:
            return None
        tried |= {"blank_lines": counted.blank} if counted.blank else {}
    except duckdb.Error:
        return None
    assumed.update(tried)
    return found


def _skips_alike(text: Path, layout: Layout) -> bool:
    """Whether the lines above the values are no rows of several lines, which DuckDB would count as one."""
    quote = layout.dialect.quote or "\0"
    with text.open(encoding="utf-8-sig", newline="") as stream:
        return all(next(stream).count(quote) % 2 == 0 for _ in range(layout.skip))


def _record_count(text: Path, dialect: Dialect, skip: int) -> Records:
    """The rows as Python's own reader counts them, where they have quotes; -1 where it can't."""
    if not dialect.quote:
        return Records(-1)
    csv.field_size_limit(CELL_LIMIT)
    with text.open(encoding="utf-8-sig", newline="") as stream:
        for _ in range(skip):
            next(stream)
        try:
            count = blank = since = 0
            for row in dialect.rows(stream):
                count, blank, since = (count + 1, blank + since, 0) if row else (count, blank, since + 1)
            return Records(count, blank)
        except csv.Error:
            return Records(-1)


def _scan(text: Path, width: int, dialect: Dialect, skip: int) -> str:
    columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(width))
    quote = literal(dialect.quote or "")
    return (
        f"read_csv({literal(str(text))}, auto_detect = false, header = false, skip = {skip},"
        f" delim = {literal(dialect.delimiter)}, new_line = {literal(dialect.line_end)}, quote = {quote}, escape = {quote}, max_line_size = 20000000,"
        f" columns = {{{columns}}})"
    )


def _typed(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    scan: str,
    raw_names: Sequence[str],
    assumed: dict[str, Any],
    told: Told,
) -> Found:
    names, renamed = clean_names(raw_names)
    raw = [f"c{place}" for place in range(len(names))]
    typed = type_columns(connection, scan, raw, names, told, quoted_commas=assumed["delimiter"] == "comma")
    if typed.row_count == typed.empty_rows and not assumed["header"]:
        raise refused(path, "it holds no rows.")
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
        "no_rows": typed.row_count == typed.empty_rows,
    }
    assumed.update({key: value for key, value in notes.items() if value})
    cells = enumerate(zip(typed.expressions, names, strict=True))
    shown = ", ".join(f"{cell} AS {identifier(name)}" for place, (cell, name) in cells if place not in ghosts)
    filled = " OR ".join(f"nullif(trim({name}), '') IS NOT NULL" for name in raw)
    where = f" WHERE {filled}" if typed.empty_rows else ""
    sql = f"SELECT {shown} FROM {scan}{where}"
    return Found(sql=sql, format="csv", reader="duckdb", assumed=assumed, row_count=typed.row_count)


def _rewrite(
    path: Path, text: Path, layout: Layout, target: Path, assumed: dict[str, Any], aside: Aside
) -> tuple[list[str], int]:
    """Write the table anew, regular and comma-separated; its raw column names and the number of rows below them."""
    seen = write_anew(path, text, layout.dialect, layout.skip, target, aside, names=layout.names)
    notes = {"ragged_rows": seen.ragged, "stray_quotes": seen.mended, "blank_lines": seen.blank}
    assumed.update({key: value for key, value in notes.items() if value})
    return (list(layout.names or ()) + [""] * seen.width)[: seen.width], seen.rows

"""Delimited text (CSV, TSV and their kin): find the table in the file, then read every row of it.

The dialect is found on a sample by how regular the rows become and how many cells look like values, after van den
Burg, Nazabal and Sutton, "Wrangling messy CSV files by detecting row and type patterns" (2019). A regular file is read
by DuckDB where it lies; one with comments, ragged rows or odd quotes is first written anew, row by row, by Python.

What is not covered: several tables in one file, headers of several lines (the first is taken), fixed-width columns.
"""

import csv
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from tools.sources.encoding import as_utf8
from tools.sources.opened import Found, clean_names, refused
from tools.sources.types import type_columns
from tools.tool import identifier, literal

SAMPLE_CHARACTERS = 200_000
SAMPLE_ROWS = 500
DELIMITERS = (",", ";", "\t", "|", "^", "~", ":", " ")
DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space", ":": "colon"}
CELL_LIMIT = 50_000_000
SENTINEL = "\x00EOF\x00"
NO_DELIMITER = "\x1f"
VALUE = re.compile(
    r"\s*(|[+-]?[$€£₩]?\d+([.,]\d+)*%?([eE][+-]?\d+)?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d.*)?|\d{1,2}:\d\d(:\d\d.*)?"
    r"|n/?a|nan|null|true|false|[\w.&'()/%-]+( [\w.&'()/%-]+){0,4}|\S+@\S+|https?://\S+)\s*",
    re.IGNORECASE,
)
NUMERIC = re.compile(r"\s*[+-]?[$€£₩]?(\d+([.,]\d+)*|\.\d+)%?([eE][+-]?\d+)?\s*|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*")


@dataclass(frozen=True)
class Dialect:
    """How the text is cut into cells, and where the table begins."""

    delimiter: str
    quote: str | None = '"'
    escape: str | None = None
    """A character that protects a quote inside quotes; None where quotes are doubled."""
    skip_blank: bool = False
    """Blanks after a delimiter are no part of the cell."""
    comment: str | None = None
    preamble: int = 0
    """Rows above the table."""
    header: bool = True
    names: tuple[str, ...] | None = None
    """Column names that stand in the last comment above the table."""
    width: int = 1
    line_end: str = "\\n"
    """As DuckDB spells it."""
    plain: bool = True
    """Whether DuckDB can read the file as it stands."""

    def rows(self, lines: Iterable[str]) -> Iterator[list[str]]:
        options: dict[str, Any] = {"delimiter": self.delimiter, "skipinitialspace": self.skip_blank}
        if self.quote is None:
            options["quoting"] = csv.QUOTE_NONE
        else:
            options |= {"quotechar": self.quote, "doublequote": self.escape is None, "escapechar": self.escape}
        return csv.reader(lines, **options)


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
        rewritten = _rewrite(path, text.path, dialect, folder / "table.csv", assumed)
        found = _typed(
            connection, path, _scan(folder / "table.csv", len(rewritten), Dialect(","), 0), rewritten, assumed
        )
    return found


def _sample(path: Path) -> str:
    """The first lines of the file, whole ones only unless there is just one."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        text = stream.read(SAMPLE_CHARACTERS)
        if stream.read(1):
            text = text[: max(text.rfind("\n"), text.rfind("\r"))] or text
    return text


# --- the dialect -------------------------------------------------------------------------------------------------


def find_dialect(sample: str) -> Dialect:
    """The dialect under which the sample looks most like a table."""
    lines = sample.splitlines(keepends=True)
    comment = next((mark for mark in ("#", "%", "//") if lines and lines[0].lstrip().startswith(mark)), None)
    body = [line for line in lines if not (comment and line.lstrip().startswith(comment))]
    if not body:
        comment, body = None, lines
    quote, escape = _quoting(sample)
    scored = [
        (score, dialect)
        for delimiter in DELIMITERS
        for dialect in [Dialect(delimiter, quote, escape, skip_blank=delimiter == " ", comment=comment)]
        if (score := _score(dialect, body)) > 0
    ]
    best = max(scored, key=lambda pair: pair[0])[1] if scored else Dialect(",", quote, escape, comment=comment)
    best = replace(best, line_end="\\r\\n" if "\r\n" in sample else "\\n", plain=_one_line_end(sample))
    placed = _placed(_spaced(best, body), body, single=not scored)
    return _named_by_comment(placed, lines) if comment and not placed.header else placed


def _one_line_end(sample: str) -> bool:
    """Whether all lines end alike, in a way that DuckDB knows; a cell of several lines may break that."""
    both, line_feeds, returns = (sample.count(mark) for mark in ("\r\n", "\n", "\r"))
    return line_feeds == both == returns or (both == 0 == returns)


def _named_by_comment(dialect: Dialect, lines: Sequence[str]) -> Dialect:
    """The names from `# time, energy` above a table without a header."""
    mark = dialect.comment or ""
    above = list(itertools.takewhile(lambda line: not line.strip() or line.lstrip().startswith(mark), lines))
    last = next((line for line in reversed(above) if line.strip()), "").strip().lstrip(mark)
    cells = next(iter(dialect.rows([last])), [])
    return replace(dialect, names=tuple(cells)) if len(cells) == dialect.width and dialect.width > 1 else dialect


def _quoting(sample: str) -> tuple[str | None, str | None]:
    """The quote character, and the escape where quotes inside quotes have a backslash."""
    if '"' in sample:
        return '"', "\\" if '\\"' in sample and '""' not in sample.replace('\\""', "") else None
    edge = r"(?:^|[,;\t|])\s*'[^'\n]*'\s*(?:$|[,;\t|])"
    quoted = len(re.findall(edge, sample, re.MULTILINE))
    return ("'", None) if quoted > 2 and quoted * 4 > sample.count("'") else ('"', None)


def _parsed(dialect: Dialect, lines: Sequence[str]) -> list[list[str]]:
    rows = itertools.islice(dialect.rows(lines), SAMPLE_ROWS)
    try:
        return [row for row in rows if any(cell.strip() for cell in row)]
    except csv.Error:
        return []


def _score(dialect: Dialect, lines: Sequence[str]) -> float:
    """Regularity of the rows times the share of cells that look like values; 0 where it is no table."""
    rows = _parsed(dialect, lines)
    if not rows:
        return 0.0
    widths = Counter(len(row) for row in rows)
    width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
    if width < 2 or count < 0.5 * len(rows) or (len(rows) == 1 and dialect.delimiter in " :"):
        return 0.0
    cells = [cell for row in rows for cell in row]
    values = sum(VALUE.fullmatch(cell[:200]) is not None for cell in cells) / len(cells)
    if dialect.delimiter in " :" and (count < len(rows) or sum(map(_is_numeric, cells)) < len(cells) / 2):
        return 0.0
    regular = sum(n * (w - 1) / w for w, n in widths.items()) / len(rows) / len(widths)
    return regular * max(values, 0.001)


def _spaced(dialect: Dialect, lines: Sequence[str]) -> Dialect:
    """The same, where a blank after each delimiter keeps quotes from being seen: `1, "a, b"`."""
    if dialect.delimiter == " ":
        return replace(dialect, skip_blank=True, plain=False)
    hidden = f"{dialect.delimiter} {dialect.quote}"
    if dialect.quote and any(hidden in line for line in lines[:SAMPLE_ROWS]):
        return replace(dialect, skip_blank=True, plain=False)
    return dialect


def _placed(dialect: Dialect, lines: Sequence[str], *, single: bool) -> Dialect:
    """The dialect with the table's place: rows above it, its header and its width."""
    if single:
        quote = dialect.quote if any(line[:1] == dialect.quote for line in lines) else None
        dialect = replace(dialect, delimiter=NO_DELIMITER, quote=quote)
        rows = [[line.strip("\r\n")] for line in lines if line.strip()]
        return replace(dialect, width=1, header=_has_header(rows[:SAMPLE_ROWS]), plain=False)
    rows = _parsed(dialect, lines)
    start = table_start(rows)
    rows = rows[start:]
    plain = dialect.plain and not start and not dialect.comment and not dialect.escape
    return replace(dialect, preamble=start, header=_has_header(rows), width=len(rows[0]), plain=plain)


def table_start(rows: Sequence[Sequence[Any]]) -> int:
    """The number of title and note rows above the table: rows with few cells, before a row that is as full as most."""
    full = [_filled(row) for row in rows]
    usual = sorted(full)[len(full) * 3 // 4] if full else 0
    if usual < 2:
        return 0
    for place, count in enumerate(full[:50]):
        if count >= max(2, 0.7 * usual):
            sparse = all(above <= max(1, usual // 3) for above in full[:place])
            return place + _stray(rows[place:]) if sparse else 0
    return 0


def _stray(rows: Sequence[Sequence[Any]]) -> int:
    """1 where the first row is a note of another width, above names that stand over numbers."""
    widths = {len(row) for row in rows[1:]}
    if len(rows) < 4 or len(widths) != 1 or len(rows[0]) in widths:
        return 0
    named = not any(_is_numeric(str(cell)) for cell in rows[1]) and not any(_is_numeric(str(cell)) for cell in rows[0])
    over = any(all(_is_numeric(str(row[place])) for row in rows[2:20]) for place in range(len(rows[1])))
    return int(named and over)


def _filled(row: Sequence[Any]) -> int:
    return sum(cell is not None and str(cell).strip() != "" for cell in row)


def _is_numeric(cell: str) -> bool:
    return NUMERIC.fullmatch(cell[:60]) is not None


def _has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: no values of its own kind below it, or text above numbers."""
    first, body = rows[0], rows[1:]
    numeric = [place for place, cell in enumerate(first) if _is_numeric(cell)]
    if not body:
        return not numeric
    if numeric:
        years = all(re.fullmatch(r"\s*(19|20)\d\d\s*", first[place]) for place in numeric)
        texts = len(first) - len(numeric)
        same = all(re.fullmatch(r"\s*(19|20)\d\d\s*", row[p]) for p in numeric for row in body[:20] if p < len(row))
        return years and texts > 0 and not same and len(numeric) > 1
    for place in range(len(first)):
        below = [row[place] for row in body if place < len(row) and row[place].strip()]
        if first[place].strip() and below and sum(map(_is_numeric, below)) > 0.8 * len(below):
            return True
    repeated = sum(
        bool(cell.strip()) and any(place < len(row) and row[place] == cell for row in body)
        for place, cell in enumerate(first)
    )
    return repeated == 0 or repeated < len(first) / 4


# --- reading -----------------------------------------------------------------------------------------------------


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


def _rewrite(path: Path, text: Path, dialect: Dialect, target: Path, assumed: dict[str, Any]) -> list[str]:
    """Write the table anew, regular and comma-separated; its raw column names. Two readings: the width, the rows."""
    width, ragged = 0, 0
    names: list[str] = []
    for place, (_, row) in enumerate(_table_rows(path, text, dialect)):
        used = max((position for position, cell in enumerate(row, start=1) if cell.strip()), default=0)
        if place == 0:
            names = row[: max(used, dialect.width if not dialect.header else used)] if dialect.header else []
            width = max(used, dialect.width)
            if dialect.header:
                names += [""] * (width - len(names))
        ragged += used > (len(names) or dialect.width) or len(row) < (len(names) or dialect.width)
        width = max(width, used)
    if not width:
        raise refused(path, "it holds no rows.")
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
        for place, (_, row) in enumerate(_table_rows(path, text, dialect)):
            if place or not dialect.header:
                writer.writerow((row + [""] * width)[:width])
    if dialect.preamble:
        assumed["lines_above_the_table"] = dialect.preamble
    if dialect.comment:
        assumed["comment"] = dialect.comment
    if ragged:
        assumed["ragged_rows"] = ragged
    names = names or list(dialect.names or ())
    return names + [""] * (width - len(names))


def _table_rows(path: Path, text: Path, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    """The table's rows with the number of their last line, header first. Raises ToolError at a broken quote."""
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
                yield started, row
        except csv.Error as error:
            raise refused(path, f"line {numbered.number}: {error}.") from error


class _Lines:
    """The file's lines without comments, with their number, and a sentinel that an open quote would swallow."""

    def __init__(self, stream: Iterable[str], dialect: Dialect) -> None:
        self.stream, self.dialect, self.number = stream, dialect, 0

    def __iter__(self) -> Iterator[str]:
        for line in self.stream:
            self.number += 1
            if self.dialect.comment and line.lstrip().startswith(self.dialect.comment):
                continue
            yield line.replace("\x00", "")
        yield SENTINEL + "\n"

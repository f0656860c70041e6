"""Delimited text row by row, for files that DuckDB can't read as they stand: ragged rows, stray quotes, odd line ends.

A quotation mark that is never closed, or that swallows the rows after it, is read as a letter; a row that makes no
sense even so is put aside.
"""

import csv
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.sources.aside import Aside
from tools.sources.dialect import Dialect
from tools.sources.opened import refused

CELL_LIMIT = 50_000_000
SENTINEL = "\x00EOF\x00"
RESTARTS = 1_000
"""Stray quotation marks that are mended in one file."""


@dataclass
class Regular:
    """What came of writing a table anew."""

    rows: int = 0
    width: int = 0
    ragged: int = 0
    mended: int = 0
    """Rows in which a quotation mark was read as a letter."""
    blank: int = 0
    """Lines without anything between rows."""
    since: int = 0
    """Such lines since the last row."""


class _Lines:
    """Lines with their number, those of the current row remembered, and a last one that an open quote would swallow."""

    def __init__(self, lines: Iterator[str], number: int) -> None:
        self.lines, self.number = lines, number
        self.taken: list[str] = []
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        for line in self.lines:
            self.number += 1
            self.taken.append(line)
            yield line.replace("\x00", "")
        self.ended = True
        yield SENTINEL + "\n"

    def again(self) -> None:
        """Give back the lines of the current row but its first."""
        self.number -= len(self.taken) - 1
        self.lines = itertools.chain(self.taken[1:], self.lines)
        self.taken, self.ended = [], False


def rows_of(path: Path, text: Path, dialect: Dialect, skip: int, aside: Aside, seen: Regular) -> Iterator[list[str]]:
    """The rows below the first `skip` lines of a UTF-8 file. Raises ToolError where it holds no text that can be cut."""
    csv.field_size_limit(CELL_LIMIT)
    with text.open(encoding="utf-8-sig", newline="") as stream:
        lines = _Lines(itertools.islice(stream, skip, None), skip)
        for _ in range(RESTARTS):
            yield from _until_stray(lines, dialect, aside, seen)
            if lines.ended:
                return
    raise refused(
        path, f"line {lines.number}: more than {RESTARTS:,} rows have a stray quotation mark. Name another quote."
    )


def _until_stray(lines: _Lines, dialect: Dialect, aside: Aside, seen: Regular) -> Iterator[list[str]]:
    """The rows up to one with a quotation mark out of place, that one mended; the rest is for a new reader."""
    reader = dialect.rows(lines, strict=True)
    while True:
        try:
            row = next(reader)
        except csv.Error:
            row = [SENTINEL, SENTINEL]
        if row == [SENTINEL]:
            return
        broken = bool(row) and SENTINEL in row[-1]
        if broken or (len(lines.taken) > 1 and len(row) != dialect.width and _alone(lines.taken[0], dialect)):
            yield from _mended(lines, dialect, aside, seen)
            lines.again()
            return
        lines.taken.clear()
        # A line without anything is no row; one of delimiters only is.
        if len(row) > 1 or any(cell.strip() for cell in row):
            seen.blank, seen.since = seen.blank + seen.since, 0
            yield row
        else:
            seen.since += 1


def _mended(lines: _Lines, dialect: Dialect, aside: Aside, seen: Regular) -> Iterator[list[str]]:
    """The first line of a row that went wrong, its quotation marks read as letters; put aside where that is no row."""
    first = lines.taken[0]
    if len(lines.taken) == 1 and not lines.ended:
        yield next(iter(dialect.rows([first.replace("\x00", "")])))
    elif row := _alone(first, dialect):
        seen.mended += 1
        yield row
    else:
        number = lines.number - len(lines.taken) + 1
        aside.add(number, "a quotation mark opens there and is never closed", first)


def _alone(line: str, dialect: Dialect) -> list[str] | None:
    """A line as a row of the usual width, its quotation marks taken as letters."""
    row = next(iter(dialect.rows([line.replace("\x00", "").rstrip("\r\n")], quoted=False)), [])
    return row if len(row) == dialect.width > 1 else None


def write_anew(
    path: Path, text: Path, dialect: Dialect, skip: int, target: Path, aside: Aside, *, names: Sequence[str] | None
) -> Regular:
    """The table's rows as a regular file: comma, double quotes, all of one width."""
    usual = max(_used(names or ()), dialect.width)
    seen = _written(path, text, dialect, skip, target, aside, usual, usual)
    if seen.width > usual:
        aside.path.unlink(missing_ok=True)
        aside.counts.clear()
        seen = _written(path, text, dialect, skip, target, aside, usual, seen.width)
    return seen


def _written(
    path: Path, text: Path, dialect: Dialect, skip: int, target: Path, aside: Aside, usual: int, width: int
) -> Regular:
    seen = Regular(width=width)
    blanks = [""] * width
    with target.open("w", encoding="utf-8", newline="") as out:
        write = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_MINIMAL).writerow
        for row in rows_of(path, text, dialect, skip, aside, seen):
            if (size := len(row)) != usual:
                used = _used(row)
                seen.ragged += used > usual or size < usual
                seen.width = max(seen.width, used)
            write((row + blanks)[:width] if size != width else row)
            seen.rows += 1
    return seen


def _used(row: Sequence[str]) -> int:
    """The row's cells up to the last one that is not blank."""
    return max((place for place, cell in enumerate(row, start=1) if cell.strip()), default=0)

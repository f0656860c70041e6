"""Where a table lies among the rows of a file or sheet: notes above it, the rows that name its columns, notes below it.

Columns that hold numbers or dates tell names from values; where there are none, fullness and repetition do.

What is not covered: several tables in one file or sheet side by side; one below the other are read as one.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

Row = Sequence[str]
NUMBER = re.compile(
    r"\s*\(?[+-]?\s?[$€£₩¥]?\s?(\d+([.,' \u00a0\u202f]\d+)*|[.,]\d+)\s?[%€£₩¥]?([eE][+-]?\d+)?\)?\s*"
    r"|\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\.?([ T].*)?|\s*\d{1,2}:\d\d(:\d\d.*)?\s*"
)
NOTHING_SAID = re.compile(r"\s*(|[-–—.?*]+|n/?a|nan|null|none|missing|unknown)\s*", re.IGNORECASE)
YEAR = re.compile(r"\s*(19|20)\d\d\s*")
NOTE = re.compile(
    r"\s*(source|note|\*|†|‡|\(|\[|\d+[.)] |https?:|©|copyright|출처|주[:)]|비고|※|quelle|nota)", re.IGNORECASE
)
MOSTLY = 0.8
DEEPEST = 5
"""Rows that may name the columns together."""
LONGEST_FOOT = 20


@dataclass(frozen=True)
class Place:
    """Where the table begins: how many rows come before its first row of values, and what names them."""

    body: int
    """Rows above the values, names included."""
    header_rows: int = 1
    names: tuple[str, ...] | None = None
    """As they stand, rows of names joined by a blank; None where nothing names the columns."""

    @property
    def above(self) -> int:
        """Rows above the names."""
        return self.body - self.header_rows


def is_number(cell: str) -> bool:
    """Whether a cell holds a number, an amount, a date or a time."""
    return NUMBER.fullmatch(cell[:60]) is not None


def find_place(rows: Sequence[Row], *, header_rows: int | None = None, from_first: bool = False) -> Place:
    """The place of the table among the first rows of a file, blank ones included.

    `header_rows` is how many rows name the columns, where it was told; `from_first` that nothing stands above them.
    """
    found = _found(rows)
    if header_rows is None and not from_first:
        return found
    first = next((place for place, row in enumerate(rows) if _count(row)), 0) if from_first else found.above
    return _named(rows, first, first + (found.header_rows if header_rows is None else header_rows))


def _found(rows: Sequence[Row]) -> Place:
    filled = [place for place, row in enumerate(rows) if _count(row)]
    if not filled:
        return Place(0, 0)
    numeric = _numeric(rows, filled)
    start = _start(rows, filled)
    if not numeric:
        return _of_texts(rows, filled, start)
    first = next((place for place in filled if _is_values(rows, place, numeric)), None)
    # Where many full rows come before the first number, they are values as well.
    full = sum(_count(rows[place]) > 1 for place in filled if start < place < first) if first else 0
    if first is None or full > 2 * DEEPEST:
        return _of_texts(rows, filled, start)
    return _over_numbers(rows, filled, first, numeric)


def _count(row: Row) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _numeric(rows: Sequence[Row], filled: Sequence[int]) -> set[int]:
    """The columns of which most of the later values are numbers."""
    later = [rows[place] for place in (filled[20:] if len(filled) >= 40 else filled[-max(1, len(filled) // 2) :])]
    found = set()
    for place in range(max(map(len, later))):
        cells = [row[place] for row in later if place < len(row) and not NOTHING_SAID.fullmatch(row[place])]
        if cells and sum(map(is_number, cells)) >= MOSTLY * len(cells):
            found.add(place)
    return found


def _is_values(rows: Sequence[Row], place: int, numeric: set[int]) -> bool:
    """Whether a row holds values where most rows hold numbers. Years over columns of other numbers are names."""
    row = rows[place]
    cells = [(column, row[column]) for column in numeric if column < len(row)]
    cells = [(column, cell) for column, cell in cells if not NOTHING_SAID.fullmatch(cell)]
    hits = [(column, cell) for column, cell in cells if is_number(cell)]
    if len(hits) <= len(cells) - len(hits):
        return False
    return not (_count(row) > len(hits) and _are_years(hits, rows[place + 1 : place + 21]))


def _are_years(hits: Sequence[tuple[int, str]], below: Sequence[Row]) -> bool:
    if len(hits) < 2 or not all(YEAR.fullmatch(cell) for _, cell in hits):
        return False
    cells = [row[column] for column, _ in hits for row in below if column < len(row) and row[column].strip()]
    return not all(YEAR.fullmatch(cell) for cell in cells)


def _over_numbers(rows: Sequence[Row], filled: Sequence[int], first: int, numeric: set[int]) -> Place:
    """The names above the first row of values: one row that names every column, or several that do together."""
    above = [place for place in filled if place < first]
    usual, width = _usual(rows, filled)
    for place in above:
        row = rows[place]
        full = _count(row) >= 0.9 * usual and len(row) == width
        if full and any(row[column].strip() for column in numeric if column < len(row)):
            return _deepened(rows, filled, _continued(rows, above, place, numeric), top=place)
    if not above:
        return Place(first, 0)
    last = above[-1]
    if usual > 1 and _count(rows[last]) == 1:
        wide = [place for place in above if _count(rows[place]) >= max(2, usual / 2)]
        if not wide:
            return Place(first, 0)
        if rows[last][0].strip() or last - wide[-1] > 1:
            return _named(rows, wide[-1], wide[-1] + 1)
    return _deepened(rows, filled, last)


def _usual(rows: Sequence[Row], filled: Sequence[int]) -> tuple[int, int]:
    """How many cells most rows have, filled ones and all."""
    counts = sorted(_count(rows[place]) for place in filled)
    widths = Counter(len(rows[place]) for place in filled)
    return counts[len(counts) * 3 // 4], max(widths, key=lambda width: (widths[width], width))


def _continued(rows: Sequence[Row], above: Sequence[int], last: int, numeric: set[int]) -> int:
    """The last row of the names: those below the first start blank and have words over numbers."""
    for place in above:
        row = rows[place]
        over = any(row[column].strip() for column in numeric if column < len(row))
        if place > last and (row[0].strip() or not over or any(map(is_number, row))):
            break
        last = max(last, place)
    return last


def _deepened(rows: Sequence[Row], filled: Sequence[int], last: int, *, top: int | None = None) -> Place:
    """Rows of names grow upward while columns with values lack a name of their own and the row above gives it."""
    used = {c for place in filled if place > last for c, cell in enumerate(rows[place]) if cell.strip()}
    top = last if top is None else top
    while (upper := max((place for place in filled if place < top), default=None)) is not None:
        beside = top - upper == 1
        names = _count(rows[upper]) > 1 and not any(map(is_number, filter(str.strip, rows[upper])))
        needed = names and _needed(rows, upper, top, last, used, beside=beside)
        if last - upper >= DEEPEST or not (needed or (beside and _are_groups(rows[upper], rows[top]))):
            break
        top = upper
    return _named(rows, top, last + 1)


def _are_groups(upper: Row, lower: Row) -> bool:
    """Whether the row above starts blank and has words over several columns: groups, no title."""
    if upper[0].strip() or _count(upper) < 2:
        return False
    return all(column < len(lower) and lower[column].strip() for column, cell in enumerate(upper) if cell.strip())


def _needed(rows: Sequence[Row], upper: int, top: int, last: int, used: set[int], *, beside: bool) -> bool:
    """Whether the row above names columns that have no name yet, or tells apart those that have the same."""
    blank = [""] * (max(used, default=0) + 1)
    names, more = (_joined(rows_) + blank for rows_ in (rows[top : last + 1], [rows[upper], *rows[top : last + 1]]))
    if any(more[column] and not names[column].strip() for column in used):
        return True
    return beside and len({more[column] for column in used}) > len({names[column] for column in used})


def _named(rows: Sequence[Row], top: int, body: int) -> Place:
    return Place(body, body - top, tuple(_joined(rows[top:body])) if body > top else None)


def _joined(block: Sequence[Row]) -> list[str]:
    """One name a column: a group's word stands over the blank cells to its right that have a word below."""
    if len(block) == 1:
        return list(block[0])
    width = max(map(len, block))
    cells = [[cell.strip() for cell in row] + [""] * (width - len(row)) for row in block]
    named: list[list[str]] = [[] for _ in range(width)]
    for level, row in enumerate(cells):
        word = ""
        for column in range(width):
            below = any(lower[column] for lower in cells[level + 1 :])
            begins = any(upper[column] for upper in cells[:level])
            word = row[column] or (word if below and not begins else "")
            named[column].append(word)
    return [" ".join(filter(None, words)) for words in named]


def _start(rows: Sequence[Row], filled: Sequence[int]) -> int:
    """The first row that is as full as most, where those above it have few cells; else the first row."""
    counts = [_count(rows[place]) for place in filled]
    usual = sorted(counts)[len(counts) * 3 // 4]
    if usual < 2:
        return filled[0]
    for position, count in enumerate(counts[:50]):
        if count >= max(2, 0.7 * usual):
            sparse = all(above <= max(1, usual // 3) for above in counts[:position])
            return filled[position] if sparse else filled[0]
    return filled[0]


def _of_texts(rows: Sequence[Row], filled: Sequence[int], start: int) -> Place:
    """Without numbers: the first full row names the columns, unless its words come again below."""
    first, body = rows[start], [rows[place] for place in filled if place > start]
    if any(map(is_number, first)) and not _are_years([(c, v) for c, v in enumerate(first) if is_number(v)], body):
        return Place(start, 0)
    repeated = sum(
        bool(cell.strip()) and any(column < len(row) and row[column] == cell for row in body)
        for column, cell in enumerate(first)
    )
    named = repeated == 0 or repeated < len(first) / 4
    return _deepened(rows, filled, start) if named and body else _named(rows, start, start + named)


def foot(rows: Sequence[Row], width: int) -> int:
    """How many of the last rows are notes below a table of that width: one text alone in the first cell."""
    if width < 2:
        return 0
    alone = [_count(row) == 1 and bool(row[0].strip()) and not is_number(row[0]) for row in rows]
    size, notes = 0, 0
    for place in range(len(rows) - 1, max(-1, len(rows) - 1 - LONGEST_FOOT), -1):
        if _count(rows[place]) and not alone[place]:
            break
        size += 1
        notes += alone[place]
    body = rows[: len(rows) - size]
    if not notes or size == len(rows) or sum(alone[: len(body)]) > 0.05 * len(body):
        return 0
    last = [row for row, one in zip(rows, alone, strict=True) if one][-notes:]
    parted = not _count(rows[len(body)])
    bare = all(len(row) == 1 for row in last)
    worded = any(NOTE.match(row[0]) or len(row[0]) > 60 for row in last)
    return size if bare or (width > 2 and (parted or worded)) else 0

"""How a delimited text is cut into cells, and where its table begins: found on a sample, with nothing told.

By how regular the rows become and how many cells look like values, after van den Burg, Nazabal and Sutton, "Wrangling
messy CSV files by detecting row and type patterns" (2019).

What is not covered: several tables in one file, headers of several lines (the first is taken), fixed-width columns.
"""

import csv
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

SAMPLE_ROWS = 500
DELIMITERS = (",", ";", "\t", "|", "^", "~", ":", " ")
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


def find_dialect(sample: str) -> Dialect:
    """The dialect under which the sample looks most like a table."""
    lines = sample.splitlines(keepends=True)
    comment = next((mark for mark in ("#", "%", "//") if lines and lines[0].lstrip().startswith(mark)), None)
    body = list(itertools.dropwhile(lambda line: not line.strip() or line.lstrip().startswith(comment or "\0"), lines))
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

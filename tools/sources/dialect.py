"""How a delimited text is cut into cells: found on a sample, with nothing told.

By how regular the rows become and how many cells look like values, after van den Burg, Nazabal and Sutton, "Wrangling
messy CSV files by detecting row and type patterns" (2019).

What is not covered: columns of fixed width without a delimiter, delimiters of several characters.
"""

import csv
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tools.sources.place import is_number
from tools.sources.told import NOTHING, Told

SAMPLE_ROWS = 500
DELIMITERS = (",", ";", "\t", "|", "^", "~", ":", " ")
NO_DELIMITER = "\x1f"
VALUE = re.compile(
    r"\s*(|[+-]?[$€£₩]?\d+([.,]\d+)*%?([eE][+-]?\d+)?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d.*)?|\d{1,2}:\d\d(:\d\d.*)?"
    r"|n/?a|nan|null|true|false|[\w.&'()/%-]+( [\w.&'()/%-]+){0,4}|\S+@\S+|https?://\S+)\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Dialect:
    """How the text is cut into cells."""

    delimiter: str
    quote: str | None = '"'
    escape: str | None = None
    """A character that protects a quote inside quotes; None where quotes are doubled."""
    skip_blank: bool = False
    """Blanks after a delimiter are no part of the cell."""
    comment: str | None = None
    """What the lines above the table begin with."""
    width: int = 1
    """Cells of the usual row."""
    line_end: str = "\\n"
    """As DuckDB spells it."""
    plain: bool = True
    """Whether DuckDB can read the rows as they stand."""

    def rows(self, lines: Iterable[str], *, quoted: bool = True, strict: bool = False) -> Iterator[list[str]]:
        """The lines as rows. Not quoted: a quotation mark is a letter like any other; strict: one out of place raises."""
        options: dict[str, Any] = {"delimiter": self.delimiter, "skipinitialspace": self.skip_blank, "strict": strict}
        if self.quote is None or not quoted:
            options["quoting"] = csv.QUOTE_NONE
        else:
            options |= {"quotechar": self.quote, "doublequote": self.escape is None, "escapechar": self.escape}
        return csv.reader(lines, **options)


def find_dialect(sample: str, told: Told = NOTHING) -> Dialect:
    """The dialect under which the sample looks most like a table; what was told is taken as it is."""
    lines = sample.splitlines(keepends=True)
    comment = next((mark for mark in ("#", "%", "//") if lines and lines[0].lstrip().startswith(mark)), None)
    body = list(itertools.dropwhile(lambda line: not line.strip() or line.lstrip().startswith(comment or "\0"), lines))
    if not body:
        comment, body = None, lines
    quote, escape = _quoting(sample) if told.quote is None else (told.quote or None, None)
    tried = (told.delimiter,) if told.delimiter else DELIMITERS
    dialects = [Dialect(one, quote, escape, skip_blank=one == " ", comment=comment) for one in tried]
    scored = [(score, dialect) for dialect in dialects if (score := _score(dialect, body)) > 0]
    if not scored:
        scored = [(score, dialect) for dialect in dialects if (score := _score(dialect, body, parts=True)) > 0]
    best = max(scored, key=lambda pair: pair[0])[1] if scored else dialects[0]
    best = replace(best, line_end="\\r\\n" if "\r\n" in sample else "\\n", plain=_one_line_end(sample))
    if not scored and not told.delimiter:
        whole = best.quote if any(line[:1] == best.quote for line in body) else None
        return replace(best, delimiter=NO_DELIMITER, quote=whole, plain=False)
    best = _spaced(best, body)
    widths = Counter(len(row) for row in _parsed(best, body))
    width = max(widths, key=lambda one: (widths[one] * (one > 1), one), default=1)
    return replace(best, width=width, plain=best.plain and not best.escape)


def _one_line_end(sample: str) -> bool:
    """Whether all lines end alike, in a way that DuckDB knows; a cell of several lines may break that."""
    both, line_feeds, returns = (sample.count(mark) for mark in ("\r\n", "\n", "\r"))
    return line_feeds == both == returns or (both == 0 == returns)


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


def _score(dialect: Dialect, lines: Sequence[str], *, parts: bool = False) -> float:
    """Regularity of the rows times the share of cells that look like values; 0 where it is no table.

    `parts`: a file of a few blocks, each of its own width, will do.
    """
    rows = _parsed(dialect, lines)
    if not rows:
        return 0.0
    widths = Counter(len(row) for row in rows)
    width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
    blocks = parts and len(rows) >= 20 and len(widths) <= 5 and not widths[1]
    if width < 2 or (count < 0.5 * len(rows) and not blocks) or (len(rows) == 1 and dialect.delimiter in " :"):
        return 0.0
    cells = [cell for row in rows for cell in row]
    values = sum(VALUE.fullmatch(cell[:200]) is not None for cell in cells) / len(cells)
    if dialect.delimiter in " :" and (count < len(rows) or sum(map(is_number, cells)) < len(cells) / 2):
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

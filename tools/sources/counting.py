"""How many rows a regular delimited file holds, counted without a parser: line ends outside of quotes."""

from pathlib import Path
from typing import NamedTuple

from tools.sources.dialect import Dialect

CHUNK = 1 << 24


class Records(NamedTuple):
    """The rows of a file; -1 where they can't be counted."""

    rows: int
    blank: int = 0
    """Lines without anything between them."""


def count_records(text: Path, dialect: Dialect, skip: int) -> Records:
    """The lines with content below the first `skip`, where those inside quotes don't count; -1 where line ends differ."""
    import numpy as np

    quote = (dialect.quote or "").encode()
    two = dialect.line_end != "\\n"
    count, blank, since = 0, 0, 0  # blank lines since the last one with content are none between rows yet
    parity, last_end, offset, before = 0, -1, 0, b"\n"
    with text.open("rb") as stream:
        for _ in range(skip):
            offset += len(stream.readline())
        last_end = offset - 1
        while chunk := stream.read(CHUNK):
            signs = np.frombuffer(before + chunk, np.uint8)
            ends = np.flatnonzero(signs == 10)
            ends = ends[ends > 0]
            if quote and quote in chunk:
                quotes = np.flatnonzero(signs[1:] == quote[0]) + 1
                ends = ends[(np.searchsorted(quotes, ends) + parity) % 2 == 0]
                parity = (parity + len(quotes)) % 2
            elif parity:
                ends = ends[:0]
            if not bool(((signs[ends - 1] == 13) == two).all()):
                return Records(-1)
            places = ends + (offset - 1)
            if len(places):
                lengths = np.diff(places, prepend=last_end) - 1 - two
                filled = np.flatnonzero(lengths > 0)
                if len(filled):
                    last = int(filled[-1]) + 1
                    count, blank = count + len(filled), blank + since + last - len(filled)
                    since = len(lengths) - last
                else:
                    since += len(lengths)
                last_end = int(places[-1])
            offset += len(chunk)
            before = chunk[-1:]
    if offset - last_end - 1 > 0:  # the last line has no end
        count, blank = count + 1, blank + since
    return Records(-1) if parity else Records(count, blank)

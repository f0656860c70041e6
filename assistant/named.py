"""Columns that a text names, the clauses of a request in which they stand, and the names its result is to have."""

import re
from collections.abc import Iterable
from itertools import pairwise

from assistant.context import ColumnFact, Table
from assistant.said import CLAUSES
from assistant.words import all_said, split_words


def clauses(request: str) -> list[str]:
    """The parts of a request that speak of one thing each, with the words that join them at their ends."""
    ends = [0, *(joint.end() for joint in CLAUSES.finditer(request)), len(request)]
    parts = (request[start:end] for start, end in pairwise(ends))
    return [part for part in parts if part.strip()]


def items(request: str) -> str:
    """The request with each item of a list on a line of its own, as it was typed: `- Oslo: north`, `2) hue`."""
    return re.sub(r"\s+(?=(?:[-*•]|\d{1,2}[).])\s+[^\W\d_])", "\n", request)


UNITS = frozenset(
    ("m2", "sqm", "sqft", "m", "km", "cm", "mm", "kg", "g", "l", "ml", "c", "f", "eur", "usd", "gbp", "krw", "kwh", "mwh", "pct", "percent", "years", "months", "weeks", "days", "hours", "minutes", "seconds")
)  # fmt: skip
"""Words of names that only say in what is measured: altitude_m."""


def columns_named(text: str, table: Table) -> list[ColumnFact]:
    """The columns whose names stand in a text, as they are or word by word, the longer of two that overlap."""
    rest, found = text.casefold(), []
    for column in sorted(table.columns, key=lambda column: -len(column.name)):
        pattern = whole(column.name.casefold().replace("_", " "))
        if re.search(pattern, rest.replace("_", " ")):
            rest = re.sub(pattern, " ", rest.replace("_", " "))
            found.append(column)
    words = split_words(rest)
    spoken = [column for column in table.columns if column not in found and all_said(split_words(column.name), words)]
    return [column for column in table.columns if column in found or column in spoken]


def others_named(said: str, table: Table, target: str) -> list[str]:
    """The columns besides the target that a part of the request names, with their units or without: area of area_m2."""
    if not said:
        return []
    named, words = columns_named(said, table), split_words(said)
    bare = {column.name: [part for part in split_words(column.name) if part not in UNITS] for column in table.columns}
    return [
        column.name
        for column in table.columns
        if column.name != target and (column in named or (bare[column.name] and all_said(bare[column.name], words)))
    ]


def stands(name: str, text: str) -> bool:
    """Whether a name or value stands in a text as whole words, with a Korean particle or without."""
    return re.search(whole(name.casefold()), text.casefold()) is not None


def whole(name: str) -> str:
    """A pattern of a name as whole words: Latin words end where they end, Korean ones with a particle or more."""
    after = r"(?![a-z0-9_])" if name[-1:].isascii() else ""
    return rf"(?<![\w]){re.escape(name)}{after}"


def spellings(column: ColumnFact, value: str) -> list[object]:
    """The column's known values that are this text, whatever their case and blanks."""
    wanted = value.strip().casefold()
    return [known for known in texts(column) if str(known).strip().casefold() == wanted]


def texts(column: ColumnFact) -> Iterable[object]:
    """The values that are known of a column."""
    return column.values or column.samples


QUOTED = re.compile(r"\"([^\"\n]+)\"|`([^`\n]+)`|“([^”\n]+)”|(?<!\w)'([^'\n]+)'(?![^\W가-힣])")
_RESULT = re.compile(
    r"\b(?:return|put|present|show|give|output|create|make|build|result|data ?frame|series)\b[^.\n]*\b(?:as|with|in|have|has|be)\b"
    r"[^.\n]*\b(?:columns?|index|values|rows|keys)\b|\b(?:columns?|index|rows|values|keys|result) should\b|\bshould (?:be|have)\b[^.\n]*\b(?:columns?|index)\b",
    re.IGNORECASE,
)
"""A sentence on how a result is to be laid out."""


def without_results(request: str) -> tuple[str, list[str]]:
    """A request without the quoted names that its result is to have, and those: `… with "City" and "Total" as columns`."""
    names, parts = [], []
    for sentence in re.split(r"(?<=[.!?\n])", request):
        if _RESULT.search(sentence):
            names += [next(filter(None, found)) for found in QUOTED.findall(sentence)]
            sentence = QUOTED.sub(" ", sentence)
        parts.append(sentence)
    return "".join(parts), names

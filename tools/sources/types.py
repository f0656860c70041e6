"""Which type each text column of a file really has, decided by all of its rows.

A type is given only where every filled cell fits it exactly: `007` stays text, `1.5` never becomes 2, an ambiguous
date stays text. One late word among numbers makes the column text, and that is said; no row is ever lost.

What is not covered: currency, percent and thousands signs (`change_type` reads those), whole numbers of more than 18
digits (they stay text), times of day without seconds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import duckdb

from tools.tool import identifier, literal

SAMPLE_ROWS = 5_000
NEARLY = 0.9
"""A column of which so many cells fit a type is worth a word when the others don't."""
GROUP = 50
"""Columns asked about in one query."""

INTEGER = r"[+-]?(0|[1-9][0-9]{0,17})"
DECIMAL = r"[+-]?((0|[1-9][0-9]{0,17})|[0-9]+\.[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?"
COMMA = r"[+-]?([0-9]+|[1-9][0-9]{0,2}(\.[0-9]{3})+)(,[0-9]+)?"
SURE_COMMA = r"[+-]?[0-9.]+,([0-9]{1,2}|[0-9]{4,})"
ISO_DATE = r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}"
ISO_CLOCK = r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?"
OFFSET = r" ?([+-][0-9]{2}(:?[0-9]{2})?)"


@dataclass(frozen=True)
class Candidate:
    """One way to read a column: which cells fit, and the expression that converts them."""

    type: str
    words: str
    """What a person calls it, in the plural: `numbers`."""
    pattern: str
    convert: str
    """SQL over the trimmed cell, written `$`."""
    also: str = "true"
    """A further condition on each cell, beside the pattern and a conversion that works."""
    needs: str = ""
    """A pattern that at least one cell of the column must match."""

    def fits(self, cell: str) -> str:
        converted = self.convert.replace("$", cell)
        return (
            f"(regexp_full_match({cell}, {literal(self.pattern)}) AND {self.also.replace('$', cell)}"
            f" AND {converted} IS NOT NULL)"
        )


def _day_month(order: str, separator: str, clock: str) -> Candidate:
    parts = {"d": "%d", "m": "%m", "y": "%Y"}
    widths = {"d": "[0-9]{1,2}", "m": "[0-9]{1,2}", "y": "[0-9]{4}"}
    sep = {".": r"\.", "/": "/", "-": "-"}[separator]
    pattern, form = sep.join(widths[part] for part in order), separator.join(parts[part] for part in order)
    if clock:
        pattern += " " + clock.replace("%H", "[0-9]{1,2}").replace("%M", "[0-9]{2}").replace("%S", "[0-9]{2}")
        form += " " + clock
    words = {"dmy": "day first", "mdy": "month first", "ymd": "year first"}[order]
    convert = f"try_strptime($, {literal(form)})" + ("" if clock else "::DATE")
    return Candidate("TIMESTAMP" if clock else "DATE", f"dates ({words})", pattern, convert)


def _named_month(form: str, pattern: str) -> Candidate:
    return Candidate("DATE", "dates", pattern, f"try_strptime($, {literal(form)})::DATE")


NUMBERS = (
    Candidate("BIGINT", "whole numbers", INTEGER, "try_cast($ AS BIGINT)"),
    Candidate("DOUBLE", "numbers", f"(?i:nan)|{DECIMAL}", "try_cast($ AS DOUBLE)"),
    Candidate(
        "DOUBLE",
        "numbers with a decimal comma",
        COMMA,
        "try_cast(replace(replace($, '.', ''), ',', '.') AS DOUBLE)",
        needs=SURE_COMMA,
    ),
)
TIMES = (
    Candidate("BOOLEAN", "true or false", "(?i:true|false)", "try_cast($ AS BOOLEAN)"),
    Candidate("DATE", "dates", ISO_DATE, "try_cast($ AS DATE)"),
    Candidate("TIMESTAMP", "dates with time", f"{ISO_DATE}([ T]{ISO_CLOCK}Z?)?", "try_cast($ AS TIMESTAMP)"),
    Candidate(
        "TIMESTAMP",
        "dates with time and zone (kept as UTC)",
        f"{ISO_DATE}[ T]{ISO_CLOCK}({OFFSET}|Z)",
        "(try_cast($ AS TIMESTAMPTZ) AT TIME ZONE 'UTC')",
    ),
    Candidate("TIME", "times of day", r"[0-9]{1,2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?", "try_cast($ AS TIME)"),
    *(
        _day_month(order, separator, clock)
        for clock in ("", "%H:%M", "%H:%M:%S")
        for separator in ("/", ".", "-")
        for order in ("dmy", "mdy", "ymd")
        if not (order == "mdy" and separator == ".") and not (order == "ymd" and separator != "." and not clock)
    ),
    _named_month("%d-%b-%Y", "[0-9]{1,2}-[A-Za-z]{3}-[0-9]{4}"),
    _named_month("%d %b %Y", "[0-9]{1,2} [A-Za-z]{3} [0-9]{4}"),
    _named_month("%d %B %Y", "[0-9]{1,2} [A-Za-z]{3,9} [0-9]{4}"),
    _named_month("%b %d, %Y", "[A-Za-z]{3} [0-9]{1,2}, [0-9]{4}"),
    _named_month("%B %d, %Y", "[A-Za-z]{3,9} [0-9]{1,2}, [0-9]{4}"),
)
CANDIDATES = (*NUMBERS, *TIMES)


@dataclass
class Typed:
    """How to read the columns: one SQL expression each, and what is worth saying."""

    expressions: list[str] = field(default_factory=list)
    kept_as_text: dict[str, str] = field(default_factory=dict)
    conversions: dict[str, str] = field(default_factory=dict)
    row_count: int = 0
    empty_rows: int = 0


@dataclass(frozen=True)
class _Tally:
    filled: int
    fits: int
    needed: bool
    misfit: str | None


def type_columns(connection: duckdb.DuckDBPyConnection, source: str, raw: Sequence[str], names: Sequence[str]) -> Typed:
    """The types of text columns `raw` of `source` (as it stands after FROM); two passes, the second over all rows."""
    sample = f"(SELECT * FROM {source} LIMIT {SAMPLE_ROWS})"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE type_sample AS FROM {sample}")
    first = _tally(connection, "type_sample", {name: list(CANDIDATES) for name in raw})
    likely = {name: [c for c in CANDIDATES if _worth_asking(first[name][c])] for name in raw}
    blank = " AND ".join(f"{_cell(name)} IS NULL" for name in raw)
    (row_count, empty_rows) = connection.execute(
        f"SELECT count(*), count(*) FILTER ({blank}) FROM {source}"
    ).fetchall()[0]
    complete = row_count <= SAMPLE_ROWS
    tallies = first if complete else _tally(connection, source, likely)
    typed = Typed(row_count=row_count, empty_rows=empty_rows)
    for name, shown in zip(raw, names, strict=True):
        _decide(typed, name, shown, {c: tallies[name][c] for c in likely[name]})
    return typed


def _worth_asking(tally: _Tally) -> bool:
    return tally.fits >= NEARLY * tally.filled


def _cell(name: str) -> str:
    return f"nullif(trim({identifier(name)}), '')"


def _tally(
    connection: duckdb.DuckDBPyConnection, source: str, asked: dict[str, list[Candidate]]
) -> dict[str, dict[Candidate, _Tally]]:
    """For each column and candidate: filled cells, fitting cells, whether the needed pattern occurs, one misfit."""
    answers: dict[str, dict[Candidate, _Tally]] = {}
    for group in _grouped([name for name, candidates in asked.items() if candidates]):
        parts: list[str] = []
        for place, name in enumerate(group):
            cell = f"c{place}"
            parts.append(f"count({cell})")
            for candidate in asked[name]:
                fits = candidate.fits(cell)
                needed = f"bool_or(regexp_full_match({cell}, {literal(candidate.needs)}))" if candidate.needs else "true"
                parts += [f"count(*) FILTER ({fits})", needed, f"min({cell}) FILTER ({cell} IS NOT NULL AND NOT {fits})"]
        cells = ", ".join(f"{_cell(name)} AS c{place}" for place, name in enumerate(group))
        values = iter(connection.execute(f"SELECT {', '.join(parts)} FROM (SELECT {cells} FROM {source})").fetchall()[0])
        for name in group:
            filled = next(values)
            answers[name] = {c: _Tally(filled, next(values), bool(next(values)), next(values)) for c in asked[name]}
    return {name: answers.get(name, {}) for name in asked}


def _grouped(names: Sequence[str]) -> Iterable[Sequence[str]]:
    return (names[start : start + GROUP] for start in range(0, len(names), GROUP))


def _decide(typed: Typed, name: str, shown: str, tallies: dict[Candidate, _Tally]) -> None:
    """Append the column's expression: the first candidate that all filled cells fit, else text."""
    as_text = f"CASE WHEN {_cell(name)} IS NULL THEN NULL ELSE {identifier(name)} END"
    fitting = [c for c, tally in tallies.items() if tally.filled and tally.fits == tally.filled and tally.needed]
    ambiguous = {"dates (day first)", "dates (month first)"} <= {c.words for c in fitting}
    if ambiguous:
        typed.kept_as_text[shown] = "its dates could be day/month or month/day"
    elif fitting:
        best = fitting[0]
        convert = best.convert.replace("$", _cell(name))
        typed.expressions.append(f"nullif({convert}, 'nan'::DOUBLE)" if best.type == "DOUBLE" else convert)
        if best.words not in ("whole numbers", "numbers", "true or false", "dates", "dates with time"):
            typed.conversions[shown] = best.words
        return
    else:
        _say_near_miss(typed, shown, tallies)
    typed.expressions.append(as_text)


def _say_near_miss(typed: Typed, shown: str, tallies: dict[Candidate, _Tally]) -> None:
    near = [(tally, c) for c, tally in tallies.items() if tally.fits and tally.needed and tally.misfit is not None]
    if near:
        tally, candidate = max(near, key=lambda pair: pair[0].fits)
        other = tally.filled - tally.fits
        typed.kept_as_text[shown] = (
            f"{other:,} of {tally.filled:,} values {'is' if other == 1 else 'are'} not {candidate.words.split(' (')[0]},"
            f" such as '{str(tally.misfit)[:30]}'"
        )

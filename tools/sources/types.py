"""Which type each text column of a file really has, decided by all of its rows.

A type is given only where every filled cell fits it exactly: `007` stays text, `1.5` never becomes 2, an ambiguous
date stays text. One late word among numbers makes the column text, and that is said; no row is ever lost.

What is not covered: currency, percent and thousands signs (`change_type` reads those), whole numbers of more than 18
digits (they stay text), times of day without seconds.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import duckdb

from tools.tool import identifier, literal

SAMPLE_ROWS = 2_000
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
    needs: str = ""
    """A pattern that at least one cell of the column must match."""
    common: bool = True
    """Whether it is asked of a column whose first rows are all empty."""

    def fits(self, cell: str) -> str:
        converted = self.convert.replace("$", cell)
        return f"(regexp_full_match({cell}, {literal(self.pattern)}) AND {converted} IS NOT NULL)"


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
    return Candidate("TIMESTAMP" if clock else "DATE", f"dates ({words})", pattern, convert, common=False)


def _named_month(form: str, pattern: str) -> Candidate:
    return Candidate("DATE", "dates", pattern, f"try_strptime($, {literal(form)})::DATE", common=False)


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
DAY_OR_MONTH = {"dates (day first)", "dates (month first)"}


@dataclass
class Typed:
    """How to read the columns: one SQL expression each, and what is worth saying."""

    expressions: list[str] = field(default_factory=list)
    kept_as_text: dict[str, str] = field(default_factory=dict)
    conversions: dict[str, str] = field(default_factory=dict)
    empty: list[bool] = field(default_factory=list)
    """Whether a column holds no value at all."""
    row_count: int = 0
    empty_rows: int = 0


@dataclass(frozen=True)
class _Tally:
    filled: int
    fits: int
    needed: bool
    misfit: str | None

    @property
    def all_fit(self) -> bool:
        return self.filled > 0 and self.fits == self.filled and self.needed


def type_columns(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    raw: Sequence[str],
    names: Sequence[str],
    *,
    all_text: bool = False,
) -> Typed:
    """The types of text columns `raw` of `source` (as it stands after FROM): guessed on a sample, tested on all rows."""
    sample = connection.execute(f"SELECT {', '.join(map(_cell, raw))} FROM {source} LIMIT {SAMPLE_ROWS}").fetchall()
    likely = {
        name: [CANDIDATES[0]] if all_text else _likely([cell for cell in cells if cell is not None])
        for name, cells in zip(raw, zip(*sample, strict=True) if sample else [()] * len(raw), strict=True)
    }
    empty = f"coalesce({', '.join(map(_cell, raw))}) IS NULL"
    counts = connection.execute(f"SELECT count(*), count(*) FILTER ({empty}) FROM {source}").fetchall()[0]
    # One candidate suffices for nearly every column; only where it fails are the rest worth a second pass.
    tallies = _tally(connection, source, {name: _first(candidates) for name, candidates in likely.items()})
    rest = {
        name: [candidate for candidate in likely[name] if candidate not in asked]
        for name, asked in tallies.items()
        if not any(tally.all_fit for tally in asked.values())
    }
    for name, more in _tally(connection, source, rest).items():
        tallies[name] |= more
    typed = Typed(row_count=counts[0], empty_rows=counts[1])
    for name, shown in zip(raw, names, strict=True):
        typed.empty.append(any(tally.filled == 0 for tally in tallies[name].values()))
        _decide(typed, name, shown, {} if all_text else tallies[name])
    return typed


def _first(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The likeliest candidate, with the other reading of the same dates where there are two."""
    return [c for c in candidates if c is candidates[0] or {c.words, candidates[0].words} == DAY_OR_MONTH]


def _likely(cells: Sequence[str]) -> list[Candidate]:
    """The candidates whose pattern nearly all cells of the sample match; an empty sample leaves the common ones."""
    if not cells:
        return [candidate for candidate in CANDIDATES if candidate.common]
    return [candidate for candidate in CANDIDATES if _nearly_all(re.compile(candidate.pattern), cells)]


def _nearly_all(pattern: re.Pattern[str], cells: Sequence[str]) -> bool:
    allowed = (1 - NEARLY) * len(cells)
    misfits = 0
    for cell in cells:
        if pattern.fullmatch(cell) is None:
            misfits += 1
            if misfits > allowed:
                return False
    return True


def _cell(name: str) -> str:
    return f"nullif(trim({identifier(name)}), '')"


def _tally(
    connection: duckdb.DuckDBPyConnection, source: str, asked: dict[str, list[Candidate]]
) -> dict[str, dict[Candidate, _Tally]]:
    """For each column and candidate: filled cells, fitting cells, whether the needed pattern occurs, one misfit."""
    answers: dict[str, dict[Candidate, _Tally]] = {}
    for group in _grouped([name for name, candidates in asked.items() if candidates]):
        inner: list[str] = []
        parts: list[str] = []
        for place, name in enumerate(group):
            cell = f"c{place}"
            parts.append(f"count({cell})")
            for number, candidate in enumerate(asked[name]):
                fits = f"f{place}_{number}"
                inner.append(f"{candidate.fits(cell)} AS {fits}")
                needed = (
                    f"bool_or(regexp_full_match({cell}, {literal(candidate.needs)}))" if candidate.needs else "true"
                )
                parts += [f"count(*) FILTER ({fits})", needed, f"min({cell}) FILTER ({fits} = false)"]
        cells = ", ".join(f"{_cell(name)} AS c{place}" for place, name in enumerate(group))
        table = f"(SELECT *, {', '.join(inner)} FROM (SELECT {cells} FROM {source}))"
        values = iter(connection.execute(f"SELECT {', '.join(parts)} FROM {table}").fetchall()[0])
        for name in group:
            filled = next(values)
            answers[name] = {c: _Tally(filled, next(values), bool(next(values)), next(values)) for c in asked[name]}
    return {name: answers.get(name, {}) for name in asked}


def _grouped(names: Sequence[str]) -> Iterable[Sequence[str]]:
    return (names[start : start + GROUP] for start in range(0, len(names), GROUP))


def _decide(typed: Typed, name: str, shown: str, tallies: dict[Candidate, _Tally]) -> None:
    """Append the column's expression: the first candidate that all filled cells fit, else text."""
    as_text = f"CASE WHEN {_cell(name)} IS NULL THEN NULL ELSE {identifier(name)} END"
    fitting = [candidate for candidate, tally in tallies.items() if tally.all_fit]
    ambiguous = {c.words for c in fitting} >= DAY_OR_MONTH
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
        words = candidate.words.split(" (")[0]
        typed.kept_as_text[shown] = not_all(other, tally.filled, words, str(tally.misfit))


def not_all(other: int, filled: int, words: str, example: str) -> str:
    """`2 of 1,070 values are not numbers, such as 'NA'`; words are plural."""
    what = {"whole numbers": "a whole number", "numbers": "a number", "dates": "a date"}.get(words, words)
    are = f"is not {what}" if other == 1 else f"are not {words}"
    return f"{other:,} of {filled:,} values {are}, such as '{example[:30]}'"

"""Which type each text column of a file really has, decided by all of its rows.

A type is given only where every filled cell fits it exactly: `007` stays text, `1.5` never becomes 2, an ambiguous
date stays text. One late word among numbers makes the column text, and that is said; no row is ever lost.

What is not covered: currency and percent signs (`change_type` reads those), whole numbers of more than 18 digits (they
stay text), times of day without seconds.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from tools.sources.kinds import DAY_OR_MONTH, SAID_PLAINLY, THOUSANDS, Candidate, candidates_for
from tools.sources.told import NOTHING, Told
from tools.words import identifier, literal

SAMPLE_ROWS = 2_000
NEARLY = 0.9
"""A column of which so many cells fit a type is worth a word when the others don't."""
GROUP = 50
"""Columns asked about in one query."""


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
    fits: int
    needed: bool
    misfit: str | None


@dataclass
class _Column:
    """What all cells of a column are."""

    filled: int
    bare: bool
    """Whether no cell has blanks around it, or blanks only."""
    tallies: dict[Candidate, _Tally]

    def fits(self, candidate: Candidate) -> bool:
        tally = self.tallies[candidate]
        return self.filled > 0 and tally.fits == self.filled and tally.needed


def type_columns(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    raw: Sequence[str],
    names: Sequence[str],
    told: Told = NOTHING,
    *,
    quoted_commas: bool = False,
) -> Typed:
    """The types of text columns `raw` of `source` (as it stands after FROM): guessed on a sample, tested on all rows.

    `quoted_commas`: the delimiter is a comma, so that one inside a number stands between thousands.
    """
    known = candidates_for(told, quoted_commas=quoted_commas)
    sample = connection.execute(f"SELECT {', '.join(map(_cell, raw))} FROM {source} LIMIT {SAMPLE_ROWS}").fetchall()
    likely = {
        name: known[:1] if told.all_text else _likely([cell for cell in cells if cell is not None], known)
        for name, cells in zip(raw, zip(*sample, strict=True) if sample else [()] * len(raw), strict=True)
    }
    typed = Typed()
    # One candidate suffices for nearly every column; only where it fails are the rest worth a second pass.
    columns = _tally(connection, source, {name: _first(candidates) for name, candidates in likely.items()}, typed)
    rest = {
        name: more
        for name, column in columns.items()
        if not any(map(column.fits, column.tallies))
        and (more := [candidate for candidate in likely[name] if candidate not in column.tallies])
    }
    for name, column in _tally(connection, source, rest, None).items():
        columns[name].tallies |= column.tallies
    for name, shown in zip(raw, names, strict=True):
        typed.empty.append(columns[name].filled == 0)
        if told.all_text:
            columns[name].tallies.clear()
        _decide(typed, name, shown, columns[name])
    return typed


def _first(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The likeliest candidate, with the other reading of the same dates where there are two."""
    return [c for c in candidates if c is candidates[0] or {c.words, candidates[0].words} == DAY_OR_MONTH]


def _likely(cells: Sequence[str], known: Sequence[Candidate]) -> Sequence[Candidate]:
    """The candidates whose pattern nearly all cells of the sample match; an empty sample leaves the common ones."""
    if not cells:
        return [candidate for candidate in known if candidate.common]
    return [candidate for candidate in known if _nearly_all(re.compile(candidate.pattern), cells)]


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
    connection: duckdb.DuckDBPyConnection, source: str, asked: Mapping[str, Sequence[Candidate]], typed: Typed | None
) -> dict[str, _Column]:
    """For each column and candidate how many cells fit; the rows and the empty ones, where they are to be counted."""
    answers: dict[str, _Column] = {}
    for group in _grouped(list(asked)):
        inner: list[str] = []
        parts: list[str] = []
        for place, name in enumerate(group):
            cell, raw = f"t{place}", f"r{place}"
            parts += [
                f"count({cell})",
                f"coalesce(bool_and({cell} IS NOT NULL AND {cell} = {raw}) FILTER ({raw} IS NOT NULL), true)",
            ]
            for number, candidate in enumerate(asked[name]):
                fits = f"f{place}_{number}"
                inner.append(f"{candidate.fits(cell)} AS {fits}")
                needed = (
                    f"bool_or(regexp_full_match({cell}, {literal(candidate.needs)}))" if candidate.needs else "true"
                )
                parts += [f"count(*) FILTER ({fits})", needed, f"min({cell}) FILTER ({fits} = false)"]
        cells = ", ".join(f"{identifier(n)} AS r{place}, {_cell(n)} AS t{place}" for place, n in enumerate(group))
        table = f"(SELECT {', '.join(['*', *inner])} FROM (SELECT {cells} FROM {source}))"
        if typed and len(asked) <= GROUP:
            parts += [
                "count(*)",
                f"count(*) FILTER (coalesce({', '.join(f't{place}' for place in range(len(group)))}) IS NULL)",
            ]
        values = iter(connection.execute(f"SELECT {', '.join(parts)} FROM {table}").fetchall()[0])
        for name in group:
            column = _Column(next(values), bool(next(values)), {})
            column.tallies = {c: _Tally(next(values), bool(next(values)), next(values)) for c in asked[name]}
            answers[name] = column
        if typed and len(asked) <= GROUP:
            typed.row_count, typed.empty_rows = next(values), next(values)
    if typed and len(asked) > GROUP:
        empty = f"coalesce({', '.join(map(_cell, asked))}) IS NULL"
        counts = connection.execute(f"SELECT count(*), count(*) FILTER ({empty}) FROM {source}").fetchall()[0]
        typed.row_count, typed.empty_rows = counts
    return answers


def _grouped(names: Sequence[str]) -> Iterable[Sequence[str]]:
    return (names[start : start + GROUP] for start in range(0, len(names), GROUP))


def _decide(typed: Typed, name: str, shown: str, column: _Column) -> None:
    """Append the column's expression: the first candidate that all filled cells fit, else text."""
    cell = identifier(name) if column.bare else _cell(name)
    as_text = cell if column.bare else f"CASE WHEN {cell} IS NULL THEN NULL ELSE {identifier(name)} END"
    fitting = [candidate for candidate in column.tallies if column.fits(candidate)]
    ambiguous = {c.words for c in fitting} >= DAY_OR_MONTH
    if ambiguous:
        typed.kept_as_text[shown] = "its dates could be day/month or month/day; day_first settles it"
    elif fitting:
        best = fitting[0]
        convert = best.convert.replace("$", cell)
        typed.expressions.append(f"nullif({convert}, 'nan'::DOUBLE)" if best.type == "DOUBLE" else convert)
        if best.words not in SAID_PLAINLY:
            typed.conversions[shown] = best.words
        return
    elif any(c.words == THOUSANDS and tally.fits == column.filled for c, tally in column.tallies.items() if tally.fits):
        typed.kept_as_text[shown] = "its commas could stand before thousands or decimals; decimal settles it"
    else:
        _say_near_miss(typed, shown, column)
    typed.expressions.append(as_text)


def _say_near_miss(typed: Typed, shown: str, column: _Column) -> None:
    near = [
        (tally, c) for c, tally in column.tallies.items() if tally.fits and tally.needed and tally.misfit is not None
    ]
    if near:
        tally, candidate = max(near, key=lambda pair: pair[0].fits)
        words = candidate.words.split(" (")[0]
        typed.kept_as_text[shown] = not_all(column.filled - tally.fits, column.filled, words, str(tally.misfit))


def not_all(other: int, filled: int, words: str, example: str) -> str:
    """`2 of 1,070 values are not numbers, such as 'NA'`; words are plural."""
    what = {"whole numbers": "a whole number", "numbers": "a number", "dates": "a date"}.get(words, words)
    are = f"is not {what}" if other == 1 else f"are not {words}"
    return f"{other:,} of {filled:,} values {are}, such as '{example[:30]}'"

"""Gives a PIVOT the list of its values, because DuckDB reads one without them as two statements.

sqlglot's tokens only say where the list belongs; the longer text passes the guard like any other SQL before it runs.

What is not covered: a PIVOT in brackets whose source is a CTE of the statement around it; it must list its values.
"""

from collections.abc import Callable, Collection, Sequence
from itertools import pairwise
from typing import Any

from tools.guard import HIDDEN_PIVOT, GuardError, check_select
from tools.guarding.functions import words as word_set
from tools.words import literal

MAX_VALUES = 200
"""More columns than this are not a table that a person reads."""
_PIVOTS = 5
_ENDS = word_set("USING GROUP ORDER LIMIT OFFSET UNION EXCEPT INTERSECT")


def with_values(sql: str, *, tables: Collection[str], rows: Callable[[str], list[Any]]) -> str:
    """The guarded SELECT; a `PIVOT t ON c USING …` gets `c IN (…)` with the values that `rows` reads for a SELECT."""
    for _ in range(_PIVOTS):
        try:
            return check_select(sql, tables=tables)
        except GuardError as refused:
            longer = _listed(sql, tables, rows) if str(refused) == HIDDEN_PIVOT else None
            if longer is None:
                raise
            sql = longer
    raise GuardError(HIDDEN_PIVOT)


def _listed(sql: str, tables: Collection[str], rows: Callable[[str], list[Any]]) -> str | None:
    """The text with values for the first PIVOT that has none, or None where there is no such place."""
    from sqlglot.dialects.duckdb import DuckDB
    from sqlglot.errors import TokenError

    try:
        tokens = DuckDB().tokenize(sql)
    except TokenError:
        return None
    words = [token.text.upper() for token in tokens]
    for start in (index for index, word in enumerate(words) if word == "PIVOT"):
        on = _next(words, start + 1, {"ON"})
        if on is None:
            continue
        end = _next(words, on + 1, _ENDS)
        stop = len(words) if end is None else end
        for first, last in _parts(words, on + 1, stop):
            if "IN" in words[first:last] or first == last:
                continue
            prefix = sql[: tokens[start].start] if words[0] == "WITH" and _depth(words, start) == 0 else ""
            source = sql[tokens[start + 1].start : tokens[on - 1].end + 1]
            column = sql[tokens[first].start : tokens[last - 1].end + 1]
            values = _values(f"{prefix}SELECT DISTINCT {column} FROM {source}", tables, rows)
            place = tokens[last - 1].end + 1
            return f"{sql[:place]} IN ({', '.join(values)}){sql[place:]}"
    return None


def _values(sql: str, tables: Collection[str], rows: Callable[[str], list[Any]]) -> list[str]:
    checked = check_select(sql, tables=tables)
    found = rows(
        f"SELECT * FROM ({checked}) AS pivoted(value) WHERE value IS NOT NULL ORDER BY value LIMIT {MAX_VALUES + 1}"
    )
    if len(found) > MAX_VALUES:
        raise GuardError(f"PIVOT would make more than {MAX_VALUES} columns. Pivot a column with fewer values.")
    if not found:
        raise GuardError("PIVOT finds no value to make columns of. Pivot a column that is not empty.")
    return [literal(value) for (value,) in found]


def _depth(words: Sequence[str], index: int) -> int:
    """How many brackets are open before that word."""
    return sum((word in ("(", "[", "{")) - (word in (")", "]", "}")) for word in words[:index])


def _next(words: Sequence[str], start: int, wanted: Collection[str]) -> int | None:
    """The next of some words at the same depth of brackets, or the bracket that closes it."""
    depth = 0
    for index in range(start, len(words)):
        depth += (words[index] in ("(", "[", "{")) - (words[index] in (")", "]", "}"))
        if depth < 0:
            return index if wanted is _ENDS else None
        if depth == 0 and words[index] in wanted:
            return index
    return None


def _parts(words: Sequence[str], start: int, stop: int) -> list[tuple[int, int]]:
    """The ranges between the commas of that depth; a semicolon ends the last one."""
    commas = [
        index
        for index in range(start, stop)
        if words[index] in (",", ";") and _depth(words[start:index], index - start) == 0
    ]
    edges = [start - 1, *commas, stop]
    return [(before + 1, after) for before, after in pairwise(edges)]

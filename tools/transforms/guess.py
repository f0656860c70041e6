"""Empty cells filled by a small model of the other columns, which is written into the SQL.

What is not covered: dates, neither filled nor read, and texts of many different values.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from automl.formula import Guess, Term, fit
from tools.transform import Column, Input
from tools.transforms.sql import is_integer, names, shown, typed
from tools.words import identifier, listed

MOST_ROWS = 20_000
"""More rows than this are sampled to learn from."""
MOST_LEVELS = 20
"""Values that a column may have to be read."""
MOST_CLASSES = 50
"""Values that a column may have to be guessed."""


def guess_of(table: Input, column: Column, using: Sequence[Column]) -> Guess | str:
    """The model of a column from others, learned once; or why there is none."""
    if column.is_time or column.type in ("UUID", "BLOB") or "[" in column.type or column.type.startswith("STRUCT"):
        return "holds dates or other values that a model can't guess"
    readable = [other for other in using if other not in (column, *table.hidden)]
    if not column.is_number:
        classes = table.learn(
            f"classes:{column.name}", f"SELECT count(DISTINCT {identifier(column.name)}) FROM {table.name}"
        )
        if not 0 < classes <= MOST_CLASSES:
            return f"has more than {MOST_CLASSES} different values" if classes else "has no values to learn from"
    terms = _terms(table, [other for other in readable if other.is_number or other.is_text or other.type == "BOOLEAN"])
    if not terms:
        return "has no other column to guess from"
    told = table.learn_value(f"guess:{column.name}", lambda: asdict(_fitted(table, column, terms)))
    if told["kind"] == "constant" and told["constant"] is None:
        return "has no values to learn from"
    return Guess(**{**told, "terms": [Term(**term) for term in told["terms"]]})


def _terms(table: Input, using: Sequence[Column]) -> list[Term]:
    """What may be read of the other columns: numbers as they are, and the values of columns that have few."""
    terms: list[Term] = []
    for column in using:
        name = identifier(column.name)
        if column.is_number:
            sql = f"SELECT median({name})::DOUBLE FROM {table.name} WHERE isfinite({name}::DOUBLE)"
            empty = table.learn(f"typical:{column.name}", sql)
            terms += [Term(column.name, empty)] if empty is not None else []
            continue
        sql = f"SELECT DISTINCT {name} FROM {table.name} WHERE {name} IS NOT NULL ORDER BY 1 LIMIT {MOST_LEVELS + 1}"
        levels = [row[0] for row in table.learn_rows(f"levels:{column.name}", sql)]
        terms += [Term(column.name, level=level) for level in levels] if len(levels) <= MOST_LEVELS else []
    return terms


def _fitted(table: Input, column: Column, terms: Sequence[Term]) -> Guess:
    columns = {one.name: one for one in table.columns}
    name = identifier(column.name)
    cells = ", ".join(f"({_read(term, columns)})::DOUBLE" for term in terms)
    own = f"{name}::DOUBLE" if column.is_number else name
    known = f"isfinite({own})" if column.is_number else f"{name} IS NOT NULL"
    order = f"hash({names(table.columns)})"
    sql = f"SELECT {own}, {cells} FROM {table.name} WHERE {known} ORDER BY {order} LIMIT {MOST_ROWS}"
    rows = table.relation.rows(sql)
    if not rows:
        return Guess("constant", [], 0.0)
    return fit([row[0] for row in rows], [row[1:] for row in rows], terms, number=column.is_number)


# --- the formula -------------------------------------------------------------------------------------------------


def formula(guess: Guess, column: Column, columns: Sequence[Column]) -> str:
    """The model as an expression of the column's own type."""
    known = {one.name: one for one in columns}
    if guess.kind == "line":
        parts = [
            f"{_rounded(weight)} * {_read(term, known) if term.level is None else f'({_read(term, known)})::INT'}"
            for term, weight in zip(guess.terms, guess.weights or [], strict=True)
        ]
        line = " + ".join([_rounded(guess.intercept), *parts])
        told = f"least(greatest({line}, {guess.low!r}), {guess.high!r})"
    else:
        told = _tree(guess.constant if guess.kind == "constant" else guess.tree, guess, column, known)
    if not column.is_number:
        return told
    return f"CAST(round({told}) AS {column.type})" if is_integer(column) else f"CAST({told} AS {column.type})"


def _tree(branch: Any, guess: Guess, column: Column, columns: dict[str, Column]) -> str:
    if not isinstance(branch, list):
        return repr(float(branch)) if column.is_number else typed(branch, column)
    place, threshold, low, high = branch
    term = guess.terms[place]
    test = f"{_read(term, columns)} <= {threshold!r}" if term.level is None else _level(term, columns, "IS")
    low, high = (_tree(side, guess, column, columns) for side in (low, high))
    return f"CASE WHEN {test} THEN {low} ELSE {high} END"


def _read(term: Term, columns: dict[str, Column]) -> str:
    """A term's value in a row, which is never empty."""
    if term.level is None:
        return f"coalesce({identifier(term.column)}, {_rounded(term.empty)})"
    return _level(term, columns, "IS NOT")


def _level(term: Term, columns: dict[str, Column], is_not: str) -> str:
    return f"{identifier(term.column)} {is_not} DISTINCT FROM {typed(term.level, columns[term.column])}"


def _rounded(number: float) -> str:
    """Twelve digits: more would be noise."""
    return repr(float(f"{number:.12g}"))


def told(guess: Guess, column: Column) -> str:
    """How a column was filled, as a person reads it."""
    if guess.kind == "constant":
        what = "mean" if column.is_number else "most frequent value"
        return f"the {what} {shown(guess.constant)}, since the other columns tell nothing about it"
    read = listed(list(dict.fromkeys(term.column for term in guess.terms)), 5)
    good = (
        f"explains {guess.gain:.0%} of the variance"
        if column.is_number
        else f"gets {guess.gain:.0%} of the cells right"
    )
    return f"a {'linear model' if guess.kind == 'line' else 'decision tree'} of {read} ({good}, measured on cells it did not learn from)"

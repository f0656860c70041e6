"""Equality of result tables: the same rows, whatever the columns are called and however they are ordered.

Columns are matched by what they hold: first each column's values by themselves, then all rows together for the
assignment found. Rows are multisets unless their order counts.

What is not covered: with a wide tolerance, one row may be close to several; the first one in order is taken. A search
among many columns that hold the same values in other rows ends after `MOST_CELLS` cells and says so.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from evals.cells import Cell, close, in_words, rank
from evals.table import Column, Row, Table
from tools.words import counted

MOST_CELLS = 8_000_000
SEARCHED = 20
"""About how many cells are looked at for each one whose row is searched within the tolerance."""


class TooAlike(Exception):
    """The columns can't be told apart within the limit."""


def difference(
    expected: Table, got: Table, *, ordered: bool = False, extra_columns: bool = False, tolerance: float = 1e-4
) -> str:
    """Why `got` is not the expected table, in one line with at most two rows; empty where it is."""
    if expected.row_count != got.row_count:
        return f"{counted(expected.row_count, 'row')} expected, {got.row_count:,} got{_example(got)}"
    if not expected.row_count:
        return ""
    wide, narrow = len(got.columns) > len(expected.columns), len(got.columns) < len(expected.columns)
    if narrow or (wide and not extra_columns):
        names = ", ".join(column.name for column in got.columns[:8])
        return f"{counted(len(expected.columns), 'column')} expected, {len(got.columns)} got: {names}"
    try:
        if _same_rows(expected, got, ordered, tolerance):
            return ""
        if ordered and _same_rows(expected, got, False, tolerance):
            return f"the rows are right, their order is not: {in_words(expected.row(0))} comes first"
    except TooAlike:
        return f"{len(got.columns)} columns are too alike to be told apart"
    return _told(expected, got, tolerance)


# --- which column is which -----------------------------------------------------------------------------------------

State = Any
"""What a search knows about the columns placed so far."""
Place = Callable[[State, int, int], State]
"""(state, expected column, column got) -> the next state, or None where the two can't be the same beside the others."""


def _same_rows(expected: Table, got: Table, ordered: bool, tolerance: float) -> bool:
    """Whether some choice of columns makes all rows the same. Raises TooAlike."""
    alike = _alike_in_order if ordered else _alike
    candidates = [
        [place for place, column in enumerate(got.columns) if alike(wanted, column, tolerance)]
        for wanted in expected.columns
    ]
    contents = [column.keys for column in got.columns]
    if ordered:
        return _placed(candidates, contents, lambda state, i, j: True, True)
    marked = len(expected.columns) == len(got.columns)
    here, there = _marks(expected, marked), _marks(got, marked)
    exact = [[place for place in choice if mark == there[place]] for mark, choice in zip(here, candidates, strict=True)]
    start, budget = ([0] * expected.row_count, [0] * expected.row_count), Budget()
    if _placed(exact, contents, _by_key(expected, got, budget), start):
        return True
    pairs = [(wanted, place) for wanted, choice in zip(expected.columns, candidates, strict=True) for place in choice]
    if all(wanted.counts == got.columns[place].counts for wanted, place in pairs):
        return False  # no cell needs the tolerance
    certain = sum(len(choice) == 1 for choice in candidates)
    return _placed(candidates, contents, _by_tolerance(expected, got, budget, tolerance, certain), ())


def _marks(table: Table, whole_rows: bool) -> list[Counter[Any]]:
    """What a column and its twin in an equal table share: its values, each with what else stands in its row."""
    if not whole_rows:
        return [Counter[Any](column.counts) for column in table.columns]
    rows = zip(*(column.keys for column in table.columns), strict=True)
    beside = [hash(frozenset(Counter(row).items())) for row in rows]
    return [Counter(zip(column.keys, beside, strict=True)) for column in table.columns]


def _placed(candidates: Sequence[Sequence[int]], contents: Sequence[object], place: Place, start: State) -> bool:
    """Whether each can have one of its candidates, none twice; those with the fewest are placed first."""
    if any(columns > len(choice) for choice, columns in Counter(map(tuple, candidates)).items()):
        return False
    order = sorted(range(len(candidates)), key=lambda column: len(candidates[column]))
    used: set[int] = set()

    def go_on(at: int, state: State) -> bool:
        if at == len(order):
            return True
        tried: set[object] = set()
        for candidate in candidates[order[at]]:
            if candidate in used or contents[candidate] in tried:
                continue
            tried.add(contents[candidate])
            following = place(state, order[at], candidate)
            if following is None:
                continue
            used.add(candidate)
            if go_on(at + 1, following):
                return True
            used.remove(candidate)
        return False

    return go_on(0, start)


@dataclass
class Budget:
    """How many cells the search may still look at."""

    left: int = MOST_CELLS

    def spend(self, cells: int) -> None:
        self.left -= cells
        if self.left < 0:
            raise TooAlike


def _by_key(expected: Table, got: Table, budget: Budget) -> Place:
    """Each row's group of rows that are alike so far, here and there, split further by one more column."""

    def place(state: State, i: int, j: int) -> State:
        budget.spend(expected.row_count)
        groups: dict[tuple[int, Cell], int] = {}
        ours = [groups.setdefault(pair, len(groups)) for pair in zip(state[0], expected.columns[i].keys, strict=True)]
        theirs = [groups.get(pair, -1) for pair in zip(state[1], got.columns[j].keys, strict=True)]
        return (ours, theirs) if Counter(ours) == Counter(theirs) else None

    return place


def _by_tolerance(expected: Table, got: Table, budget: Budget, tolerance: float, certain: int) -> Place:
    """The pairs of columns so far; rows are compared once those without a choice are placed."""

    def place(state: State, i: int, j: int) -> State:
        pairs = (*state, (i, j))
        if len(pairs) < certain:
            return pairs
        if len(pairs) > certain:
            budget.spend(SEARCHED * expected.row_count * len(pairs))
        ours, theirs = [expected.columns[i] for i, _ in pairs], [got.columns[j] for _, j in pairs]
        return pairs if next(_missing(ours, theirs, tolerance), None) is None else None

    return place


def _alike(one: Column, other: Column, tolerance: float) -> bool:
    """Whether two columns hold the same values, each as often."""
    return one.ranked == other.ranked or _all_close(one.ranked, other.ranked, tolerance)


def _alike_in_order(one: Column, other: Column, tolerance: float) -> bool:
    return one.cells == other.cells or _all_close(one.cells, other.cells, tolerance)


def _all_close(some: Iterable[Cell], others: Iterable[Cell], tolerance: float) -> bool:
    return all(close(one, other, tolerance) for one, other in zip(some, others, strict=True))


# --- which row is which --------------------------------------------------------------------------------------------


def _missing(expected: Sequence[Column], got: Sequence[Column], tolerance: float) -> Iterator[Row]:
    """The expected rows that are not among those got, column by column as given."""
    wanted: Counter[Row] = Counter(zip(*(column.keys for column in expected), strict=True))
    there: Counter[Row] = Counter(zip(*(column.keys for column in got), strict=True))
    if wanted == there:
        return
    left: dict[Row, list[Row]] = {}
    for row in (there - wanted).elements():
        left.setdefault(_shape(row), []).append(row)
    piles = {shape: Pile(rows) for shape, rows in left.items() if 1 in shape}
    for row in sorted((wanted - there).elements(), key=lambda row: tuple(map(rank, row))):
        pile = piles.get(_shape(row))
        if pile is None or not pile.take(row, tolerance):
            yield row


def _shape(row: Row) -> Row:
    """What must be the same exactly: texts and missing cells; every number is a 1."""
    return tuple(1 if isinstance(value, int | float) else value for value in row)


class Pile:
    """Rows that differ in numbers only, sorted by the column that tells them apart best."""

    def __init__(self, rows: list[Row]) -> None:
        numbers = [place for place, value in enumerate(rows[0]) if isinstance(value, int | float)]
        self._pivot = max(numbers, key=lambda place: len({row[place] for row in rows}))
        self._rows = sorted(rows, key=self._value)

    def _value(self, row: Row) -> float:
        value = row[self._pivot]
        return value if isinstance(value, int | float) else 0.0

    def take(self, row: Row, tolerance: float) -> bool:
        """Take the first row that is close off the pile, where there is one."""
        value = self._value(row)
        room = 2 * tolerance * max(1.0, abs(value))
        start = bisect_left(self._rows, value - room, key=self._value)
        for place in range(start, len(self._rows)):
            if self._value(self._rows[place]) > value + room:
                return False
            if _all_close(row, self._rows[place], tolerance):
                del self._rows[place]
                return True
        return False


# --- in words ------------------------------------------------------------------------------------------------------


def _told(expected: Table, got: Table, tolerance: float) -> str:
    """Rows that are missing, columns taken as they stand or by what they hold where that is clear."""
    free = list(range(len(got.columns)))
    places: dict[int, int] = {}
    for at, wanted in enumerate(expected.columns):
        found = next((place for place in free if _alike(wanted, got.columns[place], tolerance)), None)
        if found is not None:
            places[at] = found
            free.remove(found)
    for at in range(len(expected.columns)):
        if at not in places:
            places[at] = at if at in free else free[0]
            free.remove(places[at])
    theirs = [got.columns[places[at]] for at in range(len(expected.columns))]
    missing = next(_missing(expected.columns, theirs, tolerance), None)
    surplus = next(_missing(theirs, expected.columns, tolerance), None)
    if missing is None or surplus is None:
        return "the rows are right, column by column only"
    return f"row {in_words(missing)} missing, row {in_words(surplus)} in its place"


def _example(got: Table) -> str:
    return f": {in_words(got.row(0))}" + (" …" if got.row_count > 1 else "") if got.row_count else ""

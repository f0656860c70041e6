"""The transform that makes the classes of a column equally frequent, for training only.

A model's recipe applies it to training rows alone: the rows that measure it, and the rows it predicts, stay as they are.
SMOTE is Chawla's (2002): a new row lies between a row of the class and one of its five nearest neighbours there; numbers
are drawn on the line between the two, other cells are the row's own. Neighbours are sought among a sample of the class
where it is large. What is not covered: balancing a number, which has no classes.
"""

from collections.abc import Sequence
from typing import Any, Literal

from tools.tool import ColumnName, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms.sampling import MOST_SEED
from tools.transforms.sql import is_integer, numbered, shown, taken_names, text_of
from tools.words import free_name, identifier, listed

Way = Literal["over", "under", "smote"]
_MOST_CLASSES = 100
_NEIGHBOURS = 5
_PAIRS = 2_000_000
"""Distances that are computed at most, about."""


@transform(
    group="rows",
    title="Balance the classes of {column} ({method})",
    rows="train_only",
    asked_by=r"\b(?:im|un)?balanc|over.?sampl|under.?sampl|\bsmote\b|(?:up|down).?sampl\w*\b(?![^.]*\b(?:hour|dai|da|week|month|quarter|year|annual|minute|second)\w*)|class weights?|불균형|균형|오버샘플|언더샘플|과대 ?표집|과소 ?표집|스모트",
)
def balance_classes(
    table: Input, column: ColumnName, method: Way = "over", share: float = 1.0, seed: int = 0
) -> Derived:
    """Make the classes of a column equally frequent: repeat rows (over), leave rows out (under) or make new ones (smote).

    Args:
        column: the column of classes, which a model is to predict.
        method: over repeats rows of the small classes; under takes fewer rows of the large ones; smote makes rows between
            neighbours of a small class.
        share: how frequent the smallest class becomes, as a share of the largest; 1 makes them equal.
        seed: another number chooses other rows.
    """
    source = table.column(column)
    part = share / 100 if 1 < share <= 100 else share
    if not 0 < part <= 1 or not 0 <= seed < MOST_SEED:
        raise ToolError(f"A share from 0 to 1 and a seed from 0 were expected, got {share:g} and {seed}.")
    sizes = _sizes(table, source)
    most, least = max(sizes.values()), min(sizes.values())
    wanted = max(1, round(least / part)) if method == "under" else round(most * part)
    if least >= round(most * part):
        told = f"{source.name} is balanced already: {_told(sizes)}."
        return Derived(f"SELECT * FROM {table.name}", told, changes=False)
    if method == "smote":
        sql = _between(table, source, sizes, wanted, seed)
    else:
        sql = _fewer(table, source, wanted, seed) if method == "under" else _repeated(table, source, wanted, seed)
    now = {value: min(size, wanted) if method == "under" else max(size, wanted) for value, size in sizes.items()}
    how = {"over": "repeating rows", "under": "leaving rows out", "smote": "making rows between neighbours"}[method]
    text = f"Balanced {source.name} by {how}: {_told(sizes)} became {_told(now)}."
    return Derived(sql, text, materialise=True)


def _sizes(table: Input, source: Column) -> dict[Any, int]:
    """How many rows each class has. Raises ToolError where the column holds no classes."""
    name = identifier(source.name)
    sql = f"SELECT {name}, count(*) FROM {table.name} WHERE {_filled(source)} GROUP BY 1 ORDER BY 2 DESC, 1"
    found = table.learn_rows("sizes", f"{sql} LIMIT {_MOST_CLASSES + 1}")
    if len(found) < 2:
        raise ToolError(f"{source.name} has {'one class' if found else 'no values'}. Two classes or more are needed.")
    if len(found) > _MOST_CLASSES:
        raise ToolError(
            f"{source.name} has more than {_MOST_CLASSES} classes. Choose a column of classes, or bin it first."
        )
    return {value: int(size) for value, size in found}


def _told(sizes: dict[Any, int]) -> str:
    return listed([f"{shown(value)} {size:,}" for value, size in sizes.items()])


def _filled(source: Column) -> str:
    return f"trim({text_of(source)}) <> ''" if source.is_text else f"{identifier(source.name)} IS NOT NULL"


def _drawn(table: Input, source: Column, place: str, turn: str, size: str, seed: int) -> str:
    """The rows with their place, their turn in their class and its size; rows without a class have a size of 0."""
    key = f"CASE WHEN {_filled(source)} THEN {identifier(source.name)} END"
    filled = f"{_filled(source)}"
    return (
        f"SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY hash({place}, {seed}), {place}) AS {turn},"
        f" count(*) FILTER ({filled}) OVER (PARTITION BY {key}) AS {size} FROM ({numbered(table.name, place)})"
    )


def _fewer(table: Input, source: Column, wanted: int, seed: int) -> str:
    taken = taken_names(table)
    place, turn, size = (free_name(name, taken) for name in ("row", "turn", "size"))
    drawn = _drawn(table, source, place, turn, size, seed)
    return (
        f"SELECT * EXCLUDE ({place}, {turn}, {size}) FROM ({drawn})"
        f" WHERE {turn} <= {wanted} OR {size} = 0 ORDER BY {place}"
    )


def _repeated(table: Input, source: Column, wanted: int, seed: int) -> str:
    """All rows in their order, and below them the rows that are repeated, as often as their class needs."""
    taken = taken_names(table)
    place, turn, size, copy = (free_name(name, taken) for name in ("row", "turn", "size", "copy"))
    drawn = _drawn(table, source, place, turn, size, seed)
    copies = _copies(turn, size, wanted)
    return (
        f"SELECT * EXCLUDE ({place}, {turn}, {size}, {copy}) FROM"
        f" (SELECT *, unnest(range(1 + {copies})) AS {copy} FROM ({drawn})) ORDER BY {copy} > 0, {place}, {copy}"
    )


def _copies(turn: str, size: str, wanted: int) -> str:
    """How many rows are made of a row, so that its class has as many as are wanted."""
    more = f"greatest({wanted} - {size}, 0)"
    return f"CASE WHEN {size} > 0 THEN {more} // {size} + ({turn} <= {more} % {size})::INT ELSE 0 END"


# --- new rows between neighbours ---------------------------------------------------------------------------------


def _between(table: Input, source: Column, sizes: dict[Any, int], wanted: int, seed: int) -> str:
    """All rows in their order, and below them the new ones. Raises ToolError where there are no numbers to draw from."""
    spread = _spread(table, [column for column in table.columns if column.is_number and column != source])
    if not spread:
        raise ToolError("SMOTE draws new numbers, and no other column holds numbers. Use method over.")
    taken = taken_names(table)
    place, turn, size, copy, point, near, drawn = (
        free_name(name, taken) for name in ("row", "turn", "size", "copy", "point", "near", "drawn")
    )
    members, one, other = (free_name(name, taken) for name in ("members", "one", "other"))
    cells = ", ".join(
        f"coalesce(({identifier(column.name)}::DOUBLE - {mean!r}) / {deviation!r}, 0)"
        for column, (mean, deviation) in spread.items()
    )
    bases = sum(min(count, wanted - count) for count in sizes.values() if count < wanted)
    pool = max(10 * _NEIGHBOURS, min(max(sizes.values()), _PAIRS // max(bases, 1)))
    key = identifier(source.name)
    cells_drawn = ", ".join(
        f"{_drawn_cell(column, one, drawn, other)} AS {identifier(column.name)}" for column in spread
    )
    return f"""WITH {members} AS MATERIALIZED (
  SELECT *, [{cells}]::DOUBLE[{len(spread)}] AS {point} FROM ({_drawn(table, source, place, turn, size, seed)})
), {near} AS (
  SELECT {one}.{place}, min_by({other}.{place}, array_distance({one}.{point}, {other}.{point}), {_NEIGHBOURS}) AS {near}
  FROM {members} {one} JOIN {members} {other}
  ON {one}.{key} = {other}.{key} AND {one}.{place} <> {other}.{place} AND {other}.{turn} <= {pool}
  WHERE {one}.{size} > 0 AND {_copies(f"{one}.{turn}", f"{one}.{size}", wanted)} > 0 GROUP BY ALL
), {drawn} AS (
  SELECT {place}, {copy}, {near}[1 + (hash({place}, {copy}, {seed}) % len({near}))::INT] AS {near},
    hash({place}, {copy}, {seed}, 1) % 1000003 / 1000003.0::DOUBLE AS {drawn}
  FROM (SELECT {place}, unnest(range(1, 1 + {_copies(turn, size, wanted)})) AS {copy} FROM {members})
  LEFT JOIN {near} USING ({place})
)
SELECT * EXCLUDE ({place}, {turn}, {size}, {point}, {copy}) FROM (
  SELECT *, 0 AS {copy} FROM {members}
  UNION ALL
  SELECT {one}.* REPLACE ({cells_drawn}), {drawn}.{copy} FROM {drawn} JOIN {members} {one} USING ({place})
  LEFT JOIN {members} {other} ON {other}.{place} = {drawn}.{near}
) ORDER BY {copy} > 0, {place}, {copy}"""


def _drawn_cell(column: Column, one: str, drawn: str, other: str) -> str:
    """A number on the line from a row's own to its neighbour's; its own where one of them is empty."""
    name = identifier(column.name)
    own, far = f"{one}.{name}::DOUBLE", f"{other}.{name}::DOUBLE"
    cell = f"{own} + {drawn}.{drawn} * ({far} - {own})"
    cell = f"round({cell})" if is_integer(column) else cell
    return f"coalesce(CAST({cell} AS {column.type}), {one}.{name})"


def _spread(table: Input, numbers: Sequence[Column]) -> dict[Column, tuple[float, float]]:
    """The mean and deviation of each column that has one."""
    if not numbers:
        return {}
    cells = [f"{identifier(column.name)}::DOUBLE" for column in numbers]
    facts = ", ".join(
        f"avg({cell}) FILTER (isfinite({cell})), stddev_pop({cell}) FILTER (isfinite({cell}))" for cell in cells
    )
    row = table.learn_rows("spread", f"SELECT {facts} FROM {table.name}")[0]
    found = {column: (row[2 * place], row[2 * place + 1]) for place, column in enumerate(numbers)}
    return {column: (mean, deviation) for column, (mean, deviation) in found.items() if deviation}

"""The texts of training rows as a recipe reads them: numbers with n/a among them are numbers, spellings are one.

A person gives and sees a cell as it is read. That holds only where a cell which was read already is read as itself
again, so that it may stand in the place of the raw one: scaled or encoded cells may not.
"""

from collections.abc import Iterable, Mapping

import duckdb

from tools.dataset import ROW
from tools.recipe import Recipe, select
from tools.transform import Column
from tools.words import identifier

CHECKED = 1_000
"""So many training rows tell whether the recipe reads its own cells as themselves."""
_SAMPLE, _MADE, _CELLS = "read_sample", "read_made", "read_cells"


def as_read(cursor: duckdb.DuckDBPyConnection, recipe: Recipe, rows: str, target: str) -> dict[str, str]:
    """The raw text columns whose cells the recipe reads otherwise, with the type it reads, without the target."""
    outputs = {name: Column(name, type_) for name, type_ in recipe.output_schema}
    texts = [one.name for one in recipe.columns if one.is_text and one.name != target and one.name in outputs]
    known = {name: outputs[name].type for name in texts if _is_simple(outputs[name])}
    if not known or not recipe.steps:
        return {}
    row = identifier(ROW)
    cursor.execute(f"CREATE TEMP TABLE {_SAMPLE} AS SELECT * FROM {rows} ORDER BY hash({row}), {row} LIMIT {CHECKED}")
    cursor.execute(f"CREATE TEMP TABLE {_MADE} AS {select(recipe, _SAMPLE, 'predict')}")
    other = {name: type_ for name, type_ in known.items() if _differs(cursor, name)}
    same = {name: type_ for name, type_ in other.items() if _stays(cursor, recipe, [name])}
    return same if not same or _stays(cursor, recipe, same) else {}


def rows_as_read(
    cursor: duckdb.DuckDBPyConnection, recipe: Recipe, rows: str, read: Mapping[str, str], name: str
) -> None:
    """A view of that name: the raw rows, with the cells of these columns as the recipe reads them."""
    row = identifier(ROW)
    if not read:
        cursor.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM {rows}")
        return
    made = ", ".join([row, *map(identifier, read)])
    cursor.execute(f"CREATE TEMP TABLE {_CELLS} AS SELECT {made} FROM ({select(recipe, rows, 'predict')})")
    cells = ", ".join(f"made.{identifier(one)} AS {identifier(one)}" for one in read)
    cursor.execute(f"CREATE TEMP VIEW {name} AS SELECT came.* REPLACE ({cells}) FROM {rows} AS came JOIN {_CELLS} AS made USING ({row})")  # fmt: skip


def _is_simple(column: Column) -> bool:
    return column.is_text or column.is_number or column.type == "DATE" or column.type.startswith("TIMESTAMP")


def _differs(cursor: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether a cell is read otherwise than it came."""
    one, row = identifier(name), identifier(ROW)
    sql = f"FROM {_SAMPLE} AS came JOIN {_MADE} AS made USING ({row}) WHERE came.{one} IS DISTINCT FROM CAST(made.{one} AS VARCHAR) LIMIT 1"
    return bool(cursor.execute(sql).fetchall())


def _stays(cursor: duckdb.DuckDBPyConnection, recipe: Recipe, names: Iterable[str]) -> bool:
    """Whether rows with these cells read already are prepared just as the raw rows are."""
    cells = ", ".join(f"CAST(made.{identifier(one)} AS VARCHAR) AS {identifier(one)}" for one in names)
    again = f"(SELECT came.* REPLACE ({cells}) FROM {_SAMPLE} AS came JOIN {_MADE} AS made USING ({identifier(ROW)}))"
    return not cursor.execute(
        f"SELECT * FROM {_MADE} EXCEPT SELECT * FROM ({select(recipe, again, 'predict')}) LIMIT 1"
    ).fetchall()

"""An honest split: which rows of a recipe's input teach the model, and which only measure it.

The rows are numbered where the recipe begins, split by the class they end in, and everything the recipe learned is
learned anew from the training part. The tables live on one cursor and vanish with it, whatever happens.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tools.recipe import ROW, On, Recipe, relearn, select, without
from tools.tool import Column, Stopped, ToolError, identifier
from tools.workspace import Workspace

HOLDOUT = 0.2
MAX_CELLS = 60_000_000
"""More training cells than this are sampled: they would not fit into memory beside the models."""
TRAIN, HELD = "training_rows", "holdout_rows"
SPEC = "fit.json"
"""What the fit was asked for, beside the model."""
ROWS, MEASURED = "rows.parquet", "__measured"
"""The rows behind a model, as they came, lie beside it: versions are compared on them, and exports train on them again."""
BACKGROUND = "background.parquet"
"""Some raw training rows, kept beside the model: what a single row is explained against."""
BACKGROUND_ROWS = 200


@dataclass(frozen=True)
class Split:
    """A recipe relearned on the training rows, and the relations that hold the raw rows of each part."""

    cursor: duckdb.DuckDBPyConnection
    recipe: Recipe
    empty_target: int
    """Rows left out because their target is empty."""
    left_out: int
    """Training rows left out because there were more than memory holds."""

    def prepared(self, part: str) -> str:
        """The SELECT of a part's prepared rows in their original order."""
        sql = select(self.recipe, part, "train" if part == TRAIN else "holdout")
        return f"SELECT * EXCLUDE ({identifier(ROW)}) FROM ({sql}) ORDER BY {identifier(ROW)}"

    def background(self, target: str, seed: int) -> str:
        """The SELECT of a few raw training rows, without their target."""
        names = [identifier(column.name) for column in self.recipe.columns if column.name != target]
        row = identifier(ROW)
        chosen = f"SELECT * FROM {TRAIN} ORDER BY hash({row}, {int(seed) + 1}), {row} LIMIT {BACKGROUND_ROWS}"
        return f"SELECT {', '.join(names)} FROM ({chosen})"

    def raw(self) -> str:
        """The SELECT of all rows behind the model as they came, with their numbers and which of them measured it."""
        return (
            f"SELECT true AS {identifier(MEASURED)}, * FROM {HELD}"
            f" UNION ALL SELECT false, * FROM {TRAIN} ORDER BY {identifier(ROW)}"
        )

    def columns(self, part: str) -> tuple[Column, ...]:
        """The prepared columns of a part."""
        rows = self.cursor.execute(f"DESCRIBE {self.prepared(part)}").fetchall()
        return tuple(Column(str(row[0]), str(row[1])) for row in rows)


@contextmanager
def split_rows(workspace: Workspace, recipe: Recipe, target: str, *, classes: bool, seed: int) -> Iterator[Split]:
    """Split the rows behind a recipe 80/20, alike in every class where the target has classes."""
    with workspace.cursor() as cursor:
        cursor.execute(f"CREATE TEMP VIEW all_rows AS {_numbered(workspace, cursor, recipe)}")
        total, kept = _assign(cursor, recipe, target, classes=classes, seed=seed)
        width = len(recipe.output_schema)
        cap = max(MAX_CELLS // max(width, 1), 10_000)
        row = identifier(ROW)
        cursor.execute(
            f"CREATE TEMP VIEW {TRAIN} AS SELECT * FROM all_rows"
            f" WHERE {row} IN (SELECT {row} FROM parts WHERE NOT held AND lot <= {cap})"
        )
        cursor.execute(
            f"CREATE TEMP VIEW {HELD} AS SELECT * FROM all_rows WHERE {row} IN (SELECT {row} FROM parts WHERE held)"
        )
        over = cursor.execute(f"SELECT count(*) FROM parts WHERE NOT held AND lot > {cap}").fetchall()[0][0]
        yield Split(cursor, relearn(recipe, On(cursor), TRAIN, target), total - kept, over)


def _numbered(workspace: Workspace, cursor: duckdb.DuckDBPyConnection, recipe: Recipe) -> str:
    """The recipe's input with a `__row` that stays the same however often it is read."""
    base = workspace.version(recipe.base)
    # A column of that name would hide DuckDB's own row numbers.
    if base.depth == 0 and "rowid" not in (name.casefold() for name in base.names):
        return f"SELECT rowid AS {identifier(ROW)}, * FROM {identifier(base.ref)}"
    # A view has no row numbers of its own, and may give its rows in another order next time.
    cursor.execute(
        f"CREATE TEMP TABLE base_rows AS SELECT row_number() OVER () AS {identifier(ROW)}, * FROM {identifier(base.ref)}"
    )
    return "SELECT * FROM base_rows"


def _assign(
    cursor: duckdb.DuckDBPyConnection, recipe: Recipe, target: str, *, classes: bool, seed: int
) -> tuple[int, int]:
    """Write every row's part into `parts`; the counts of all rows and of those with a target of their own.

    An answer that a step filled in is no answer: a model must neither learn from it nor be measured by it.
    """
    row, column = identifier(ROW), identifier(target)
    rows = f"(SELECT {row}, {column} AS outcome FROM ({select(recipe, 'all_rows', 'holdout')}))"
    own = select(without(recipe, "fill_missing"), "all_rows", "holdout")
    stratum = "CAST(outcome AS VARCHAR)" if classes else "0"
    lot = f"hash({row}, {int(seed)})"
    cursor.execute(
        f"CREATE TEMP TABLE parts AS SELECT {row},"
        f" row_number() OVER (PARTITION BY {stratum} ORDER BY {lot}, {row})"
        f" <= round({HOLDOUT} * count(*) OVER (PARTITION BY {stratum})) AS held,"
        f" row_number() OVER (ORDER BY {lot}, {row}) AS lot"
        f" FROM {rows} WHERE {filled('outcome')}"
        f" AND {row} IN (SELECT {row} FROM ({own}) WHERE {filled(column)})"
    )
    total = cursor.execute(f"SELECT count(*) FROM {rows}").fetchall()[0][0]
    kept = cursor.execute("SELECT count(*) FROM parts").fetchall()[0][0]
    return int(total), int(kept)


def filled(column: str) -> str:
    """SQL that is true where a cell holds something: not empty, not blank, not NaN."""
    text = f"CAST({column} AS VARCHAR)"
    return f"{column} IS NOT NULL AND trim({text}) <> '' AND {text} <> 'nan'"


def write_parquet(cursor: duckdb.DuckDBPyConnection, sql: str, path: Path, cancelled: Callable[[], bool]) -> int:
    """Stream a SELECT into a Parquet file; how many rows it has. The project's own connection may not write files."""
    import pyarrow.parquet

    reader = cursor.execute(sql).to_arrow_reader(100_000)
    rows = 0
    open_writer: Any = pyarrow.parquet.ParquetWriter
    with open_writer(path, reader.schema) as writer:
        for batch in reader:
            if cancelled():
                raise Stopped("The training was stopped.")
            writer.write_batch(batch)
            rows += batch.num_rows
    if rows == 0:
        raise ToolError("No row is left to train on. Look at the last steps: a filter may have removed them all.")
    return rows

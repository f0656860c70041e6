"""An honest split: which rows of a recipe's input teach the model, and which only measure it.

The rows are numbered where the recipe begins, split by the class they end in, and everything the recipe learned is
learned anew from the training part. The tables live on one cursor and vanish with it, whatever happens.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from automl.settings import Settings
from tools.dataset import ROW
from tools.engine import columns_of
from tools.modelling.as_read import as_read, rows_as_read
from tools.modelling.parts import assign
from tools.recipe import On, Recipe, relearn, select
from tools.tool import Stopped, ToolError
from tools.transform import Column
from tools.words import identifier, listed
from tools.workspace import Workspace

MAX_CELLS = 60_000_000
"""More training cells than this are sampled: they would not fit into memory beside the models."""
TRAIN, HELD = "training_rows", "holdout_rows"
TRAIN_AS_READ = "training_rows_as_read"
"""The raw training rows with the cells of texts as the recipe reads them."""
SPEC = "fit.json"
"""What the fit was asked for, beside the model."""
ROWS, MEASURED = "rows.parquet", "__measured"
"""The rows behind a model, as they came, lie beside it: versions are compared on them, and exports train on them again."""
BACKGROUND = "background.parquet"
"""Some raw training rows, kept beside the model: what a single row is explained against."""
BACKGROUND_ROWS = 200
FOLD, TURNS = "__fold", "folds.parquet"
"""Which part of the training rows a row is in, where they take turns by time or by group; kept beside the model."""


@dataclass(frozen=True)
class Split:
    """A recipe relearned on the training rows, and the relations that hold the raw rows of each part."""

    cursor: duckdb.DuckDBPyConnection
    recipe: Recipe
    empty_target: int
    """Rows left out because their target is empty."""
    left_out: int
    """Training rows left out because there were more than memory holds."""

    folded: bool = False
    """Whether the training rows know their fold."""
    read: Mapping[str, str] = field(default_factory=dict)
    """The raw text columns that stand as the recipe reads them among the rows that a person sees, with their types."""

    def prepared(self, part: str) -> str:
        """The SELECT of a part's prepared rows in their original order, training rows with their fold if they have one."""
        sql = select(self.recipe, part, "train" if part == TRAIN else "holdout")
        row = identifier(ROW)
        if part == TRAIN and self.folded:
            sql = f"SELECT made.*, parts.fold AS {identifier(FOLD)} FROM ({sql}) AS made JOIN parts USING ({row})"
        return f"SELECT * EXCLUDE ({row}) FROM ({sql}) ORDER BY {row}"

    def background(self, target: str, seed: int) -> str:
        """The SELECT of a few raw training rows, without their target."""
        names = [identifier(column.name) for column in self.recipe.columns if column.name != target]
        row = identifier(ROW)
        chosen = f"SELECT * FROM {TRAIN_AS_READ} ORDER BY hash({row}, {int(seed) + 1}), {row} LIMIT {BACKGROUND_ROWS}"
        return f"SELECT {', '.join(names)} FROM ({chosen})"

    def raw(self) -> str:
        """The SELECT of all rows behind the model as they came, with their numbers and which of them measured it."""
        return (
            f"SELECT true AS {identifier(MEASURED)}, * FROM {HELD}"
            f" UNION ALL SELECT false, * FROM {TRAIN} ORDER BY {identifier(ROW)}"
        )

    def turns(self) -> str:
        """The SELECT of the training rows' numbers with their folds."""
        row = identifier(ROW)
        return f"SELECT {row}, fold AS {identifier(FOLD)} FROM parts WHERE NOT held ORDER BY {row}"

    def columns(self, part: str) -> tuple[Column, ...]:
        """The prepared columns of a part."""
        rows = self.cursor.execute(f"DESCRIBE {self.prepared(part)}").fetchall()
        return tuple(Column(str(row[0]), str(row[1])) for row in rows)

    def write(self, train: Path, folder: Path, target: str, seed: int, cancelled: Callable[[], bool]) -> int:
        """The training rows as a file of their own, and in the model's new folder all rows that stay beside it.

        How many rows teach. Raises ToolError where a part has none, Stopped where the person stopped it.
        """
        folder.mkdir()
        rows = write_parquet(self.cursor, self.prepared(TRAIN), train, cancelled)
        write_parquet(self.cursor, self.prepared(HELD), folder / "holdout.parquet", cancelled)
        for sql, name in (
            (self.raw(), ROWS),
            (self.background(target, seed), BACKGROUND),
            *([(self.turns(), TURNS)] if self.folded else []),
        ):
            write_parquet(self.cursor, sql, folder / name, cancelled, as_held=raw)
        return rows


def every_class_teaches(split: Split, classes: Sequence[str], settings: Settings) -> None:
    """Raises ToolError where a split by time or by group leaves a class that those rows never hold that shall teach it.

    One part of the training rows chooses among models, so a class must be in two of them.
    """
    from automl.frames import as_frame, labels

    parts = as_frame(
        split.cursor.execute(
            "SELECT outcome, count(DISTINCT fold) FILTER (NOT held) AS parts FROM parts GROUP BY outcome"
        ).to_arrow_table()
    )
    found = dict(zip(labels(parts["outcome"]), parts["parts"], strict=True))
    lacking = [name for name in classes if found.get(name, 0) < 2]
    if lacking:
        quoted, are = listed([f"'{name}'" for name in lacking]), "is" if len(lacking) == 1 else "are"
        where = "the latest rows" if settings.split == "time" else f"too few groups of {settings.split_column}"
        raise ToolError(
            f"{quoted} {are} found in {where} only, so the rows that teach can't show it. Leave out such rows first, or"
            " split otherwise."
        )


@contextmanager
def split_rows(
    workspace: Workspace, recipe: Recipe, target: str, *, classes: bool, seed: int, settings: Settings | None = None
) -> Iterator[Split]:
    """Split the rows behind a recipe, 80/20 and alike in every class unless the settings say otherwise."""
    rule = settings or Settings(split="stratified" if classes else "random")
    with workspace.cursor() as cursor:
        cursor.execute(f"CREATE TEMP VIEW all_rows AS {_numbered(workspace, cursor, recipe)}")
        total, kept = assign(cursor, recipe, target, rule, classes=classes, seed=seed)
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
        folded = rule.split in ("time", "group")
        relearned = relearn(recipe, On(cursor), TRAIN, target)
        read = as_read(cursor, relearned, TRAIN, target)
        rows_as_read(cursor, relearned, TRAIN, read, TRAIN_AS_READ)
        yield Split(cursor, relearned, total - kept, over, folded, read)


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


def readable(column: Column) -> str:
    """SQL of a prepared column as a model reads it: a length of time in days; lists, records and bytes as text."""
    name = identifier(column.name)
    if column.type == "INTERVAL":
        return f"epoch({name}) / 86400 AS {name}"
    if column.type.startswith(("DECIMAL", "HUGEINT", "UHUGEINT")):  # Arrow reads 0.947 as 0.9470000000000001
        return f"CAST({name} AS DOUBLE) AS {name}"
    known = column.is_number or column.is_text or column.is_time or column.type == "BOOLEAN"
    return name if known else f"CAST({name} AS VARCHAR) AS {name}"


def raw(column: Column) -> str:
    """SQL of a column as it came, but a length of time as text: no Parquet file that Arrow writes holds it."""
    name = identifier(column.name)
    return f"CAST({name} AS VARCHAR) AS {name}" if column.type == "INTERVAL" else name


def write_parquet(
    cursor: duckdb.DuckDBPyConnection,
    sql: str,
    path: Path,
    cancelled: Callable[[], bool],
    *,
    as_held: Callable[[Column], str] = readable,
) -> int:
    """Stream a SELECT into a Parquet file; how many rows it has. The project's own connection may not write files."""
    import pyarrow.parquet

    held = ", ".join(as_held(column) for column in columns_of(cursor, f"({sql})"))
    reader = cursor.execute(f"SELECT {held} FROM ({sql})").to_arrow_reader(100_000)
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

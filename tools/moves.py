"""The log of what datasets pointed to before and after each change, so that a whole request can be taken back.

Steps, imports, removals and returns to an earlier version are moves alike, and so are models that get another name or
are deleted: those are moves between folders of the project's models. A small file of the project that is written anew,
such as its schedules, is a move from what it held to what it holds. Taking moves back is no move itself:
they are marked, and the next undo goes one request further back.
"""

from collections.abc import Sequence
from typing import Literal

import duckdb
from pydantic import BaseModel, ConfigDict

Scope = Literal["request", "step"]

TABLE = (
    "CREATE TABLE IF NOT EXISTS easel.moves"
    " (id BIGINT, dataset VARCHAR, before INTEGER, after INTEGER, run VARCHAR, undone BOOLEAN);"
    " ALTER TABLE easel.moves ADD COLUMN IF NOT EXISTS model VARCHAR;"
    " ALTER TABLE easel.moves ADD COLUMN IF NOT EXISTS was VARCHAR;"
    " ALTER TABLE easel.moves ADD COLUMN IF NOT EXISTS file VARCHAR;"
    " ALTER TABLE easel.moves ADD COLUMN IF NOT EXISTS what VARCHAR"
)
_COLUMNS = ("id", "dataset", "before", "after", "run", "model", "was", "file", "what")


class Move(BaseModel):
    """A dataset's head went from one version's number to another (None is a dataset that is not there), a model's folder
    to another place, or a file holds something else."""

    model_config = ConfigDict(frozen=True)
    id: int
    dataset: str
    before: int | None
    after: int | None
    run: str
    model: str | None = None
    """The folder of the model within the project's models, and what it was before."""
    was: str | None = None
    file: str | None = None
    """A file of the project, which held `was` (None: it was not there), and what was done with it, in words."""
    what: str | None = None


def log_model(cursor: duckdb.DuckDBPyConnection, was: str, now: str, run: str) -> None:
    """Write down that a model's folder moves, in the same transaction."""
    cursor.execute(
        "INSERT INTO easel.moves SELECT (SELECT coalesce(max(id), 0) + 1 FROM easel.moves), '', NULL, NULL, $run, false,"
        " $now, $was, NULL, NULL",
        {"now": now, "was": was, "run": run},
    )


def log_file(cursor: duckdb.DuckDBPyConnection, file: str, was: str | None, what: str, run: str) -> None:
    """Write down that a file is about to hold something else, in the same transaction."""
    cursor.execute(
        "INSERT INTO easel.moves SELECT (SELECT coalesce(max(id), 0) + 1 FROM easel.moves), '', NULL, NULL, $run, false,"
        " NULL, $was, $file, $what",
        {"file": file, "was": was, "what": what, "run": run},
    )


def log(cursor: duckdb.DuckDBPyConnection, dataset: str, after: int | None, run: str) -> None:
    """Write down a move that is about to happen in the same transaction."""
    cursor.execute(
        "INSERT INTO easel.moves SELECT (SELECT coalesce(max(id), 0) + 1 FROM easel.moves), $dataset,"
        " (SELECT number FROM easel.heads WHERE dataset = $dataset), $after, $run, false, NULL, NULL, NULL, NULL",
        {"dataset": dataset, "after": after, "run": run},
    )


def latest(cursor: duckdb.DuckDBPyConnection, scope: Scope) -> list[Move]:
    """The moves of the last request (or the last move only) that were not taken back, oldest first."""
    columns = ", ".join(_COLUMNS)
    rows = cursor.execute(f"SELECT {columns} FROM easel.moves WHERE NOT undone ORDER BY id DESC").fetchall()
    moves = [Move.model_validate(dict(zip(_COLUMNS, row, strict=True))) for row in rows]
    if scope == "step" or not moves or not moves[0].run:
        return moves[:1]
    return [move for move in reversed(moves) if move.run == moves[0].run]


def mark_undone(cursor: duckdb.DuckDBPyConnection, moves: Sequence[Move]) -> None:
    """Remember that these moves were taken back."""
    cursor.execute("UPDATE easel.moves SET undone = true WHERE list_contains(?, id)", [[move.id for move in moves]])

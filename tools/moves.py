"""The log of what datasets pointed to before and after each change, so that a whole request can be taken back.

Steps, imports, removals and returns to an earlier version are moves alike, and so are models that get another name or
are deleted: those are moves between folders of the project's models. A small file of the project that is written anew,
such as its schedules or what was chosen for a model, is a move from what it held to what it holds. Taking moves back is
no move itself: they are marked, and the next undo goes one request further back.

Folders and files are no part of the database's transaction. So a move of theirs is written down first and made then, by
one rename; the other way round it is taken back first and marked then. What a kill leaves between the two, `settle` finds.
"""

import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import duckdb
from pydantic import BaseModel, ConfigDict

from tools.tool import ToolError

Scope = Literal["request", "step"]

TABLE = (
    "CREATE TABLE IF NOT EXISTS easel.moves"
    " (id BIGINT, dataset VARCHAR, before INTEGER, after INTEGER, run VARCHAR, undone BOOLEAN);"
    " ALTER TABLE easel.moves ADD COLUMN IF NOT EXISTS model VARCHAR;"
    " ALTER TABLE easel.moves ADD COLUMN IF NOT EXISTS was VARCHAR;"
    " ALTER TABLE easel.moves ADD COLUMN IF NOT EXISTS file VARCHAR;"
    " ALTER TABLE easel.moves ADD COLUMN IF NOT EXISTS what VARCHAR;"
    " ALTER TABLE easel.moves ADD COLUMN IF NOT EXISTS made VARCHAR"
)
_COLUMNS = ("id", "dataset", "before", "after", "run", "model", "was", "file", "what", "made")
MODELS = "models"


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
    made: str | None = None
    """Tells what the file holds since then; None for a move of an older Easel."""
    gone: bool = False
    """Whether it could not be taken back: what it made was changed or removed by somebody else."""


def log_model(cursor: duckdb.DuckDBPyConnection, was: str, now: str, run: str) -> None:
    """Write down that a model's folder moves."""
    _add(cursor, run, model=now, was=was)


def log_file(cursor: duckdb.DuckDBPyConnection, file: str, was: str | None, text: str, what: str, run: str) -> None:
    """Write down that a file is about to hold another text."""
    _add(cursor, run, file=file, was=was, what=what, made=_mark(text))


def log(cursor: duckdb.DuckDBPyConnection, dataset: str, after: int | None, run: str) -> None:
    """Write down a move that is about to happen in the same transaction."""
    found = cursor.execute("SELECT number FROM easel.heads WHERE dataset = ?", [dataset]).fetchone()
    _add(cursor, run, dataset=dataset, before=found[0] if found else None, after=after)


def _add(cursor: duckdb.DuckDBPyConnection, run: str, **facts: str | int | None) -> None:
    values: dict[str, Any] = dict.fromkeys(_COLUMNS[1:]) | {"dataset": "", "run": run} | facts
    cursor.execute(
        f"INSERT INTO easel.moves (id, undone, {', '.join(values)}) SELECT (SELECT coalesce(max(id), 0) + 1 FROM"
        f" easel.moves), false, {', '.join(f'${name}' for name in values)}",
        values,
    )


def latest(cursor: duckdb.DuckDBPyConnection, scope: Scope) -> list[Move]:
    """The moves of the last request (or the last move only) that were not taken back, oldest first."""
    rows = cursor.execute(
        "WITH newest AS (SELECT id, run FROM easel.moves WHERE NOT undone ORDER BY id DESC LIMIT 1)"
        f" SELECT {', '.join(f'm.{name}' for name in _COLUMNS)} FROM easel.moves AS m, newest WHERE NOT m.undone"
        " AND (m.id = newest.id OR ($whole AND newest.run <> '' AND m.run = newest.run)) ORDER BY m.id",
        {"whole": scope == "request"},
    ).fetchall()
    return [Move.model_validate(dict(zip(_COLUMNS, row, strict=True))) for row in rows]


def mark_undone(cursor: duckdb.DuckDBPyConnection, moves: Sequence[Move]) -> None:
    """Remember that these moves were taken back."""
    cursor.execute("UPDATE easel.moves SET undone = true WHERE list_contains(?, id)", [[move.id for move in moves]])


# --- folders and files -------------------------------------------------------------------------------------------


def put_model(project: Path, was: str, now: str) -> None:
    """Move a model's folder. Raises ToolError where there is one already."""
    models = project / MODELS
    (models / now).parent.mkdir(exist_ok=True)
    if (models / now).exists():
        raise ToolError(f"There is a model in {now} already. Rename or delete that one first.")
    (models / was).rename(models / now)


def put_file(path: Path, text: str | None) -> None:
    """Give a file another text, whole or not at all; None removes it."""
    if text is None:
        path.unlink(missing_ok=True)
        return
    unfinished = path.with_name(f".{path.name}.partial")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, path)


def text_of(path: Path) -> str | None:
    """What a file holds; None where there is none."""
    return path.read_text(encoding="utf-8") if path.is_file() else None


def put_back(project: Path, move: Move) -> Move:
    """Take back what a move did to a folder or a file, unless that is no longer as it was left."""
    if move.model and move.was:
        if not (project / MODELS / move.model).exists():
            return move.model_copy(update={"gone": True})
        put_model(project, move.model, move.was)
    elif move.file:
        path = project / move.file
        if move.made and _mark(text_of(path)) != move.made:
            return move.model_copy(update={"gone": True})
        put_file(path, move.was)
    return move


def settle(cursor: duckdb.DuckDBPyConnection, project: Path) -> None:
    """Mark what a killed process wrote down and did not make, or took back and did not mark."""
    for move in reversed(latest(cursor, "request")):
        if move.dataset:
            continue
        if not _never_made(project, move):
            return
        mark_undone(cursor, [move])


def _never_made(project: Path, move: Move) -> bool:
    if move.model and move.was:
        models = project / MODELS
        return (models / move.was).exists() and not (models / move.model).exists()
    return move.file is not None and text_of(project / move.file) == move.was


def _mark(text: str | None) -> str | None:
    return None if text is None else sha256(text.encode()).hexdigest()

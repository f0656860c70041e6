"""DuckDB: one hardened connection per project, and a trusted in-memory one that moves files in and out.

The project's connection can never touch a file, a network or a setting, whatever SQL reaches it; files are read and
written by a second, in-memory connection that only our own code uses, and rows pass between the two as Arrow batches.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from duckdb.func import ARROW, SPECIAL

from tools.tool import ToolError
from tools.transform import Column

HARDENED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "max_temp_directory_size": "20GB",
}


def open_project(path: Path, *, memory_gb: float = 4.0, threads: int = 2) -> duckdb.DuckDBPyConnection:
    """The project's database, hardened and locked. Raises ToolError where another process has it open."""
    config = HARDENED | {"memory_limit": f"{memory_gb}GB", "threads": str(threads)}
    config["temp_directory"] = str(path.parent / ".spill")
    try:
        connection = duckdb.connect(str(path), config=config)
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            raise ToolError(
                f"The project in {path.parent} is open in another Easel process. Close that one, or use another --project."
            ) from error
        raise ToolError(f"The project database {path} can't be opened: {first_line(error)}") from error
    add_functions(connection)
    connection.execute("SET lock_configuration = true")
    return connection


@contextmanager
def trusted() -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory connection that may read and write files. Only SQL that Easel wrote itself runs here."""
    connection = duckdb.connect(config={"python_enable_replacements": "false", "autoinstall_known_extensions": "false"})
    add_functions(connection)
    try:
        yield connection
    finally:
        connection.close()


def scratch() -> duckdb.DuckDBPyConnection:
    """An in-memory connection that may touch no file, with names of its own; to be closed.

    All of them share one engine: opening one takes a thirtieth of the time that an engine takes.
    """
    return _memory().cursor()


@cache
def _memory() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"python_enable_replacements": "false", "enable_external_access": "false"})
    add_functions(connection)
    return connection


def add_functions(connection: duckdb.DuckDBPyConnection) -> None:
    """What Easel's own SQL may call beyond DuckDB: `sentence_embedding(text, encoder)`, a list of numbers.

    SQL from outside may not: it is on no list of the guard.
    """
    connection.create_function(
        "sentence_embedding",
        _sentence_embedding,
        ["VARCHAR", "VARCHAR"],
        "FLOAT[]",
        type=ARROW,
        null_handling=SPECIAL,
    )


def _sentence_embedding(texts: Any, encoders: Any) -> Any:
    """The vectors of a batch of texts, each text read once; an empty cell has none."""
    import pyarrow as pa

    from automl.encoder import kept_encoder

    given: list[str | None] = texts.to_pylist()
    different = list(dict.fromkeys(text for text in given if text is not None))
    vectors: Any = kept_encoder(encoders[0].as_py()).embed(different) if different else []
    found = {text: vector.tolist() for text, vector in zip(different, vectors, strict=True)}
    return pa.array([None if text is None else found[text] for text in given], pa.list_(pa.float32()))


@contextmanager
def deadline(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Interrupt what runs on the connection after so many seconds; the interruption is a ToolError."""
    started = time.monotonic()
    timer = threading.Timer(seconds, connection.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    except duckdb.InterruptException as error:
        passed = time.monotonic() - started
        raise ToolError(
            f"The query was stopped after {passed:.0f} s (limit {seconds:.0f} s). Filter or aggregate first."
        ) from error
    finally:
        timer.cancel()


def columns_of(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[Column, ...]:
    """The columns of a table, view or subquery, given as it stands after FROM."""
    rows = connection.execute(f"DESCRIBE FROM {table}").fetchall()
    return tuple(Column(str(row[0]), str(row[1])) for row in rows)


def first_line(error: BaseException) -> str:
    """A DuckDB message without its position marker: the first line, and the candidates where it names some."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    hint = next((line for line in lines[1:] if line.startswith(("Candidate", "Did you mean"))), "")
    return " ".join(filter(None, [lines[0] if lines else type(error).__name__, hint]))


def fetch(cursor: duckdb.DuckDBPyConnection, sql: str, parameters: Any = None) -> list[tuple[Any, ...]]:
    """All rows of a statement."""
    return cursor.execute(sql, parameters).fetchall() if parameters else cursor.execute(sql).fetchall()

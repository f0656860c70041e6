"""A project's DuckDB file: a cursor for each use, interrupts by thread, and changes that happen one after the other."""

import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import duckdb

from tools import engine


class Database:
    """One hardened DuckDB file, safe to use from several threads: each call works on a cursor of its own, changes are serialised."""

    def __init__(self, path: Path, *, memory_gb: float, threads: int) -> None:
        """Open the file, or make one. Raises ToolError where it is open elsewhere."""
        self._connection = engine.open_project(path, memory_gb=memory_gb, threads=threads)
        self._change = threading.RLock()
        self._own = threading.local()
        self._cursors: weakref.WeakKeyDictionary[duckdb.DuckDBPyConnection, int] = weakref.WeakKeyDictionary()
        self._cursors_change = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; every version is already on disk."""
        self._connection.close()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of one's own to the same hardened database, for one thread."""
        cursor = self._connection.cursor()
        with self._cursors_change:
            self._cursors[cursor] = threading.get_ident()
        return cursor

    def interrupt(self, thread: int) -> None:
        """Stop what that thread has DuckDB do now; the statement raises duckdb.InterruptException there."""
        with self._cursors_change:
            running = [cursor for cursor, owner in self._cursors.items() if owner == thread]
        for cursor in running:
            try:
                cursor.interrupt()
            except duckdb.ConnectionException:
                continue  # closed meanwhile

    @staticmethod
    def was_interrupted(error: Exception) -> bool:
        """Whether an error only says that `interrupt` ended a statement."""
        return isinstance(error, duckdb.InterruptException)

    def rows(self, sql: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """All rows of SQL that Easel wrote itself; inside `together`, with what changed there."""
        if (changing := self._changing()) is not None:
            return engine.fetch(changing, sql, parameters)
        with self.cursor() as cursor:
            return engine.fetch(cursor, sql, parameters)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Changes that happen all or not at all. What this thread reads meanwhile has them, nobody else sees them."""
        with self._transaction():
            yield

    def _changing(self) -> duckdb.DuckDBPyConnection | None:
        """The cursor of the transaction that this thread is in."""
        return getattr(self._own, "cursor", None)

    @contextmanager
    def _transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        if (changing := self._changing()) is not None:
            yield changing
            return
        with self._change, self.cursor() as cursor:
            cursor.execute("BEGIN")
            self._own.cursor = cursor
            try:
                yield cursor
                cursor.execute("COMMIT")
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            finally:
                self._own.cursor = None

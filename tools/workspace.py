"""A project on disk: datasets with immutable versions, models, files and runs in one folder.

Every change is one DuckDB transaction, so a process killed at any moment leaves the project as it was before the
change or after it, never between. Versions are never edited: undo moves a dataset's head back to the parent.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from tools import engine, moves
from tools.database import Database
from tools.dataset import ROW, StepRecord, Version
from tools.stored import Stored, create, store
from tools.tool import TableData, ToolError
from tools.transform import Column, Found
from tools.words import free_name, identifier, plain, snake_case, unknown

TRASH = ".trash"
"""Deleted models lie in this folder of the project's models until undo brings them back."""


class Workspace(Database):
    """One project folder: `project.duckdb`, `files/`, `models/`, `runs/`.

    Safe to use from several threads, as its database is.
    """

    def __init__(self, path: Path, *, memory_gb: float = 4.0, threads: int = 2) -> None:
        """Open the project in that folder, or make one. Raises ToolError where it is open elsewhere."""
        self.path = path
        for folder in (path, self.files, self.models, self.runs):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ToolError(
                    f"The project can't be kept in {path}: {error.strerror or error}. Choose another folder."
                ) from error
        super().__init__(path / "project.duckdb", memory_gb=memory_gb, threads=threads)
        self._connection.execute("CREATE SCHEMA IF NOT EXISTS easel")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS easel.versions"
            " (dataset VARCHAR, number INTEGER, record VARCHAR, PRIMARY KEY (dataset, number))"
        )
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS easel.heads (dataset VARCHAR PRIMARY KEY, number INTEGER, touched BIGINT)"
        )
        self._connection.execute(moves.TABLE)
        with self._transaction() as cursor:
            moves.settle(cursor, path)

    @property
    def files(self) -> Path:
        return self.path / "files"

    @property
    def models(self) -> Path:
        return self.path / moves.MODELS

    @property
    def runs(self) -> Path:
        return self.path / "runs"

    # --- looking -------------------------------------------------------------------------------------------------

    def datasets(self) -> list[Version]:
        """The head of every dataset, most recently changed first."""
        found = self.rows(
            "SELECT v.record FROM easel.heads h JOIN easel.versions v USING (dataset, number) ORDER BY h.touched DESC"
        )
        return [Version.model_validate_json(record) for (record,) in found]

    def version(self, ref: str) -> Version:
        """The version of a reference: `orders` is the head of orders, `orders@1` its first version.

        Raises ToolError with the nearest names where there is none.
        """
        name, _, number = ref.partition("@")
        if number.isdigit():
            found = self.rows(
                "SELECT record FROM easel.versions WHERE lower(dataset) = lower(?) AND number = ?", [name, int(number)]
            )
            if found:
                return Version.model_validate_json(found[0][0])
        heads = {head.dataset: head for head in self.datasets()}
        match = name if name in heads else next((h for h in heads if h.casefold() == name.casefold()), None)
        if match is None:
            raise ToolError(unknown("dataset", name, list(heads)))
        if not number:
            return heads[match]
        raise ToolError(unknown("version", ref, [version.ref for version in self.versions(match)]))

    def versions(self, dataset: str) -> list[Version]:
        """All versions of a dataset, oldest first."""
        found = self.rows("SELECT record FROM easel.versions WHERE dataset = ? ORDER BY number", [dataset])
        return [Version.model_validate_json(record) for (record,) in found]

    def history(self, version: Version) -> list[Version]:
        """The versions from the import to this one, along the parents."""
        chain = [version]
        while (parent := chain[0].parent) is not None:
            chain.insert(0, self.version(parent))
        return chain

    def page(self, ref: str, *, limit: int = 50, offset: int = 0) -> TableData:
        """Some rows of a version, as JSON values."""
        version = self.version(ref)
        with self.cursor() as cursor:
            result = cursor.execute(f"FROM {identifier(version.ref)} LIMIT {int(limit)} OFFSET {int(offset)}")
            return TableData(
                columns=version.names,
                rows=[[plain(cell) for cell in row] for row in result.fetchall()],
                row_count=version.row_count,
            )

    # --- changing ------------------------------------------------------------------------------------------------

    def free_name(self, wanted: str) -> str:
        """`orders`, or `orders_2` where orders exists already."""
        taken = {version.dataset.casefold() for version in self.datasets()}
        return free_name(snake_case(wanted), taken)

    def _next_number(self, dataset: str) -> int:
        """1 for a new name; a removed dataset's versions stay, so a new one of that name counts on from them."""
        return max((version.number for version in self.versions(dataset)), default=0) + 1

    def add_dataset(self, name: str, batches: pa.RecordBatchReader, step: StepRecord) -> Version:
        """A new dataset from Arrow batches, all or nothing. The name must be free."""
        with self._transaction() as cursor:
            cursor.register("incoming_rows", batches)
            try:
                number = self._next_number(name)
                count = create(cursor, identifier(f"{name}@{number}"), "SELECT * FROM incoming_rows")
            finally:
                cursor.unregister("incoming_rows")
            return self._record(cursor, name, number, None, step, Stored(count))

    def add_query(self, name: str, sql: str, step: StepRecord, *, parent: Version | None = None) -> Version:
        """A new dataset from a SELECT over datasets of this project (an aggregate or a query kept for later)."""
        with self._transaction() as cursor:
            number = self._next_number(name)
            count = create(cursor, identifier(f"{name}@{number}"), sql)
            return self._record(cursor, name, number, parent.ref if parent else None, step, Stored(count))

    def derive(
        self,
        parent: Version,
        sql: str,
        step: StepRecord,
        *,
        materialise: bool = False,
        found: Found | None = None,
        point: bool = True,
    ) -> Version:
        """The next version of a dataset: `sql` is a SELECT that reads the parent by its reference.

        A table may be made of what was `found` already. Without `point` the dataset stays at the version it has.
        Raises duckdb.Error where the SELECT does not run; nothing is left behind then.
        """
        with self._transaction() as cursor:
            number = self._next_number(parent.dataset)
            target = identifier(f"{parent.dataset}@{number}")
            stored = store(cursor, parent, target, sql, materialise=materialise, found=found)
            return self._record(cursor, parent.dataset, number, parent.ref, step, stored, point=point)

    def _record(
        self,
        cursor: duckdb.DuckDBPyConnection,
        dataset: str,
        number: int,
        parent: str | None,
        step: StepRecord,
        stored: Stored,
        *,
        point: bool = True,
    ) -> Version:
        columns = engine.columns_of(cursor, identifier(f"{dataset}@{number}"))
        if any(column.name.casefold() == ROW for column in columns):
            raise ToolError(f"Easel itself uses the column name {ROW}. Choose another name.")
        version = Version(
            dataset=dataset,
            number=number,
            parent=parent,
            step=step,
            row_count=stored.rows,
            schema_=[(column.name, column.type) for column in columns],
            created=datetime.now(UTC).isoformat(timespec="milliseconds"),
            depth=stored.depth,
            cost=stored.cost,
        )
        cursor.execute("INSERT INTO easel.versions VALUES (?, ?, ?)", [dataset, number, version.model_dump_json()])
        if point:
            self._move(cursor, dataset, number, step.run)
        return version

    def _move(self, cursor: duckdb.DuckDBPyConnection, dataset: str, number: int | None, run: str) -> None:
        moves.log(cursor, dataset, number, run)
        self._point(cursor, dataset, number)

    def _point(self, cursor: duckdb.DuckDBPyConnection, dataset: str, number: int | None) -> None:
        """Make that version the head of the dataset; None hides the dataset."""
        if number is None:
            cursor.execute("DELETE FROM easel.heads WHERE dataset = ?", [dataset])
            cursor.execute(f"DROP VIEW IF EXISTS {identifier(dataset)}")
            return
        cursor.execute("INSERT OR REPLACE INTO easel.heads VALUES (?, ?, ?)", [dataset, number, time.time_ns()])
        target = identifier(f"{dataset}@{number}")
        cursor.execute(f"CREATE OR REPLACE VIEW {identifier(dataset)} AS FROM {target}")

    def set_head(self, ref: str, *, run: str = "") -> Version:
        """Make a version the current one of its dataset: redo, restore and branch are this."""
        version = self.version(ref)
        with self._transaction() as cursor:
            self._move(cursor, version.dataset, version.number, run)
        return version

    def bring_forward(self, dataset: str) -> None:
        """Make a dataset the one that is worked on, as the most recently changed one is; nothing to undo."""
        with self._transaction() as cursor:
            cursor.execute("UPDATE easel.heads SET touched = ? WHERE dataset = ?", [time.time_ns(), dataset])

    def remove_dataset(self, name: str, *, run: str = "") -> None:
        """Hide a dataset; its versions stay, so that recipes and `restore` still find them."""
        version = self.version(name)
        with self._transaction() as cursor:
            self._move(cursor, version.dataset, None, run)

    def take_back(self, scope: moves.Scope) -> Sequence[moves.Move]:
        """Undo the last request or the last step: every dataset it moved points again to what it did before."""
        with self._settled(), self._transaction() as cursor:
            undone = moves.latest(cursor, scope)
            heads = {move.dataset: move.before for move in reversed(undone) if move.dataset}
            for dataset, number in heads.items():
                self._point(cursor, dataset, number)
            found = [moves.put_back(self.path, move) for move in reversed(undone)]
            moves.mark_undone(cursor, undone)
        return found[::-1]

    def move_model(self, was: str, now: str, *, run: str = "") -> None:
        """Give a model's folder another place within the project's models; undo moves it back."""
        with self._settled():
            with self._transaction() as cursor:
                moves.log_model(cursor, was, now, run)
            moves.put_model(self.path, was, now)

    def write(self, file: str, text: str, what: str, *, run: str = "") -> None:
        """Give a small file of the project another content; undo gives it the old one back. `what` says it in words."""
        path = self.path / file
        with self._settled():
            with self._transaction() as cursor:
                moves.log_file(cursor, file, moves.text_of(path), text, what, run)
            moves.put_file(path, text)

    @contextmanager
    def _settled(self) -> Iterator[None]:
        """Moves of folders and files; what fails between two of them is told from what was done."""
        with self._change:
            try:
                yield
            except BaseException:
                with self._transaction() as cursor:
                    moves.settle(cursor, self.path)
                raise

    def last_moves(self, scope: moves.Scope) -> Sequence[moves.Move]:
        """The moves that undo would take back, oldest first."""
        with self.cursor() as cursor:
            return moves.latest(cursor, scope)

    def last_moved(self) -> str | None:
        """The run that made the last change that undo would take back; None where there is none."""
        found = self.last_moves("step")
        return found[0].run if found else None

    def others(self, dataset: str) -> Mapping[str, tuple[str, tuple[Column, ...]]]:
        """Every dataset but one, for a join: name -> (quoted SQL name of its head, columns)."""
        return {
            head.dataset: (identifier(head.ref), head.columns) for head in self.datasets() if head.dataset != dataset
        }

    def batches(self, sql: str, *, size: int = 100_000) -> tuple[pa.Schema, Iterable[pa.RecordBatch]]:
        """The rows of a SELECT as Arrow batches, streamed."""
        cursor = self.cursor()
        reader = cursor.execute(sql).to_arrow_reader(size)
        return reader.schema, reader

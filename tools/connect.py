"""Files in and out: read a table from a file of any common format, and write one.

Reading is all or nothing and loses no row in silence: a row that can't be read is kept aside and counted, a file that
can't be is refused in one line with file, line and cause; what had to be assumed (delimiter, encoding, header, padded
rows) is recorded with the version and said, and can be corrected.

What is not covered: databases, web addresses and object stores; archives other than gzip and ZIP; several sheets or
files of an archive at once (load it again for each).
"""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Literal

from tools import engine
from tools.dataset import StepRecord, Version
from tools.free_files import free_file
from tools.sources.archive import is_workbook, unpack
from tools.sources.assumptions import describe_load
from tools.sources.delimited import read_delimited
from tools.sources.encoding import refuse_binary
from tools.sources.opened import Found, OpenedFile, refused, stream
from tools.sources.spreadsheet import OLE, read_spreadsheet
from tools.sources.structured import read_json, read_parquet
from tools.sources.told import DELIMITERS, NOTHING, QUOTES, Decimal, Told, check_told
from tools.sources.write import put, write_rows
from tools.tool import Artefact, DatasetName, FilePath, Job, Outcome, ToolError, tool
from tools.words import counted, identifier, listed, snake_case, unknown
from tools.workspace import Workspace

__all__ = ["OpenedFile", "describe_load", "export_data", "find_file", "load", "load_file", "open_file"]

KNOWN_BINARY = (
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"BM", "a picture (BMP)"),
    (b"%PDF", "a PDF document"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x7fELF", "a program"),
)
READABLE = "Readable are CSV and other delimited text, Excel, JSON and Parquet."
BY_HAND = [field.name for field in fields(Told)]
"""Arguments that a person sets in a form; the planner is not told of them."""
SHEETS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")


# --- reading -----------------------------------------------------------------------------------------------------


@contextmanager
def open_file(path: Path, told: Told = NOTHING) -> Iterator[OpenedFile]:
    """The rows of a file as typed Arrow batches, streamed in bounded memory (Excel: the sheet is held whole).

    Raises ToolError, in one line with file, line and cause, for a file that can't be read.
    """
    check_file(path)
    with tempfile.TemporaryDirectory(prefix="easel-") as folder, engine.trusted() as connection:
        connection.execute(f"SET temp_directory = '{folder}'")
        found = _read(connection, path, Path(folder), told)
        yield stream(connection, path, found)


def check_file(path: Path) -> None:
    """Raise where the path is no file with content."""
    if path.is_dir():
        raise refused(path, f"it is a folder. It holds {_names_in(path)}.")
    if not path.is_file():
        raise ToolError(_missing(path))
    if path.stat().st_size == 0:
        raise refused(path, "it is empty.")


def _missing(path: Path) -> str:
    if not path.parent.is_dir():
        return f"No file '{path.name}': there is no folder {path.parent}."
    return unknown("file", path.name, sorted(entry.name for entry in path.parent.iterdir() if entry.is_file()))


def _names_in(folder: Path) -> str:
    return listed(sorted(entry.name for entry in folder.iterdir() if entry.is_file())) or "no files"


def _read(connection: Any, path: Path, folder: Path, told: Told) -> Found:
    """The reader that the file's first bytes ask for, then its name."""
    with path.open("rb") as stream_:
        head = stream_.read(4096)
    suffix = Path(path.stem).suffix.lower() if path.suffix.lower() == ".gz" else path.suffix.lower()
    for magic, what in KNOWN_BINARY:
        if head.startswith(magic) and (magic != b"BM" or b"\x00" in head[:64]):
            raise refused(path, f"it is {what}. {READABLE}")
    if head.startswith(b"PAR1") or suffix == ".parquet":
        return read_parquet(connection, path)
    if head.startswith((b"PK\x03\x04", OLE)):
        if head.startswith(b"PK") and not is_workbook(path):
            inner, others = unpack(path, folder, told.sheet)
            found = _read(connection, inner, folder, replace(told, sheet=None))
            found.assumed |= {"inside": inner.name} | ({"other_files": others} if others else {})
            return found
        return read_spreadsheet(connection, path, folder, told)
    if suffix in SHEETS:
        refuse_binary(path, head)
        raise refused(path, f"its name says Excel, but its content is none. {READABLE}")
    if suffix in (".json", ".jsonl", ".ndjson") or (
        suffix not in (".csv", ".tsv", ".txt") and head.lstrip().startswith((b"{", b"["))
    ):
        return read_json(connection, path, folder, told)
    return read_delimited(connection, path, folder, told)


# --- loading -----------------------------------------------------------------------------------------------------


def find_file(workspace: Workspace, path: str) -> Path:
    """The file a person named: as it stands, in the project's files, or in the current folder."""
    wanted = Path(path).expanduser()
    if wanted.is_absolute():
        return wanted
    inside = workspace.files / wanted
    return inside if inside.exists() or not wanted.exists() else wanted.resolve()


def load(workspace: Workspace, path: Path, name: str | None = None, run: str = "", told: Told = NOTHING) -> Version:
    """The file as a dataset, all or nothing. Where the same content is there under that name already, that dataset;
    where it is to be read in another way, its next version.

    The name is the file's stem in snake_case unless given; a number is added where another dataset has it.
    Raises ToolError for a file that can't be read.
    """
    check_file(path)
    fingerprint = _fingerprint(path)
    wanted = snake_case(name or _stem(path))
    before = _loaded_before(workspace, wanted, fingerprint)
    head = next((head for head in workspace.datasets() if head.dataset == wanted), None)
    for version in before:
        if told in (NOTHING, _told(version)):
            stands = head is not None and (told == NOTHING or workspace.history(head)[0].ref == version.ref)
            return head if head is not None and stands else workspace.set_head(version.ref, run=run)
    free = wanted if before else workspace.free_name(wanted)
    while workspace.versions(free) and not before:
        # A removed dataset keeps its versions, so its name is not free although nobody sees it.
        free = _next_name(free)
    return _read_in(workspace, path, free, run, told, fingerprint)


def reload(workspace: Workspace, path: Path, loaded: Version, run: str = "") -> Version:
    """A file in place of the one that a version was loaded from, read in the same way: the next version of its dataset.

    The one that is there already where the content is the same. Raises ToolError for a file that can't be read.
    """
    check_file(path)
    fingerprint = _fingerprint(path)
    for version in reversed(workspace.versions(loaded.dataset)):
        if version.step.source.get("fingerprint") == fingerprint and _told(version) == _told(loaded):
            return version
    return _read_in(workspace, path, loaded.dataset, run, _told(loaded), fingerprint)


def _read_in(workspace: Workspace, path: Path, name: str, run: str, told: Told, fingerprint: str) -> Version:
    """The rows of a file as the next version of that name."""
    with open_file(path, told) as opened:
        source = opened.source | {"fingerprint": fingerprint} | ({"told": told.said()} if told.said() else {})
        kept = _keep_aside(workspace, opened.aside, name)
        step = StepRecord(
            tool="load_file",
            arguments={"path": path.name, "name": name} | told.said(),
            source=source | ({"aside": kept.name} if kept else {}),
            run=run,
            text=f"Loaded {path.name}.",
        )
        try:
            return workspace.add_dataset(name, opened.batches, step)
        except BaseException:
            if kept:
                kept.unlink()
            raise


def _told(version: Version) -> Told:
    return Told(**version.step.source.get("told", {}))


def _keep_aside(workspace: Workspace, rows: Path | None, name: str) -> Path | None:
    """The rows that are no part of the table, as a file of the project."""
    if rows is None:
        return None
    target = free_file(workspace.files, f"{name}_aside", ".csv")
    shutil.copyfile(rows, target)
    return target


def _stem(path: Path) -> str:
    return Path(path.stem).stem if path.suffix.lower() == ".gz" else path.stem


def _next_name(name: str) -> str:
    stem, _, number = name.rpartition("_")
    return f"{stem}_{int(number) + 1}" if stem and number.isdigit() else f"{name}_2"


def _fingerprint(path: Path) -> str:
    with path.open("rb") as stream_:
        return hashlib.file_digest(stream_, "blake2b").hexdigest()[:32]


def _loaded_before(workspace: Workspace, name: str, fingerprint: str) -> list[Version]:
    """The versions of that name that came from the same bytes, where its first one did."""
    versions = workspace.versions(name)
    loads = [version for version in versions if version.step.source.get("fingerprint") == fingerprint]
    return loads if loads and loads[0] is versions[0] else []


@tool(effect="derive", group="data", title="Load {path}", more=dict.fromkeys(BY_HAND, r"(?!)"))
def load_file(
    job: Job,
    path: FilePath,
    name: str | None = None,
    delimiter: str | None = None,
    quote: str | None = None,
    encoding: str | None = None,
    header_rows: int | None = None,
    skip_rows: int | None = None,
    skip_end: int | None = None,
    sheet: str | None = None,
    decimal: Decimal | None = None,
    day_first: bool | None = None,
    all_text: bool = False,
) -> Outcome:
    """Load a file as a new dataset: CSV or other delimited text, Excel, JSON or Parquet. Use it when the person names a file.

    How the file is to be read is found, and said. What was found wrong is corrected by loading it again with the
    arguments below; the dataset then gets a new version.

    Args:
        path: the file's name in the project, or its path.
        name: a name for the dataset; left out, the file's name is used.
        delimiter: what stands between cells: a character, or comma, semicolon, tab, bar, space.
        quote: the quotation mark, or none where it is a letter like any other.
        encoding: such as utf-8, cp949, shift_jis, latin-1.
        header_rows: how many rows name the columns; 0 where none does.
        skip_rows: lines above the names.
        skip_end: lines of notes below the table.
        sheet: the sheet of a workbook, or the file in a ZIP archive.
        decimal: the mark before decimals, a point or a comma.
        day_first: whether 01/02/2024 is the first of February.
        all_text: keep every cell as it stands, with no numbers and dates.
    """
    file = find_file(job.workspace, path)
    before = {version.ref for head in job.workspace.datasets() for version in job.workspace.versions(head.dataset)}
    told = Told(
        delimiter=DELIMITERS.get(delimiter.lower(), delimiter) if delimiter else None,
        quote=QUOTES.get(quote.lower(), quote) if quote else None,
        encoding=encoding,
        header_rows=header_rows,
        skip_rows=skip_rows,
        skip_end=skip_end,
        sheet=sheet,
        decimal=decimal,
        day_first=day_first,
        all_text=all_text,
    )
    check_told(told)
    version = load(job.workspace, file, name, job.run, told)
    aside = version.step.source.get("aside")
    kept = [Artefact(kind="file", name=aside, path=str(job.workspace.files / aside))] if aside else []
    return Outcome(
        text=describe_load(version, again=version.ref in before),
        dataset=version.ref,
        rows=(0, version.row_count),
        columns=(0, len(version.columns)),
        table=job.workspace.page(version.ref, limit=5),
        artefacts=[Artefact(kind="dataset", name=version.ref), *kept],
    )


# --- writing -----------------------------------------------------------------------------------------------------


@tool(effect="read", group="data", title="Export {dataset}")
def export_data(job: Job, dataset: DatasetName, format: Literal["csv", "parquet", "xlsx", "json"] = "csv") -> Outcome:
    """Write a dataset to a file that the person can download. Use it when the person asks to save, export or download data.

    Args:
        dataset: the dataset to write.
        format: csv, parquet, xlsx (Excel) or json.
    """
    version = job.workspace.version(dataset)
    target = export_rows(job.workspace, f"FROM {identifier(version.ref)}", version.dataset, format, version.row_count)
    return Outcome(
        text=f"{version.dataset} ({counted(version.row_count, 'row')}, {counted(len(version.columns), 'column')}) is in {target.name}.",
        values={"file": target.name},
        artefacts=[Artefact(kind="file", name=target.name, path=str(target))],
    )


def export_rows(workspace: Workspace, sql: str, stem: str, format: str, row_count: int) -> Path:
    """Write the rows of a SELECT into the project's files under a free name; nothing is overwritten or half-written."""
    schema, batches = workspace.batches(sql)
    with tempfile.TemporaryDirectory(prefix=".export-", dir=workspace.files) as folder:
        made = Path(folder) / f"made.{format}"
        write_rows(schema, batches, made, format, row_count)
        return put(made, workspace.files, stem, format)

"""Files in and out: read a table from a file of any common format, and write one.

Reading is all or nothing and loses no row: what can't be read refuses the file in one line with file, line and cause;
what had to be assumed (delimiter, encoding, header, padded rows) is recorded with the version and said.

What is not covered: databases, web addresses and object stores; archives other than gzip; more than one sheet.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from tools import engine
from tools.sources.delimited import read_delimited
from tools.sources.encoding import refuse_binary
from tools.sources.opened import Found, OpenedFile, refused, stream
from tools.sources.spreadsheet import OLE, read_spreadsheet
from tools.sources.structured import read_json, read_parquet
from tools.sources.write import write_rows
from tools.tool import Artefact, DatasetName, FilePath, Job, Outcome, ToolError, identifier, listed, tool, unknown
from tools.transforms.sql import counted
from tools.workspace import StepRecord, Version, Workspace, snake_case

__all__ = ["OpenedFile", "export_data", "find_file", "load", "load_file", "open_file"]

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
SHEETS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")


# --- reading -----------------------------------------------------------------------------------------------------


@contextmanager
def open_file(path: Path) -> Iterator[OpenedFile]:
    """The rows of a file as typed Arrow batches, streamed in bounded memory (Excel: the sheet is held whole).

    Raises ToolError, in one line with file, line and cause, for a file that can't be read.
    """
    check_file(path)
    with tempfile.TemporaryDirectory(prefix="easel-") as folder, engine.trusted() as connection:
        connection.execute(f"SET temp_directory = '{folder}'")
        found = _read(connection, path, Path(folder))
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


def _read(connection: Any, path: Path, folder: Path) -> Found:
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
        if head.startswith(b"PK") and not _is_workbook(path):
            raise refused(path, "it is a ZIP archive. Unpack it and load the file inside.")
        return read_spreadsheet(connection, path)
    if suffix in SHEETS:
        refuse_binary(path, head)
        raise refused(path, f"its name says Excel, but its content is none. {READABLE}")
    if suffix in (".json", ".jsonl", ".ndjson") or (
        suffix not in (".csv", ".tsv", ".txt") and head.lstrip().startswith((b"{", b"["))
    ):
        return read_json(connection, path, folder)
    return read_delimited(connection, path, folder)


def _is_workbook(path: Path) -> bool:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            size = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise refused(path, "it is broken or cut short. Copy or download it again.") from error
    if size > 2_000_000_000 and size > 200 * path.stat().st_size:
        raise refused(path, "it unpacks to more than 200 times its size.")
    return any(name.startswith("xl/") or name == "content.xml" for name in names)


# --- loading -----------------------------------------------------------------------------------------------------


def find_file(workspace: Workspace, path: str) -> Path:
    """The file a person named: as it stands, in the project's files, or in the current folder."""
    wanted = Path(path).expanduser()
    if wanted.is_absolute():
        return wanted
    inside = workspace.files / wanted
    return inside if inside.exists() or not wanted.exists() else wanted.resolve()


def load(workspace: Workspace, path: Path, name: str | None = None, run: str = "") -> Version:
    """The file as a dataset, all or nothing. Where the same content is there under that name already, that dataset.

    The name is the file's stem in snake_case unless given; a number is added where another dataset has it.
    Raises ToolError for a file that can't be read.
    """
    check_file(path)
    fingerprint = _fingerprint(path)
    wanted = snake_case(name or _stem(path))
    if (known := _loaded_before(workspace, wanted, fingerprint)) is not None:
        return known
    free = workspace.free_name(wanted)
    while workspace.versions(free):
        # A removed dataset keeps its versions, so its name is not free although nobody sees it.
        free = _next_name(free)
    with open_file(path) as opened:
        source = opened.source | {"fingerprint": fingerprint}
        step = StepRecord(
            tool="load_file",
            arguments={"path": path.name, "name": free},
            source=source,
            run=run,
            text=f"Loaded {path.name}.",
        )
        return workspace.add_dataset(free, opened.batches, step)


def _stem(path: Path) -> str:
    return Path(path.stem).stem if path.suffix.lower() == ".gz" else path.stem


def _next_name(name: str) -> str:
    stem, _, number = name.rpartition("_")
    return f"{stem}_{int(number) + 1}" if stem and number.isdigit() else f"{name}_2"


def _fingerprint(path: Path) -> str:
    with path.open("rb") as stream_:
        return hashlib.file_digest(stream_, "blake2b").hexdigest()[:32]


def _loaded_before(workspace: Workspace, name: str, fingerprint: str) -> Version | None:
    """The dataset of that name where it came from the same bytes; a removed one comes back as it was loaded."""
    first = next(iter(workspace.versions(name)), None)
    if first is None or first.step.source.get("fingerprint") != fingerprint:
        return None
    heads = {head.dataset: head for head in workspace.datasets()}
    return heads.get(name) or workspace.set_head(first.ref)


@tool(effect="derive", group="data", title="Load {path}")
def load_file(job: Job, path: FilePath, name: str | None = None) -> Outcome:
    """Load a file as a new dataset: CSV or other delimited text, Excel, JSON or Parquet. Use it when the person names a file.

    Args:
        path: the file's name in the project, or its path.
        name: a name for the dataset; left out, the file's name is used.
    """
    file = find_file(job.workspace, path)
    before = {version.ref for head in job.workspace.datasets() for version in job.workspace.versions(head.dataset)}
    version = load(job.workspace, file, name, job.run)
    return Outcome(
        text=describe_load(version, again=version.ref in before),
        dataset=version.ref,
        rows=(0, version.row_count),
        columns=(0, len(version.columns)),
        table=job.workspace.page(version.ref, limit=5),
        artefacts=[Artefact(kind="dataset", name=version.ref)],
    )


def describe_load(version: Version, *, again: bool = False) -> str:
    """`churn: 10,000 rows and 14 columns from churn.csv (comma, UTF-8).`, then what had to be assumed."""
    source = version.step.source
    assumed = source.get("assumed", {})
    how = [assumed[key] for key in ("delimiter", "encoding") if assumed.get(key) not in (None, "none")]
    how += [f"sheet '{assumed['sheet']}'"] if "sheet" in assumed else []
    counts = f"{counted(version.row_count, 'row')} and {counted(len(version.columns), 'column')}"
    origin = source.get("path", "a file")
    if again:
        now = "" if version.number == 1 else f"; its current version is {version.ref}"
        return f"{version.dataset} is loaded already from the same content ({origin}): {counts}{now}."
    first = f"{version.dataset}: {counts} from {origin}" + (f" ({', '.join(how)})." if how else ".")
    return " ".join([first, *_assumptions(assumed)])


def _assumptions(assumed: dict[str, Any]) -> list[str]:
    """One sentence for each thing that was not plain in the file."""
    said = []
    if assumed.get("header") is False:
        said.append("The file has no header, so the columns are called column_1, column_2 and so on.")
    if "other_sheets" in assumed:
        said.append(f"Other sheets were not read: {listed(assumed['other_sheets'])}.")
    if count := assumed.get("lines_above_the_table"):
        said.append(f"{counted(count, 'row')} of notes above the table {_were(count)} skipped.")
    if count := assumed.get("ragged_rows"):
        said.append(
            f"{counted(count, 'row')} had more or fewer cells than the header; missing cells are empty, none was dropped."
        )
    if count := assumed.get("empty_rows"):
        said.append(f"{counted(count, 'row')} without any value {_were(count)} left out.")
    if count := assumed.get("empty_columns"):
        said.append(f"{counted(count, 'column')} without name and values {_were(count)} left out.")
    if renamed := assumed.get("renamed"):
        said.append(f"Renamed: {listed([f'{old} to {new}' for old, new in renamed.items()], 5)}.")
    if read_as := assumed.get("read_as"):
        said.append(f"Read {listed([f'{name} as {words}' for name, words in read_as.items()], 5)}.")
    if kept := assumed.get("kept_as_text"):
        said.append(f"Kept as text: {'; '.join(f'{name} ({why})' for name, why in list(kept.items())[:5])}.")
    return said


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


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
        number = 1
        while True:
            target = workspace.files / f"{stem}{'' if number == 1 else f'_{number}'}.{format}"
            try:
                os.link(made, target)
            except FileExistsError:
                number += 1
                continue
            return target

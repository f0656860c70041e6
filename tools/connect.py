"""Files in and out: a file becomes a dataset, and a dataset a file.

Loading is all or nothing and loses no row in silence: a row that can't be read is kept aside and counted; what had to be
assumed (delimiter, encoding, header, padded rows) is recorded with the version and said, and can be corrected.
"""

import hashlib
import shutil
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import Literal

from tools.dataset import StepRecord, Version
from tools.free_files import free_file
from tools.sources.assumptions import describe_load
from tools.sources.read import check_file, open_file
from tools.sources.told import DELIMITERS, NOTHING, QUOTES, Decimal, Told, check_told
from tools.sources.write import put, write_rows
from tools.tool import Artefact, DatasetName, FilePath, Job, Outcome, tool
from tools.words import counted, identifier, snake_case
from tools.workspace import Workspace

BY_HAND = [field.name for field in fields(Told)]
"""Arguments that a person sets in a form; the planner is not told of them."""


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

"""Archives: the one table in a ZIP, or the one that is named."""

import shutil
import zipfile
from pathlib import Path

from tools.sources.guessing import WESTERN, fits, guess
from tools.sources.opened import refused
from tools.tool import ToolError
from tools.words import listed, unknown

BOMB_RATIO, BOMB_BYTES = 200, 2_000_000_000
TABLES = (
    ".csv",
    ".tsv",
    ".txt",
    ".tab",
    ".psv",
    ".dat",
    ".json",
    ".jsonl",
    ".ndjson",
    ".parquet",
    ".xlsx",
    ".xls",
    ".xlsm",
    ".xlsb",
    ".ods",
    ".gz",
)


def is_workbook(path: Path) -> bool:
    """Whether a ZIP file is a workbook. Raises ToolError where it is broken or unpacks to a multiple of its size."""
    names = [entry.filename for entry in _entries(path)]
    return any(name.startswith("xl/") or name == "content.xml" for name in names)


def unpack(path: Path, folder: Path, wanted: str | None) -> tuple[Path, list[str]]:
    """The table of an archive as a file in the folder, and the names of the tables that were left.

    Raises ToolError where the archive holds no table, or several and none is wanted.
    """
    tables = {
        entry.filename: entry
        for entry in _entries(path)
        if not entry.is_dir() and entry.filename.lower().endswith(TABLES) and not _hidden(entry.filename)
    }
    if not tables:
        raise refused(
            path, "the archive holds no table. Readable are CSV and other delimited text, Excel, JSON and Parquet."
        )
    if wanted:
        matching = [name for name in tables if wanted in (name, Path(name).name, Path(name).stem)]
        if not matching:
            raise ToolError(unknown("file", wanted, list(tables)))
        name = matching[0]
    elif len(tables) > 1:
        raise refused(path, f"the archive holds several tables. Give one of them as sheet: {listed(list(tables))}.")
    else:
        name = next(iter(tables))
    if tables[name].flag_bits & 1:
        raise refused(path, "the archive is locked with a password. Unpack it and load the file inside.")
    target = folder / "unpacked" / Path(name).name
    target.parent.mkdir()
    try:
        with open_zip(path) as archive, archive.open(tables[name]) as source, target.open("wb") as out:
            shutil.copyfileobj(source, out, 1 << 20)
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise refused(
            path, "the archive is broken or packed in a way that can't be read. Unpack it yourself."
        ) from error
    return target, [other for other in tables if other != name]


def _hidden(name: str) -> bool:
    return name.startswith("__MACOSX/") or Path(name).name.startswith(".")


def unpacked_size(path: Path) -> int:
    """Bytes of all files in an archive. Raises ToolError where it is broken or unpacks to a multiple of its size."""
    return sum(entry.file_size for entry in _entries(path))


def open_zip(path: Path) -> zipfile.ZipFile:
    """A ZIP archive with its names as they were written: those that are not marked as UTF-8 tell by their letters."""
    with zipfile.ZipFile(path) as archive:
        unmarked = [one.filename for one in archive.infolist() if not one.flag_bits & 0x800]
    names = [name.encode("cp437") for name in unmarked if not name.isascii()]
    encoding = guess(b"\n".join(names)) if names else "cp437"
    known = encoding not in WESTERN and all(fits(name, encoding) for name in names)
    return zipfile.ZipFile(path, metadata_encoding=encoding if known else None)


def _entries(path: Path) -> list[zipfile.ZipInfo]:
    try:
        with open_zip(path) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as error:
        raise refused(path, "it is broken or cut short. Copy or download it again.") from error
    size = sum(entry.file_size for entry in entries)
    if size > BOMB_BYTES and size > BOMB_RATIO * path.stat().st_size:
        raise refused(path, f"it unpacks to more than {BOMB_RATIO} times its size.")
    return entries

"""A table from a file of any common format, by what its first bytes and its name say.

A file that can't be read is refused in one line with file, line and cause.

What is not covered: databases, web addresses and object stores; archives other than gzip and ZIP; several sheets or
files of an archive at once (open it again for each).
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from tools import engine
from tools.sources.archive import is_workbook, unpack
from tools.sources.delimited import read_delimited
from tools.sources.encoding import refuse_binary
from tools.sources.opened import Found, OpenedFile, refused, stream
from tools.sources.spreadsheet import OLE, read_spreadsheet
from tools.sources.structured import read_json, read_parquet
from tools.sources.told import NOTHING, Told
from tools.tool import ToolError
from tools.words import listed, unknown

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

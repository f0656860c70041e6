"""Records on disk by the hash of everything that can change them: what was run once is not run again.

A record is a folder `<key>/` with `record.json` and its Parquet files, moved into place whole: a run killed anywhere
leaves only whole ones. Attempts that the infrastructure broke are never kept here.
"""

import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Mapping
from pathlib import Path

from evals.record import Column, Record
from evals.replies import Replies

LEFT_SECONDS = 86_400
"""A half-written attempt of this age belongs to a process that was killed."""


class Cache:
    """The records in one folder; safe to use from several threads and processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.replies = Replies(folder / "replies.sqlite")
        (folder / "newest").mkdir(parents=True, exist_ok=True)
        for room in folder.glob(".writing-*"):
            if time.time() - room.stat().st_mtime > LEFT_SECONDS:
                shutil.rmtree(room, ignore_errors=True)

    def find(self, key: str) -> Record | None:
        """The record of that key, or nothing."""
        return read_record(self.folder / key)

    def room(self) -> Path:
        """A new folder for an attempt to write its files into."""
        path = self.folder / f".writing-{uuid.uuid4().hex}"
        path.mkdir()
        return path

    def keep(self, record: Record, room: Path) -> Record:
        """The record with the files of its room, kept under its key."""
        if record.infrastructure:
            raise ValueError(f"an attempt that broke ({record.infrastructure}) is not to be kept")
        kept = put(record, room, self.folder / record.key)
        column = Column(model=kept.model, prompt=kept.prompt, subject=kept.subject)
        self._note(kept.case, column, kept.repeat).write_text(json.dumps(record.versions), encoding="utf-8")
        return kept

    def changed(self, case: str, column: Column, repeat: int, versions: Mapping[str, str]) -> list[str]:
        """What differs between these versions and those of the newest attempt at the same; nothing for a first."""
        note = self._note(case, column, repeat)
        return differences(json.loads(note.read_text(encoding="utf-8")), versions) if note.is_file() else []

    def _note(self, case: str, column: Column, repeat: int) -> Path:
        same = [case, column.model, column.prompt, column.subject, repeat]
        return self.folder / "newest" / f"{hashlib.sha256(json.dumps(same).encode()).hexdigest()[:32]}.json"


def put(record: Record, room: Path, target: Path) -> Record:
    """The record and its files as the folder `target`, whole or not at all; one that is there already is replaced."""
    (room / "record.json").write_text(record.model_dump_json(exclude={"folder"}), encoding="utf-8")
    if target.exists():
        shutil.rmtree(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(room, target)
    return record.model_copy(update={"folder": target})


def link(record: Record, target: Path) -> None:
    """The files of a kept record in another folder too, without a copy of their bytes where the disk can do that."""
    if target.exists():
        shutil.rmtree(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copytree(record.folder, target, copy_function=os.link)
    except (OSError, shutil.Error):  # another disk, or one without links
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(record.folder, target)


def read_record(folder: Path) -> Record | None:
    """The record in that folder, or nothing."""
    try:
        text = (folder / "record.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return Record.model_validate_json(text).model_copy(update={"folder": folder})


def differences(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """The names of the parts that differ; of the code, which floors of it: `code (tools)`."""
    parts = [name for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)]
    return [_named(name, old.get(name, ""), new.get(name, "")) for name in parts]


def _named(name: str, old: str, new: str) -> str:
    if name != "code":
        return name
    floors = sorted({part.partition(":")[0] for part in set(old.split()) ^ set(new.split())})
    return f"code ({', '.join(floors)})"

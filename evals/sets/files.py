"""Reading a data set where it lies, and keeping what had to be made from it, so that nothing of it enters the project."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evals.case import CaseError, Data


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON-lines file. Raises CaseError where there is no such file."""
    return [json.loads(line) for line in read_text(path).splitlines() if line.strip()]


def read_text(path: Path) -> str:
    """The text of a file of the set. Raises CaseError where there is no such file."""
    if not path.is_file():
        raise CaseError(f"No file {path}: that data set is not here. Say where the sets are with --sets FOLDER.")
    return path.read_text(encoding="utf-8")


def tables_in(folder: Path, suffix: str = "csv") -> list[Data]:
    """Each table file of a folder as a dataset with the name of its file. Raises CaseError where there is none."""
    found = [Data(path=str(path.resolve()), name=path.stem) for path in sorted(folder.glob(f"*.{suffix}"))]
    if not found:
        raise CaseError(f"No .{suffix} file in {folder}. Expected one for each table of the data set.")
    return found


def made(home: Path, name: str, key: str, make: Callable[[Path], None]) -> Path:
    """The folder `home/name-<hash of key>`, filled by `make` where it isn't there yet, all or nothing."""
    target = home / f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    if target.is_dir():
        return target
    home.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=home))
    try:
        make(fresh)
        fresh.chmod(0o755)
        os.replace(fresh, target)
    except OSError:
        # Another process made the same folder in the meantime; its content is the same.
        if not target.is_dir():
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return target

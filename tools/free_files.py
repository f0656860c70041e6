"""Names of files that are free in a folder."""

import os
from collections.abc import Sequence
from pathlib import Path


def free_file(folder: Path, stem: str, suffix: str) -> Path:
    """A path in the folder that is not taken, numbered where needed."""
    path, place = folder / f"{stem}{suffix}", 2
    while path.exists():
        path, place = folder / f"{stem}_{place}{suffix}", place + 1
    return path


def free_files(folder: Path, wanted: str, suffixes: Sequence[str]) -> list[Path]:
    """Paths of one name, with a number where it is taken, such that none of the files exists; the first is claimed."""
    number = 1
    while True:
        tried = wanted if number == 1 else f"{wanted}_{number}"
        paths = [folder / (tried + suffix) for suffix in suffixes]
        if not any(path.exists() for path in paths):
            try:
                os.close(os.open(paths[0], os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            except FileExistsError:
                continue
            return paths
        number += 1

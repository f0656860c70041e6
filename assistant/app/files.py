"""Files between the page and the project: uploads under a free name, downloads by plain name, nothing outside."""

import os
import re
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

from tools.pictures import holds_pictures, is_picture
from tools.tool import ToolError

MOST_BYTES = 20_000_000_000
"""An upload larger than this is refused; a disk that is full refuses earlier."""


def safe_name(wanted: str) -> str:
    """The last part of a file's name without what a file system or a shell may trip over."""
    last = wanted.replace("\\", "/").rsplit("/", 1)[-1]
    clean = re.sub(r"[\x00-\x1f<>:\"|?*]", "", last).strip().lstrip(".")
    return clean[-150:] or "data"


def free_file(folder: Path, wanted: str) -> Path:
    """A new empty file of that name, or `name_2.csv` where it is taken; made at once, so that no other upload gets it."""
    name = Path(safe_name(wanted))
    number = 1
    while True:
        path = folder / (name.name if number == 1 else f"{name.stem}_{number}{name.suffix}")
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
        except FileExistsError:
            number += 1
        else:
            return path


async def receive(folder: Path, wanted: str, chunks: AsyncIterator[bytes]) -> str:
    """Write an upload and say under which name. Half an upload leaves nothing. Raises ToolError where it is too large."""
    target = free_file(folder, wanted)
    partial = folder / f".{secrets.token_hex(8)}.part"
    size = 0
    try:
        with partial.open("wb") as out:
            async for chunk in chunks:
                size += len(chunk)
                if size > MOST_BYTES:
                    raise ToolError(f"{target.name} is larger than {MOST_BYTES / 1e9:.0f} GB. Upload a part of it.")
                out.write(chunk)
        partial.replace(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    finally:
        partial.unlink(missing_ok=True)
    return target.name


def find(folder: Path, name: str) -> Path | None:
    """The file of that plain name in the folder; nothing for a name that points anywhere else."""
    if name != Path(name).name or name.startswith("."):
        return None
    path = (folder / name).resolve()
    return path if path.is_file() and path.parent == folder.resolve() else None


def reader(path: Path) -> str:
    """The tool for a file that was dropped."""
    if is_picture(path):
        return "predict_image"
    return "load_images" if holds_pictures(path) else "load_file"

"""Bring pictures into a project: copied into its files, a dataset with one row each that says where it lies and what it shows.

What is not covered: pictures on the web, classes from a separate list (join one to the dataset by its path).
"""

import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pyarrow as pa

from tools.connect import find_file
from tools.dataset import StepRecord
from tools.sources.archive import open_zip, unpacked_size
from tools.tool import FilePath, Job, Outcome, Stopped, ToolError, tool
from tools.words import counted, listed, snake_case
from tools.workspace import Workspace

SUFFIXES = (".jpg", ".jpeg", ".jfif", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp")
OTHERS = (".heic", ".heif", ".avif", ".svg", ".psd", ".cr2", ".nef", ".arw", ".dng")
"""Pictures of kinds that are not read."""
HEAT = "heat_"
"""How the names of heat maps begin."""
_NUMBERED = re.compile(r"^(.*?\D)[\s_.()-]*\d+[\s_.()-]*$")


@tool(
    effect="derive",
    group="data",
    title="Load the pictures in {path}",
    asked_by=r"\b(?:load|open|import|read|add|use|here are)\b[\s\S]*\b(?:images?|pictures?|photos?|photographs?)\b"
    r"|\b(?:images?|pictures?|photos?|photographs?)\b[\s\S]*\b(?:folder|directory|zip)\b"
    r"|(?:이미지|사진|그림)[\s\S]*(?:불러|열어|가져|읽어|폴더|압축)|(?:폴더|압축)[\s\S]*(?:이미지|사진|그림)",
)
def load_images(
    job: Job, path: FilePath, name: str | None = None, classes_from: Literal["auto", "folder", "name", "none"] = "auto"
) -> Outcome:
    """Load a folder or a ZIP file of pictures as a dataset with one row each: its path, class, width and height.

    Args:
        path: The folder, or the ZIP file in the project.
        name: A name for the dataset; left out, that of the folder or file.
        classes_from: Where the class of a picture stands: folder takes the folder it lies in, name takes the file name without its number; auto finds out; none leaves the class out.
    """
    place = find_file(job.workspace, path)
    if not place.exists():
        raise ToolError(f"There is no folder or file '{path}'. Give a folder of pictures or a ZIP file of them.")
    with _folder(place) as folder:
        found = sorted(one for one in folder.rglob("*") if is_picture(one) and _seen(one, folder))
        others = _others(folder)
        if not found:
            raise ToolError(f"'{place.name}' holds no picture. Readable are {', '.join(SUFFIXES)}.{others}")
        classes, how = _classes(found, folder, classes_from)
        free = job.workspace.free_name(snake_case(name or place.stem))
        outcome = _kept(job, free, place, folder, found, classes, how)
    return outcome.model_copy(update={"text": outcome.text + others})


def _others(folder: Path) -> str:
    """What is said of pictures of a kind that is not read."""
    kinds = [one.suffix.lower() for one in folder.rglob("*") if one.suffix.lower() in OTHERS and _seen(one, folder)]
    if not kinds:
        return ""
    are = "is a picture" if len(kinds) == 1 else "are pictures"
    return (
        f" {counted(len(kinds), 'file')} {are} of a kind that is not read ({listed(sorted(set(kinds)))}): save them as JPEG"
        " or PNG, then load them again."
    )


def is_picture(file: Path) -> bool:
    """Whether a file is one picture, by its name."""
    return file.suffix.lower() in SUFFIXES


def pictures_of(folder: Path, most: int) -> list[str]:
    """The pictures of a project by their path in it, those that lie at its top first; without charts and heat maps."""
    found = [one.relative_to(folder) for one in sorted(folder.rglob("*")) if is_picture(one) and _seen(one, folder)]
    drawn = [one for one in found if one.name.startswith(HEAT) or (folder / one).with_suffix(".svg").exists()]
    kept = [one for one in found if one.parent.name or one not in drawn]
    return [str(one) for one in sorted(kept, key=lambda one: len(one.parts) > 1)][:most]


def holds_pictures(file: Path) -> bool:
    """Whether most of what a ZIP file holds are pictures."""
    if file.suffix.lower() != ".zip" or not zipfile.is_zipfile(file):
        return False
    with zipfile.ZipFile(file) as archive:
        inside = [is_picture(Path(one.filename)) for one in archive.infolist() if not one.is_dir()]
    return sum(inside) * 2 > len(inside)


@contextmanager
def _folder(place: Path) -> Iterator[Path]:
    """The folder itself, or an archive's pictures in a folder that is gone afterwards."""
    if place.is_dir():
        yield place
        return
    if not zipfile.is_zipfile(place):
        raise ToolError(
            f"'{place.name}' is neither a folder nor a ZIP file. Give a folder of pictures or a ZIP file of them."
        )
    unpacked_size(place)
    with tempfile.TemporaryDirectory(prefix="easel-pictures-") as made, open_zip(place) as archive:
        for entry in archive.infolist():
            parts = Path(entry.filename.replace("\\", "/")).parts  # some tools of Windows part folders by it
            target = Path(made, *(part for part in parts if part not in ("..", "/")))
            wanted = target.suffix.lower() in (*SUFFIXES, *OTHERS)
            if entry.is_dir() or not wanted or not target.resolve().is_relative_to(Path(made).resolve()):
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                with archive.open(entry) as source, target.open("wb") as out:
                    shutil.copyfileobj(source, out, 1 << 20)
            except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
                raise ToolError(
                    f"'{place.name}' can't be unpacked: it is broken or locked. Unpack it yourself."
                ) from error
        yield Path(made)


def _seen(file: Path, folder: Path) -> bool:
    parts = file.relative_to(folder).parts
    return file.is_file() and not any(part.startswith(".") or part == "__MACOSX" for part in parts)


def _classes(files: Sequence[Path], folder: Path, wanted: str) -> tuple[list[str | None], str]:
    """The class of each picture, and where it stood in words."""
    folders = [file.parent.name if file.parent != folder else None for file in files]
    named = [_stem(file) for file in files]
    if wanted == "auto":
        wanted = "none"
        if len(set(folders)) > 1:
            wanted = "folder"
        elif 1 < len(set(named)) <= max(2, len(files) // 2):
            wanted = "name"
    if wanted == "folder":
        return list(folders), "Their classes are the folders they lie in"
    if wanted == "name":
        return list(named), "Their classes are their names without the number"
    return [None] * len(files), "Nothing tells their classes"


def _stem(file: Path) -> str:
    match = _NUMBERED.match(file.stem)
    return (match[1].rstrip(" _.(-") if match else file.stem) or file.stem


def _kept(
    job: Job, name: str, place: Path, folder: Path, files: Sequence[Path], classes: list[str | None], how: str
) -> Outcome:
    """Copy the pictures into the project and list them; nothing stays where it fails."""
    target = _free_folder(job.workspace, name)
    rows: list[tuple[str, str | None, int, int]] = []
    unread = []
    try:
        for number, (file, class_) in enumerate(zip(files, classes, strict=True)):
            if job.cancelled():
                raise Stopped("Loading the pictures was stopped; nothing was kept.")
            if (size := _size(file)) is None:
                unread.append(file.name)
                continue
            kept = target / file.relative_to(folder)
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, kept)
            rows.append((kept.relative_to(job.workspace.files).as_posix(), class_, *size))
            job.progress((number + 1) / len(files), f"Copied {number + 1:,} of {len(files):,} pictures")
        if not rows:
            raise ToolError(
                f"None of the {counted(len(files), 'file')} in '{place.name}' is a picture that can be read."
            )
        step = StepRecord(tool="load_images", arguments={"path": place.name, "name": name}, run=job.run,
                          source={"file": place.name}, text=f"Loaded the pictures of {place.name}.")  # fmt: skip
        version = job.workspace.add_dataset(name, _table(rows).to_reader(), step)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise
    told = sorted({class_ for _, class_, _, _ in rows if class_})
    said = f"{how}: {listed(told)}." if told else f"{how}."
    left = f" {counted(len(unread), 'file')} could not be read and were left out: {listed(unread)}." if unread else ""
    return Outcome(
        text=f"Loaded {counted(len(rows), 'picture')} of {place.name} as {version.dataset}. {said}{left}",
        dataset=version.ref,
        rows=(0, version.row_count),
        columns=(0, len(version.columns)),
        values={"classes": told, "pictures": len(rows), "unread": unread},
    )


def _free_folder(workspace: Workspace, name: str) -> Path:
    number = 1
    while (folder := workspace.files / (name if number == 1 else f"{name}_{number}")).exists():
        number += 1
    return folder


def _size(file: Path) -> tuple[int, int] | None:
    """The width and height of a picture that a model can read; None where it is broken, cut off or too large."""
    from PIL import Image, UnidentifiedImageError

    from automl.pictures import MOST_PIXELS, SIDE

    try:
        with Image.open(file) as opened:
            size = opened.width, opened.height
            if size[0] * size[1] > MOST_PIXELS:
                return None
            opened.draft("RGB", (SIDE, SIDE))  # a large JPEG need not be read in full to know that it is whole
            opened.load()
            return size
    except (OSError, UnidentifiedImageError, SyntaxError, Image.DecompressionBombError):
        return None


def _table(rows: Sequence[tuple[str, str | None, int, int]]) -> pa.Table:
    paths, classes, widths, heights = (list(column) for column in zip(*rows, strict=True))
    columns = {"path": pa.array(paths, pa.string()), "class": pa.array(classes, pa.string())}
    if not any(classes):
        del columns["class"]
    return pa.table(columns | {"width": pa.array(widths, pa.int32()), "height": pa.array(heights, pa.int32())})

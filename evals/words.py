"""Versions of the prompts: ours, a folder or a file of one's own, or those of an earlier revision."""

import shutil
import subprocess
import tarfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import prompts
from assistant import context, linking
from tools import core_tools

CURRENT = "current"
FILES = ("planner.md", "linker.md", "linker.yaml")


class WordsError(Exception):
    """A version of the prompts that can't be had or read: one line."""


def versions(given: Sequence[str], into: Path) -> dict[str, Path]:
    """Name -> folder of each version: `current`, `NAME=FOLDER`, `NAME=FILE` in place of planner.md, `NAME=git:REV`.

    Copies are made under `into`. Raises WordsError for one that can't be had, or does not fit this code.
    """
    found: dict[str, Path] = {}
    for one in given or [CURRENT]:
        name, equals, source = one.partition("=")
        if name in found:
            raise WordsError(f"Two versions of the prompts are called {name}. Give each its own name.")
        if not equals and name != CURRENT:
            raise WordsError(f"No version of the prompts '{one}'. Write {CURRENT}, NAME=PATH or NAME=git:REVISION.")
        found[name] = _folder(source, into / name) if equals else prompts.OWN
        _check(name, found[name])
    return found


def _folder(source: str, copy: Path) -> Path:
    if source.startswith("git:"):
        return _revision(source.removeprefix("git:"), copy)
    path = Path(source)
    if path.is_file():
        shutil.copytree(prompts.OWN, copy, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copyfile(path, copy / "planner.md")
        return copy
    lacking = [file for file in FILES if not (path / file).is_file()]
    if lacking:
        raise WordsError(f"{source} is no folder of prompts: it lacks {', '.join(lacking)}.")
    return path.resolve()


def _revision(revision: str, copy: Path) -> Path:
    """The prompts as they stand in a revision of this checkout."""
    root = prompts.OWN.parent
    command = ["git", "-C", str(root), "archive", "--format=tar", f"{revision}", "prompts"]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        said = (done.stderr.decode(errors="replace").strip().splitlines() or ["no answer"])[0]
        raise WordsError(f"The prompts of git:{revision} can't be had: {said}")
    with tarfile.open(fileobj=BytesIO(done.stdout)) as archive:
        archive.extractall(copy, filter="data")
    return copy / "prompts"


def _check(name: str, folder: Path) -> None:
    """Render the version once: an older one may have other places to fill than this code knows."""
    before = prompts.FOLDER
    prompts.use(folder)
    try:
        context.prefix(core_tools())
        linking.prefix()
    except (KeyError, ValueError, OSError) as error:
        raise WordsError(f"The prompts '{name}' do not fit this code: {error}.") from error
    finally:
        prompts.use(before)

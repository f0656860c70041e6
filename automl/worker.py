"""Fits in a child process: it can be killed at once, its memory is returned, and its noise stays in a log.

Parent: `run_in_child`. Child: `python -m automl.worker FIT SPEC.json`, where FIT is one of FITS, a function
`(spec, report) -> result` over two pydantic models. It prints one JSON object a line: `{"fraction": 0.4, "text": "…"}`,
then `{"result": {…}}` or `{"error": "…"}`. The child holds its standard input open and leaves when that closes, so
that a parent that is killed leaves no training behind.
"""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Generic, Literal, TypeVar, get_args, get_type_hints

from pydantic import BaseModel

from automl.problem import ProblemError
from automl.tabular import FitResult, FitSpec
from automl.waiting import WAITING

Fit = Literal[
    "automl.tabular:fit",
    "automl.tabular:keep",
    "automl.forecasting.fit:fit",
    "automl.forecasting.predict:predict",
    "automl.text:fit",
    "automl.image:fit",
]
"""What a child process may run."""
FITS: tuple[str, ...] = get_args(Fit)
Result = TypeVar("Result", bound=BaseModel)
POLL_SECONDS = 0.1
MEMORY_SECONDS = 0.5
"""How often the child's memory is looked at."""
SPARE, LEAST_MEMORY_MB = 0.9, 1_000.0


class TrainingFailed(Exception):
    """No model came out, and why, in one line."""


class TrainingEnded(TrainingFailed):
    """The training went past its time or its memory and was ended; `why` is that, in a few words."""

    def __init__(self, why: str, advice: str) -> None:
        super().__init__(f"The training was stopped {why}. {advice}")
        self.why = why


class TrainingCancelled(Exception):
    """The caller wanted the training to end."""


@dataclass(frozen=True)
class Finished(Generic[Result]):
    """What a child gave back, and what it cost."""

    result: Result
    seconds: float
    peak_mb: float
    """The most memory that it and whatever it started held at once."""


def fit_in_child(
    spec: FitSpec,
    *,
    progress: Callable[[float, str], None],
    cancelled: Callable[[], bool],
    deadline: float | None = None,
    fit: Fit = "automl.tabular:fit",
) -> Finished[FitResult]:
    """Fit on a table, or keep what such a fit finished. Raises as `run_in_child`."""
    return run_in_child(
        fit,
        spec,
        FitResult,
        folder=spec.train.parent,
        progress=progress,
        cancelled=cancelled,
        deadline=deadline or spec.plan.deadline,
        memory_mb=spec.plan.memory_mb,
    )


def run_in_child(
    fit: Fit,
    spec: BaseModel,
    result: type[Result],
    *,
    folder: Path,
    progress: Callable[[float, str], None],
    cancelled: Callable[[], bool],
    deadline: float,
    memory_mb: float | None = None,
) -> Finished[Result]:
    """Run a fit in a child process, reporting as it goes; its spec and its log are written into the folder.

    Raises TrainingCancelled when `cancelled()` turns true, TrainingEnded past the deadline (in seconds) or the memory
    it may hold, TrainingFailed where nothing could be fitted. The child process is gone when this returns or raises.
    """
    spec_file, log = folder / "fit.json", folder / "fit.log"
    spec_file.write_text(spec.model_dump_json())
    with log.open("wb") as noise:
        watched = _Watched(_start(fit, spec_file, noise))
    try:
        given = _listen(watched, progress, cancelled, Bounds(deadline, memory_mb or _most_memory()), log)
        return Finished(result.model_validate(given), round(watched.seconds, 1), round(watched.peak_mb, 1))
    finally:
        _end(watched.child)


@dataclass(frozen=True)
class Bounds:
    """What a child may take."""

    seconds: float
    memory_mb: float


def _most_memory() -> float:
    """Nearly all the memory that is free now: a child that needs more would make the machine swap, or be killed."""
    import psutil

    return max(SPARE * float(psutil.virtual_memory().available) / 1e6, LEAST_MEMORY_MB)


class _Watched:
    """A child with its age and the most memory it has held."""

    def __init__(self, child: "subprocess.Popen[str]") -> None:
        self.child = child
        self.peak_mb = 0.0
        self._started = time.monotonic()
        self._looked = 0.0

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started

    def look(self) -> None:
        """Look at the memory of the child and its own children, not more often than is worth it."""
        import psutil

        if time.monotonic() - self._looked < MEMORY_SECONDS:
            return
        self._looked = time.monotonic()
        held = 0
        with contextlib.suppress(psutil.Error):  # it may have left
            parent = psutil.Process(self.child.pid)
            for one in (parent, *parent.children(recursive=True)):
                held += one.memory_info().rss
        self.peak_mb = max(self.peak_mb, held / 1e6)


def _start(fit: Fit, spec_file: Path, noise: IO[bytes]) -> subprocess.Popen[str]:
    home = str(Path(__file__).resolve().parent.parent)
    environment = os.environ | {
        **WAITING,
        "PYTHONPATH": os.pathsep.join(filter(None, [home, os.environ.get("PYTHONPATH", "")])),
        "PYTHONWARNINGS": "ignore",
        "PYTHONIOENCODING": "utf-8",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "automl.worker", fit, str(spec_file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=noise,
        env=environment,
        encoding="utf-8",
        start_new_session=True,
    )


def _listen(
    watched: _Watched,
    progress: Callable[[float, str], None],
    cancelled: Callable[[], bool],
    bounds: Bounds,
    log: Path,
) -> Any:
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_read, args=(watched.child, lines), daemon=True).start()
    while True:
        if cancelled():
            raise TrainingCancelled
        if watched.seconds > bounds.seconds:
            raise TrainingEnded(f"after {bounds.seconds:.0f} s", "Try the quick build or fewer rows.")
        watched.look()
        if watched.peak_mb > bounds.memory_mb:
            raise TrainingEnded(
                f"at {watched.peak_mb / 1000:.1f} GB of memory (it may hold {bounds.memory_mb / 1000:.1f})",
                "Try the quick build, fewer rows or columns, or more memory_gb.",
            )
        try:
            line = lines.get(timeout=POLL_SECONDS)
        except queue.Empty:
            continue
        if line is None:
            raise TrainingFailed(f"The training ended without a model{_last_words(watched.child, log)}.")
        message = json.loads(line)
        if "result" in message:
            return message["result"]
        if "error" in message:
            raise TrainingFailed(message["error"])
        progress(message["fraction"], message["text"])


def _read(child: subprocess.Popen[str], lines: "queue.Queue[str | None]") -> None:
    assert child.stdout is not None
    with contextlib.suppress(ValueError):  # the pipe is closed while it is read when the child was ended
        for line in child.stdout:
            lines.put(line)
    lines.put(None)


def _last_words(child: subprocess.Popen[str], log: Path) -> str:
    code = child.wait(timeout=10)
    if code == -9:
        return ": the system ended it, most likely because memory ran out. Try fewer rows or columns"
    words = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return f" (code {code}): {words[-1][:300]}" if words else f" (code {code})"


def _end(child: subprocess.Popen[str]) -> None:
    """End the child and whatever it started; harmless when it has left already."""
    if child.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            if sys.platform == "win32":
                child.kill()
            else:
                os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


# --- the child ---------------------------------------------------------------------------------------------------


def _leave_with_parent() -> None:
    """Wait for the end of standard input, which comes when the parent closes it or dies, and end at once."""
    while os.read(0, 1024):
        pass
    os._exit(3)


def main(name: str, spec_file: str) -> None:
    """Run a fit on its spec; standard output carries messages only, every library's noise goes to standard error."""
    fit, spec = _asked(name, Path(spec_file))
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    threading.Thread(target=_leave_with_parent, daemon=True).start()

    def say(message: dict[str, object]) -> None:
        channel.write(json.dumps(message) + "\n")
        channel.flush()

    try:
        result = fit(spec, lambda fraction, text: say({"fraction": fraction, "text": text}))
    except (ProblemError, MemoryError, ValueError, RuntimeError) as error:
        # AutoGluon reports data it can't fit as ValueError or RuntimeError; the traceback goes to the log.
        import traceback

        traceback.print_exc()
        lines = str(error).strip().splitlines()
        say({"error": f"No model could be fitted: {lines[0] if lines else type(error).__name__}"})
    else:
        say({"result": result.model_dump(mode="json")})
    channel.flush()
    os._exit(0)


def _asked(name: str, spec_file: Path) -> tuple[Callable[..., BaseModel], BaseModel]:
    """One of FITS by name, and the spec it asks for by the type of its first argument."""
    if name not in FITS:
        raise SystemExit(f"No fit '{name}'. Fits: {', '.join(FITS)}.")
    module, _, function = name.partition(":")
    fit: Callable[..., BaseModel] = getattr(import_module(module), function)
    asked: type[BaseModel] = next(iter(get_type_hints(fit).values()))
    return fit, asked.model_validate_json(spec_file.read_text())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

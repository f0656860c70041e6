"""Fits in a child process: it can be killed at once, its memory is returned, and its noise stays in a log.

Parent: `run_in_child`. Child: `python -m automl.worker FIT SPEC.json`, where FIT is one of FITS, a function
`(spec, report) -> result` over two pydantic models. It prints one JSON object a line: `{"fraction": 0.4, "text": "…"}`,
`{"kept": true}` once a stop would leave a model, then `{"result": {…}}` or `{"error": "…"}`. The child holds its standard input open and leaves when that closes, so
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
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Generic, Literal, TypeVar, get_args, get_type_hints

from pydantic import BaseModel

from automl.bounds import Bounds, Watched, most_memory
from automl.enough import hear, tell
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
LAST_SECONDS = 60.0
"""What a child has left to make a model of what it has, once it is told that it is enough, and as long as it took."""


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
    stopped: str = ""
    """Why it was told to end with what it had, where it was."""


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
    dropped: Callable[[], bool] | None = None,
) -> Finished[Result]:
    """Run a fit in a child process, reporting as it goes; its spec and its log are written into the folder.

    A fit that can end with what it has comes with `dropped`: once it has something, it is told that it is enough when
    `cancelled()` turns true or past the deadline; when `dropped()` turns true it is ended like any other. Raises TrainingCancelled when `cancelled()` turns true, TrainingEnded past the deadline (in seconds) or the memory
    it may hold, TrainingFailed where nothing could be fitted. The child process is gone when this returns or raises.
    """
    spec_file, log = folder / "fit.json", folder / "fit.log"
    spec_file.write_text(spec.model_dump_json())
    with log.open("wb") as noise:
        watched = Watched(_start(fit, spec_file, noise))
    try:
        stop = Stop(watched, Bounds(deadline, memory_mb or most_memory()), cancelled, dropped)
        given = _listen(watched, progress, stop, log)
        return Finished(result.model_validate(given), round(watched.seconds, 1), round(watched.peak_mb, 1), stop.why)
    finally:
        _end(watched.child)


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


class Stop:
    """Whether a child is to be told that it is enough, or to be ended."""

    def __init__(
        self, watched: Watched, bounds: Bounds, cancelled: Callable[[], bool], dropped: Callable[[], bool] | None
    ) -> None:
        self.watched, self.bounds, self.cancelled, self.dropped = watched, bounds, cancelled, dropped
        self.why = ""
        self.something = False
        """Whether the child has something to keep."""

    def look(self) -> None:
        """Tell the child once where it can end with what it has. Raises TrainingCancelled and TrainingEnded."""
        late = self.watched.seconds > self.bounds.seconds
        if self.why and self.dropped and self.dropped():
            raise TrainingCancelled
        if not self.why and self.something and self.dropped and (late or self.cancelled()):
            self.why = "you stopped it" if self.cancelled() else f"it was stopped after {self.bounds.seconds:.0f} s"
            self.bounds = replace(self.bounds, seconds=2 * self.watched.seconds + LAST_SECONDS)
            _tell(self.watched.child)
        elif late:
            raise TrainingEnded(f"after {self.bounds.seconds:.0f} s", "Try the quick build or fewer rows.")
        elif not self.why and self.cancelled():
            raise TrainingCancelled
        self.watched.look()
        if self.watched.peak_mb > self.bounds.memory_mb:
            raise TrainingEnded(
                f"at {self.watched.peak_mb / 1000:.1f} GB of memory (it may hold {self.bounds.memory_mb / 1000:.1f})",
                "Try the quick build, fewer rows or columns, or more memory_gb.",
            )


def _tell(child: "subprocess.Popen[str]") -> None:
    assert child.stdin is not None
    with contextlib.suppress(OSError):  # it may have left
        child.stdin.write("enough\n")
        child.stdin.flush()


def _listen(watched: Watched, progress: Callable[[float, str], None], stop: Stop, log: Path) -> Any:
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_read, args=(watched.child, lines), daemon=True).start()
    while True:
        stop.look()
        try:
            line = lines.get(timeout=POLL_SECONDS)
        except queue.Empty:
            continue
        if line is None:
            raise TrainingFailed(f"The training ended without a model{_last_words(watched.child, log)}.")
        message = json.loads(line)
        if "kept" in message:
            stop.something = True
            continue
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
    """Wait for the end of standard input, which comes when the parent closes it or dies, and end at once.

    Whatever comes before says that it is enough.
    """
    while os.read(0, 1024):
        tell()
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

    hear(lambda: say({"kept": True}))
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

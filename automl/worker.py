"""Fits in a child process: it can be killed at once, its memory is returned, and its noise stays in a log.

Parent: `fit_in_child`. Child: `python -m automl.worker SPEC.json`, which prints one JSON object a line:
`{"fraction": 0.4, "text": "…"}`, then `{"result": {…}}` or `{"error": "…"}`. The child holds its standard input open
and leaves when that closes, so that a parent that is killed leaves no training behind.
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
from pathlib import Path
from typing import IO

from automl.problem import ProblemError
from automl.tabular import FitResult, FitSpec

POLL_SECONDS = 0.1


class TrainingFailed(Exception):
    """No model came out, and why, in one line."""


class TrainingCancelled(Exception):
    """The caller wanted the training to end."""


def fit_in_child(
    spec: FitSpec,
    *,
    progress: Callable[[float, str], None],
    cancelled: Callable[[], bool],
    deadline: float | None = None,
) -> FitResult:
    """Run the fit of a spec, reporting as it goes.

    Raises TrainingCancelled when `cancelled()` turns true, TrainingFailed past the deadline or where nothing could be
    fitted. The child process is gone when this returns or raises.
    """
    limit = deadline or spec.plan.deadline
    spec_file, log = spec.train.with_name("fit.json"), spec.train.with_name("fit.log")
    spec_file.write_text(spec.model_dump_json())
    with log.open("wb") as noise:
        child = _start(spec_file, noise)
    try:
        return _listen(child, progress, cancelled, time.monotonic() + limit, limit, log)
    finally:
        _end(child)


def _start(spec_file: Path, noise: IO[bytes]) -> subprocess.Popen[str]:
    home = str(Path(__file__).resolve().parent.parent)
    environment = os.environ | {
        "OMP_WAIT_POLICY": "PASSIVE",
        "PYTHONPATH": os.pathsep.join(filter(None, [home, os.environ.get("PYTHONPATH", "")])),
        "PYTHONWARNINGS": "ignore",
        "PYTHONIOENCODING": "utf-8",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "automl.worker", str(spec_file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=noise,
        env=environment,
        encoding="utf-8",
        start_new_session=True,
    )


def _listen(
    child: subprocess.Popen[str],
    progress: Callable[[float, str], None],
    cancelled: Callable[[], bool],
    end: float,
    limit: float,
    log: Path,
) -> FitResult:
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_read, args=(child, lines), daemon=True).start()
    while True:
        if cancelled():
            raise TrainingCancelled
        if time.monotonic() > end:
            raise TrainingFailed(f"The training was stopped after {limit:.0f} s. Try the quick build or fewer rows.")
        try:
            line = lines.get(timeout=POLL_SECONDS)
        except queue.Empty:
            continue
        if line is None:
            raise TrainingFailed(f"The training ended without a model{_last_words(child, log)}.")
        message = json.loads(line)
        if "result" in message:
            return FitResult.model_validate(message["result"])
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


def main(spec_file: str) -> None:
    """Fit what the spec says; standard output carries messages only, every library's noise goes to standard error."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    threading.Thread(target=_leave_with_parent, daemon=True).start()

    def say(message: dict[str, object]) -> None:
        channel.write(json.dumps(message) + "\n")
        channel.flush()

    from automl.tabular import fit

    spec = FitSpec.model_validate_json(Path(spec_file).read_text())
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


if __name__ == "__main__":
    main(sys.argv[1])

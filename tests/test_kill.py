"""A process killed in the middle of a training leaves no process, no half-made model, and a project that opens."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.trained import add, customers
from tools.modelling.models import model_cards
from tools.tool import Job
from tools.train import list_models, train_model
from tools.workspace import Workspace

TRAINING = """
import sys
from pathlib import Path
from tools.tool import Job
from tools.train import train_model
from tools.workspace import Workspace

with Workspace(Path(sys.argv[1])) as workspace:
    train_model(Job(workspace, progress=lambda fraction, text: print(text, flush=True)), "customers", "Left", "standard")
"""


def workers(folder: Path) -> list[int]:
    """The processes that name a path below the folder."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if any(str(folder) in part and "fit.json" in part for part in process.info["cmdline"] or []):
            found.append(process.pid)
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a POSIX signal")
def test_a_killed_training_leaves_no_process_and_no_model_and_the_next_one_works(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "customers", customers())
    parent = subprocess.Popen(
        [sys.executable, "-c", TRAINING, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
        env=os.environ | {"PYTHONPATH": "."},
    )
    assert parent.stdout is not None
    assert any(line.startswith("Trying") for line in parent.stdout)
    assert len(workers(tmp_path)) == 1
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    end = time.monotonic() + 10
    while workers(tmp_path) and time.monotonic() < end:
        time.sleep(0.1)
    assert workers(tmp_path) == []

    with Workspace(tmp_path) as workspace:
        job = Job(workspace)
        assert list_models(job).text == "No model has been built yet."
        assert len(list(workspace.models.iterdir())) == 1
        train_model(job, "customers", "Left", "quick")
        assert [card.name for card in model_cards(workspace)] == ["customers_left"]
        assert [path.name for path in workspace.models.iterdir()] == ["customers_left"]

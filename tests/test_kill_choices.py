"""A process killed while it deletes a model or a schedule, chooses for a model, or takes that back: each is done or not done.

It kills itself right before or right after one of its renames, or when the call has returned: those are the moments
between which nothing changes on the disk but the database, whose transactions are whole or not there.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from automl.card import FILE, read_card
from automl.evaluation import read_evaluation
from tests.trained import add, customers, project
from tools import call
from tools.modelling.models import model_cards
from tools.modelling.prepare import open_model
from tools.scheduling.store import schedules
from tools.tool import Job
from tools.workspace import TRASH, Workspace

LEFT, ROOT = "customers_left", Path(__file__).parent.parent
DELETE = ("delete_model", {"model": LEFT})
FORGET = ("change_schedule", {"action": "delete", "schedule": "nightly"})
CHOOSE = ("choose_threshold", {"model": LEFT, "value": 0.05, "keep": True})
UNDO = ("undo", {})
BEFORE, AFTER, DONE = "c_call", "c_return", "done"
Act = tuple[str, dict[str, Any]]
DYING = """
import json, os, signal, sys
from pathlib import Path
from tools import call
from tools.tool import Job
from tools.workspace import Workspace

folder, tool, arguments, moment, place = sys.argv[1:]
renames = 0

def watch(frame, event, what):
    global renames
    if event == moment and what in (os.rename, os.replace):
        renames += 1
        if renames == int(place):
            os.kill(os.getpid(), signal.SIGKILL)

workspace = Workspace(Path(folder))
sys.setprofile(watch)
call(Job(workspace, run="killed"), tool, json.loads(arguments))
sys.setprofile(None)
if moment == "done":
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a model and a schedule."""
    folder = tmp_path_factory.mktemp("made") / "project"
    with Workspace(folder) as workspace:
        add(workspace, "new", customers(20))
        shutil.copytree(project().workspace.models / LEFT, workspace.models / LEFT)
        asked = {"when": "every day at 07:00", "dataset": "new", "model": LEFT, "name": "nightly"}
        call(Job(workspace, run="made"), "schedule_predictions", asked)
    return folder


def state(workspace: Workspace) -> tuple[object, ...]:
    """Every model's card and charts, letter by letter, and the schedules; what is there can be loaded."""
    found: list[object] = [one.model_dump() for one in schedules(workspace)]
    for card in model_cards(workspace):
        folder = workspace.models / card.name
        found += [(folder / FILE).read_text(), read_evaluation(folder, card.revision)]
        assert open_model(workspace, card.name)[0].card == card
    for gone in (workspace.models / TRASH).glob("*"):
        assert read_card(gone).name == LEFT
    return tuple(found)


def die(folder: Path, act: Act, moment: str, place: int) -> None:
    """Do it in a process that is killed at that moment of its n-th rename."""
    command = [sys.executable, "-c", DYING, str(folder), act[0], json.dumps(act[1]), moment, str(place)]
    ended = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a POSIX signal")
@pytest.mark.parametrize(
    ("act", "moment", "place", "done"),
    [
        (DELETE, BEFORE, 1, False),
        (DELETE, AFTER, 1, True),
        (DELETE, DONE, 0, True),
        (FORGET, BEFORE, 1, False),
        (FORGET, AFTER, 1, True),
        (CHOOSE, AFTER, 1, False),  # the charts of the next revision are there, its card is not
        (CHOOSE, AFTER, 2, True),
    ],
)
def test_what_was_under_way_is_done_and_can_be_taken_back_or_it_is_not_done(
    act: Act, moment: str, place: int, done: bool, made: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(made, tmp_path / "project")
    with Workspace(folder) as workspace:
        before = state(workspace)
    die(folder, act, moment, place)
    with Workspace(folder) as workspace:
        assert (state(workspace) != before) == done
        if done:
            call(Job(workspace), *UNDO)
        assert state(workspace) == before
        undone = call(Job(workspace), *UNDO).text
        assert undone == "Took back the last request (made the schedule nightly)."
        call(Job(workspace, run="again"), *DELETE)
        assert model_cards(workspace) == []


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a POSIX signal")
@pytest.mark.parametrize("act", [DELETE, FORGET])
@pytest.mark.parametrize(("moment", "done"), [(BEFORE, False), (AFTER, True)])
def test_an_undo_that_is_killed_is_done_or_can_be_done_again(
    act: Act, moment: str, done: bool, made: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(made, tmp_path / "project")
    with Workspace(folder) as workspace:
        before = state(workspace)
        call(Job(workspace, run="gone"), *act)
    die(folder, UNDO, moment, 1)
    with Workspace(folder) as workspace:
        assert (state(workspace) == before) == done
        if not done:
            call(Job(workspace), *UNDO)
        assert state(workspace) == before
        assert "made the schedule nightly" in call(Job(workspace), *UNDO).text

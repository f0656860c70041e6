"""A process killed while it builds a model: earlier models stay, the run is marked interrupted and goes on when told."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.events import Answer, Failed
from assistant.plan import Step
from assistant.runs import INTERRUPTED, Runs
from assistant.settings import Settings, read_settings
from tests.trained import add, customers
from tools.modelling.models import model_cards
from tools.predict import GivenValue, predict_row
from tools.tool import Job
from tools.train import train_model
from tools.workspace import Workspace

BUILD = {"dataset": "customers", "target": "Left", "build": "quick", "leaks": "leave_out", "algorithms": ["linear"]}
BEGUN, FITTING, MEASURING = (), ("Try", "Tried"), ("Measuring", "Fitting the best", "Finding out")
"""How progress reads once a build has come so far; what follows fast on one another is told as one."""
LATER = {BEGUN: ("",), FITTING: FITTING + MEASURING, MEASURING: MEASURING}
BUILDING = """
import json, sys
from pathlib import Path
from assistant.plan import Step
from assistant.runs import Runs
from assistant.settings import read_settings
from tools.workspace import Workspace

folder = Path(sys.argv[1])
workspace = Workspace(folder)
runs = Runs(workspace, read_settings({"EASEL_CACHE": str(folder), "EASEL_HOME": str(folder)}), model="script:none")
build = json.loads(sys.argv[2])
for event in runs.follow(runs.act([Step(tool="train_model", arguments={**build, "seed": 2})], "Another model")):
    print(event.model_dump_json(), flush=True)
"""


def settings_in(folder: Path) -> Settings:
    return read_settings({"EASEL_CACHE": str(folder), "EASEL_HOME": str(folder)})


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one model."""
    folder = tmp_path_factory.mktemp("built") / "project"
    with Workspace(folder) as workspace:
        add(workspace, "customers", customers())
        train_model(Job(workspace), **BUILD)
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a POSIX signal")
@pytest.mark.parametrize("moment", [BEGUN, FITTING, MEASURING])
def test_a_build_killed_at_any_moment_leaves_earlier_models_and_goes_on_when_told(
    moment: tuple[str, ...], built: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(built, tmp_path / "project")
    _kill_at(moment, folder)
    with Workspace(folder) as workspace:
        runs = Runs(workspace, settings_in(tmp_path), model="script:none")
        assert runs.since()[-1].event == Failed(text=INTERRUPTED, interrupted=True)
        assert [card.name for card in model_cards(workspace)] == ["customers_left"]
        known = [GivenValue(column="Age", value=79)]
        assert predict_row(Job(workspace), known, "customers_left").values["prediction"] == "yes"
        if moment != FITTING:
            return  # going on is the same from each
        runs.resume()
        runs.join()
        assert isinstance(runs.since()[-1].event, Answer)
        assert [card.built.settings.seed for card in model_cards(workspace)] == [2, 0]
        assert [path.name for path in sorted(workspace.models.iterdir())] == ["customers_left", "customers_left_2"]


def _kill_at(moment: tuple[str, ...], folder: Path) -> None:
    """Build another model in a process, and kill it when its progress has come so far."""
    command = [sys.executable, "-c", BUILDING, str(folder), json.dumps(BUILD)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    told = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        for line in process.stdout:
            told.append(json.loads(line))
            if told[-1]["event"] == "step_progress" and told[-1]["text"].startswith(LATER[moment]):
                break
        process.send_signal(signal.SIGKILL)
    assert told[-1]["event"] == "step_progress"


def test_a_model_whose_step_was_done_when_the_kill_came_is_not_built_twice(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "customers", customers())
        job = Job(workspace, run="a1")
        names = [train_model(job, **BUILD).values["model"] for _ in range(2)]
    assert names == ["customers_left", "customers_left"]


def test_a_build_goes_on_unwatched_while_another_project_answers(tmp_path: Path) -> None:
    with Workspace(tmp_path / "a") as first, Workspace(tmp_path / "b") as second:
        for workspace in (first, second):
            add(workspace, "customers", customers())
        busy = Runs(first, settings_in(tmp_path), model="script:none")
        other = Runs(second, settings_in(tmp_path), model="script:none")
        busy.act([Step(tool="train_model", arguments=BUILD)], "Build")
        count = Step(tool="query_data", arguments={"sql": "SELECT count(*) AS n FROM customers"})
        answered = list(other.follow(other.act([count], "Count")))
        assert isinstance(answered[-1], Answer)
        assert busy.busy
        busy.join()
        assert isinstance(busy.since()[-1].event, Answer)
        assert len(model_cards(first)) == 1

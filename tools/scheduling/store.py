"""Schedules and the history of their runs, kept in the project as JSON: whole or not at all, whatever kills the process."""

import json
import os
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from automl.card import Card
from tools.modelling.models import find_model, model_cards
from tools.modelling.prediction_file import Format
from tools.scheduling.when import When
from tools.tool import NothingThere, ToolError
from tools.words import meant
from tools.workspace import Workspace

_PROCESS = uuid.uuid4().hex[:12]
"""Tells this process's runs from those that a killed one left without an end."""


FILE = "schedules.json"
RUNS = "runs.jsonl"


class Schedule(BaseModel):
    """What is predicted again and again."""

    model_config = ConfigDict(frozen=True)
    name: str
    model: str
    """What its model was called when the schedule was made."""
    built: str = ""
    """When its model was built, by which it is known whatever it is called now."""
    dataset: str = ""
    path: str = ""
    """A file, or a pattern of files such as `inbox/*.csv`; empty where a dataset is predicted as it is."""
    steps: str = ""
    """The version whose steps are done anew to the rows of the file before each run, which then are the dataset."""
    when: When
    format: Format = "csv"
    horizon: int | None = None
    """How many steps ahead a forecast reaches; all that its model was built for where it is not set."""
    paused: bool = False
    created: datetime
    baseline: dict[str, str] = {}
    """What was there when it was made, file by file: only what comes after it counts as a change."""

    @property
    def source(self) -> str:
        return self.dataset or self.path

    @property
    def refreshes(self) -> bool:
        """Whether the dataset is made anew from its file before each run."""
        return bool(self.steps)


class Run(BaseModel):
    """One run of a schedule."""

    model_config = ConfigDict(frozen=True)
    id: str
    schedule: str
    started: datetime
    due: datetime
    """The last moment that it stands for."""
    state: Literal["running", "done", "failed", "interrupted"]
    why: str = ""
    """What set it off: `time`, `change`, `by hand`, with how many missed times it makes up for."""
    seconds: float = 0.0
    rows: int = 0
    files: list[str] = []
    forecast: str = ""
    """What a forecast came to, in words."""
    error: str = ""
    seen: dict[str, str] = {}
    """What it looked at, file by file."""
    process: str = _PROCESS


def _folder(workspace: Workspace) -> Path:
    folder = workspace.path / "schedules"
    folder.mkdir(exist_ok=True)
    return folder


# --- schedules ---------------------------------------------------------------------------------------------------


def schedules(workspace: Workspace) -> list[Schedule]:
    """All schedules, the oldest first."""
    path = _folder(workspace) / FILE
    entries = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    return [Schedule.model_validate(entry) for entry in entries]


def find_schedule(workspace: Workspace, name: str) -> Schedule:
    """The schedule of that name, whatever its case. Raises ToolError with the nearest names."""
    named = {one.name: one for one in schedules(workspace)}
    if not named:
        raise NothingThere("There is no schedule yet. Make one first: schedule_predictions(when, dataset).")
    return named[meant("schedule", name, list(named))]


def keep(workspace: Workspace, schedule: Schedule, did: str = "changed", *, run: str = "") -> None:
    """Write a schedule down, in place of one of its name; `did` says in one word what undo takes back."""
    found = schedules(workspace)
    names = [one.name for one in found]
    if schedule.name in names:
        found[names.index(schedule.name)] = schedule
    else:
        found.append(schedule)
    _write(workspace, found, f"{did} the schedule {schedule.name}", run)


def forget(workspace: Workspace, name: str, *, run: str = "") -> None:
    """Remove a schedule; its runs stay in the history, and undo brings it back."""
    left = [one for one in schedules(workspace) if one.name != name]
    _write(workspace, left, f"deleted the schedule {name}", run)


def stamp(workspace: Workspace) -> int:
    """Changes whenever the schedules do."""
    path = _folder(workspace) / FILE
    return path.stat().st_mtime_ns if path.is_file() else 0


def last_run(workspace: Workspace) -> str:
    """Changes whenever a run begins or ends, whichever process it is in."""
    path = workspace.path / "schedules" / RUNS
    return f"{path.stat().st_mtime_ns}" if path.is_file() else ""


def model_of(workspace: Workspace, schedule: Schedule) -> Card:
    """The model of a schedule, whatever it is called now. Raises ToolError where it was deleted."""
    if not schedule.built:
        return find_model(workspace, schedule.model)
    for card in model_cards(workspace):
        if card.created == schedule.built:
            return card
    raise ToolError(
        f"The model '{schedule.model}' was deleted. Undo brings it back; or give '{schedule.name}' another one:"
        f" change_schedule(action='switch', schedule='{schedule.name}', model=…)."
    )


def schedules_of(workspace: Workspace, card: Card) -> list[str]:
    """The names of the schedules that predict with a model."""
    return [
        one.name
        for one in schedules(workspace)
        if (one.built == card.created if one.built else one.model.casefold() == card.name.casefold())
    ]


def _write(workspace: Workspace, found: list[Schedule], what: str, run: str) -> None:
    path = _folder(workspace) / FILE
    text = json.dumps([one.model_dump(mode="json") for one in found], ensure_ascii=False, indent=1)
    workspace.write(path.relative_to(workspace.path).as_posix(), text, what, run=run)


# --- runs --------------------------------------------------------------------------------------------------------


def log(workspace: Workspace, run: Run) -> None:
    """Append a run, as it starts and as it ends."""
    path = _folder(workspace) / RUNS
    torn = path.is_file() and path.stat().st_size and not path.read_bytes().endswith(b"\n")
    with path.open("a", encoding="utf-8") as file:
        file.write(("\n" if torn else "") + run.model_dump_json() + "\n")
        file.flush()
        os.fsync(file.fileno())


def runs(workspace: Workspace, name: str | None = None) -> list[Run]:
    """The runs of one schedule, or of all, the newest first; one that a killed process left is interrupted."""
    latest: dict[str, Run] = {}
    for run in _lines(_folder(workspace) / RUNS):
        if name is None or run.schedule == name:
            latest[run.id] = run
    return [_ended(run) for run in reversed(latest.values())]


def _lines(path: Path) -> Iterator[Run]:
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            yield Run.model_validate_json(line)
        except ValueError:
            continue  # a line that a kill left torn


def _ended(run: Run) -> Run:
    if run.state != "running" or run.process == _PROCESS:
        return run
    told = "Easel was closed while this ran; it runs again at the next chance."
    return run.model_copy(update={"state": "interrupted", "error": told})

"""One run of a schedule: what is due, what has changed, and the predictions, written beside each other and never over."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from glob import glob
from pathlib import Path
from time import monotonic

from automl.card import Card
from automl.predictor import ModelError
from tools.batch import file_predicted, predicted
from tools.connect import find_file
from tools.dataset import Version
from tools.forecast import forecast_from_file, forecast_from_version
from tools.forecasting.made import forecast_rows
from tools.forecasting.made import told as said
from tools.modelling.prediction_file import sweep, unnamed
from tools.moment import told_at
from tools.scheduling.refresh import refresh
from tools.scheduling.store import Run, Schedule, log, model_of, runs
from tools.sources.write import put
from tools.tool import Job, Stopped, ToolError
from tools.words import counted, listed
from tools.workspace import Workspace

MOST_MISSED = 10_000


def missed(workspace: Workspace, schedule: Schedule, now: datetime) -> list[datetime]:
    """The moments that the schedule has been due since it last ran, or since it was made."""
    ended = [run for run in runs(workspace, schedule.name) if run.state in ("done", "failed")]
    after = max([run.due for run in ended if run.why != "by hand"] + [schedule.created])
    return schedule.when.times(after, now, schedule.created, MOST_MISSED)


def things(workspace: Workspace, schedule: Schedule) -> dict[str, str]:
    """What the schedule reads, each with a mark that changes when it does."""
    if schedule.dataset and not schedule.refreshes:
        try:
            return {schedule.dataset: workspace.version(schedule.dataset).ref}
        except ToolError:
            return {}
    return {
        str(path): f"{path.stat().st_mtime_ns} {path.stat().st_size}" for path in files_of(workspace, schedule.path)
    }


def files_of(workspace: Workspace, path: str) -> list[Path]:
    """The files of a path or a pattern, in the project's files or wherever it says."""
    if not any(sign in path for sign in "*?["):
        found = find_file(workspace, path)
        return [found] if found.is_file() else []
    wanted = Path(path).expanduser()
    base = wanted if wanted.is_absolute() else workspace.files / wanted
    return sorted(file for file in map(Path, glob(str(base), recursive=True)) if file.is_file())


def seen_before(workspace: Workspace, schedule: Schedule) -> Mapping[str, str]:
    """What runs have looked at so far, and what was there when the schedule was made."""
    seen = dict(schedule.baseline)
    for run in reversed(runs(workspace, schedule.name)):
        if run.state in ("done", "failed"):
            seen |= run.seen
    return seen


def changed(workspace: Workspace, schedule: Schedule, now: datetime, settle: float = 2.0) -> dict[str, str]:
    """What is new or another one since the schedule last looked; a file that is still being written waits."""
    before = seen_before(workspace, schedule)
    found = {name: mark for name, mark in things(workspace, schedule).items() if before.get(name) != mark}
    if schedule.dataset and not schedule.refreshes:
        return found
    return {name: mark for name, mark in found.items() if now.timestamp() - Path(name).stat().st_mtime >= settle}


def run_schedule(job: Job, schedule: Schedule, now: datetime, why: str, what: Mapping[str, str] | None = None) -> Run:
    """Predict what the schedule reads, or the part of it in `what`. A failure is kept with the run, never raised.

    Raises Stopped where a person stopped it.
    """
    workspace = job.workspace
    pattern = any(sign in schedule.path for sign in "*?[")
    marks = dict(what) if what is not None else things(workspace, schedule)
    if what is None and pattern and why != "by hand":
        marks = changed(workspace, schedule, now, settle=0)
    run = Run(
        id=uuid.uuid4().hex[:12], schedule=schedule.name, started=now, due=now, state="running", why=why, seen=marks
    )
    log(workspace, run)
    began, made, errors = monotonic(), list[Written](), list[str]()
    job = job if job.run else replace(job, run=f"schedule-{run.id}")
    if not marks and not pattern:
        gone = schedule.path or schedule.dataset
        errors.append(f"There is no {gone} any more. Bring it back, or delete the schedule and make another one.")
    for name in marks:
        try:
            made.append(_predicted(job, schedule, name, now))
        except Stopped:
            log(workspace, run.model_copy(update={"state": "interrupted", "error": "It was stopped."}))
            raise
        except (ToolError, ModelError) as error:
            errors.append(str(error) if len(marks) == 1 else f"{Path(name).name}: {error}")
        except Exception as error:  # noqa: BLE001 - whatever goes wrong in one run must not end the worker that runs the others
            errors.append(f"A defect of Easel's own: {type(error).__name__}: {error}")
    ended = run.model_copy(
        update={
            "state": "failed" if errors else "done",
            "seconds": round(monotonic() - began, 2),
            "rows": sum(one.rows for one in made),
            "files": [one.file.name for one in made],
            "forecast": " ".join(one.forecast for one in made),
            "error": " ".join(errors),
        }
    )
    log(workspace, ended)
    return ended


@dataclass(frozen=True)
class Written:
    """What came of one thing that was read."""

    rows: int
    file: Path
    forecast: str = ""
    """What a forecast came to, in words."""


def _predicted(job: Job, schedule: Schedule, name: str, now: datetime) -> Written:
    workspace, card = job.workspace, model_of(job.workspace, schedule)
    moment = f"{now:%Y-%m-%d_%H%M}"
    version = None
    if schedule.dataset:
        version = refresh(job, schedule, card).predicted if schedule.refreshes else workspace.version(name)
    stem = version.dataset if version else Path(name).stem
    if card.forecast:
        return _forecast(job, schedule, card, version or Path(name), f"{stem}_forecast_{moment}")
    if version:
        made_of = predicted(job, version, card, schedule.format)
    else:
        made_of = file_predicted(job, card, Path(name), workspace.files, schedule.format)
    with made_of as (made, done):
        file = put(made, workspace.files, f"{stem}_predictions_{moment}", schedule.format)
    return Written(done.tally.rows, file)


def _forecast(job: Job, schedule: Schedule, card: Card, read: Version | Path, stem: str) -> Written:
    """The forecast made anew from a dataset as it is now, or from a file of newer rows."""
    files = job.workspace.files
    sweep(files)
    if isinstance(read, Path):
        made = forecast_from_file(job, card, read, schedule.horizon)
    else:
        made = forecast_from_version(job, card, read, schedule.horizon)
    rows = forecast_rows(job.workspace, card, made)
    with unnamed(files, (rows.schema, (table for table in [rows])), schedule.format) as whole:
        return Written(rows.num_rows, put(whole, files, stem, schedule.format), said(card, made))


def told(run: Run) -> str:
    """`morning: predicted 400 rows into customers_predictions_2026-01-31_0700.csv in 1.2 s.`"""
    if run.state == "running":
        return f"{run.schedule}: running since {told_at(run.started)}."
    if run.state != "done":
        return f"{run.schedule}: {run.state}. {run.error}"
    if not run.files:
        return f"{run.schedule}: nothing new to predict."
    did, rest = ("forecast", f" {run.forecast}") if run.forecast else ("predicted", "")
    return f"{run.schedule}: {did} {counted(run.rows, 'row')} into {listed(run.files)} in {run.seconds:.1f} s ({run.why}).{rest}"

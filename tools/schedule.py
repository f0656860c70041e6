"""Predictions again and again: at a time, every so often, or when the data change; with their history.

They run while the project is open: in the page's process, or in `easel worker`, which needs no browser.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from automl.card import Card
from tools.forecasting.words import facts
from tools.modelling.models import find_model
from tools.modelling.prediction_file import Format
from tools.moment import told_at
from tools.scheduling.source import check_reach, fitting, model_for, source, stem
from tools.scheduling.store import Run, Schedule, find_schedule, forget, keep, model_of, runs, schedules
from tools.scheduling.when import BOOKED, find_when, read_when
from tools.scheduling.work import run_schedule, things, told
from tools.scheduling.worker import local_now
from tools.tool import Artefact, DatasetName, Job, ModelName, Outcome, TableData, ToolError, tool
from tools.words import free_name, listed, snake_case
from tools.workspace import Workspace

MOST_RUNS = 50
_AGAIN = (
    r"\b(?:every|each) (?:\w+ )?(?:day|morning|afternoon|evening|night|week|weekday|month|hour|minute|second|monday|tuesday|wednesday"
    r"|thursday|friday|saturday|sunday)s?\b|\bevery \d+|\b(?:daily|weekly|monthly|hourly|nightly|recurring|schedul\w*|cron)\b"
    r"|\bwhen(?:ever)?\b[^.]*\b(?:changes|is updated|arrives)\b|매일|매주|매월|매달|매시간|(?:분|시간|일|주|달|월|요일|아침|저녁|밤|새벽|때|평일|주말|정각|\d ?시|(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|열한|열두) ?시) ?마다|스케줄|정기적|주기적|바뀌면|변경되면|업데이트되면"
    rf"|{BOOKED}"
)
_ANEW = r"re-?load|refresh|re-?read|\b(?:anew|afresh|fresh|newest|latest)\b|same steps|re-?run|새로 (?:읽|불러)|다시 (?:읽|불러)|갱신|최신|같은 단계"
_NAMED = rf"schedul|{BOOKED}|스케줄|일정(?! ?(?:수준|기간|금액|비율|이상|이하|하))"


@tool(
    effect="derive",
    group="schedule",
    title="Predict {dataset} again and again ({when})",
    asked_by=_AGAIN,
    more={
        "format": r"excel|xlsx?\b|parquet|엑셀|파케이",
        "path": r"\bfiles?\b|\bfolder\b|\.csv|\.parquet|\.xlsx|파일|폴더",
        "refresh": _ANEW,
        "horizon": r"\bsteps? ahead\b|스텝|단계 ?앞",
    },
)
def schedule_predictions(
    job: Job,
    when: str,
    dataset: DatasetName | None = None,
    path: str | None = None,
    model: ModelName | None = None,
    format: Format = "csv",
    refresh: bool = False,
    name: str | None = None,
    horizon: int | None = None,
) -> Outcome:
    """Predict a dataset or files, or forecast a series, again and again: "every day at 07:00", "매주 월요일 9시", "every 15 minutes", "when it changes".

    Each run reads the newest rows and writes a new file; they run while this page is open, or `easel worker`.

    Args:
        when: The time in the person's own words, or a cron line.
        dataset: The dataset whose rows are predicted each time, or whose future is forecast.
        path: In place of a dataset: a file, or a pattern of files such as inbox/*.csv, read anew each time.
        model: The model; the newest one that reads the dataset when left out. A forecast model forecasts.
        format: csv, parquet or xlsx (Excel).
        refresh: true to read the dataset's file anew before each run and do its steps again, so that it holds the new rows.
        name: A name for the schedule.
        horizon: Of a forecast: how many steps ahead; all that its model was built for when left out.
    """
    workspace, now = job.workspace, local_now()
    moment, card = read_when(when), model_for(workspace, model, dataset)
    check_reach(card, horizon)
    known, files, steps = source(workspace, card, dataset, path, refresh=refresh)
    schedule = Schedule(
        name=_free(workspace, name or f"{known or stem(files)}_{card.target}"),
        model=card.name,
        built=card.created,
        when=moment,
        format=format,
        horizon=horizon,
        created=now,
        dataset=known,
        path=files,
        steps=steps,
    )
    if moment.kind == "change":
        schedule = schedule.model_copy(update={"baseline": things(workspace, schedule)})
    keep(workspace, schedule, "made", run=job.run)
    return Outcome(
        text=f"'{schedule.name}' {_does(card, schedule)} {moment.words()} with the model '{card.name}'"
        f" and writes a new {format} file each time.{_anew_words(schedule)} {_next_words(schedule, now)} It runs while this project is open here,"
        " or without a browser: easel worker --project DIR.",
        values={
            "schedule": schedule.name,
            "when": moment.model_dump(),
            "words": moment.words(),
            "next": _next(schedule, now),
        },
    )


def _does(card: Card, schedule: Schedule) -> str:
    if not card.forecast:
        return f"predicts {card.target} for {schedule.source}"
    found = facts(card).series
    ahead = found.step.words(schedule.horizon or found.horizon)
    return f"forecasts the next {ahead} of {card.target} from the newest rows of {schedule.source}"


def _anew_words(schedule: Schedule) -> str:
    if not schedule.refreshes:
        return ""
    return f" Before that it reads {Path(schedule.path).name} anew and does the steps of {schedule.steps} again; what they learned stays."


def _free(workspace: Workspace, wanted: str) -> str:
    taken = {one.name for one in schedules(workspace)} | {run.schedule for run in runs(workspace)}
    return free_name(snake_case(wanted), {name.casefold() for name in taken})


def _next(schedule: Schedule, now: datetime) -> str | None:
    if schedule.paused or schedule.when.kind == "change":
        return None
    due = schedule.when.trigger(schedule.created, now.tzinfo).get_next_fire_time(now, now)
    return told_at(due) if due else None


def _next_words(schedule: Schedule, now: datetime) -> str:
    due = _next(schedule, now)
    return f"The next time is {due} ({now.tzname()})." if due else "It waits for the next change."


@tool(effect="read", group="schedule", title="List the schedules", asked_by=_NAMED)
def list_schedules(job: Job) -> Outcome:
    """List the schedules with what each predicts, when it ran last and runs next, and the latest runs with their files and errors."""
    now, workspace = local_now(), job.workspace
    found, past = schedules(workspace), runs(workspace)
    rows = []
    for one in found:
        last = next((run for run in past if run.schedule == one.name), None)
        state = "paused" if one.paused else "on"
        rows.append(
            [
                one.name,
                one.source,
                one.when.words(),
                _model(workspace, one),
                state,
                _next(one, now),
                told(last) if last else None,
            ]
        )
    latest = past[:3]
    said = [
        f"{len(found)} schedule{'s' if len(found) != 1 else ''}: {listed([one.name for one in found])}."
        if found
        else "There is no schedule."
    ]
    said += [f"Latest runs: {' '.join(told(run) for run in latest)}"] if latest else []
    return Outcome(
        text=" ".join(said),
        table=TableData(
            columns=["schedule", "predicts", "when", "model", "state", "next", "last run"],
            rows=rows,
            row_count=len(rows),
        ),
        values={"schedules": [one.name for one in found], "runs": run_rows(past[:MOST_RUNS])},
    )


def _model(workspace: Workspace, schedule: Schedule) -> str:
    """What the model of a schedule is called now."""
    try:
        return model_of(workspace, schedule).name
    except ToolError:
        return f"{schedule.model} (deleted)"


def run_rows(past: Sequence[Run]) -> list[list[object]]:
    """Runs as rows: schedule, when, state, rows, seconds, files, error."""
    return [
        [
            run.schedule,
            told_at(run.started),
            run.state,
            run.why,
            run.rows,
            run.seconds,
            run.files,
            run.error,
        ]
        for run in past
    ]


@tool(
    effect="derive",
    group="schedule",
    title="{action} the schedule {schedule}",
    asked_by=rf"(?:\b(?:pause|resume|stop|delete|remove|cancel|run|start|continue)\b[^.]*(?:{_NAMED}))|(?:{_NAMED})[^.]*(?:멈|중지|중단|재개|다시|삭제|취소|지워|지금|실행)"
    r"|(?:정기|매일|매주)\S* 예측[^.]*(?:멈|중지|중단|삭제|취소)",
)
def change_schedule(
    job: Job,
    action: Literal["pause", "resume", "delete", "run", "retime", "switch"],
    schedule: str | None = None,
    when: str | None = None,
    model: ModelName | None = None,
) -> Outcome:
    """Pause, resume, delete or retime a schedule, run it now, or switch it to another model.

    Args:
        action: pause, resume, delete, run (now), retime or switch (its model).
        schedule: Its name; left out, the only one.
        when: For retime: the new time in the person's own words.
        model: For switch: the model to predict with from now on; the newest one when left out.
    """
    workspace, found = job.workspace, _named(job.workspace, schedule)
    if action == "run":
        run = run_schedule(job, found, local_now(), "by hand")
        if run.state == "failed":
            raise ToolError(f"{told(run)}")
        files = [Artefact(kind="file", name=name, path=str(workspace.files / name)) for name in run.files]
        return Outcome(
            text=told(run), values={"schedule": found.name, "rows": run.rows, "files": run.files}, artefacts=files
        )
    if action == "delete":
        forget(workspace, found.name, run=job.run)
        return Outcome(
            text=f"Deleted the schedule '{found.name}'; its files stay, and undo brings it back.",
            values={"schedule": found.name},
        )
    if action == "switch":
        card = find_model(workspace, model) if model else model_for(workspace, None, found.dataset)
        horizon = found.horizon if card.forecast else None
        check_reach(card, horizon)
        if found.dataset:
            fitting(workspace, card, [workspace.version(found.dataset)])
        changed = found.model_copy(update={"model": card.name, "built": card.created, "horizon": horizon})
        keep(workspace, changed, run=job.run)
        return Outcome(
            text=f"'{found.name}' predicts with the model '{card.name}' from now on.",
            values={"schedule": found.name, "model": card.name},
        )
    if action == "retime":
        if not when or find_when(when) is None:
            raise ToolError(f"To what time shall '{found.name}' move? Say for example: every day at 07:00.")
        found = found.model_copy(update={"when": read_when(when)})
    # Times that pass while it is paused are not made up for.
    changed = found.model_copy(update={"paused": action == "pause", "created": local_now()})
    if changed.when.kind == "change":
        changed = changed.model_copy(update={"baseline": things(workspace, changed)})
    keep(workspace, changed, {"pause": "paused", "resume": "resumed", "retime": "retimed"}[action], run=job.run)
    done = {"pause": "is paused", "resume": "runs again", "retime": "has another time"}[action]
    words = "" if changed.paused else f" {changed.when.words()}. {_next_words(changed, local_now())}"
    return Outcome(
        text=f"'{found.name}' {done}{words or '.'}", values={"schedule": found.name, "paused": changed.paused}
    )


def _named(workspace: Workspace, name: str | None) -> Schedule:
    known = schedules(workspace)
    if name is None and len(known) == 1:
        return known[0]
    if name is None and known:
        raise ToolError(f"Which schedule? There are {listed([one.name for one in known])}.")
    return find_schedule(workspace, name or "")

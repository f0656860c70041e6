"""Runs the schedules of an open project, in threads of the process that has it open: the page's own, or `easel worker`.

APScheduler keeps the time. What was missed while no process had the project open is made up for by one run when it is
opened; a run that fails is kept with its error and stops no other; runs of one project come one after the other.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from tools.scheduling.store import Run, Schedule, find_schedule, schedules, stamp
from tools.scheduling.work import changed, missed, run_schedule
from tools.tool import Job, Stopped, ToolError
from tools.workspace import Workspace

LOOK_SECONDS = 2.0
"""How often schedules, datasets and files are looked at for changes."""


def local_now() -> datetime:
    """This moment in this machine's time zone, which knows of summer time."""
    from tzlocal import get_localzone

    return datetime.now(get_localzone())


class Worker:
    """A context manager: schedules run while it is open."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        now: Callable[[], datetime] = local_now,
        look_seconds: float = LOOK_SECONDS,
        on_run: Callable[[Run], None] = lambda run: None,
    ) -> None:
        self.workspace = workspace
        self._now = now
        self._look_seconds = look_seconds
        self._on_run = on_run
        self._stamp = -1
        self._closing = threading.Event()
        self._one_at_a_time = threading.Lock()
        self._scheduler: Any = None

    def __enter__(self) -> Self:
        from apscheduler.executors.pool import ThreadPoolExecutor
        from apscheduler.schedulers.background import BackgroundScheduler

        logging.getLogger("apscheduler").setLevel(
            logging.ERROR
        )  # a look that is late is made up for: nobody need read of it
        usual = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(4)}, job_defaults=usual, timezone=self._now().tzinfo
        )
        self._scheduler.add_job(
            self._look, "interval", seconds=self._look_seconds, id=".look", next_run_time=self._now()
        )
        self._scheduler.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """A run that is on is stopped and leaves no file; it is made up for the next time."""
        self._closing.set()
        self._scheduler.shutdown(wait=True)

    def once(self) -> list[Run]:
        """Run whatever is due or has changed now, one after the other; all the runs that were made."""
        return [run for schedule in schedules(self.workspace) if (run := self._run(schedule.name))]

    def _look(self) -> None:
        """Take up schedules that were made or changed, and run what changes of data ask for."""
        if (now := stamp(self.workspace)) != self._stamp:
            self._stamp = now
            self._take_up()
        for schedule in schedules(self.workspace):
            if schedule.when.kind == "change":
                self._run(schedule.name)

    def _take_up(self) -> None:
        """One job for each schedule that goes by the clock; what was missed is made up for at once."""
        timed = {one.name: one for one in schedules(self.workspace) if one.when.kind != "change" and not one.paused}
        for job in self._scheduler.get_jobs():
            if job.id != ".look" and job.id not in timed:
                job.remove()
        for name, schedule in timed.items():
            trigger = schedule.when.trigger(schedule.created, self._now().tzinfo)
            self._scheduler.add_job(self._run, trigger, args=[name], id=name, replace_existing=True)
            if missed(self.workspace, schedule, self._now()):
                self._run(name)

    def _run(self, name: str) -> Run | None:
        """Run a schedule where it is due or what it reads has changed; None where it is not."""
        with self._one_at_a_time:
            try:
                schedule = find_schedule(self.workspace, name)
            except ToolError:
                return None  # deleted meanwhile
            if schedule.paused or self._closing.is_set():
                return None
            job = Job(self.workspace, cancelled=self._closing.is_set)
            try:
                run = self._due(job, schedule)
            except Stopped:
                return None
        if run is not None:
            self._on_run(run)
        return run

    def _due(self, job: Job, schedule: Schedule) -> Run | None:
        now = self._now()
        if schedule.when.kind == "change":
            what = changed(self.workspace, schedule, now)
            return run_schedule(job, schedule, now, "change", what) if what else None
        due = missed(self.workspace, schedule, now)
        if not due:
            return None
        why = "time" if len(due) == 1 else f"time; makes up for {len(due) - 1:,} that were missed"
        return run_schedule(job, schedule, now, why)

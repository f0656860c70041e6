"""The attempts of one column of a run: those that the cache has, then the others, so many at once as the model bears."""

import shutil
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from assistant.models import open_planner
from assistant.settings import Settings
from evals import versions
from evals.cache import Cache, link, put
from evals.case import Case
from evals.record import Column, Record
from evals.replies import remembering
from evals.trial import Clock, attempt, timed_out

REMOTE_PARALLEL = 4
MOST_BROKEN = 5
"""So many attempts in a row that the infrastructure broke end the run: the server is gone."""


class Cut(Exception):
    """A run that ended early, cleanly: one line with the reason. Given again, it goes on there."""


@dataclass(frozen=True)
class Limits:
    """When an attempt, and when the whole run, is stopped."""

    case_seconds: float = 300.0
    tokens: int = 0
    """Read and written by the models of this run, without what the cache gave; 0 for no limit."""


@dataclass
class Spent:
    """What a run has used so far, and how many attempts in a row broke."""

    tokens: int = 0
    broken: int = 0
    cause: str = ""

    def add(self, record: Record) -> None:
        self.tokens += sum(turn.tokens_read + turn.tokens_written for turn in record.turns)
        self.broken = self.broken + 1 if record.infrastructure else 0
        self.cause = record.infrastructure


@dataclass(frozen=True)
class Task:
    """One attempt to be made: what it depends on, and the key of its record."""

    case: Case
    repeat: int
    key: str
    parts: Mapping[str, str]


def tasks(cases: Sequence[Case], column: Column, repeats: int, settings: Settings) -> list[Task]:
    """The attempts of a column. Its prompts must be the ones in use."""
    shared = versions.of_column(column, settings)
    made = []
    for case in cases:
        parts = shared | versions.of_case(case, column)
        made += [Task(case, repeat, versions.key(column, case, repeat, parts), parts) for repeat in range(repeats)]
    return made


def is_remote(spec: str) -> bool:
    """Whether a model runs on another machine or in another server, which bears several requests at once."""
    return spec.partition(":")[0] not in ("local", "script", "hf")


@dataclass
class Making:
    """How the attempts of one column are made."""

    column: Column
    out: Path
    """The run's folder."""
    cache: Cache
    settings: Settings
    limits: Limits
    spent: Spent
    say: Callable[[str], None]
    _halt: threading.Event = field(default_factory=threading.Event)
    _told: set[str] = field(default_factory=set)

    def records(self, tasks: Sequence[Task], parallel: int) -> Iterator[tuple[Record, bool]]:
        """Each record, and whether the cache had it: those first. Raises Cut."""
        left: deque[Task] = deque()
        for task in tasks:
            known = self._known(task)
            if known is None:
                left.append(task)
            else:
                yield known, True
        for record in self._made(left, parallel or (REMOTE_PARALLEL if is_remote(self.column.model) else 1)):
            yield record, False

    def _known(self, task: Task) -> Record | None:
        """The record of the cache, unless it was stopped for its time and has more of it now."""
        known = self.cache.find(task.key)
        if known is None:
            return None
        if timed_out(known) and sum(turn.seconds for turn in known.turns) < self.limits.case_seconds - 1:
            return None
        link(known, self.out / "records" / task.key)
        return known

    def _made(self, left: deque[Task], parallel: int) -> Iterator[Record]:
        """New attempts. When the caller stops or something breaks, those under way end and leave no record."""
        running: set[Future[Record]] = set()
        with ThreadPoolExecutor(parallel) as pool:
            try:
                while left or running:
                    cut = self._cut()
                    while left and len(running) < parallel and not cut:
                        running.add(pool.submit(self._make, left.popleft()))
                    if not running:
                        raise Cut(cut)
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        yield self._settled(future.result())
            finally:
                self._halt.set()

    def _cut(self) -> str:
        """Why no more attempts are to be started, or nothing."""
        if self.limits.tokens and self.spent.tokens >= self.limits.tokens:
            return f"{self.spent.tokens:,} tokens are used of {self.limits.tokens:,}. Give a higher --tokens to go on."
        if self.spent.broken >= MOST_BROKEN:
            return f"{self.spent.broken} attempts in a row broke: {self.spent.cause}"
        return ""

    def _make(self, task: Task) -> Record:
        self._tell(task)
        room = self.cache.room()
        try:
            record = attempt(
                task.case,
                self.column,
                task.repeat,
                key=task.key,
                versions=task.parts,
                settings=self.settings,
                clock=lambda: Clock(self.limits.case_seconds, self._halt),
                folder=room,
                opener=open_planner if task.repeat else remembering(self.cache.replies),
            )
        except BaseException:
            shutil.rmtree(room, ignore_errors=True)
            raise
        return record.model_copy(update={"folder": room})

    def _tell(self, task: Task) -> None:
        """Say once why an attempt that was made before is made anew."""
        changed = ", ".join(self.cache.changed(task.case.id, self.column, task.repeat, task.parts))
        if changed and changed not in self._told:
            self._told.add(changed)
            self.say(f"{self.column.model}/{self.column.prompt}: made anew, for these changed: {changed}")

    def _settled(self, record: Record) -> Record:
        """The record where it belongs: in the cache and the run, or in the run alone where it broke."""
        self.spent.add(record)
        mine = self.out / "records" / record.key
        if record.infrastructure:
            return put(record, record.folder, mine)
        kept = self.cache.keep(record, record.folder)
        link(kept, mine)
        return kept

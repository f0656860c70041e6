"""One attempt at one case: a project made for it alone, its turns said one after another, and the record of what came.

The assistant is driven through `assistant.runs.Runs`, the way that the chat and the command line take.

What is not covered: results of more than a million rows are kept to that many; a case is stopped between pieces of a
reply and between steps, so one that reads a long prompt ends a little after its time.
"""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from assistant.events import ENDS, Event, Failed, StepDone
from assistant.models import Opener, Spent, open_planner
from assistant.runs import Runs
from assistant.settings import Settings, SettingsError
from evals.case import Case, Turn
from evals.keep import keep_dataset, keep_result
from evals.record import Column, Record, TurnRecord
from tools.connect import load
from tools.tool import ToolError
from tools.workspace import Workspace

PLANNED = ("plan", "answer", "question")
NOT_KEPT = ("asked", "status")
TIMEOUT = "timeout"
"""How the end of a turn begins that was stopped for its case's time."""
GRACE_SECONDS = 60.0
"""How long a stopped turn may take to end before its model server counts as gone."""


class Halted(Exception):
    """The whole run was stopped; this attempt leaves no record."""


class Hung(Exception):
    """A turn that did not end although it was stopped: the server behind it does not answer."""


@dataclass(frozen=True)
class Clock:
    """The time that a case has, and the stop of the whole run."""

    seconds: float
    halt: threading.Event = field(default_factory=threading.Event)
    started: float = field(default_factory=time.monotonic)

    def over(self) -> bool:
        """Whether the case is to be stopped."""
        return self.halt.is_set() or time.monotonic() - self.started > self.seconds


class Subject(Protocol):
    """Who is put to the test: says what happens in a turn, event by event."""

    def open(self) -> None:
        """Load the model and whatever it may read before the first turn. Raises SettingsError."""

    def say(self, turn: Turn, over: Callable[[], bool]) -> Iterator[Event]:
        """The events of a turn, an answer, a failure or an unanswered question last. Raises Hung."""

    def close(self) -> None:
        """Stop what still runs."""

    @property
    def spent(self) -> Spent:
        """What the model was asked so far."""


class Assistant:
    """The whole assistant: every plan approved beforehand, nobody there to choose between Retry and Skip."""

    def __init__(self, workspace: Workspace, settings: Settings, model: str, opener: Opener = open_planner) -> None:
        self._runs = Runs(workspace, settings, model=model, approved=True, interactive=False, opener=opener)
        self.spent = Spent()
        self._seen = 0

    def open(self) -> None:
        self.spent = self._runs.open().spent

    def close(self) -> None:
        if self._runs.busy:
            self._runs.stop()

    def say(self, turn: Turn, over: Callable[[], bool]) -> Iterator[Event]:
        if self._runs.waiting is not None:
            self._runs.stop()  # the question of the turn before was left unanswered
        run = self._runs.ask(turn.say)
        replies = [turn.reply] if turn.reply else []
        while True:
            yield from self._follow(run, over)
            if self._runs.waiting is None or not replies:
                return
            self._runs.reply(replies.pop())

    def _follow(self, run: str, over: Callable[[], bool]) -> Iterator[Event]:
        """The run's events that were not seen yet, until it ends or asks."""
        stopped = 0.0
        while True:
            for logged in self._runs.wait(self._seen, 0.2):
                self._seen = logged.seq
                if logged.run != run:
                    continue
                yield logged.event
                if logged.event.event in (*ENDS, "question"):
                    self._runs.join()
                    return
            if over() and not stopped:
                stopped = time.monotonic()
                self._runs.stop()
            if stopped and time.monotonic() - stopped > GRACE_SECONDS:
                raise Hung(f"The model's server did not answer within {GRACE_SECONDS:.0f} s of being stopped.")


def attempt(
    case: Case,
    column: Column,
    repeat: int,
    *,
    key: str,
    versions: Mapping[str, str],
    settings: Settings,
    clock: Callable[[], Clock],
    folder: Path,
    opener: Opener = open_planner,
) -> Record:
    """One attempt, its tables written into `folder`. Raises Halted where the whole run was stopped meanwhile.

    The clock is started once the data are loaded and the model is ready.
    """
    turns: list[TurnRecord] = []
    broken = ""
    with _project(settings) as workspace:
        subject = _subject(column, workspace, settings, opener)
        try:
            _load(workspace, case)
            subject.open()
            running = clock()
            for number, turn in enumerate(case.turns, 1):
                turns.append(_turn(workspace, subject, turn, running, folder, str(number)))
                broken = subject.spent.broken
                if broken or _timed_out(turns[-1]):
                    break
        except ToolError as error:  # data that can't be loaded are the assistant's failure
            turns.append(TurnRecord(events=[Failed(text=str(error)).model_dump(mode="json")]))
        except (SettingsError, Hung) as error:
            broken = str(error)
        finally:
            subject.close()
    return Record(
        case=case.id,
        repeat=repeat,
        model=column.model,
        prompt=column.prompt,
        subject=column.subject,
        key=key,
        turns=turns,
        infrastructure=broken,
        versions=dict(versions),
    )


@contextmanager
def _project(settings: Settings) -> Iterator[Workspace]:
    """A project that goes away with the attempt."""
    with (
        tempfile.TemporaryDirectory(prefix="easel-eval-", ignore_cleanup_errors=True) as folder,
        Workspace(Path(folder), memory_gb=settings.memory_gb, threads=settings.threads) as workspace,
    ):
        yield workspace


def _subject(column: Column, workspace: Workspace, settings: Settings, opener: Opener) -> Subject:
    if column.subject == "assistant":
        return Assistant(workspace, settings, column.model, opener)
    from evals.raw import Raw

    return Raw(workspace, settings, column.model, opener)


def _load(workspace: Workspace, case: Case) -> None:
    for data in case.data:
        load(workspace, Path(data.path), name=data.name or None)


def _turn(workspace: Workspace, subject: Subject, turn: Turn, clock: Clock, folder: Path, number: str) -> TurnRecord:
    """Say one turn and keep what came of it."""
    before = _heads(workspace)
    spent = replace(subject.spent)
    started = time.monotonic()
    planned: float | None = None
    events: list[Event] = []
    for event in subject.say(turn, clock.over):
        if planned is None and event.event in PLANNED:
            planned = time.monotonic() - started + subject.spent.unwaited - spent.unwaited
        if event.event not in NOT_KEPT:
            events.append(event)
    seconds = time.monotonic() - started + subject.spent.unwaited - spent.unwaited
    if clock.halt.is_set():
        raise Halted
    if clock.over() and events and isinstance(events[-1], Failed):
        events[-1] = Failed(text=f"{TIMEOUT}: stopped after {clock.seconds:g} s.")
    heads = _heads(workspace)
    made = [ref for dataset, ref in heads.items() if before.get(dataset) != ref]
    return TurnRecord(
        events=[event.model_dump(mode="json") for event in events],
        result=keep_result(workspace, [e for e in events if isinstance(e, StepDone)], folder, number),
        heads=heads,
        before=before,
        tables={ref: keep_dataset(workspace, ref, folder, number) for ref in made},
        seconds=round(seconds, 3),
        plan_seconds=None if planned is None else round(planned, 3),
        model_calls=subject.spent.calls - spent.calls,
        tokens_read=subject.spent.read - spent.read,
        tokens_written=subject.spent.written - spent.written,
    )


def _heads(workspace: Workspace) -> dict[str, str]:
    return {head.dataset: head.ref for head in workspace.datasets()}


def _timed_out(turn: TurnRecord) -> bool:
    return bool(turn.events) and str(turn.events[-1].get("text", "")).startswith(f"{TIMEOUT}:")


def timed_out(record: Record) -> bool:
    """Whether the attempt was stopped for its time: with more time it may end in another way."""
    return any(_timed_out(turn) for turn in record.turns)

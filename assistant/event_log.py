"""The log of a project's runs: every event, numbered, in `runs/events.jsonl`, so that a reload replays them.

What the planner is told of earlier turns, and of what was worked on when, is read from it too.
"""

import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant import context
from assistant.events import EVENT, Asked, Event, PlanShown, StepDone, StepProgress


@dataclass(frozen=True)
class LoggedEvent:
    """An event, numbered through the project's life, with the run it belongs to."""

    seq: int
    run: str
    time: str
    event: Event


class EventLog:
    """The events of a project's runs, on disk and in memory; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self.news = threading.Condition()
        """Told of every event; held by whoever changes with it what the event tells."""
        self._path = path
        self._events = list(_read(path))

    @property
    def last(self) -> LoggedEvent | None:
        return self._events[-1] if self._events else None

    def add(self, run: str, event: Event) -> None:
        """Put an event of a run at the end; of a step's progress only the last stays, and none goes to disk."""
        with self.news:
            seq = self._events[-1].seq + 1 if self._events else 1
            logged = LoggedEvent(seq, run, datetime.now(UTC).isoformat(timespec="milliseconds"), event)
            if self._events and isinstance(event, StepProgress) and isinstance(self._events[-1].event, StepProgress):
                self._events.pop()
            self._events.append(logged)
            if not isinstance(event, StepProgress):
                _append(self._path, logged)
            self.news.notify_all()

    def since(self, after: int = 0) -> list[LoggedEvent]:
        """The events after that number; of a step's progress, the last only."""
        with self.news:
            return [logged for logged in self._events if logged.seq > after]

    def wait(self, after: int, seconds: float) -> list[LoggedEvent]:
        """The same, waiting so long for one to come."""
        with self.news:
            self.news.wait_for(lambda: bool(self._events) and self._events[-1].seq > after, timeout=seconds)
        return self.since(after)

    def turns(self) -> list[context.Turn]:
        """What was asked and answered so far."""
        asked: dict[str, str] = {}
        plans: dict[str, tuple[dict[str, Any], ...]] = {}
        answered: list[str] = []
        for logged in self.since():
            if isinstance(logged.event, Asked):
                asked[logged.run] = logged.event.text
            elif isinstance(logged.event, PlanShown):
                plans[logged.run] = tuple({"tool": step.tool, **step.arguments} for step in logged.event.steps)
            elif logged.event.event == "answer":
                answered.append(logged.run)
        return [context.Turn(asked[run], plans[run]) for run in answered if run in plans and run in asked]

    def attention(self) -> context.Attention:
        """Which datasets were worked on when, and which were only brought in by a request (a file to be predicted)."""
        steps: dict[tuple[str, int], tuple[str, str]] = {}
        worked: dict[str, str] = {}
        loaded: list[tuple[str, str]] = []
        last = ""
        for logged in self.since():
            if isinstance(logged.event, PlanShown):
                for step in logged.event.steps:
                    steps[logged.run, step.id] = (step.tool, str(step.arguments.get("dataset", "")))
            elif isinstance(logged.event, StepDone):
                tool, name = steps.get((logged.run, logged.event.id), ("", ""))
                name = name or (logged.event.dataset or "").partition("@")[0]
                if tool == "load_file":
                    loaded.append((logged.run, name))
                    continue
                last = logged.time
                if name and tool != "predict_dataset":
                    worked[name] = logged.time
        busy = {run for (run, _), (tool, _) in steps.items() if tool != "load_file"}
        return context.Attention(
            worked, frozenset(name for run, name in loaded if run in busy and name not in worked), last
        )


def _append(path: Path, logged: LoggedEvent) -> None:
    line = {"seq": logged.seq, "run": logged.run, "time": logged.time, "event": logged.event.model_dump(mode="json")}
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _read(path: Path) -> Iterable[LoggedEvent]:
    """The events on disk; a last line that a kill left torn is cut off."""
    if not path.is_file():
        return
    text = path.read_bytes()
    whole = text.rfind(b"\n") + 1
    if whole < len(text):
        with path.open("r+b") as file:
            file.truncate(whole)
    for line in text[:whole].decode("utf-8").splitlines():
        entry = json.loads(line)
        yield LoggedEvent(entry["seq"], entry["run"], entry["time"], EVENT.validate_python(entry["event"]))

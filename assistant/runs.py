"""Runs: requests worked on in the background, one at a time per project.

A run outlives the tab that started it. Its events go to `runs/events.jsonl` (assistant/event_log.py), and its state to
`runs/checkpoints.sqlite`, so that a killed process marks it interrupted and can go on with it.
"""

import sqlite3
import sys
import threading
import traceback
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from assistant import context, linking
from assistant.agent import Turn, clicked, ending
from assistant.colloquial import standard
from assistant.event_log import EventLog, LoggedEvent
from assistant.events import ENDS, Answer, Asked, Event, Failed, Question
from assistant.given_back import give_back
from assistant.models import Opener, Planner, is_embedded, mends, open_planner
from assistant.plan import Step
from assistant.settings import Settings, SettingsError
from assistant.tongue import in_tongue, tongue_of
from assistant.turn_state import State
from tools import catalogue, core_tools
from tools.korean import in_korean
from tools.tool import Stopped, ToolError
from tools.workspace import Workspace

INTERRUPTED = "Interrupted: Easel was closed while this ran. What was done is kept."
STOPPED = Failed(text="Stopped. Steps already done are kept.")


class Runs:
    """The runs of one open project; safe to use from several threads."""

    def __init__(
        self,
        workspace: Workspace,
        settings: Settings,
        *,
        model: str = "",
        approved: bool = False,
        interactive: bool = True,
        opener: Opener = open_planner,
    ) -> None:
        """`approved` answers every approval with yes (`--yes`); `interactive` offers Retry, Skip and Stop."""
        from langgraph.checkpoint.sqlite import SqliteSaver

        self.workspace = workspace
        self._settings = settings
        self._spec = model or settings.model
        self._approved, self._interactive = approved, interactive
        self._opener = opener
        self._planner: Planner | None = None
        self._opening = threading.Lock()
        self._log = EventLog(workspace.runs / "events.jsonl")
        self._stop, self._drop = threading.Event(), threading.Event()
        self._worker: threading.Thread | None = None
        self._run, self._tongue = "", "en"
        self._question: Question | None = None
        database = sqlite3.connect(workspace.runs / "checkpoints.sqlite", check_same_thread=False)
        self._checkpoints = SqliteSaver(database)
        self._mark_interrupted()

    # --- the language model --------------------------------------------------------------------------------------

    def ready(self) -> str:
        """Nothing, or the one sentence that says which command mends the missing language model."""
        return mends(self._spec, self._settings)

    def open(self) -> Planner:
        """The model, loaded, with what can be read of the prompt. Raises SettingsError where that can't be."""
        planner = self._open_planner()
        if planner.small:
            for talk in self._ahead():
                planner.read_ahead(talk)
        return planner

    def warm(self) -> None:
        """Load the model and read the fixed part of the prompt in the background, while data are being loaded."""

        def load() -> None:
            try:
                self._open_planner()
            except SettingsError:
                return  # the first request that needs the model says so

        threading.Thread(target=load, daemon=True).start()

    def _open_planner(self) -> Planner:
        with self._opening:
            if self._planner is None:
                planner = self._opener(self._spec, self._settings)
                if planner.small:
                    planner.read_prefix(linking.prefix())
                planner.read_prefix(context.prefix(core_tools(), calls=planner.small))
                self._planner = planner
            return self._planner

    def _ahead(self) -> tuple[context.Messages, context.Messages]:
        """What of the next prompts, the planner's and the second look's, is known before the request."""
        situation = context.look(self.workspace, self._log.turns(), self._log.attention())
        return context.ahead(situation, core_tools(), calls=True), linking.ahead(situation)

    def _read_ahead(self) -> None:
        """Have the model read the data as they are now, while the person thinks; a request that comes waits for it."""
        planner = self._planner
        if planner is None or not planner.small:
            return
        told = self._ahead()  # made here, and not in the thread, which may outlive the open project

        def read() -> None:
            try:
                for talk in told:
                    planner.read_ahead(talk)
            except SettingsError:
                return  # the next request that needs the model says so

        threading.Thread(target=read, daemon=True).start()

    # --- starting and steering -----------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether a run is being worked on or waits for a person."""
        return self._run != ""

    @property
    def tongue(self) -> str:
        """The language of the newest run, `en` or `ko`."""
        return self._tongue

    def tongue_of_page(self, browser: str) -> str:
        """The language of the page itself, as it is set or as the browser asks for it (`ko-KR`)."""
        wanted = browser if self._settings.language == "auto" else self._settings.language
        return "ko" if wanted.lower().startswith("ko") else "en"

    @property
    def waiting(self) -> Question | None:
        """The question that the run waits on."""
        return self._question

    def ask(self, text: str) -> str:
        """Start a turn on a request in plain words. Returns the run's id. Raises ToolError while another run is on."""
        words = standard(" ".join(text.split()))
        if not words:
            raise ToolError("The request is empty. Say what you want to know or do, for example: What is in this data?")
        return self._start(words, State(request=words), tongue_of(words, self._settings))

    def act(self, steps: Sequence[Step], title: str, *, tongue: str = "") -> str:
        """Start a turn of given steps, as a click on a page in some language does. Returns the run's id."""
        tongue = self.tongue_of_page(tongue)
        return self._start(in_korean(title) if tongue == "ko" else title, clicked(steps, catalogue()), tongue)

    def resume(self) -> None:
        """Go on with the run that was interrupted. Raises ToolError where there is none."""
        last = self._log.last
        if last is None or not (isinstance(last.event, Failed) and last.event.interrupted):
            raise ToolError("No run was interrupted.")
        self._start("", None, self._tongue_of_log(), run=last.run)

    def reply(self, text: str) -> None:
        """Answer the question that the run waits on. Raises ToolError where it waits on nothing."""
        from langgraph.types import Command

        with self._log.news:
            if self._question is None:
                raise ToolError("Nothing waits for an answer.")
            self._question = None
        self._work(Command(resume=text))

    def stop(self) -> None:
        """Stop the run; steps already done are kept. A second stop drops what a training had finished, too."""
        if self._stop.is_set():
            self._drop.set()
        self._stop.set()
        if self._worker is not None and self._worker.ident is not None:
            self.workspace.interrupt(self._worker.ident)
        with self._log.news:
            waiting, self._question = self._question, None
        if waiting is not None:
            self._end(STOPPED)

    def join(self) -> None:
        """Wait until the run ends or asks."""
        if self._worker is not None:
            self._worker.join()

    def _start(self, title: str, first: State | None, tongue: str, run: str = "") -> str:
        with self._log.news:
            if self._run:
                raise ToolError("The last request is still being worked on. Wait for it, or stop it.")
            if self._log.last and not run:
                self._checkpoints.delete_thread(self._log.last.run)  # an interrupted run that nobody went on with
            run = self._run = run or uuid.uuid4().hex[:12]
        self._stop.clear()
        self._drop.clear()
        self._tongue = tongue
        if title:
            self._log.add(run, Asked(text=title, tongue=tongue))
        self._work(first)
        return run

    def _work(self, given: Any) -> None:
        self._worker = threading.Thread(target=self._go, args=(given,), daemon=True)
        self._worker.start()

    def _go(self, given: Any) -> None:
        """Work on the current run until it ends or waits for a person."""
        turn = Turn(
            workspace=self.workspace,
            settings=self._settings,
            planner=self._open_planner,
            embedded=is_embedded(self._spec),
            emit=self._emit,
            cancelled=self._stop.is_set,
            dropped=self._drop.is_set,
            run=self._run,
            tongue=self._tongue,
            earlier=self._log.turns(),
            attention=self._log.attention(),
            approved=self._approved,
            interactive=self._interactive,
        )
        config: Any = {"configurable": {"thread_id": self._run}, "recursion_limit": 100}
        try:
            result = turn.graph(self._checkpoints).invoke(given, config, durability="sync")
        except Stopped:
            self._end(STOPPED)
        except Exception as error:  # noqa: BLE001 - a defect of ours must end the run visibly; its traceback is kept
            if self._stop.is_set() and self.workspace.was_interrupted(error):  # in a read between two steps
                self._end(STOPPED)
                return
            traceback.print_exc(file=sys.stderr)
            self._end(Failed(text=f"A defect of Easel's own stopped this: {type(error).__name__}: {error}"))
        else:
            self._settle(result)
            if not self._run:
                self._read_ahead()

    def _settle(self, result: dict[str, Any]) -> None:
        if asked := result.get("__interrupt__"):
            question = Question.model_validate(asked[0].value)
            with self._log.news:
                self._question = question
            self._emit(question)
            return
        self._end(ending(result))

    def _end(self, event: Answer | Failed) -> None:
        """Close the run: who sees its last event may start the next one, over all rows."""
        try:
            give_back(self.workspace, self._log, self._run, self._emit)
        finally:
            with self._log.news:
                run = self._run
                self._emit(event)
                self._run = ""
            self._checkpoints.delete_thread(run)

    # --- events --------------------------------------------------------------------------------------------------

    def since(self, after: int = 0) -> list[LoggedEvent]:
        """The events after that number; of a step's progress, the last only."""
        return self._log.since(after)

    def wait(self, after: int, seconds: float) -> list[LoggedEvent]:
        """The same, waiting so long for one to come."""
        return self._log.wait(after, seconds)

    def follow(self, run: str) -> Iterator[Event]:
        """The events of a run as they come, until it ends or asks."""
        seen = 0
        while True:
            for logged in self.wait(seen, 0.5):
                seen = logged.seq
                if logged.run != run:
                    continue
                yield logged.event
                if logged.event.event in (*ENDS, "question"):
                    self.join()
                    return

    def _emit(self, event: Event) -> None:
        with self._log.news:
            self._log.add(self._run, in_tongue(event, self._tongue))

    def _tongue_of_log(self) -> str:
        """The language of the last request."""
        asked = [logged.event.tongue for logged in self._log.since() if isinstance(logged.event, Asked)]
        return asked[-1] if asked else "en"

    def _mark_interrupted(self) -> None:
        """End the run that a killed process left without an end, so that a person can go on with it."""
        if self._log.last and self._log.last.event.event not in ENDS:
            self._run, self._tongue = self._log.last.run, self._tongue_of_log()
            self._emit(Failed(text=INTERRUPTED, interrupted=True))
            self._run = ""

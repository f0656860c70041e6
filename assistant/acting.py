"""The steps of a turn as they run: progress, outcome or error, what a step asks, what is chosen where it is stuck."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from langgraph.types import interrupt

import tools
from assistant.drafts import UNKNOWN_COLUMN
from assistant.events import Event, Question, StepDone, StepFailed, StepProgress, StepStarted
from assistant.plan import Step
from assistant.turn_state import State
from tools.tool import Artefact, Job, NothingThere, Outcome, Stopped, ToolError, Undecided
from tools.workspace import Workspace

PROGRESS_SECONDS = 0.2


@dataclass
class Acting:
    """Whoever runs the steps of one turn over one project: the nodes of the turn's graph that do it."""

    workspace: Workspace
    emit: Callable[[Event], None]
    cancelled: Callable[[], bool]
    dropped: Callable[[], bool]
    """Whether the person stopped a second time: then nothing is kept of what was being made."""
    run: str
    interactive: bool
    """Whether somebody is there to choose between Retry, Skip and Stop, and to be asked by a step."""
    tongue: str = "en"
    """The language that the person is answered in."""
    _progress_at: float = field(default=0.0, repr=False)

    def act(self, state: State) -> State:
        """Run the next step."""
        step = Step.model_validate(state["steps"][state["at"]])
        number = state["first"] + state["at"]
        started = time.monotonic()
        self.emit(StepStarted(id=number))
        try:
            outcome = self._outcome_of_killed(step, state) or tools.call(self._job(number), step.tool, step.arguments)
        except ToolError as error:
            self.emit(StepFailed(id=number, error=str(error)))
            return State(error=str(error), nothing_there=isinstance(error, NothingThere))
        except Undecided as choice:
            return State(
                choice={"text": str(choice), "options": {name: dict(one) for name, one in choice.options.items()}}
            )
        except Stopped:
            self.emit(StepFailed(id=number, error="Stopped."))
            raise
        done = StepDone(id=number, seconds=round(time.monotonic() - started, 3), **outcome.model_dump())
        self.emit(done)
        return State(at=state["at"] + 1, error="", done=[*state.get("done", []), done.model_dump()])

    def choose(self, state: State) -> State:
        """Put a step's question to the person, and add what she chose to its arguments."""
        text, options = state["choice"]["text"], state["choice"]["options"]
        asked = Question(text=text, options=list(options)).model_dump()
        named = {name.casefold(): arguments for name, arguments in options.items()}
        while (said := str(interrupt(asked)).strip().casefold()) not in named:
            continue
        steps = list(state["steps"])
        step = steps[state["at"]]
        steps[state["at"]] = step | {"arguments": step["arguments"] | named[said]}
        return State(steps=steps, choice={})

    def _job(self, number: int) -> Job:
        def progress(fraction: float, text: str) -> None:
            if self.cancelled():
                raise Stopped("Stopped.")
            tell(fraction, text)

        def tell(fraction: float, text: str) -> None:
            now = time.monotonic()
            if now - self._progress_at >= PROGRESS_SECONDS or fraction >= 1:
                self._progress_at = now
                self.emit(StepProgress(id=number, fraction=round(fraction, 3), text=text))

        return Job(
            workspace=self.workspace,
            progress=progress,
            cancelled=self.cancelled,
            run=self.run,
            tongue=self.tongue,
            asks=self.interactive,
            dropped=self.dropped,
            after_stop=tell,
        )

    def _outcome_of_killed(self, step: Step, state: State) -> Outcome | None:
        """What the step made before a kill came between its commit and its checkpoint, so that it runs once only."""
        known = {done["dataset"] for done in state.get("done", [])}
        for head in self.workspace.datasets():
            record = head.step
            own = {name: value for name, value in step.arguments.items() if name not in ("dataset", "path")}
            same = own.items() <= record.arguments.items()
            if record.run and record.run == self.run and record.tool == step.tool and same and head.ref not in known:
                before = self.workspace.version(head.parent) if head.parent else head
                return Outcome(
                    text=record.text,
                    dataset=head.ref,
                    rows=(before.row_count, head.row_count),
                    columns=(len(before.columns), len(head.columns)),
                    sql=record.sql,
                    artefacts=[] if head.parent else [Artefact(kind="dataset", name=head.dataset)],
                )
        return None

    def stuck(self, state: State) -> State:
        """A step that could not be mended: the person chooses, or the turn fails."""
        step = Step.model_validate(state["steps"][state["at"]])
        last = state["at"] + 1 == len(state["steps"])
        if _missing_column(step, state["error"]) and last:
            return State(missing=_missing_column(step, state["error"]), error="")
        alone = bool(state.get("clicked")) and len(state["steps"]) == 1  # its form stands there to be mended
        useless = state.get("nothing_there", False) or tools.catalogue()[step.tool].effect == "read"
        if not self.interactive or alone or (last and useless):
            return State(failed=state["error"])
        said = interrupt(Question(text=state["error"], options=["Retry", "Skip", "Stop"]).model_dump())
        if said == "Retry":
            return State(error="")
        return State(error="", at=state["at"] + 1) if said == "Skip" else State(failed=state["error"])


def _missing_column(step: Step, error: str) -> str:
    """The name of a column that a query wanted and the data does not have."""
    found = UNKNOWN_COLUMN.search(error)
    return found[1] if found and step.tool == "query_data" else ""

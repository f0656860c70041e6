"""What the conversation looks like now: a pure fold of the run log, so that reload, a second tab and a test agree."""

from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from assistant.events import (
    Answer,
    Asked,
    Event,
    Failed,
    PlanShown,
    Question,
    Status,
    StepDone,
    StepFailed,
    StepProgress,
    StepStarted,
)

Mark = Literal["waiting", "running", "done", "failed", "skipped"]


class Logged(Protocol):
    """An event with its place in the log (`assistant.event_log.LoggedEvent`)."""

    @property
    def seq(self) -> int: ...
    @property
    def run(self) -> str: ...
    @property
    def event(self) -> Event: ...


@dataclass(frozen=True)
class StepView:
    """One line of a plan card."""

    id: int
    tool: str
    arguments: dict[str, Any]
    title: str
    why: str = ""
    mark: Mark = "waiting"
    fraction: float = 0.0
    note: str = ""
    error: str = ""
    outcome: StepDone | None = None


@dataclass(frozen=True)
class Turn:
    """One request and everything that followed from it."""

    run: str
    first: int
    """The event it began with."""
    seq: int
    """The last event that changed it; a page that has seen this one need not be sent it again."""
    asked: str = ""
    tongue: str = "en"
    steps: tuple[StepView, ...] = ()
    status: str = ""
    question: Question | None = None
    answer: Answer | None = None
    failed: Failed | None = None

    @property
    def over(self) -> bool:
        return self.answer is not None or self.failed is not None

    @property
    def done(self) -> int:
        return sum(step.mark == "done" for step in self.steps)


@dataclass(frozen=True)
class State:
    """All turns, oldest first."""

    turns: tuple[Turn, ...] = ()
    seq: int = 0
    outcomes: tuple[StepDone, ...] = field(default=(), repr=False)
    """What finished steps reported, oldest first: the panels show the last chart and the last file from here."""


def reduce(state: State, logged: Logged) -> State:
    """The state after one more event. Events it has seen already change nothing."""
    if logged.seq <= state.seq:
        return state
    turns = list(state.turns)
    at = next((i for i in range(len(turns) - 1, -1, -1) if turns[i].run == logged.run), None)
    if at is None:
        turns.append(Turn(run=logged.run, first=logged.seq, seq=logged.seq))
        at = len(turns) - 1
    turns[at] = replace(_turn(turns[at], logged.event), seq=logged.seq)
    outcomes = (*state.outcomes, logged.event) if isinstance(logged.event, StepDone) else state.outcomes
    return State(turns=tuple(turns), seq=logged.seq, outcomes=outcomes)


def _turn(turn: Turn, event: Event) -> Turn:
    """The turn after an event. A question stands until anything else happens; the end clears what was under way."""
    match event:
        case Asked():
            return replace(turn, asked=event.text, tongue=event.tongue)
        case PlanShown():
            return replace(turn, steps=_planned(turn.steps, event), status="", question=None, failed=None)
        case StepStarted() | StepProgress() | StepDone() | StepFailed():
            known = (
                turn.steps
                if any(step.id == event.id for step in turn.steps)
                else (*turn.steps, _clicked(turn, event.id))
            )
            steps = tuple(_step(step, event) if step.id == event.id else step for step in known)
            return replace(turn, steps=steps, status="", question=None, failed=None)
        case Question():
            return replace(turn, question=event, status="")
        case Status():
            return replace(turn, status=event.text, question=None, failed=None)
        case Answer():
            return replace(turn, answer=event, failed=None, status="", question=None, steps=_settled(turn.steps))
        case Failed():
            return replace(turn, failed=event, status="", question=None, steps=_settled(turn.steps))


def _planned(before: tuple[StepView, ...], plan: PlanShown) -> tuple[StepView, ...]:
    """Finished steps stay; the new plan takes the place of the others. A step it repeats keeps its outcome."""
    kept = {step.id: step for step in before if step.mark == "done"}
    fresh = []
    for step in plan.steps:
        old = kept.get(step.id)
        if old is not None and (old.tool, old.arguments) == (step.tool, step.arguments):
            fresh.append(kept.pop(step.id))
        else:
            kept.pop(step.id, None)
            fresh.append(
                StepView(
                    id=step.id,
                    tool=step.tool,
                    arguments=step.arguments,
                    title=step.title or step.tool.replace("_", " ").capitalize(),
                    why=step.why,
                )
            )
    return (*kept.values(), *fresh)


def _clicked(turn: Turn, number: int) -> StepView:
    """A step that ran without a plan, as a single click does: the card says what was clicked."""
    return StepView(id=number, tool="", arguments={}, title=turn.asked)


def _step(step: StepView, event: StepStarted | StepProgress | StepDone | StepFailed) -> StepView:
    match event:
        case StepStarted():
            return replace(step, mark="running", fraction=0.0, note="", error="")
        case StepProgress():
            return replace(step, mark="running", fraction=min(1.0, max(0.0, event.fraction)), note=event.text)
        case StepDone():
            return replace(step, mark="done", fraction=1.0, note="", error="", outcome=event)
        case StepFailed():
            return replace(step, mark="failed", note="", error=event.error)


def _settled(steps: tuple[StepView, ...]) -> tuple[StepView, ...]:
    """At the end of a turn nothing runs and nothing waits any more."""
    return tuple(replace(s, mark="skipped", note="") if s.mark in ("waiting", "running") else s for s in steps)

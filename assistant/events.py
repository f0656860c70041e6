"""The one stream of events that chat, command line, evals and run log read."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from tools.tool import Effect, Outcome, TableData


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlannedStep(_Event):
    """One line of a plan card."""

    id: int
    tool: str
    arguments: dict[str, Any]
    why: str = ""
    title: str = ""
    """What the card says: `Fill the missing values of Age`."""
    effect: Effect = "read"


class PlanShown(_Event):
    """A plan, before its first step runs. A later plan of the same turn replaces the steps not yet done."""

    event: Literal["plan"] = "plan"
    steps: list[PlannedStep]
    needs_approval: bool = False


class StepStarted(_Event):
    event: Literal["step_started"] = "step_started"
    id: int


class StepProgress(_Event):
    event: Literal["step_progress"] = "step_progress"
    id: int
    fraction: float
    text: str = ""


class _Done(_Event):
    event: Literal["step_done"] = "step_done"
    id: int
    seconds: float


class StepDone(Outcome, _Done):
    """What a step did, as its tool tells it."""


class StepFailed(_Event):
    event: Literal["step_failed"] = "step_failed"
    id: int
    error: str


class Question(_Event):
    """The turn waits for a person: an approval (options `Run`, `Cancel`), a failed step (`Retry`, `Skip`, `Stop`) or a choice."""

    event: Literal["question"] = "question"
    text: str
    options: list[str] = Field(default_factory=list)


class Status(_Event):
    """What the assistant is busy with between steps: `Reading your request`, `Loading the language model (40 %)`."""

    event: Literal["status"] = "status"
    text: str


class Answer(_Event):
    """The end of a turn that was answered."""

    event: Literal["answer"] = "answer"
    text: str
    english: str = ""
    """The text as the tools wrote it where `text` is in another language: for programs, which want one."""
    table: TableData | None = None
    values: dict[str, Any] = Field(default_factory=dict)
    suggestions: list[str] = Field(default_factory=list)


class Failed(_Event):
    """The end of a turn that was not: an error, a stop, or a process that died (`interrupted`, which can be resumed)."""

    event: Literal["failed"] = "failed"
    text: str
    english: str = ""
    """As of an answer."""
    interrupted: bool = False


class Asked(_Event):
    """The start of a turn: what the person said, or the title of what she clicked. Kept in the log only."""

    event: Literal["asked"] = "asked"
    text: str
    tongue: str = "en"
    """The language that it is answered in, `en` or `ko`."""


Event = Annotated[
    Asked | PlanShown | StepStarted | StepProgress | StepDone | StepFailed | Question | Status | Answer | Failed,
    Field(discriminator="event"),
]
EVENT: TypeAdapter[Event] = TypeAdapter(Event)
ENDS = ("answer", "failed")

"""What a turn remembers between its nodes: plain JSON values, checkpointed after each of them."""

from typing import Any, TypedDict


class State(TypedDict, total=False):
    """What a turn remembers between its nodes."""

    request: str
    taken: dict[str, str]
    """Words of the request that the data call otherwise, with the columns they were taken for."""
    steps: list[dict[str, Any]]
    """The steps of the plan now running, as Step dumps."""
    at: int
    """Which of them is next."""
    first: int
    """The number the first of them has on the plan card."""
    done: list[dict[str, Any]]
    """StepDone dumps of this turn, in order."""
    shown: list[dict[str, Any]]
    """The planned steps that `done` belongs to."""
    replies: list[dict[str, str]]
    """The model's plans of this turn and what was wrong with them."""
    mends: int
    error: str
    nothing_there: bool
    """Whether the error says that what is to be changed does not exist: then no other is made in its place."""
    further: bool
    """Whether to plan again after these steps (files were loaded first)."""
    question: str
    options: list[str]
    choice: dict[str, Any]
    """What a step asks before it goes on: its text, and by option the arguments that it adds."""
    words: str
    """An answer without steps."""
    missing: str
    approval: str
    """What the person is asked before the plan runs; empty where it runs at once."""
    asks: bool
    """Whether the first plan only read."""
    queries: bool
    """Whether the first plan was a query: a mended one is a query too."""
    builds: bool
    """Whether the first plan built a model or a forecast: a mended one does too."""
    understood: bool
    """Whether rules read every word of the request: then nothing of it can be missing."""
    clicked: bool
    failed: str
    answer: dict[str, Any]

"""A stop that keeps what is there: a fit in a child process is told that it is enough, and goes on with what it has.

A fit says once it has something worth keeping; only from then on the parent writes a line to the child's standard input
instead of ending it (`automl.worker`). The fit asks `enough()` between two things that it tries.
"""

import threading
from collections.abc import Callable

_told = threading.Event()
_heard: list[Callable[[], None]] = []
SKIPPED = "the rest: the build was ended early"


def tell() -> None:
    """Nothing further is to be tried."""
    _told.set()


def enough() -> bool:
    """Whether the build was told to end with what it has."""
    return _told.is_set()


def hear(listener: Callable[[], None]) -> None:
    """Call the listener when there is something to keep."""
    _heard.append(listener)


def something() -> None:
    """From now on a stop leaves a model; said again it does no harm."""
    while _heard:
        _heard.pop()()

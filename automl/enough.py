"""A stop that keeps what is there: a fit in a child process is told that it is enough, and goes on with what it has.

The parent writes a line to the child's standard input (`automl.worker`); a fit asks `enough()` between two things that
it tries, and leaves the rest untried once it has one to choose.
"""

import threading

_told = threading.Event()
SKIPPED = "the rest: the build was ended early"


def tell() -> None:
    """Nothing further is to be tried."""
    _told.set()


def enough() -> bool:
    """Whether the build was told to end with what it has."""
    return _told.is_set()

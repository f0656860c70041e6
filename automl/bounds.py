"""What a child process may take, and what it has taken."""

import contextlib
import subprocess
import time
from dataclasses import dataclass

MEMORY_SECONDS = 0.5
"""How often the child's memory is looked at."""
SPARE, LEAST_MEMORY_MB = 0.9, 1_000.0


@dataclass(frozen=True)
class Bounds:
    """What a child may take."""

    seconds: float
    memory_mb: float


def most_memory() -> float:
    """Nearly all the memory that is free now: a child that needs more would make the machine swap, or be killed."""
    import psutil

    return max(SPARE * float(psutil.virtual_memory().available) / 1e6, LEAST_MEMORY_MB)


class Watched:
    """A child with its age and the most memory it has held."""

    def __init__(self, child: "subprocess.Popen[str]") -> None:
        self.child = child
        self.peak_mb = 0.0
        self._started = time.monotonic()
        self._looked = 0.0

    @property
    def seconds(self) -> float:
        """Since it was started."""
        return time.monotonic() - self._started

    def look(self) -> None:
        """Look at the memory of the child and its own children, not more often than is worth it."""
        import psutil

        if time.monotonic() - self._looked < MEMORY_SECONDS:
            return
        self._looked = time.monotonic()
        held = 0
        with contextlib.suppress(psutil.Error):  # it may have left
            parent = psutil.Process(self.child.pid)
            for one in (parent, *parent.children(recursive=True)):
                held += one.memory_info().rss
        self.peak_mb = max(self.peak_mb, held / 1e6)

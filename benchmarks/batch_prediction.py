"""How much memory and time predicting every row of a large dataset takes.

    python -m benchmarks.batch_prediction [ROWS]

Prints one JSON object: rows, seconds, rows a second, and the peak of resident memory above what the process held
before it predicted (children included).
"""

import json
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from tools.predict import predict_dataset
from tools.tool import Job
from tools.train import train
from tools.workspace import StepRecord, Workspace

CUSTOMERS = """
SELECT i AS customer, 18 + (hash(i, 1) % 70)::INTEGER AS age, (hash(i, 2) % 200000) / 1.7 AS balance,
  ['north', 'south', 'east', 'west'][1 + (hash(i, 3) % 4)::INTEGER] AS region, (hash(i, 4) % 4)::INTEGER AS products,
  hash(i, 5) % 3 = 0 AS active, 40000 + (hash(i, 6) % 100000) / 1.3 AS salary, (hash(i, 7) % 11)::INTEGER AS tenure,
  CASE WHEN (age - 45) / 10.0 + (NOT active)::INTEGER + products / 2.0 + (hash(i, 8) % 100) / 40.0 > 2.5
    THEN 'yes' ELSE 'no' END AS leaves
FROM range({rows}) AS t(i)
"""


class Memory:
    """The peak of this process and its children, sampled in a thread."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._stop = threading.Event()
        self.peak = self.now()

    def now(self) -> int:
        """Resident bytes of the process and its children."""
        total = 0
        for one in [self._process, *self._process.children(recursive=True)]:
            try:
                total += one.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        return total

    def watch(self) -> None:
        """Sample until `stop`."""
        while not self._stop.wait(0.05):
            self.peak = max(self.peak, self.now())

    def stop(self) -> None:
        """End the sampling."""
        self._stop.set()


def main(rows: int) -> dict[str, float]:
    """Train on a small part, predict all rows, and measure."""
    with tempfile.TemporaryDirectory() as folder, Workspace(Path(folder), memory_gb=0.5) as workspace:
        step = StepRecord(tool="benchmark", arguments={})
        small = workspace.add_query("customers", CUSTOMERS.format(rows=10_000), step)
        workspace.add_query("all_customers", CUSTOMERS.format(rows=rows), step)
        job = Job(workspace)
        train(job, small, "leaves", "quick", [])
        memory = Memory()
        idle = memory.now()
        watcher = threading.Thread(target=memory.watch, daemon=True)
        watcher.start()
        started = time.monotonic()
        predict_dataset(job, "all_customers")
        seconds = time.monotonic() - started
        memory.stop()
        watcher.join()
    return {
        "rows": rows,
        "seconds": round(seconds, 1),
        "rows_per_second": round(rows / seconds),
        "idle_mb": round(idle / 1e6),
        "peak_above_idle_mb": round((memory.peak - idle) / 1e6),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000)) + "\n")

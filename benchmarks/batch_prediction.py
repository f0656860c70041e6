"""How much memory and time predicting every row of a large dataset takes, beside AutoGluon's own `predict_proba`.

    python -m benchmarks.batch_prediction [ROWS] [FORMAT …]

One line per way of writing: rows a second through `predict_dataset` (read, prepared by a recipe of two steps, predicted,
written), rows a second of `predict_proba` of the same predictor, loaded once for both, on the same prepared rows in memory
just before and after, their ratio, the ratio of processor time for a row (which other work on the machine does not change), and the peak of resident memory above
what the process held before it predicted (children included).
"""

import gc
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pyarrow as pa

from tools import call
from tools.dataset import StepRecord
from tools.modelling.prepare import open_model, prepare
from tools.tool import Job
from tools.train import train
from tools.workspace import Workspace

RAW_ROWS = 500_000
"""`predict_proba` is timed on so many rows at once: more make it no faster, and would need much memory."""
CUSTOMERS = """
SELECT i AS customer, 18 + (hash(i, 1) % 70)::INTEGER AS age, (hash(i, 2) % 200000) / 1.7 AS balance,
  ['north', 'south', 'east', 'west'][1 + (hash(i, 3) % 4)::INTEGER] AS region, (hash(i, 4) % 4)::INTEGER AS products,
  hash(i, 5) % 3 = 0 AS active, 40000 + (hash(i, 6) % 100000) / 1.3 AS salary, (hash(i, 7) % 11)::INTEGER AS tenure,
  CASE WHEN hash(i, 9) % 10 = 0 THEN NULL ELSE (hash(i, 10) % 1000) / 10 END AS visits,
  ['web', 'shop', 'phone'][1 + (hash(i, 11) % 3)::INTEGER] AS channel, DATE '2020-01-01' + (hash(i, 12) % 1500)::INTEGER
  AS joined, {numbers},
  CASE WHEN (age - 45) / 10.0 + (NOT active)::INTEGER + products / 2.0 + n1 + (hash(i, 8) % 100) / 40.0 > 3
    THEN 'yes' ELSE 'no' END AS leaves
FROM range({rows}) AS t(i)
"""
NUMBERS = ", ".join(f"(hash(i, {20 + n}) % 10000) / 10000.0 AS n{n}" for n in range(1, 9))


class Memory:
    """The peak of this process and its children, sampled in a thread."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._stop = threading.Event()
        self.idle = self.peak = self.now()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def now(self) -> int:
        """Resident bytes of the process and its children."""
        total = 0
        for one in [self._process, *self._process.children(recursive=True)]:
            try:
                total += one.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        return total

    def _watch(self) -> None:
        while not self._stop.wait(0.05):
            self.peak = max(self.peak, self.now())


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds that a piece of work takes, by the clock and of processor time."""
    started, used = time.monotonic(), time.process_time()
    work()
    return time.monotonic() - started, time.process_time() - used


def raw(job: Job, name: str, rows: int) -> tuple[float, float]:
    """Seconds a row of `predict_proba` on prepared rows in memory, by the clock and of processor time."""
    saved, recipe = open_model(job.workspace, name, final=True)
    schema, batches = job.workspace.batches(f"SELECT * FROM all_customers LIMIT {min(rows, RAW_ROWS)}", size=RAW_ROWS)
    with prepare(saved, recipe, schema) as preparer:
        frame = preparer.frame(pa.Table.from_batches(list(batches)))[list(saved.card.model_columns)]
    predictor = saved._predictor
    predictor.predict_proba(frame.head(1000))
    wall, used = timed(lambda: predictor.predict_proba(frame))
    return wall / len(frame), used / len(frame)


def main(rows: int, formats: list[str]) -> None:
    """Train on a small part, predict all rows, and measure."""
    with tempfile.TemporaryDirectory() as folder, Workspace(Path(folder), memory_gb=0.5) as workspace:
        step = StepRecord(tool="benchmark", arguments={})
        workspace.add_query("customers", CUSTOMERS.format(rows=20_000, numbers=NUMBERS), step)
        workspace.add_query("all_customers", CUSTOMERS.format(rows=rows, numbers=NUMBERS), step)
        job = Job(workspace)
        call(job, "fill_missing", {"dataset": "customers", "columns": ["visits"], "method": "median"})
        call(job, "drop_columns", {"dataset": "customers", "columns": ["customer"]})
        card = train(job, workspace.version("customers"), "leaves", "quick", [])
        print(f"model: {card.best}, {len(card.model_columns)} columns", flush=True)
        print("format        rows   rows/s    raw/s  ratio  processor  MB above idle")
        before = raw(job, card.name, rows)
        for format in formats:
            gc.collect()
            with Memory() as memory:
                asked = {"dataset": "all_customers", "format": format}
                wall, used = timed(partial(call, job, "predict_dataset", asked))
            after = raw(job, card.name, rows)
            alone, alone_used = ((one + other) / 2 for one, other in zip(before, after, strict=True))
            before = after
            print(
                f"{format:8} {rows:9,} {rows / wall:8.0f} {1 / alone:8.0f} {alone * rows / wall:6.2f}"
                f" {alone_used * rows / used:10.2f} {(memory.peak - memory.idle) / 1e6:14.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000, sys.argv[2:] or ["csv", "parquet"])

"""How long one prediction takes in a warm process: with its probability, with reasons, and with what would have to change.

    python -m benchmarks.single_prediction [TASKS.jsonl NAME …]

A task is a line `{"name": …, "file": …, "target": …}`, its file relative to the list; without any, made-up customers are
learned. One line per model and kind of question: the median and the slowest of the calls in milliseconds, the processor
time of the median call (which other work on the machine does not change), and the median over its bar as a ratio: 1 or
less meets it.
"""

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tools import call
from tools.modelling.models import find_model
from tools.tool import Job
from tools.workspace import Workspace

CALLS = 20
BARS = {"predict_row": 100.0, "explain_row": 1000.0, "find_change": 1000.0}


def main(arguments: list[str]) -> None:
    """Print the table."""
    print(f"{'model':28} {'question':12} {'p50 ms':>8} {'max ms':>8} {'cpu ms':>8} {'ratio':>6}")
    with tempfile.TemporaryDirectory() as folder, Workspace(Path(folder)) as workspace:
        job = Job(workspace)
        for name in _trained(job, arguments):
            card = find_model(workspace, name)
            for tool, bar in BARS.items():
                if tool == "find_change" and card.problem.kind != "binary":
                    continue
                walls, cpus = _timed(job, tool, name)
                middle = statistics.median(walls)
                print(
                    f"{name:28} {tool:12} {middle:8.0f} {max(walls):8.0f} {statistics.median(cpus):8.0f} {middle / bar:6.2f}",
                    flush=True,
                )


def _trained(job: Job, arguments: list[str]) -> list[str]:
    """Quick models of the tasks that are named, or of made-up customers."""
    if not arguments:
        from tests.trained import add, customers
        from tools.train import train

        version = add(job.workspace, "customers", customers(2_000))
        targets = {"Left": ["Plan", "Revenue"], "Plan": ["Left", "Revenue"], "Revenue": ["Left", "Plan"]}
        return [train(job, version, target, "quick", ignore).name for target, ignore in targets.items()]
    tasks = Path(arguments[0])
    lines = [json.loads(line) for line in tasks.read_text(encoding="utf-8").splitlines() if line.strip()]
    names = []
    for task in lines:
        if task["name"] in arguments[1:] or len(arguments) == 1:
            loaded = call(job, "load_file", {"path": str(tasks.parent / task["file"]), "name": task["name"]})
            dataset = str(loaded.dataset).split("@")[0]
            made = call(job, "train_model", {"dataset": dataset, "target": task["target"], "build": "quick"})
            names.append(str(made.values["model"]))
    return names


def _timed(job: Job, tool: str, name: str) -> tuple[list[float], list[float]]:
    """Wall and processor time of each call in milliseconds, after two that warm up."""
    card = find_model(job.workspace, name)
    numbers = [one for one in card.features if one.used and one.kind == "number" and one.low is not None]
    walls, cpus = [], []
    for step in range(CALLS + 2):
        values: list[dict[str, Any]] = []
        if numbers:
            low, high = float(numbers[0].low or 0), float(numbers[0].high or 0)
            values.append({"column": numbers[0].name, "value": round(low + (high - low) * step / (CALLS + 2))})
        started, cpu = time.perf_counter(), time.process_time()
        call(job, tool, {"model": name, "values": values})
        walls.append(1000 * (time.perf_counter() - started))
        cpus.append(1000 * (time.process_time() - cpu))
    return walls[2:], cpus[2:]


if __name__ == "__main__":
    main(sys.argv[1:])

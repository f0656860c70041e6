"""A chain of ten transforms on millions of rows: how long it takes beside the same SQL by hand, and what it adds on disk.

    python -m benchmarks.chain [ROWS] [REPEATS] [WAY…]

By hand is a DuckDB of the same settings on disk, on the same table: every statement that Easel ran for the steps (what
the steps learn, then each step as a view), a count of the rows after each step as Easel shows it, and the last version
as a table. For Easel the last version is made a table too. Processor time is measured beside the clock: on a busy machine
its ratio is the one to look at. Beside it stand two other ways of a hand: the script that
Easel writes, with all that was learned known already, and a table for each step. Prints one JSON object.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from tools import call
from tools.dataset import StepRecord, Version
from tools.tool import Job
from tools.workspace import Workspace

ORDERS = """
SELECT i AS order_id, TIMESTAMP '2022-01-01' + INTERVAL (hash(i, 1) % 94608000) SECOND AS ordered,
  ['  North', 'south ', 'East', 'WEST', 'N/A'][1 + (hash(i, 2) % 5)::INTEGER] AS region,
  ['basic', 'plus', 'pro'][1 + (hash(i, 3) % 3)::INTEGER] AS plan,
  CASE WHEN hash(i, 4) % 20 > 0 THEN 18 + (hash(i, 4) % 70)::INTEGER END AS age,
  CASE WHEN hash(i, 5) % 25 > 0 THEN round(exp((hash(i, 5) % 9000) / 1000.0), 2) END AS price,
  1 + (hash(i, 6) % 9)::INTEGER AS quantity, round((hash(i, 7) % 3000) / 10000.0, 4) AS discount,
  'C' || lpad((hash(i, 8) % 400000)::VARCHAR, 6, '0') AS customer, (hash(i, 9) % 2 = 0) AS returned
FROM range({rows}) AS t(i)
"""
STEPS: Sequence[tuple[str, dict[str, Any]]] = (
    ("treat_as_missing", {"columns": ["region"]}),
    ("clean_text", {"columns": ["region"], "action": "trim"}),
    ("clean_text", {"columns": ["region"], "action": "upper"}),
    ("fill_missing", {"columns": ["age", "price", "region"]}),
    ("filter_rows", {"condition": "quantity > 1"}),
    ("handle_outliers", {"columns": ["price"], "method": "clip", "rule": "iqr"}),
    ("add_formula", {"name": "total", "formula": "price * quantity * (1 - discount)"}),
    ("extract_date_part", {"column": "ordered", "parts": ["year", "month"]}),
    ("scale_columns", {"columns": ["total"], "method": "standard"}),
    ("drop_columns", {"columns": ["customer"]}),
)


class Clock:
    """Seconds by the clock and of the processor, of all threads."""

    def __init__(self) -> None:
        self.wall, self.cpu = 0.0, 0.0

    def __enter__(self) -> None:
        self._started = time.monotonic(), time.process_time()

    def __exit__(self, *error: object) -> None:
        self.wall += time.monotonic() - self._started[0]
        self.cpu += time.process_time() - self._started[1]


class Watched:
    """A workspace whose questions, which transforms learn from, are written down with the step they belong to."""

    def __init__(self, workspace: Workspace) -> None:
        self.asked: list[str] = []
        self._rows = workspace.rows

    def __call__(self, sql: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        if "@" in sql and "easel." not in sql:
            self.asked.append(sql)
        return self._rows(sql, parameters)


def easel(folder: Path, rows: int) -> tuple[Clock, int, list[Version], list[list[str]]]:
    """The chain through the tools: its time, bytes on disk, the versions, and what each step asked the data."""
    clock, questions = Clock(), []
    with Workspace(folder) as workspace:
        workspace.add_query("orders", ORDERS.format(rows=rows), StepRecord(tool="benchmark", arguments={}))
        workspace.rows("CHECKPOINT")
        before = _bytes(folder)
        for tool, arguments in STEPS:
            watched, so_far = Watched(workspace), clock.wall
            workspace.rows = watched  # type: ignore[method-assign]
            with clock:
                call(Job(workspace), tool, {"dataset": "orders", **arguments})
            del workspace.rows  # type: ignore[method-assign]
            questions.append(watched.asked)
            version = workspace.version("orders")
            kind = "view" if version.depth else "table"
            sys.stderr.write(f"{tool}: {clock.wall - so_far:.2f} s, {kind}, cost {version.cost:.2f} s\n")
        workspace.rows("CHECKPOINT")
        grown = _bytes(folder) - before
        with clock:
            workspace.rows('CREATE TABLE last AS FROM "orders"')
        return clock, grown, workspace.history(version), questions


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def by_hand(folder: Path, rows: int, statements: Sequence[str]) -> tuple[Clock, int]:
    """The statements in a plain DuckDB that holds the table: their time, and the bytes of the table as Parquet."""
    clock = Clock()
    folder.mkdir()
    config: dict[str, Any] = {"threads": 2, "memory_limit": "4GB"}
    with duckdb.connect(str(folder / "hand.duckdb"), config=config) as connection:
        connection.execute(f'CREATE TABLE "orders@1" AS {ORDERS.format(rows=rows)}')
        connection.execute("CHECKPOINT")
        with clock:
            for statement in statements:
                connection.execute(statement).fetchall()
        parquet = folder / "table.parquet"
        connection.execute(f"COPY \"orders@1\" TO '{parquet}' (FORMAT parquet)")
        return clock, parquet.stat().st_size


def ways(history: Sequence[Version], questions: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    """The statements of each way of doing it by hand."""
    made = [(version, f'"{version.ref}"') for version in history[1:]]
    same: list[str] = []
    for (version, table), asked in zip(made, questions, strict=True):
        same += [*asked, f"CREATE VIEW {table} AS {version.step.sql}", f"SELECT count(*) FROM {table}"]
    last = made[-1][1]
    return {
        "same_sql": [*same, f"CREATE TABLE last AS FROM {last}"],
        "script": [*(f"CREATE VIEW {t} AS {v.step.sql}" for v, t in made), f"CREATE TABLE last AS FROM {last}"],
        "table_per_step": [f"CREATE TABLE {t} AS {v.step.sql}" for v, t in made],
    }


def main(rows: int, repeats: int, wanted: Sequence[str]) -> dict[str, Any]:
    """Every way, or those wanted, once a repeat, in turn; medians."""
    with tempfile.TemporaryDirectory() as name:
        easel(Path(name), 10_000)  # what is imported once is not the chain's
    clocks: dict[str, list[Clock]] = {}
    grown, parquet = 0, 1
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as name:
            clock, grown, history, questions = easel(Path(name) / "project", rows)
            clocks.setdefault("easel", []).append(clock)
        every = ways(history, questions)
        for way, statements in ((way, every[way]) for way in wanted or every):
            with tempfile.TemporaryDirectory() as name:
                clock, parquet = by_hand(Path(name) / way, rows, statements)
                clocks.setdefault(way, []).append(clock)
    wall = {way: statistics.median(clock.wall for clock in took) for way, took in clocks.items()}
    cpu = {way: statistics.median(clock.cpu for clock in took) for way, took in clocks.items()}
    return {
        "rows": rows,
        "steps": len(STEPS),
        "seconds": {way: round(took, 2) for way, took in wall.items()},
        "ratio": {way: round(wall["easel"] / took, 2) for way, took in wall.items() if way != "easel"},
        "cpu_seconds": {way: round(took, 2) for way, took in cpu.items()},
        "cpu_ratio": {way: round(cpu["easel"] / took, 2) for way, took in cpu.items() if way != "easel"},
        "grown_mb": round(grown / 1e6, 1),
        "parquet_mb": round(parquet / 1e6, 1),
        "growth_over_parquet": round(grown / parquet, 2),
    }


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    rows, repeats = (numbers + [10_000_000, 3][len(numbers) :])[:2]
    made = main(rows, repeats, [word for word in sys.argv[1:] if not word.isdigit()])
    sys.stdout.write(json.dumps(made) + "\n")

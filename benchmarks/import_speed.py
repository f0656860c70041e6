"""How long the import of a large delimited file takes, beside DuckDB's own reader.

    python -m benchmarks.import_speed [MEGABYTES]

Each file has ten columns of numbers, dates, texts and quoted texts. DuckDB is timed on the same file into a database
on disk; where it can't read one with nothing told, it has no figure. Prints seconds of processor time, of all threads
together, and their ratio: on two idle cores the clock shows about half.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from tools.connect import load
from tools.words import literal
from tools.workspace import Workspace

ROWS = """
SELECT i AS id, DATE '2020-01-01' + (hash(i, 1) % 1500)::INTEGER AS day, (hash(i, 2) % 200000) / 100 AS amount,
  ['north', 'south', 'east', 'west'][1 + (hash(i, 3) % 4)::INTEGER] AS region, (hash(i, 4) % 90)::INTEGER AS age,
  'customer number ' || hash(i, 5) % 100000 AS customer, hash(i, 6) % 3 = 0 AS active,
  'a note, with a comma ' || hash(i, 7) % 1000 AS note, (hash(i, 8) % 1000000) / 7 AS score,
  CASE WHEN hash(i, 9) % 10 > 0 THEN 'c' || hash(i, 9) % 50 END AS code
FROM range({rows}) AS t(i)
"""
BYTES_A_ROW = 105


def write_files(folder: Path, megabytes: int) -> dict[str, Path]:
    """The same table as it comes in four ways."""
    rows = megabytes * 1_000_000 // BYTES_A_ROW
    files = {
        name: folder / f"{name.replace(' ', '_')}.csv"
        for name in ("regular", "no quotes", "notes above and below", "ragged rows")
    }
    plain = ROWS.replace("a note, with a comma", "a note without one")
    with duckdb.connect() as connection:
        for name, sql in (("regular", ROWS), ("no quotes", plain)):
            connection.execute(
                f"COPY ({sql.format(rows=rows)}) TO {literal(str(files[name]))} (FORMAT csv, HEADER true)"
            )
    lines = files["regular"].read_bytes()
    files["notes above and below"].write_bytes(b"A report\n\n" + lines + b"\nSource: the office\n")
    files["ragged rows"].write_bytes(lines + b"1,2020-01-01,5\n")
    return files


def seconds(work: Callable[[], object]) -> float:
    """Processor time, all threads."""
    started = time.process_time()
    work()
    return time.process_time() - started


def by_duckdb(path: Path, folder: Path) -> float | None:
    """DuckDB into a database on disk; None where it can't."""
    with duckdb.connect(str(folder / f"{path.stem}.duckdb")) as connection:
        connection.execute("SET threads = 2")
        try:
            return seconds(lambda: connection.execute(f"CREATE TABLE t AS FROM read_csv({literal(str(path))})"))
        except duckdb.Error:
            return None


def main(megabytes: int) -> None:
    """Time both on each file."""
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        sys.stdout.write(f"{'file':24}{'MB':>8}{'Easel s':>10}{'DuckDB s':>10}{'ratio':>8}\n")
        seconds(lambda: __import__("pandas"))  # DuckDB looks for it once
        for name, path in write_files(folder, megabytes).items():
            other = by_duckdb(path, folder)
            with Workspace(folder / path.stem) as workspace:
                own = seconds(lambda path=path, workspace=workspace: load(workspace, path))  # type: ignore[misc]
            figures = f"{other:10.1f}{own / other:8.1f}" if other else f"{'-':>10}{'-':>8}"
            sys.stdout.write(f"{name:24}{path.stat().st_size / 1e6:8.0f}{own:10.1f}{figures}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)

"""How long the profile and the quality report of a large table take, and how much memory, beside ydata-profiling.

    python -m benchmarks.quality_report [--rows 1000000] [--beside PYTHON]

The table has 20 mixed columns: numbers, dates, times, categories, texts, yes/no, a target. Both read the same Parquet
file, each in a process of its own on two cores; ydata-profiling (minimal=True) is run with the interpreter that
`--beside` names, which must have it. Prints one table: seconds, seconds of processor time, peak of resident memory and
the ratio of the times. On a machine that is busy with other work, processor time says more than seconds.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CUSTOMERS = """
SELECT i AS id, 20 + (hash(i, 1) % 60)::INT AS age, (hash(i, 2) % 200000) / 1.7 AS balance,
  CASE WHEN hash(i, 3) % 10 = 0 THEN NULL ELSE (hash(i, 4) % 100000) / 3.1 END AS income,
  ['north', 'south', 'east', 'west'][1 + (hash(i, 5) % 4)::INT] AS region, 'town ' || (hash(i, 6) % 500) AS town,
  DATE '2020-01-01' + (hash(i, 7) % 1500)::INT AS joined,
  TIMESTAMP '2022-01-01' + INTERVAL (hash(i, 8) % 50000000) SECOND AS seen, hash(i, 9) % 3 = 0 AS active,
  (hash(i, 10) % 11)::INT AS tenure, -ln((hash(i, 11) % 999999 + 1) / 1000000.0) AS spend,
  (hash(i, 12) % 1000) / 10.0 AS score, (hash(i, 13) % 7)::SMALLINT AS weekday,
  'user' || hash(i, 14) % 900000 || '@mail' || (hash(i, 15) % 30) || '.com' AS email,
  CASE WHEN hash(i, 16) % 20 = 0 THEN NULL ELSE ['Gold', 'Silver', 'gold', 'Bronze'][1 + (hash(i, 17) % 4)::INT] END AS tier,
  (hash(i, 18) % 5000000)::BIGINT AS points, sqrt(hash(i, 19) % 1000000) AS reach,
  'note ' || (hash(i, 20) % 1000) || ' about order ' || (hash(i, 21) % 100000) AS note, (hash(i, 22) % 100) / 100.0 AS rate,
  CASE WHEN (hash(i, 1) % 60) / 10.0 + (hash(i, 10) % 11) / 3.0 + (hash(i, 23) % 100) / 40.0 > 6 THEN 'yes' ELSE 'no' END
    AS leaves
FROM range({rows}) AS t(i)
"""
ROW = "| {name} | {seconds:.1f} | {processor:.1f} | {peak:.2f} | {ratio} |"
YDATA = """
import json, resource, sys, time
started = time.monotonic()
import pandas as pd
from ydata_profiling import ProfileReport
frame = pd.read_parquet(sys.argv[1])
ProfileReport(frame, minimal=True, progress_bar=False).to_file(sys.argv[2])
used = resource.getrusage(resource.RUSAGE_SELF)
children = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"seconds": time.monotonic() - started, "processor": sum((used.ru_utime, used.ru_stime, children.ru_utime,
  children.ru_stime)), "peak": used.ru_maxrss / 1e6}))
"""


def easel(file: str, folder: str) -> dict[str, float]:
    """Profile and report of the file's rows, once they are in a project; the import is not part of the time."""
    import resource

    from tools import call
    from tools.connect import load_file
    from tools.profile import profile
    from tools.tool import Job
    from tools.workspace import Workspace

    with Workspace(Path(folder), memory_gb=1.0) as workspace:
        job = Job(workspace)
        load_file(job, file, "customers")
        before = resource.getrusage(resource.RUSAGE_SELF)
        started = time.monotonic()
        profile(workspace, workspace.version("customers"))
        profiled = time.monotonic() - started
        call(job, "quality_report", {"dataset": "customers", "target": "leaves"})
        seconds = time.monotonic() - started
        used = resource.getrusage(resource.RUSAGE_SELF)
    processor = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": seconds, "profile": profiled, "processor": processor, "peak": used.ru_maxrss / 1e6}


def ran(command: list[str]) -> dict[str, float]:
    """The figures that a process of its own prints."""
    environment = os.environ | {"OMP_NUM_THREADS": "2", "POLARS_MAX_THREADS": "2"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        sys.exit(
            f"{command[0]} failed: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'no message'}"
        )
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def main() -> None:
    """Make the table, measure, print."""
    parser = argparse.ArgumentParser(description="Profile and quality report of a large table: time and memory.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--beside", metavar="PYTHON", help="an interpreter that has ydata-profiling")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(easel(*options.measure)))
        return
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "customers.parquet")
        duckdb.connect().execute(f"COPY ({CUSTOMERS.format(rows=options.rows)}) TO '{file}'")
        mine = ran(
            [sys.executable, "-m", "benchmarks.quality_report", "--measure", file, str(Path(folder) / "project")]
        )
        theirs = ran([options.beside, "-c", YDATA, file, str(Path(folder) / "y.html")]) if options.beside else None
    print(f"{options.rows:,} rows x 20 columns\n")
    print("| what | seconds | processor s | peak GB | times as long |\n|---|---|---|---|---|")
    print(ROW.format(name=f"Easel: profile ({mine['profile']:.1f} s) + quality report", ratio="1", **mine))
    if theirs:
        ratio = (
            f"{theirs['seconds'] / mine['seconds']:.1f} ({theirs['processor'] / mine['processor']:.1f} by processor)"
        )
        print(ROW.format(name="ydata-profiling, minimal", ratio=ratio, **theirs))


if __name__ == "__main__":
    main()

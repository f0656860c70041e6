"""How well the cleaning tools mend tables whose truth is known, and how long 100,000 rows of near duplicates take.

    python -m benchmarks.cleaning DATA_FOLDER

DATA_FOLDER holds cleaning/flights, cleaning/tax, febrl and magellan. Each table takes at most five tool calls with the
arguments that an analyst would give. Prints precision, recall, F1, seconds of wall and of CPU, and for the near
duplicates the ratio to a plain yardstick: 20 million similarities of two names in DuckDB on the same machine.
"""

import math
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import tools
from tools.dataset import StepRecord
from tools.tool import Job
from tools.words import identifier
from tools.workspace import Workspace

Calls = list[tuple[str, dict[str, Any]]]
TIMES = ["sched_dep_time", "act_dep_time", "sched_arr_time", "act_arr_time"]
FLIGHTS: Calls = [
    ("treat_as_missing", {}),
    ("unify_times", {"columns": TIMES}),
    ("repair_conflicts", {"key": ["flight"], "columns": TIMES}),
]
AIRLINES = {"source": "src", "trusted": ["aa", "ua", "co"]}
"""What an analyst knows: the airlines' own sites say it first."""
TAX: Calls = [
    ("unify_spellings", {"columns": ["f_name", "l_name", "city", "state"]}),
    ("repair_conflicts", {"key": ["area_code"], "columns": ["state"]}),
    ("add_formula", {"name": "has_child", "formula": "CASE WHEN child_exemp > 0 THEN 'Y' ELSE has_child END"}),
]
PEOPLE = """
SELECT i AS nr, ['Anna','Bernd','Carla','David','Elena','Farid','Greta','Henry','Irina','Jonas','Karin','Liang','Maria','Nadia','Oscar','Paula'][1 + (hash(i, 1) % 16)::INT]
    || ['', 'lyn', 'bert', 'ina', 'son'][1 + (hash(i, 2) % 5)::INT] AS first_name,
  ['Smi','Bro','Wil','Jon','Gar','Mil','Dav','Rod','Mar','Her','Lop','Gon','And','Tho','Tay','Moo'][1 + (hash(i, 3) % 16)::INT]
    || ['th','wn','son','es','cia','ler','is','riguez','tinez','nandez','ez','ers','kov','mann','sky','elli'][1 + (hash(i, 4) % 16)::INT]
    || ['', 'a', 'o', 's', 'er', 'in'][1 + (hash(i, 5) % 6)::INT] AS last_name,
  (1 + hash(i, 6) % 300) || ' ' || ['Oak','Main','Park','Cedar','Elm','Lake','Hill','Pine','Maple','River','Mill','Church'][1 + (hash(i, 7) % 12)::INT]
    || ['', 'wood', 'side', 'view', 'field', 'bridge'][1 + (hash(i, 8) % 6)::INT] || ' ' || ['Street','Road','Avenue','Lane'][1 + (hash(i, 9) % 4)::INT] AS address,
  'Town ' || (hash(i, 10) % 800) AS town, (10000 + hash(i, 10) % 800 * 17)::VARCHAR AS zip,
  DATE '1930-01-01' + (hash(i, 11) % 27000)::INT AS born, '555' || (hash(i, 12) % 10000000) AS phone
FROM range({rows}) r(i)
"""
MISSPELT = """
SELECT nr, CASE kind WHEN 0 THEN last_name ELSE first_name END AS first_name,
  CASE kind WHEN 0 THEN first_name WHEN 1 THEN left(last_name, 2) || substr(last_name, 4) WHEN 2 THEN last_name || 'e' ELSE last_name END AS last_name,
  CASE WHEN kind IN (1, 3) THEN replace(replace(address, 'Street', 'St'), 'Avenue', 'Ave') ELSE address END AS address,
  town, CASE kind WHEN 3 THEN left(zip, 3) || reverse(right(zip, 2)) ELSE zip END AS zip,
  CASE WHEN nr % 3 = 0 THEN NULL ELSE born END AS born,
  CASE WHEN kind IN (2, 3) THEN left(phone, 5) || substr(phone, 7, 1) || substr(phone, 6, 1) || substr(phone, 8) ELSE phone END AS phone
FROM (SELECT *, nr % 4 AS kind FROM people WHERE hash(nr, 99) % 10 = 0)
"""


def main(folder: Path) -> None:
    """Run every table and print one line each."""
    print(f"{'table':44} {'precision':>9} {'recall':>7} {'F1':>6} {'seconds':>8} {'CPU s':>6} {'calls':>5}")
    with tempfile.TemporaryDirectory() as project, Workspace(Path(project)) as workspace:
        job = Job(workspace)
        for name, file in {
            "flights": "cleaning/flights/dirty.csv",
            "flights_clean": "cleaning/flights/clean_aligned.csv",
            "tax": "cleaning/tax/tax-dirty-original_error-0010k.csv",
            "tax_clean": "cleaning/tax/tax-clean-clean_data_ori-0010k.csv",
            "febrl": "febrl/dataset3.csv",
            "dblp": "magellan/dblp_demo.csv",
            "acm": "magellan/acm_demo.csv",
            "pairs": "magellan/labeled_data_demo.csv",
        }.items():
            tools.call(job, "load_file", {"path": str(folder / file), "name": name})
        repair(job, "flights, by majority", "flights", FLIGHTS)
        trusting = [*FLIGHTS[:2], (FLIGHTS[2][0], FLIGHTS[2][1] | AIRLINES)]
        repair(job, "flights, airlines' own sites trusted", "flights", trusting)
        repair(job, "tax", "tax", TAX)
        repair(job, "tax, without zip", "tax", TAX, but=("zip",))
        persons(job)
        papers(job)
        hundred_thousand(job)


def timed(job: Job, dataset: str, calls: Calls) -> tuple[str, float, float]:
    """Run the calls one after another from the dataset's first version: the last version, seconds, CPU seconds."""
    started, used, ref = time.monotonic(), time.process_time(), f"{dataset}@1"
    for tool, arguments in calls:
        ref = tools.call(job, tool, {"dataset": ref, **arguments}).dataset or ref
    return ref, time.monotonic() - started, time.process_time() - used


def line(name: str, right: float, found: float, true: float, seconds: float, cpu: float, calls: int) -> None:
    """One line of the table: how many are right of those found, and of those that are true."""
    precision, recall = right / max(found, 1), right / max(true, 1)
    f1 = 2 * right / max(found + true, 1)
    print(f"{name:44} {precision:9.3f} {recall:7.3f} {f1:6.3f} {seconds:8.1f} {cpu:6.1f} {calls:5}")


def repair(job: Job, name: str, dataset: str, calls: Calls, but: tuple[str, ...] = ()) -> None:
    """Cells changed, cells that were wrong, and those of both that are right now. Numbers are compared as numbers."""
    ref, seconds, cpu = timed(job, dataset, calls)
    places = [place for place, column in enumerate(job.workspace.version(f"{dataset}@1").names) if column not in but]
    dirty, mended, clean = (
        job.workspace.rows(f"FROM {identifier(one)}") for one in (f"{dataset}@1", ref, f"{dataset}_clean@1")
    )
    right = changed = wrong = 0
    for rows in zip(dirty, mended, clean, strict=True):
        for was, now, truth in (tuple(value(row[place]) for row in rows) for place in places):
            changed += was != now
            wrong += was != truth
            right += was != now == truth
    line(name, right, changed, wrong, seconds, cpu, len(calls))


def value(cell: Any) -> Any:
    """A cell as a number where it is one, else as text, as the name Nan is."""
    try:
        number = float(cell)
        return number if math.isfinite(number) else str(cell)
    except (TypeError, ValueError):
        return "" if cell is None else str(cell)


def persons(job: Job) -> None:
    """Pairs of rows of one person; the identifier that tells is not compared."""
    names = job.workspace.version("febrl").names
    compared = [name for name in names if name.strip() != "rec_id"]
    hidden = identifier(next(name for name in names if name not in compared))
    ref, seconds, cpu = timed(job, "febrl", [("mark_near_duplicates", {"columns": compared})])
    pairs(job, "febrl3", ref, f"regexp_extract({hidden}, 'rec-([0-9]+)', 1)", seconds, cpu)


def pairs(job: Job, name: str, ref: str, truth: str, seconds: float, cpu: float) -> None:
    """Pairs within the groups that were marked beside pairs within the true groups."""
    table = f"(SELECT {truth} AS truth, duplicate_group AS marked FROM {identifier(ref)})"
    counts = [
        job.workspace.rows(f"SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM {table} GROUP BY {by})")[0][0]
        for by in ("truth, marked", "marked", "truth")
    ]
    line(name, *counts, seconds, cpu, 1)


def papers(job: Job) -> None:
    """The labelled pairs of two catalogues: which of them the join put beside each other."""
    call = ("fuzzy_join", {"other": "acm", "on": ["title", "authors", "year"], "how": "inner"})
    ref, seconds, cpu = timed(job, "dblp", [call])
    right, found, true = job.workspace.rows(
        "SELECT count(*) FILTER (WHERE label = 1 AND j.id IS NOT NULL), count(j.id), count(*) FILTER (WHERE label = 1) FROM pairs"
        f" LEFT JOIN {identifier(ref)} j ON j.id = ltable_id AND j.id_acm = rtable_id"
    )[0]
    line("DBLP-ACM, labelled pairs", right, found, true, seconds, cpu, 1)


def hundred_thousand(job: Job) -> None:
    """Made people, a tenth of them twice: swapped names, lost and added letters, short forms, digits changed over."""
    step = StepRecord(tool="benchmark", arguments={})
    job.workspace.add_query("people", PEOPLE.format(rows=91_000), step)
    both = f"SELECT * FROM (SELECT * FROM people UNION ALL BY NAME ({MISSPELT})) ORDER BY hash(nr, 7), nr LIMIT 100000"
    job.workspace.add_query("all_people", both, step)
    compared = [name for name in job.workspace.version("people").names if name != "nr"]
    ref, seconds, cpu = timed(job, "all_people", [("mark_near_duplicates", {"columns": compared})])
    pairs(job, "100,000 made people", ref, "nr", seconds, cpu)
    started, used = time.monotonic(), time.process_time()
    names = "SELECT first_name || last_name AS name FROM all_people LIMIT 4472"
    job.workspace.rows(f"SELECT sum(jaro_similarity(a.name, b.name)) FROM ({names}) a, ({names}) b")
    wall, plain = time.monotonic() - started, time.process_time() - used
    print(
        f"yardstick: {wall:.1f} s, {plain:.1f} CPU s; the near duplicates took {seconds / wall:.1f} times that, {cpu / plain:.1f} times its CPU"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))

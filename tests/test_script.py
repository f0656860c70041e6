"""Scripts in SQL, in Python and as a notebook run without Easel and give the same table, whole."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.small_project import add, do
from tools import catalogue
from tools.engine import trusted
from tools.script import Format, at_a_glance
from tools.words import literal
from tools.workspace import Workspace

ORDERS = '''
SELECT i AS id, ['  Oslo', 'oslo ', 'Lima', NULL, 'N/A', '서울'][1 + i % 6] AS "the city", DATE '2024-01-31' + i::INTEGER AS day,
  CASE WHEN i % 7 > 0 THEN (i * 37 % 101)::DOUBLE / 4 END AS price, (i % 5)::HUGEINT * 100000000000000000000 AS huge,
  (i * 1.25)::DECIMAL(18, 3) AS exact, 'a"""b\\c' || chr(10) || i % 3 AS "od""d", [i, NULL] AS many, i % 2 = 0 AS even,
  TIMESTAMP '2024-01-01 10:00:00' + INTERVAL (i) MINUTE AS moment
FROM range(60) AS t(i)
'''
SHOPS = "SELECT * FROM (VALUES ('oslo', 'North'), ('lima', 'South'), ('서울', 'East')) AS t(city, side)"
STEPS: list[tuple[str, dict[str, Any]]] = [
    ("treat_as_missing", {}),
    ("clean_text", {"columns": ["the city"], "action": "trim"}),
    ("clean_text", {"columns": ["the city"], "action": "lower"}),
    ("fill_missing", {"columns": ["price"], "method": "median"}),
    ("fill_missing", {"columns": ["the city"], "method": "mode"}),
    ("limit_values", {"columns": ["exact"], "upper": 70}),
    ("filter_rows", {"condition": "id > 3"}),
    ("add_formula", {"name": "cost", "formula": "price * id"}),
    ("replace_values", {"column": 'od"d', "old": 'a"""b\\c\n1', "new": "it's\n-- \\"}),
    ("extract_date_part", {"column": "day", "parts": ["month", "weekday"]}),
    ("scale_columns", {"columns": ["cost"], "method": "robust"}),
    ("drop_duplicates", {"columns": ["exact"]}),
    ("sort_rows", {"columns": ["price"], "descending": True}),
    ("take_rows", {"count": 30, "how": "random"}),
    ("rename_column", {"column": "huge", "name": "very large"}),
    ("add_window", {"function": "running_sum", "column": "price", "order_by": ["id"], "name": "so far"}),
    ("join_datasets", {"other": "shops", "on": ["the city"], "other_on": ["city"]}),
    ("encode_categories", {"columns": ["side"], "method": "one_hot"}),
    ("sort_rows", {"columns": ["id"]}),  # a join's rows come in any order
]
RUNNERS: dict[Format, str] = {
    "sql": "import sys, duckdb\n"
    "connection = duckdb.connect()\nresult = connection.sql(open(sys.argv[1], encoding='utf-8').read())\n"
    "result.write_parquet(sys.argv[2])",
    "python": "import runpy, sys\nsys.argv = sys.argv[1:]\nrunpy.run_path(sys.argv[0], run_name='__main__')",
    "notebook": "import json, sys\nspace = {}\n"
    "for cell in json.load(open(sys.argv[1], encoding='utf-8'))['cells']:\n"
    "    if cell['cell_type'] == 'code': exec(''.join(cell['source']), space)\n"
    "assert len(space['result']) == len(space['rows'].fetchall())\nspace['rows'].write_parquet(sys.argv[2])",
}


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path / "project") as opened:
        catalogue()
        add(opened, "orders", ORDERS)
        add(opened, "shops", SHOPS)
        for tool, arguments in STEPS:
            do(opened, tool, dataset="orders", **arguments)
        do(opened, "switch_step", dataset="orders", step=4)
        yield opened


def without_easel(code: str, *arguments: str, cwd: Path) -> None:
    """Run Python that can't import Easel."""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    blocked = "import sys\nsys.modules['tools'] = sys.modules['assistant'] = None\n"
    done = subprocess.run(
        [sys.executable, "-c", blocked + code, *arguments], cwd=cwd, env=clean, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("format", ["sql", "python", "notebook"])
def test_a_script_gives_the_same_table_without_easel(workspace: Workspace, format: Format, tmp_path: Path) -> None:
    outcome = do(workspace, "write_script", dataset="orders", format=format)
    script, *tables = (Path(artefact.path) for artefact in outcome.artefacts)
    assert [table.name for table in tables] == ["orders@1.parquet", "shops@1.parquet"]
    assert outcome.text.endswith(f"to {script.name}, which reads orders@1.parquet and shops@1.parquet beside it.")
    made = tmp_path / "made.parquet"
    without_easel(RUNNERS[format], str(script), str(made), cwd=workspace.files)
    expected = workspace.rows("FROM orders")
    assert len(expected) == 30
    with trusted() as connection:
        assert connection.execute(f"FROM {literal(str(made))}").fetchall() == expected
        found = connection.execute(f"DESCRIBE FROM {literal(str(made))}").fetchall()
    assert [(row[0], row[1]) for row in found] == workspace.version("orders").schema_


def test_a_notebook_is_one_that_jupyter_reads(workspace: Workspace) -> None:
    outcome = do(workspace, "write_script", dataset="orders", format="notebook")
    book = nbformat.read(outcome.artefacts[0].path, as_version=4)
    nbformat.validate(book)
    assert [cell.cell_type for cell in book.cells[:3]] == ["markdown", "code", "markdown"]
    switched = [cell.source for cell in book.cells if "switched off" in cell.source]
    assert switched == ["fill\\_missing (switched off)"]


def test_the_imported_tables_are_written_once(workspace: Workspace) -> None:
    do(workspace, "write_script", dataset="orders")
    written = (workspace.files / "orders@1.parquet").stat().st_mtime_ns
    do(workspace, "write_script", dataset="orders", format="python")
    assert (workspace.files / "orders@1.parquet").stat().st_mtime_ns == written
    assert sorted(path.name for path in workspace.files.iterdir()) == [
        "orders.py",
        "orders.sql",
        "orders@1.parquet",
        "shops@1.parquet",
    ]


def test_another_file_of_that_name_is_not_taken_for_the_table(workspace: Workspace) -> None:
    (workspace.files / "orders@1.parquet").write_text("mine")
    do(workspace, "write_script", dataset="orders")
    with trusted() as connection:
        path = literal(str(workspace.files / "orders@1.parquet"))
        assert connection.execute(f"SELECT count(*) FROM {path}").fetchall() == [(60,)]


def test_a_python_script_reads_well(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "people", "SELECT * FROM (VALUES (1, 10), (2, NULL), (3, 30)) AS t(id, age)")
        do(workspace, "fill_missing", dataset="people", columns=["age"])
        text = do(workspace, "write_script", dataset="people", format="python").values["script"]
    assert (
        text
        == '''"""people@2, step by step, as Easel made it. Needs DuckDB and pandas (pip install duckdb pandas), and the Parquet files beside it.

    python people.py [FILE]     prints the table; with a FILE (.csv or .parquet) writes it there
"""

import sys
from pathlib import Path

import duckdb
import pandas as pd

HERE = Path(__file__).resolve().parent
connection = duckdb.connect()

# The table "people@1" from people.csv, with the columns "id" INTEGER, "age" INTEGER.
connection.execute(r"""
CREATE OR REPLACE TABLE "people@1" AS SELECT * FROM read_parquet(?)
""", [str(HERE / 'people@1.parquet')])

# fill_missing: Filled 1 empty cell. age: 1 cell with the median 20.
connection.execute(r"""
CREATE OR REPLACE VIEW "people@2" AS SELECT * REPLACE (coalesce("age", 20) AS "age") FROM "people@1"
""")

rows = connection.sql(r"""
SELECT * FROM "people@2"
""")
result: pd.DataFrame = rows.df()

if __name__ == "__main__":
    if len(sys.argv) < 2:
        print(result)
    elif sys.argv[1].endswith(".parquet"):
        rows.write_parquet(sys.argv[1])
    else:
        rows.write_csv(sys.argv[1], header=True)
'''
    )


def test_what_a_script_is_written_in_is_read_from_the_request() -> None:
    from assistant.as_said import as_said
    from assistant.context import Situation, tool_line

    assert tool_line(catalogue()["write_script"]).startswith("- write_script(): Write everything")
    for request, format in (
        ("Give me the steps as a Jupyter notebook", "notebook"),
        ("파이썬 코드로 저장해줘", "python"),
        ("a pandas script please", "python"),
    ):
        assert as_said("write_script", {}, Situation(()), request) == {"format": format}
    assert as_said("write_script", {}, Situation(()), "Give me the script") == {}
    assert tool_line(catalogue()["write_script"], "as a notebook").startswith("- write_script(format): ")


def test_of_a_very_long_statement_both_ends_are_shown() -> None:
    rows = [f"    ({n}, 'somewhere', {n * 7})," for n in range(1000)]
    sql = "\n".join(["WITH known AS (VALUES", *rows, ")", "SELECT * FROM known"])
    lines = at_a_glance(sql).splitlines()
    assert lines[:2] == ["WITH known AS (VALUES", "    (0, 'somewhere', 0),"]
    assert lines[-1] == "SELECT * FROM known"
    left_out = 1003 - len(lines) + 1
    assert f"-- {left_out:,} lines are left out here; write_script writes them all." in lines
    assert len("\n".join(lines)) < 6_500
    assert at_a_glance("SELECT 1") == "SELECT 1"

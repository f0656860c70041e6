import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.small_project import add, rows_of
from tools.dataset import StepRecord, Version
from tools.stored import VIEW_DEPTH
from tools.tool import ToolError
from tools.words import meant, snake_case
from tools.workspace import Workspace

STEP = StepRecord(tool="test", arguments={})
ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("Churn Modelling-m", "churn_modelling_m"),
        ("HousePrices", "house_prices"),
        ("2024 sales", "t_2024_sales"),
        ("매출 데이터", "매출_데이터"),
        ("Cafe\u0301", "café"),
        ("...", "data"),
        ("a__b", "a_b"),
    ],
)
def test_a_file_name_becomes_a_dataset_name(stem: str, name: str) -> None:
    assert snake_case(stem) == name


def test_a_free_name_counts_on(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "orders", "SELECT 1 AS a")
        add(workspace, "orders_2", "SELECT 1 AS a")
        assert workspace.free_name("Orders") == "orders_3"
        assert workspace.free_name("shops") == "shops"


def test_versions_are_never_changed(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        first = add(workspace, "t", "SELECT unnest([1, 2, 3]) AS n")
        second = workspace.derive(first, 'SELECT n * 10 AS n FROM "t@1"', STEP)
        branch = workspace.derive(first, 'SELECT n FROM "t@1" WHERE n > 1', STEP)
        assert [version.ref for version in workspace.versions("t")] == ["t@1", "t@2", "t@3"]
        assert (second.parent, branch.parent) == ("t@1", "t@1")
        assert [rows_of(workspace, ref) for ref in ("t@1", "t@2", "t@3", "t")] == [
            [(1,), (2,), (3,)],
            [(10,), (20,), (30,)],
            [(2,), (3,)],
            [(2,), (3,)],
        ]
        assert [version.ref for version in workspace.history(branch)] == ["t@1", "t@3"]
        assert workspace.set_head("t@2").ref == "t@2"
        assert rows_of(workspace, "t") == [(10,), (20,), (30,)]


def test_everything_is_there_again_after_closing(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        first = add(workspace, "t", "SELECT 1 AS a, 'x' AS b")
        second = workspace.derive(first, 'SELECT a FROM "t@1"', STEP)
    with Workspace(tmp_path) as workspace:
        assert workspace.versions("t") == [first, second]
        assert workspace.version("T") == second
        assert workspace.page("t@1").model_dump() == {
            "columns": ["a", "b"],
            "rows": [[1, "x"]],
            "row_count": 1,
            "shares": [],
            "words": [],
        }


def test_views_become_a_table_when_they_stand_too_deep(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        version = add(workspace, "t", "SELECT 0 AS n")
        for _ in range(VIEW_DEPTH + 2):
            version = workspace.derive(version, f'SELECT n + 1 AS n FROM "{version.ref}"', STEP)
        depths = [version.depth for version in workspace.versions("t")]
        assert depths == [0, *range(1, VIEW_DEPTH + 1), 0, 1]
        assert rows_of(workspace, "t") == [(VIEW_DEPTH + 2,)]
        kinds = workspace.rows("SELECT table_type FROM information_schema.tables WHERE table_name = 't@18'")
        assert kinds == [("BASE TABLE",)]


def test_a_version_that_must_be_kept_is_a_table_at_once(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        first = add(workspace, "t", "SELECT 1 AS n")
        assert workspace.derive(first, 'FROM "t@1"', STEP, materialise=True).depth == 0


def test_a_select_that_does_not_run_leaves_nothing_behind(tmp_path: Path) -> None:
    import duckdb

    with Workspace(tmp_path) as workspace:
        first = add(workspace, "t", "SELECT 'x' AS s")
        with pytest.raises(duckdb.Error):
            workspace.derive(first, 'SELECT CAST(s AS INTEGER) AS s FROM "t@1"', STEP)
        with pytest.raises(duckdb.Error):
            workspace.derive(first, 'SELECT nothing FROM "t@1"', STEP)
        assert workspace.versions("t") == [first]
        assert workspace.rows("SELECT table_name FROM information_schema.tables WHERE table_name LIKE 't@%'") == [("t@1",)]  # fmt: skip


def test_a_removed_dataset_keeps_its_versions(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT 1 AS n")
        workspace.remove_dataset("t")
        assert workspace.datasets() == []
        assert rows_of(workspace, "t@1") == [(1,)]
        assert workspace.version("t@1").ref == "t@1"
        assert add(workspace, "t", "SELECT 2 AS n").ref == "t@2"


@pytest.mark.parametrize(
    ("ref", "message"),
    [
        ("order", "No dataset 'order'. Nearest: orders. Datasets: orders."),
        ("orders@7", "No version 'orders@7'. Nearest: orders@1. Versions: orders@1."),
    ],
)
def test_an_unknown_reference_names_the_nearest(tmp_path: Path, ref: str, message: str) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "orders", "SELECT 1 AS n")
        with pytest.raises(ToolError) as error:
            workspace.version(ref)
    assert str(error.value) == message


@pytest.mark.parametrize(
    "sql",
    [
        "FROM read_text('/etc/hostname')",
        "COPY (SELECT 1) TO '/tmp/easel-must-not-write.csv'",
        "ATTACH '/tmp/easel-must-not-write.db' AS other",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ],
)
def test_the_project_database_reaches_nothing_outside(tmp_path: Path, sql: str) -> None:
    import duckdb

    with Workspace(tmp_path) as workspace, pytest.raises(duckdb.Error):
        workspace.rows(sql)


# --- several threads, several processes --------------------------------------------------------------------------


def test_threads_change_and_read_without_losing_a_version(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT range AS n FROM range(1000)")

        def work(number: int) -> tuple[int, int]:
            head = workspace.version("t@1")
            made = workspace.derive(head, f'SELECT n + {number} AS n FROM "t@1"', STEP)
            return made.number, workspace.rows(f'SELECT min(n) FROM "{made.ref}"')[0][0] - number

        with ThreadPoolExecutor(8) as pool:
            done = list(pool.map(work, range(24)))
        assert sorted(number for number, _ in done) == list(range(2, 26))
        assert {difference for _, difference in done} == {0}
        assert [version.number for version in workspace.versions("t")] == list(range(1, 26))


def test_reading_goes_on_while_a_change_is_under_way(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        first = add(workspace, "t", "SELECT range AS n FROM range(2000)")
        slow = 'SELECT count(*) AS n FROM "t@1" a, "t@1" b, range(200) WHERE hash(a.n, b.n) % 7 = 0'
        change = threading.Thread(target=workspace.derive, args=(first, slow, STEP))
        change.start()
        time.sleep(0.1)
        assert change.is_alive()
        assert workspace.version("t") == first
        change.join()
        assert workspace.version("t").ref == "t@2"


def python(code: str, *arguments: str) -> "subprocess.Popen[str]":
    """Another Python process on the same code."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_a_second_process_is_told_that_the_project_is_open(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib\nfrom tools.tool import ToolError\nfrom tools.workspace import Workspace\n"
        "try: Workspace(pathlib.Path(sys.argv[1]))\nexcept ToolError as error: print(error)"
    )
    with Workspace(tmp_path):
        output, errors = python(code, str(tmp_path)).communicate(timeout=60)
    assert output.strip() == (
        f"The project in {tmp_path} is open in another Easel process. Close that one, or use another --project."
    )
    assert errors == ""


_BEGIN = """
import sys, pathlib, threading, time
import pyarrow as pa
from tools.dataset import StepRecord
from tools.workspace import Workspace
workspace = Workspace(pathlib.Path(sys.argv[1]))
step = StepRecord(tool="test", arguments={})
"""
_TRANSFORM = (
    _BEGIN
    + """
parent = workspace.version("big")
print("started", flush=True)
workspace.derive(parent, 'SELECT n, n * 2 AS m, hash(n) AS h, md5(n::VARCHAR) AS s FROM "big@2", range(40)', step, materialise=True)
print("done", flush=True)
"""
)
_IMPORT = (
    _BEGIN
    + """
schema = pa.schema([("n", pa.int64())])
def batches():
    for number in range(1_000_000):
        if number == 50:
            print("started", flush=True)
        yield pa.record_batch([pa.array(range(10_000))], schema=schema)
        time.sleep(0.005)
workspace.add_dataset("incoming", pa.RecordBatchReader.from_batches(schema, batches()), step)
print("done", flush=True)
"""
)


@pytest.mark.parametrize("code", [_TRANSFORM, _IMPORT], ids=["transform", "import"])
def test_a_process_killed_in_the_middle_leaves_the_versions_before_intact(tmp_path: Path, code: str) -> None:
    with Workspace(tmp_path) as workspace:
        first = add(workspace, "big", "SELECT range AS n FROM range(500_000)")
        second = workspace.derive(first, 'SELECT n + 1 AS n FROM "big@1"', STEP, materialise=True)
    process = python(code, str(tmp_path))
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    time.sleep(0.5)
    assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    output, _ = process.communicate(timeout=60)
    assert output == ""
    with Workspace(tmp_path) as workspace:
        assert workspace.datasets() == [second]
        assert workspace.versions("big") == [first, second]
        assert tables(workspace) == ["big", "big@1", "big@2"]
        assert workspace.rows("SELECT count(*), sum(n) FROM big") == [(500_000, 125_000_250_000)]
        assert next_version(workspace, second).ref == "big@3"


def tables(workspace: Workspace) -> list[str]:
    return sorted(
        name
        for (name,) in workspace.rows("SELECT table_name FROM information_schema.tables WHERE table_schema = 'main'")
    )


def next_version(workspace: Workspace, parent: Version) -> Version:
    return workspace.derive(parent, f'FROM "{parent.ref}" LIMIT 1', STEP)


def test_a_folder_that_can_not_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for path, why in ((tmp_path / "file", "File exists"), (tmp_path / "file" / "project", "Not a directory")):
        with pytest.raises(ToolError) as refused:
            Workspace(path)
        assert str(refused.value) == f"The project can't be kept in {path}: {why}. Choose another folder."
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("아침 예측", "아침_예측"),
        ("MonthlyFee", "monthly_fee"),
        ("MONTHLY_FEE", "monthly_fee"),
        ("%", "%"),
        ("a b", "a b"),
        ("A_B", "a_b"),
    ],
)
def test_a_name_is_known_by_the_words_it_was_made_of(name: str, found: str) -> None:
    known = ["monthly_fee", "아침_예측", "%", "a b", "a_b", "$ "]
    assert meant("name", name, known) == found
    with pytest.raises(ToolError, match=r"^No name '#'\."):
        meant("name", "#", known)


@pytest.mark.parametrize(
    ("name", "kept"),
    [("a" * 300, "a" * 180), ("긴" * 300, "긴" * 60), ("손님 " * 60, "손님_" * 25 + "손"), ("é" * 100, "é" * 90)],
)
def test_a_name_is_cut_to_what_a_file_can_be_called(name: str, kept: str) -> None:
    assert snake_case(name) == kept
    assert len(f"{kept}_predictions_2026-01-05_0600.parquet".encode()) < 255

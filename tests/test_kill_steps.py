"""A process killed at any moment of transforms and changed steps leaves whole versions only, and a project that goes on."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.small_project import add, do
from tools import catalogue
from tools.workspace import Workspace

ROOT = Path(__file__).parent.parent
ROUNDS = 4
WORK = """
import sys
from pathlib import Path
from tools import call
from tools.tool import Job
from tools.workspace import Workspace

STEPS = [
    ("fill_missing", {"columns": ["x"]}),
    ("sort_rows", {"columns": ["x"]}),
    ("add_formula", {"name": "y", "formula": "x * 2"}),
    ("change_step", {"step": 1, "to": "mean"}),
    ("switch_step", {"step": 2}),
    ("write_script", {}),
]
with Workspace(Path(sys.argv[1])) as workspace:
    job = Job(workspace, run=sys.argv[2])
    for number in range(1000):
        call(job, "restore_version", {"version": "t@1"})
        for tool, arguments in STEPS:
            call(job, tool, {"dataset": "t", **arguments})
            print(tool, flush=True)
"""


def check_whole(workspace: Workspace) -> int:
    """Every version is there with all its rows and columns, and nothing else is; how many there are."""
    versions = workspace.versions("t")
    for version in versions:
        assert workspace.rows(f'SELECT count(*) FROM "{version.ref}"') == [(version.row_count,)]
        assert [(row[0], row[1]) for row in workspace.rows(f'DESCRIBE FROM "{version.ref}"')] == version.schema_
        assert version.parent is None or version.parent in {one.ref for one in versions}
    made = workspace.rows("SELECT table_name FROM information_schema.tables WHERE table_name LIKE 't@%'")
    assert {name for (name,) in made} == {version.ref for version in versions}
    head = workspace.version("t")
    assert head in versions
    assert workspace.rows("SELECT count(*) FROM t") == [(head.row_count,)]
    return len(versions)


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a POSIX signal")
def test_a_kill_at_any_moment_leaves_no_half_written_version(tmp_path: Path) -> None:
    catalogue()
    with Workspace(tmp_path) as workspace:
        rows = "SELECT i AS id, CASE WHEN i % 9 > 0 THEN hash(i) % 1000 END::INTEGER AS x, md5(i::VARCHAR) AS s"
        add(workspace, "t", f"{rows} FROM range(150_000) AS r(i)")
    moments = random.Random(11)
    for number in range(ROUNDS):
        process = subprocess.Popen(
            [sys.executable, "-c", WORK, str(tmp_path), f"r{number}"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        assert process.stdout is not None
        for _ in range(moments.randint(1, 8)):
            assert process.stdout.readline() != "", process.communicate()[1]
        time.sleep(moments.uniform(0, 0.3))
        assert process.poll() is None, process.communicate()[1]
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        with Workspace(tmp_path) as workspace:
            made = check_whole(workspace)
            assert do(workspace, "undo").dataset is not None
    with Workspace(tmp_path) as workspace:
        assert made > 1
        do(workspace, "restore_version", version="t@1")
        do(workspace, "drop_columns", dataset="t", columns=["s"])
        assert check_whole(workspace) == made + 1
        scripts = [path.read_text(encoding="utf-8") for path in workspace.files.glob("*.sql")]
        assert all(script.endswith(";\n") for script in scripts)

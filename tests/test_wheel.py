import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout and unpacked where no checkout is."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("easel_assistant-*.whl")
    target = folder / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True)
    return target


def _run(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-m", "assistant", *arguments]
    return subprocess.run(
        command, cwd=installed.parent, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_the_wheel_answers_a_query_outside_the_checkout(installed: Path) -> None:
    (installed.parent / "orders.csv").write_text("country,amount\nNorway,3\nChile,4\nNorway,5\n", encoding="utf-8")
    query = "SELECT country, sum(amount) AS total FROM orders GROUP BY country ORDER BY country"
    done = _run(installed, "sql", query, "--data", "orders.csv", "--json")
    assert done.stderr == ""
    assert done.stdout == '{"columns": ["country", "total"], "rows": [["Chile", 4], ["Norway", 8]], "row_count": 2}\n'


def test_the_wheel_carries_prompts_examples_and_the_page(installed: Path) -> None:
    held = {str(path.relative_to(installed)) for path in installed.rglob("*") if path.is_file()}
    assert {"prompts/planner.md", "prompts/examples/core.yaml"} <= held
    sources = {
        str(path.relative_to(ROOT))
        for floor in ("assistant", "tools", "automl", "prompts", "evals")
        for path in (ROOT / floor).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert sources <= held


def test_the_wheel_lists_its_tools(installed: Path) -> None:
    done = _run(installed, "tools")
    assert done.returncode == 0
    assert "query_data" in done.stdout

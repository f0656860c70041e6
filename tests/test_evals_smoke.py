import subprocess
import sys
from pathlib import Path

import pytest

from assistant.settings import SettingsError, read_settings
from assistant.weights import weights_path
from evals import run
from evals.checks import score

SUITES = ("questions", "transforms", "models", "looks", "talks", "refusals")
LEAST = 16
"""Of the 20 cases; the figures of whole suites are in evals/LOG.md."""


@pytest.mark.local_model
def test_the_embedded_model_does_most_of_the_smoke_suite(tmp_path: Path) -> None:
    try:
        weights_path(read_settings())
    except SettingsError as error:
        pytest.skip(str(error))
    command = [sys.executable, "-m", "evals", "run", *SUITES, "--only", "smoke", "--out", str(tmp_path / "run")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parent.parent)
    assert ended.returncode == 0, ended.stderr
    _, cases, records = run.read_run(tmp_path / "run")
    by_id = {case.id: case for case in cases}
    verdicts = [score(by_id[record.case], record) for record in records]
    assert len(verdicts) == 20
    failed = [f"{verdict.case}: {'; '.join(verdict.reasons)}" for verdict in verdicts if not verdict.passed]
    assert len(failed) <= 20 - LEAST, "\n".join(failed)

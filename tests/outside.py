"""A process that does not know Easel and runs scripts of exports one after the other, so that libraries load once."""

import atexit
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from automl.waiting import WAITING

_RUNNER = """
import contextlib, io, json, os, runpy, sys, traceback
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
paths = list(sys.path)
for line in sys.stdin:
    folder, *sys.argv = json.loads(line)
    os.chdir(folder)
    sys.path[:] = [folder, *paths]
    said, error = io.StringIO(), ""
    try:
        with contextlib.redirect_stdout(said):
            runpy.run_path(sys.argv[0], run_name="__main__")
    except BaseException:
        error = traceback.format_exc()
    easel = sorted({"tools", "automl", "assistant"} & set(sys.modules))
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(folder):
            del sys.modules[name]
    print(json.dumps([said.getvalue(), error, easel]), file=answers, flush=True)
"""
_MLFLOW = """
import sys
import mlflow.pyfunc
import pandas as pd
model = mlflow.pyfunc.load_model(sys.argv[1])
model.predict(pd.read_parquet(sys.argv[2])).to_parquet(sys.argv[3])
"""


@cache
def _process() -> "subprocess.Popen[str]":
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", _RUNNER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment | WAITING,
        text=True,
    )
    atexit.register(_end, process)
    return process


def _end(process: "subprocess.Popen[str]") -> None:
    with process:
        assert process.stdin is not None
        process.stdin.close()


def alone(folder: Path, *arguments: str) -> str:
    """What a script in that folder prints, called with those arguments."""
    process = _process()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps([str(folder.resolve()), *arguments]) + "\n")
    process.stdin.flush()
    said, error, easel = json.loads(process.stdout.readline())
    assert error == "", error
    assert easel == []
    return str(said)


def ask_mlflow(model: Path, rows: "Path", out: Path) -> None:
    """Let MLflow load a model, predict the rows of a Parquet file, and write what it says as another."""
    (out.parent / "ask_mlflow.py").write_text(_MLFLOW)
    alone(out.parent, "ask_mlflow.py", str(model), str(rows), str(out))

import json
import os
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.csv
import pyarrow.parquet
import pytest

from tests.trained import add, customers, project
from tools import call
from tools.batch import predict_file
from tools.modelling.models import find_model
from tools.modelling.split import ROWS, SPEC
from tools.tool import Job, ToolError


def exported(tmp_path: Path, name: str, format: str = "folder") -> Path:
    """The folder that the ZIP file of a model holds."""
    outcome = call(project(), "export_model", {"model": name, "format": format})
    with zipfile.ZipFile(outcome.artefacts[0].path) as archive:
        archive.extractall(tmp_path)
    return tmp_path / f"{name}_{'mlflow' if format == 'mlflow' else 'export'}"


def alone(folder: Path, *arguments: str) -> str:
    """What a script prints in a process that does not know Easel."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"PYTHONSAFEPATH": ""}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("name", "metric", "noise"),
    [("customers_left", "auc", 0.05), ("customers_plan", "accuracy", 0.06), ("customers_revenue", "r2", 0.05)],
)
def test_the_script_trains_the_model_again_without_easel_and_gets_its_score(
    tmp_path: Path, name: str, metric: str, noise: float
) -> None:
    folder = exported(tmp_path, name)
    text = (folder / "train.py").read_text()
    assert "easel" not in text.casefold()
    scores = json.loads(alone(folder, "train.py").splitlines()[-1])
    assert scores["then"] == {
        known: value
        for known, value in find_model(project().workspace, name).scores.metrics.items()
        if known in scores["now"]
    }
    assert scores["now"][metric] == pytest.approx(scores["then"][metric], abs=noise)


def test_the_notebook_holds_the_script_in_cells(tmp_path: Path) -> None:
    import nbformat

    folder = exported(tmp_path, "customers_left")
    book = nbformat.read(folder / "train.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(book)  # type: ignore[no-untyped-call]
    code = "\n".join(cell["source"] for cell in book["cells"] if cell["cell_type"] == "code")
    script = (folder / "train.py").read_text()
    lines = [line for line in script.splitlines() if line.strip() and not line.startswith("#")]
    assert [line for line in code.splitlines() if line.strip() and not line.startswith("#")] == lines
    assert book["cells"][0]["source"].startswith(
        "# customers_left: trained again with AutoGluon\nPredicts whether Left is yes."
    )
    compile(code, "train.ipynb", "exec")


def test_the_folder_holds_rows_preparation_predictor_card_and_versions(tmp_path: Path) -> None:
    folder = exported(tmp_path, "customers_left")
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert names >= {
        "README.md", "card.json", "data/holdout_rows.parquet", "data/training_rows.parquet", "predict.py", "predictor/predictor.pkl",
        "prepare.py", "prepare.sql", "recipe.json", "requirements.txt", "train.ipynb", "train.py",
    }  # fmt: skip
    parts = [pyarrow.parquet.read_table(folder / "data" / f"{part}_rows.parquet") for part in ("training", "holdout")]
    card = find_model(project().workspace, "customers_left")
    assert [part.num_rows for part in parts] == [card.trained_rows, card.holdout_rows]
    assert sorted(number for part in parts for number in part["RowNumber"].to_pylist()) == list(range(1, 401))
    pinned = (folder / "requirements.txt").read_text().splitlines()
    assert f"autogluon.tabular[catboost,lightgbm]=={card.versions['autogluon.tabular']}" in pinned
    assert [line.partition("==")[0] for line in pinned if "duckdb" in line or "pyarrow" in line] == [
        "duckdb",
        "pyarrow",
    ]
    readme = (folder / "README.md").read_text()
    assert "| values of Spend | " in readme
    assert "Predicts whether Left is yes. On 80 rows it never saw" in readme


@cache
def expected() -> dict[str, list[Any]]:
    """What Easel itself predicts for new rows."""
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        data, out = Path(name) / "new.csv", Path(name) / "out.csv"
        data.write_text(new_rows().to_csv(index=False))
        predict_file(project().workspace, "customers_left", data, out)
        found: dict[str, list[Any]] = pyarrow.csv.read_csv(out).to_pydict()
        return found


def new_rows() -> pd.DataFrame:
    """New raw rows whose columns stand in another order, are written in another way, and are more."""
    table: pd.DataFrame = customers(60, seed=11).to_pandas()
    frame = table.drop(columns=["Left", "Plan", "Revenue", "RowNumber"]).assign(Extra="x")
    return frame.rename(columns={"Age": "AGE", "Spend": "spend "})[["City", "spend ", "Extra", "Active", "AGE"]]


def test_the_predict_script_predicts_raw_rows_as_easel_does(tmp_path: Path) -> None:
    folder = exported(tmp_path, "customers_left")
    new_rows().to_csv(folder / "new.csv", index=False)
    alone(folder, "predict.py", "new.csv", "out.csv")
    made = pd.read_csv(folder / "out.csv")
    assert made["prediction"].tolist() == expected()["prediction"]
    assert made["probability_yes"].tolist() == pytest.approx(expected()["probability"], abs=1e-6)
    assert made["Extra"].tolist() == ["x"] * 60


def test_mlflow_loads_the_model_and_predicts_raw_rows(tmp_path: Path) -> None:
    folder = exported(tmp_path, "customers_left", "mlflow")
    new_rows().to_parquet(tmp_path / "new.parquet")
    script = (
        "import sys, json, pandas as pd, mlflow.pyfunc\n"
        f"model = mlflow.pyfunc.load_model({str(folder)!r})\n"
        f"made = model.predict(pd.read_parquet({str(tmp_path / 'new.parquet')!r}))\n"
        "assert not {'tools', 'automl', 'assistant'} & set(sys.modules)\n"
        "print(json.dumps(made.to_dict('list')))\n"
    )
    made = json.loads(alone(tmp_path, "-c", script).splitlines()[-1])
    assert list(made) == ["prediction", "probability_no", "probability_yes"]
    assert made["prediction"] == expected()["prediction"]
    assert made["probability_yes"] == pytest.approx(expected()["probability"], abs=1e-6)
    assert "requirements.txt" in [path.name for path in folder.iterdir()]


@pytest.mark.parametrize("method", ["words", "meaning"])
def test_a_text_model_is_trained_again_and_predicts_without_easel(tmp_path: Path, method: str) -> None:
    from tests.tiny_encoder import messages, tiny_encoder
    from tools.train_text import train_text_model
    from tools.workspace import Workspace

    with Workspace(tmp_path / "project") as workspace:
        job = Job(workspace)
        add(workspace, "tickets", messages())
        encoder = tiny_encoder(tmp_path / "encoder") if method == "meaning" else ""
        train_text_model(job, "tickets", "Message", "TOPIC", method=method, encoder=encoder, build="quick")  # type: ignore[arg-type]
        outcome = call(job, "export_model", {})
        with zipfile.ZipFile(outcome.artefacts[0].path) as archive:
            archive.extractall(tmp_path)
        new = messages().slice(0, 30)
        add(workspace, "new", new)
        theirs = pyarrow.csv.read_csv(call(job, "predict_dataset", {"dataset": "new"}).artefacts[0].path).to_pydict()
    folder = tmp_path / "tickets_topic_export"
    assert (folder / "encode.py").is_file() == (method == "meaning")
    scores = json.loads(alone(folder, "train.py").splitlines()[-1])
    assert scores["now"]["accuracy"] == pytest.approx(scores["then"]["accuracy"], abs=0.06)
    new.to_pandas().to_csv(folder / "new.csv", index=False)
    alone(folder, "predict.py", "new.csv", "out.csv")
    made = pd.read_csv(folder / "out.csv")
    assert made["prediction"].tolist() == theirs["prediction"]
    for name in ("login", "billing"):
        if f"probability_{name}" in theirs:
            assert made[f"probability_{name}"].tolist() == pytest.approx(theirs[f"probability_{name}"], abs=1e-4)


def test_a_missing_mlflow_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mlflow.pyfunc", None)
    with pytest.raises(ToolError, match=r"^MLflow's format needs MLflow: pip install 'easel-assistant\[full\]'\.$"):
        call(project(), "export_model", {"model": "customers_left", "format": "mlflow"})
    assert not list(project().workspace.files.glob(".*"))


def test_a_model_from_before_its_rows_were_kept_says_what_to_do(tmp_path: Path) -> None:
    import shutil

    from tools.workspace import Workspace

    with Workspace(tmp_path / "old") as old:
        shutil.copytree(project().workspace.models / "customers_left", old.models / "customers_left")
        (old.models / "customers_left" / ROWS).unlink()
        assert (old.models / "customers_left" / SPEC).is_file()
        with pytest.raises(
            ToolError, match=r"^The model 'customers_left' is from before its rows and settings were kept\. Build"
        ):
            call(Job(old), "export_model", {})

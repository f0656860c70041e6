import json
import shutil
import sys
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from automl.settings import Settings
from tests.outside import alone, ask_mlflow
from tests.trained import add, customers, project
from tools import call
from tools.batch import predict_file
from tools.exporting.write import rendered
from tools.modelling.models import find_model
from tools.modelling.split import ROWS, SPEC
from tools.tool import Job, ToolError
from tools.train import train
from tools.workspace import Workspace

NAMES = ("customers_left", "customers_plan", "visits_left", "visits_revenue")


@cache
def job() -> Job:
    """A project with four models: with a threshold and a calibration, with a calibration, split by time, by group."""
    workspace = Workspace(Path(tempfile.mkdtemp(prefix="easel-tests-")))
    made = Job(workspace)
    for name in NAMES[:2]:
        shutil.copytree(project().workspace.models / name, workspace.models / name)
    call(made, "calibrate_model", {"model": "customers_left", "method": "platt"})
    call(made, "choose_threshold", {"model": "customers_left", "false_alarm_cost": 1, "miss_cost": 9, "keep": True})
    call(made, "calibrate_model", {"model": "customers_plan", "method": "isotonic"})
    numbers = pa.array([row // 10 for row in range(400)])
    visits = add(workspace, "visits", customers().append_column("Shop", numbers))
    tree = Settings(build="quick", algorithms=("lightgbm",), seconds=200)
    by_time = tree.model_copy(update={"split": "time", "split_column": "RowNumber"})
    train(made, visits, "Left", by_time, ["Plan", "Revenue", "Shop"])
    by_group = tree.model_copy(update={"split": "group", "split_column": "Shop", "folds": 2, "seed": 3})
    train(made, visits, "Revenue", by_group, ["Plan", "Left", "RowNumber"])
    return made


@cache
def exported(name: str, format: str = "folder") -> Path:
    """The folder that the ZIP file of a model holds."""
    return unpacked(job(), name, format)


def unpacked(made: Job, name: str, format: str = "folder") -> Path:
    outcome = call(made, "export_model", {"model": name, "format": format})
    folder = Path(tempfile.mkdtemp(prefix="easel-tests-"))
    with zipfile.ZipFile(outcome.artefacts[0].path) as archive:
        archive.extractall(folder)
    return folder / f"{name}_{'mlflow' if format == 'mlflow' else 'export'}"


@pytest.mark.parametrize(
    ("name", "metric", "noise"),
    [
        ("customers_left", "auc", 0.05),
        ("customers_left", "f1", 0.08),
        ("customers_plan", "accuracy", 0.06),
        # The candidates are compared on the same rows as they were, so the score is not just near.
        ("visits_left", "log_loss", 0.001),
        ("visits_revenue", "r2", 0.002),
    ],
)
def test_the_script_trains_the_model_again_without_easel_and_gets_its_score(
    name: str, metric: str, noise: float
) -> None:
    assert "easel" not in (exported(name) / "train.py").read_text().casefold()
    scores = json.loads(trained_again(name).splitlines()[-1])
    assert scores["then"] == {
        known: value
        for known, value in find_model(job().workspace, name).scores.metrics.items()
        if known in scores["now"]
    }
    assert scores["now"][metric] == pytest.approx(scores["then"][metric], abs=noise)


@cache
def trained_again(name: str) -> str:
    """What the script that trains prints."""
    return alone(exported(name), "train.py")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("customers_left", "320 rows to learn from, 80 to measure, set aside alike in every class"),
        ("visits_left", "320 rows to learn from, 80 to measure, set aside as the latest by RowNumber"),
        ("visits_revenue", "320 rows to learn from, 80 to measure, set aside as whole groups of Shop"),
    ],
)
def test_the_rows_that_measure_are_those_of_the_build(name: str, words: str) -> None:
    assert trained_again(name).splitlines()[0] == words


def test_the_notebook_holds_the_script_in_cells() -> None:
    import nbformat

    folder = exported("customers_left")
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


def test_the_folder_holds_rows_preparation_predictor_card_and_versions() -> None:
    folder = exported("customers_left")
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert names >= {
        "README.md", "answer.py", "card.json", "data/holdout_rows.parquet", "data/training_rows.parquet", "predict.py", "predictor/predictor.pkl",
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
def expected(name: str) -> pd.DataFrame:
    """What Easel itself predicts for new rows."""
    folder = Path(tempfile.mkdtemp(prefix="easel-tests-"))
    new_rows().to_csv(folder / "new.csv", index=False)
    predict_file(job().workspace, name, folder / "new.csv", folder / "out.parquet")
    return pd.read_parquet(folder / "out.parquet")


def new_rows() -> pd.DataFrame:
    """New raw rows whose columns stand in another order, are written in another way, and are more."""
    table: pd.DataFrame = customers(60, seed=11).to_pandas()
    frame = table.drop(columns=["Left", "Plan", "Revenue"]).assign(Extra="x", Shop=range(60))
    frame = frame.rename(columns={"Age": "AGE", "Spend": "spend "})
    return frame[["City", "spend ", "Extra", "Active", "AGE", "RowNumber", "Shop"]]


def same(made: pd.DataFrame, wanted: pd.DataFrame, share: float = 1e-6) -> None:
    """The same predictions and the same probabilities as Easel's own."""
    said = wanted["prediction"].tolist()
    if "probability" not in wanted:
        assert made["prediction"].tolist() == pytest.approx(said, rel=1e-6)
        return
    assert made["prediction"].tolist() == said
    for name in [column for column in made if column.startswith("probability_") and column in wanted]:
        assert made[name].tolist() == pytest.approx(wanted[name].tolist(), abs=share)
    shown = made["probability_yes"] if "probability_yes" in made else made.filter(like="probability_").max(axis=1)
    assert shown.tolist() == pytest.approx(wanted["probability"].tolist(), abs=share)


@pytest.mark.parametrize("name", NAMES)
def test_the_predict_script_predicts_raw_rows_as_easel_does(name: str) -> None:
    folder = exported(name)
    new_rows().to_csv(folder / "new.csv", index=False)
    alone(folder, "predict.py", "new.csv", "out.csv")
    made = pd.read_csv(folder / "out.csv")
    same(made, expected(name))
    assert made["Extra"].tolist() == ["x"] * 60


def test_the_predict_script_reads_a_spreadsheet() -> None:
    folder = exported("customers_left")
    new_rows().to_excel(folder / "new.xlsx", index=False)
    alone(folder, "predict.py", "new.xlsx", "sheet.csv")
    same(pd.read_csv(folder / "sheet.csv"), expected("customers_left"))


def test_a_threshold_and_a_calibration_that_were_kept_travel() -> None:
    said = expected("customers_left")
    decision = find_model(job().workspace, "customers_left").decision
    assert decision is not None
    assert set(said.loc[said["probability"] < 0.5, "prediction"]) == {"yes", "no"}
    assert f"THRESHOLD = {decision.threshold!r}\n" in (exported("customers_left") / "answer.py").read_text()
    assert not (exported("visits_revenue") / "answer.py").exists()


def test_rows_of_the_export_are_predicted_in_their_order() -> None:
    folder = exported("visits_left")
    alone(folder, "predict.py", "data/holdout_rows.parquet", "held.csv")
    made = pd.read_csv(folder / "held.csv")
    assert made["RowNumber"].tolist() == list(range(321, 401))
    accuracy = find_model(job().workspace, "visits_left").scores.metrics["accuracy"]
    assert (made["prediction"] == made["Left"]).mean() == pytest.approx(accuracy, abs=0.06)


@pytest.mark.parametrize("name", NAMES)
def test_mlflow_loads_the_model_and_predicts_raw_rows(name: str, tmp_path: Path) -> None:
    folder = exported(name, "mlflow")
    new_rows().to_parquet(tmp_path / "new.parquet")
    ask_mlflow(folder, tmp_path / "new.parquet", tmp_path / "out.parquet")
    made = pd.read_parquet(tmp_path / "out.parquet")
    same(made, expected(name))
    if name == "customers_left":
        assert list(made) == ["prediction", "probability_no", "probability_yes"]
    assert "requirements.txt" in [path.name for path in folder.iterdir()]


def test_an_export_to_mlflow_draws_no_bars_into_a_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    call(job(), "export_model", {"model": "customers_left", "format": "mlflow"})
    assert capfd.readouterr() == ("", "")


@cache
def readers() -> Job:
    """A project with three models of texts: by words, by meaning, and by an encoder that was tuned."""
    from tests.tiny_encoder import messages, tiny_encoder

    folder = Path(tempfile.mkdtemp(prefix="easel-tests-"))
    made = Job(Workspace(folder / "project"))
    table = messages().rename_columns(["Number", "Message", "Topic"])
    arguments = {"text": "message", "target": "TOPIC", "build": "quick", "compile": "off"}
    encoder = tiny_encoder(folder / "encoder")
    for method in ("words", "meaning", "fine_tune"):
        add(made.workspace, method, table)
        call(made, "train_text_model", {"dataset": method, "method": method, "encoder": encoder} | arguments)
    call(made, "calibrate_model", {"model": "words_topic", "method": "isotonic"})
    return made


@pytest.mark.parametrize("method", ["words", "meaning", "fine_tune"])
def test_a_text_model_is_trained_again_and_predicts_without_easel(tmp_path: Path, method: str) -> None:
    folder = unpacked(readers(), f"{method}_topic")
    assert (folder / "encode.py").is_file() == (method != "words")
    assert (folder / "tune.py").is_file() == (folder / "data" / "encoder").is_dir() == (method == "fine_tune")
    assert ("isotonic" in (folder / "answer.py").read_text().split("def ")[0]) == (method == "words")
    reads_as_easel_does(readers(), f"{method}_topic", folder, tmp_path)


def test_a_tuned_encoder_whose_beginning_is_gone_is_used_as_it_is_and_the_readme_says_why(tmp_path: Path) -> None:
    from automl.encoder import kept_encoder

    with Workspace(tmp_path / "project") as other:
        shutil.copytree(readers().workspace.models / "fine_tune_topic", other.models / "fine_tune_topic")
        card = find_model(other, "fine_tune_topic")
        assert card.text is not None
        assert card.text.passes == 4.39  # four times seven steps of up to 32 texts
        gone = card.model_copy(update={"text": card.text.model_copy(update={"encoder": str(tmp_path / "gone")})})
        (other.models / "fine_tune_topic" / "card.json").write_text(gone.model_dump_json())
        kept_encoder.cache_clear()
        folder = unpacked(Job(other), "fine_tune_topic")
    said = (
        f"(the fine-tuned encoder is used as it is: {tmp_path / 'gone'}, with which it began, can't be read any more) |"
    )
    assert said in (folder / "README.md").read_text()
    assert not (folder / "tune.py").exists()
    assert 'encoder = HERE / "predictor" / "encoder"\n' in (folder / "train.py").read_text()


def test_a_recipe_that_reads_texts_by_meaning_travels_with_its_encoder(tmp_path: Path) -> None:
    from tests.tiny_encoder import messages, tiny_encoder

    made, encoder = Job(Workspace(tmp_path / "project")), tiny_encoder(tmp_path / "encoder")
    add(made.workspace, "notes", messages().rename_columns(["Number", "Message", "Topic"]))
    call(made, "embed_text", {"dataset": "notes", "columns": ["Message"], "count": 6, "encoder": encoder})
    tree = Settings(build="quick", algorithms=("lightgbm",), seconds=200)
    train(made, made.workspace.version("notes"), "Topic", tree, ["Number"])
    folder = unpacked(made, "notes_topic")
    assert sorted(path.name for path in (folder / "encoders").iterdir()) == ["encoder_1"]
    assert "| `encoders/` | the sentence encoders that read texts by meaning |" in (folder / "README.md").read_text()
    pinned = (folder / "requirements.txt").read_text()
    assert "torch==" in pinned
    assert "minilm" not in pinned  # the encoder that is carried is another one
    assert "+" not in pinned
    reads_as_easel_does(made, "notes_topic", folder, tmp_path)
    (folder / "new.csv").write_text("Text\nparcel late\n")
    with pytest.raises(
        AssertionError, match=r"ValueError: The rows have no Message, which the model needs\. Columns: Te"
    ):
        alone(folder, "predict.py", "new.csv", "out.csv")


def reads_as_easel_does(made: Job, name: str, folder: Path, tmp_path: Path) -> None:
    """The export of a model is trained again with its score, and predicts like Easel, alone and with MLflow."""
    scores = json.loads(alone(folder, "train.py").splitlines()[-1])
    assert scores["now"]["accuracy"] == pytest.approx(scores["then"]["accuracy"], abs=0.06)
    rows = pyarrow.parquet.read_table(folder / "data" / "holdout_rows.parquet").drop_columns(["Topic"]).slice(0, 30)
    pyarrow.parquet.write_table(rows, tmp_path / "new.parquet")
    predict_file(made.workspace, name, tmp_path / "new.parquet", tmp_path / "theirs.parquet")
    theirs = pd.read_parquet(tmp_path / "theirs.parquet")
    alone(folder, "predict.py", str(tmp_path / "new.parquet"), "out.csv")
    same(pd.read_csv(folder / "out.csv"), theirs, 1e-4)
    ask_mlflow(unpacked(made, name, "mlflow"), tmp_path / "new.parquet", tmp_path / "out.parquet")
    same(pd.read_parquet(tmp_path / "out.parquet"), theirs, 1e-4)


def test_a_missing_mlflow_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mlflow.pyfunc", None)
    with pytest.raises(ToolError, match=r"^MLflow's format needs MLflow: pip install 'easel-assistant\[full\]'\.$"):
        call(project(), "export_model", {"model": "customers_left", "format": "mlflow"})
    assert not list(project().workspace.files.glob(".*"))


def test_a_model_from_before_its_rows_were_kept_says_what_to_do(tmp_path: Path) -> None:
    with Workspace(tmp_path / "old") as old:
        shutil.copytree(project().workspace.models / "customers_left", old.models / "customers_left")
        (old.models / "customers_left" / ROWS).unlink()
        assert (old.models / "customers_left" / SPEC).is_file()
        with pytest.raises(
            ToolError, match=r"^The model 'customers_left' is from before its rows and settings were kept\. Build"
        ):
            call(Job(old), "export_model", {})


@pytest.mark.parametrize(
    ("label_type", "classes", "answers"),
    [
        ("integer", ["0", "1"], [1, 0]),
        ("number", ["1", "2.5"], [2.5, 1.0]),
        ("boolean", ["false", "true"], [True, False]),
        ("text", ["no", "yes"], ["yes", "no"]),
    ],
)
def test_answers_are_what_the_predicted_column_holds(
    label_type: str, classes: list[str], answers: list[object]
) -> None:
    scope: dict[str, Any] = {}
    told = {"positive": repr(classes[1]), "kind": repr(label_type), "threshold": "None", "why": "", "curves": "{}"}
    exec(rendered("answer.j2", name="m", **told), scope)
    said, _ = scope["answer"](pd.DataFrame({classes[0]: [0.2, 0.9], classes[1]: [0.8, 0.1]}))
    assert scope["typed"](said).tolist() == answers

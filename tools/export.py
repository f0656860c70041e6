"""A trained model for people without Easel: a folder with data, scripts and notebook, or MLflow's format, as one ZIP file."""

import tempfile
from pathlib import Path
from typing import Literal

from automl.card import Card
from automl.predictor import ModelError, predicts_with
from tools import recipe as recipes
from tools.exporting.forecast import forecast_folder
from tools.exporting.table import copy_rows, mlflow_code, table_files, told
from tools.exporting.text import text_files
from tools.exporting.write import as_notebook, fill, pack, rendered, requirements
from tools.modelling.facts import card_facts
from tools.modelling.models import find_model, folder_of
from tools.script import recipe_script
from tools.sources.write import put
from tools.tool import Artefact, Job, ModelName, Outcome, ToolError, listed, tool

_PIP = {"autogluon.tabular": "autogluon.tabular[catboost,lightgbm]"}


@tool(
    effect="read",
    group="model",
    title="Export {model} ({format})",
    asked_by=r"\bexport\b[^.]*\bmodel|\bmodel\b[^.]*\b(?:export|download|python|notebook|mlflow|zip|script|code)|mlflow|retrain\w* (?:script|code|notebook)"
    r"|모델\S*[^.]*(?:내보내|추출|다운로드|노트북|파이썬|코드|압축)|재학습 (?:스크립트|코드|노트북)",
)
def export_model(job: Job, model: ModelName | None = None, format: Literal["folder", "mlflow"] = "folder") -> Outcome:
    """Export a model as a ZIP file that works without Easel: scripts and a notebook that train it again, its rows, the predictor.

    Args:
        model: The model; the newest one when left out.
        format: folder is for a data scientist; mlflow loads with mlflow.pyfunc.load_model and predicts raw rows.
    """
    card = find_model(job.workspace, model)
    known = ("table",) if format == "mlflow" else ("table", "text", "forecast")
    if card.modality not in known:
        raise ToolError(
            f"'{card.name}' is a model of kind {card.modality}; so far those of kind {listed(known)} are exported like this."
        )
    name = f"{card.name}_{'mlflow' if format == 'mlflow' else 'export'}"
    with tempfile.TemporaryDirectory(prefix=".export-", dir=job.workspace.files) as inside:
        folder = Path(inside) / name
        files = _mlflow(job, card, folder) if format == "mlflow" else _folder(job, card, folder)
        job.progress(0.8, "Packing")
        pack(folder, Path(inside) / "made.zip")
        made = put(Path(inside) / "made.zip", job.workspace.files, name, "zip")
    own = " The threshold or calibration that was kept stays here: the files answer as the model was fitted."
    return Outcome(
        text=f"The model '{card.name}' is in {made.name} ({made.stat().st_size / 1e6:.1f} MB): {listed(files)}."
        + (own if card.decision else ""),
        values={"model": card.name, "file": made.name, "format": format},
        artefacts=[Artefact(kind="file", name=made.name, path=str(made))],
    )


def _folder(job: Job, card: Card, folder: Path) -> list[str]:
    """Write everything a data scientist needs; the files to look at first."""
    source = folder_of(job.workspace, card)
    if card.forecast:
        return forecast_folder(card, source, folder)
    recipe = recipes.load(source)
    files = (text_files if card.modality == "text" else table_files)(card, recipe, source)
    described = {name: what for name, (what, _) in files.items()} | {
        "train.ipynb": "the same as train.py, as a notebook",
        "prepare.sql": "the preparation as SQL to read",
        "data/": "the raw rows: those that taught and those that measured",
        "predictor/": "the model as it is",
        "card.json, recipe.json": "what Easel knows of the model",
    }
    (folder / "data").mkdir(parents=True)
    job.progress(0.2, "Writing the rows")
    copy_rows(source, folder / "data")
    texts = {name: text for name, (_, text) in files.items()}
    texts |= {"train.ipynb": as_notebook(texts["train.py"]), "prepare.sql": recipe_script(recipe)}
    texts["requirements.txt"] = requirements(card.versions | _encoder_of(card), _PIP)
    texts["README.md"] = rendered(
        "folder.j2",
        name=card.name,
        files=described.items(),
        python=card.versions["python"],
        commands=["python train.py", "python predict.py new_rows.csv predictions.csv"],
        facts=card_facts(card),
        **told(card),
    )
    job.progress(0.5, "Copying the predictor")
    fill(folder, source, predicts_with(card)[0], texts)
    return ["README.md", "train.ipynb", *files, "data", "predictor", "requirements.txt"]


def _encoder_of(card: Card) -> dict[str, str]:
    """The package of the sentence encoder that a text model reads with, where it is the default one."""
    from importlib.metadata import version

    from automl.encoder import DEFAULT

    return {DEFAULT: version(DEFAULT)} if card.text is not None and card.text.encoder == DEFAULT else {}


def _mlflow(job: Job, card: Card, folder: Path) -> list[str]:
    from automl.mlflow_folder import save_mlflow

    source = folder_of(job.workspace, card)
    job.progress(0.2, "Writing MLflow's format")
    facts = {"name": card.name, "target": card.target, "dataset": card.dataset, "created": card.created}
    try:
        save_mlflow(
            folder,
            mlflow_code(card, recipes.load(source)),
            source / predicts_with(card)[0],
            requirements(card.versions, _PIP),
            facts,
        )
    except ModelError as error:
        raise ToolError(str(error)) from error
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".yaml")

"""A trained model for people without Easel: a folder with data, scripts and notebook, or MLflow's format, as one ZIP file."""

import shutil
import tempfile
from pathlib import Path
from typing import Literal

from automl.card import Card
from automl.predictor import ModelError
from tools import recipe as recipes
from tools.exporting.forecast import forecast_export
from tools.exporting.image import image_export
from tools.exporting.table import table_export
from tools.exporting.text import text_export
from tools.exporting.write import TRAINING, Export, as_notebook, in_one, pack, rendered
from tools.modelling.models import find_model, folder_of
from tools.script import recipe_script
from tools.sources.write import put
from tools.tool import Artefact, Job, ModelName, Outcome, ToolError, tool
from tools.words import listed

_KINDS = {"table": table_export, "text": text_export, "image": image_export, "forecast": forecast_export}


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
    made = _KINDS[card.modality](job.workspace, card)
    name = f"{card.name}_{'mlflow' if format == 'mlflow' else 'export'}"
    with tempfile.TemporaryDirectory(prefix=".export-", dir=job.workspace.files) as inside:
        folder = Path(inside) / name
        files = (_mlflow if format == "mlflow" else _folder)(job, card, made, folder)
        job.progress(0.8, "Packing")
        pack(folder, Path(inside) / "made.zip")
        packed = put(Path(inside) / "made.zip", job.workspace.files, name, "zip")
    return Outcome(
        text=f"The model '{card.name}' is in {packed.name} ({packed.stat().st_size / 1e6:.1f} MB): {listed(files)}.{made.note}",
        values={"model": card.name, "file": packed.name, "format": format},
        artefacts=[Artefact(kind="file", name=packed.name, path=str(packed))],
    )


def _folder(job: Job, card: Card, made: Export, folder: Path) -> list[str]:
    """Write everything a data scientist needs; the files to look at first."""
    described = {name: what for name, (what, _) in made.files.items()} | {
        "train.ipynb": "the same as train.py, as a notebook",
        "prepare.sql": "the preparation as SQL to read",
        "data/": made.data,
        "predictor/": "the model as it is",
        **{f"{name}/": "the sentence encoders that read texts by meaning" for name in made.carried},
        "card.json, recipe.json": "what Easel knows of the model",
    }
    source = folder_of(job.workspace, card)
    (folder / "data").mkdir(parents=True)
    job.progress(0.2, "Writing the data")
    made.copy_data(folder / "data")
    texts = {name: text for name, (_, text) in made.files.items()}
    texts |= {"train.ipynb": as_notebook(texts["train.py"]), "prepare.sql": recipe_script(recipes.load(source))}
    texts["requirements.txt"] = made.requirements
    texts["README.md"] = rendered(
        "folder.j2",
        name=card.name,
        files=described.items(),
        python=card.versions["python"],
        commands=["python train.py", made.command],
        **made.told,
    )
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    job.progress(0.5, "Copying the predictor")
    shutil.copytree(made.predictor, folder / "predictor")
    for name, write in made.carried.items():
        write(folder / name)
    for name in ("card.json", "recipe.json"):
        shutil.copyfile(source / name, folder / name)
    return ["README.md", "train.ipynb", *made.files, "data", "predictor", "requirements.txt"]


def _mlflow(job: Job, card: Card, made: Export, folder: Path) -> list[str]:
    """Write the folder that MLflow loads: the scripts but the one that trains, as one, and what they load."""
    from automl.mlflow_folder import save_mlflow

    job.progress(0.2, "Writing MLflow's format")
    texts = {name: text for name, (_, text) in made.files.items() if name not in TRAINING}
    loaded = {"predictor": made.predictor, **made.artefacts}
    values = {"says": made.answers, "function": Path(list(texts)[-1]).stem, "loaded": list(loaded)}
    code = in_one(texts) + rendered("mlflow.j2", **values)
    carried = {name: folder.parent / name for name in made.carried}
    for name, write in made.carried.items():
        write(carried[name])
    facts = {"name": card.name, "target": card.target, "dataset": card.dataset, "created": card.created}
    try:
        save_mlflow(folder, code, {**loaded, **carried}, made.requirements, facts)
    except ModelError as error:
        raise ToolError(str(error)) from error
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".yaml")

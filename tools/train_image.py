"""Build models that look at pictures, and use them on one: the answer, and the parts of the picture that speak for it."""

from pathlib import Path

from automl.card import Card
from automl.image import ImageResult, ImageSpec, Method
from automl.predictor import ModelError
from tools.connect import find_file
from tools.free_files import free_file
from tools.modelling.models import find_reader, outcome_of
from tools.modelling.prepare import open_model
from tools.modelling.reading import build_reader, check_reading
from tools.modelling.reading_words import chosen_words, taken_for
from tools.modelling.words import because, card_values, ended_early, headline, kind_words, notes
from tools.pictures import HEAT
from tools.tool import Artefact, ColumnName, DatasetName, FilePath, Job, ModelName, Outcome, TableData, ToolError, tool
from tools.train_text import Build
from tools.words import meant

SECONDS_A_PICTURE = 1.0
SCRATCH_SECONDS = 360.0
"""What all fits of a small network may take together."""
_PICTURES = r"\b(?:images?|pictures?|photos?|photographs?)\b"


@tool(
    effect="train",
    group="model",
    title="Build a model that looks at the pictures of {dataset} and predicts {target}",
    asked_by=rf"{_PICTURES}[\s\S]*\b(?:model|classif\w*|categori\w*|predict|train|recogni[sz]e|label|sort|tell)|\b(?:model|classif\w*|predict|train|recogni[sz]e|label|sort|tell)\b[\s\S]*{_PICTURES}"
    r"|(?:이미지|사진|그림)[\s\S]*(?:모델|분류|예측|학습|인식|구분)",
)
def train_image_model(
    job: Job,
    dataset: DatasetName,
    target: ColumnName = "class",
    path: ColumnName = "path",
    method: Method = "auto",
    backbone: str = "",
    build: Build = "standard",
) -> Outcome:
    """Build a model that looks at pictures and predicts a class: the kind of a defect, of an animal, of a product.

    Args:
        dataset: The dataset of the pictures, as load_images makes it.
        target: The column with the classes.
        path: The column with the paths of the pictures.
        method: auto compares what there is; texture measures texture, edges, shape and colour; network asks a pretrained network; scratch trains a small network from nothing.
        backbone: A folder or a Hugging Face name of a pretrained image network; none comes with Easel.
        build: thorough also trains a small network from scratch and compares it, which takes minutes.
    """
    version = job.workspace.version(dataset)
    column, predicted = meant("column", path, version.names), meant("column", target, version.names)
    job.progress(0.0, f"Checking {version.dataset}")
    scratch = SCRATCH_SECONDS if method == "scratch" or (method == "auto" and build == "thorough") else 0.0
    own = {"method": method, "backbone": backbone.strip(), "root": job.workspace.files.resolve()}
    own |= {"scratch_seconds": scratch}
    card = build_reader(
        job,
        version,
        check_reading(job.workspace, version, column, predicted, job.seed, "path of the picture"),
        column,
        build,
        "automl.image:fit",
        lambda shared: ImageSpec.model_validate({**shared, **own}),
        ImageResult,
        300 + SECONDS_A_PICTURE * version.row_count + 2 * scratch,
        lambda result: {"modality": "image", "image": result.image},
    )
    values = card_values(card) | {"image": card.image.model_dump(mode="json") if card.image else {}}
    return outcome_of(job.workspace, card, _told(card), values)


def _told(card: Card) -> str:
    made = (
        f"Built the model '{card.name}' in {card.seconds:.0f} s from {card.trained_rows:,} pictures of"
        f" {card.dataset.split('@')[0]}. It predicts {kind_words(card)}: {because(card)}."
    )
    return "\n".join(filter(None, [made + ended_early(card), headline(card), chosen_words(card), notes(card)]))


@tool(
    effect="read",
    group="model",
    title="Predict what the picture {path} shows",
    asked_by=rf"{_PICTURES}[\s\S]*\b(?:predict|shows?|what|which|class\w*|why)\b|\b(?:predict|what|which|why|look at|classify)\b[\s\S]*{_PICTURES}|\bheat ?map"
    r"|\.(?:jpe?g|png|bmp|webp|tiff?)\b|(?:이미지|사진|그림)[\s\S]*(?:예측|무엇|뭐|판별|왜|분류)|히트맵",
)
def predict_image(job: Job, path: FilePath, model: ModelName | None = None) -> Outcome:
    """Predict the class of one picture and draw which parts of it speak for the answer (a heat map).

    Args:
        path: The picture: a file of the project, or a path.
        model: The model; the newest picture model when left out.
    """
    card = find_reader(job.workspace, model, "image")
    file = find_file(job.workspace, path)
    saved, _ = open_model(job.workspace, card.name)
    out = free_file(job.workspace.files, f"{HEAT}{Path(path).stem}", ".png")
    try:
        answer, shares = saved.look_at(file, out)
    except ModelError as error:
        out.unlink(missing_ok=True)
        raise ToolError(str(error)) from error
    return Outcome(
        text=f"{taken_for(card, file.name, answer, shares)} In the heat map, red parts speak for {answer}, blue ones against it.",
        table=TableData(
            columns=[card.target, "probability"], rows=[[name, round(share, 4)] for name, share in shares.items()]
        ),
        metrics={"probability": shares[answer]},
        values={"model": card.name, "prediction": answer, "probabilities": shares},
        artefacts=[Artefact(kind="chart", name=out.name, path=str(out))],
    )

"""What is drawn of a model's answers: curves, calibration, thresholds and misses, in one small JSON file beside its card."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from automl.curves import Calibration, calibration, misses, precision_recall, roc, thresholds
from automl.problem import Problem

if TYPE_CHECKING:
    import pandas as pd

FILE = "evaluation{}.json"
STEPS = 100
DOTS = 400


class Evaluation(BaseModel):
    """The points of every chart of a model; what its kind of problem does not have is empty."""

    model_config = ConfigDict(frozen=True)
    roc: list[tuple[float, float]] = []
    precision_recall: list[tuple[float, float]] = []
    calibration: Calibration | None = None
    """Of the positive class of two, of the class that is named of several."""
    thresholds: list[dict[str, float]] = []
    """On the scale of the probabilities that are shown."""
    positives: int = 0
    misses: dict[str, float] = {}
    dots: list[tuple[float, float]] = []
    """(predicted, actual) of some rows."""


def evaluate(
    problem: Problem, actual: "pd.Series[Any]", predicted: "pd.Series[Any]", probabilities: "pd.DataFrame | None"
) -> Evaluation:
    """The points of the charts from the rows that measure a model."""
    if probabilities is None:
        some = actual.sample(min(DOTS, len(actual)), random_state=0).index
        pairs = zip(predicted[some].astype(float), actual[some].astype(float), strict=True)
        return Evaluation(
            misses=misses(actual, predicted), dots=[(round(float(x), 6), round(float(y), 6)) for x, y in pairs]
        )
    if problem.kind != "binary" or problem.positive is None:
        sure = probabilities.max(axis=1).to_numpy(float)
        return Evaluation(calibration=calibration((actual == predicted).to_numpy(float), sure))
    positive, share = (actual == problem.positive).to_numpy(float), probabilities[problem.positive].to_numpy(float)
    return Evaluation(
        roc=roc(positive, share),
        precision_recall=precision_recall(positive, share),
        calibration=calibration(positive, share),
        thresholds=thresholds(positive, share, STEPS),
        positives=int(positive.sum()),
    )


def _path(folder: Path, revision: int) -> Path:
    """A file for each revision of the card, so that the card alone says which one counts."""
    return folder / FILE.format("" if revision == 1 else f"@{revision}")


def write_evaluation(found: Evaluation, folder: Path, revision: int = 1) -> None:
    """Put it beside the card, whole or not at all."""
    path = _path(folder, revision)
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.write_text(found.model_dump_json(), encoding="utf-8")
    unfinished.replace(path)


def read_evaluation(folder: Path, revision: int) -> Evaluation | None:
    """What was written beside that revision of a model's card; None for a model of an older Easel."""
    try:
        return Evaluation.model_validate_json(_path(folder, revision).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None

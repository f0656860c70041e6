"""Learn classes of pictures, and keep the classifier that is right most often on pictures it did not learn from.

Pictures become numbers (automl/measures.py, and a pretrained network where one is given); a linear model, support
vectors and a forest are compared by cross-validation, and where it is asked for a small network that learns from the
pixels (automl/network.py). What is not covered: finding where in a picture something is.
Runs inside the worker's child process.
"""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from automl.builds import Progress
from automl.enough import enough, something
from automl.evaluation import evaluate, write_evaluation
from automl.intervals import RESAMPLES
from automl.metrics import naive_scores, score
from automl.problem import Problem
from automl.reading import Trial, class_rows, shown_rows
from automl.tabular import Candidate, FitResult
from automl.versions import versions_of

if TYPE_CHECKING:
    import pandas as pd

    from automl.heads import Array
    from automl.image_model import ImageModel

Method = Literal["auto", "texture", "network", "scratch"]
NETWORK = "a small network"
"""The one way that learns from pixels, and from nothing else."""
MOST_PICTURES = 20_000
"""With more of them their pixels are not held in memory."""
FOLDS = 5
SHOWN = 3


class ImageSpec(BaseModel):
    """Everything the child process needs, in one JSON file."""

    model_config = ConfigDict(frozen=True)
    problem: Problem
    column: str
    """The column with the paths of the pictures."""
    root: Path
    """Where relative paths begin."""
    train: Path
    holdout: Path
    folder: Path
    """Where the model is written; must not exist."""
    method: Method = "auto"
    backbone: str = ""
    scratch_seconds: float = 0.0
    """What all fits of the small network may take together; 0 where it is not tried."""
    seed: int = 0


class ImageExample(BaseModel):
    """A picture that the model never saw, what it is and what it was taken for."""

    model_config = ConfigDict(frozen=True)
    path: str
    actual: str
    predicted: str
    probability: float
    picture: str = ""
    """The picture with its heat map, small, as a JPEG in base64."""


class ImageFacts(BaseModel):
    """What a card says of a picture model beyond what it says of any."""

    model_config = ConfigDict(frozen=True)
    column: str
    backbone: str = ""
    trials: list[Trial]
    """The best first, as cross-validation over the training pictures judges them."""
    right: list[ImageExample] = []
    wrong: list[ImageExample] = []


class ImageResult(FitResult):
    """What the child process found."""

    image: ImageFacts


def fit(spec: ImageSpec, report: Progress) -> ImageResult:
    """Measure the pictures, compare classifiers, keep the best, and measure it on pictures it never saw."""
    import numpy as np

    from automl.validation import MEASURED, keep_validation

    started = time.monotonic()
    train, holdout = _rows(spec, spec.train), _rows(spec, spec.holdout)
    problem, target = spec.problem, spec.problem.target
    code = {name: place for place, name in enumerate(problem.classes)}
    codes = np.array([code[name] for name in train[target]])
    features = _features(spec, train, report)
    trials, scores = _compare(features, codes, len(code), spec, report)
    best = trials[0].method
    report(0.75, f"Learning by {best} from all training pictures")
    model = _learn(spec, features, codes, best, scores[best])
    model.save(spec.folder)
    _keep_validation(spec, train[target], best, model.weight * scores[best])
    report(0.85, "Measuring the model on pictures it never saw")
    probabilities = model.predict_proba(holdout)
    keep_validation(spec.folder.parent, problem, best, holdout[target], probabilities, MEASURED)
    predicted = probabilities.idxmax(axis=1)
    write_evaluation(evaluate(problem, holdout[target], predicted, probabilities), spec.folder.parent)
    return ImageResult(
        scores=score(problem, holdout[target], predicted, probabilities, resamples=RESAMPLES, seed=spec.seed),
        baseline=naive_scores(problem, train[target], holdout[target]),
        impact={spec.column: 1.0},
        leaderboard=[Candidate(model=one.method, score=one.accuracy, seconds=one.seconds) for one in trials],
        best=best,
        metric="accuracy",
        features={spec.column: "text"},
        trained_rows=len(train),
        holdout_rows=len(holdout),
        seconds=round(time.monotonic() - started, 1),
        versions=_versions(model),
        image=ImageFacts(
            column=spec.column,
            backbone=spec.backbone,
            trials=trials,
            **_examples(spec, model, holdout, probabilities),
        ),
    )


def _rows(spec: ImageSpec, path: Path) -> "pd.DataFrame":

    return class_rows(path, spec.column, spec.problem)


def _features(spec: ImageSpec, train: "pd.DataFrame", report: Progress) -> "dict[str, Array]":
    """The training pictures' numbers by where they come from."""
    import numpy as np

    from automl.backbone import load_backbone
    from automl.pictures import PictureError, check_torch, measured, pixels

    if spec.method == "network" and not spec.backbone:
        raise PictureError(
            "No network was given. Name one with backbone, a folder or a hub name, or take method texture."
        )
    paths = [spec.root / str(path or "") for path in train[spec.column]]
    found = {}
    if spec.scratch_seconds and len(paths) <= MOST_PICTURES:
        check_torch()
        found["pixels"] = pixels(paths)
    if spec.method == "scratch":
        if not found:
            raise PictureError(f"A network from scratch takes up to {MOST_PICTURES:,} pictures, not {len(paths):,}.")
        return found
    if spec.method != "network":
        found["texture"] = measured(
            paths, lambda share: report(0.05 + 0.4 * share, f"Measured {share:.0%} of the pictures")
        )
    if spec.backbone and spec.method != "texture":
        network = load_backbone(spec.backbone)
        found["network"] = network.vectors(
            paths, lambda share: report(0.45 + 0.1 * share, f"The network saw {share:.0%}")
        )
    if {"texture", "network"} <= set(found):
        found["texture and network"] = np.hstack([found["texture"], found["network"]])
    return found


def classifiers(seed: int, seconds: float = 0.0) -> dict[str, Any]:
    """The classifiers that are compared, by the words they are told with; `seconds` are those of one small network."""
    from sklearn.ensemble import ExtraTreesClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    from automl.network import SmallNetwork

    return {
        "a linear model": make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1_000)),
        "support vectors": make_pipeline(StandardScaler(), SVC(C=10, decision_function_shape="ovr")),
        "a forest": ExtraTreesClassifier(300, min_samples_leaf=2, random_state=seed, n_jobs=2),
        NETWORK: SmallNetwork(seed, seconds),
    }


def _compare(
    features: "dict[str, Array]", codes: "Array", classes: int, spec: ImageSpec, report: Progress
) -> "tuple[list[Trial], dict[str, Array]]":
    """What each way is worth on pictures it did not learn from, the best first, and its scores of them."""
    import numpy as np
    from sklearn.model_selection import StratifiedKFold

    from automl.heads import accuracy, log_loss, temper
    from automl.image_model import class_scores

    trials: list[Trial] = []
    kept = {}
    folds = list(StratifiedKFold(FOLDS, shuffle=True, random_state=spec.seed).split(codes, codes))
    seconds = spec.scratch_seconds / (FOLDS + 1)
    known = classifiers(spec.seed)
    ways = [(source, name) for source in features for name in known if (source == "pixels") == (name == NETWORK)]
    for place, (source, name) in enumerate(ways):
        if enough():
            break
        since = time.monotonic()
        scores = np.zeros((len(codes), classes))
        for teach, judge in folds:
            model = classifiers(spec.seed, seconds)[name].fit(features[source][teach], codes[teach])
            scores[judge] = class_scores(model, features[source][judge], classes)
        method = f"{source}, {name}"
        kept[method] = scores
        loss = log_loss(temper([scores], codes)[0] * scores, codes)
        right = round(accuracy(scores, codes), 6)
        took = round(time.monotonic() - since, 1)
        trials.append(Trial(method=method, accuracy=right, log_loss=round(loss, 6), seconds=took))
        something()
        report(0.55 + 0.2 * (place + 1) / len(ways), f"Tried {method}: {right:.1%} right")
    return sorted(trials, key=lambda one: (-one.accuracy, one.log_loss)), kept


def _learn(spec: ImageSpec, features: "dict[str, Array]", codes: "Array", method: str, scores: "Array") -> "ImageModel":
    from automl.backbone import load_backbone
    from automl.heads import temper
    from automl.image_model import ImageModel

    source, name = method.split(", ", 1)
    classifier = classifiers(spec.seed, spec.scratch_seconds / (FOLDS + 1))[name].fit(features[source], codes)
    backbone = load_backbone(spec.backbone) if "network" in source else None
    weight = temper([scores], codes)[0]
    measured, pixels = "texture" in source, source == "pixels"
    return ImageModel(spec.column, spec.problem.classes, classifier, weight, measured, backbone, spec.root, pixels)


def _keep_validation(spec: ImageSpec, actual: "pd.Series[Any]", method: str, scores: "Array") -> None:
    """What the method said of the training pictures it did not learn from, for whoever sets a threshold."""
    import pandas as pd

    from automl.heads import shares
    from automl.validation import keep_validation

    table = pd.DataFrame(shares(scores), columns=spec.problem.classes)
    keep_validation(spec.folder.parent, spec.problem, method, actual, table)


def _versions(model: "ImageModel") -> dict[str, str]:

    more = ("torch", "transformers") if model.backbone else ("torch",) if model.uses_pixels else ()
    return versions_of("scikit-learn", "numpy", "scipy", "pillow", *more)


def _examples(
    spec: ImageSpec, model: "ImageModel", holdout: "pd.DataFrame", probabilities: "pd.DataFrame"
) -> dict[str, list[ImageExample]]:
    """The surest mistakes, and pictures that were told rightly, one of a class each."""
    from automl.image_model import small_heat

    target = spec.problem.target
    right, wrong = shown_rows(holdout[target], probabilities, SHOWN)

    def shown(row: int) -> ImageExample:
        name, path = str(probabilities.loc[row].idxmax()), spec.root / str(holdout[spec.column][row])
        return ImageExample(
            path=str(holdout[spec.column][row]),
            actual=str(holdout[target][row]),
            predicted=name,
            probability=round(float(probabilities.loc[row].max()), 4),
            picture=small_heat(path, model.heat(path, name)),
        )

    return {"right": [shown(row) for row in right], "wrong": [shown(row) for row in wrong]}

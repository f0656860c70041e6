"""A picture model: measures of texture and shape, the vector of a pretrained network, or both, under a classifier; or pixels."""

import base64
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from automl.backbone import Backbone, load_backbone
from automl.heads import shares
from automl.measures import Array, measures
from automl.network import SIDE as SMALL
from automl.network import SmallNetwork, flat
from automl.pictures import SIDE, is_readable, measured, pixels, read_picture

if TYPE_CHECKING:
    import pandas as pd

FILE, BACKBONE = "image.joblib", "backbone"
GRID = 6
"""The heat map hides the picture part by part, so many across and down."""
_SHADES = ((255, 70, 40), (40, 110, 255))
"""Of what speaks for the answer, and against it."""


@dataclass(frozen=True)
class ImageModel:
    """Predicts classes of the pictures whose paths stand in one column of a frame."""

    column: str
    classes: list[str]
    classifier: Any
    """A fitted scikit-learn pipeline whose classes are places in `classes`."""
    weight: float
    """What makes its scores honest probabilities."""
    uses_measures: bool
    backbone: Backbone | None
    root: Path
    """Where relative paths begin."""
    uses_pixels: bool = False

    def features(self, paths: Sequence[Path], report: Callable[[float], None] = lambda share: None) -> Array:
        """One row of numbers per picture."""
        parts = [measured(paths, report)] if self.uses_measures else []
        if self.backbone is not None:
            parts.append(self.backbone.vectors(paths, report))
        if self.uses_pixels:
            parts.append(pixels(paths, report))
        return np.hstack(parts)

    def probabilities(self, features: Array) -> Array:
        return shares(self.weight * class_scores(self.classifier, features, len(self.classes)))

    def predict_proba(self, frame: "pd.DataFrame") -> "pd.DataFrame":
        """One probability per row and class. Raises PictureError where a picture can't be read."""
        import pandas as pd

        features = self.features(self._paths(frame))
        return pd.DataFrame(self.probabilities(features), index=frame.index, columns=self.classes)

    def readable(self, frame: "pd.DataFrame") -> list[bool]:
        """For each row whether its picture can be read."""
        return [is_readable(path) for path in self._paths(frame)]

    def _paths(self, frame: "pd.DataFrame") -> list[Path]:
        return [self.root / str(path or "") for path in frame[self.column]]

    def heat(self, path: Path, name: str) -> Array:
        """How much each of GRID x GRID parts of a picture speaks for a class: the log odds lost when it is hidden.

        Hidden is: replaced by the picture's mean colour, with the eight parts around it counting half (Zeiler and Fergus,
        2014).
        """
        from scipy.special import logsumexp

        seen = [(read_picture(path, side), of) for side, of in self._senses()]
        rows = [np.concatenate([of(picture) for picture, of in seen])]
        for down in range(GRID):
            for across in range(GRID):
                rows.append(np.concatenate([of(_hidden(picture, down, across)) for picture, of in seen]))
        scores = self.weight * class_scores(self.classifier, np.vstack(rows), len(self.classes))
        place = self.classes.index(name)
        found = scores[:, place] - logsumexp(np.delete(scores, place, axis=1), axis=1)
        lost = (found[0] - found[1:]).reshape(GRID, GRID)
        padded = np.pad(lost, 1, mode="edge")
        around = sum(
            padded[1 + one : 1 + one + GRID, 1 + two : 1 + two + GRID] for one in (-1, 0, 1) for two in (-1, 0, 1)
        )
        return np.asarray((lost + (around - lost) / 16) / 1.5)

    def _senses(self) -> list[tuple[int, Callable[[Array], Array]]]:
        """For each kind of numbers the size of the picture and what makes them of it, in the order of `features`."""
        found: list[tuple[int, Callable[[Array], Array]]] = [(SIDE, measures)] if self.uses_measures else []
        if (backbone := self.backbone) is not None:
            found.append((backbone.side, lambda picture: backbone.of([picture])[0]))
        return [*found, (SMALL, flat)] if self.uses_pixels else found

    def save(self, folder: Path) -> None:
        """Write the model into a folder, its network with it."""
        import joblib

        folder.mkdir(parents=True, exist_ok=True)
        if self.backbone is not None:
            self.backbone.save(folder / BACKBONE)
        kept = {
            "column": self.column,
            "classes": self.classes,
            "classifier": vars(self.classifier) if self.uses_pixels else self.classifier,
            "weight": self.weight,
            "measures": self.uses_measures,
            "backbone": self.backbone is not None,
            "pixels": self.uses_pixels,
        }
        joblib.dump(kept, folder / FILE, compress=3)


def load_image_model(folder: Path, root: Path) -> ImageModel:
    """The model that `save` wrote; relative paths of pictures begin at the root."""
    import joblib

    kept = joblib.load(folder / FILE)
    backbone = load_backbone(str(folder / BACKBONE)) if kept["backbone"] else None
    column, classes, weight = (kept[name] for name in ("column", "classes", "weight"))
    uses_pixels = kept.get("pixels", False)  # models of an older Easel do not say
    return ImageModel(column, classes, _classifier(kept), weight, kept["measures"], backbone, root, uses_pixels)


def learned_by(folder: Path) -> tuple[Any, float]:
    """The classifier of a saved model, and what makes its scores honest probabilities."""
    import joblib

    kept = joblib.load(folder / FILE)
    return _classifier(kept), float(kept["weight"])


def _classifier(kept: dict[str, Any]) -> Any:
    """The classifier as it was saved: a small network as plain values, so that it loads without Easel too."""
    found = kept["classifier"]
    return SmallNetwork(**found) if isinstance(found, dict) else found


def class_scores(classifier: Any, features: Array, classes: int) -> Array:
    """One score per row and class: a decision function, or logarithms of probabilities."""
    if hasattr(classifier, "decision_function"):
        given = np.asarray(classifier.decision_function(features))
        given = np.column_stack([-given, given]) / 2 if given.ndim == 1 else given
    else:
        given = np.log(np.clip(classifier.predict_proba(features), 1e-3, 1))
    scores = np.full((len(features), classes), float(given.min()) - 10)
    scores[:, classifier.classes_] = given
    return scores


def draw_heat(path: Path, heat: Array, out: Path) -> None:
    """Write the picture with its heat map over it: red speaks for the answer, blue against it."""
    _drawn(path, heat, 480).save(out)


def small_heat(path: Path, heat: Array) -> str:
    """The same, small, as a JPEG in base64."""
    held = io.BytesIO()
    _drawn(path, heat, 144).save(held, "JPEG", quality=80)
    return base64.b64encode(held.getvalue()).decode()


def _drawn(path: Path, heat: Array, side: int) -> Any:
    from PIL import Image

    strongest = float(np.abs(heat).max()) or 1.0
    shown = Image.fromarray((read_picture(path, side) * 255).astype(np.uint8))
    alpha = np.abs(heat) / strongest
    tint = np.where((heat >= 0)[..., None], *(np.array(shade, np.uint8) for shade in _SHADES)).astype(np.uint8)
    mask = Image.fromarray((alpha * 150).astype(np.uint8)).resize((side, side), Image.Resampling.BICUBIC)
    colour = Image.fromarray(tint).resize((side, side), Image.Resampling.NEAREST)
    return Image.composite(colour, shown, mask)


def _hidden(picture: Array, down: int, across: int) -> Array:
    side = picture.shape[0]
    edges = np.linspace(0, side, GRID + 1).astype(int)
    changed = picture.copy()
    changed[edges[down] : edges[down + 1], edges[across] : edges[across + 1]] = picture.mean(axis=(0, 1))
    return changed

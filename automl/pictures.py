"""Pictures from files, all brought to one size, and their measures (automl/measures.py). What is not covered: moving pictures."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from automl.measures import Array, measures
from automl.network import SIDE as SMALL
from automl.network import flat
from automl.predictor import ModelError

SIDE = 160
MOST_PIXELS = 80_000_000
"""A larger picture is refused: it would not fit into memory."""


class PictureError(ModelError, ValueError):
    """A picture can't be read: one line that names it."""


def read_picture(path: Path, side: int = SIDE) -> Array:
    """The picture as `side` x `side` x 3 numbers from 0 to 1, turned as its camera says. Raises PictureError."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(path) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise PictureError(f"The picture {path.name} is too large ({opened.width:,} x {opened.height:,}).")
            turned = ImageOps.exif_transpose(eight_bits(opened)).convert("RGB")
            turned = turned.resize((side, side), Image.Resampling.LANCZOS)
            return np.asarray(turned, np.float32) / 255
    except (OSError, UnidentifiedImageError, SyntaxError, Image.DecompressionBombError) as error:
        reason = "there is no such file" if not path.is_file() else "it is no picture that can be read"
        raise PictureError(f"The picture {path} can't be used: {reason}.") from error


def is_readable(path: Path) -> bool:
    """Whether `read_picture` can read the file."""
    try:
        read_picture(path, 1)
    except PictureError:
        return False
    return True


def eight_bits(picture: Any) -> Any:
    """A picture whose greys have more than 8 bits, or are shares, with 8: taken as they are they would be all white or black."""
    from PIL import Image

    if picture.mode not in ("I", "F") and not picture.mode.startswith("I;16"):
        return picture
    greys = np.asarray(picture, np.float32)
    ranges = (*((1,) if picture.mode == "F" else ()), 255, 4095, 65535)
    most = next((one for one in ranges if greys.max() <= one), greys.max())
    return Image.fromarray((greys.clip(0) * (255 / most)).astype(np.uint8))


def measured(paths: Sequence[Path], report: Callable[[float], None] = lambda share: None) -> Array:
    """The measures of some pictures, one row each."""
    return _rows(paths, SIDE, measures, report)


def pixels(paths: Sequence[Path], report: Callable[[float], None] = lambda share: None) -> Array:
    """Some pictures as the small network reads them, one row each."""
    return _rows(paths, SMALL, flat, report)


def _rows(paths: Sequence[Path], side: int, of: Callable[[Array], Array], report: Callable[[float], None]) -> Array:
    rows = []
    for place, path in enumerate(paths):
        rows.append(of(read_picture(path, side)))
        report((place + 1) / len(paths))
    return np.vstack(rows)


def check_torch() -> None:
    """Raises PictureError where torch is not installed."""
    from importlib.util import find_spec

    if find_spec("torch") is None:
        raise PictureError("A network needs the full installation: pip install 'easel-assistant[full]'.")

"""A pretrained picture network, frozen: its vector of a picture. A local folder or a name of the Hugging Face hub.

No such network comes with Easel; without one, pictures are measured by automl/measures.py alone. What is not covered:
networks that need more than the picture, such as captions.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from automl.measures import Array
from automl.pictures import PictureError, read_picture

BATCH = 16
SIDE = 224
MEAN, SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of ImageNet, with which nearly all of these networks were trained."""


class Backbone:
    """A loaded network; `load_backbone` makes it."""

    def __init__(self, name: str, model: Any) -> None:
        import torch

        self.name = name
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.model = model.to(self.device).eval()
        size = getattr(model.config, "image_size", SIDE)
        self.side = int(size if isinstance(size, int) else size[0])

    def vectors(self, paths: Sequence[Path], report: Callable[[float], None] = lambda share: None) -> Array:
        """One row of numbers per picture."""
        rows = []
        for start in range(0, len(paths), BATCH):
            rows.append(self.of([read_picture(path, self.side) for path in paths[start : start + BATCH]]))
            report(min(1.0, (start + BATCH) / len(paths)))
        return np.vstack(rows)

    def of(self, pictures: Sequence[Array]) -> Array:
        """One row of numbers per picture of this network's size."""
        import torch

        scaled = (np.stack(pictures) - np.array(MEAN, np.float32)) / np.array(SPREAD, np.float32)
        pixels = torch.as_tensor(scaled.transpose(0, 3, 1, 2), dtype=torch.float32, device=self.device)
        with torch.inference_mode():
            given = self.model(pixel_values=pixels)
        pooled = getattr(given, "pooler_output", None)
        vector = pooled if pooled is not None else given.last_hidden_state.mean(dim=1)
        found: Array = vector.reshape(len(pictures), -1).float().cpu().numpy()
        return found

    def save(self, folder: Path) -> None:
        """Write the network, so that `load_backbone(folder)` reads it back."""
        self.model.save_pretrained(folder)


@lru_cache(maxsize=2)
def load_backbone(name: str) -> Backbone:
    """The network of a local folder or a hub name, loaded once per process. Raises PictureError."""
    try:
        import torch  # noqa: F401  # transformers loads without it, its models do not
        from transformers import AutoModel
    except ImportError as error:
        needed = "Pretrained networks need the full installation: pip install 'easel-assistant[full]'."
        raise PictureError(needed) from error
    try:
        return Backbone(name, AutoModel.from_pretrained(name, local_files_only=Path(name).is_dir()))
    except (OSError, ValueError) as error:
        raise PictureError(
            f"No picture network can be read from '{name}'. Give a folder with a Hugging Face image model, a name of the"
            " hub (that needs a network), or leave it out."
        ) from error

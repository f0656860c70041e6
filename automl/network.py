"""A small convolutional network that learns from the pixels alone, for where no pretrained one is at hand.

Four layers of 3 x 3 convolutions with batch normalisation, each halving the picture, then the mean over the picture and
a linear layer: about 65,000 weights. Pictures are flipped at random, rare classes count more, and the pass that judged
best on pictures set aside is kept (early stopping). Fitted and asked like a classifier of scikit-learn, so that it is
compared, scored and explained like the others; its weights are kept as plain arrays.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from automl.measures import Array
from automl.pictures import PictureError, read_picture

SIDE = 48
WIDTHS = (16, 32, 64, 64)
PASSES, PATIENCE, BATCH, RATE = 60, 20, 16, 3e-3
JUDGING = 0.15
"""The share of the pictures that only choose the pass that is kept."""


def pixels(paths: Sequence[Path], report: Callable[[float], None] = lambda share: None) -> Array:
    """The pictures as rows of SIDE x SIDE x 3 whole numbers from 0 to 255."""
    rows = []
    for place, path in enumerate(paths):
        rows.append(flat(read_picture(path, SIDE)))
        report((place + 1) / len(paths))
    return np.vstack(rows)


def flat(picture: Array) -> Array:
    """One picture of this size as such a row."""
    row: Array = np.rint(picture * 255).astype(np.uint8).ravel()
    return row


def check_torch() -> None:
    """Raises PictureError where torch is not installed."""
    from importlib.util import find_spec

    if find_spec("torch") is None:
        raise PictureError("A network needs the full installation: pip install 'easel-assistant[full]'.")


@dataclass
class SmallNetwork:
    """The classifier. Call `fit` first."""

    seed: int = 0
    seconds: float = 60.0
    """A fit ends with the step that is on when they are over."""
    passes: int = PASSES
    passes_: int = 0
    """How many there were."""
    classes_: Array = field(default_factory=lambda: np.empty(0, int))
    weights: dict[str, Array] = field(default_factory=dict)

    def fit(self, rows: Array, codes: Array) -> "SmallNetwork":
        """Learn the classes of pictures that `pixels` made."""
        import torch

        ends = time.monotonic() + self.seconds
        self.classes_, places = np.unique(codes, return_inverse=True)
        teach, judge = _parts(places, self.seed)
        targets = torch.as_tensor(places, dtype=torch.long)
        counts = np.bincount(places[teach], minlength=len(self.classes_)).clip(1)
        loss = torch.nn.CrossEntropyLoss(torch.as_tensor(len(teach) / (len(counts) * counts), dtype=torch.float32))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            network = _network(len(self.classes_))
            optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.01)
            slower = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, self.passes)
            best, waited = float("inf"), 0
            for number in range(1, self.passes + 1):
                self.passes_ = number
                network.train()
                order = torch.as_tensor(teach)[torch.randperm(len(teach))]
                for some in (order[start : start + BATCH] for start in range(0, len(order), BATCH)):
                    optimizer.zero_grad()
                    loss(network(_flipped(_pictures(rows[some.numpy()]))), targets[some]).backward()
                    optimizer.step()
                    if time.monotonic() >= ends:
                        break
                slower.step()
                judged = float(loss(_asked(network, rows[judge]), targets[judge]))
                waited += 1
                if judged < best or not self.weights:
                    best, waited = judged, 0
                    self.weights = {name: value.numpy().copy() for name, value in network.state_dict().items()}
                if waited >= PATIENCE or time.monotonic() >= ends:
                    break
        return self

    def decision_function(self, rows: Array) -> Array:
        """One score per picture and class."""
        import torch

        network = _network(len(self.classes_))
        network.load_state_dict({name: torch.as_tensor(value) for name, value in self.weights.items()})
        scores: Array = _asked(network, rows).numpy()
        return scores


def _parts(places: Array, seed: int) -> tuple[Array, Array]:
    """The pictures that teach and those that judge, alike in every class; few teach and judge."""
    from sklearn.model_selection import train_test_split

    every, classes = np.arange(len(places)), len(np.unique(places))
    if np.bincount(places).min() < 2 or len(places) < 4 * classes:
        return every, every
    share = max(JUDGING, classes / len(places))
    teach, judge = train_test_split(every, test_size=share, random_state=seed, stratify=places)
    return teach, judge


def _network(classes: int) -> Any:
    from torch import nn

    layers: list[Any] = []
    for given, width in zip((3, *WIDTHS), WIDTHS, strict=False):
        layers += [
            nn.Conv2d(given, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width, momentum=0.3),
            nn.ReLU(),
            nn.MaxPool2d(2),
        ]
    return nn.Sequential(
        *layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(WIDTHS[-1], classes)
    )


def _pictures(rows: Array) -> Any:
    """Rows as pictures for the network, numbers from -1 to 1."""
    import torch

    shaped = torch.as_tensor(rows.reshape(-1, SIDE, SIDE, 3).transpose(0, 3, 1, 2).astype(np.float32))
    return shaped / 127.5 - 1


def _flipped(pictures: Any) -> Any:
    """Each picture as it is or mirrored, across and down at random."""
    import torch

    for axis in (2, 3):
        chosen = torch.rand(len(pictures)) < 0.5
        pictures[chosen] = pictures[chosen].flip(axis)
    return pictures


def _asked(network: Any, rows: Array) -> Any:
    """The scores of rows, a part at a time."""
    import torch

    network.eval()
    with torch.inference_mode():
        parts = [network(_pictures(rows[start : start + 256])) for start in range(0, len(rows), 256)]
        return torch.cat(parts)

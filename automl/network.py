"""A small convolutional network that learns from the pixels alone, for where no pretrained one is at hand.

Four layers of 3 x 3 convolutions with batch normalisation, each halving the picture, then the mean over the picture and
a linear layer: about 65,000 weights. Pictures are flipped at random, rare classes count more, and the pass that judged
best on pictures set aside is kept (early stopping). Fitted and asked like a classifier of scikit-learn, so that it is
compared, scored and explained like the others; its weights are kept as plain arrays. This file needs numpy and PyTorch
alone: exports of such models carry it as it is.
"""

import math
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
SIDE = 48
WIDTHS = (16, 32, 64, 64)
PASSES, PATIENCE, BATCH, RATE = 60, 20, 16, 3e-3
JUDGING = 0.15
"""The share of the pictures that only choose the pass that is kept."""


def flat(picture: Array) -> Array:
    """A picture of SIDE x SIDE x 3 numbers from 0 to 1 as a row of whole numbers from 0 to 255."""
    row: Array = np.rint(picture * 255).astype(np.uint8).ravel()
    return row


@dataclass
class SmallNetwork:
    """The classifier. Call `fit` first."""

    seed: int = 0
    seconds: float = field(default=math.inf, repr=False)
    """A fit ends with the step that is on when they are over."""
    passes: int = PASSES
    steps: int | None = None
    """A fit ends after so many; None where the passes and the seconds alone end it."""
    steps_: int = field(default=0, repr=False)
    """How many there were."""
    classes_: Array = field(default_factory=lambda: np.empty(0, int), repr=False)
    weights: dict[str, Array] = field(default_factory=dict, repr=False)

    def fit(self, rows: Array, codes: Array) -> "SmallNetwork":
        """Learn the classes of pictures, each a row that `flat` made."""
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
            best, waited, over, self.steps_ = math.inf, 0, False, 0
            for _ in range(self.passes):
                network.train()
                order = torch.as_tensor(teach)[torch.randperm(len(teach))]
                for some in (order[start : start + BATCH] for start in range(0, len(order), BATCH)):
                    optimizer.zero_grad()
                    loss(network(_flipped(_pictures(rows[some.numpy()]))), targets[some]).backward()
                    optimizer.step()
                    self.steps_ += 1
                    over = self.steps_ == self.steps or time.monotonic() >= ends
                    if over:
                        break
                slower.step()
                judged = float(loss(_asked(network, rows[judge]), targets[judge]))
                waited += 1
                if judged < best or not self.weights:
                    best, waited = judged, 0
                    self.weights = {name: value.numpy().copy() for name, value in network.state_dict().items()}
                if waited >= PATIENCE or over:
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

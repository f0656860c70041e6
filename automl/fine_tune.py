"""Fine-tune a sentence encoder for classes, as far as the time goes.

It starts from the linear head over the frozen vectors and then changes everything, so that it begins where the frozen
encoder ends (Kumar et al., "Fine-Tuning can Distort Pretrained Features", 2022). The encoder is changed in place.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from automl.builds import Progress
from automl.compile import CompileReport, Wanted, choose
from automl.enough import enough, something

if TYPE_CHECKING:
    from automl.encoder import Encoder
    from automl.heads import Array, Head

BATCH = 32
MULTIPLE = 16
"""Texts are padded to a multiple of so many pieces, so that a compiler meets few shapes."""
MOST_PASSES = 4
RATE, HEAD_RATE = 5e-5, 1e-2


@dataclass(frozen=True)
class Tuned:
    """The head that goes with the changed encoder, and what it took."""

    head: "Head"
    passes: float
    compiled: CompileReport


def fine_tune(
    encoder: "Encoder",
    head: "Head",
    texts: Sequence[str],
    codes: "Array",
    *,
    seconds: float,
    seconds_a_pass: float,
    report: Progress,
    wanted: Wanted = "auto",
    debug: bool = False,
    seed: int = 0,
    backend: str = "inductor",
) -> Tuned:
    """Train on the texts until the passes or the seconds are over."""
    import torch

    started = time.monotonic()
    torch.manual_seed(seed)
    classifier, step = measured_step(encoder, head, texts[:BATCH], codes[:BATCH])
    planned = min(seconds, MOST_PASSES * seconds_a_pass)
    forward, compiled = choose(
        classifier,
        step,
        wanted=wanted,
        device=encoder.device,
        seconds=planned,
        debug=debug,
        backend=backend,
    )
    total = MOST_PASSES * -(-len(texts) // BATCH)
    parts = [
        {"params": classifier.encoder.parameters(), "lr": RATE},
        {"params": [classifier.weights, classifier.bias], "lr": HEAD_RATE},
    ]
    optimizer = torch.optim.AdamW(parts, weight_decay=0.01)
    rates = [float(group["lr"]) for group in optimizer.param_groups]
    encoder.model.train()
    done = 0
    for places in _batches(len(texts), total, seed):
        used = (time.monotonic() - started) / seconds
        if used >= 1 or enough():
            break
        share = max(done / total, used)  # rates sink to nothing by the end, whichever end comes first
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * min((done + 1) / (0.06 * total), 1.0) * (1 - share)
        optimizer.zero_grad()
        ids, mask = encoder.batch([texts[place] for place in places], multiple=MULTIPLE)
        _loss(forward(ids, mask), codes[places], encoder.device).backward()
        torch.nn.utils.clip_grad_norm_(classifier.parameters(), 1.0)
        optimizer.step()
        done += 1
        if done % 5 == 0:
            something()
            report(0.5 + 0.2 * share, f"Fine-tuning: pass {done * BATCH / len(texts):.1f} of {MOST_PASSES}")
    encoder.model.eval()
    return Tuned(_head(classifier), round(done * BATCH / len(texts), 2), compiled)


def seconds_a_pass(encoder: "Encoder", head: "Head", texts: Sequence[str], codes: "Array") -> float:
    """About how long one pass over the texts takes, from two steps on a sample of them."""
    sample = list(range(0, len(texts), max(1, len(texts) // BATCH)))[:BATCH]
    classifier, step = measured_step(encoder, head, [texts[place] for place in sample], codes[sample])
    step(classifier)
    started = time.monotonic()
    step(classifier)
    return (time.monotonic() - started) * max(1.0, len(texts) / len(sample))


def measured_step(encoder: "Encoder", head: "Head", texts: Sequence[str], codes: "Array") -> tuple[Any, Any]:
    """What `choose` measures: the classifier, and one training step of it on these texts."""
    return _classifier(encoder, head), _step(encoder, texts, codes)


def _classifier(encoder: "Encoder", head: "Head") -> Any:
    """The encoder with a linear head that starts as the given one; called with ids and mask it gives scores."""
    import torch

    class Classifier(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = encoder.model
            self.weights = torch.nn.Parameter(torch.tensor(head.weights, device=encoder.device))
            self.bias = torch.nn.Parameter(torch.tensor(head.bias, device=encoder.device))

        def forward(self, ids: Any, mask: Any) -> Any:
            return encoder.pooled(ids, mask) @ self.weights + self.bias

    return Classifier()


def _head(classifier: Any) -> "Head":
    from automl.heads import Head

    return Head(classifier.weights.detach().cpu().numpy(), classifier.bias.detach().cpu().numpy())


def _step(encoder: "Encoder", texts: Sequence[str], codes: "Array") -> Any:
    """One step without the change of the weights, for measuring."""
    ids, mask = encoder.batch(texts, multiple=MULTIPLE)

    def step(forward: Any) -> None:
        encoder.model.train()
        _loss(forward(ids, mask), codes, encoder.device).backward()
        encoder.model.zero_grad()
        encoder.model.eval()

    return step


def _loss(scores: Any, codes: "Array", device: str) -> Any:
    import torch

    return torch.nn.functional.cross_entropy(scores, torch.as_tensor(codes, dtype=torch.long, device=device))


def _batches(rows: int, steps: int, seed: int) -> Iterator["Array"]:
    """Places of the rows of each step, every row once a pass, each pass in another order."""
    import numpy as np

    random = np.random.default_rng(seed)
    done = 0
    while done < steps:
        order = random.permutation(rows)
        for start in range(0, rows, BATCH):
            if done == steps:
                return
            yield order[start : start + BATCH]
            done += 1

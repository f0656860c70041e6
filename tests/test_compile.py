"""Compiled training steps: measured beside the steps as they are, kept where faster, given up where they fail."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from automl.compile import Wanted, choose
from automl.encoder import load_encoder
from automl.fine_tune import fine_tune
from automl.heads import dense_head
from tests.tiny_encoder import messages, tiny_encoder


@pytest.fixture
def small() -> tuple[Any, Any, list[int]]:
    """A linear module, a training step of it, and a list that grows by one a step."""
    import torch

    torch.manual_seed(0)
    module, rows, steps = torch.nn.Linear(4, 2), torch.ones(3, 4), []

    def step(forward: Any) -> None:
        forward(rows).sum().backward()
        module.zero_grad()
        steps.append(1)

    return module, step, steps


@pytest.mark.parametrize(
    ("wanted", "seconds", "words"),
    [
        (False, 1e9, "Compiling was not used: you asked for none."),
        (
            "auto",
            30.0,
            "Compiling was not used: the training takes about 30 s as it is, less than compiling can win back.",
        ),
    ],
)
def test_nothing_is_measured_where_nothing_can_be_won(small: Any, wanted: Wanted, seconds: float, words: str) -> None:
    module, step, steps = small
    forward, report = choose(module, step, wanted=wanted, device="cpu", seconds=seconds, backend="eager")
    assert (forward is module, report.used, report.words, steps) == (True, False, words, [])


def test_both_ways_are_measured_and_the_faster_is_kept(small: Any) -> None:
    module, step, _ = small
    before = {name: value.clone() for name, value in module.state_dict().items()}
    forward, report = choose(module, step, wanted="auto", device="cpu", backend="eager")
    assert report.eager_ms is not None
    assert report.compiled_ms is not None
    assert report.compile_seconds is not None
    assert (forward is not module) == report.used
    told = re.search(r"a compiled step takes (\d+\.\d) ms on this cpu", report.words)
    assert told is not None
    assert float(told[1]) == pytest.approx(report.compiled_ms, abs=0.1)  # each is rounded by itself
    assert ("times as fast" in report.words) == report.used
    assert all((module.state_dict()[name] == value).all() for name, value in before.items())


def test_one_may_insist_and_be_told_what_the_compiler_made(small: Any) -> None:
    module, step, _ = small
    forward, report = choose(module, step, wanted=True, device="cpu", debug=True, backend="eager")
    assert report.used
    assert forward is not module
    assert report.notes[0] == "1 graphs, 0 breaks, 1 operations"


def test_a_compiler_that_fails_costs_a_sentence_not_the_training(small: Any) -> None:
    module, step, _ = small

    def broken(graph: Any, inputs: Any) -> Any:
        raise OSError("no C++ compiler was found")

    forward, report = choose(module, step, wanted=True, device="cpu", backend=broken)
    assert (forward is module, report.used) == (True, False)
    assert report.reason.startswith("it failed (")
    assert "no C++ compiler was found" in report.reason
    assert report.eager_ms is not None


def test_a_model_that_was_tuned_compiled_is_saved_as_if_it_was_not(tmp_path: Path) -> None:
    encoder = load_encoder(tiny_encoder(tmp_path / "encoder"))
    table = messages(96)
    texts, codes = table["message"].to_pylist(), np.arange(96) % 3
    head = dense_head(encoder.embed(texts), codes, 3)
    tuned = fine_tune(
        encoder,
        head,
        texts,
        codes,
        seconds=60,
        seconds_a_pass=1,
        report=lambda share, text: None,
        wanted=True,
        backend="eager",
    )
    assert tuned.compiled.used
    assert tuned.passes == 4
    encoder.save(tmp_path / "kept")
    again = load_encoder(str(tmp_path / "kept"))
    assert not any("_orig_mod" in name for name in again.model.state_dict())
    assert again.embed(texts[:3]) == pytest.approx(encoder.embed(texts[:3]), abs=1e-5)

"""The ways of reading text, each tried on rows set aside for choosing, as far as the build's time goes.

By words: TF-IDF of words, pairs and pieces of words under a linear model. By meaning: vectors of a frozen sentence
encoder under a linear model. By both: their scores added. Fine-tuning changes the encoder itself; it takes far longer.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from automl.builds import Progress
from automl.compile import CompileReport, Wanted
from automl.enough import SKIPPED, enough, something
from automl.problem import Problem
from automl.reading import Trial

if TYPE_CHECKING:
    from automl.encoder import Encoder
    from automl.heads import Array, Head

Method = Literal["auto", "words", "meaning", "fine_tune"]
CHOOSING = 0.15
"""The share of the training rows that only choose between the methods."""
LEAST_TUNED = 1.0
"""Fine-tuning is tried by itself only where the time holds so many passes over the rows."""


class TextSpec(BaseModel):
    """Everything the child process needs, in one JSON file."""

    model_config = ConfigDict(frozen=True)
    problem: Problem
    column: str
    train: Path
    holdout: Path
    folder: Path
    """Where the model is written; must not exist."""
    method: Method = "auto"
    encoder: str = ""
    seconds: float
    """The time that the build has; words always run, the rest as far as it goes."""
    tune: bool = False
    """Fine-tuning may be tried by `auto`."""
    compile: Wanted = "auto"
    debug: bool = False
    seed: int = 0


@dataclass
class Bench:
    """What is known while methods are tried."""

    spec: TextSpec
    report: Progress
    started: float
    texts: list[str]
    codes: "Array"
    teach: "Array"
    """Places of the rows that teach while methods are compared."""
    judge: "Array"
    """Places of the rows that judge."""
    trials: list[Trial] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    scores: "dict[str, list[Array]]" = field(default_factory=dict)
    """Method -> the judging rows' scores of each of its parts."""
    vectors: "Array | None" = None
    encoder: "Encoder | None" = None
    touched: bool = False
    """Whether fine-tuning changed the encoder."""
    tuned: "Head | None" = None
    passes: float = 0.0
    compiled: CompileReport | None = None

    @property
    def left(self) -> float:
        return self.spec.seconds - (time.monotonic() - self.started)

    @property
    def left_words(self) -> str:
        """`12 s`, or `no time`."""
        return f"{self.left:.0f} s" if self.left >= 1 else "no time"

    @property
    def ranked(self) -> list[Trial]:
        """What was tried, the best first."""
        return sorted(self.trials, key=lambda one: (-one.accuracy, one.log_loss))

    def some(self, places: "Array") -> list[str]:
        return [self.texts[place] for place in places]

    def judged(self, method: str, scores: "list[Array]", since: float) -> None:
        """Note what a method is worth."""
        from automl.heads import accuracy, log_loss, mixed, temper

        codes = self.codes[self.judge]
        total = mixed(scores, temper(scores, codes))
        self.scores[method] = scores
        found = {"accuracy": round(accuracy(total, codes), 6), "log_loss": round(log_loss(total, codes), 6)}
        self.trials.append(Trial(method=method, seconds=round(time.monotonic() - since, 1), **found))
        something()
        self.report(0.7 * min(1.0, 1 - self.left / self.spec.seconds), f"Tried {method}: {found['accuracy']:.1%} right")


def set_up(spec: TextSpec, report: Progress, started: float, texts: list[str], names: list[str]) -> Bench:
    """The rows of a build, divided into those that teach and those that judge."""
    import numpy as np
    from sklearn.model_selection import train_test_split

    code = {name: place for place, name in enumerate(spec.problem.classes)}
    codes = np.array([code[name] for name in names])
    share = choosing(len(codes), len(code))
    teach, judge = train_test_split(np.arange(len(codes)), test_size=share, random_state=spec.seed, stratify=codes)
    return Bench(spec, report, started, texts, codes, teach, judge)


def choosing(rows: int, classes: int) -> float:
    """The share of so many training rows that only choose between the methods: of each class two, where there are few."""
    return max(CHOOSING, min(0.5, 2 * classes / rows))


def try_ways(bench: Bench) -> None:
    """Try the ways that were asked for; what each is worth stands on the bench then."""
    from automl.text_words import learn_words

    method = bench.spec.method
    if method in ("auto", "words"):
        since = time.monotonic()
        bench.report(0.05, "Reading the words")
        words = learn_words(bench.some(bench.teach), bench.codes[bench.teach], len(bench.spec.problem.classes))
        bench.judged("words", [words.scores(bench.some(bench.judge))], since)
    if enough():
        bench.skipped.append(SKIPPED)
    elif method != "words":
        _try_meaning(bench)


def _try_meaning(bench: Bench) -> None:
    from automl.encoder import EncoderError, load_encoder
    from automl.heads import dense_head

    since, asked = time.monotonic(), bench.spec.method != "auto"
    try:
        bench.encoder = load_encoder(bench.spec.encoder)
    except EncoderError as error:
        if asked or bench.spec.encoder:
            raise
        bench.skipped.append(f"meaning: {error}")
        return
    needed = _seconds_to_embed(bench.encoder, bench.texts)
    if not asked and needed > 0.8 * bench.left:
        bench.skipped.append(
            f"meaning: reading {len(bench.texts):,} texts takes about {needed:.0f} s, and the build had {bench.left_words}"
            " left. Take a longer build."
        )
        return
    bench.report(0.15, f"Reading {len(bench.texts):,} texts by meaning, about {needed:.0f} s")
    try:
        bench.vectors = bench.encoder.embed(bench.texts, _within(bench, 0.15, 0.5, strict=not asked))
    except _OutOfTime:
        bench.skipped.append(
            SKIPPED
            if enough()
            else f"meaning: reading {len(bench.texts):,} texts took longer than foreseen, more than the build had. Take a longer build."
        )
        return
    head = dense_head(bench.vectors[bench.teach], bench.codes[bench.teach], len(bench.spec.problem.classes))
    scores = head.scores(bench.vectors[bench.judge])
    if bench.spec.method != "fine_tune":
        bench.judged("meaning", [scores], since)
    if "words" in bench.scores:
        bench.judged("words and meaning", [*bench.scores["words"], scores], since)
    _try_tuning(bench, head)


def _try_tuning(bench: Bench, head: "Head") -> None:
    """Fine-tune where it was asked for, or where there is time for it; it starts from the head over the frozen vectors."""
    from automl.fine_tune import fine_tune, seconds_a_pass

    asked = bench.spec.method == "fine_tune"
    if not asked and not bench.spec.tune:
        return
    if enough():
        bench.skipped.append(SKIPPED)
        return
    assert bench.encoder is not None
    teach, codes = bench.some(bench.teach), bench.codes[bench.teach]
    needed = seconds_a_pass(bench.encoder, head, teach, codes)
    if not asked and LEAST_TUNED * needed > bench.left:
        bench.skipped.append(
            f"fine-tuning: one pass over the rows takes about {needed:.0f} s, and the build had {bench.left_words} left."
        )
        return
    since = time.monotonic()
    bench.touched = True
    tuned = fine_tune(
        bench.encoder,
        head,
        teach,
        codes,
        seconds=max(bench.left, 1.0),
        seconds_a_pass=needed,
        report=bench.report,
        wanted=bench.spec.compile,
        debug=bench.spec.debug,
        seed=bench.spec.seed,
    )
    bench.tuned, bench.passes, bench.compiled = tuned.head, tuned.passes, tuned.compiled
    scores = tuned.head.scores(bench.encoder.embed(bench.some(bench.judge)))
    bench.judged("fine-tuned", [scores], since)
    if "words" in bench.scores:
        bench.judged("words and fine-tuned", [*bench.scores["words"], scores], since)


def _seconds_to_embed(encoder: "Encoder", texts: Sequence[str]) -> float:
    """About how long reading all of the texts takes, from a sample of them that is padded to its longest."""
    from automl.encoder import CHARACTERS

    sample = [texts[place] for place in range(0, len(texts), max(1, len(texts) // 32))][:32]
    encoder.embed(sample[:2])  # the first call is slower
    started = time.monotonic()
    encoder.embed(sample)
    a_character = (time.monotonic() - started) / (len(sample) * max(20, *map(len, sample)))
    return 1.1 * a_character * sum(max(20, min(len(text), CHARACTERS)) for text in texts)


class _OutOfTime(Exception):
    """The build's time is over, or was ended, before the texts are read."""


def _within(bench: Bench, low: float, high: float, *, strict: bool) -> Any:
    """Progress from `low` to `high`; where `strict`, the end of the reading once the build's time is over."""

    def report(share: float) -> None:
        bench.report(low + (high - low) * share, "Reading the texts by meaning")
        if (enough() or (strict and bench.left <= 0)) and share < 1:
            raise _OutOfTime

    return report

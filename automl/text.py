"""Learn classes from free text three ways, and keep what is right most often on rows set aside for choosing.

By words: TF-IDF of words, pairs and pieces of words under a linear model. By meaning: vectors of a frozen sentence
encoder under a linear model. By both: their scores added. Fine-tuning changes the encoder itself; it takes far longer.
What is not covered: numbers as targets, several text columns at once, texts beyond 5,000 characters. Runs inside the
worker's child process.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from automl.builds import Progress
from automl.compile import CompileReport, Wanted
from automl.evaluation import evaluate, write_evaluation
from automl.intervals import RESAMPLES
from automl.metrics import naive_scores, score
from automl.problem import Problem
from automl.reading import Trial, class_rows, shown_rows
from automl.tabular import Candidate, FitResult
from automl.versions import versions_of

if TYPE_CHECKING:
    import pandas as pd

    from automl.encoder import Encoder
    from automl.heads import Array, Head
    from automl.text_model import TextModel

Method = Literal["auto", "words", "meaning", "fine_tune"]
CHOOSING = 0.15
"""The share of the training rows that only choose between the methods."""
LEAST_TUNED = 1.0
"""Fine-tuning is tried by itself only where the time holds so many passes over the rows."""
SHOWN = 6


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


class TextExample(BaseModel):
    """A text that the model never saw, what it is, what it was taken for, and each word with what it said for that."""

    model_config = ConfigDict(frozen=True)
    text: str
    actual: str
    predicted: str
    probability: float
    words: list[tuple[str, float]]


class TextFacts(BaseModel):
    """What a card says of a text model beyond what it says of any."""

    model_config = ConfigDict(frozen=True)
    column: str
    encoder: str = ""
    """Empty where the model reads words only."""
    trials: list[Trial]
    """The best first."""
    chosen_on: int
    skipped: list[str] = []
    """Ways that were not tried, each with the reason."""
    top_words: dict[str, list[str]] = {}
    """The words that speak most for each class, where the model reads words."""
    right: list[TextExample] = []
    wrong: list[TextExample] = []
    passes: float = 0.0
    """How often fine-tuning went over the rows that taught while methods were compared; 0 where it was not tried."""
    seen_before: int = 0
    """Rows of the measurement whose very text is among the training rows."""
    compiled: CompileReport | None = None


class TextResult(FitResult):
    """What the child process found."""

    text: TextFacts


@dataclass
class _Bench:
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
    tuned: "Head | None" = None
    passes: float = 0.0
    compiled: CompileReport | None = None

    @property
    def left(self) -> float:
        return self.spec.seconds - (time.monotonic() - self.started)

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
        self.report(0.7 * min(1.0, 1 - self.left / self.spec.seconds), f"Tried {method}: {found['accuracy']:.1%} right")


def fit(spec: TextSpec, report: Progress) -> TextResult:
    """Try the methods that were asked for, learn the best one from all training rows, and measure it."""
    from automl.text_model import as_texts
    from automl.text_words import top_words
    from automl.validation import MEASURED, keep_validation

    started = time.monotonic()
    train, holdout = (class_rows(path, spec.column, spec.problem) for path in (spec.train, spec.holdout))
    problem, target = spec.problem, spec.problem.target
    bench = _bench(spec, report, started, as_texts(train[spec.column]), list(train[target]))
    _try(bench)
    best = min(bench.trials, key=lambda one: (-one.accuracy, one.log_loss))
    report(0.75, f"Learning by {best.method} from all training rows")
    model = _learn(bench, best.method)
    model.save(spec.folder)
    _keep_validation(bench, best.method, model.weights)
    report(0.85, "Measuring the model on rows it never saw")
    probabilities = model.predict_proba(holdout)
    keep_validation(spec.folder.parent, problem, best.method, holdout[target], probabilities, MEASURED)
    predicted = probabilities.idxmax(axis=1)
    write_evaluation(evaluate(problem, holdout[target], predicted, probabilities), spec.folder.parent)
    scores = score(problem, holdout[target], predicted, probabilities, resamples=RESAMPLES, seed=spec.seed)
    return TextResult(
        scores=scores,
        baseline=naive_scores(problem, train[target], holdout[target]),
        impact={spec.column: 1.0},
        leaderboard=[Candidate(model=one.method, score=one.accuracy, seconds=one.seconds) for one in _ranked(bench)],
        best=best.method,
        metric="accuracy",
        features={spec.column: "text"},
        trained_rows=len(train),
        holdout_rows=len(holdout),
        seconds=round(time.monotonic() - started, 1),
        versions=versions_of("scikit-learn", "numpy", *(("torch", "transformers") if model.meaning else ())),
        text=TextFacts(
            column=spec.column,
            encoder=model.meaning.encoder.name if model.meaning else "",
            trials=_ranked(bench),
            chosen_on=len(bench.judge),
            passes=bench.passes,
            skipped=bench.skipped,
            top_words=top_words(model.words, model.classes),
            seen_before=len(set(bench.texts) & set(as_texts(holdout[spec.column]))),
            compiled=bench.compiled,
            **_examples(model, holdout, probabilities, target),
        ),
    )


def _bench(spec: TextSpec, report: Progress, started: float, texts: list[str], names: list[str]) -> _Bench:
    import numpy as np
    from sklearn.model_selection import train_test_split

    code = {name: place for place, name in enumerate(spec.problem.classes)}
    codes = np.array([code[name] for name in names])
    share = choosing(len(codes), len(code))
    teach, judge = train_test_split(np.arange(len(codes)), test_size=share, random_state=spec.seed, stratify=codes)
    return _Bench(spec, report, started, texts, codes, teach, judge)


def choosing(rows: int, classes: int) -> float:
    """The share of so many training rows that only choose between the methods: of each class two, where there are few."""
    return max(CHOOSING, min(0.5, 2 * classes / rows))


def _try(bench: _Bench) -> None:
    from automl.text_words import learn_words

    method = bench.spec.method
    if method in ("auto", "words"):
        since = time.monotonic()
        bench.report(0.05, "Reading the words")
        words = learn_words(bench.some(bench.teach), bench.codes[bench.teach], len(bench.spec.problem.classes))
        bench.judged("words", [words.scores(bench.some(bench.judge))], since)
    if method != "words":
        _try_meaning(bench)


def _try_meaning(bench: _Bench) -> None:
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
            f"meaning: reading {len(bench.texts):,} texts takes about {needed:.0f} s, and the build had {bench.left:.0f} s"
            " left. Take a longer build."
        )
        return
    bench.report(0.15, f"Reading {len(bench.texts):,} texts by meaning, about {needed:.0f} s")
    try:
        bench.vectors = bench.encoder.embed(bench.texts, _within(bench, 0.15, 0.5, strict=not asked))
    except _OutOfTime:
        bench.skipped.append(
            f"meaning: reading {len(bench.texts):,} texts took longer than foreseen, more than the build had. Take a longer build."
        )
        return
    head = dense_head(bench.vectors[bench.teach], bench.codes[bench.teach], len(bench.spec.problem.classes))
    scores = head.scores(bench.vectors[bench.judge])
    if bench.spec.method != "fine_tune":
        bench.judged("meaning", [scores], since)
    if "words" in bench.scores:
        bench.judged("words and meaning", [*bench.scores["words"], scores], since)
    _try_tuning(bench, head)


def _try_tuning(bench: _Bench, head: "Head") -> None:
    """Fine-tune where it was asked for, or where there is time for it; it starts from the head over the frozen vectors."""
    from automl.fine_tune import fine_tune, seconds_a_pass

    asked = bench.spec.method == "fine_tune"
    if not asked and not bench.spec.tune:
        return
    assert bench.encoder is not None
    teach, codes = bench.some(bench.teach), bench.codes[bench.teach]
    needed = seconds_a_pass(bench.encoder, head, teach, codes)
    if not asked and LEAST_TUNED * needed > bench.left:
        bench.skipped.append(
            f"fine-tuning: one pass over the rows takes about {needed:.0f} s, and the build had {bench.left:.0f} s left."
        )
        return
    since = time.monotonic()
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


def _learn(bench: _Bench, method: str) -> "TextModel":
    """The chosen method on all training rows; a fine-tuned encoder stays as it was judged."""
    from automl.encoder import load_encoder
    from automl.heads import dense_head, temper
    from automl.text_model import Meaning, TextModel
    from automl.text_words import learn_words

    problem = bench.spec.problem
    weights = temper(bench.scores[method], bench.codes[bench.judge])
    words = learn_words(bench.texts, bench.codes, len(problem.classes)) if "words" in method else None
    meaning = None
    if "tuned" in method:
        assert bench.encoder is not None
        assert bench.tuned is not None
        meaning = Meaning(bench.encoder, bench.tuned, True)
    elif "meaning" in method:
        assert bench.encoder is not None
        frozen = load_encoder(bench.spec.encoder) if bench.tuned is not None else bench.encoder
        meaning = Meaning(frozen, dense_head(_known(bench), bench.codes, len(problem.classes)), False)
    return TextModel(bench.spec.column, problem.classes, words, meaning, weights)


def _keep_validation(bench: _Bench, method: str, weights: list[float]) -> None:
    """What the method said of the rows that chose it, for whoever sets a threshold."""
    import pandas as pd

    from automl.heads import mixed, shares
    from automl.validation import keep_validation

    classes = bench.spec.problem.classes
    table = pd.DataFrame(shares(mixed(bench.scores[method], weights)), columns=classes)
    actual = pd.Series([classes[code] for code in bench.codes[bench.judge]], dtype=object)
    keep_validation(bench.spec.folder.parent, bench.spec.problem, method, actual, table)


def _known(bench: _Bench) -> "Array":
    assert bench.vectors is not None
    return bench.vectors


def _examples(
    model: "TextModel", holdout: "pd.DataFrame", probabilities: "pd.DataFrame", target: str
) -> dict[str, list[TextExample]]:
    right, wrong = shown_rows(holdout[target], probabilities, SHOWN)

    def shown(row: int) -> TextExample:
        text, name = str(holdout[model.column][row] or ""), str(probabilities.loc[row].idxmax())
        return TextExample(
            text=text[:300],
            actual=str(holdout[target][row]),
            predicted=name,
            probability=round(float(probabilities.loc[row].max()), 4),
            words=model.highlights(text[:300], name),
        )

    return {"right": [shown(row) for row in right], "wrong": [shown(row) for row in wrong]}


def _ranked(bench: _Bench) -> list[Trial]:
    return sorted(bench.trials, key=lambda one: (-one.accuracy, one.log_loss))


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
    """The build's time is over before the texts are read."""


def _within(bench: _Bench, low: float, high: float, *, strict: bool) -> Any:
    """Progress from `low` to `high`; where `strict`, the end of the reading once the build's time is over."""

    def report(share: float) -> None:
        bench.report(low + (high - low) * share, "Reading the texts by meaning")
        if strict and bench.left <= 0 and share < 1:
            raise _OutOfTime

    return report

"""Learn classes from free text by the way that is right most often on rows set aside for choosing, and measure it.

What is not covered: numbers as targets, several text columns at once, texts beyond 5,000 characters. Runs inside the
worker's child process.
"""

import time
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from automl.builds import Progress
from automl.compile import CompileReport
from automl.evaluation import evaluate, write_evaluation
from automl.intervals import RESAMPLES
from automl.metrics import naive_scores, score
from automl.reading import Trial, class_rows, shown_rows
from automl.tabular import Candidate, FitResult
from automl.text_trials import Bench, TextSpec, set_up, try_ways
from automl.versions import versions_of

if TYPE_CHECKING:
    import pandas as pd

    from automl.heads import Array
    from automl.text_model import TextModel

SHOWN = 6


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


def fit(spec: TextSpec, report: Progress) -> TextResult:
    """Try the methods that were asked for, learn the best one from all training rows, and measure it."""
    from automl.text_model import as_texts
    from automl.text_words import top_words
    from automl.validation import MEASURED, keep_validation

    started = time.monotonic()
    train, holdout = (class_rows(path, spec.column, spec.problem) for path in (spec.train, spec.holdout))
    problem, target = spec.problem, spec.problem.target
    bench = set_up(spec, report, started, as_texts(train[spec.column]), list(train[target]))
    try_ways(bench)
    best = bench.ranked[0]
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
        leaderboard=[Candidate(model=one.method, score=one.accuracy, seconds=one.seconds) for one in bench.ranked],
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
            trials=bench.ranked,
            chosen_on=len(bench.judge),
            passes=bench.passes,
            skipped=bench.skipped,
            top_words=top_words(model.words, model.classes),
            seen_before=len(set(bench.texts) & set(as_texts(holdout[spec.column]))),
            compiled=bench.compiled,
            **_examples(model, holdout, probabilities, target),
        ),
    )


def _learn(bench: Bench, method: str) -> "TextModel":
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
        frozen = load_encoder(bench.spec.encoder) if bench.touched else bench.encoder
        meaning = Meaning(frozen, dense_head(_known(bench), bench.codes, len(problem.classes)), False)
    return TextModel(bench.spec.column, problem.classes, words, meaning, weights)


def _keep_validation(bench: Bench, method: str, weights: list[float]) -> None:
    """What the method said of the rows that chose it, for whoever sets a threshold."""
    import pandas as pd

    from automl.heads import mixed, shares
    from automl.validation import keep_validation

    classes = bench.spec.problem.classes
    table = pd.DataFrame(shares(mixed(bench.scores[method], weights)), columns=classes)
    actual = pd.Series([classes[code] for code in bench.codes[bench.judge]], dtype=object)
    keep_validation(bench.spec.folder.parent, bench.spec.problem, method, actual, table)


def _known(bench: Bench) -> "Array":
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

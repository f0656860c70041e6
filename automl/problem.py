"""What is predicted, and every check that is cheap enough to make before a fit.

What is not covered: forecasts, several targets at once, targets that hold lists or free text.
"""

import re
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from automl.amounts import written
from automl.columns import FREE_TEXT, PICTURES, Screened, amounts, name_words, screen
from automl.frames import labels

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["binary", "multiclass", "regression"]
Wanted = Literal["auto", "classes", "number"]

MIN_ROWS = 40
MIN_ROWS_PER_CLASS = 10
MAX_CLASSES, MAX_READ_CLASSES = 100, 300
"""So many classes a model of columns can tell apart, and one that reads texts or pictures, which tell more."""
SIZES = ("width", "height")
"""What load_images tells of a picture beside its path: nothing that a table could be learned from."""
MAX_CODES = 20
"""Whole numbers with more different values than this are never taken for class codes."""

_AFFIRMATIVE = {"yes", "y", "true", "t", "positive", "pos", "success", "예", "네", "있음", "유", "양성", "발생"}
_NEGATIVE = {
    "no", "n", "false", "f", "0", "-1", "negative", "neg", "none", "normal", "ok",
    "아니오", "아니요", "없음", "무", "음성", "정상", "미발생",
}  # fmt: skip
_NO_ANSWER = {"?", "-", "--", "n/a", "#n/a", "nan", "null", "missing", "not available"}
"""What says that an answer is not known; 'none' and 'unknown' may be answers."""
_CODE_WORDS = {"class", "type", "category", "label", "group", "segment", "cluster", "code", "species", "kind", "status"}
_GENERIC_TARGETS = {"target", "y", "outcome"}


class ProblemError(Exception):
    """The data can't be learned from as asked: one line that says what was found and what to do."""


class NumbersAsText(ProblemError):
    """The target holds numbers that a file wrote as text: `$1,200`."""


class OnlyReading(ProblemError):
    """Nothing but free text, or the paths of pictures, is left to learn from: a problem for a model that reads them."""

    def __init__(self, target: str, column: str, what: Literal["text", "image"]) -> None:
        held = {"text": "free text", "image": "the paths of pictures"}[what]
        super().__init__(
            f"Only '{column}' is left to predict '{target}' from, and it is {held}. Use train_{what}_model."
        )
        self.column = column
        self.what = what


class Problem(BaseModel):
    """What a model shall predict, why it is taken that way, and which columns it may not use."""

    model_config = ConfigDict(frozen=True)
    target: str
    kind: Kind
    reason: str
    classes: list[str] = []
    """Class names, the most frequent first; empty for a number."""
    positive: str | None = None
    rarest_rows: int | None = None
    """Rows of the smallest class."""
    label_type: Literal["text", "integer", "boolean", "number"] = "text"
    dropped_classes: dict[str, int] = {}
    excluded: dict[str, str] = {}
    identifiers: list[str] = []
    """Those of the excluded columns that only name rows."""
    leaks: dict[str, str] = {}
    """Columns that may give the answer away, with the reason. Whether they are used is the person's choice."""
    warnings: list[str] = []


def detect(
    frame: "pd.DataFrame", target: str, *, wanted: Wanted = "auto", reads: str = "", unanswered: int = 0
) -> Problem:
    """The problem that a frame of training rows in their original order poses; a text model `reads` one of its columns.

    So many rows more are `unanswered`, which the frame does without.

    Raises ProblemError where no model can be fitted: nothing to predict, one value only, too few rows, too many
    classes, or no column to learn from.
    """
    if target not in frame:
        raise ProblemError(f"There is no column '{target}' to predict.")
    values = frame[target]
    names = labels(values)
    filled = int(names.notna().sum())
    if filled == 0:
        raise ProblemError(f"'{target}' is empty in every row, so there is nothing to learn. Choose another column.")
    if values.dtype.kind == "M":
        raise ProblemError(f"'{target}' holds dates. A model predicts classes or numbers: choose another column.")
    counts = names.value_counts()
    if len(counts) == 1:
        raise ProblemError(_one_value(target, str(counts.index[0]), unanswered + len(frame) - filled))
    if filled < MIN_ROWS:
        raise ProblemError(f"Only {filled} rows have a '{target}'. A model needs at least {MIN_ROWS}.")
    kind, reason = _kind(values, target, len(counts), wanted)
    known = {str(name): int(count) for name, count in counts.items()}
    kept, dropped = (
        (known, {}) if kind == "regression" else _classes(target, known, MAX_READ_CLASSES if reads else MAX_CLASSES)
    )
    if kind == "multiclass" and len(kept) == 2:
        kind, reason = "binary", "two classes have enough rows to learn from"
    usable = frame[names.isin(kept)] if dropped else frame[names.notna()]
    found = screen(usable, target, number=kind == "regression", reads=reads)
    _learnable(frame, target, found)
    if reads in found.leaks:
        raise ProblemError(f"No column is left to predict '{target}' from ({reads}: {found.leaks[reads]}).")
    return Problem(
        target=target,
        kind=kind,
        reason=reason,
        classes=[] if kind == "regression" else list(kept),
        rarest_rows=None if kind == "regression" else min(kept.values()),
        positive=positive_class(kept, target) if kind == "binary" else None,
        label_type=_label_type(values, kind, kept),
        dropped_classes=dropped,
        excluded=found.excluded,
        identifiers=found.identifiers,
        leaks=found.leaks,
        warnings=[] if kind == "regression" else _unknown(kept),
    )


def _one_value(target: str, value: str, empty: int) -> str:
    said = f"'{target}' has one value only ({value:.40}), so there is nothing to tell apart."
    if not empty:
        return f"{said} Choose another column."
    return (
        f"{said} {empty:,} rows have none: if that means the other answer, fill them first; else choose another column."
    )


def _unknown(kept: dict[str, int]) -> list[str]:
    """A warning where a class is a word for not knowing the answer."""
    words = [name for name in kept if _word(name) in _NO_ANSWER]
    return [
        f"{kept[name]:,} rows say '{name}', which was learned as an answer of its own. If it means that the answer is not"
        " known, make it empty first (treat_as_missing) and build again."
        for name in words
    ]


def _kind(values: "pd.Series[Any]", target: str, distinct: int, wanted: Wanted) -> tuple[Kind, str]:
    numeric = values.dtype.kind == "f"
    if wanted == "number":
        if not numeric:
            _refuse_numbers_as_text(values, target, distinct)
            raise ProblemError(f"'{target}' holds text, so it can't be predicted as a number. Make it a number first.")
        return "regression", "you asked for a number"
    if wanted == "classes" and distinct > 2:
        return "multiclass", "you asked for classes"
    if distinct == 2:
        return "binary", "it has two different values"
    if not numeric:
        _refuse_numbers_as_text(values, target, distinct)
        return "multiclass", f"it has {distinct} different names"
    filled = values.dropna()
    if not bool((filled == filled.round()).all()):
        return "regression", "it holds numbers with decimals"
    if distinct <= MAX_CODES and _looks_like_codes(filled, target, distinct):
        return "multiclass", f"its {distinct} whole numbers look like codes of classes, not amounts"
    return (
        "regression",
        f"it holds whole numbers from {written(filled.min())} to {written(filled.max())} whose order and distance mean something",
    )


def _looks_like_codes(filled: "pd.Series[Any]", target: str, distinct: int) -> bool:
    """A name that says so, or a generic name over codes 0…k-1 or 1…k."""
    words = name_words(target)
    if words & _CODE_WORDS:
        return True
    low, high = filled.min(), filled.max()
    return bool(words & _GENERIC_TARGETS) and low in (0, 1) and high - low + 1 == distinct and distinct <= 10


def _refuse_numbers_as_text(values: "pd.Series[Any]", target: str, distinct: int) -> None:
    if distinct <= MAX_CODES:
        return
    known = values.dropna()
    if amounts(known).mean() >= 0.9:
        example = known.iloc[0]
        raise NumbersAsText(f"'{target}' holds numbers written as text ('{example}'). Change its type to number first.")


def _classes(target: str, counts: dict[str, int], most: int) -> tuple[dict[str, int], dict[str, int]]:
    """The classes with enough rows, and the rare ones, which are left out."""
    kept = {name: count for name, count in counts.items() if count >= MIN_ROWS_PER_CLASS}
    dropped = {name: count for name, count in counts.items() if name not in kept}
    if len(kept) < 2:
        rare = ", ".join(f"{name:.40}: {count}" for name, count in list(dropped.items())[:3])
        more = ", …" if len(dropped) > 3 else ""
        raise ProblemError(
            f"'{target}' has too few rows per class ({len(counts)} different values; {rare}{more})."
            f" At least two classes need {MIN_ROWS_PER_CLASS} rows each."
        )
    if len(kept) > most:
        raise ProblemError(
            f"'{target}' has {len(counts):,} different values; a model can tell at most {most} classes apart."
            " Group its values first, or choose another column."
        )
    if sum(dropped.values()) > 0.5 * sum(counts.values()):
        raise ProblemError(
            f"'{target}' has {len(counts):,} different values and most rows hold a rare one. Group its values first."
        )
    return kept, dropped


def positive_class(counts: dict[str, int], target: str = "") -> str:
    """The class a yes/no question asks about: the yes, the one that happened, the bigger, the one that the target is
    called after, as 이탈 of 이탈여부, else the rarer one."""
    first, second = sorted(counts)
    for yes, no in ((first, second), (second, first)):
        if _word(yes) in _AFFIRMATIVE and _word(no) not in _AFFIRMATIVE:
            return yes
    for yes, no in ((first, second), (second, first)):
        if (_says_no(no) and not _says_no(yes)) or (_word(no)[:1] in "미비불무" and _word(no)[1:] == _word(yes)):
            return yes
        if yes.lstrip().startswith(">") and no.lstrip().startswith("<"):
            return yes
    called = [name for name in (first, second) if len(_word(name)) > 1 and _word(name) in target.casefold()]
    if len(called) == 1:
        return called[0]
    if counts[first] != counts[second]:
        return min(counts, key=lambda name: counts[name])
    return second


def _word(name: str) -> str:
    return name.strip().rstrip(".").casefold()


def _says_no(name: str) -> bool:
    return _word(name) in _NEGATIVE or bool(re.match(r"(no|not|non|without|un)[\s_-]", _word(name)))


def _label_type(
    values: "pd.Series[Any]", kind: Kind, kept: dict[str, int]
) -> Literal["text", "integer", "boolean", "number"]:
    if kind == "regression":
        return "number"
    if values.dtype.kind == "f":
        return "integer" if all(re.fullmatch(r"-?\d{1,15}", name) for name in kept) else "text"
    return "boolean" if set(kept) == {"true", "false"} else "text"


def _learnable(frame: "pd.DataFrame", target: str, found: Screened) -> None:
    columns = [name for name in frame.columns if name != target]
    if not columns:
        raise ProblemError(f"The data has no column besides '{target}' to learn from.")
    pictures = [name for name in columns if found.excluded.get(name) == PICTURES]
    if pictures and all(name in found.excluded or name in SIZES for name in columns):
        raise OnlyReading(target, pictures[0], "image")
    if all(name in found.excluded for name in columns):
        texts = [name for name in columns if found.excluded[name] == FREE_TEXT]
        if texts:
            raise OnlyReading(target, max(texts, key=lambda name: frame[name].str.len().sum()), "text")
        reasons = "; ".join(f"{name}: {found.excluded[name]}" for name in columns[:5])
        raise ProblemError(f"No column is left to predict '{target}' from ({reasons}).")

"""Which columns a model may learn from: identifiers, constants and free text are left out, leaks are suspected.

The rules look at how values are spread, never at what a data set is about; a name decides only where numbers can't.
What is not covered: columns that are filled in after the fact without telling the target nearly by themselves.
"""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from automl.amounts import CURRENCIES, SIGNS, is_amount, written
from automl.leaks import formulas

if TYPE_CHECKING:
    import pandas as pd

FEW_ROWS_PER_VALUE = 5
"""A text that repeats less often than this, on average, names cases rather than groups."""
MANY_VALUES = 50
FREE_TEXT_WORDS = 5
PICTURES = "the paths of pictures, which this kind of model does not look at"
FREE_TEXT = "free text, which this kind of model does not read"
NUMBERS_AS_TEXT = "numbers written as text"
MOSTLY_NUMBERS = 0.75
EXPECTED_REPEATS = 5
"""Where chance alone would repeat this many numbers and none repeats, the column was made to be different."""
NEARLY_PERFECT = 0.995
LEAST_CHANGES = 40
"""Where chance would change the class less often along a number, bands of it say little."""
_PICTURE = r"(?i)\.(?:jpe?g|png|bmp|gif|tiff?|webp)$"
_SIGNED = rf"(?i)%|\d,\d{{3}}(?!\d)|{CURRENCIES}|[{SIGNS}]"
"""What stands in an amount and in no code: 66%, 1,000, $5."""
FEWEST_AMOUNTS = 3
"""Two amounts are two groups all the same."""
MOST_PICTURES = 0.95
"""From this share of file names of pictures on, a text column holds pictures."""
_ID_WORDS = {"id", "ids", "uuid", "guid", "key", "index", "idx", "serial", "rownum", "rowid", "rownumber", "identifier"}


@dataclass
class Screened:
    """What screening found, each column with the reason: those left out, and those that may give the answer away."""

    excluded: dict[str, str] = field(default_factory=dict)
    identifiers: list[str] = field(default_factory=list)
    """Those of the excluded that only name rows."""
    leaks: dict[str, str] = field(default_factory=dict)


def name_words(name: str) -> set[str]:
    """The lower-case words of a column name: `CustomerId` and `customer_id` both give customer and id."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return {word.lower() for word in re.findall(r"[^\W_]+", spaced)}


def screen(frame: "pd.DataFrame", target: str, *, number: bool, reads: str = "") -> Screened:
    """Look at every column of the rows whose target is filled; `number` tells a numeric target from classes.

    `reads` is a column that the model reads as text, so that it may be different in every row, and may tell the target
    almost perfectly: that is what it is read for.
    """
    found = Screened()
    outcome = frame[target]
    for name in frame.columns:
        if name == target:
            continue
        column = frame[name]
        if reason := _useless(column):
            found.excluded[name] = reason
        elif reason := _copy(column, outcome, target, number=number):
            found.leaks[name] = reason
        elif name == reads:
            continue
        elif reason := identifies(column, name):
            found.excluded[name] = reason
            if reason not in (FREE_TEXT, PICTURES) and not reason.startswith(NUMBERS_AS_TEXT):
                found.identifiers.append(name)
        elif (power := _power(column, outcome, number=number)) >= NEARLY_PERFECT:
            found.leaks[name] = f"it alone tells {target} almost perfectly ({power:.1%})"
    if number:
        rest = [name for name in frame.columns if name not in (target, *found.excluded, *found.leaks)]
        found.leaks |= formulas(frame[[*rest, target]], target)
    return found


def _useless(column: "pd.Series[Any]") -> str:
    filled = column.dropna()
    if filled.empty:
        return "it is empty"
    if len(filled) == len(column) and filled.nunique() == 1:
        return f"it is always {_shown(filled.iloc[0])}"
    return ""


def _shown(value: object) -> str:
    return written(value) if isinstance(value, float) else str(value)[:40]


def identifies(column: "pd.Series[Any]", name: str) -> str:
    """Why a column only names rows or cases, in words; empty where it does not."""
    filled = column.dropna()
    if column.dtype.kind == "f":
        return _numbers_identify(filled, name)
    if column.dtype.kind == "M":
        return ""
    return _texts_identify(filled, len(column))


def _numbers_identify(filled: "pd.Series[Any]", name: str) -> str:
    rows = len(filled)
    if rows < 20 or not bool((filled == filled.round()).all()):
        return ""
    distinct = filled.nunique()
    named = bool(name_words(name) & _ID_WORDS)
    if distinct == rows:
        span = float(filled.max() - filled.min()) + 1
        if rows >= 0.5 * span or (filled.is_monotonic_increasing and named):
            return "a running number"
        if named or rows * rows / (2 * span) >= EXPECTED_REPEATS:
            return "a number that is different in every row, so it only names the row"
    elif named and distinct > MANY_VALUES and rows / distinct < 2 * FEW_ROWS_PER_VALUE:
        return f"a number that names a case ({distinct:,} different ones in {rows:,} rows)"
    return ""


def _texts_identify(filled: "pd.Series[Any]", rows: int) -> str:
    distinct = filled.nunique()
    if distinct <= MANY_VALUES and distinct < 0.9 * len(filled):
        return _told_as_number(_signed_amount(filled))
    if filled.iloc[:2000].str.contains(_PICTURE).mean() >= MOST_PICTURES:
        return PICTURES
    if (odd := _numbers_as_text(filled)) is not None:
        return _told_as_number(odd)
    words = filled.iloc[:2000].str.count(r"\S+").mean()
    if words >= FREE_TEXT_WORDS and distinct > 0.5 * len(filled):
        return FREE_TEXT
    if distinct >= 0.95 * len(filled) and len(filled) >= 20:
        return "a text that is different in nearly every row, so it only names the row"
    if distinct > MANY_VALUES and len(filled) / distinct < FEW_ROWS_PER_VALUE:
        return f"{distinct:,} different values in {rows:,} rows: too few rows of each to learn from"
    return ""


def _told_as_number(odd: str | None) -> str:
    return (
        "" if odd is None else f"{NUMBERS_AS_TEXT}{odd}; fix_issues or change_type makes it a number that can be used"
    )


def _signed_amount(filled: "pd.Series[Any]") -> str | None:
    """One of a few values that are all amounts, told as ` ('66%' among them)`; None for groups and for codes such as 1-2 or A1."""
    import pandas as pd

    values = pd.Series(filled.unique()).astype(str)
    signed = values[values.str.contains(_SIGNED)]
    if len(values) < FEWEST_AMOUNTS or len(signed) < 0.5 * len(values) or not amounts(values).all():
        return None
    return f" ('{signed.iloc[0]}' among them)"


def _numbers_as_text(filled: "pd.Series[Any]") -> str | None:
    """Which other value keeps numbers from being read as such, as ` ('?' among them)`; None for other texts, and codes."""
    import pandas as pd

    numbers = pd.to_numeric(filled, errors="coerce")
    others = filled[numbers.isna()].value_counts().index
    if not len(others) or amounts(filled).mean() < MOSTLY_NUMBERS:
        return None
    return f" ('{others[0]}' among them)"


def amounts(texts: "pd.Series[Any]") -> "pd.Series[bool]":
    """Which texts are numbers as people write them."""
    return texts.map(is_amount).astype(bool)


def _copy(column: "pd.Series[Any]", outcome: "pd.Series[Any]", target: str, *, number: bool) -> str:
    """Whether a column says the same as the target in other words, one to one."""
    both = column.notna() & outcome.notna()
    if both.sum() < max(20, 0.5 * len(column)):
        return ""
    left, right = column[both], outcome[both]
    if number:
        if column.dtype.kind == "f" and left.nunique() > 2 and abs(_correlation(left, right)) > 1 - 1e-9:
            return f"a copy of {target} in another unit or sign"
        return ""
    distinct = left.nunique()
    if distinct != right.nunique() or distinct > MANY_VALUES * 2:
        return ""
    import pandas as pd

    pairs = pd.DataFrame({"left": left.to_numpy(), "right": right.to_numpy()}).drop_duplicates()
    return f"a copy of {target} in other words" if len(pairs) == distinct else ""


def _correlation(left: "pd.Series[Any]", right: "pd.Series[Any]") -> float:
    import numpy as np

    if left.nunique() < 2 or right.nunique() < 2:
        return 0.0
    return float(np.corrcoef(left.to_numpy(dtype=float), right.to_numpy(dtype=float))[0, 1])


def _power(column: "pd.Series[Any]", outcome: "pd.Series[Any]", *, number: bool) -> float:
    """How well one column alone tells the target: 0 not at all, 1 perfectly."""
    both = column.notna() & outcome.notna()
    left, right = column[both], outcome[both]
    if len(left) < 20 or column.dtype.kind == "M":
        return 0.0
    if column.dtype.kind == "f":
        if number:
            return abs(_correlation(left.rank(), right.rank()))
        if (banded := _banded(left, right)) >= NEARLY_PERFECT:
            return banded
        if right.nunique() == 2:
            return _separation(left, right)
    if len(left) / left.nunique() < FEW_ROWS_PER_VALUE:
        return 0.0
    return _explained(left, right) if number else _purity(left, right)


def _banded(left: "pd.Series[Any]", right: "pd.Series[Any]") -> float:
    """How cleanly the classes are bands of a number: 1 less the needless changes of class along it, over those by chance.

    A class may be one band in the middle, so two changes for each class but the first are no needless ones.
    """
    import numpy as np
    import pandas as pd

    codes, classes = pd.factorize(right)
    shares = np.bincount(codes) / len(codes)
    by_chance = (len(codes) - 1) * (1 - float((shares**2).sum()))
    if by_chance < LEAST_CHANGES:
        return 0.0
    drawn = np.random.default_rng(0).permutation(len(codes))  # rows of one number in no order that tells the class
    order = drawn[np.argsort(left.to_numpy(float)[drawn], kind="stable")]
    changes = int((np.diff(codes[order]) != 0).sum())
    return 1 - max(0, changes - 2 * (len(classes) - 1)) / by_chance


def _separation(left: "pd.Series[Any]", right: "pd.Series[Any]") -> float:
    """How cleanly a number parts two classes: |2·AUC - 1|."""
    ranks = left.rank()
    one = (right == right.iloc[0]).to_numpy()
    n_one, n_other = int(one.sum()), int((~one).sum())
    auc = (float(ranks.to_numpy()[one].sum()) - n_one * (n_one + 1) / 2) / (n_one * n_other)
    return abs(2 * auc - 1)


def _purity(left: "pd.Series[Any]", right: "pd.Series[Any]") -> float:
    """The share of mistakes of always guessing the commonest class that knowing the value saves."""
    import pandas as pd

    table = pd.crosstab(left.to_numpy(), right.to_numpy())
    rows = len(left)
    base = table.sum().max() / rows
    return float((table.max(axis=1).sum() / rows - base) / (1 - base)) if base < 1 else 0.0


def _explained(left: "pd.Series[Any]", right: "pd.Series[Any]") -> float:
    """The share of a number's variance between the groups of a column."""
    total = float(right.var(ddof=0))
    means = right.groupby(left.to_numpy()).transform("mean")
    return float(means.var(ddof=0)) / total if total > 0 else 0.0

"""What a target can be told from, on a bounded sample: one column at a time, all together, and by a straight line.

Prediction power, 0 to 1, is what a decision tree on that column alone scores on rows it did not see (four folds):
2 AUC - 1 for classes (one against the rest, weighted by their rows), R² for numbers, nothing below 0. It is the
predictive power score of Wetschoreck, Krabel and Krishnamurthy (ppscore, 2020) with scores that do not depend on how
common a class is; near 1 a column tells the target by itself, which mostly means that it was filled in after it.
"""

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from automl.metrics import Scores, naive_scores, score
from automl.problem import Problem

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Array = np.ndarray[Any, Any]

POWER_ROWS = 5_000
FOLDS = 4
QUICK_ROWS = 20_000
CODES = 200
"""Most frequent values of a text that a quick model tells apart."""
LINE_ROWS = 10_000


class QuickModel(BaseModel):
    """A model of seconds: its scores on a fifth of the sample, beside the simplest guess."""

    model_config = ConfigDict(frozen=True)
    kind: str
    trained_rows: int
    tested_rows: int
    scores: Scores
    naive: Scores


def coded(column: "pd.Series[Any]") -> "Array":
    """A column as numbers: dates as seconds, texts as the place of their value by frequency, NaN for empty cells."""
    import numpy as np

    cells: Array
    if column.dtype.kind == "M":
        seconds = column.astype("datetime64[s]").astype("int64").to_numpy(dtype=float)
        return np.where(column.isna(), np.nan, seconds)
    if column.dtype.kind in "fiu":
        cells = column.to_numpy(dtype=float)
        return cells
    places = {value: place for place, value in enumerate(column.value_counts().index[:CODES])}
    codes = column.map(places)
    rest = column.notna() & codes.isna()
    cells = codes.where(~rest, len(places)).to_numpy(dtype=float)
    return cells


def outcome(frame: "pd.DataFrame", problem: Problem) -> "pd.Series[Any]":
    """The target of the rows that have one of the problem's values: class names, or numbers."""
    from automl.frames import labels

    if problem.kind == "regression":
        return frame[problem.target].dropna()
    names = labels(frame[problem.target])
    return names[names.isin(problem.classes)]


def powers(frame: "pd.DataFrame", problem: Problem, columns: Sequence[str], *, seed: int = 0) -> dict[str, float]:
    """The prediction power of each column."""
    target = outcome(frame, problem)
    target = target.sample(min(POWER_ROWS, len(target)), random_state=seed)
    return {name: _power(coded(frame.loc[target.index, name]), target, problem, seed) for name in columns}


def _power(cells: "Array", target: "pd.Series[Any]", problem: Problem, seed: int) -> float:
    import numpy as np
    from sklearn.metrics import r2_score, roc_auc_score
    from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    if np.isfinite(cells).sum() < 20 or len(np.unique(cells[np.isfinite(cells)])) < 2:
        return 0.0
    leaf, rows = max(5, len(cells) // 200), cells.reshape(-1, 1)
    if problem.kind == "regression":
        tree = DecisionTreeRegressor(min_samples_leaf=leaf, random_state=seed)
        told = cross_val_predict(tree, rows, target, cv=KFold(FOLDS, shuffle=True, random_state=seed))
        return float(max(0.0, r2_score(target, told)))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    if target.value_counts().min() < FOLDS:
        return 0.0
    tree = DecisionTreeClassifier(min_samples_leaf=leaf, random_state=seed)
    told = cross_val_predict(tree, rows, target, cv=folds, method="predict_proba")
    classes = np.sort(target.unique())
    shares = [(target == name).mean() for name in classes]
    areas = [roc_auc_score(target == name, told[:, place]) for place, name in enumerate(classes)]
    return float(max(0.0, 2 * float(np.average(areas, weights=shares)) - 1))


def quick_model(frame: "pd.DataFrame", problem: Problem, *, seed: int = 0) -> QuickModel:
    """Gradient boosting (scikit-learn's histogram kind, 60 rounds) on four fifths of the rows, judged on the fifth."""
    import pandas as pd
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.model_selection import train_test_split

    target = outcome(frame, problem)
    target = target.sample(min(QUICK_ROWS, len(target)), random_state=seed)
    left = {problem.target, *problem.excluded, *problem.leaks}
    used = [name for name in frame.columns if name not in left]
    rows = pd.DataFrame({name: coded(frame.loc[target.index, name]) for name in used}, index=target.index)
    texts = [frame[name].dtype == object for name in used]
    stratify = None if problem.kind == "regression" else target
    kept, held, known, actual = train_test_split(rows, target, test_size=0.2, random_state=seed, stratify=stratify)
    kind = HistGradientBoostingRegressor if problem.kind == "regression" else HistGradientBoostingClassifier
    model = kind(max_iter=60, early_stopping=False, random_state=seed, categorical_features=texts, max_bins=CODES + 2)
    model.fit(kept, known)
    predicted = pd.Series(model.predict(held), index=actual.index)
    chances = None
    if problem.kind != "regression":
        chances = pd.DataFrame(model.predict_proba(held), columns=model.classes_, index=actual.index)
    return QuickModel(
        kind=problem.kind,
        trained_rows=len(kept),
        tested_rows=len(held),
        scores=score(problem, actual, predicted, chances),
        naive=naive_scores(problem, known, actual),
    )


def lasso(frame: "pd.DataFrame", problem: Problem, columns: Sequence[str], *, seed: int = 0) -> dict[str, float]:
    """The weights of a straight line with an L1 penalty (Tibshirani, 1996) over standardised number columns.

    The penalty is the one with the least error in three folds. A column at 0 adds nothing that the others don't tell.
    """
    import numpy as np
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LassoCV, LogisticRegressionCV

    target = outcome(frame, problem)
    target = target.sample(min(LINE_ROWS, len(target)), random_state=seed)
    cells = frame.loc[target.index, list(columns)].to_numpy(dtype=float)
    with np.errstate(all="ignore"):
        cells = np.where(np.isfinite(cells), cells, np.nan_to_num(np.nanmean(cells, axis=0)))
        spread = cells.std(axis=0)
    cells = (cells - cells.mean(axis=0)) / np.where(spread > 0, spread, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a rough line is enough to rank columns
        if problem.kind == "regression":
            numbers = target.to_numpy(dtype=float)
            line = LassoCV(cv=3, alphas=30, random_state=seed)
            line.fit(cells, (numbers - numbers.mean()) / (numbers.std() or 1))
            weights = line.coef_
        else:
            common = target.value_counts().index[0]
            yes = (target == (problem.positive or common)).to_numpy()
            ways: Any = {"l1_ratios": (1.0,), "solver": "liblinear", "use_legacy_attributes": False}
            line = LogisticRegressionCV(Cs=5, cv=3, scoring="roc_auc", random_state=seed, **ways)
            line.fit(cells, yes)
            weights = line.coef_[0]
    return {name: round(float(weight), 4) for name, weight in zip(columns, weights, strict=True)}


def told_apart(one: "pd.DataFrame", other: "pd.DataFrame", *, seed: int = 0) -> float:
    """The AUC of a model that says which of two tables a row is from; 0.5 where nothing tells them apart.

    A classifier two-sample test (Lopez-Paz and Oquab, Revisiting Classifier Two-Sample Tests, ICLR 2017).
    """
    import numpy as np
    import pandas as pd
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    size = min(POWER_ROWS, len(one), len(other))
    both = pd.concat([part.sample(size, random_state=seed) for part in (one, other)], ignore_index=True)
    rows = np.column_stack([coded(both[name]) for name in both.columns])
    second = np.repeat([False, True], size)
    model = HistGradientBoostingClassifier(max_iter=40, early_stopping=False, random_state=seed)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    return float(roc_auc_score(second, cross_val_predict(model, rows, second, cv=folds, method="predict_proba")[:, 1]))

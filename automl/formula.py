"""A small model of one column from others, told as a formula that SQL can compute: a line or a tree.

Numbers: of a ridge regression and a regression tree the one with the smaller error in five folds. Categories: a
classification tree. Neither is kept where it does no better than the mean or the most frequent value.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MOST_TERMS = 40
DEPTH = 5
FOLDS = 5


@dataclass(frozen=True)
class Term:
    """What a model reads of a row: a number, or whether a column has one value. `empty` stands for an empty number."""

    column: str
    empty: float = 0.0
    level: Any = None


@dataclass(frozen=True)
class Guess:
    """A model: a constant, a line (`intercept` and a weight for each term) or a tree (see `_branch`)."""

    kind: str
    terms: list[Term]
    gain: float
    """For numbers the share of the variance it explains, for categories the share that it gets right, out of fold."""
    constant: Any = None
    intercept: float = 0.0
    weights: list[float] | None = None
    tree: Any = None
    low: float = 0.0
    high: float = 0.0
    """The range of the numbers it was learned from."""


def fit(target: Sequence[Any], cells: Sequence[Sequence[float]], terms: Sequence[Term], *, number: bool) -> Guess:
    """The model of a column without gaps from the terms' values, one row of numbers for each of its cells."""
    import numpy as np

    rows = np.asarray(cells, dtype=float).reshape(len(target), len(terms))
    varied = [place for place in range(len(terms)) if rows[:, place].min() < rows[:, place].max()]
    if len(target) < 2 * FOLDS or not varied:
        return _constant(target, number=number)
    rows, kept = rows[:, varied], [terms[place] for place in varied]
    return _number(np.asarray(target, dtype=float), rows, kept) if number else _category(target, rows, kept)


def _constant(target: Sequence[Any], *, number: bool) -> Guess:
    from collections import Counter

    import numpy as np

    most = float(np.mean(target)) if number else max(sorted(Counter(target).items()), key=lambda pair: pair[1])[0]
    return Guess("constant", [], 0.0, constant=most)


def _number(target: Any, rows: Any, terms: list[Term]) -> Guess:
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import KFold, cross_val_score
    from sklearn.preprocessing import StandardScaler
    from sklearn.tree import DecisionTreeRegressor

    if target.min() == target.max():
        return _constant(target, number=True)
    scaler = StandardScaler().fit(rows)
    line = Ridge(alpha=1.0).fit(scaler.transform(rows), target)
    if len(terms) > MOST_TERMS:
        strongest = sorted(abs(line.coef_).argsort()[-MOST_TERMS:])
        return _number(target, rows[:, strongest], [terms[place] for place in strongest])
    tree = DecisionTreeRegressor(max_depth=DEPTH, min_samples_leaf=_least(len(target)), random_state=0)
    folds = KFold(FOLDS, shuffle=True, random_state=0)
    of_line = cross_val_score(Ridge(alpha=1.0), scaler.transform(rows), target, cv=folds, scoring="r2").mean()
    of_tree = cross_val_score(tree, rows, target, cv=folds, scoring="r2").mean()
    if max(of_line, of_tree) <= 0:
        return _constant(target, number=True)
    low, high = float(target.min()), float(target.max())
    if of_tree > of_line:
        fitted = tree.fit(rows, target).tree_
        return Guess(
            "tree", terms, float(of_tree), tree=_branch(fitted, 0, lambda node: float(fitted.value[node][0][0]))
        )
    weights = line.coef_ / scaler.scale_
    intercept = float(line.intercept_ - (weights * scaler.mean_).sum())
    return Guess("line", terms, float(of_line), intercept=intercept, weights=weights.tolist(), low=low, high=high)


def _category(target: Sequence[Any], rows: Any, terms: list[Term]) -> Guess:
    import numpy as np
    from sklearn.model_selection import KFold, cross_val_score
    from sklearn.tree import DecisionTreeClassifier

    classes = sorted(set(target))
    codes = np.asarray([classes.index(value) for value in target])
    tree = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=_least(len(target)), random_state=0)
    right = cross_val_score(tree, rows, codes, cv=KFold(FOLDS, shuffle=True, random_state=0)).mean()
    if right <= np.bincount(codes).max() / len(codes):
        return _constant(target, number=False)
    fitted = tree.fit(rows, codes).tree_
    value = {node: classes[tree.classes_[fitted.value[node][0].argmax()]] for node in range(fitted.node_count)}
    return Guess("tree", terms, float(right), tree=_branch(fitted, 0, value.__getitem__))


def _least(rows: int) -> int:
    """How many rows a leaf must hold."""
    return max(3, rows // 100)


def _branch(tree: Any, node: int, value: Any) -> Any:
    """`[term, threshold, branch up to it, branch above it]`, or the value of a leaf."""
    if tree.children_left[node] < 0:
        return value(node)
    low, high = (_branch(tree, int(side[node]), value) for side in (tree.children_left, tree.children_right))
    if low == high:
        return low
    return [int(tree.feature[node]), float(tree.threshold[node]), low, high]


# --- numbers that SQL can't find but can apply -------------------------------------------------------------------


def power(values: Sequence[float], *, positive: bool) -> float:
    """The exponent that makes values most like a normal distribution: of Box and Cox, or of Yeo and Johnson."""
    import numpy as np
    from sklearn.preprocessing import PowerTransformer

    fitted = PowerTransformer(method="box-cox" if positive else "yeo-johnson", standardize=False)
    found = fitted.fit(np.asarray(values, dtype=float).reshape(-1, 1)).lambdas_[0]
    return round(float(found), 4)


def components(
    covariance: Sequence[Sequence[float]], count: int | None, share: float
) -> tuple[list[list[float]], list[float]]:
    """The principal components of a covariance matrix and their shares of the variance, the greatest first.

    As many as `count` says, or as few as hold `share` of the variance. The greatest loading of each is above 0, so that
    the same data give the same signs.
    """
    import numpy as np

    variances, vectors = np.linalg.eigh(np.asarray(covariance, dtype=float))
    variances, vectors = np.maximum(variances[::-1], 0), vectors[:, ::-1].T
    shares = variances / variances.sum()
    enough = int(np.searchsorted(np.cumsum(shares), share - 1e-9)) + 1
    kept = min(count if count is not None else enough, len(shares))
    signs = np.sign(vectors[np.arange(len(vectors)), np.abs(vectors).argmax(axis=1)])
    return (vectors * signs[:, None])[:kept].tolist(), shares[:kept].tolist()

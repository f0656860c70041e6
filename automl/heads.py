"""Linear classifiers over text and image features, their scores made into honest probabilities.

Scores of several heads are added, each with a weight that makes the probabilities of rows it did not learn from as good
as can be (temperature scaling: Guo et al., "On Calibration of Modern Neural Networks", 2017).
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Head:
    """Weights (features x classes) and a bias per class."""

    weights: Array
    bias: Array

    def scores(self, features: Any) -> Array:
        """One score per row and class; features may be sparse."""
        return np.asarray(features @ self.weights) + self.bias


def words_head(features: Any, codes: Array, classes: int) -> Head:
    """For sparse features, many of which matter a little: a linear support vector machine."""
    return _fitted(words_classifier(), features, codes, classes)


def dense_head(features: Array, codes: Array, classes: int) -> Head:
    """For a few hundred dense features: logistic regression."""
    return _fitted(dense_classifier(), features, codes, classes)


def words_classifier() -> Any:
    """What `words_head` is learned with."""
    from sklearn.svm import LinearSVC

    return LinearSVC(C=0.5)


def dense_classifier() -> Any:
    """What `dense_head` is learned with."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=10.0, max_iter=200)


def _fitted(model: Any, features: Any, codes: Array, classes: int) -> Head:
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a head that is nearly there is judged like any other
        model.fit(features, codes)
    weights, bias = model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32)
    if weights.shape[1] == 1:  # two classes: one column, for the second
        weights, bias = np.hstack([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
    whole, biases = (
        np.zeros((weights.shape[0], classes), np.float32),
        np.full(classes, float(bias.min()) - 10, np.float32),
    )
    whole[:, model.classes_], biases[model.classes_] = weights, bias
    return Head(whole, biases)


def shares(scores: Array) -> Array:
    """Scores as probabilities (softmax)."""
    high = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(high / high.sum(axis=1, keepdims=True))


def mixed(scores: Sequence[Array], weights: Sequence[float]) -> Array:
    """The weighted sum of the scores of several heads."""
    return np.asarray(sum(weight * one for weight, one in zip(weights, scores, strict=True)))


def temper(scores: Sequence[Array], codes: Array) -> list[float]:
    """The weight of each head's scores with which these rows' classes are the least surprising.

    As if one row more had been wrong (Platt, 1999): few rows that were all told rightly make no certainty.
    """
    from scipy.optimize import minimize

    doubt = 1 / (len(codes) + 2)

    def surprise(logs: Array) -> float:
        logarithms = np.log(np.clip(shares(mixed(scores, np.exp(logs).tolist())), 1e-15, 1))
        told = logarithms[np.arange(len(codes)), codes]
        return float(-((1 - doubt) * told + doubt * logarithms.mean(axis=1)).mean())

    found = minimize(surprise, np.zeros(len(scores)), method="Nelder-Mead", options={"maxiter": 120, "xatol": 0.01})
    return [round(float(weight), 6) for weight in np.exp(np.clip(found.x, -5, 5))]


def log_loss(scores: Array, codes: Array) -> float:
    """How surprising the classes are, given the scores."""
    chosen = shares(scores)[np.arange(len(codes)), codes]
    return float(-np.log(np.clip(chosen, 1e-15, 1)).mean())


def accuracy(scores: Array, codes: Array) -> float:
    """The share of rows whose highest score is their class."""
    return float((scores.argmax(axis=1) == codes).mean())

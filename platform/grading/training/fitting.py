"""Logistic regression on shares of points, in numpy."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
STEPS = 12


@dataclass(frozen=True)
class Head:
    """The likelihood is the logistic function of `intercept + features @ coefficients`."""

    intercept: float
    coefficients: Matrix

    def logits(self, features: Matrix) -> Matrix:
        """The logits of rows of features."""
        return np.asarray(self.intercept + features @ self.coefficients)

    def likelihoods(self, features: Matrix) -> Matrix:
        """The same as likelihoods."""
        return np.asarray(1 / (1 + np.exp(-self.logits(features))))


def fit(features: Matrix, scores: Matrix, weights: Matrix, penalty: float = 3.0) -> Head:
    """Newton's method on standardised features with an L2 penalty."""
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    rows = np.c_[np.ones(len(features)), (features - mean) / spread]
    ridge = np.diag([0.0, *[penalty] * features.shape[1]])
    found = np.zeros(rows.shape[1])
    for _step in range(STEPS):
        likely = 1 / (1 + np.exp(-rows @ found))
        bend = rows.T @ (rows * (weights * likely * (1 - likely) + 1e-9)[:, np.newaxis]) + ridge
        slope = rows.T @ (weights * (scores - likely)) - ridge @ found
        found = found + np.linalg.solve(bend, slope)
    scaled = found[1:] / spread
    return Head(float(found[0] - scaled @ mean), scaled)


def fit_best_segment(
    features: Sequence[Matrix], scores: Matrix, weights: Matrix, rounds: int = 4
) -> Head:
    """The same where each answer has many segments and the likeliest one counts."""
    chosen = np.array([rows[rows.sum(axis=1).argmax()] for rows in features])
    head = fit(chosen, scores, weights)
    for _round in range(rounds):
        chosen = best_segments(head, features)
        head = fit(chosen, scores, weights)
    return head


def best_segments(head: Head, features: Sequence[Matrix]) -> Matrix:
    """The likeliest row of each answer."""
    return np.array([rows[head.logits(rows).argmax()] for rows in features])


def held_out(
    parts: Sequence[npt.NDArray[np.bool_]],
    predict: Callable[[npt.NDArray[np.bool_]], Matrix],
    count: int,
) -> Matrix:
    """Predictions for every row from heads that saw no row of its part."""
    found = np.zeros(count)
    for part in parts:
        found[part] = predict(~part)[part]
    return found

"""The logistic heads: fitted coefficients that turn features into likelihoods."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from grading import whole
from grading.channels import paraphrase

Matrix = npt.NDArray[np.float64]

# The likelihoods of an answer that has nothing to do with the question, and of a perfect one.
_NOTHING, _ALL = 0.2, 0.95


@dataclass(frozen=True, eq=False)
class Head:
    """The likelihood is the logistic function of `intercept + features @ coefficients`."""

    intercept: float
    coefficients: Matrix

    def logits(self, features: Matrix) -> Matrix:
        """The logits; the last axis of `features` is summed up, rounded alike on all machines."""
        products = features * self.coefficients
        return np.asarray((self.intercept + products.sum(axis=-1)).round(3), dtype=np.float64)

    def logit(self, features: Sequence[float]) -> float:
        """The logit of one row."""
        return float(self.logits(np.array(features)))


def likelihood(logit: float) -> float:
    """The logistic function."""
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, logit))))


def criterion_head() -> Head:
    """For one text a criterion wants and one segment."""
    return stored_head("criterion", paraphrase.FEATURES)


def answer_head() -> Head:
    """For a whole answer and a whole reference."""
    return stored_head("answer", whole.FEATURES)


def expected_score(logit: float) -> float:
    """The share of the points an answer can expect, nothing below what any text gets."""
    stretched = (likelihood(logit) - _NOTHING) / (_ALL - _NOTHING)
    return max(0.0, min(1.0, stretched))


@lru_cache(maxsize=4)
def stored_head(name: str, features: tuple[str, ...]) -> Head:
    """A head as it was fitted, its coefficients in the order of `features`."""
    stored = json.loads((resources.files("grading") / "model" / "heads.json").read_text("utf-8"))
    found = stored[name]
    return Head(found["intercept"], np.array([found[feature] for feature in features]))

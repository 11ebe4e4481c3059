"""Fitting the head that tells answers to another question, and its threshold."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from grading.passage import Passage, passage
from grading.segments import split
from grading.topic import topic_features
from grading.training.data import Graded
from grading.training.fitting import Head, fit

Matrix = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
HONEST_SHARE = 0.018  # of own answers below the threshold; of unseen questions a little more
FOLDS = 5
EXAMPLES = 6_000
QUESTIONS = (1, 3, 6)  # that are asked for together
EXEMPLARS = (0, 3, 6)  # answers beside the reference of each
_WEIGHT = 1_500.0  # of all own, and of all other answers of a data set


@dataclass(frozen=True, eq=False)
class Topics:
    """Answers to the question and to others, as arrays."""

    features: Matrix
    own: Mask
    scores: Matrix
    datasets: npt.NDArray[np.str_]
    questions: npt.NDArray[np.str_]

    @property
    def weights(self) -> Matrix:
        """Every data set and kind counts alike."""
        found = np.zeros(len(self.own))
        for dataset in sorted(set(self.datasets)):
            for kind in (True, False):
                chosen = (self.datasets == dataset) & (self.own == kind)
                found[chosen] = _WEIGHT / max(1, chosen.sum())
        return found

    def folds(self) -> list[Mask]:
        """Parts of whole questions."""
        order = np.random.RandomState(0).permutation(sorted(set(self.questions)))
        fold = {question: place % FOLDS for place, question in enumerate(order)}
        numbers = np.array([fold[one] for one in self.questions])
        return [numbers == number for number in range(FOLDS)]


def topics(answers: Sequence[Graded], seed: int = 4) -> Topics:
    """The features of own and foreign answers that have enough words.

    What they are held against is made like a rubric: one or several questions of a data set with
    their references, and right and wrong answers as exemplars.
    """
    chance = random.Random(seed)  # noqa: S311 - reproducible sampling
    readings = _Readings()
    asked: dict[str, list[Graded]] = {}
    for one in answers:
        asked.setdefault(one.question_id, []).append(one)
    rows = []
    for one in chance.sample(answers, min(EXAMPLES, len(answers))):
        near = [name for name in asked if name.startswith(f"{one.dataset}/")]
        for own in (True, False):
            count = chance.choice(QUESTIONS)
            others = chance.sample(near, max(1, min(count, len(near) - 1)))
            chosen = [one.question_id, *others[1:]] if own else others
            foreign = one if own else _foreign(chance, answers, chosen, one.dataset)
            sources = [
                text for name in chosen for text in _rubric_like(chance, asked[name], foreign)
            ]
            found = readings.features(foreign.answer, sources)
            if found is not None:
                rows.append((found, own, one if own else replace(one, score=0.0)))
    return Topics(
        np.array([found for found, _own, _graded in rows]),
        np.array([own for _found, own, _graded in rows]),
        np.array([graded.score for _found, _own, graded in rows]),
        np.array([graded.dataset for _found, _own, graded in rows]),
        np.array([graded.question_id for _found, _own, graded in rows]),
    )


def _foreign(
    chance: random.Random, answers: Sequence[Graded], chosen: Sequence[str], dataset: str
) -> Graded:
    """An answer to none of the chosen questions; Beetle's are all about the same two circuits."""
    while True:
        one = chance.choice(answers)
        if one.question_id not in chosen and not one.dataset == dataset == "beetle":
            return one


def _rubric_like(chance: random.Random, own: Sequence[Graded], without: Graded) -> list[str]:
    """A question, its reference and some of the other answers to it."""
    given = [one.answer for one in own if one.answer != without.answer]
    count = min(chance.choice(EXEMPLARS), len(given))
    return [own[0].question, own[0].reference, *chance.sample(given, count)]


class _Readings:
    """The passages of texts, made once."""

    def __init__(self) -> None:
        """Begin with none."""
        self._passages: dict[str, Passage] = {}

    def _passage(self, text: str) -> Passage:
        if text not in self._passages:
            self._passages[text] = passage(split(text))
        return self._passages[text]

    def features(self, answer: str, sources: Sequence[str]) -> tuple[float, ...] | None:
        """The features of an answer against all sources."""
        return topic_features(self._passage(answer), [self._passage(text) for text in sources])


def fit_topic(rows: Topics, mask: Mask) -> Head:
    """The head for some rows; its logit is 0 where `HONEST_SHARE` of own answers are below."""
    head = fit(rows.features[mask], rows.own[mask].astype(float), rows.weights[mask])
    edge = float(np.quantile(head.logits(rows.features[mask & rows.own]), HONEST_SHARE))
    return Head(head.intercept - edge, head.coefficients)


def report_topic(rows: Topics) -> None:
    """Print how many answers of unseen questions are taken for answers to others."""
    flagged = np.zeros(len(rows.own), dtype=np.bool_)
    for part in rows.folds():
        flagged[part] = fit_topic(rows, ~part).logits(rows.features[part]) < 0
    right = rows.own & (rows.scores >= 0.5)
    for name in ("all", *sorted(set(rows.datasets))):
        chosen = (rows.datasets == name) | (name == "all")
        shares = [flagged[chosen & kind].mean() for kind in (rows.own, right, ~rows.own)]
        print(  # noqa: T201
            f"  topic {name:12s} own {shares[0]:.3f}  right {shares[1]:.3f}  other {shares[2]:.3f}"
        )

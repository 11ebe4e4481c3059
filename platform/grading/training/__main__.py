"""`python -m grading.training DATA CACHE`: fit the heads, print how well they do, write them.

DATA is the folder with the graded answers, CACHE one where vectors are kept between runs.
"""

import json
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from grading import topic, whole
from grading.channels import paraphrase
from grading.training.data import DATASETS, KeptVectors, read
from grading.training.examples import Example, augmented, criterion_examples, whole_examples
from grading.training.fitting import Head, best_segments, fit, fit_best_segment, held_out
from grading.training.order import fit_order, prose
from grading.training.topic import fit_topic, report_topic, topics

Matrix = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
MODEL = Path(__file__).parents[1] / "model"
HEADS, ORDER = MODEL / "heads.json", MODEL / "order.json"
PROSE = [Path(__file__).parents[3] / folder for folder in ("docs", "content")]
FOLDS = 5
# How much each kind of example counts, for each data set, whatever its size.
SHARES = {"real": 1_500.0, "other": 150.0, "question": 30.0, "reference": 30.0}


class Rows:
    """Examples as arrays."""

    def __init__(self, examples: list[Example]) -> None:
        """Lay the examples out."""
        self.features = [one.features for one in examples]
        self.scores = np.array([one.graded.score for one in examples])
        self.kinds = np.array([one.kind for one in examples])
        self.datasets = np.array([one.graded.dataset for one in examples])
        self.questions = np.array([one.graded.question_id for one in examples])
        self.weights = np.zeros(len(examples))
        for dataset in DATASETS:
            for kind, share in SHARES.items():
                chosen = (self.datasets == dataset) & (self.kinds == kind)
                self.weights[chosen] = share / max(1, chosen.sum())

    @property
    def every(self) -> Mask:
        """All rows."""
        return np.ones(len(self.scores), dtype=np.bool_)

    def folds(self) -> list[Mask]:
        """Parts of whole questions."""
        questions = sorted(set(self.questions))
        order = np.random.RandomState(0).permutation(questions)
        fold = {question: place % FOLDS for place, question in enumerate(order)}
        numbers = np.array([fold[one] for one in self.questions])
        return [numbers == number for number in range(FOLDS)]

    def sets(self) -> list[Mask]:
        """One part for each data set."""
        return [self.datasets == one for one in DATASETS if (self.datasets == one).any()]

    def chosen(self, mask: Mask) -> list[Matrix]:
        """The features of some rows."""
        return [rows for rows, keep in zip(self.features, mask, strict=True) if keep]


def main(data: Path, cache: Path) -> None:
    """Fit, report, write."""
    graded = read(data)
    order = json.dumps(fit_order(graded, prose(PROSE)), indent=0, sort_keys=True)
    ORDER.write_text(order + "\n", encoding="utf-8")
    with KeptVectors(cache / "vectors.pkl"):
        pairs = list(augmented(graded))
        answers = Rows(list(whole_examples(pairs)))
        criteria = Rows(list(criterion_examples(pairs)))
        about = topics(graded)
    _report_whole(answers)
    _report_criteria(criteria)
    report_topic(about)
    every = np.ones(len(about.own), dtype=np.bool_)
    heads = {
        "answer": _described(_fit_whole(answers, answers.every), whole.FEATURES),
        "criterion": _described(_fit_criterion(criteria, criteria.every), paraphrase.FEATURES),
        "topic": _described(fit_topic(about, every), topic.FEATURES),
    }
    HEADS.write_text(json.dumps(heads, indent=1) + "\n", encoding="utf-8")


def _report_whole(rows: Rows) -> None:
    def predict(mask: Mask) -> Matrix:
        return _fit_whole(rows, mask).likelihoods(np.array(rows.features))

    for name, parts in (("unseen questions", rows.folds()), ("unseen data set", rows.sets())):
        _report(f"whole answer, {name}", rows, held_out(parts, predict, len(rows.scores)))


def _report_criteria(rows: Rows) -> None:
    def predict(mask: Mask) -> Matrix:
        head = _fit_criterion(rows, mask)
        return head.likelihoods(best_segments(head, rows.features))

    for name, parts in (("unseen questions", rows.folds()), ("unseen data set", rows.sets())):
        _report(f"criterion, {name}", rows, held_out(parts, predict, len(rows.scores)))


def _fit_whole(rows: Rows, mask: Mask) -> Head:
    return fit(np.array(rows.chosen(mask)), rows.scores[mask], rows.weights[mask])


def _fit_criterion(rows: Rows, mask: Mask) -> Head:
    return fit_best_segment(rows.chosen(mask), rows.scores[mask], rows.weights[mask])


def _described(head: Head, names: tuple[str, ...]) -> dict[str, float]:
    values = zip(names, head.coefficients, strict=True)
    return {
        "intercept": round(head.intercept, 4),
        **{name: round(float(value), 4) for name, value in values},
    }


def _report(title: str, rows: Rows, found: Matrix) -> None:
    print(title)  # noqa: T201
    for dataset in DATASETS:
        real = (rows.datasets == dataset) & (rows.kinds == "real")
        if real.any():
            pearson = np.corrcoef(found[real], rows.scores[real])[0, 1]
            right = ((found[real] >= 0.5) == (rows.scores[real] >= 0.5)).mean()
            print(f"  {dataset:12s} Pearson {pearson:.3f}  accuracy {right:.3f}")  # noqa: T201
    means = " ".join(f"{kind} {found[rows.kinds == kind].mean():.2f}" for kind in SHARES)
    print(f"  mean score: {means}")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""Fitting the heads, on made-up numbers."""

import random

import numpy as np
import pytest

from grading.head import answer_head, criterion_head, expected_score, likelihood
from grading.training.data import Graded
from grading.training.examples import augmented
from grading.training.fitting import best_segments, fit, fit_best_segment, held_out
from grading.training.order import fit_order, shuffles
from grading.training.topic import fit_topic, topics

ANSWERS = [
    Graded("saf", f"saf/{place}", f"What is part {place}?", "It is a queue.", "A queue it is.", 1.0)
    for place in range(8)
]


def test_a_fit_finds_what_made_the_scores() -> None:
    chance = np.random.RandomState(0)
    rows = chance.normal(size=(4_000, 2))
    scores = 1 / (1 + np.exp(-(0.5 + rows @ np.array([2.0, -1.0]))))
    head = fit(rows, scores, np.ones(len(rows)), penalty=1e-6)
    assert head.intercept == pytest.approx(0.5, abs=0.01)
    assert head.coefficients == pytest.approx([2.0, -1.0], abs=0.01)


def test_the_best_segment_of_an_answer_counts() -> None:
    right, wrong = np.array([[0.1], [0.9]]), np.array([[0.1], [0.2]])
    features, scores = [right, wrong] * 200, np.array([1.0, 0.0] * 200)
    head = fit_best_segment(features, scores, np.ones(len(scores)))
    assert best_segments(head, [right])[0] == pytest.approx([0.9])
    assert head.likelihoods(right).max() > 0.5 > head.likelihoods(wrong).max()


def test_no_row_is_predicted_by_a_head_that_saw_it() -> None:
    parts = [np.array([True, False, False]), np.array([False, True, True])]
    found = held_out(parts, lambda mask: np.where(mask, -1.0, 1.0), 3)
    assert (found == 1).all()


def test_plain_examples_are_the_same_every_time() -> None:
    assert list(augmented(ANSWERS)) == list(augmented(ANSWERS))
    kinds = {kind for kind, _one in augmented(ANSWERS)}
    assert kinds == {"real", "other", "question", "reference"}


def test_disorder_has_other_neighbours() -> None:
    text = "The worker takes the charge from the queue."
    everything, content = shuffles(text, random.Random(1))
    assert sorted(everything.split()) == sorted(text.split())
    assert sorted(content.split()) == ["charge", "queue", "takes", "worker"]
    fitted = fit_order(ANSWERS, [text] * 20)
    assert fitted["neighbours"]["the -"] < 0


def test_the_stored_heads_tell_much_from_little() -> None:
    assert answer_head().logit([1, 1, 1, 1, 0, 0, 1]) > 2
    assert answer_head().logit([0.2, 0, 0, 0, 0.5, -1, 0.1]) < -1
    assert criterion_head().logit([1, 1, 1, 1]) > 2
    assert expected_score(-9) == 0
    assert expected_score(9) == 1
    assert likelihood(-1_000) == pytest.approx(0)


def test_own_and_foreign_answers_are_told_apart_by_their_questions() -> None:
    matters = {
        "queue": "Orders wait in a queue until a worker takes them.",
        "heart": "The heart pumps blood through the body with every beat.",
        "rain": "Clouds cool down and drops of water fall as rain.",
    }
    answers = [
        Graded(
            "saf", f"saf/{name}", f"What about the {name}?", text, f"{text} Number {place}.", 1.0
        )
        for name, text in matters.items()
        for place in range(4)
    ]
    found = topics(answers)
    assert found.own.sum() == len(answers)
    own, other = found.features[found.own], found.features[~found.own]
    assert own[:, 0].min() > other[:, 0].max()
    head = fit_topic(found, np.ones(len(found.own), dtype=np.bool_))
    assert (head.logits(other) < 0).all()
    assert (head.logits(own) < 0).mean() <= 0.1

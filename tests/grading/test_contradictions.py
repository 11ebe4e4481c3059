"""Negations: which turn a criterion around, and which honest answers have as well."""

from collections.abc import Sequence

import pytest

from grading import Criterion, CriterionAssessment, EmbeddedGrader, EvidenceKind, Verdict

SETTLED = Criterion(
    "settled",
    2,
    "Every deferred order must be settled before its packing time two hours after the click.",
    paraphrases=[
        "All deferred charges are settled within two hours of the order.",
        "We have two hours to settle a deferred order, the warehouse gives us no more.",
    ],
    groups=[["settle", "two hours|packing time"]],
)
CAUGHT_UP = Criterion(
    "caught-up",
    2,
    "The backlog shrinks at 10/s, so draining 54 000 charges takes 5 400 s or 90 min.",
    groups=[["backlog|draining", "90 min|5 400 s"]],
)
ONCE = Criterion(
    "once",
    2,
    "A customer is never charged twice for one order.",
    paraphrases=["Each order is charged exactly once, and not again by a retry."],
)
BOUGHT = Criterion(
    "bought",
    1,
    "A worker holds a lease; when it dies another worker repeats the job, so nothing is lost or"
    " doubled.",
)


def judged(criterion: Criterion, answer: str) -> CriterionAssessment:
    """The assessment of one criterion."""
    return EmbeddedGrader().grade("How do you proceed?", [criterion], answer).criteria[0]


@pytest.mark.parametrize(
    ("criterion", "answer"),
    [
        (SETTLED, "Deferred orders must not be settled before their packing time."),
        (
            SETTLED,
            "Every deferred order must not be settled before its packing time.",
        ),
        (SETTLED, "All deferred charges are not settled within two hours of the order."),
        (
            CAUGHT_UP,
            "The backlog does not shrink at 10/s, so draining 54 000 charges takes 90 min.",
        ),
        (ONCE, "Each order is not charged exactly once."),
    ],
)
def test_a_negated_predicate_contradicts(criterion: Criterion, answer: str) -> None:
    found = judged(criterion, answer)
    assert found.verdict is Verdict.MISSED
    assert {quoted.kind for quoted in found.evidence} == {EvidenceKind.CONTRADICTS}


@pytest.mark.parametrize(
    ("criterion", "answer"),
    [
        (SETTLED, "A deferred order must not be settled later than its packing time."),
        (SETTLED, "Deferred orders must not be settled only after the packing time."),
        (SETTLED, "We have two hours to settle a deferred order and not a minute more."),
        (CAUGHT_UP, "The backlog shrinks at 10/s, so draining it takes 90 min, not 30."),
        (ONCE, "A customer is never charged twice for one order, not even by a retry."),
        (ONCE, "A customer must not be charged twice for one order."),
        (
            BOUGHT,
            "A worker holds a lease; when it dies another one repeats the job, never doubled.",
        ),
    ],
)
def test_an_honest_negation_does_not_contradict(criterion: Criterion, answer: str) -> None:
    found = judged(criterion, answer)
    assert EvidenceKind.CONTRADICTS not in {quoted.kind for quoted in found.evidence}


def _wrapped(text: str) -> Sequence[str]:
    small = text[0].lower() + text[1:]
    return (
        f"{text.rstrip('.')}, not the other way round.",
        f"{text} This is not negotiable.",
        f"It is not hard to see why: {small}",
        f"No doubt about it, {small}",
        f"I would not do it any other way. {text}",
    )


@pytest.mark.parametrize("criterion", [SETTLED, CAUGHT_UP, ONCE, BOUGHT], ids=lambda one: one.id)
def test_a_negation_of_something_else_beside_an_exemplar_changes_nothing(
    criterion: Criterion,
) -> None:
    for text in criterion.exemplars:
        for answer in _wrapped(text):
            assert judged(criterion, answer).verdict is Verdict.MET, answer


def test_a_sentence_that_speaks_for_it_is_held_against_its_own_negation() -> None:
    answer = (
        "Deferred orders and their settling are a matter of two hours of packing. All deferred"
        " charges are not settled within two hours of the order."
    )
    assert judged(SETTLED, answer).verdict in (Verdict.MISSED, Verdict.UNSURE)

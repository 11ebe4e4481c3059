"""The channels of evidence, one by one."""

import pytest

from grading.channels.concepts import compile_group, find_group
from grading.channels.coverage import best_cover, cover
from grading.channels.paraphrase import Asked, Nearness, Wanted, compare
from grading.guards import Expected, Reading, read_answer
from grading.head import criterion_head
from grading.passage import passage
from grading.segments import segment_of, split
from grading.weights import QUESTION_SHARE, weights_for

NOTHING_NEGATED: frozenset[str] = frozenset()


def reading(answer: str) -> Reading:
    """An answer read without a question."""
    return read_answer("", answer, Expected.of("", []))


def group_strength(
    group: list[str], answer: str, negated: frozenset[str] = NOTHING_NEGATED
) -> float:
    """How strongly one group is found."""
    return find_group([compile_group(group)], reading(answer), negated).strength


def test_all_terms_of_a_group_must_stand_near_each_other() -> None:
    group = ["queue|outbox", "charge|payment"]
    assert group_strength(group, "The payments go into an outbox.") == 1
    assert group_strength(group, "We have an outbox. It holds payments.") == 1
    far = "We have an outbox. The weather is fine. Nobody minds. Payments are hard."
    assert group_strength(group, far) == 0.5


def test_phrases_allow_one_word_between_and_not_more() -> None:
    assert group_strength(["circuit breaker"], "A circuit breaker helps.") == 1
    assert group_strength(["fail fast"], "We fail very fast.") == 1
    assert group_strength(["fail fast"], "We fail if it is not fast.") == 0


def test_a_veto_voids_the_group_where_it_stands() -> None:
    group = ["key", "!fresh key|new key"]
    assert group_strength(group, "Send a key with it.") == 1
    assert group_strength(group, "Send a fresh key with it.") == 0


def test_a_negated_term_counts_only_where_the_exemplars_negate_it() -> None:
    assert group_strength(["breaker"], "There is no breaker.") == 0
    assert group_strength(["duplicate"], "No duplicates are charged.", frozenset({"duplic"})) == 1


def test_a_hyphenated_word_is_found_under_a_closed_term() -> None:
    assert group_strength(["fallback"], "The fall-back is a cache.") == 1


def test_polarity_decides_what_a_segment_covers() -> None:
    weights = weights_for("", ["The breaker opens after failures."])
    exemplar = segment_of("The breaker opens after failures.")
    agreeing = cover(exemplar, segment_of("After failures the breaker opens."), weights)
    turned = cover(exemplar, segment_of("The breaker never opens after failures."), weights)
    assert (agreeing.share, agreeing.raw) == (1, 1)
    assert turned.raw == 1
    assert turned.share < 0.5


def test_the_question_s_own_words_weigh_less() -> None:
    texts = ["The provider queue."]
    plain, asked = weights_for("", texts), weights_for("Which provider?", texts)
    assert asked.of("provid") == pytest.approx(QUESTION_SHARE * plain.of("provid"))
    assert asked.of("queue") == plain.of("queue")


def test_one_sentence_is_quoted_rather_than_a_window_that_adds_nothing() -> None:
    answer = "Hello there. The breaker opens after failures. The weather is fine."
    weights = weights_for("", ["The breaker opens after failures."])
    found = best_cover([segment_of("The breaker opens after failures.")], reading(answer), weights)
    assert found is not None
    assert found.segment.quote == "The breaker opens after failures."


def nearness(text: str, answer: str, question: str = "How?") -> Nearness:
    """How near one text comes to an answer."""
    asked = Asked.of(passage(split(question)))
    read = reading(answer)
    return compare(Wanted(passage([segment_of(text)]), asked), passage(read.single), read.pairs)


def test_another_wording_is_nearer_than_another_matter() -> None:
    wanted = "Orders are accepted during the outage and paid for later."
    found = nearness(
        wanted, "We keep taking purchases and collect the money afterwards. Cats sleep all day."
    )
    logits = criterion_head().logits(found.features)[0]
    assert logits[0] > logits[1] + 1
    assert found.aligned.shape == (1, 3)


def test_the_words_of_the_question_say_little() -> None:
    text = "The breaker protects the provider."
    plain, given = (
        nearness(text, "The provider."),
        nearness(text, "The provider.", "Which provider?"),
    )
    assert given.said_anew[0, 0] < plain.said_anew[0, 0]
    assert given.said[0, 0] == plain.said[0, 0]


def test_the_same_words_are_as_near_as_can_be() -> None:
    found = nearness("The breaker opens.", "The breaker opens.")
    assert (found.aligned[0, 0], found.said[0, 0], found.like[0, 0]) == (1, 1, 1)

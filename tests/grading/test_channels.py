"""The channels of evidence, one by one."""

import pytest

from grading import ExpectedNumber
from grading.channels.concepts import compile_group, find_group
from grading.channels.coverage import best_cover, cover
from grading.channels.numbers import find_numbers
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


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("That makes 130.6 TB in all.", ExpectedNumber(130.6, "TB", 0.01)),
        ("About 118.8 TiB are needed,", ExpectedNumber(130.6, "TB", 0.01)),
        ("so 13 500 rps hit it", ExpectedNumber(13_500, "1/s", 0.01)),
        ("so 13.5k requests per second hit it", ExpectedNumber(13_500, "1/s", 0.01)),
        ("27 × the load", ExpectedNumber(27, "", 0.01)),
        ("(99.6 %)", ExpectedNumber(0.996, "", 0.001)),
        ("it costs $286k/day.", ExpectedNumber(286_000, "$/day", 0.01)),
        ("takes 2.08 h, then", ExpectedNumber(7_500, "s", 0.01)),
        ("22,200.", ExpectedNumber(22_200, "", 0.01)),
        ("6.3e24 FLOP", ExpectedNumber(6.3e24, "FLOP", 0.01)),
        ("324 sequences fit", ExpectedNumber(324, "sequences", 0.01)),
    ],
)
def test_an_expected_number_is_found_in_prose(answer: str, number: ExpectedNumber) -> None:
    found = find_numbers([number], reading(answer))
    assert found.strength == 1
    assert found.segments[0].quote == answer.strip()


@pytest.mark.parametrize("answer", ["130.6 GB", "1306 TB", "v130.6.2", "no number", "TB 13 06"])
def test_another_number_is_not_the_expected_one(answer: str) -> None:
    assert find_numbers([ExpectedNumber(130.6, "TB", 0.01)], reading(answer)).strength == 0


def test_half_of_the_numbers_is_half_the_strength() -> None:
    wanted = [ExpectedNumber(9_259, "1/s"), ExpectedNumber(23_148, "1/s")]
    assert find_numbers(wanted, reading("On average 9 259 QPS.")).strength == 0.5


@pytest.mark.parametrize("answer", ["Not 130.6 TB.", "It is not true that it takes 130.6 TB."])
def test_a_number_that_is_refused_is_not_found(answer: str) -> None:
    assert find_numbers([ExpectedNumber(130.6, "TB", 0.01)], reading(answer)).strength == 0


def test_an_order_of_magnitude_is_counted_in_powers_of_ten() -> None:
    wanted = ExpectedNumber(1_000, "1/s", 0.5, "magnitude")
    assert find_numbers([wanted], reading("Some 2 900 requests per second.")).strength == 1
    assert find_numbers([wanted], reading("Some 350/s.")).strength == 1
    assert find_numbers([wanted], reading("Some 3 900 requests per second.")).strength == 0
    assert find_numbers([wanted], reading("Some 1 000 GB.")).strength == 0


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

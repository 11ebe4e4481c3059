"""Reading through slips of the keyboard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.segments import segment_of, split
from grading.spelling import as_meant, corrections
from grading.words import words_of

EXPECTED = {"idempotency": "idempot", "queue": "queue", "breaker": "breaker"}


def meant(text: str) -> str:
    """The text as it is read."""
    return as_meant(segment_of(text), EXPECTED).meant.text


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("An idempotncy key.", "An idempotency key."),
        ("the qeue and the braeker", "the queue and the breaker"),
        ("teh netwrok is becuase of the mesage", "the network is because of the message"),
        ("The INFROMATION, twice.", "The information, twice."),
    ],
)
def test_a_slip_is_read_as_what_was_meant(typed: str, read: str) -> None:
    assert meant(typed) == read


@pytest.mark.parametrize(
    "text",
    [
        "Throughput, jitter, schema, sharding, retried and deferred.",
        "We dont use Kafka, cwnd or mTLS; upsert 2,000 rows.",
        "Que and pie",
        "queues and breakers",
    ],
)
def test_words_of_the_trade_and_short_ones_are_left_alone(text: str) -> None:
    assert meant(text) == text


def test_a_corrected_word_keeps_its_place_in_the_answer() -> None:
    text = "We qeue it."
    segment = as_meant(segment_of(text), EXPECTED)
    word = segment.words[1]
    assert (text[word.start : word.end], word.form, word.stem) == ("qeue", "queue", "queue")
    assert segment.quote == text


@given(st.text(max_size=200))
def test_any_text_keeps_its_words_and_its_quotes(text: str) -> None:
    for segment in split(text):
        read = as_meant(segment, EXPECTED)
        assert len(read.words) == len(segment.words) == len(read.meant.spans)
        assert read.quote == segment.quote
        for (start, end), word in zip(read.meant.spans, read.words, strict=True):
            assert words_of(read.meant.text[start:end])[0].form == word.form


def test_a_known_word_is_never_a_slip() -> None:
    assert corrections(words_of("from form trail trial casual causal"), {"form": "form"}) == {}

"""Stems against the examples of the published algorithm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.stemming import stem
from grading.words import words_of


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("caresses", "caress"),
        ("ponies", "poni"),
        ("cats", "cat"),
        ("feed", "feed"),
        ("agreed", "agre"),
        ("plastered", "plaster"),
        ("bled", "bled"),
        ("motoring", "motor"),
        ("sing", "sing"),
        ("conflated", "conflat"),
        ("troubled", "troubl"),
        ("sized", "size"),
        ("hopping", "hop"),
        ("falling", "fall"),
        ("hissing", "hiss"),
        ("failing", "fail"),
        ("filing", "file"),
        ("happy", "happi"),
        ("sky", "sky"),
        ("relational", "relat"),
        ("conditional", "condit"),
        ("rational", "ration"),
        ("digitizer", "digit"),
        ("operator", "oper"),
        ("feudalism", "feudal"),
        ("decisiveness", "decis"),
        ("hopefulness", "hope"),
        ("formality", "formal"),
        ("sensibility", "sensibl"),
        ("triplicate", "triplic"),
        ("electrical", "electr"),
        ("goodness", "good"),
        ("revival", "reviv"),
        ("allowance", "allow"),
        ("inference", "infer"),
        ("adjustable", "adjust"),
        ("replacement", "replac"),
        ("adoption", "adopt"),
        ("communism", "commun"),
        ("activate", "activ"),
        ("effective", "effect"),
        ("probate", "probat"),
        ("rate", "rate"),
        ("cease", "ceas"),
        ("controlling", "control"),
        ("roll", "roll"),
    ],
)
def test_the_examples_of_the_paper_come_out(word: str, expected: str) -> None:
    assert stem(word) == expected


@pytest.mark.parametrize(
    "family",
    [
        ("queue", "queues", "queued", "queuing"),
        ("send", "sends", "sending", "sent"),
        ("retry", "retries", "retried"),
        ("idempotent", "idempotently"),
        ("notify", "notifies", "notified"),
        ("recover", "recovers", "recovered", "recovering"),
    ],
)
def test_forms_of_one_word_meet_in_one_stem(family: tuple[str, ...]) -> None:
    assert len({word.stem for word in words_of(" ".join(family))}) == 1


@pytest.mark.parametrize("word", ["", "a", "is", "p99", "ölung", "支付", "22"])
def test_short_and_foreign_words_stay_as_they_are(word: str) -> None:
    assert stem(word) == word


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", max_size=30))
def test_a_stem_never_grows_by_more_than_a_letter_and_never_vanishes(word: str) -> None:
    assert len(stem(word)) <= len(word) + 1
    assert bool(stem(word)) == bool(word)

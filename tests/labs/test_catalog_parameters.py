from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.base import ParameterError, parameter, parse_seed, to_query
from labs.parameters import parse, specs


@dataclass(frozen=True)
class Sample:
    rate: int = parameter(
        20, label="Request rate", unit="requests/s", minimum=5, maximum=200, step=5
    )
    wait: float = parameter(0.3, label="Wait", unit="s", minimum=0.1, maximum=2.0, step=0.1)
    jitter: str = parameter(
        "none", label="Jitter", choices={"none": "No jitter", "full": "Full jitter"}
    )


def problems(texts: dict[str, str]) -> dict[str, str]:
    """The complaints about these texts, by field."""
    with pytest.raises(ParameterError) as error:
        parse(Sample, texts)
    return dict(error.value.problems)


def test_nothing_given_means_the_defaults() -> None:
    assert parse(Sample, {}) == Sample()


def test_what_is_given_replaces_its_default_and_nothing_else() -> None:
    assert parse(Sample, {"wait": " 1.5 ", "jitter": "full"}) == Sample(wait=1.5, jitter="full")


@pytest.mark.parametrize("text", ["0.7", "0.70", "7e-1", "+0.7"])
def test_a_number_may_be_written_in_any_usual_way(text: str) -> None:
    assert parse(Sample, {"wait": text}).wait == 0.7


@pytest.mark.parametrize(
    "text", ["", "nan", "inf", "-inf", "1_0", "0x10", "ten", "1,5", "٣", "1e999", "9" * 5000, "\0"]
)
def test_what_is_no_number_is_answered_with_range_and_unit(text: str) -> None:
    assert problems({"rate": text}) == {
        "rate": "Request rate must be a number: 5 to 200 requests/s."
    }


def test_a_number_out_of_range_is_answered_with_range_unit_and_itself() -> None:
    sentence = "Request rate must be from 5 to 200 requests/s, not 1000."
    assert problems({"rate": "1000"}) == {"rate": sentence}
    assert "must be from" in problems({"rate": "1e99"})["rate"]


def test_a_number_between_steps_is_answered_with_the_step() -> None:
    sentence = "Request rate goes in steps of 5 from 5 (5 to 200 requests/s)."
    assert problems({"rate": "12"}) == {"rate": sentence}


def test_a_choice_that_does_not_exist_is_answered_with_those_that_do() -> None:
    assert problems({"jitter": "some"}) == {"jitter": "Jitter must be one of: none, full."}


def test_unknown_names_are_named_but_neither_at_length_nor_without_end() -> None:
    found = problems({f"{'x' * 500}{number}": "1" for number in range(100)})
    assert all(len(sentence) < 200 for sentence in found.values())
    assert len(found) <= 5
    assert problems({"rat": "5"}) == {
        "rat": "This lab has no parameter “rat”. It has: jitter, rate, wait."
    }


def test_every_wrong_field_is_answered_at_once() -> None:
    assert set(problems({"rate": "x", "wait": "9", "jitter": "?"})) == {"rate", "wait", "jitter"}


@given(st.dictionaries(st.sampled_from(["rate", "wait", "jitter", "other"]), st.text()))
def test_any_text_gives_parameters_or_sentences(texts: dict[str, str]) -> None:
    complaints: tuple[tuple[str, str], ...] = ()
    found = Sample()
    try:
        found = parse(Sample, texts)
    except ParameterError as error:
        complaints = error.problems
    assert all(sentence and len(sentence) < 300 for _field, sentence in complaints)
    assert parse(Sample, to_query(found)) == found


def test_a_query_holds_only_what_differs_from_the_defaults() -> None:
    assert to_query(Sample()) == {}
    assert to_query(Sample(rate=50, wait=2.0)) == {"rate": "50", "wait": "2"}


def test_specs_come_in_the_order_of_the_fields_and_know_their_names() -> None:
    assert [spec.name for spec in specs(Sample)] == ["rate", "wait", "jitter"]
    assert [spec.range_text.strip() for spec in specs(Sample)] == [
        "5 to 200 requests/s",
        "0.1 to 2 s",
        "none, full",
    ]


@pytest.mark.parametrize("default", [4, 300, 7])
def test_a_default_outside_its_own_range_or_steps_is_refused(default: int) -> None:
    with pytest.raises(TypeError, match="Rate"):
        parameter(default, label="Rate", minimum=5, maximum=200, step=5)


@pytest.mark.parametrize("text", ["0", "42", "2147483647"])
def test_a_seed_is_a_whole_number(text: str) -> None:
    assert parse_seed(text) == int(text)


@pytest.mark.parametrize("text", ["", "-1", "2147483648", "1.5", "seed", "9" * 5000, "²"])
def test_any_other_seed_is_answered_with_its_range(text: str) -> None:
    with pytest.raises(ParameterError, match="whole number from 0 to 2147483647"):
        parse_seed(text)

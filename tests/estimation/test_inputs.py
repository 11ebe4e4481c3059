"""Inputs of calculators, as forms and addresses send them."""

from contextlib import suppress
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimation.calculators import all_calculators, get_calculator
from estimation.inputs import InputError, input_field, input_specs, parse_inputs, to_query

MEMORY = get_calculator("inference-memory")


def test_nothing_sent_gives_the_defaults() -> None:
    assert parse_inputs(MEMORY, {}) == MEMORY.inputs_type()


def test_a_preset_can_be_the_start_and_single_inputs_change_it() -> None:
    preset = MEMORY.presets["llama-3-8b"].inputs
    changed = parse_inputs(MEMORY, {"gpus": "2"}, start=preset)
    assert (changed.layers, changed.gpus) == (preset.layers, 2)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("parameters", "7", 7.0),
        ("parameters", "7B", 7.0),
        ("parameters", "7 billion", 7.0),
        ("context_tokens", "128k", 128_000),
        ("context_tokens", "8 192", 8_192),
        ("gpu_memory", "0.08 TB", 80.0),
        ("usable", "85 %", 85.0),
        ("weight_format", " fp8 ", "fp8"),
    ],
)
def test_learners_may_type_units_and_multiples(field: str, text: str, value: object) -> None:
    assert getattr(parse_inputs(MEMORY, {field: text}), field) == value


def test_every_field_at_fault_gets_its_own_sentence() -> None:
    sent = {
        "parameters": "",
        "layers": "2.5",
        "kv_heads": "0",
        "gpu_memory": "80 s",
        "weight_format": "fp3",
        "usable": "nan",
        "unknown": "ignored",
    }
    with pytest.raises(InputError) as caught:
        parse_inputs(MEMORY, sent)
    problems = dict(caught.value.problems)
    assert set(problems) == set(sent) - {"unknown"}
    assert all(sentence.endswith(".") for sentence in problems.values())
    assert "whole number" in problems["layers"]
    assert "between 1 and" in problems["kv_heads"]


def test_a_declaration_without_range_is_refused() -> None:
    with pytest.raises(TypeError, match="range and step"):
        input_field(3, label="Things")


def test_specs_come_in_the_order_of_the_fields_with_their_names() -> None:
    names = [spec.name for spec in input_specs(MEMORY)]
    assert names == [field.name for field in fields(MEMORY.inputs_type)]


@pytest.mark.parametrize("calculator", all_calculators(), ids=lambda one: one.slug)
def test_every_preset_survives_the_address(calculator: object) -> None:
    for preset in calculator.presets.values():  # type: ignore[attr-defined]
        assert parse_inputs(calculator, to_query(preset.inputs)) == preset.inputs  # type: ignore[arg-type]


@given(
    st.dictionaries(
        st.sampled_from([spec.name for spec in input_specs(MEMORY)]), st.text(max_size=90)
    )
)
def test_any_form_is_inputs_or_an_input_error(sent: dict[str, str]) -> None:
    with suppress(InputError):
        inputs = parse_inputs(MEMORY, sent)
        assert MEMORY.compute(inputs).results

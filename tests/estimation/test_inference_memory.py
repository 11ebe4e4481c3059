"""The inference memory calculator against published shapes and worked numbers."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimation.calculators import Estimate, Tone, estimate_to_data, get_calculator
from estimation.calculators.inference_memory import InferenceMemory, InferenceMemoryInputs

CALCULATOR = InferenceMemory()
GIB = 2**30


def step(estimate: Estimate, name: str) -> float:
    """The result of a step in base units."""
    return next(one for one in estimate.steps if one.name == name).result.base_value


@pytest.mark.parametrize(
    ("preset", "kib_per_token", "gib_at_8k", "gib_at_128k"),
    [
        ("llama-2-7b", 512, 4.0, 64),
        ("llama-3-8b", 128, 1.0, 16),
        ("llama-3-70b", 320, 2.5, 40),
        ("llama-3-405b", 504, 3.9, 63),
    ],
)
def test_the_kv_cache_of_published_models_is_reproduced(
    preset: str, kib_per_token: float, gib_at_8k: float, gib_at_128k: float
) -> None:
    inputs = replace(CALCULATOR.presets[preset].inputs, kv_format="fp16")
    short = CALCULATOR.compute(replace(inputs, context_tokens=8_192))
    long = CALCULATOR.compute(replace(inputs, context_tokens=131_072))
    assert step(short, "KV cache per token") == kib_per_token * 1024
    assert round(step(short, "KV cache per sequence") / GIB, 1) == gib_at_8k
    assert step(long, "KV cache per sequence") == gib_at_128k * GIB


@pytest.mark.parametrize(
    ("preset", "sequences", "weights"),
    [("llama-3-70b", 324, 141.1e9), ("llama-3-70b-fp8", 753, 70.55e9)],
)
def test_eight_gpus_of_80_gb_hold_the_known_number_of_sequences(
    preset: str, sequences: int, weights: float
) -> None:
    estimate = CALCULATOR.compute(CALCULATOR.presets[preset].inputs)
    assert step(estimate, "Sequences that fit") == sequences
    assert step(estimate, "Weights") == pytest.approx(weights)


def test_at_128k_context_only_ten_sequences_fit() -> None:
    inputs = InferenceMemoryInputs(context_tokens=131_072)
    assert step(CALCULATOR.compute(inputs), "Sequences that fit") == 10


def test_4_bit_weights_take_a_quarter_of_16_bit_ones() -> None:
    estimate = CALCULATOR.compute(InferenceMemoryInputs(weight_format="int4"))
    assert step(estimate, "Weights") == pytest.approx(35.275e9)


def test_weights_that_do_not_fit_are_said_and_leave_no_sequence() -> None:
    estimate = CALCULATOR.compute(InferenceMemoryInputs(gpus=1))
    assert step(estimate, "Sequences that fit") == 0
    assert estimate.results[0].text == "It does not fit"
    assert estimate.results[0].tone is Tone.BAD
    assert "not one sequence fits" in estimate.sentences[0]


def test_too_many_sequences_are_said_with_what_is_missing() -> None:
    estimate = CALCULATOR.compute(InferenceMemoryInputs(sequences=400))
    assert estimate.results[0].tone is Tone.BAD
    assert "400 sequences asked for need" in estimate.sentences[-1]


def test_the_bar_shows_an_overflow_beyond_its_limit() -> None:
    bar = CALCULATOR.compute(InferenceMemoryInputs(sequences=648)).bars[0]
    assert sum(part.share for part in bar.parts) == pytest.approx(1)
    assert 0.5 < bar.limit_share < 1


def test_a_bar_that_fits_leaves_room_before_its_limit() -> None:
    bar = CALCULATOR.compute(InferenceMemoryInputs()).bars[0]
    assert bar.limit_share == 1
    assert sum(part.share for part in bar.parts) < 1


def test_the_estimate_is_json_and_the_same_every_time() -> None:
    first, second = (
        json.dumps(estimate_to_data(CALCULATOR.compute(InferenceMemoryInputs()))) for _ in "ab"
    )
    assert first == second
    assert '"text": "324"' in first


def test_an_unknown_calculator_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        get_calculator("crystal-ball")


@given(
    st.builds(
        InferenceMemoryInputs,
        parameters=st.floats(min_value=0.01, max_value=5000),
        layers=st.integers(1, 1000),
        kv_heads=st.integers(1, 1024),
        head_dimension=st.integers(1, 4096),
        context_tokens=st.integers(1, 20_000_000),
        sequences=st.integers(0, 1_000_000),
        gpu_memory=st.floats(min_value=1, max_value=10_000),
        gpus=st.integers(1, 100_000),
        usable=st.floats(min_value=1, max_value=100),
    )
)
def test_as_many_sequences_as_fit_do_fit_and_one_more_does_not(
    inputs: InferenceMemoryInputs,
) -> None:
    estimate = CALCULATOR.compute(inputs)
    fitting = int(step(estimate, "Sequences that fit"))
    left = step(estimate, "Left for the KV cache")
    each = step(estimate, "KV cache per sequence")
    assert fitting == 0 or fitting * each <= left * (1 + 1e-6)
    assert (fitting + 1) * each > left * (1 - 1e-6)

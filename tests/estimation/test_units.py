"""Unit words, prefixes and dimensions."""

import pytest

from estimation import Quantity, QuantityError, parse_unit
from estimation.vocabulary import ATOMS, COUNTED, LOWERCASE_DATA


@pytest.mark.parametrize(
    ("text", "bytes_"),
    [
        ("KB", 1000),
        ("kB", 1000),
        ("KiB", 1024),
        ("MB", 10**6),
        ("MiB", 2**20),
        ("GB", 10**9),
        ("GiB", 2**30),
        ("TiB", 2**40),
        ("PB", 10**15),
        ("gb", 10**9),
        ("gib", 2**30),
        ("megabytes", 10**6),
        ("Mebibyte", 2**20),
        ("bit", 1 / 8),
        ("Kb", 125),
        ("Mbit", 125_000),
        ("Mbits", 125_000),
        ("Gb", 125_000_000),
    ],
)
def test_a_prefix_on_bytes_and_bits_has_its_own_size(text: str, bytes_: float) -> None:
    assert Quantity(1, text).base_value == bytes_


@pytest.mark.parametrize("text", ["Mbps", "mbps", "Mbit/s", "Mb/s", "megabits per second"])
def test_link_speeds_are_read_in_bits(text: str) -> None:
    assert Quantity(8, text) == Quantity(1, "MB/s")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("ms", 1e-3),
        ("µs", 1e-6),
        ("us", 1e-6),
        ("ns", 1e-9),
        ("min", 60),
        ("hrs", 3600),
        ("day", 86_400),
        ("days", 86_400),
        ("weeks", 604_800),
        ("month", 30 * 86_400),
        ("years", 365 * 86_400),
    ],
)
def test_times_have_their_length_in_seconds(text: str, seconds: float) -> None:
    assert Quantity(1, text).base_value == pytest.approx(seconds, rel=1e-12)


@pytest.mark.parametrize("text", ["rps", "RPS", "1/s", "/s", "req/s", "requests per second", "Hz"])
def test_rates_of_counted_things_are_the_same_kind(text: str) -> None:
    assert Quantity(5, text) == Quantity(5, "1/s")


def test_gpu_hours_are_hours_and_a_price_may_stand_over_them() -> None:
    assert Quantity(2, "GPU-h") == Quantity(2, "h")
    assert Quantity(3, "$/GPU-h") == Quantity(3, "$/h")
    assert Quantity(3, "H100-hours") == Quantity(3, "h")


def test_petaflop_days_are_an_amount_of_work() -> None:
    assert Quantity(3640, "PF-days") == Quantity(3640e15 * 86_400, "FLOP")


def test_flops_written_as_a_rate_differ_from_flop_counted() -> None:
    assert not Quantity(1, "TFLOPS").is_like(Quantity(1, "TFLOP"))
    assert Quantity(1, "TFLOPS") == Quantity(1, "TFLOP/s")


@pytest.mark.parametrize("word", [*ATOMS, *COUNTED, *LOWERCASE_DATA])
def test_a_symbol_names_the_same_unit_again_even_inside_a_product(word: str) -> None:
    unit = parse_unit(f"{word}·day")
    again = parse_unit(unit.symbol)
    assert (again.symbol, again.factor, again.dimension) == (
        unit.symbol,
        unit.factor,
        unit.dimension,
    )


def test_a_multiple_in_a_denominator_is_kept() -> None:
    assert Quantity(0.5, "$/1M tokens").value_in("$") == pytest.approx(0.5e-6)
    assert Quantity(0.5, "$/1k prompts").unit == "$/1000·prompts"
    assert parse_unit("$/1000·prompts").factor == pytest.approx(1e-3)


@pytest.mark.parametrize("text", ["widgets", "GB/", "kk", "s^9", "a" * 61, "GB " * 9])
def test_what_is_no_unit_gets_a_sentence(text: str) -> None:
    with pytest.raises(QuantityError, match=r"^[“A-Z].*\.$"):
        parse_unit(text)


def test_a_lone_m_is_ambiguous_and_says_so() -> None:
    with pytest.raises(QuantityError, match="minutes, metres or millions"):
        parse_unit("m")

"""What people type, and what must never happen to it."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimation import Quantity, QuantityError, format_quantity, parse_quantity, read_quantity
from estimation.parsing import MAX_LENGTH

UNITS = (
    *("", "%", "x", "s", "ms", "µs", "min", "h", "day", "month", "B", "KB", "MB", "GB", "TB"),
    *("KiB", "GiB", "bit", "Mbit/s", "MB/s", "1/s", "req/s", "tok/s", "1/day", "$", "$/h"),
    *("$/GPU·h", "TFLOP/s", "FLOP", "tokens", "GPUs", "B/token", "kWh", "€", "$/1000·prompts"),
)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("13 500 rps", 13_500, "1/s"),
        ("13,500/s", 13_500, "1/s"),
        ("13.5k req/s", 13_500, "1/s"),
        ("13.5kreq/s", 13_500, "1/s"),
        ("13'500 requests per second", 13_500, "1/s"),
        ("13_500 1/s", 13_500, "1/s"),
        ("13\u2009500\u202f/\u00a0s", 13_500, "1/s"),
        ("810 000/min", 13_500, "1/s"),
        ("1.2e4", 12_000, ""),
        ("1.2E+4", 12_000, ""),
        ("1,234,567.5", 1_234_567.5, ""),
        ("1.234.567,5", 1_234_567.5, ""),
        ("1.234,5", 1_234.5, ""),
        ("0,125 s", 0.125, "s"),
        ("2,08 h", 2.08, "h"),
        (".5 s", 0.5, "s"),
        ("140 GB", 140, "GB"),
        ("140GB", 140, "GB"),
        ("131 GiB", 131, "GiB"),
        ("2.08 h", 2.08, "h"),
        ("2 h 30 min", 2.5, "h"),
        ("1 min 30s", 90, "s"),
        ("97 %", 0.97, ""),
        ("97 per cent", 0.97, ""),
        ("4x", 4, ""),
        ("×27", 27, ""),
        ("90 days", 90, "day"),
        ("$3/h", 3, "$/h"),
        ("US$ 3 / hour", 3, "$/h"),
        ("$286k/day", 286_000, "$/day"),
        ("$0.36 per 1000 prompts", 0.000_36, "$"),
        ("5 tok/s", 5, "1/s"),
        ("3.2 TFLOP/s", 3.2e12, "FLOP/s"),
        ("6.3 × 10²⁴ FLOP", 6.3e24, "FLOP"),
        ("6.3*10^24 FLOP", 6.3e24, "FLOP"),
        ("2^20 B", 1, "MiB"),
        ("4.42 M GPU-h", 4.42e6, "h"),
        ("70B params", 70e9, ""),
        ("1.5 million users", 1.5e6, ""),
        ("~ 13500", 13_500, ""),
        ("about 13 500", 13_500, ""),
        ("−5 s", -5, "s"),
        ("٣٤ GB", 34, "GB"),
        ("３４ ＧＢ", 34, "GB"),
        ("1/4", 0.25, ""),
        ("\u200b12\u200b s", 12, "s"),
    ],
)
def test_usual_ways_to_write_a_quantity_are_understood(text: str, value: float, unit: str) -> None:
    assert parse_quantity(text).is_close(Quantity(value, unit), 1e-9)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Write a number"),
        ("   ", "Write a number"),
        ("GB", "no number at the start"),
        ("many", "no number at the start"),
        ("nan", "finite number"),
        ("inf", "finite number"),
        ("∞", "finite number"),
        ("1e999", "too large"),
        ("9^9999", "too large"),
        ("5 widgets", "do not know the unit “widgets”"),
        ("13 50 rps", "found more"),
        ("13-14k", "found more"),
        ("8 x 80 GB", "found more"),
        ("< 5 s", "comparison sign"),
        ("½ h", "decimal number"),
        ("13.5 m", "minutes, metres or millions"),
        ("1/0", "not a multiple"),
        ("5 GB/", "nothing after"),
        ("1" * (MAX_LENGTH + 1), "too long"),
        ("__import__('os')", "no number at the start"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence_that_helps(text: str, said: str) -> None:
    with pytest.raises(QuantityError, match=said):
        parse_quantity(text)


def test_a_bare_number_counts_in_the_expected_unit() -> None:
    reading = read_quantity("13 500", expected_unit="1/s")
    assert reading.bare
    assert reading.quantity == Quantity(13_500, "1/s")


def test_70b_are_billions_where_a_count_is_asked_for_and_bytes_elsewhere() -> None:
    assert read_quantity("70B", expected_unit="billion").quantity == Quantity(70e9)
    assert read_quantity("70B", expected_unit="GB").quantity == Quantity(70, "B")


@given(st.text(max_size=MAX_LENGTH + 5))
def test_any_text_is_a_quantity_or_a_quantity_error(text: str) -> None:
    with suppress(QuantityError):
        assert format_quantity(parse_quantity(text))


FRAGMENTS = st.sampled_from(
    [
        *"0123456789.,'_ eE+-^*/×x%$€kKMGTBb·²⁹½½∞<~µ",
        " per ",
        "10^",
        "bit",
        "s",
        "h",
        "day",
        "Ki",
        "rps",
    ]
)


@given(st.lists(FRAGMENTS, max_size=30).map("".join))
def test_pieces_of_quantities_in_any_order_never_break_the_parser(text: str) -> None:
    with suppress(QuantityError):
        quantity = parse_quantity(text)
        assert quantity == quantity.to(quantity.unit)


@given(
    st.floats(min_value=1e-12, max_value=1e20) | st.floats(min_value=-1e9, max_value=-1e-6),
    st.sampled_from(UNITS),
)
def test_what_is_formatted_is_read_back(value: float, unit: str) -> None:
    quantity = Quantity(value, unit)
    assert parse_quantity(format_quantity(quantity, 6)).is_close(quantity, 1e-5)


@given(st.integers(min_value=0, max_value=10**12), st.sampled_from([" ", ",", "_", "'", "\u202f"]))
def test_thousands_may_be_set_apart_by_any_usual_mark(value: int, mark: str) -> None:
    assert parse_quantity(f"{value:,}".replace(",", mark)).value == value

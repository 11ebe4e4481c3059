"""Numbers and quantities as people read them."""

import pytest

from estimation import Quantity, format_number, format_quantity


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0, 4, "0"),
        (13_500, 4, "13 500"),
        (13_512.7, 4, "13 513"),
        (2.083_333, 3, "2.08"),
        (0.000_5, 4, "0.0005"),
        (-5, 4, "−5"),
        (6.3e24, 4, "6.3 × 10²⁴"),
        (1.5e-7, 4, "1.5 × 10⁻⁷"),
    ],
)
def test_numbers_are_rounded_and_grouped(value: float, digits: int, text: str) -> None:
    assert format_number(value, digits).replace("\u202f", " ") == text


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (Quantity(13_500, "1/s"), "13 500/s"),
        (Quantity(140, "GB"), "140 GB"),
        (Quantity(97, "%"), "97 %"),
        (Quantity(4, "x"), "4×"),
        (Quantity(3, "$/h"), "$3/h"),
        (Quantity(-3, "$"), "−$3"),
        (Quantity(90, "days"), "90 days"),
        (Quantity(1, "days"), "1 day"),
    ],
)
def test_quantities_look_as_a_person_would_write_them(quantity: Quantity, text: str) -> None:
    assert format_quantity(quantity).replace("\u202f", " ").replace("\u00a0", " ") == text

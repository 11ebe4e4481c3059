"""Numbers in sentences: thousands are grouped, and no line ends between a number and its unit."""

import pytest
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from labs.templatetags.figures import figures


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("in 1895 of 13000 calls", "in 1,895 of 13,000 calls"),
        ("up to 2000 ms", "up to 2,000\xa0ms"),
        ("1,050 ms and 3 s, 50 % in 2 requests", "1,050\xa0ms and 3\xa0s, 50\xa0% in 2 requests"),
        ("at 0.12345, 1234.5 and 10,000", "at 0.12345, 1,234.5 and 10,000"),
        ("2 services of 3 sides", "2 services of 3 sides"),
        ("0000 to 1234567", "0,000 to 1,234,567"),
        ("key a1234, 12:3456, v8.1234", "key a1234, 12:3456, v8.1234"),
    ],
)
def test_numbers_are_set_for_reading(text: str, shown: str) -> None:
    assert figures(text) == shown


@given(st.text())
def test_nothing_but_commas_and_spaces_changes_and_not_twice(text: str) -> None:
    once = figures(text)
    assert once.replace(",", "").replace("\xa0", " ") == text.replace(",", "").replace("\xa0", " ")
    assert figures(once) == once


def test_what_was_escaped_stays_so_and_what_was_not_is_escaped_later() -> None:
    assert hasattr(figures(mark_safe("<b>5 s</b>")), "__html__")
    assert not hasattr(figures("<b>5 s</b>"), "__html__")

"""Arithmetic, conversion and comparison of quantities."""

import math

import pytest

from estimation import Quantity, QuantityError


def test_a_product_comes_out_in_base_units_and_converts_to_what_is_wanted() -> None:
    ingest = Quantity(60_000, "events/s") * Quantity(1.2, "KB") * Quantity(7, "days") * 3
    assert ingest.unit == "B"
    assert ingest.to("TB").value == pytest.approx(130.6, rel=1e-3)


def test_a_quotient_of_sizes_and_speeds_is_a_time() -> None:
    hours = (Quantity(1.5, "TB") / Quantity(200, "MB/s")).to("h")
    assert hours.value == pytest.approx(2.083, rel=1e-3)


def test_different_kinds_do_not_convert_add_or_compare() -> None:
    with pytest.raises(QuantityError, match="different things"):
        Quantity(1, "GB").to("s")
    with pytest.raises(QuantityError, match="different things"):
        Quantity(1, "GB") + Quantity(1, "s")
    with pytest.raises(QuantityError, match="different things"):
        assert Quantity(1, "GB") < Quantity(1, "s")
    assert Quantity(1, "GB") != Quantity(1e9, "s")


def test_sums_keep_the_first_unit() -> None:
    total = Quantity(1, "GB") + Quantity(500, "MB") - Quantity(250, "MB")
    assert (total.value, total.unit) == (1.25, "GB")


def test_dividing_by_zero_is_said_in_a_sentence() -> None:
    with pytest.raises(QuantityError, match="divided by zero"):
        Quantity(1, "GB") / Quantity(0, "s")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400])
def test_only_finite_values_are_quantities(value: float) -> None:
    with pytest.raises(QuantityError, match="too large"):
        Quantity(value, "s")


def test_multiples_count_in_value_in_and_fold_into_the_value() -> None:
    assert Quantity(70, "billion").value == 70e9
    assert Quantity(70e9).value_in("billion") == 70


def test_best_picks_the_largest_unit_that_leaves_a_whole() -> None:
    units = ("B", "KB", "MB", "GB")
    assert Quantity(141.1e9, "B").best(units).unit == "GB"
    assert Quantity(0.5, "B").best(units).unit == "B"


def test_closeness_is_relative_to_the_other_and_absolute_at_zero() -> None:
    assert Quantity(104, "s").is_close(Quantity(100, "s"), 0.04)
    assert not Quantity(105, "s").is_close(Quantity(100, "s"), 0.04)
    assert Quantity(0.01).is_close(Quantity(0), 0.04)
    assert not Quantity(1).is_close(Quantity(0), 0.04)


def test_equal_quantities_hash_alike() -> None:
    assert len({Quantity(1, "GB"), Quantity(1000, "MB"), Quantity(1, "GiB")}) == 2

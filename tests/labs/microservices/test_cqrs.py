"""Customers who look for the order they have just made."""

import pytest

from labs.catalog.microservices._read_model import Reading, Shop, Strategy, customers
from labs.registry import get_lab
from tests.labs.solutions import run_of

SLUG = "cqrs"


def test_catching_up_takes_the_queue_over_what_the_projection_has_to_spare() -> None:
    lab = get_lab(SLUG)
    for projection in (50, 60, 70):
        runs = [lab.run(lab.parameters(projection=projection), seed=seed) for seed in range(1, 9)]
        took = sum(run.totals["caught_up_s"] for run in runs)
        law = sum(run.totals["not_listed"] / (projection - 20) for run in runs)
        assert took == pytest.approx(law, rel=0.15)  # arrivals after the burst vary, too


def test_the_queue_after_a_burst_is_what_came_beyond_the_projection_rate() -> None:
    lab = get_lab(SLUG)
    runs = [lab.run(lab.parameters(projection=50), seed=seed) for seed in range(1, 9)]
    mean = sum(run.totals["not_listed"] for run in runs) / len(runs)
    assert mean == pytest.approx(10.0 * (80 - 50) + 0.2 * 50, rel=0.1)


@pytest.mark.parametrize("delay_s", [1.0, 2.0, 5.0])
@pytest.mark.parametrize("projection", [40, 60, 200])
def test_a_look_is_stale_as_often_as_its_delay_is_shorter_than_the_lag(
    delay_s: float, projection: int
) -> None:
    totals = run_of(SLUG, look_delay_s=delay_s, projection=projection).totals
    assert totals["behind"] == pytest.approx(totals["behind_law"], abs=3.0)
    assert totals["missed"] == totals["behind"]  # nobody takes care


def test_a_steady_lag_of_a_fifth_of_a_second_misses_one_look_in_ten() -> None:
    totals = run_of(SLUG, burst=1.0, projection=200).totals
    assert totals["lag_most_s"] < 0.3
    assert totals["behind_law"] == pytest.approx(100 * (1 - 0.9048 * 0.995), abs=0.7)


def test_both_halves_get_the_same_orders() -> None:
    totals = run_of(SLUG).totals
    assert totals["orders"] == totals["orders_without"]


def test_how_a_customer_looks_changes_nobodys_order() -> None:
    people = customers(7, rate=20, burst=1, look_delay_s=2, others=2)
    shown = [
        Shop(people, Reading(60, one, 0.5)).shown_s for one in (Strategy.NONE, Strategy.DEVICE)
    ]
    assert shown[0] == shown[1]


def test_one_model_for_both_breaks_down_in_the_burst_and_a_read_model_does_not() -> None:
    totals = run_of(SLUG).totals
    assert totals["in_time"] == 100.0
    assert totals["in_time_without"] < 60.0
    assert totals["good_busy_without"] < 10.0 < totals["good_busy"] < 60.0


def test_each_way_to_read_your_own_writes_leaves_what_it_must() -> None:
    device = run_of(SLUG, strategy="device").totals
    assert device["missed"] == pytest.approx(0.2 * device["behind"], abs=2.0)
    token = run_of(SLUG, strategy="token", limit_s=0.0).totals
    assert token["missed"] == 0.0
    assert token["primary_looks"] == pytest.approx(token["behind"])
    pinned = run_of(SLUG, strategy="pin", limit_s=2.0).totals
    assert pinned["primary_looks"] == pytest.approx(63.2, abs=3.0)  # 1 - 1/e look within the mean


def test_pinning_everybody_to_the_primary_takes_it_down() -> None:
    assert run_of(SLUG, strategy="pin", limit_s=5.0).totals["in_time"] < 90.0


def test_a_faster_projection_never_misses_more_looks() -> None:
    missed = [run_of(SLUG, projection=rate).totals["missed"] for rate in (20, 30, 45, 60, 100, 200)]
    assert missed == sorted(missed, reverse=True)


def test_waiting_longer_never_sends_more_looks_to_the_primary() -> None:
    sent = [
        run_of(SLUG, strategy="token", limit_s=limit).totals["primary_looks"]
        for limit in (0.0, 0.5, 1.0, 2.0, 5.0)
    ]
    assert sent == sorted(sent, reverse=True)


def test_the_sentences_fit_projections_that_keep_pace_fall_behind_or_never_catch_up() -> None:
    lab = get_lab(SLUG)
    assert "kept pace" in lab.explain(run_of(SLUG, projection=200))[0]
    assert "it took" in lab.explain(run_of(SLUG))[0]
    assert "it was not done" in lab.explain(run_of(SLUG, projection=30))[0]
    assert "nothing is left" in lab.explain(run_of(SLUG, projection=20))[0]


def test_a_single_order_that_is_not_listed_yet_is_counted_in_words_that_fit() -> None:
    lab = get_lab(SLUG)
    quiet = lab.parameters(
        rate=5, burst=1.0, others=0, look_delay_s=8.4, projection=10, strategy="token", limit_s=2.2
    )
    told = lab.explain(lab.run(quiet, seed=2))
    assert told[0].startswith("Orders not yet in the list at 25 s: 1.")


def test_looks_for_orders_that_were_refused_are_not_counted_among_those_in_vain() -> None:
    lab = get_lab(SLUG)
    swamped = {"rate": 40, "burst": 6.0, "others": 3, "look_delay_s": 0.2, "projection": 10}
    run = lab.run(lab.parameters(**swamped, strategy="pin", limit_s=5.0), seed=3)
    assert run.totals["kept"] < run.totals["orders"]
    assert run.totals["missed_count"] / run.totals["kept"] == pytest.approx(
        run.totals["missed"] / 100.0
    )
    assert lab.explain(run)[1].startswith("Of looks for orders that were taken, ")

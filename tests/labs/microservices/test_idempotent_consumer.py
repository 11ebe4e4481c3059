"""Orders that come more than once, and a consumer that remembers keys."""

from typing import Any

import pytest

from labs.base import Run
from labs.catalog.microservices._deliveries import (
    ACK,
    CAUSES,
    KILLED,
    ORDERS,
    SENDER,
    SLOW,
    WORK_S,
)
from labs.registry import get_lab
from simulation.streams import natural_exp
from tests.labs.solutions import run_of

SLUG = "idempotent-consumer"
DAY_S = 86_400
CALM = {"killed": 0, "replay": 0, "visibility_s": 600, "ttl": DAY_S}


def wrong(run: Run, cause: str, *, protected: bool = True) -> float:
    """Wrong charges of one cause."""
    series = run.series[0]
    points = series.with_pattern if protected else series.without_pattern
    found = points[CAUSES.index(cause)]
    assert found is not None
    return found


@pytest.mark.parametrize("duplicates", [1, 5, 20])
def test_a_duplicate_rate_d_on_n_orders_makes_n_times_d_wrong_charges(duplicates: int) -> None:
    run = run_of(SLUG, duplicates=duplicates, keeping="inbox", **CALM)
    share = duplicates / 100
    deviation = (ORDERS * share * (1.0 - share)) ** 0.5
    assert abs(run.totals["wrong_without"] - ORDERS * share) < 3.0 * deviation
    assert run.totals["wrong_without"] == run.totals["copies_without"]
    assert run.totals["wrong"] == 0.0


@pytest.mark.parametrize("visibility_s", [5, 10, 30])
def test_a_visibility_timeout_brings_back_what_takes_longer(visibility_s: int) -> None:
    # a copy that is recognised ends the redelivery, so one comes for e^(-V/mean) of the orders
    lab = get_lab(SLUG)
    changes: dict[str, Any] = {**CALM, "visibility_s": visibility_s}
    orders = 0
    for seed in range(5):
        parameters = lab.parameters(duplicates=0, keeping="claim", **changes)
        orders += int(lab.run(parameters, seed=seed).totals["early"])
    expected = 5 * ORDERS * natural_exp(-visibility_s / WORK_S)
    assert abs(orders - expected) < 4.0 * expected**0.5


def test_a_memory_shorter_than_the_visibility_timeout_reopens_the_gap() -> None:
    shorter = run_of(SLUG, keeping="inbox", visibility_s=120, ttl=60)
    longer = run_of(SLUG, keeping="inbox", visibility_s=120, ttl=600)
    assert wrong(shorter, ACK) == wrong(shorter, ACK, protected=False) > 50.0
    assert wrong(longer, ACK) == 0.0


def test_keeping_keys_longer_never_makes_more_charges_wrong() -> None:
    counts = [
        run_of(SLUG, keeping="inbox", replay=43_200, ttl=ttl).totals["wrong"]
        for ttl in (10, 30, 60, 600, 3600, DAY_S, 7 * DAY_S)
    ]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == 0.0


def test_more_duplicates_never_make_fewer_wrong_charges_without_the_pattern() -> None:
    counts = [
        run_of(SLUG, duplicates=duplicates, **CALM).totals["wrong_without"]
        for duplicates in (0, 1, 2, 5, 10, 20)
    ]
    assert counts == sorted(counts)
    assert counts[0] == 0.0


def test_looking_up_before_acting_loses_the_race_against_a_copy() -> None:
    looking = run_of(SLUG, ttl=DAY_S)
    together = run_of(SLUG, ttl=DAY_S, keeping="inbox")
    assert wrong(looking, SLOW) > 30.0
    assert 10.0 < wrong(looking, SENDER) < wrong(looking, SENDER, protected=False) / 2
    assert wrong(together, SLOW) == wrong(together, SENDER) == 0.0


def test_where_a_consumer_dies_decides_what_each_way_of_keeping_keys_makes_of_it() -> None:
    plain = {"duplicates": 0, "killed": 5, "replay": 0, "visibility_s": 600, "ttl": DAY_S}
    looking = run_of(SLUG, keeping="check", **plain).totals
    claiming = run_of(SLUG, keeping="claim", **plain).totals
    together = run_of(SLUG, keeping="inbox", **plain).totals
    assert looking["unrecorded"] == looking["wrong"] > 30.0
    assert claiming["never"] == claiming["wrong"] > 30.0
    assert together["wrong"] == 0.0
    assert looking["wrong_without"] == claiming["wrong_without"] == together["wrong_without"]


def test_the_brokers_message_id_recognises_only_the_brokers_own_copies() -> None:
    run = run_of(SLUG, keeping="inbox", ttl=DAY_S, key="message")
    assert wrong(run, SENDER) == wrong(run, SENDER, protected=False) > 0.0
    assert wrong(run, ACK) == wrong(run, KILLED) == 0.0


def test_a_longer_timeout_brings_fewer_early_copies_and_later_charges_after_a_kill() -> None:
    short, long = (run_of(SLUG, keeping="inbox", visibility_s=one).totals for one in (20, 120))
    assert long["early"] < short["early"] / 20
    assert long["latest_s"] > short["latest_s"] + 60.0


def test_the_sentences_name_only_reasons_that_occurred() -> None:
    lab = get_lab(SLUG)
    quiet = run_of(SLUG, duplicates=0, **CALM)
    assert lab.explain(quiet)[0] == "4,000 orders came, each of them once."
    assert lab.explain(quiet)[1] == "With it every order was charged exactly once."
    forgetful = lab.explain(run_of(SLUG, replay=0, keeping="inbox", ttl=10))[1]
    assert "forgotten" in forgetful
    assert "killed" not in forgetful

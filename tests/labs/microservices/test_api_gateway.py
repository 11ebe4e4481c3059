"""One page from many services, through a gateway."""

import pytest

from labs.catalog.microservices._page import BASE_MS, HOP_MS, WORK_MS
from labs.registry import get_lab
from tests.labs.solutions import run_of

SLUG = "api-gateway"
NO_LOSS = {"slow": 0.0, "missing": "partial", "rtt_ms": 60}


def harmonic(count: int) -> float:
    return sum(1.0 / number for number in range(1, count + 1))


@pytest.mark.parametrize("services", [5, 20, 60])
def test_in_turn_times_add_up_and_at_once_the_slowest_counts(services: int) -> None:
    in_turn = run_of(SLUG, services=services, **NO_LOSS).totals
    at_once = run_of(SLUG, services=services, calls="parallel", **NO_LOSS).totals
    one = BASE_MS + WORK_MS
    assert in_turn["mean_ms"] == pytest.approx(60 + HOP_MS + services * one, rel=0.02)
    assert in_turn["mean_ms_without"] == pytest.approx(services * (60 + one), rel=0.02)
    slowest = BASE_MS + WORK_MS * harmonic(services)  # the mean maximum of exponential times
    assert at_once["mean_ms"] == pytest.approx(60 + HOP_MS + slowest, rel=0.02)


@pytest.mark.parametrize(("services", "share"), [(10, 9.6), (20, 18.2), (100, 63.4)])
def test_the_share_of_slow_pages_follows_the_fan_out_law(services: int, share: float) -> None:
    assert 100 * (1 - 0.99**services) == pytest.approx(share, abs=0.05)
    runs = [
        get_lab(SLUG).run(
            get_lab(SLUG).parameters(services=services, calls="parallel", missing="partial"),
            seed=seed,
        )
        for seed in range(4)
    ]
    held_up = sum(run.totals["held_up"] for run in runs) / len(runs)
    assert held_up == pytest.approx(share, abs=2.5)


def test_both_halves_meet_the_same_slow_answers() -> None:
    totals = run_of(SLUG, calls="parallel", missing="partial").totals
    assert totals["held_up"] == totals["held_up_without"]
    assert totals["complete"] == totals["complete_without"]


def test_each_further_service_makes_a_page_at_least_as_slow() -> None:
    run = run_of(SLUG, services=60, calls="parallel", missing="partial")
    for series in run.series[:2]:
        points = [point for point in series.with_pattern if point is not None]
        assert points == sorted(points)


def test_each_further_retry_completes_at_least_as_many_pages() -> None:
    found = [
        run_of(SLUG, services=60, calls="parallel", timeout_ms=60, retries=retries).totals
        for retries in range(4)
    ]
    assert [one["complete"] for one in found] == sorted(one["complete"] for one in found)
    assert [one["calls"] for one in found] == sorted(one["calls"] for one in found)
    assert found[0]["complete"] < 50.0
    assert found[3]["complete"] > 99.0


def test_a_timeout_of_fifteen_seconds_lets_one_silent_service_hold_the_page() -> None:
    patient = run_of(SLUG, services=60, calls="parallel", timeout_ms=15_000, missing="partial")
    prompt = run_of(SLUG, services=60, calls="parallel", timeout_ms=150, missing="partial")
    assert patient.totals["p99_ms"] > 15_000
    assert prompt.totals["p99_ms"] == pytest.approx(60 + HOP_MS + 150)
    assert patient.totals["complete"] > prompt.totals["complete"]


def test_a_page_that_must_be_whole_stops_asking_at_the_first_missing_part() -> None:
    totals = run_of(SLUG, services=60, slow=5.0).totals
    assert totals["calls_per_service"] < 1.0
    assert totals["shown"] == totals["complete"] < 95.0
    assert "ended with an error" in get_lab(SLUG).explain(run_of(SLUG, services=60, slow=5.0))[2]


def test_pages_that_nearly_all_end_with_an_error_are_not_said_to_add_up_answers() -> None:
    run = run_of(SLUG, timeout_ms=20)
    assert run.totals["shown"] < 1.0
    told = " ".join(get_lab(SLUG).explain(run))
    assert "ended at their first missing part" in told
    assert "added up" not in told


def test_without_slow_answers_none_is_said_to_be_slow() -> None:
    told = get_lab(SLUG).explain(run_of(SLUG, slow=0.0))
    assert told[1].startswith("No answer is slow")

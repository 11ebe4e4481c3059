"""Three hung instances to find, and a database outage to leave alone."""

import dataclasses

import pytest

from labs.base import Run
from labs.catalog.microservices._probed import Action, Checks, Fleet, Look
from labs.registry import get_lab
from tests.labs.solutions import run_of

SEEDS = range(20)
KUBERNETES = Checks(
    look=Look.SELF,
    action=Action.RESTART,
    period_s=10.0,
    timeout_s=1.0,
    threshold=3,
    panic=0.0,
)


def found_s(checks: Checks) -> list[float]:
    """Detection delays of all hung instances, over many seeds."""
    return [delay for seed in SEEDS for delay in Fleet(seed=seed, checks=checks).found_s()]


def sentences(run: Run) -> str:
    return " ".join(get_lab("health-checks").explain(run))


def test_kubernetes_defaults_find_a_hung_instance_after_21_to_31_seconds() -> None:
    delays = found_s(KUBERNETES)
    assert min(delays) == pytest.approx(21.0, abs=1.5)
    assert max(delays) == pytest.approx(31.0, abs=1.5)
    assert all(21.0 <= delay <= 31.0 for delay in delays)
    assert sum(delays) / len(delays) == pytest.approx(26.0, abs=1.2)
    assert "These settings allow for 21 s to 31 s" in sentences(run_of("health-checks"))


@pytest.mark.parametrize(("period_s", "timeout_s", "threshold"), [(2, 1, 3), (5, 4, 2), (1, 3, 4)])
def test_the_delay_is_a_gap_per_further_failure_the_timeout_and_a_phase(
    period_s: int, timeout_s: int, threshold: int
) -> None:
    run = run_of(
        "health-checks", look="self", period_s=period_s, timeout_s=timeout_s, threshold=threshold
    )
    soonest, latest = run.totals["soonest_s"], run.totals["latest_s"]
    assert soonest <= run.totals["found_first_s"] <= run.totals["found_s"] <= latest


def test_a_liveness_check_on_the_database_restarts_every_instance() -> None:
    for seed in (1, 2, 42):
        fleet = Fleet(seed=seed, checks=dataclasses.replace(KUBERNETES, look=Look.DATABASE))
        assert all(one.lives for one in fleet.instances)
        assert fleet.totals()["in_vain_database"] >= 10.0
        assert min(fleet.sent_to) == 0.0


def test_a_check_on_the_instance_alone_leaves_the_fleet_in_peace() -> None:
    run = run_of("health-checks", look="self")
    assert run.totals["in_vain"] == 0.0
    assert run.totals["restarts"] == 3.0
    assert run.totals["no_database"] > 93.0
    assert "No instance was acted on but hung ones." in sentences(run)


def test_panic_routing_serves_what_a_fleet_declared_ill_can_still_serve() -> None:
    calm = run_of("health-checks", action="out")
    panic = run_of("health-checks", action="out", panic=50)
    assert calm.totals["served_late"] == 0.0
    assert panic.totals["served_late"] > 25.0
    assert any("panics" in event.text for event in panic.events)
    assert not any("panics" in event.text for event in calm.events)


def test_a_process_that_is_there_says_nothing_about_whether_it_serves() -> None:
    run = run_of("health-checks", look="process")
    assert run.totals["found"] == 0.0
    assert run.totals["served"] == run.totals["served_without"]
    assert "Nothing was noticed" in sentences(run)


def test_failures_in_a_row_eject_one_instance_of_ten_at_a_time() -> None:
    lab = get_lab("health-checks")
    run = lab.run(lab.presets["envoy"].parameters)
    assert run.totals["found_first_s"] < 8.0
    assert run.totals["found_s"] > 30.0
    assert min(point for point in run.series[1].with_pattern if point is not None) == 9.0
    assert run.totals["probes_per_second"] == 0.0


def test_a_higher_threshold_never_finds_sooner_and_never_errs_more_often() -> None:
    totals = [
        Fleet(
            seed=7, checks=dataclasses.replace(KUBERNETES, period_s=1.0, threshold=threshold)
        ).totals()
        for threshold in (1, 2, 3, 5)
    ]
    delays = [one["found_s"] for one in totals]
    errors = [one["in_vain"] for one in totals]
    assert delays == sorted(delays)
    assert errors == sorted(errors, reverse=True)
    assert errors[0] > errors[-1] == 0.0


def test_what_is_never_found_is_said_to_be_so() -> None:
    run = run_of("health-checks", look="self", period_s=30, threshold=10)
    assert run.totals["found"] == 0.0
    assert "None of the 3 hung instances was noticed" in sentences(run)


def test_both_halves_see_the_same_requests() -> None:
    guarded, bare = Fleet(seed=3, checks=KUBERNETES), Fleet(seed=3, checks=None)
    arrivals = [sorted(row[:2] for row in half.ledger) for half in (guarded, bare)]
    assert arrivals[0] == arrivals[1]
    assert guarded.needs_database == bare.needs_database


def test_counting_failed_requests_is_said_to_send_no_probes() -> None:
    lab = get_lab("health-checks")
    told = lab.explain(run_of("health-checks", look="traffic", action="out"))
    assert told[1].endswith("No probes are sent.")


def test_a_single_instance_that_was_noticed_is_counted_in_words_that_fit() -> None:
    lab = get_lab("health-checks")
    slow = lab.parameters(look="self", period_s=24, timeout_s=4, threshold=6)
    told = lab.explain(lab.run(slow, seed=3))
    assert told[0].startswith("Hung instances noticed before the run ended: 1 of 3")

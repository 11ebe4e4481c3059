"""A registry with leases, an instance that crashes, and callers with old lists."""

import pytest

from labs.catalog.microservices._registry import CRASH_S, Registry, Rules, State
from labs.registry import get_lab
from tests.labs.solutions import run_of

LAB = get_lab("service-registry")
SEEDS = range(400)
EUREKA = Rules(heartbeat_s=30, missed=6, sweep_s=60, copy_s=30, preserves=True, limited=True)


def removals(missed: int) -> list[float]:
    """When the dead address was gone, in seconds after its last heartbeat, for many seeds."""
    gone = []
    for seed in SEEDS:
        rules = Rules(30, missed, 60, 30, preserves=True, limited=True)
        life = Registry(seed=seed, instances=10, crashed=1, tries=1, rules=rules).lives[0]
        assert life.gone is not None
        assert CRASH_S - 30.0 <= life.last_heartbeat <= CRASH_S
        gone.append(life.gone - life.last_heartbeat)
    return gone


def test_the_waits_of_eureka_as_coded_add_up_to_five_minutes_at_worst() -> None:
    table = run_of("service-registry").tables[0]
    assert [row[2].text for row in table.rows] == ["180 s", "240 s", "270 s", "300 s"]
    after = removals(missed=6)
    assert 285.0 < max(after) <= 300.0
    assert min(after) > 180.0


def test_with_the_lease_as_its_name_has_it_three_and_a_half_minutes_would_do() -> None:
    table = run_of("service-registry", missed=3).tables[0]
    assert [row[2].text for row in table.rows] == ["90 s", "150 s", "180 s", "210 s"]
    after = removals(missed=3)
    assert 195.0 < max(after) <= 210.0
    assert min(after) > 90.0


def test_a_dead_instance_does_not_disappear_after_90_seconds() -> None:
    assert min(removals(missed=6)) > 2 * 90.0


@pytest.mark.parametrize(
    ("instances", "evicts"), [(3, False), (5, False), (6, False), (7, True), (8, True), (20, True)]
)
def test_one_crash_among_up_to_six_makes_eureka_preserve_itself(
    instances: int, evicts: bool
) -> None:
    for seed in range(20):
        registry = Registry(seed=seed, instances=instances, crashed=1, tries=1, rules=EUREKA)
        assert (registry.lives[0].evicted is not None) is evicts
        assert (registry.held > 0) is not evicts


def test_the_threshold_is_17_tenths_of_the_instances_rounded_down() -> None:
    assert [EUREKA.threshold(n) for n in (3, 6, 7, 10, 20)] == [5, 10, 11, 17, 34]


def test_one_sweep_ends_at_most_two_leases_of_ten() -> None:
    assert EUREKA.most_evicted(10) == 2
    run = run_of("service-registry", crash="3-10", guard="limit", missed=1, sweep_s=120)
    assert run.totals["most_expired"] == 3.0
    assert run.totals["most_evicted"] == 2.0
    assert "3 leases have run out, one sweep may end 2" in [one.text for one in run.events]


def test_six_instances_keep_the_dead_one_and_the_lab_says_why() -> None:
    run = run_of("service-registry", crash="1-6")
    assert run.totals["removed_s"] == 840.0
    assert "10 renewals" in LAB.explain(run)[0]
    assert LAB.prediction.answer(run) == "never"


def test_with_a_fixed_list_the_dead_keep_their_share_of_requests() -> None:
    totals = run_of("service-registry").totals
    assert totals["failed_without"] == pytest.approx(10.0)
    assert totals["removed_s_without"] == 840.0


def test_a_second_try_elsewhere_hides_one_dead_instance_at_once() -> None:
    run = run_of("service-registry", tries=2)
    assert run.totals["failed"] == run.totals["failed_without"] == 0.0
    assert run.totals["met"] > 5.0


def test_three_dead_of_ten_and_two_tries_fail_one_request_in_fifteen() -> None:
    assert State(dead=3, listed=10, tries=2).failed == pytest.approx(3 / 10 * 2 / 9)
    totals = run_of("service-registry", crash="3-10", tries=2).totals
    assert totals["failed_without"] == pytest.approx(100 / 15)


def wrong_evictions(*, preserves: bool, limited: bool) -> int:
    """Live instances evicted in thirty runs whose lease is one heartbeat of 30 s."""
    rules = Rules(30, 1, 30, 5, preserves=preserves, limited=limited)
    return sum(
        Registry(seed=seed, instances=10, crashed=1, tries=1, rules=rules).wrong
        for seed in range(30)
    )


def test_a_lease_of_one_heartbeat_evicts_the_living_and_each_protection_spares_some() -> None:
    none = wrong_evictions(preserves=False, limited=False)
    limited = wrong_evictions(preserves=False, limited=True)
    preserving = wrong_evictions(preserves=True, limited=True)
    assert none > limited > preserving > 0


def test_self_preservation_counts_a_minute_so_leases_of_seconds_slip_past_it() -> None:
    run = run_of("service-registry", heartbeat_s=2, missed=3, sweep_s=2, copy_s=2)
    assert run.totals["wrong"] == 9.0


def test_without_any_protection_a_blip_empties_the_lists() -> None:
    run = run_of("service-registry", crash="3-10", guard="none", heartbeat_s=2, missed=3, sweep_s=2)
    listed = {series.id: series for series in run.series}["listed"]
    assert min(point or 0.0 for point in listed.with_pattern) < 1.0
    assert run.totals["failed_blip"] > 10.0


def test_longer_waits_never_bring_the_address_out_sooner() -> None:
    for name, steps in (("missed", (1, 3, 6, 10)), ("copy_s", (1, 10, 30, 60))):
        gone = [run_of("service-registry", **{name: step}).totals["removed_s"] for step in steps]
        assert gone == sorted(gone)


def test_the_crash_comes_at_the_same_moment_whatever_the_registry_does() -> None:
    one, other = (run_of("service-registry", missed=missed) for missed in (3, 10))
    assert one.series[0].without_pattern == other.series[0].without_pattern

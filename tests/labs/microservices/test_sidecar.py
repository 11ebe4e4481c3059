"""Proxies beside services in a row."""

from random import Random

import pytest

from labs.catalog.microservices._mesh import Retrying, depths, tried
from labs.registry import get_lab
from tests.labs.solutions import run_of

SLUG = "sidecar"


def call(chance: Random, left: int, refused: float, retrying: Retrying) -> tuple[bool, int]:
    """One call of a chain played out, all tries of all layers counted."""
    tries = 0
    for _code in range(retrying.in_code + 1):
        for _proxy in range(retrying.in_proxy + 1):
            tries += 1
            if chance.random() < refused:
                continue
            served, below = call(chance, left - 1, refused, retrying) if left > 1 else (True, 0)
            tries += below
            if served:
                return True, tries
    return False, tries


def test_500_sidecars_take_100_vcpu_and_30_gb_and_ztunnels_far_less() -> None:
    sidecars = run_of(SLUG, pods=500).totals
    assert (sidecars["vcpu"], sidecars["memory_gb"]) == (100.0, 30.0)
    ztunnels = run_of(SLUG, pods=500, proxies="node").totals
    assert (ztunnels["proxies"], ztunnels["vcpu"], ztunnels["memory_gb"]) == (50.0, 30.0, 0.6)


def test_the_bill_goes_with_the_pods() -> None:
    once, twice = (run_of(SLUG, pods=pods).totals for pods in (400, 800))
    assert twice["vcpu"] == 2 * once["vcpu"]
    assert twice["memory_gb"] == 2 * once["memory_gb"]


def test_every_call_passes_two_proxies() -> None:
    totals = run_of(SLUG, hops=5, failing=0).totals
    assert totals["proxy_ms"] == pytest.approx(5 * 2 * 0.6)
    assert totals["time_ms"] - totals["time_ms_without"] == pytest.approx(5 * 2 * 0.6)


def test_retries_in_code_and_mesh_multiply_in_a_layer_and_from_layer_to_layer() -> None:
    totals = run_of(SLUG, hops=2, app_retries=2, mesh_retries=2).totals
    assert totals["tries_down"] == 9.0
    assert totals["calls_down"] == 81.0
    assert run_of(SLUG, hops=5, mesh_retries=2).totals["calls_down"] == 3.0**5


def test_a_budget_bounds_the_calls_to_a_dead_service_and_costs_nothing_while_all_is_well() -> None:
    free = run_of(SLUG, mesh_retries=2, failing=4).totals
    bound = run_of(SLUG, mesh_retries=2, failing=4, budget="20").totals
    assert bound["calls_down"] == pytest.approx(1.2**6)
    assert bound["served"] == free["served"]


@pytest.mark.parametrize("retrying", [Retrying(0, 1, None), Retrying(1, 1, None)])
def test_a_chain_played_out_meets_the_expectations(retrying: Retrying) -> None:
    chance, played = Random(1), 20_000
    found = [call(chance, 3, 0.3, retrying) for _request in range(played)]
    expected = depths(3, refused=0.3, retrying=retrying, pass_ms=0.0)[-1]
    served = sum(one[0] for one in found) / played
    tries = sum(one[1] for one in found) / played
    assert served == pytest.approx(expected.served, abs=0.01)
    assert tries == pytest.approx(expected.calls, rel=0.02)


def test_a_budget_lets_through_as_many_retries_as_it_says() -> None:
    for budget in (0.1, 0.2, 0.5):
        call_tried = tried(0.6, Retrying(0, 3, budget))
        assert call_tried.tries == pytest.approx(1 + budget)
        assert call_tried.success == pytest.approx(0.4 * (1 + budget))


def test_each_further_retry_serves_at_least_as_many_and_calls_at_least_as_often() -> None:
    found = [run_of(SLUG, mesh_retries=retries).totals for retries in range(4)]
    assert [one["served"] for one in found] == sorted(one["served"] for one in found)
    assert [one["calls_down"] for one in found] == sorted(one["calls_down"] for one in found)


def test_node_proxies_rescue_nothing_and_the_text_says_so() -> None:
    run = run_of(SLUG, proxies="node", mesh_retries=3)
    assert run.totals["served"] == run.totals["served_without"]
    sentences = get_lab(SLUG).explain(run)
    assert "rescued nothing" in sentences[0]
    assert "once while it is down" in sentences[1]


def test_a_budget_that_is_too_small_or_too_large_fails_the_hard_challenge() -> None:
    small = run_of(SLUG, failing=10, mesh_retries=2, budget="10").totals
    large = run_of(SLUG, failing=10, mesh_retries=2, budget="50").totals
    assert small["served"] < 99.0
    assert large["calls_down"] > 4.0


def test_what_two_decimals_do_not_show_is_still_not_said_to_be_nothing() -> None:
    lab = get_lab(SLUG)
    run = lab.run(lab.presets["polly"].parameters)
    assert 0.0 < run.totals["served"] - run.totals["served_without"] < 0.005
    assert lab.explain(run)[0].startswith("The proxies rescued hardly anything")


def test_a_single_call_is_counted_in_words_that_fit() -> None:
    told = [event.text for event in run_of(SLUG, mesh_retries=0).events]
    assert told[0] == "calls it gets for one request while the last service is down: 1"

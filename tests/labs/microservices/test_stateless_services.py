"""Sessions in memory or in a store, through a crash and a roll-out."""

from statistics import fmean

import pytest

from labs.registry import get_lab
from tests.labs.solutions import run_of

SLUG = "stateless-services"


@pytest.mark.parametrize("instances", [2, 4, 10, 20])
def test_killing_one_of_n_instances_ends_one_nth_of_the_sessions_in_memory(instances: int) -> None:
    totals = run_of(SLUG, instances=instances).totals
    assert totals["sessions_crash_without"] == 300 / instances
    assert totals["sessions_crash"] == 0.0


def test_the_crash_cuts_off_rate_times_latency_over_n_requests() -> None:
    lab = get_lab(SLUG)
    parameters = lab.parameters(rate=120, work_ms=250, store_ms=50, token_s=0, instances=6)
    runs = [lab.run(parameters, seed=seed) for seed in range(12)]
    expected = 120 * 0.3 / 6  # Little's law: six requests per instance
    assert fmean(run.totals["lost_crash"] for run in runs) == pytest.approx(expected, rel=0.25)
    assert fmean(run.totals["under_way_expected"] for run in runs) == pytest.approx(
        expected, rel=0.1
    )


def test_both_halves_see_the_same_arrivals() -> None:
    totals = run_of(SLUG).totals
    assert totals["requests"] == totals["requests_without"]
    assert totals["blocked_asked"] == totals["blocked_asked_without"]


def test_a_roll_out_ends_every_session_in_memory_and_none_in_the_store() -> None:
    totals = run_of(SLUG).totals
    assert totals["sessions_roll_without"] >= 285.0
    assert totals["signed_out"] == 0.0


def test_a_longer_drain_never_cuts_off_more_and_always_takes_longer() -> None:
    runs = [run_of(SLUG, drain_s=drain_s).totals for drain_s in (0.0, 0.5, 1.5)]
    lost = [totals["lost_roll"] for totals in runs]
    assert lost == sorted(lost, reverse=True)
    assert lost[0] > 0.0 == lost[-1]
    assert [totals["roll_s"] for totals in runs] == [8.0, 10.0, 14.0]


def test_replacing_all_instances_at_once_leaves_nobody_to_answer() -> None:
    run = run_of(SLUG, batch=4)
    up = next(series for series in run.series if series.id == "up")
    assert min(point for point in up.with_pattern if point is not None) == 0.0
    assert run.totals["served"] < run_of(SLUG).totals["served"]


def test_a_longer_token_spares_the_store_and_serves_blocked_accounts_longer() -> None:
    runs = [run_of(SLUG, token_s=token_s).totals for token_s in (0, 20, 60)]
    assert [totals["store_checks"] for totals in runs] == sorted(
        (totals["store_checks"] for totals in runs), reverse=True
    )
    answered = [totals["blocked_answered"] for totals in runs]
    assert answered == sorted(answered)
    assert answered[0] == 0.0


def test_the_store_costs_its_latency_on_every_request_without_a_token() -> None:
    near, far = (run_of(SLUG, token_s=0, store_ms=store_ms) for store_ms in (1, 100))
    assert far.totals["under_way_expected"] > near.totals["under_way_expected"] * 1.4
    assert far.totals["under_way_expected_without"] == near.totals["under_way_expected_without"]


def test_the_log_does_not_cut_the_time_of_a_roll_out_down_to_whole_seconds() -> None:
    told = [event.text for event in run_of(SLUG, drain_s=1.4).events]
    assert "every instance runs the new version, 13.6 s after the start" in told

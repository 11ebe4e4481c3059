"""Retries in every layer above a database."""

from labs.registry import get_lab
from tests.labs.solutions import run_of


def test_both_halves_of_a_run_see_the_same_arrivals() -> None:
    totals = run_of("retry-storm").totals
    assert totals["requests"] == totals["requests_without"]


def test_three_attempts_in_three_layers_send_a_dead_database_27_calls_per_request() -> None:
    run = run_of("retry-storm")
    assert run.totals["amplification"] == 27.0
    assert 20.0 < run.totals["calls_per_request_down"] <= 27.0
    assert run.totals["calls_per_request_down_without"] == 1.0
    assert "up to 27" in get_lab("retry-storm").explain(run)[0]


def test_a_storm_outlives_its_outage_and_a_budget_ends_it() -> None:
    assert run_of("retry-storm").totals["recovery_s"] == 25.0
    assert run_of("retry-storm", budget="10").totals["recovery_s"] < 2.0


def test_jitter_breaks_up_the_crowd_that_returns_after_the_restart() -> None:
    together = run_of("retry-storm", attempts=2, backoff_ms=1000)
    spread = run_of("retry-storm", attempts=2, backoff_ms=1000, jitter="full")
    assert spread.totals["busiest_tenth"] < 0.75 * together.totals["busiest_tenth"]


def test_one_attempt_is_no_retry_and_said_to_be_none() -> None:
    run = run_of("retry-storm", attempts=1, failing=30)
    lab = get_lab("retry-storm")
    assert "no retries" in lab.explain(run)[0]
    assert run.totals["recovery_s"] == run.totals["recovery_s_without"] < 10.0


def test_grpc_throttling_ends_the_storm() -> None:
    lab = get_lab("retry-storm")
    run = lab.run(lab.presets["grpc"].parameters)
    assert run.totals["recovery_s"] < 5.0
    assert run.totals["calls_per_request_down"] < 2.0

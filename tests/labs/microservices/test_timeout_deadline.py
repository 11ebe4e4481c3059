"""Timeouts that add up to more than the caller waits, and work for nobody."""

import pytest

from labs.base import Run
from labs.catalog.microservices._deadlines import (
    LOSS,
    STOCK_S,
    Reach,
    Shop,
    Waiting,
    unanswered_call,
)
from labs.registry import get_lab
from simulation.streams import natural_exp
from tests.labs.solutions import run_of

SEEDS = (1, 2, 3, 42)


def waiting(
    reach: Reach, *, timeout_s: float = 0.3, attempts: int = 3, budget_s: float = 1.0
) -> Waiting:
    return Waiting(
        budget_s=budget_s,
        timeout_s=timeout_s,
        attempts=attempts,
        first_wait_s=0.05,
        reserve_s=0.0,
        reach=reach,
    )


def sentences(run: Run) -> str:
    return " ".join(get_lab("timeout-deadline").explain(run))


def test_three_attempts_of_300_ms_exceed_a_second_and_the_last_is_cut_to_250_ms() -> None:
    run = run_of("timeout-deadline")
    assert run.totals["gives_up_ms_without"] == 1050.0
    assert run.totals["gives_up_ms"] == 1000.0
    assert run.totals["last_attempt_ms"] == 250.0
    rows = [[cell.text for cell in row] for row in run.tables[0].rows]
    assert rows[2] == ["750 ms", "250 ms", "300 ms"]
    assert "has room for 3, the last cut to 250 ms" in sentences(run)


def test_attempts_begin_when_the_waits_between_them_are_over() -> None:
    begun = [round(1000 * began) for began, _ended in unanswered_call(waiting(Reach.STOCK))]
    assert begun == [0, 350, 750]


def test_no_attempt_begins_when_the_budget_is_used_up() -> None:
    run = run_of("timeout-deadline", budget_ms=750)
    assert run.totals["attempts_begun"] == 2.0
    assert run.totals["attempts_begun_without"] == 3.0
    assert "has room for 2." in sentences(run)


def test_a_budget_that_covers_everything_cuts_nothing() -> None:
    run = run_of("timeout-deadline", budget_ms=2000)
    assert run.totals["last_attempt_ms"] == 300.0
    assert "has room for all of that" in sentences(run)


@pytest.mark.parametrize("timeout_s", [0.1, 0.2, 0.3])
def test_a_single_attempt_fails_as_often_as_calls_are_lost_or_outlast_it(timeout_s: float) -> None:
    served = [
        Shop(
            seed=seed, rate=10, waiting=waiting(Reach.STOCK, timeout_s=timeout_s, attempts=1)
        ).totals()["served_calm"]
        for seed in range(20)
    ]
    expected = 100.0 * (1.0 - LOSS) * (1.0 - natural_exp(-timeout_s / STOCK_S))
    assert sum(served) / len(served) == pytest.approx(expected, abs=2.0)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_further_the_news_travels_the_less_is_done_in_vain(seed: int) -> None:
    reaches = (Reach.NOWHERE, Reach.STOCK, Reach.ATTEMPT)
    totals = [Shop(seed=seed, rate=40, waiting=waiting(reach)).totals() for reach in reaches]
    wasted = [one["wasted_percent"] for one in totals]
    assert wasted == sorted(wasted, reverse=True)
    assert wasted[0] > 80.0
    assert wasted[2] < 25.0
    assert totals[0]["recovery_s"] == 18.0
    assert totals[2]["recovery_s"] < 1.0


def test_a_deadline_that_only_orders_knows_saves_stock_nothing() -> None:
    run = run_of("timeout-deadline", reach="orders")
    assert run.totals["stock_calls"] == run.totals["stock_calls_without"]
    assert "still were not" not in sentences(run)
    assert "no twenty customers in a row" in sentences(run)


def test_both_halves_see_the_same_customers() -> None:
    halves = [Shop(seed=5, rate=40, waiting=waiting(reach)) for reach in Reach]
    arrivals = [sorted(row[:2] for row in half.ledger) for half in halves]
    assert all(one == arrivals[0] for one in arrivals)


def test_customers_without_any_answer_are_not_forgotten() -> None:
    run = run_of("timeout-deadline", timeout_ms=60_000, attempts=1)
    assert run.totals["customers_without"] == run.totals["customers"]
    assert run.totals["served_calm_without"] < 99.0


def test_stock_that_never_has_enough_time_left_finishes_nothing() -> None:
    run = run_of("timeout-deadline", reach="attempt", reserve_ms=900)
    assert run.totals["stock_done"] == 0.0
    assert "finished no call at all" in sentences(run)


def test_where_nobody_gave_up_the_text_does_not_say_that_somebody_did() -> None:
    run = run_of("timeout-deadline", rate=10, attempts=1, timeout_ms=60_000, budget_ms=5000)
    assert run.totals["wasted_without"] == 0.0
    assert "0.0 % of what stock finished was for callers who had given up" in " ".join(
        get_lab("timeout-deadline").explain(run)
    )

"""Two hundred threads, and a service that becomes slow."""

import pytest

from labs.base import Run
from labs.catalog.microservices._threads import ThreadPool
from labs.registry import get_lab
from tests.labs.solutions import run_of

SEEDS = (1, 2, 3, 42)


def pool(seed: int, permits: int | None = None, *, slow_s: float = 2.0) -> ThreadPool:
    return ThreadPool(seed=seed, rate=500, share=20, slow_s=slow_s, permits=permits, wait_s=0.0)


def sentences(run: Run) -> str:
    return " ".join(get_lab("bulkhead").explain(run))


def test_the_slow_fifth_of_500_requests_a_second_needs_220_of_200_threads() -> None:
    run = run_of("bulkhead")
    assert run.totals["needed_slow"] + run.totals["needed_other"] == 220.0
    assert run.tables[0].rows[-1][1].text == "220 / 200"
    assert "220 in all, more than the 200 there are" in sentences(run)


@pytest.mark.parametrize("seed", SEEDS)
def test_without_a_bulkhead_everything_fails_in_the_end(seed: int) -> None:
    totals = pool(seed).totals()
    assert totals["busy_most"] == 200.0
    assert totals["other_late"] < 25.0
    assert totals["reviews_per_second"] < 60.0


@pytest.mark.parametrize("seed", SEEDS)
def test_behind_50_permits_the_other_400_requests_a_second_stay_well_with_20_threads(
    seed: int,
) -> None:
    bulkhead = pool(seed, 50)
    assert bulkhead.totals()["other_slow"] == 100.0
    settled = list(zip(bulkhead.busy, bulkhead.held, strict=True))[16:40]
    others = sum(busy - held for busy, held in settled) / len(settled)
    assert others == pytest.approx(20.0, rel=0.15)


@pytest.mark.parametrize("permits", [10, 25, 50, 100])
def test_permits_over_time_is_what_reviews_can_answer(permits: int) -> None:
    per_second = [pool(seed, permits).totals()["reviews_per_second"] for seed in SEEDS]
    assert sum(per_second) / len(per_second) == pytest.approx(permits / 2.0, rel=0.1)


def test_where_the_pool_suffices_threads_in_use_follow_littles_law() -> None:
    well = pool(1, slow_s=0.5)
    in_use = sum(well.busy[12:40]) / 28
    assert in_use == pytest.approx(400 * 0.05 + 100 * 0.5, rel=0.06)


def test_more_permits_never_refuse_more() -> None:
    refused = [pool(7, permits).totals()["turned_away"] for permits in (1, 10, 50, 150, 200)]
    assert refused == sorted(refused, reverse=True)
    assert refused[-1] == 0.0


def test_both_halves_see_the_same_requests() -> None:
    totals = run_of("bulkhead", permits=1).totals
    assert totals["reviews_calls"] == totals["reviews_calls_without"]
    guarded, bare = pool(3, 1), pool(3)
    arrivals = [sorted(row[:2] for row in half.ledger) for half in (guarded, bare)]
    assert arrivals[0] == arrivals[1]


@pytest.mark.parametrize("permits", [1, 50, 150])
def test_without_waiting_reviews_never_holds_more_threads_than_it_has_permits(permits: int) -> None:
    run = run_of("bulkhead", permits=permits)
    assert run.totals["held_most"] == permits
    assert "kept their threads" not in sentences(run)


def test_a_long_wait_for_a_permit_undoes_the_bulkhead() -> None:
    run = run_of("bulkhead", wait_ms=5000)
    assert run.totals["held_most"] > 150.0
    assert run.totals["other_late"] < 5.0
    assert "kept their threads" in sentences(run)


@pytest.mark.parametrize("preset", ["polly", "envoy"])
def test_a_limit_beyond_the_pool_limits_nothing(preset: str) -> None:
    lab = get_lab("bulkhead")
    run = lab.run(lab.presets[preset].parameters)
    assert all(series.with_pattern == series.without_pattern for series in run.series)
    assert "refuses nothing" in sentences(run)


def test_a_bulkhead_that_was_never_full_says_so() -> None:
    run = run_of("bulkhead", rate=100, slow_ms=50)
    assert run.totals["turned_away"] == 0.0
    assert "refused none of the" in sentences(run)


def test_the_sentences_do_not_round_a_need_for_threads_to_nothing() -> None:
    told = sentences(run_of("bulkhead", rate=200, share=5, slow_ms=50))
    assert "needs 0.5 of the threads on average, and the other requests 9.5: 10 in all" in told


def test_one_refused_call_and_one_permit_are_told_in_words_that_fit() -> None:
    told = sentences(run_of("bulkhead", permits=1, wait_ms=1500))
    assert "waited for the only permit" in told
    assert "Calls refused in all: " in told

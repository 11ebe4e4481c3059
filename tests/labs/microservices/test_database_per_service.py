"""Three teams with a database each, or with one for all."""

from typing import Any

import pytest

from labs.catalog.microservices.database_per_service import composed_percent
from labs.registry import get_lab
from tests.labs.solutions import run_of

SLUG = "database-per-service"
QUERY_MS = 4.0


def mean_of(name: str, **changes: Any) -> float:
    """A total, averaged over four runs."""
    lab = get_lab(SLUG)
    runs = [lab.run(lab.parameters(**changes), seed=seed) for seed in range(4)]
    return sum(run.totals[name] for run in runs) / len(runs)


@pytest.mark.parametrize(("rows", "call_ms"), [(5, 5), (20, 5), (20, 10), (50, 2)])
def test_one_join_becomes_n_calls_and_their_times_add_up(rows: int, call_ms: int) -> None:
    totals = run_of(SLUG, rows=rows, call_ms=call_ms, availability=100.0).totals
    assert totals["calls_per_list"] == rows
    assert totals["mean_ms"] == pytest.approx(QUERY_MS + rows * call_ms, rel=0.03)
    assert totals["mean_ms_without"] == pytest.approx(QUERY_MS, rel=0.1)


def test_one_call_for_all_rows_takes_the_time_of_one() -> None:
    batch = run_of(SLUG, joining="batch", availability=100.0).totals
    assert batch["calls_per_list"] == 1.0
    assert batch["mean_ms"] == pytest.approx(QUERY_MS + 5.0, rel=0.1)


@pytest.mark.parametrize(("calls", "share"), [(5, 99.50), (10, 99.00)])
def test_availability_is_the_product_of_the_calls(calls: int, share: float) -> None:
    assert composed_percent(99.9, calls) == pytest.approx(share, abs=0.005)
    found = run_of(SLUG, rows=calls - 1).totals["composed"]
    assert found == pytest.approx(composed_percent(99.9, calls))


@pytest.mark.parametrize(("rows", "joining"), [(9, "in-turn"), (50, "in-turn"), (50, "at-once")])
def test_lists_are_served_as_often_as_all_their_calls_succeed(rows: int, joining: str) -> None:
    served = mean_of("lists_normal", rows=rows, joining=joining, call_ms=2, availability=99.5)
    assert served == pytest.approx(composed_percent(99.5, rows + 1), abs=2.5)


def test_one_teams_lock_stops_all_three_on_a_shared_database_and_its_own_kind_apart() -> None:
    totals = run_of(SLUG).totals
    # served are those who ask before the connections are gone or two seconds before the end
    assert totals["served_lock_without"] < 25.0
    assert totals["catalogue_lock_without"] < 25.0
    assert totals["catalogue_lock"] > 99.0
    assert totals["catalogue_lock"] > totals["lists_lock"]


def test_a_shared_database_does_well_without_a_lock_and_pays_no_calls() -> None:
    run = run_of(SLUG, lock_s=0)
    assert run.totals["lists_normal_without"] > 99.5
    assert run.totals["p95_ms_without"] < run.totals["p95_ms"]
    assert run.faults == ()
    assert "no migration" in get_lab(SLUG).explain(run)[0]


def test_both_halves_see_the_same_requests() -> None:
    totals = run_of(SLUG).totals
    assert totals["requests"] == totals["requests_without"]


def test_longer_lists_take_longer_and_fail_more_often() -> None:
    found = [run_of(SLUG, rows=rows, availability=99.5).totals for rows in (5, 15, 45)]
    assert [one["mean_ms"] for one in found] == sorted(one["mean_ms"] for one in found)
    served = [one["lists_normal"] for one in found]
    assert served == sorted(served, reverse=True)


def test_a_copy_never_asks_and_is_never_current() -> None:
    totals = run_of(SLUG, joining="copy").totals
    assert totals["calls_per_list"] == totals["current_normal"] == 0.0
    assert totals["lists_lock"] > 99.0


def test_a_timeout_too_short_or_too_long_fails_the_hard_challenge() -> None:
    lab = get_lab(SLUG)
    weak = {"rows": 40, "call_ms": 8, "availability": 99.5, "joining": "batch", "instead": "copy"}
    short, long = (run_of(SLUG, timeout_ms=wait, **weak) for wait in (10, 1000))
    for run, failed in ((short, "current names"), (long, "within 100 ms")):
        findings = lab.challenge("weak-neighbour").check(run)
        (one,) = (one for one in findings if not one.passed)
        assert failed in one.criterion


def test_the_log_is_in_order_and_names_the_database_that_ran_full() -> None:
    events = run_of(SLUG).events
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert "customers database" in [event.component for event in events]

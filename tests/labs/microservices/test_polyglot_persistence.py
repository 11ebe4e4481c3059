"""One catalogue in several stores."""

import pytest

from labs.catalog.microservices._store_copies import (
    RATE,
    Arrival,
    Catalogue,
    Change,
    Relay,
    Write,
    committed,
    relayed,
    written_directly,
)
from labs.registry import get_lab
from tests.labs.solutions import run_of

SLUG = "polyglot-persistence"
POLLED = Relay(poll_s=0.5, workers=1)


def direct(point: int, *, copies: int = 2) -> Catalogue:
    """One change whose request writes to every store and crashes at this point."""
    changes = committed([Write(1.0, 7, point)])
    arrivals, _missed = written_directly(changes, seed=1, copies=copies, outage_s=0)
    return Catalogue(changes, arrivals, copies=copies, only_newer=False)


@pytest.mark.parametrize(("point", "wrong"), [(0, 0), (1, 0), (2, 2), (3, 1), (4, 0)])
def test_dual_writes_leave_wrong_what_they_had_not_reached_when_they_crashed(
    point: int, wrong: int
) -> None:
    assert direct(point).wrong == wrong


@pytest.mark.parametrize(("point", "repeated"), [(0, 0), (1, 0), (2, 0), (3, 1), (4, 2)])
def test_an_outbox_loses_nothing_at_any_crash_point_but_may_repeat(
    point: int, repeated: int
) -> None:
    changes = committed([Write(1.0, 7, point)])
    arrivals, resent = relayed(changes, POLLED, seed=1, copies=2, outage_s=0)
    assert resent == repeated
    assert Catalogue(changes, arrivals, copies=2, only_newer=False).wrong == 0


def test_a_crash_before_the_commit_changes_no_store() -> None:
    assert committed([Write(1.0, 7, 1), Write(2.0, 7, 0)]) == [Change(2.0, 7, 1, 0)]


def test_a_change_waits_for_the_next_poll_and_half_an_interval_on_average() -> None:
    assert POLLED.ready_s(1.2) == 1.5
    for poll_ms in (200, 1000, 4000):
        run = run_of(SLUG, poll_ms=poll_ms, workers=8, crashes=0, outage_s=0)
        waits = [wait for wait in run.series[1].with_pattern if wait is not None]
        # half an interval, a delivery, and the turn behind the others of the same poll
        queue_ms = RATE * poll_ms / 1000 / 2 / 8 * 28
        law = poll_ms / 2 + 28 + queue_ms
        assert sum(waits) / len(waits) == pytest.approx(law, rel=0.15)


def test_an_older_version_that_comes_late_goes_in_unless_only_newer_ones_are_accepted() -> None:
    changes = [Change(1.0, 7, 1, 0), Change(1.1, 7, 2, 0)]
    arrivals = [Arrival(2.0, 0, 7, 2), Arrival(2.1, 0, 7, 1)]
    careless = Catalogue(changes, arrivals, copies=1, only_newer=False)
    careful = Catalogue(changes, arrivals, copies=1, only_newer=True)
    assert (careless.wrong, len(careless.steps_back)) == (1, 1)
    assert (careful.wrong, len(careful.steps_back)) == (0, 0)


def test_both_halves_get_the_same_changes() -> None:
    totals = run_of(SLUG).totals
    assert totals["writes"] == totals["writes_without"]
    assert totals["changes"] == totals["changes_without"]


def test_an_outage_leaves_dual_writes_wrong_for_good_and_an_outbox_only_late() -> None:
    run = run_of(SLUG, accepts="newer")
    assert run.totals["missed_outage_without"] == pytest.approx(10 * RATE, rel=0.15)
    assert run.totals["wrong_without"] > 100.0
    assert run.totals["wrong"] == 0.0
    assert run.totals["recovery_s"] < run.totals["recovery_s_without"] == 30.0


def test_longer_outages_and_more_copies_never_leave_fewer_copies_wrong() -> None:
    by_outage = [run_of(SLUG, outage_s=s).totals["wrong_without"] for s in (0, 5, 10, 20)]
    by_copies = [run_of(SLUG, copies=n, crashes=50).totals["wrong_without"] for n in (1, 2, 3, 4)]
    assert by_outage == sorted(by_outage)
    assert by_copies == sorted(by_copies)


def test_more_workers_catch_up_sooner_and_overtake_more() -> None:
    one, eight = run_of(SLUG, workers=1).totals, run_of(SLUG, workers=8).totals
    assert eight["recovery_s"] < one["recovery_s"] / 2
    assert eight["steps_back"] > one["steps_back"] + 5
    assert run_of(SLUG, workers=8, accepts="newer").totals["steps_back"] == 0.0


def test_each_store_is_one_more_system_and_the_log_is_two() -> None:
    assert run_of(SLUG, copies=4).totals["systems"] == 5.0
    assert run_of(SLUG, copies=4, source="log").totals["systems"] == 7.0
    assert run_of(SLUG, source="log").totals["polls"] == 0.0
    assert run_of(SLUG, poll_ms=500).totals["polls"] == 120.0


def test_the_sentences_fit_runs_in_which_nothing_fails_and_in_which_the_relay_is_late() -> None:
    lab = get_lab(SLUG)
    calm = lab.explain(run_of(SLUG, crashes=0, outage_s=0))
    assert "no crash and no outage came between" in calm[0]
    late = lab.explain(run_of(SLUG, outage_s=20, poll_ms=5000, crashes=50, workers=1))
    assert "had not sent everything" in late[1]
    assert "brought all 1088 changes" in lab.explain(run_of(SLUG))[1]
    assert "systems to run instead of" in lab.explain(run_of(SLUG, source="log"))[2]


def test_a_single_write_lost_to_a_crash_is_counted_in_words_that_fit() -> None:
    lab = get_lab(SLUG)
    parameters = lab.parameters(
        copies=1, crashes=12, outage_s=5, poll_ms=1600, workers=1, accepts="newer"
    )
    told = lab.explain(lab.run(parameters, seed=2))
    assert told[0].startswith("Of the requests’ own writes to copies, crashes cost 1 and")

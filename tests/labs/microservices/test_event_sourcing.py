"""Bookings on one account, as a row and as a stream."""

import pytest

from labs.base import Run
from labs.catalog.microservices._bookings import Arrival, Streaming, on_a_row, on_a_stream
from labs.registry import get_lab
from simulation import EventLog
from tests.labs.solutions import run_of

SLUG = "event-sourcing"
TWO = (Arrival(0.0, 0.05), Arrival(0.01, 0.05))  # the second reads before the first writes
CHECKED = Streaming(history=0, event_s=0.0, snapshot_every=0, checked=True)


def share_lost(run: Run) -> float:
    return run.totals["overwritten_without"] / run.totals["bookings"]


def test_replaying_ten_thousand_events_at_20_us_takes_a_fifth_of_a_second() -> None:
    run = run_of(SLUG, snapshot_every=0, history=10_000, event_us=20)
    assert run.totals["first_replay_ms"] == pytest.approx(200.0)


def test_with_a_snapshot_every_100_events_no_replay_takes_more_than_2_ms() -> None:
    run = run_of(SLUG, snapshot_every=100, history=10_000, event_us=20)
    assert run.totals["snapshots"] >= 3.0
    assert run.totals["most_replay_ms"] == pytest.approx(99 * 0.02)


def test_of_two_writers_on_the_same_version_one_is_rejected() -> None:
    log = EventLog()
    bookings, stream = on_a_stream(TWO, CHECKED, attempts=1, log=log)
    assert (stream.written, len(bookings.rejections), bookings.refused) == (1, 1, 1)
    assert [event.kind for event in log.events] == ["rejected", "refused"]


def test_the_rejected_writer_gets_in_at_its_next_attempt() -> None:
    bookings, stream = on_a_stream(TWO, CHECKED, attempts=2, log=EventLog())
    assert (stream.written, stream.right, bookings.refused) == (2, 2, 0)


def test_a_row_takes_both_and_keeps_one() -> None:
    bookings, row = on_a_row(TWO)
    assert (row.written, row.overwritten, row.stale) == (2, 1, 1)
    assert not bookings.rejections
    assert row.right == 0  # what it keeps was decided on the balance before


def test_a_stream_without_a_condition_keeps_both_though_one_was_decided_on_an_old_balance() -> None:
    unchecked = Streaming(history=0, event_s=0.0, snapshot_every=0, checked=False)
    _bookings, stream = on_a_stream(TWO, unchecked, attempts=1, log=EventLog())
    assert (stream.written, stream.stale, stream.overwritten) == (2, 1, 0)


def test_both_halves_get_the_same_bookings_and_every_one_is_accounted_for() -> None:
    for changes in ({}, {"check": "none"}, {"attempts": 10, "snapshot_every": 10}):
        run = run_of(SLUG, **changes)
        totals = run.totals
        assert totals["bookings"] == totals["bookings_without"]
        assert totals["tries"] - totals["rejected"] + totals["refused"] == totals["bookings"]
        assert run.series[0].with_pattern[-1] == pytest.approx(totals["wrong"], abs=3)


def test_more_writers_or_slower_decisions_never_lose_fewer_bookings_in_a_row() -> None:
    by_rate = [share_lost(run_of(SLUG, rate=rate)) for rate in (1, 4, 8, 20)]
    by_time = [share_lost(run_of(SLUG, decide_ms=ms)) for ms in (0, 50, 100, 200)]
    assert by_rate == sorted(by_rate)
    assert by_time == sorted(by_time)


def test_rarer_snapshots_never_mean_fewer_rejections() -> None:
    intervals = (50, 500, 2000, 0)
    shares = [run_of(SLUG, snapshot_every=one).totals["rejected_share"] for one in intervals]
    assert shares == sorted(shares)
    assert shares[-1] > 70.0


def test_snapshots_every_ten_events_eat_more_space_than_the_events() -> None:
    assert run_of(SLUG, snapshot_every=10).totals["growth_b"] == 2200.0
    assert run_of(SLUG, snapshot_every=100).totals["growth_b"] == 400.0


@pytest.mark.parametrize("rate", [2, 8])
def test_the_share_of_stale_writes_is_that_of_a_poisson_process(rate: int) -> None:
    run = run_of(SLUG, rate=rate, decide_ms=50)
    # 1 - e^(-rate · window) for a median window of 52 ms, as Padé's (2,2) fraction, within 4 points
    x = rate * 0.054
    quiet = (12 - 6 * x + x * x) / (12 + 6 * x + x * x)
    share = run.totals["stale_without"] / run.totals["bookings"]
    assert share == pytest.approx(1.0 - quiet, abs=0.04)


def test_the_sentences_fit_accounts_on_which_nothing_happens() -> None:
    lab = get_lab(SLUG)
    quiet = run_of(SLUG, rate=1, decide_ms=0, history=0, snapshot_every=10, event_us=5)
    assert quiet.totals["rejected"] == 0.0
    assert "rejected none" in lab.explain(quiet)[1]
    assert "none of" in lab.explain(quiet)[0]
    assert "without a condition" in lab.explain(run_of(SLUG, check="none"))[1]
    assert "Without snapshots" in lab.explain(run_of(SLUG, snapshot_every=0))[2]


def test_one_attempt_is_told_as_one() -> None:
    told = get_lab(SLUG).explain(run_of(SLUG, attempts=1))
    assert "refused for good, with one attempt each" in told[1]

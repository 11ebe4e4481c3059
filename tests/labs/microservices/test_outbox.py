"""An order and its event, and a kill at each point between the writes."""

from math import inf

import pytest

from labs.catalog.microservices._dual_write import (
    AGAIN,
    END_S,
    FINE,
    INVENTED,
    LATER,
    LOST,
    NOTHING,
    POINTS,
    UNANSWERED,
    World,
    aftermath,
    dual_write,
    outbox,
    world,
)
from labs.registry import get_lab
from tests.labs.solutions import run_of


def killed_once(point: int) -> World:
    """Three orders; a process is killed while it has the second in hand."""
    return World(arrivals=(1.0, 1.2, 1.4), kills={1: point}, back_s=0.0)


@pytest.mark.parametrize(
    ("design", "left"),
    [
        ("commit", [NOTHING, LOST, UNANSWERED, FINE]),
        ("publish", [NOTHING, INVENTED, UNANSWERED, FINE]),
        ("outbox", [NOTHING, LATER, AGAIN, FINE]),
    ],
)
def test_the_table_of_crash_points_holds_what_each_design_leaves(
    design: str, left: list[str]
) -> None:
    assert [aftermath(design, point) for point in POINTS] == left


@pytest.mark.parametrize("design", ["commit", "publish"])
@pytest.mark.parametrize("point", POINTS)
def test_two_writes_do_what_the_table_says(design: str, point: int) -> None:
    books = dual_write(design, killed_once(point))
    saved, sent = books.saved[1] < inf, books.sent[1] < inf
    expected = {NOTHING: (False, False), LOST: (True, False), INVENTED: (False, True)}
    assert (saved, sent) == expected.get(aftermath(design, point), (True, True))
    assert books.saved[0] < inf
    assert books.sent[2] < inf


@pytest.mark.parametrize("point", POINTS)
def test_the_outbox_never_loses_or_invents_and_repeats_only_before_the_mark(point: int) -> None:
    books = outbox(killed_once(point), poll_s=2.0, batch=10)
    for saved, sent in zip(books.saved, books.sent, strict=True):
        assert (saved < inf) == (sent < inf)
    assert len(books.copies) == (2 if point == 3 else 0)  # the first and the second, sent again


def test_naive_writes_lose_or_invent_an_event_per_kill_between_them() -> None:
    for naive, wrong in (("commit", "lost"), ("publish", "invented")):
        totals = run_of("outbox", naive=naive, outage_s=0, crashes=20, crash_at="2").totals
        assert totals[f"{wrong}_without"] == 20.0
        assert totals["lost"] == totals["invented"] == totals["again"] == totals["waiting"] == 0.0


def test_a_poll_interval_of_t_adds_half_of_t_to_the_mean_delay() -> None:
    lab = get_lab("outbox")
    for poll_s in (1.0, 5.0):
        parameters = lab.parameters(rate=10, outage_s=0, crashes=0, poll_s=poll_s)
        totals = [lab.run(parameters, seed=seed).totals for seed in range(10)]
        mean_s = sum(one["delay_ms"] for one in totals) / 10_000
        # reading takes 10 ms, and an event waits for those sent before it, 2 ms each
        sending_s = 0.01 + 0.002 * (10 * poll_s / 2 + 1)
        assert abs(mean_s - (poll_s / 2 + sending_s)) < 0.03 * poll_s


def test_polling_more_often_never_makes_events_later() -> None:
    runs = [
        run_of("outbox", crashes=0, outage_s=0, poll_s=poll_s).totals
        for poll_s in (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)
    ]
    delays, calls = ([one[name] for one in runs] for name in ("delay_ms", "calls"))
    assert delays == sorted(delays)
    assert calls == sorted(calls, reverse=True)


def test_a_smaller_batch_sends_fewer_again_and_calls_more_often() -> None:
    small, large = (
        run_of("outbox", crash_at="3", poll_s=5.0, batch=batch).totals for batch in (3, 100)
    )
    assert small["again"] < large["again"] / 5
    assert small["calls"] > large["calls"] * 5


def test_an_outage_of_the_broker_loses_events_or_orders_without_the_outbox() -> None:
    commit, publish = (
        run_of("outbox", naive=one, crashes=0).totals for one in ("commit", "publish")
    )
    assert commit["lost_without"] == publish["refused_without"] > 80.0
    assert commit["lost"] == publish["refused"] == 0.0


def test_both_halves_take_the_same_orders() -> None:
    these = world(9, rate=20, outage_s=10, kills=12, points=POINTS)
    bare, guarded = dual_write("commit", these), outbox(these, poll_s=1.0, batch=10)
    assert bare.saved == guarded.saved
    assert max(guarded.sent) < END_S or inf in guarded.saved


def test_an_outbox_that_drains_too_slowly_says_how_many_still_wait() -> None:
    run = run_of("outbox", rate=50, crashes=0, outage_s=0, poll_s=10.0, batch=1)
    assert run.totals["waiting"] > 0.0
    assert "still wait at the end" in get_lab("outbox").explain(run)[2]
    assert run.totals["lost"] == 0.0


def test_a_single_order_that_was_not_taken_is_counted_in_words_that_fit() -> None:
    lab = get_lab("outbox")
    run = lab.run(lab.parameters(rate=27, outage_s=0, crashes=1, poll_s=6.1), seed=3)
    assert run.totals["refused_without"] == 1.0
    assert "Orders not taken: 1 (with it 1)." in lab.explain(run)[0]

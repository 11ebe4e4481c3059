import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation import (
    EventLog,
    Handler,
    Ledger,
    OpenLoop,
    Outcome,
    Queue,
    Request,
    Simulator,
    Streams,
    constant,
    crashed,
    down,
    schedule,
    stalled,
    tapped,
)
from simulation.policies import IdempotencyStore
from tests.simulation.doubles import answering, called, silent, taking

OK, ERROR = Outcome.OK, Outcome.ERROR


def send_at(simulator: Simulator, queue: Queue, moments: list[float]) -> None:
    """Send messages at these moments and run to the end."""
    for number, moment in enumerate(moments):
        simulator.at(moment, queue.send, Request(number, moment, "", key=str(number)))
    simulator.run()


def seen_by(simulator: Simulator, target: Handler) -> tuple[Handler, list[tuple[int, float]]]:
    """A consumer that writes down which message it got when."""
    seen: list[tuple[int, float]] = []
    return tapped(target, lambda one: seen.append((one.id, simulator.now))), seen


def test_messages_go_to_free_consumers_in_order_and_wait_for_the_others() -> None:
    simulator, ledger = Simulator(), Ledger()
    consumer, seen = seen_by(simulator, taking(simulator, constant(1.0)))
    queue = Queue(simulator, "q", consumer=consumer, consumers=2, ledger=ledger)
    send_at(simulator, queue, [0.0, 0.0, 0.0, 0.5])
    assert seen == [(0, 0.0), (1, 0.0), (2, 1.0), (3, 1.0)]
    assert (queue.delivered, queue.redelivered, queue.acknowledged, queue.depth) == (4, 0, 4, 0)
    assert ledger.latencies() == [1.0, 1.0, 1.5, 2.0]


def test_a_sender_does_not_wait_for_consumers() -> None:
    simulator = Simulator()
    queue = Queue(simulator, "q", consumer=silent, consumers=1)
    assert called(simulator, queue, [1.0, 2.0]).moments == [1.0, 2.0]
    simulator.run(until_s=10.0)
    assert (queue.depth, queue.oldest_age_s, queue.busy) == (1, 8.0, 1)


def test_what_is_not_acknowledged_in_time_is_delivered_again_and_then_given_up() -> None:
    simulator, ledger = Simulator(), Ledger()
    consumer, seen = seen_by(simulator, answering(lambda: ERROR))
    queue = Queue(
        simulator,
        "q",
        consumer=consumer,
        consumers=1,
        visibility_s=30.0,
        most_receives=3,
        ledger=ledger,
    )
    send_at(simulator, queue, [1.0])
    assert seen == [(0, 1.0), (0, 31.0), (0, 61.0)]
    assert (queue.redelivered, queue.dead, queue.acknowledged) == (2, 1, 0)
    assert [request.id for request in queue.dead_letters] == [0]
    assert list(ledger) == [(0, 1.0, 91.0, ERROR)]


def test_a_failure_may_come_again_sooner_than_a_silence() -> None:
    simulator = Simulator()
    ends = iter([ERROR, OK])
    consumer, seen = seen_by(simulator, answering(lambda: next(ends)))
    queue = Queue(simulator, "q", consumer=consumer, consumers=1, visibility_s=30.0, retry_s=2.0)
    send_at(simulator, queue, [0.0])
    assert seen == [(0, 0.0), (0, 2.0)]
    assert queue.acknowledged == 1


def test_work_that_takes_longer_than_the_visibility_is_done_twice() -> None:
    simulator = Simulator()
    consumer, seen = seen_by(simulator, taking(simulator, constant(40.0)))
    queue = Queue(simulator, "q", consumer=consumer, consumers=2, visibility_s=30.0)
    send_at(simulator, queue, [0.0])
    assert seen == [(0, 0.0), (0, 30.0)]
    assert (queue.acknowledged, queue.redelivered) == (1, 1)


def test_an_answer_that_comes_late_but_before_the_next_delivery_still_counts() -> None:
    simulator = Simulator()
    consumer, seen = seen_by(simulator, taking(simulator, constant(40.0)))
    queue = Queue(simulator, "q", consumer=consumer, consumers=1, visibility_s=30.0)
    send_at(simulator, queue, [0.0])
    assert seen == [(0, 0.0)]
    assert (queue.acknowledged, queue.depth, queue.busy) == (1, 0, 0)


def test_stalled_consumers_begin_nothing_and_lose_nothing() -> None:
    simulator = Simulator()
    consumer, seen = seen_by(simulator, taking(simulator, constant(1.0)))
    queue = Queue(simulator, "q", consumer=consumer, consumers=1)
    schedule(simulator, EventLog(), queue, [stalled(0.5, 5.0)])
    send_at(simulator, queue, [0.0, 0.2, 3.0])
    assert seen == [(0, 0.0), (1, 5.0), (2, 6.0)]
    assert queue.acknowledged == 3


@pytest.mark.parametrize("fault", [crashed(0.5, 5.0), down(0.5, 5.0)])
def test_consumers_that_crash_lose_what_they_are_at_and_the_message_comes_again(
    fault: object,
) -> None:
    simulator = Simulator()
    consumer, seen = seen_by(simulator, taking(simulator, constant(1.0)))
    queue = Queue(simulator, "q", consumer=consumer, consumers=1, visibility_s=10.0)
    schedule(simulator, EventLog(), queue, [fault])  # type: ignore[list-item]
    send_at(simulator, queue, [0.0, 3.0])
    assert seen == [(0, 0.0), (1, 5.0), (0, 10.0)]
    assert (queue.acknowledged, queue.busy) == (2, 0)


def test_consumers_may_be_added_and_taken_away() -> None:
    simulator = Simulator()
    consumer, seen = seen_by(simulator, taking(simulator, constant(1.0)))
    queue = Queue(simulator, "q", consumer=consumer, consumers=1)
    simulator.at(0.5, queue.set_consumers, 3)
    simulator.at(1.2, queue.set_consumers, 1)
    send_at(simulator, queue, [0.0] * 6)
    assert [moment for _id, moment in seen] == [0.0, 0.5, 0.5, 1.0, 2.0, 3.0]


def test_a_thousand_messages_that_end_at_once_do_not_nest_their_stacks() -> None:
    simulator = Simulator()
    queue = Queue(simulator, "q", consumer=answering(), consumers=1)
    queue.set_consumers(0)
    for number in range(5000):
        queue.send(Request(number, 0.0, ""))
    queue.set_consumers(1)
    assert queue.acknowledged == 5000


def test_duplicates_without_luck_are_refused() -> None:
    with pytest.raises(ValueError, match="needs luck"):
        Queue(Simulator(), "q", consumer=silent, consumers=1, duplication=0.5)


@pytest.mark.parametrize("safe", [False, True])
def test_duplicates_have_effects_unless_the_consumer_is_idempotent(*, safe: bool) -> None:
    """20,000 messages, one in ten twice: 2,000 ± 170 wrong effects without a store, none with."""
    simulator, effects = Simulator(), [0]

    def effect(_request: Request) -> None:
        effects[0] += 1

    work = tapped(answering(), effect)
    consumer = IdempotencyStore(simulator, work) if safe else work
    queue = Queue(
        simulator,
        "q",
        consumer=consumer,
        consumers=1,
        duplication=0.1,
        luck=Streams(1).random("luck"),
    )
    names = iter(range(20_000))
    OpenLoop(simulator, queue, constant(1.0), limit=20_000, keys=lambda: str(next(names)))
    simulator.run()
    wrong = effects[0] - 20_000
    assert wrong == 0 if safe else wrong == pytest.approx(2000, abs=170)
    assert queue.duplicated == queue.delivered - 20_000


@settings(deadline=None)
@given(
    seed=st.integers(0, 99),
    consumers=st.integers(1, 4),
    visibility_s=st.floats(0.5, 5.0),
    failing=st.floats(0.0, 0.9),
    most_receives=st.integers(1, 5),
    outages=st.lists(st.floats(0.0, 20.0), max_size=2),
)
def test_every_message_is_acknowledged_or_given_up_exactly_once(
    seed: int,
    consumers: int,
    visibility_s: float,
    failing: float,
    most_receives: int,
    outages: list[float],
) -> None:
    simulator, streams, ledger = Simulator(), Streams(seed), Ledger()
    luck = streams.random("luck")
    consumer = taking(
        simulator,
        streams.exponential("service", 0.5),
        lambda: ERROR if luck() < failing else OK,
    )
    queue = Queue(
        simulator,
        "q",
        consumer=consumer,
        consumers=consumers,
        visibility_s=visibility_s,
        most_receives=most_receives,
        ledger=ledger,
    )
    schedule(simulator, EventLog(), queue, [crashed(one, one + 2.0) for one in outages])
    OpenLoop(simulator, queue, streams.exponential("arrivals", 0.5), limit=30)
    simulator.run()
    assert sorted(number for number, *_rest in ledger) == list(range(30))
    assert queue.acknowledged + queue.dead == 30
    assert (queue.depth, queue.busy, queue.oldest_age_s) == (0, 0, 0.0)
    assert queue.delivered == 30 + queue.redelivered <= 30 * most_receives

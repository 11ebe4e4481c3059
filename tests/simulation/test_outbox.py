import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation import OpenLoop, Outbox, Outcome, Request, Simulator, Streams
from simulation.calls import Done


class Broker:
    """Hears what is published, and may pull the plug."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self.heard: list[tuple[int, float]] = []
        self.outbox: Outbox | None = None
        self.crash_at: int | None = None

    def publish(self, request: Request) -> None:
        """Hear one message."""
        self.heard.append((request.id, self._simulator.now))
        if len(self.heard) == self.crash_at and self.outbox is not None:
            self.outbox.crash()


def outbox_with(
    simulator: Simulator, *, batch: int = 10, mark_s: float = 0.0
) -> tuple[Outbox, Broker]:
    broker = Broker(simulator)
    outbox = Outbox(simulator, broker.publish, poll_s=1.0, batch=batch, mark_s=mark_s)
    broker.outbox = outbox
    return outbox, broker


def add_at(simulator: Simulator, outbox: Outbox, moments: list[float]) -> None:
    for number, moment in enumerate(moments):
        simulator.at(moment, outbox.add, Request(number, moment, ""))


def test_rows_are_published_in_order_at_the_next_poll_in_batches() -> None:
    simulator = Simulator()
    outbox, broker = outbox_with(simulator, batch=2)
    add_at(simulator, outbox, [0.25, 0.5, 0.75, 2.5])
    simulator.run()
    assert broker.heard == [(0, 1.0), (1, 1.0), (2, 2.0), (3, 3.0)]
    assert (outbox.pending, outbox.published, outbox.repeated) == (0, 4, 0)


def test_a_run_with_an_idle_outbox_comes_to_its_end() -> None:
    simulator = Simulator()
    outbox_with(simulator)
    simulator.run()
    assert simulator.events == 0


def test_a_crash_before_the_poll_loses_and_repeats_nothing() -> None:
    simulator = Simulator()
    outbox, broker = outbox_with(simulator)
    add_at(simulator, outbox, [0.25])
    simulator.at(0.5, lambda _: outbox.crash())
    simulator.at(5.5, lambda _: outbox.restart())
    simulator.run()
    assert broker.heard == [(0, 6.0)]


def test_a_crash_between_publishing_and_marking_publishes_again() -> None:
    simulator = Simulator()
    outbox, broker = outbox_with(simulator, mark_s=0.125)
    add_at(simulator, outbox, [0.25, 0.5])
    simulator.at(1.0625, lambda _: outbox.crash())
    simulator.at(3.5, lambda _: outbox.restart())
    simulator.run()
    assert broker.heard == [(0, 1.0), (1, 1.0), (0, 4.0), (1, 4.0)]
    assert (outbox.published, outbox.repeated, outbox.pending) == (4, 2, 0)


def test_a_crash_within_a_batch_publishes_its_beginning_again() -> None:
    simulator = Simulator()
    outbox, broker = outbox_with(simulator)
    broker.crash_at = 2
    add_at(simulator, outbox, [0.25, 0.5, 0.75])
    simulator.at(5.5, lambda _: outbox.restart())
    simulator.run()
    assert [number for number, _moment in broker.heard] == [0, 1, 0, 1, 2]
    assert outbox.repeated == 2


def test_a_poll_interval_adds_half_of_itself_on_average() -> None:
    simulator, delays = Simulator(), []

    def publish(request: Request) -> None:
        delays.append(simulator.now - request.started_at)

    outbox = Outbox(simulator, publish, poll_s=2.0, batch=10**6)

    def commit(request: Request, done: Done) -> None:
        outbox.add(request)
        done(request, Outcome.OK)

    OpenLoop(simulator, commit, Streams(1).exponential("arrivals", 0.05), until_s=2000.0)
    simulator.run()
    # uniform over [0, 2): the standard error of 40,000 delays is 0.003
    assert sum(delays) / len(delays) == pytest.approx(1.0, abs=0.012)


@settings(deadline=None)
@given(
    moments=st.lists(st.floats(0.0, 20.0), max_size=20),
    crashes=st.lists(st.floats(0.0, 20.0), max_size=5),
    batch=st.integers(1, 5),
    mark_s=st.floats(0.0, 0.9),
)
def test_whenever_it_crashes_nothing_is_lost_and_order_is_kept(
    moments: list[float], crashes: list[float], batch: int, mark_s: float
) -> None:
    simulator = Simulator()
    outbox, broker = outbox_with(simulator, batch=batch, mark_s=mark_s)
    add_at(simulator, outbox, sorted(moments))
    for moment in crashes:
        simulator.at(moment, lambda _: outbox.crash())
        simulator.at(moment + 0.7, lambda _: outbox.restart())
    simulator.run()
    first_time = list(dict.fromkeys(number for number, _moment in broker.heard))
    assert first_time == list(range(len(moments)))
    assert outbox.repeated == len(broker.heard) - len(moments)
    assert outbox.pending == 0

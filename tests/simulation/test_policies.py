from collections.abc import Callable

import pytest

from simulation import EventLog, Handler, OpenLoop, Outcome, Request, Simulator, constant
from simulation.calls import Done
from simulation.policies import (
    Backoff,
    BreakerSettings,
    BreakerState,
    CircuitBreaker,
    Jitter,
    Retry,
    RetryBudget,
    fallback,
    timeout,
)

SETTINGS = BreakerSettings(threshold=0.5, minimum_calls=4, window_s=10.0, open_s=5.0, probes=2)


def answering(outcome: Callable[[], Outcome]) -> Handler:
    """A handler that ends every call at once."""

    def call(request: Request, done: Done) -> None:
        done(request, outcome())

    return call


def outcomes_of(simulator: Simulator, target: Handler, moments: list[float]) -> list[Outcome]:
    """What calls at these moments come to, in order of their ends."""
    seen: list[Outcome] = []
    for number, moment in enumerate(moments):
        request = Request(number, moment, "")
        simulator.at(moment, lambda one: target(one, lambda _r, o: seen.append(o)), request)
    simulator.run()
    return seen


def breaker_over(outcome: Callable[[], Outcome]) -> tuple[Simulator, CircuitBreaker, EventLog]:
    simulator, log = Simulator(), EventLog()
    breaker = CircuitBreaker(simulator, answering(outcome), SETTINGS, name="breaker", log=log)
    return simulator, breaker, log


def test_a_timeout_ends_a_call_that_gets_no_answer() -> None:
    simulator = Simulator()
    silent = timeout(simulator, lambda _request, _done: None, 0.5)
    assert outcomes_of(simulator, silent, [1.0]) == [Outcome.TIMEOUT]
    assert simulator.now == 1.5


def test_an_answer_that_comes_after_the_timeout_is_dropped() -> None:
    simulator = Simulator()

    def slow(request: Request, done: Done) -> None:
        simulator.after(1.0, lambda _: done(request, Outcome.OK))

    assert outcomes_of(simulator, timeout(simulator, slow, 0.5), [0.0]) == [Outcome.TIMEOUT]


def test_a_fallback_replaces_only_the_outcomes_it_is_for() -> None:
    simulator = Simulator()
    ends = iter([Outcome.REFUSED, Outcome.TIMEOUT, Outcome.OK])
    target = fallback(answering(lambda: next(ends)), when={Outcome.REFUSED})
    expected = [Outcome.FALLBACK, Outcome.TIMEOUT, Outcome.OK]
    assert outcomes_of(simulator, target, [0.0, 1.0, 2.0]) == expected


def test_a_breaker_opens_only_once_the_minimum_of_calls_has_failed() -> None:
    simulator, breaker, _log = breaker_over(lambda: Outcome.ERROR)
    seen = outcomes_of(simulator, breaker, [0.0, 0.1, 0.2, 0.3, 0.4])
    assert seen == [Outcome.ERROR] * 4 + [Outcome.REFUSED]
    assert breaker.state is BreakerState.OPEN


def test_a_breaker_opens_at_the_threshold_and_not_below() -> None:
    ends = iter([Outcome.OK, Outcome.OK, Outcome.ERROR, Outcome.OK, Outcome.ERROR, Outcome.ERROR])
    simulator, breaker, log = breaker_over(lambda: next(ends))
    outcomes_of(simulator, breaker, [0.0, 0.1, 0.2, 0.3, 0.4, 0.5])
    assert [(event.time_s, event.kind) for event in log.events] == [(0.5, "open")]
    assert log.events[0].values == {"failures": 3, "calls": 6}


def test_failures_that_have_left_the_window_do_not_count() -> None:
    simulator, breaker, _log = breaker_over(lambda: Outcome.ERROR)
    outcomes_of(simulator, breaker, [0.0, 1.0, 2.0, 20.0, 21.0])
    assert breaker.state is BreakerState.CLOSED


def test_a_breaker_lets_its_probes_through_and_closes_when_they_succeed() -> None:
    broken = [True]
    simulator, breaker, log = breaker_over(lambda: Outcome.ERROR if broken[0] else Outcome.OK)
    simulator.at(4.0, lambda _: broken.clear() or broken.append(False))
    seen = outcomes_of(simulator, breaker, [0.0, 0.1, 0.2, 0.3, 5.0, 5.3, 5.4, 5.5])
    assert seen[4:] == [Outcome.REFUSED, Outcome.OK, Outcome.OK, Outcome.OK]
    assert [event.kind for event in log.events] == ["open", "half-open", "closed"]


def test_a_breaker_opens_again_when_its_probes_fail() -> None:
    simulator, breaker, log = breaker_over(lambda: Outcome.ERROR)
    seen = outcomes_of(simulator, breaker, [0.0, 0.1, 0.2, 0.3, 5.3, 5.4, 5.5, 10.3])
    assert seen[4:] == [Outcome.ERROR, Outcome.ERROR, Outcome.REFUSED, Outcome.REFUSED]
    assert [event.kind for event in log.events] == ["open", "half-open", "reopened"]


def test_an_open_breaker_of_hystrix_spares_a_dead_service_all_but_its_probes() -> None:
    """100 requests a second for 100 s: 20 calls to open, then one probe in 5 s or so."""
    simulator, log, calls = Simulator(), EventLog(), [0]

    def dead(request: Request, done: Done) -> None:
        calls[0] += 1
        done(request, Outcome.ERROR)

    hystrix = BreakerSettings(threshold=0.5, minimum_calls=20, window_s=10.0, open_s=5.0, probes=1)
    breaker = CircuitBreaker(simulator, dead, hystrix, name="breaker", log=log)
    OpenLoop(simulator, breaker, constant(0.01), until_s=100.0)
    simulator.run()
    assert log.events[0].time_s == pytest.approx(0.2)
    assert calls[0] - 20 == 19


def test_a_retry_stops_at_the_first_success() -> None:
    simulator = Simulator()
    ends = iter([Outcome.ERROR, Outcome.OK])
    target = Retry(
        simulator, answering(lambda: next(ends)), attempts=5, backoff=Backoff(0.2, lambda: 0.0)
    )
    assert outcomes_of(simulator, target, [1.0]) == [Outcome.OK]
    assert (simulator.now, target.retries) == (1.2, 1)


def test_a_refused_call_is_not_tried_again() -> None:
    simulator = Simulator()
    refusing = answering(lambda: Outcome.REFUSED)
    target = Retry(simulator, refusing, attempts=5, backoff=Backoff(0.2, lambda: 0.0))
    assert outcomes_of(simulator, target, [0.0]) == [Outcome.REFUSED]
    assert target.retries == 0


def test_waits_double_up_to_the_cap() -> None:
    backoff = Backoff(0.1, lambda: 0.0, cap_s=0.5)
    assert [backoff.wait(retry) for retry in (1, 2, 3, 4, 9)] == [0.1, 0.2, 0.4, 0.5, 0.5]


def test_ten_waits_from_100_ms_to_the_cap_sum_to_what_the_formula_says() -> None:
    backoff = Backoff(0.1, lambda: 0.0, cap_s=20.0)
    assert sum(backoff.wait(retry) for retry in range(1, 11)) == pytest.approx(65.5)


@pytest.mark.parametrize(
    ("jitter", "low", "high"), [(Jitter.FULL, 0.0, 0.4), (Jitter.EQUAL, 0.2, 0.4)]
)
def test_jitter_spreads_a_wait_over_its_range(jitter: Jitter, low: float, high: float) -> None:
    least = Backoff(0.1, lambda: 0.0, jitter=jitter)
    most = Backoff(0.1, lambda: 0.999999, jitter=jitter)
    assert least.wait(3) == pytest.approx(low)
    assert most.wait(3) == pytest.approx(high, rel=1e-5)


def test_a_budget_allows_its_share_of_retries_and_no_more() -> None:
    """1,000 requests to a dead service at 10 %: 100 retries and the ten saved up."""
    simulator = Simulator()
    budget = RetryBudget(0.1, burst=10.0)
    target = Retry(
        simulator,
        answering(lambda: Outcome.ERROR),
        attempts=3,
        backoff=Backoff(0.0, lambda: 0.0),
        budget=budget,
    )
    OpenLoop(simulator, target, constant(1.0), limit=1000)
    simulator.run()
    assert 100 <= target.retries <= 110
    assert target.unaffordable > 0

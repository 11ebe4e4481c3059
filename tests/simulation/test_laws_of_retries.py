"""Retries, backoff, budgets and throttles: what they multiply, and where they settle."""

import statistics
from collections import Counter
from math import sqrt

import pytest

from simulation import (
    EventLog,
    Gauge,
    Handler,
    Ledger,
    OpenLoop,
    Outcome,
    Request,
    Simulator,
    Streams,
    constant,
    tapped,
)
from simulation.calls import Done
from simulation.policies import (
    AdaptiveThrottle,
    Backoff,
    BreakerSettings,
    CircuitBreaker,
    Jitter,
    RateLimiter,
    Retry,
    RetryBudget,
    RetryThrottle,
    TokenBucket,
)
from tests.simulation.doubles import answering, called
from tests.simulation.statistics_of_runs import assert_mean, assert_share

OK, ERROR = Outcome.OK, Outcome.ERROR
AT_ONCE = Backoff(0.0, lambda: 0.0)
CALLS = 20_000


def layers_over(simulator: Simulator, target: Handler, *, attempts: int, layers: int) -> Handler:
    """Services in a row that each retry at once."""
    for _layer in range(layers):
        target = Retry(simulator, target, attempts=attempts, backoff=AT_ONCE)
    return target


def flaky(failing: float, *, seed: int = 1) -> tuple[Handler, list[int]]:
    """A handler that fails by chance, and how often each request reached it."""
    luck = Streams(seed).random("luck")
    reached = [0] * CALLS

    def call(request: Request, done: Done) -> None:
        reached[request.id] += 1
        done(request, ERROR if luck() < failing else OK)

    return call, reached


@pytest.mark.parametrize(
    ("attempts", "layers", "calls"), [(3, 5, 243), (4, 3, 64), (3, 3, 27), (3, 1, 3)]
)
def test_when_all_fails_attempts_multiply_from_layer_to_layer(
    attempts: int, layers: int, calls: int
) -> None:
    simulator, reached = Simulator(), []
    dead = tapped(answering(lambda: ERROR), reached.append)
    front = layers_over(simulator, dead, attempts=attempts, layers=layers)
    assert called(simulator, front, [0.0]).outcomes == [ERROR]
    assert len(reached) == calls


@pytest.mark.parametrize(
    ("failing", "one_layer", "three_layers"),
    [(0.1, 1.11, 1.11), (0.5, 1.75, 2.00), (0.9, 2.71, 9.42), (1.0, 3.0, 27.0)],
)
@pytest.mark.parametrize("layers", [1, 3])
def test_chance_failures_are_amplified_as_the_product_of_geometric_sums(
    failing: float, one_layer: float, three_layers: float, layers: int
) -> None:
    expected, seen = 1.0, failing
    for _layer in range(layers):
        expected *= 1 + seen + seen**2
        seen **= 3
    assert expected == pytest.approx(one_layer if layers == 1 else three_layers, abs=0.005)

    simulator, ledger = Simulator(), Ledger()
    target, reached = flaky(failing)
    front = layers_over(simulator, target, attempts=3, layers=layers)
    OpenLoop(simulator, front, constant(1.0), limit=CALLS, ledger=ledger)
    simulator.run()
    assert_mean([float(count) for count in reached], expected, precise_to=0.03)
    assert_share(sum(row[3] is ERROR for row in ledger), CALLS, seen)


def test_three_attempts_make_999_of_1000_succeed_where_one_in_ten_fails() -> None:
    simulator, ledger = Simulator(), Ledger()
    target, _reached = flaky(0.1, seed=2)
    front = Retry(simulator, target, attempts=3, backoff=AT_ONCE)
    OpenLoop(simulator, front, constant(1.0), limit=CALLS, ledger=ledger)
    simulator.run()
    assert_share(sum(row[3] is OK for row in ledger), CALLS, 0.999)


@pytest.mark.parametrize(("layers", "published"), [(3, 1.331), (5, 1.611)])
def test_a_budget_of_a_tenth_multiplies_by_a_tenth_per_layer(layers: int, published: float) -> None:
    """Up to what the buckets held at first and may hold at the end: 10 tokens in each."""
    simulator, reached = Simulator(), [0]
    dead = answering(lambda: ERROR)
    front: Handler = tapped(dead, lambda _: reached.__setitem__(0, reached[0] + 1))
    for _layer in range(layers):
        budget = RetryBudget(0.1, burst=10.0)
        front = Retry(simulator, front, attempts=3, backoff=AT_ONCE, budget=budget)
    OpenLoop(simulator, front, constant(1.0), limit=CALLS)
    simulator.run()
    assert 1.1**layers == pytest.approx(published, abs=0.0005)
    slack = sum(11.0 * 1.1**layer for layer in range(layers))
    assert reached[0] == pytest.approx(CALLS * 1.1**layers, abs=slack)


def test_ten_waits_without_jitter_sum_to_65_5_s_and_with_full_jitter_to_half_of_it() -> None:
    fixed = Backoff(0.1, lambda: 0.0, cap_s=20.0)
    assert sum(fixed.wait(retry) for retry in range(1, 11)) == pytest.approx(65.5)
    full = Backoff(0.1, Streams(1).random("jitter"), cap_s=20.0, jitter=Jitter.FULL)
    sums = [sum(full.wait(retry) for retry in range(1, 11)) for _ in range(2000)]
    assert_mean(sums, 32.75, precise_to=0.04)


def test_the_waits_of_grpc_s_example_sum_to_0_7_s_give_or_take_a_fifth() -> None:
    simulator = Simulator()
    sums = []
    for extreme, expected in ((0.0, 0.56), (0.5, 0.70), (1.0, 0.84)):
        backoff = Backoff(0.1, lambda: extreme, cap_s=1.0, jitter=Jitter.FIFTH)  # noqa: B023
        retry = Retry(simulator, answering(lambda: ERROR), attempts=4, backoff=backoff)
        begun = simulator.now
        called(simulator, retry, [begun])
        assert simulator.now - begun == pytest.approx(expected)
    random = Streams(1).random("jitter")
    backoff = Backoff(0.1, random, cap_s=1.0, jitter=Jitter.FIFTH)
    sums = [sum(backoff.wait(retry) for retry in (1, 2, 3)) for _ in range(2000)]
    assert_mean(sums, 0.70, precise_to=0.01)


@pytest.mark.parametrize(
    ("jitter", "low", "high"),
    [(Jitter.FIFTH, 0.8, 1.2), (Jitter.HALF, 0.5, 1.5), (Jitter.DECORRELATED, 1.0, 3.0)],
)
def test_a_wait_of_a_second_is_spread_over_the_range_of_its_jitter(
    jitter: Jitter, low: float, high: float
) -> None:
    waits = [Backoff(1.0, lambda: one, jitter=jitter).wait(1) for one in (0.0, 1.0)]  # noqa: B023
    assert waits == pytest.approx([low, high])


def test_decorrelated_jitter_grows_from_the_wait_before_up_to_its_cap() -> None:
    backoff = Backoff(1.0, lambda: 1.0, cap_s=20.0, jitter=Jitter.DECORRELATED)
    assert [backoff.wait(2, before) for before in (0.0, 2.0, 5.0, 9.0)] == [3.0, 6.0, 15.0, 20.0]


def returns(jitter: Jitter) -> list[int]:
    """How many of 1,000 clients that failed together come back in each tenth of a second."""
    simulator, moments, first = Simulator(), [], [True]
    random = Streams(42).random("jitter")
    backoff = Backoff(1.0, random, cap_s=1.0, jitter=jitter)

    def seen(_request: Request) -> None:
        if not first[0]:
            moments.append(simulator.now)

    target = tapped(answering(lambda: ERROR), seen)
    retry = Retry(simulator, target, attempts=2, backoff=backoff)
    simulator.at(1e-9, lambda _: first.clear() or first.append(False))
    called(simulator, retry, [0.0] * 1000)
    counts = Counter(int(moment * 10.0 + 1e-9) for moment in moments)
    return [counts[tenth] for tenth in range(13)]


def test_without_jitter_a_thousand_clients_return_together() -> None:
    assert max(returns(Jitter.NONE)) == 1000


def test_full_jitter_spreads_a_thousand_clients_evenly() -> None:
    """A tenth of them in each bucket of ten; chi-squared of 9 freedoms is below 33.7 (1 in 10⁴)."""
    counts = returns(Jitter.FULL)[:10]
    assert sum(counts) == 1000
    assert sum((count - 100) ** 2 / 100 for count in counts) < 33.7
    assert max(counts) <= 100 + 4 * sqrt(1000 * 0.1 * 0.9)


def test_a_fifth_of_jitter_leaves_a_quarter_of_the_clients_in_one_bucket() -> None:
    """Spread over 0.4 s: 250 in each of four buckets, the fullest about 260."""
    counts = returns(Jitter.FIFTH)
    assert sum(count > 0 for count in counts) == 4
    assert 250 <= max(counts) <= 250 + 4 * sqrt(1000 * 0.25 * 0.75)


def contention(backoff: Backoff, clients: int = 100) -> int:
    """Calls until all have got through, where a slot of 1 ms serves one and fails the others."""
    simulator, taken, calls = Simulator(), [-1], [0]

    def call(request: Request, done: Done) -> None:
        calls[0] += 1
        slot = int(simulator.now * 1000.0 + 1e-6)
        free, taken[0] = slot != taken[0], slot
        done(request, OK if free else ERROR)

    retry = Retry(simulator, call, attempts=10_000, backoff=backoff)
    assert called(simulator, retry, [0.0] * clients).outcomes == [OK] * clients
    return calls[0]


def test_in_lock_step_a_hundred_clients_need_5050_calls() -> None:
    """One gets through at each try, so N(N + 1) / 2."""
    backoff = Backoff(0.005, lambda: 0.0, cap_s=2.0)
    assert contention(backoff) == 5050


@pytest.mark.parametrize(
    ("jitter", "about"), [(Jitter.FULL, 520), (Jitter.EQUAL, 530), (Jitter.DECORRELATED, 410)]
)
def test_jitter_cuts_the_calls_of_a_collision_to_a_tenth(jitter: Jitter, about: int) -> None:
    """The toy model: base 5 ms, cap 2 s, slots of 1 ms; its figures are rounded to tens."""
    calls = []
    for seed in range(20):
        random = Streams(seed).random("jitter")
        calls.append(contention(Backoff(0.005, random, cap_s=2.0, jitter=jitter)))
    # that figure is one run's, so it is off by a deviation of one run, and by rounding
    assert abs(statistics.fmean(calls) - about) <= 4 * statistics.stdev(calls)
    assert 4 * statistics.stdev(calls) < 0.1 * about


@pytest.mark.parametrize(("failing", "open_at_the_end"), [(0.08, True), (0.10, False)])
def test_grpc_s_throttle_shuts_retries_off_above_9_1_percent_of_failures(
    *, failing: float, open_at_the_end: bool
) -> None:
    """Balance is at r / (1 + r). Below, the bucket stays full; above, it drains, for all time.

    At 10 % each attempt takes 0.1 − 0.09 = 0.01 tokens on average, give or take 0.33: after
    100,000 attempts, 1,000 of 500 tokens, give or take 104.
    """
    luck = Streams(1).random("luck")
    simulator, budget = Simulator(), RetryThrottle(500, 0.1)
    target = answering(lambda: ERROR if luck() < failing else OK)
    retry = Retry(simulator, target, attempts=3, backoff=AT_ONCE, budget=budget)
    OpenLoop(simulator, retry, constant(1.0), limit=150_000)
    gauge = Gauge(simulator, {"refused": lambda: retry.unaffordable}, width_s=75_000.0, count=2)
    simulator.run()
    assert pytest.approx(0.091, abs=0.0005) == 0.1 / 1.1
    refused = gauge.steps("refused")[1]
    failures = 75_000 * failing
    assert refused == (0 if open_at_the_end else pytest.approx(failures, rel=0.05))


@pytest.mark.parametrize(("k", "rejected", "sent"), [(2.0, 79.9, 200.8), (1.1, 88.9, 110.9)])
def test_an_adaptive_throttle_settles_at_k_times_what_the_backend_takes(
    k: float, rejected: float, sent: float
) -> None:
    """1,000 wanted, 100 taken: in a window of one second, p = (1,000 − K · 100) / 1,001."""
    probability = (1000 - k * 100) / 1001
    assert 100 * probability == pytest.approx(rejected, abs=0.05)
    assert 1000 * (1 - probability) == pytest.approx(sent, abs=0.05)

    simulator, streams, window_s = Simulator(), Streams(1), 10.0
    backend = RateLimiter(simulator, answering(), TokenBucket(rate=100.0, burst=200.0))
    throttle = AdaptiveThrottle(
        simulator, backend, k=k, window_s=window_s, random=streams.random("throttle")
    )
    OpenLoop(simulator, throttle, constant(0.001), until_s=240.0)
    levels = {
        "sent": lambda: float(backend.admitted + backend.limited),
        "taken": lambda: float(backend.admitted),
    }
    gauge = Gauge(simulator, levels, width_s=10.0, count=24)
    simulator.run()
    # the same formula for the window that is used, which is longer to average more calls
    wanted = 1000 * window_s
    settled = wanted * (1 - (wanted - k * 100 * window_s) / (wanted + 1)) / window_s
    assert_mean([count / 10.0 for count in gauge.steps("taken")[4:]], 100.0, precise_to=0.02)
    assert_mean([count / 10.0 for count in gauge.steps("sent")[4:]], settled, precise_to=0.06)


def test_an_open_breaker_relieves_a_dead_service_of_all_but_a_call_in_five_seconds() -> None:
    """100 calls a second: 0.2 a second reach it, 99.8 % fewer. Hystrix's defaults."""
    simulator, reached = Simulator(), []
    dead = tapped(answering(lambda: ERROR), lambda _: reached.append(simulator.now))
    hystrix = BreakerSettings(threshold=0.5, minimum_calls=20, window_s=10.0, open_s=5.0, probes=1)
    breaker = CircuitBreaker(simulator, dead, hystrix, name="breaker", log=EventLog())
    OpenLoop(simulator, breaker, constant(0.01), until_s=1000.0)
    simulator.run()
    opened = reached[19]
    probes = [moment for moment in reached if moment > opened]
    # the first call after the wait is the probe: up to one beat of 10 ms later
    assert len(probes) / (1000.0 - opened) == pytest.approx(0.2, rel=0.005)
    assert 1 - len(probes) / (100 * (1000.0 - opened)) == pytest.approx(0.998, abs=0.0001)

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation import OpenLoop, Outcome, Simulator, constant
from simulation.policies import Backoff, Budget, Retry, RetryQuota, RetryThrottle
from tests.simulation.doubles import answering, called

OK, ERROR, TIMEOUT = Outcome.OK, Outcome.ERROR, Outcome.TIMEOUT


def retries(budget: Budget, outcome: Outcome, *, calls: int, attempts: int = 2) -> int:
    """Retries that calls to a dead service lead to."""
    simulator = Simulator()
    retry = Retry(
        simulator,
        answering(lambda: outcome),
        attempts=attempts,
        backoff=Backoff(0.0, lambda: 0.0),
        budget=budget,
    )
    OpenLoop(simulator, retry, constant(1.0), limit=calls)
    simulator.run()
    assert retry.unaffordable > 0
    return retry.retries


@pytest.mark.parametrize(("outcome", "affordable"), [(ERROR, 100), (TIMEOUT, 50)])
def test_a_quota_of_500_pays_for_100_retries_or_for_50_after_timeouts(
    outcome: Outcome, affordable: int
) -> None:
    assert retries(RetryQuota(), outcome, calls=1000) == affordable


def test_a_quota_gets_back_what_a_retry_cost_once_it_succeeds() -> None:
    simulator, budget = Simulator(), RetryQuota(capacity=20.0)
    ends = iter([TIMEOUT, OK])
    retry = Retry(
        simulator,
        answering(lambda: next(ends)),
        attempts=3,
        backoff=Backoff(0.0, lambda: 0.0),
        budget=budget,
    )
    assert called(simulator, retry, [0.0]).outcomes == [OK]
    assert budget.tokens == 20.0


def test_a_success_at_first_try_pays_one_into_the_quota() -> None:
    budget = RetryQuota(capacity=20.0)
    assert budget.take(ERROR)
    budget.ended(OK, None)
    assert budget.tokens == 16.0


def test_a_full_throttle_of_10_tokens_shuts_retries_off_at_the_fifth_failure() -> None:
    budget = RetryThrottle(10, 0.1)
    allowed = []
    for _failure in range(5):
        budget.ended(ERROR, None)
        allowed.append(budget.take())
    assert allowed == [True, True, True, True, False]


def test_successes_open_a_throttle_again() -> None:
    budget = RetryThrottle(10, 0.5)
    for _failure in range(5):
        budget.ended(ERROR, None)
    assert not budget.take()
    budget.ended(OK, None)
    assert budget.take()


@settings(deadline=None)
@given(st.lists(st.sampled_from([OK, ERROR, TIMEOUT])))
def test_tokens_never_leave_their_range(outcomes: list[Outcome]) -> None:
    throttle, quota = RetryThrottle(10, 0.3), RetryQuota(30.0)
    for outcome in outcomes:
        for budget, most in ((throttle, 10.0), (quota, 30.0)):
            budget.ended(outcome, None)
            if not outcome.served:
                budget.take(outcome)
            assert 0.0 <= budget.tokens <= most


def test_a_retry_may_be_told_to_try_refused_calls_again() -> None:
    simulator = Simulator()
    ends = iter([Outcome.REFUSED, OK])
    retry = Retry(
        simulator,
        answering(lambda: next(ends)),
        attempts=3,
        backoff=Backoff(0.1, lambda: 0.0),
        final={OK},
    )
    assert called(simulator, retry, [0.0]).outcomes == [OK]

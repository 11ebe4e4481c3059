from hypothesis import given, settings
from hypothesis import strategies as st

from simulation import Outcome, Request, Simulator, Streams, constant, tapped
from simulation.calls import Done
from simulation.policies import IdempotencyStore
from tests.simulation.doubles import answering, called, silent, taking

OK, ERROR = Outcome.OK, Outcome.ERROR


def test_a_key_that_was_served_is_answered_from_the_store() -> None:
    simulator = Simulator()
    store = IdempotencyStore(simulator, taking(simulator, constant(1.0)))
    ends = called(simulator, store, [0.0, 5.0, 6.0], keys=["a", "a", "b"])
    assert ends.moments == [1.0, 5.0, 7.0]
    assert (store.executed, store.repeated) == (2, 1)


def test_a_key_in_progress_waits_for_the_first() -> None:
    simulator = Simulator()
    store = IdempotencyStore(simulator, taking(simulator, constant(1.0)))
    ends = called(simulator, store, [0.0, 0.4], keys=["a", "a"])
    assert ends.moments == [1.0, 1.0]
    assert (store.executed, store.repeated) == (1, 1)


def test_a_failure_is_shared_by_those_who_wait_and_not_stored() -> None:
    simulator = Simulator()
    ends_as = iter([ERROR, OK])
    store = IdempotencyStore(simulator, taking(simulator, constant(1.0), lambda: next(ends_as)))
    ends = called(simulator, store, [0.0, 0.5, 2.0, 9.0], keys=["a"] * 4)
    assert ends.outcomes == [ERROR, ERROR, OK, OK]
    assert store.executed == 2


def test_a_key_that_the_store_has_dropped_is_executed_again() -> None:
    simulator = Simulator()
    store = IdempotencyStore(simulator, answering(), ttl_s=10.0)
    called(simulator, store, [0.0, 9.9, 10.0], keys=["a"] * 3)
    assert (store.executed, store.repeated) == (2, 1)


def test_requests_without_a_key_are_all_executed() -> None:
    simulator = Simulator()
    store = IdempotencyStore(simulator, answering())
    called(simulator, store, [0.0, 1.0])
    assert (store.executed, store.repeated) == (2, 0)


def test_a_first_call_that_is_lost_keeps_others_out_only_as_long_as_its_lock_lasts() -> None:
    simulator = Simulator()
    first = [True]

    def target(request: Request, done: Done) -> None:
        silent(request, done) if first else done(request, OK)
        first.clear()

    store = IdempotencyStore(simulator, target, lock_s=5.0)
    ends = called(simulator, store, [0.0, 4.0, 5.0], keys=["a"] * 3)
    assert ends.rows == [(2, 5.0, OK)]
    assert (store.executed, store.repeated) == (2, 1)


@settings(deadline=None)
@given(keys=st.lists(st.sampled_from("abcd"), min_size=1, max_size=40), seed=st.integers(0, 99))
def test_an_effect_happens_once_per_key_however_often_it_is_asked_for(
    keys: list[str], seed: int
) -> None:
    simulator, effects = Simulator(), []
    service = taking(simulator, Streams(seed).exponential("service", 1.0))
    store = IdempotencyStore(simulator, tapped(service, lambda one: effects.append(one.key)))
    moments = [number * 0.3 for number in range(len(keys))]
    ends = called(simulator, store, moments, keys=keys)
    assert sorted(effects) == sorted(set(keys))
    assert ends.outcomes == [OK] * len(keys)

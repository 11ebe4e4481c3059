import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation import Outcome, Simulator, constant, tapped
from simulation.policies import Cache
from tests.simulation.doubles import answering, called, taking

OK, ERROR = Outcome.OK, Outcome.ERROR


def test_a_key_is_answered_from_memory_until_its_time_is_over() -> None:
    simulator, asked = Simulator(), []
    origin = tapped(taking(simulator, constant(1.0)), lambda _: asked.append(simulator.now))
    cache = Cache(simulator, origin, ttl_s=10.0, key=lambda request: request.key, hit_s=0.25)
    ends = called(simulator, cache, [0.0, 5.0, 10.9, 11.0], keys=["a"] * 4)
    assert asked == [0.0, 11.0]
    assert ends.moments == [1.0, 5.25, 11.15, 12.0]
    assert (cache.hits, cache.misses) == (2, 2)


def test_keys_do_not_answer_for_each_other() -> None:
    simulator = Simulator()
    cache = Cache(simulator, answering(), ttl_s=9.0, key=lambda request: request.key)
    called(simulator, cache, [0.0, 1.0, 2.0], keys=["a", "b", "a"])
    assert (cache.hits, cache.misses) == (1, 2)


@pytest.mark.parametrize("outcome", [ERROR, Outcome.FALLBACK, Outcome.TIMEOUT])
def test_only_good_answers_are_kept(outcome: Outcome) -> None:
    simulator = Simulator()
    target = answering(lambda: outcome)
    cache = Cache(simulator, target, ttl_s=9.0, key=lambda request: request.key)
    assert called(simulator, cache, [0.0, 1.0], keys=["a", "a"]).outcomes == [outcome] * 2
    assert cache.hits == 0


@pytest.mark.parametrize(("coalesce", "reached"), [(False, 3), (True, 1)])
def test_misses_at_the_same_time_are_a_stampede_unless_they_wait_for_the_first(
    *, coalesce: bool, reached: int
) -> None:
    simulator, asked = Simulator(), []
    origin = tapped(taking(simulator, constant(1.0)), asked.append)
    cache = Cache(simulator, origin, ttl_s=9.0, key=lambda request: request.key, coalesce=coalesce)
    ends = called(simulator, cache, [0.0, 0.1, 0.2], keys=["a"] * 3)
    assert len(asked) == reached
    assert ends.outcomes == [OK] * 3
    assert (cache.misses, cache.coalesced) == (3, 3 - reached)


def test_those_who_wait_for_the_first_share_its_failure_and_the_next_asks_again() -> None:
    simulator = Simulator()
    ends_as = iter([ERROR, OK])
    origin = taking(simulator, constant(1.0), lambda: next(ends_as))
    cache = Cache(simulator, origin, ttl_s=9.0, key=lambda _: "all", coalesce=True)
    assert called(simulator, cache, [0.0, 0.5, 2.0]).outcomes == [ERROR, ERROR, OK]


def test_what_is_cleared_or_forgotten_is_asked_for_again() -> None:
    simulator = Simulator()
    cache = Cache(simulator, answering(), ttl_s=99.0, key=lambda request: request.key)
    called(simulator, cache, [0.0, 0.0], keys=["a", "b"])
    cache.forget("a")
    assert ("a" in cache, "b" in cache) == (False, True)
    cache.clear()
    assert "b" not in cache
    called(simulator, cache, [1.0], keys=["b"])
    assert (cache.hits, cache.misses) == (0, 3)


@settings(deadline=None)
@given(
    moments=st.lists(st.floats(0.0, 50.0), min_size=1, max_size=40).map(sorted),
    ttl_s=st.floats(0.1, 20.0),
    coalesce=st.booleans(),
)
def test_every_call_is_a_hit_or_a_miss_and_no_answer_is_older_than_its_time(
    *, moments: list[float], ttl_s: float, coalesce: bool
) -> None:
    simulator, asked = Simulator(), []
    origin = tapped(answering(), lambda _: asked.append(simulator.now))
    cache = Cache(simulator, origin, ttl_s=ttl_s, key=lambda _: "", coalesce=coalesce)
    called(simulator, cache, moments)
    assert cache.hits + cache.misses == len(moments)
    for moment in moments:
        assert min(moment - one for one in asked if one <= moment) <= ttl_s + 1e-9

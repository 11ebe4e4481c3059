"""What to refuse when more is asked for than can be done."""

import pytest

from labs.base import Run
from labs.catalog.microservices._overload import (
    CUSTOMERS,
    SERVERS,
    WORK_S,
    Api,
    Guard,
    Limit,
    through_a_turn,
    through_steadily,
)
from labs.readings import arrived_within
from labs.registry import get_lab
from tests.labs.solutions import run_of

SEEDS = (1, 2, 3, 42)


def guard(
    *, kind: Limit = Limit.BUCKET, limit: int = 20, window_s: float = 1.0, room: int = 1000
) -> Guard:
    return Guard(kind=kind, limit=limit, window_s=window_s, per_client=True, room=room)


def sentences(run: Run) -> str:
    return " ".join(get_lab("load-shedding").explain(run))


def erlang_c_wait_s(rate: float) -> float:
    """Mean wait in an M/M/c queue with the lab's servers, by Erlang's formula."""
    load = rate * WORK_S
    term, below = 1.0, 0.0
    for servers in range(SERVERS):
        below += term
        term *= load / (servers + 1)
    tail = term / (1.0 - load / SERVERS)
    return tail / (below + tail) * WORK_S / (SERVERS - load)


def mean_latency_s(*, crawler: float, limits: Guard | None) -> float:
    """Of all requests in the second half of the rush, over many seeds."""
    latencies = []
    for seed in range(30):
        api = Api(seed=seed, crawler=crawler, guard=limits)
        for ledger in (api.customers, api.crawler):
            records = arrived_within(ledger, 13.0, 18.0)
            latencies += [one[2] - one[1] for one in records if one[3].served]
    return sum(latencies) / len(latencies)


def test_a_fixed_window_of_100_a_minute_lets_200_through_in_two_seconds() -> None:
    run = run_of("load-shedding", limit=100, window_s=60.0)
    rows = {row[0].text: [cell.text for cell in row[1:]] for row in run.tables[0].rows}
    assert rows["Fixed"][0] == "200 / 200"
    assert rows["Sliding"][0] == "100 / 200"
    assert rows["Bucket"][0] == "103 / 200"
    assert "lets 200 through within 2 s" in sentences(run)


def test_a_token_bucket_lets_70_of_150_through() -> None:
    run = run_of("load-shedding", rule="bucket", limit=20, window_s=2.0)
    assert run.tables[0].rows[-1][2].text == "70 / 150"
    assert "70 of 150 in 5 s" in sentences(run)


@pytest.mark.parametrize("limit", [1, 7, 200])
@pytest.mark.parametrize("window_s", [0.5, 2.0, 60.0])
def test_a_sliding_window_never_lets_more_than_its_limit_around_a_turn(
    limit: int, window_s: float
) -> None:
    turns = [through_a_turn(kind, limit, window_s) for kind in (Limit.SLIDING, Limit.FIXED)]
    assert turns == [limit, 2 * limit]


@pytest.mark.parametrize("kind", [Limit.FIXED, Limit.SLIDING, Limit.BUCKET])
def test_a_higher_limit_never_lets_less_through(kind: Limit) -> None:
    passed = [through_steadily(kind, limit, 2.0)[0] for limit in (1, 10, 50, 200)]
    assert passed == sorted(passed)


def test_crawling_limited_to_a_load_of_80_percent_waits_as_erlang_says() -> None:
    expected = WORK_S + erlang_c_wait_s(CUSTOMERS + 20.0)
    assert mean_latency_s(crawler=100, limits=guard()) == pytest.approx(expected, rel=0.15)


def test_at_a_load_of_95_percent_everyone_waits_far_longer_than_at_80() -> None:
    """And still less than Erlang says: in ten seconds such a queue does not come to rest."""
    at_95 = mean_latency_s(crawler=35, limits=None)
    at_80 = mean_latency_s(crawler=35, limits=guard())
    assert at_95 > 2.0 * at_80
    assert at_95 < WORK_S + erlang_c_wait_s(CUSTOMERS + 35.0)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_endless_queue_collapses_and_shedding_keeps_the_goodput(seed: int) -> None:
    endless = Api(seed=seed, crawler=100, guard=None).totals()
    shedding = Api(seed=seed, crawler=100, guard=guard(kind=Limit.NONE, room=20)).totals()
    assert endless["goodput_rush"] < 50.0
    assert shedding["goodput_rush"] > 90.0


@pytest.mark.parametrize("seed", SEEDS)
def test_a_rate_limit_does_not_help_when_requests_become_slow(seed: int) -> None:
    limited = Api(seed=seed, crawler=100, guard=guard()).totals()
    short = Api(seed=seed, crawler=100, guard=guard(room=15)).totals()
    assert limited["served_rush"] > 98.0
    assert limited["served_slow"] < 50.0
    assert short["served_slow"] > limited["served_slow"] + 10.0


def test_more_room_never_sheds_more() -> None:
    refused = [
        Api(seed=7, crawler=100, guard=guard(kind=Limit.NONE, room=room)).totals()
        for room in (0, 5, 50, 1000)
    ]
    counts = [one["refused_customers"] + one["refused_crawler"] for one in refused]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == 0.0


def test_both_halves_see_the_same_requests() -> None:
    totals = run_of("load-shedding", room=0).totals
    assert totals["customers"] == totals["customers_without"]
    assert totals["crawled"] == totals["crawled_without"]


def test_a_bucket_too_slow_for_five_seconds_is_not_said_to_let_none_of_none_through() -> None:
    run = run_of("load-shedding", rule="bucket", limit=1, window_s=60.0)
    assert get_lab("load-shedding").explain(run)[2] == (
        "A token bucket lets 1 through at once and then 0.0167 a second."
    )


def test_a_limit_for_each_client_is_told_as_one() -> None:
    lab = get_lab("load-shedding")
    assert lab.explain(run_of("load-shedding", scope="each"))[2].endswith(
        "Each client is counted on its own."
    )
    unlimited = lab.explain(run_of("load-shedding", scope="each", rule="none"))
    assert "on its own" not in unlimited[2]

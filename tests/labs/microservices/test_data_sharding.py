"""Keys on nodes, by remainder and on a ring."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labs.catalog.microservices._shards import (
    Growth,
    busiest_by_remainder,
    evenness,
    moved_by_remainder,
    some_slow,
)
from labs.registry import get_lab
from simulation.hashing import HashRing, moved, shares
from tests.labs.solutions import run_of

SLUG = "data-sharding"


def mean_moved(nodes: int, added: int, *, rings: int = 40) -> float:
    found = [
        Growth(seed, most=nodes + added, virtual=50).moved(nodes, added) for seed in range(rings)
    ]
    return sum(found) / rings


@pytest.mark.parametrize(("nodes", "remainder", "ring"), [(4, 80.0, 20.0), (10, 90.91, 9.09)])
def test_one_more_node_moves_n_of_n_plus_1_keys_by_remainder_and_the_rest_on_a_ring(
    nodes: int, remainder: float, ring: float
) -> None:
    run = run_of(SLUG, nodes=nodes, virtual=500)
    assert run.totals["moved_without"] == pytest.approx(remainder, abs=0.01)
    assert run.totals["moved"] == pytest.approx(ring, abs=2.0)
    assert 100.0 * mean_moved(nodes, 1) == pytest.approx(ring, abs=0.8)


@given(before=st.integers(1, 30), added=st.integers(1, 10))
def test_remainders_move_as_many_keys_as_counting_says(before: int, added: int) -> None:
    after = before + added
    hashes = range(before * after)
    counted = sum(one % before != one % after for one in hashes) / len(hashes)
    assert moved_by_remainder(before, added) == pytest.approx(counted)


def test_doubling_the_nodes_moves_half_of_the_keys_either_way() -> None:
    assert moved_by_remainder(4, 4) == 0.5
    assert mean_moved(4, 4) == pytest.approx(0.5, abs=0.02)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    before=st.integers(1, 6),
    added=st.integers(1, 4),
    virtual=st.integers(1, 12),
)
def test_shares_and_movement_are_those_of_the_engines_rings(
    seed: int, before: int, added: int, virtual: int
) -> None:
    growth = Growth(seed, most=before + added, virtual=virtual)
    names = [f"{seed}/{number}" for number in range(before + added)]
    old, new = HashRing(names[:before], virtual=virtual), HashRing(names, virtual=virtual)
    assert growth.shares[before] == pytest.approx(list(shares(old).values()))
    assert growth.shares[before + added] == pytest.approx(list(shares(new).values()))
    assert growth.moved(before, added) == pytest.approx(moved(old, new))


@pytest.mark.parametrize(
    ("virtual", "largest", "deviation"),
    [(1, 2.70, 0.82), (10, 1.58, 0.29), (50, 1.23, 0.13), (100, 1.16, 0.09), (200, 1.13, 0.07)],
)
def test_more_points_make_ten_nodes_as_even_as_the_table_says(
    virtual: int, largest: float, deviation: float
) -> None:
    found = evenness(3, nodes=10, virtual=virtual, rings=60)
    assert found.largest == pytest.approx(largest, rel=0.1)
    assert found.deviation == pytest.approx(deviation, rel=0.15)


def test_the_table_gets_more_even_from_row_to_row() -> None:
    for nodes in (4, 10, 20):
        rows = run_of(SLUG, nodes=nodes).tables[0].rows
        largest = [float(row[1].text.removesuffix("×")) for row in rows]
        assert largest == sorted(largest, reverse=True)


@given(hot=st.integers(1, 40), nodes=st.integers(2, 20))
def test_no_ring_spreads_a_hot_key(hot: int, nodes: int) -> None:
    growth = Growth(1, most=nodes, virtual=20)
    assert growth.busiest(nodes, hot=hot / 100, parts=1) >= nodes * hot / 100
    assert busiest_by_remainder(nodes, hot=hot / 100) >= nodes * hot / 100


def test_points_help_keys_but_not_the_hot_one_and_parts_do() -> None:
    many = run_of(SLUG, virtual=500).totals
    split = run_of(SLUG, virtual=500, parts=5).totals
    assert many["largest"] < 1.1
    assert many["busiest"] > 1.35
    assert split["busiest"] < 1.15


def test_parts_lie_on_different_nodes() -> None:
    growth = Growth(5, most=8, virtual=3)
    for parts in range(1, 12):
        holders = growth.holders(8, parts)
        assert len(holders) == len(set(holders)) == min(parts, 8)


def test_a_read_of_a_hundred_shards_meets_a_slow_one_in_63_percent_of_cases() -> None:
    assert some_slow(0.01, 100) == pytest.approx(0.634, abs=0.0005)
    assert some_slow(0.0001, 2000) == pytest.approx(0.181, abs=0.0005)
    everywhere = run_of(SLUG, nodes=20, added=4, scattered=100).totals
    assert everywhere["slow_reads"] == pytest.approx(100 * (1 - 0.99**24), abs=0.001)


def test_more_parts_never_make_fewer_reads_slow() -> None:
    slow = [run_of(SLUG, parts=parts).totals["slow_reads"] for parts in (1, 2, 4, 8, 16)]
    assert slow == sorted(slow)


def test_presets_hold_the_documented_numbers_of_points() -> None:
    presets = get_lab(SLUG).presets
    assert presets["envoy"].parameters.virtual * presets["envoy"].parameters.nodes == 1024
    assert presets["cassandra-4"].parameters.virtual == 16
    assert presets["cassandra-3"].parameters.virtual == 256


def test_each_node_that_joins_is_told() -> None:
    run = run_of(SLUG, added=3)
    assert [event.values["node"] for event in run.events] == [5, 6, 7]
    assert run.events[0].values["modulo"] == pytest.approx(80.0)


def test_without_a_hot_key_no_read_of_it_is_told_and_one_point_is_one_point() -> None:
    told = get_lab(SLUG).explain(run_of(SLUG, hot=0, virtual=1, parts=16))
    assert not any("read of the hot key" in sentence for sentence in told)
    assert "with 1 point per node" in told[1]

"""Consistent hashing: what a join moves, and how even virtual nodes make the load."""

import statistics
from math import sqrt

import pytest

from simulation import HashRing, modulo_owner, shares
from simulation.hashing import moved
from tests.simulation.statistics_of_runs import assert_mean, assert_share

# Points per node → the largest share over the mean, and the deviation over the mean, both as
# means of 20 rings of 10 nodes.
VIRTUAL = {
    1: (2.70, 0.82),
    10: (1.58, 0.29),
    50: (1.23, 0.13),
    100: (1.16, 0.09),
    200: (1.13, 0.07),
    500: (1.08, 0.04),
    1000: (1.05, 0.03),
}
RINGS = 20


def nodes(count: int, ring: int) -> list[str]:
    """Names that differ from ring to ring."""
    return [f"ring-{ring}-node-{number}" for number in range(count)]


@pytest.mark.parametrize(("before", "published"), [(4, 0.20), (10, 0.091)])
def test_one_more_node_moves_its_own_share_of_the_keys_on_average(
    before: int, published: float
) -> None:
    """1 / (N + 1)."""
    assert 1 / (before + 1) == pytest.approx(published, abs=0.0005)
    parts = []
    for ring in range(RINGS):
        names = nodes(before + 1, ring)
        parts.append(moved(HashRing(names[:-1], virtual=100), HashRing(names, virtual=100)))
    assert_mean(parts, 1 / (before + 1), precise_to=0.15)


@pytest.mark.parametrize(("before", "published"), [(4, 0.80), (10, 0.909)])
def test_one_more_node_moves_nearly_all_keys_by_remainder(before: int, published: float) -> None:
    """N / (N + 1)."""
    assert before / (before + 1) == pytest.approx(published, abs=0.0005)
    keys = [f"key-{number}" for number in range(20_000)]
    changed = sum(modulo_owner(key, before) != modulo_owner(key, before + 1) for key in keys)
    assert_share(changed, len(keys), before / (before + 1))


def test_with_one_point_per_node_a_single_join_may_move_half_of_all_keys_or_nothing() -> None:
    parts = []
    for ring in range(200):
        names = nodes(5, ring)
        parts.append(moved(HashRing(names[:-1], virtual=1), HashRing(names, virtual=1)))
    assert_mean(parts, 0.2, precise_to=0.3)
    assert max(parts) > 0.5
    assert min(parts) < 0.02


@pytest.mark.parametrize("virtual", VIRTUAL)
def test_load_is_as_uneven_as_the_published_table_says(virtual: int) -> None:
    """Both sides are means of 20 rings: they differ by √2 standard errors, and by rounding."""
    most, variations = [], []
    for ring in range(RINGS):
        parts = list(shares(HashRing(nodes(10, ring), virtual=virtual)).values())
        most.append(max(parts) * 10)
        variations.append(statistics.pstdev(parts) * 10)
    for values, published in zip((most, variations), VIRTUAL[virtual], strict=True):
        error = statistics.stdev(values) / sqrt(RINGS)
        assert abs(statistics.fmean(values) - published) <= 4 * sqrt(2) * error + 0.005


def test_unevenness_falls_with_the_root_of_the_points_per_node() -> None:
    variations = []
    for ring in range(RINGS):
        parts = list(shares(HashRing(nodes(10, ring), virtual=200)).values())
        variations.append((statistics.stdev(parts) * 10) ** 2)
    assert_mean(variations, 1 / 200, precise_to=0.6)

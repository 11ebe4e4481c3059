import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation import HashRing, modulo_owner, shares
from simulation.hashing import moved

NODES = st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=8, unique=True)


def test_owners_are_the_same_on_every_machine() -> None:
    ring = HashRing(["a", "b", "c"], virtual=100)
    assert "".join(ring.owner(f"user-{number}") for number in range(12)) == "aaabaccabaac"
    assert [modulo_owner(f"user-{number}", 3) for number in range(6)] == [2, 0, 1, 1, 0, 1]


def test_points_are_in_order_and_as_many_as_asked_for() -> None:
    points = HashRing(["a", "b"], virtual=50).points
    assert points == sorted(points)
    assert len(points) == 100
    assert 0.0 <= points[0][0] < points[-1][0] < 1.0


@pytest.mark.parametrize(("nodes", "virtual"), [([], 1), (["a"], 0)])
def test_a_ring_without_points_is_refused(nodes: list[str], virtual: int) -> None:
    with pytest.raises(ValueError, match="at least one node"):
        HashRing(nodes, virtual=virtual)


@settings(deadline=None)
@given(nodes=NODES, virtual=st.integers(1, 20))
def test_shares_add_up_to_one_and_belong_to_the_nodes(nodes: list[str], virtual: int) -> None:
    ring = HashRing(nodes, virtual=virtual)
    parts = shares(ring)
    assert list(parts) == nodes
    assert sum(parts.values()) == pytest.approx(1.0, abs=1e-12)
    assert ring.owner("any key") in nodes


@settings(deadline=None)
@given(nodes=NODES, virtual=st.integers(1, 20))
def test_a_node_that_joins_takes_its_share_and_moves_nothing_else(
    nodes: list[str], virtual: int
) -> None:
    before, after = HashRing(nodes, virtual=virtual), HashRing([*nodes, "新"], virtual=virtual)
    if "新" not in nodes:
        assert moved(before, after) == pytest.approx(shares(after)["新"], abs=1e-12)
    assert moved(before, before) == 0.0


def test_exact_shares_agree_with_counted_keys() -> None:
    ring = HashRing([f"node-{number}" for number in range(5)], virtual=20)
    counts = dict.fromkeys(ring.nodes, 0)
    for number in range(20_000):
        counts[ring.owner(f"key-{number}")] += 1
    for node, share in shares(ring).items():
        # four standard errors of a share of 20,000
        assert counts[node] / 20_000 == pytest.approx(share, abs=0.0125)

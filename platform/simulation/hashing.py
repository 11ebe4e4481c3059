"""Which node a key belongs to: a consistent-hash ring, and the modulo it is compared with."""

import hashlib
from bisect import bisect_left
from collections.abc import Sequence

_CIRCLE = 1 << 64


class HashRing:
    """A ring on which each node has `virtual` points, placed by MD5; the same everywhere.

    A key belongs to the node whose point is the first at or after the key's own position.
    """

    __slots__ = ("_owners", "_positions", "nodes", "virtual")

    def __init__(self, nodes: Sequence[str], *, virtual: int) -> None:
        if not nodes or virtual < 1:
            raise ValueError("A ring needs at least one node and one point per node.")
        self.nodes = tuple(nodes)
        self.virtual = virtual
        points = sorted((_md5(f"{node}#{copy}"), node) for node in nodes for copy in range(virtual))
        self._positions = [position for position, _node in points]
        self._owners = [node for _position, node in points]

    @property
    def points(self) -> list[tuple[float, str]]:
        """The points in order: how far round the ring, in [0, 1), and whose."""
        places = zip(self._positions, self._owners, strict=True)
        return [(position / _CIRCLE, owner) for position, owner in places]

    def owner(self, key: str) -> str:
        """The node that a key belongs to."""
        return self.owner_at(_md5(key))

    def owner_at(self, position: int) -> str:
        """The node that owns this position, in [0, 2^64)."""
        index = bisect_left(self._positions, position)
        return self._owners[index % len(self._owners)]

    def arcs(self) -> list[tuple[int, int, str]]:
        """The ring cut at its points: (after this position, up to this one, whose)."""
        starts = [self._positions[-1] - _CIRCLE, *self._positions]
        return list(zip(starts, self._positions, self._owners, strict=False))


def shares(ring: HashRing) -> dict[str, float]:
    """The share of all possible keys that each node owns, exact from the arcs."""
    lengths = dict.fromkeys(ring.nodes, 0)
    for start, end, node in ring.arcs():
        lengths[node] += end - start
    return {node: length / _CIRCLE for node, length in lengths.items()}


def moved(before: HashRing, after: HashRing) -> float:
    """The share of all possible keys that change their owner from one ring to the other."""
    cuts = sorted({end for ring in (before, after) for _start, end, _node in ring.arcs()})
    previous = cuts[-1] - _CIRCLE
    total = 0
    for cut in cuts:
        if before.owner_at(cut) != after.owner_at(cut):
            total += cut - previous
        previous = cut
    return total / _CIRCLE


def modulo_owner(key: str, n: int) -> int:
    """The number of the node, below n, that a key belongs to by remainder."""
    return _md5(key) % n


def _md5(text: str) -> int:
    """The leading 64 bits of the digest; MD5 spreads well, and secrecy is not wanted here."""
    return int.from_bytes(hashlib.md5(text.encode(), usedforsecurity=False).digest()[:8])

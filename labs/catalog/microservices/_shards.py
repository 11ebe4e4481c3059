"""Keys spread over nodes: by remainder, or on a ring that one node after the other joins.

Nothing is sampled: a node's share of the keys is the length of its arcs on the ring.
"""

from bisect import bisect_left
from collections.abc import Sequence
from math import gcd, sqrt
from operator import itemgetter
from typing import NamedTuple

from simulation import Streams
from simulation.hashing import HashRing

MOST_BEFORE = 20  # nodes before the growth; the chart shows each number from 1
TABLE_RINGS = {1: 20, 4: 20, 16: 20, 64: 5, 256: 5}  # how many, by points per node


class Growth:
    """The rings of 1, 2, … `most` nodes: each is the one before and one node more."""

    def __init__(self, seed: int, *, most: int, virtual: int) -> None:
        ring = HashRing([f"{seed}/{number}" for number in range(most)], virtual=virtual)
        numbers = {name: number for number, name in enumerate(ring.nodes)}
        self.positions = [position for position, _name in ring.points]
        self.owners = [numbers[name] for _position, name in ring.points]
        self.shares = _shares_by_size(self.positions, self.owners, most)
        self.hot_position = Streams(seed).random("hot key")()

    def moved(self, before: int, added: int) -> float:
        """The share of keys that change nodes: all that the new nodes own, and no others."""
        return sum(self.shares[before + added][before:])

    def holders(self, nodes: int, parts: int) -> list[int]:
        """The nodes that the hot key's parts lie on: the next ones round the ring, each once."""
        found: list[int] = []
        wanted = min(parts, nodes)
        index = bisect_left(self.positions, self.hot_position)
        count = len(self.owners)
        while len(found) < wanted:
            owner = self.owners[index % count]
            if owner < nodes and owner not in found:
                found.append(owner)
            index += 1
        return found

    def largest(self, nodes: int) -> float:
        """The largest share of the keys, as a multiple of the mean."""
        return nodes * max(self.shares[nodes])

    def busiest(self, nodes: int, *, hot: float, parts: int) -> float:
        """The load of the busiest node as a multiple of the mean; `hot` is one key's share."""
        loads = [(1.0 - hot) * share for share in self.shares[nodes]]
        holders = self.holders(nodes, parts)
        for node in holders:
            loads[node] += hot / len(holders)
        return nodes * max(loads)


def _shares_by_size(
    positions: Sequence[float], owners: Sequence[int], most: int
) -> list[list[float]]:
    """The nodes' shares on the ring of each size, found by taking away the last node in turn.

    A point that goes leaves its arc to the next one, so all sizes cost no more than the largest.
    """
    count = len(positions)
    arcs = [positions[index] - positions[index - 1] for index in range(count)]
    arcs[0] += 1.0
    before = [index - 1 for index in range(count)]
    after = [(index + 1) % count for index in range(count)]
    before[0] = count - 1
    points: list[list[int]] = [[] for _ in range(most)]
    shares = [0.0] * most
    for index, owner in enumerate(owners):
        points[owner].append(index)
        shares[owner] += arcs[index]
    by_size: list[list[float]] = [[]] * (most + 1)
    for size in range(most, 0, -1):
        by_size[size] = shares[:size]
        if size == 1:
            break
        for index in points[size - 1]:
            heir, arc = after[index], arcs[index]
            arcs[heir] += arc
            shares[owners[heir]] += arc
            after[before[index]], before[heir] = heir, before[index]
    return by_size


def moved_by_remainder(before: int, added: int) -> float:
    """The share of keys whose remainder changes when the divisor grows.

    Of each run of lcm(before, after) hashes only those below `before` keep theirs.
    """
    after = before + added
    return 1.0 - before / (before * after // gcd(before, after))


def busiest_by_remainder(nodes: int, *, hot: float) -> float:
    """The load of the node with the hot key, as a multiple of the mean; all else is even."""
    return (1.0 - hot) + nodes * hot


def some_slow(slow: float, shards: int) -> float:
    """The chance that at least one of so many shards answers slowly: 1 - (1 - q)^n."""
    none = 1.0
    for _shard in range(shards):
        none *= 1.0 - slow
    return 1.0 - none


class Reads(NamedTuple):
    """Which shards reads touch; all are shares of 1."""

    scattered: float  # reads that do not know their key and ask all shards
    hot: float  # of those that know it, the ones for the hot key
    slow: float  # answers of a shard that are slow

    def slow_share(self, nodes: int, parts: int) -> float:
        """The share of reads that wait for a slow shard."""
        by_key = (1.0 - self.hot) * self.slow
        by_key += self.hot * some_slow(self.slow, min(parts, nodes))
        return self.scattered * some_slow(self.slow, nodes) + (1.0 - self.scattered) * by_key


class Evenness(NamedTuple):
    """How evenly rings spread keys: means over several rings."""

    largest: float  # share of the node with most keys, as a multiple of the mean
    deviation: float  # standard deviation of the shares, as a part of the mean


def evenness(seed: int, *, nodes: int, virtual: int, rings: int) -> Evenness:
    """Throw rings by chance and measure the shares of their nodes."""
    largest = deviation = 0.0
    for ring in range(rings):
        random = Streams(seed).random(f"table/{virtual}/{ring}")
        places = [(random(), node) for node in range(nodes) for _ in range(virtual)]
        places.sort(key=itemgetter(0))
        shares = [0.0] * nodes
        previous = places[-1][0] - 1.0
        for position, node in places:
            shares[node] += position - previous
            previous = position
        mean = 1.0 / nodes
        largest += max(shares) / mean
        deviation += sqrt(sum((share - mean) ** 2 for share in shares) / nodes) / mean
    return Evenness(largest / rings, deviation / rings)

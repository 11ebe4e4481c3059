"""Data sharding: a node joins, and keys must move; by remainder nearly all of them do.

*Without the pattern* a key's node is its hash modulo the number of nodes; with it the nodes have
points on a consistent-hash ring. Neither can spread a single hot key: only splitting that can.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop

from labs.base import (
    Cell,
    Challenge,
    Curve,
    Half,
    Lab,
    Mark,
    Option,
    Prediction,
    Preset,
    Reading,
    Run,
    Scale,
    Table,
    at_least,
    at_most,
    parameter,
)
from labs.catalog.microservices._data_sharding_told import (
    load_sentence,
    moved_sentence,
    numbers_of,
    tail_sentence,
)
from labs.catalog.microservices._shards import (
    MOST_BEFORE,
    TABLE_RINGS,
    Growth,
    Reads,
    busiest_by_remainder,
    evenness,
    moved_by_remainder,
)
from simulation import EventLog

EVEN, UNEVEN = 1.2, 1.5  # largest share, as a multiple of the mean

EVENT_TEXTS = {
    "joins": noop("Node %(node)d joins: %(ring).1f %% of keys move, by remainder %(modulo).1f %%")
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """The controls; the defaults are a ring with few points and a hot key in one piece."""

    nodes: int = parameter(
        4,
        label=lazy("Nodes before"),
        unit="nodes",
        minimum=2,
        maximum=MOST_BEFORE,
        step=1,
        help=lazy("How many shards the keys lie on before the cluster grows."),
    )
    added: int = parameter(
        1,
        label=lazy("Nodes that join"),
        unit="nodes",
        minimum=1,
        maximum=4,
        step=1,
        help=lazy("By remainder, doubling the nodes is the one growth that moves only half."),
    )
    virtual: int = parameter(
        4,
        label=lazy("Points per node on the ring"),
        unit="points",
        minimum=1,
        maximum=1000,
        step=1,
        help=lazy("Virtual nodes. Cassandra 4.x has 16, 3.x had 256."),
    )
    hot: int = parameter(
        10,
        label=lazy("Load on the hot key"),
        unit="%",
        minimum=0,
        maximum=40,
        step=1,
        help=lazy("Share of all writes, and of reads by key, that one key gets."),
    )
    parts: int = parameter(
        1,
        label=lazy("Parts of the hot key"),
        unit="parts",
        minimum=1,
        maximum=16,
        step=1,
        help=lazy("Salting: a write goes to one part, a read gathers all. On the ring only."),
    )
    scattered: int = parameter(
        20,
        label=lazy("Reads that ask all shards"),
        unit="%",
        minimum=0,
        maximum=100,
        step=5,
        help=lazy("They do not name the shard key, so any shard may have the answer."),
    )
    slow: float = parameter(
        1.0,
        label=lazy("Slow answers of a shard"),
        unit="%",
        minimum=0.1,
        maximum=5.0,
        step=0.1,
        help=lazy("1 % slow means: slower than the shard’s own 99th percentile."),
    )


def _reads(parameters: Parameters) -> Reads:
    return Reads(parameters.scattered / 100, parameters.hot / 100, parameters.slow / 100)


def _tone(largest: float) -> Literal["", "good", "bad"]:
    return "good" if largest <= EVEN else "bad" if largest >= UNEVEN else ""


def _evenness_table(parameters: Parameters, seed: int) -> Table:
    nodes = parameters.nodes + parameters.added
    rows = []
    for virtual, rings in TABLE_RINGS.items():
        found = evenness(seed, nodes=nodes, virtual=virtual, rings=rings)
        cells = (
            Cell(f"{virtual}"),
            Cell(f"{found.largest:.2f}×", _tone(found.largest)),
            Cell(f"{found.deviation:.2f}"),
            Cell(f"{virtual * nodes:,}"),
        )
        rows.append(cells)
    head = (
        noop("Points per node"),
        noop("Largest share, × the mean"),
        noop("Deviation, × the mean"),
        noop("Points to keep"),
    )
    caption = noop("What points on the ring buy: means of 5 to 20 other rings")
    return Table("evenness", caption, head, tuple(rows))


def _busiest(run: Run) -> str:
    busiest = run.totals["busiest"]
    return "even" if busiest <= 1.1 else "near" if busiest <= 1.3 else "hot"


class DataShardingLab(Lab[Parameters]):
    """A fifth node joins four: what moves, who is busiest, and who waits."""

    slug = "data-sharding"
    title = lazy("The fifth node joins")
    pattern = lazy("Data sharding")
    group = lazy("Data")
    version = 1
    summary = lazy(
        "A store on four nodes gets a fifth. Hash modulo five sends four keys in five to another "
        "node; a ring moves about one in five. Then look at who is busiest: few points make an "
        "uneven ring, and one hot key makes any ring uneven."
    )
    parameters = Parameters
    presets = {
        "envoy": Preset(
            lazy("Envoy ring hash"),
            Parameters(virtual=256),
            lazy(
                "Envoy’s smallest ring has 1,024 entries by default: 256 for each of four hosts. "
                "Here the fifth adds 256 more."
            ),
        ),
        "cassandra-4": Preset(
            lazy("Cassandra 4.x"),
            Parameters(nodes=6, virtual=16),
            lazy("num_tokens is 16. This lab places the tokens by hash and keeps one copy."),
        ),
        "cassandra-3": Preset(
            lazy("Cassandra 3.x"),
            Parameters(nodes=6, virtual=256),
            lazy("num_tokens was 256: more even, and sixteen times as many ranges to look after."),
        ),
        "celebrity": Preset(
            lazy("Celebrity"),
            Parameters(nodes=10, virtual=100, hot=30),
            lazy("An even ring of ten nodes, and one account that everybody writes to."),
        ),
    }
    event_texts = EVENT_TEXTS
    clock = "step"
    curves = (
        Curve("moved", noop("Keys that move when nodes join"), "%"),
        Curve("busiest", noop("Load of the busiest node, × the mean"), "×"),
        Curve("largest", noop("Largest share of the keys, × the mean"), "×"),
        Curve("slow", noop("Reads that wait for a slow shard"), "%"),
    )
    readings = (
        Reading("moved", noop("Keys that move"), "%", "down"),
        Reading("largest", noop("Largest share of keys, of the mean"), "×", "down"),
        Reading("busiest", noop("Busiest node’s load, of the mean"), "×", "down"),
        Reading("slow_reads", noop("Reads that wait for a slow shard"), "%", "down"),
        Reading("points", noop("Points on the ring to keep"), "", "down"),
    )
    challenges = (
        Challenge(
            "smooth-growth",
            lazy("Grow without a stir"),
            lazy(
                "Let a cluster of at least 10 nodes grow and move at most 12 % of the keys, while "
                "no node ends up with more than 1.25 times the mean share of keys."
            ),
            "easy",
            (
                at_least("nodes", 10, "nodes", lazy("At least 10 nodes before")),
                at_most("moved", 12.0, "%", lazy("At most 12 % of the keys move")),
                at_most("largest", 1.25, "×", lazy("No share of keys above 1.25× the mean")),
            ),
        ),
        Challenge(
            "celebrity",
            lazy("The celebrity"),
            lazy(
                "At least 10 nodes, 20 % of the load on one key, 20 % of reads to all shards, 1 % "
                "slow answers. Keep the busiest node’s load within 1.45 times the mean and slow "
                "reads within 4 %, with at most 2,000 points on the ring."
            ),
            "hard",
            (
                at_least("nodes", 10, "nodes", lazy("At least 10 nodes before")),
                at_least("hot", 20, "%", lazy("At least 20 % of the load on the hot key")),
                at_least("scattered", 20, "%", lazy("At least 20 % of reads ask all shards")),
                at_least("slow", 1.0, "%", lazy("At least 1 % of a shard’s answers are slow")),
                at_most("busiest", 1.45, "×", lazy("The busiest node’s load is within 1.45×")),
                at_most("slow_reads", 4.0, "%", lazy("At most 4 % of reads are slow")),
                at_most("points", 2000, "", lazy("At most 2,000 points on the ring")),
            ),
        ),
    )
    prediction = Prediction(
        lazy(
            "Give each node 500 points on the ring instead of 4. One key still gets 10 % of the "
            "load. How much load does the busiest of the five nodes then take?"
        ),
        (
            Option("even", lazy("At most 1.1 times the mean")),
            Option("near", lazy("More than 1.1, at most 1.3 times")),
            Option("hot", lazy("More than 1.3 times the mean")),
        ),
        Parameters(virtual=500),
        _busiest,
        lambda run: (
            _(
                "The keys are even: the largest share is %(largest).2f times the mean. But the "
                "node with the hot key takes %(busiest).2f times the mean load."
            )
            % {**run.totals}
        ),
    )

    def scale(self, parameters: Parameters) -> Scale:
        """The number of nodes before the growth."""
        return Scale(noop("Nodes before"), "", tuple(map(float, range(1, MOST_BEFORE + 1))))

    def marks(self, parameters: Parameters) -> Sequence[Mark]:
        """The reader's own cluster."""
        return (Mark(float(parameters.nodes), noop("your nodes")),)

    def half(self, parameters: Parameters, *, seed: int, protected: bool) -> Half:
        """Clusters of 1 to 20 nodes, each grown by the same number of nodes."""
        return _ring_half(parameters, seed) if protected else _remainder_half(parameters)

    def explain(self, run: Run) -> Sequence[str]:
        """What moved, who is busiest and why, and what gathering from shards costs."""
        numbers = numbers_of(run)
        return [moved_sentence(numbers), load_sentence(numbers), tail_sentence(numbers)]


def _ring_half(parameters: Parameters, seed: int) -> Half:
    before, added, parts = parameters.nodes, parameters.added, parameters.parts
    hot, reads = parameters.hot / 100, _reads(parameters)
    growth = Growth(seed, most=MOST_BEFORE + added, virtual=parameters.virtual)
    sizes = range(1, MOST_BEFORE + 1)
    curves = {
        "moved": [100.0 * growth.moved(size, added) for size in sizes],
        "busiest": [growth.busiest(size + added, hot=hot, parts=parts) for size in sizes],
        "largest": [growth.largest(size + added) for size in sizes],
        "slow": [100.0 * reads.slow_share(size + added, parts) for size in sizes],
    }
    log = EventLog()
    for step in range(1, added + 1):
        shares = {
            "ring": 100.0 * growth.moved(before + step - 1, 1),
            "modulo": 100.0 * moved_by_remainder(before + step - 1, 1),
        }
        log.add(step, "", "joins", node=before + step, **shares)
    points = float(parameters.virtual * (before + added))
    totals = _at(before, curves) | {"points": points}
    return Half(curves, totals, log, (_evenness_table(parameters, seed),))


def _remainder_half(parameters: Parameters) -> Half:
    added, hot, reads = parameters.added, parameters.hot / 100, _reads(parameters)
    sizes = range(1, MOST_BEFORE + 1)
    curves = {
        "moved": [100.0 * moved_by_remainder(size, added) for size in sizes],
        "busiest": [busiest_by_remainder(size + added, hot=hot) for size in sizes],
        "largest": [1.0 for _size in sizes],
        "slow": [100.0 * reads.slow_share(size + added, 1) for size in sizes],
    }
    return Half(curves, _at(parameters.nodes, curves) | {"points": 0.0})


def _at(nodes: int, curves: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """The totals: what the curves show at the reader's own number of nodes."""
    found = {name: points[nodes - 1] for name, points in curves.items()}
    found["slow_reads"] = found.pop("slow")
    return found


LAB = DataShardingLab()

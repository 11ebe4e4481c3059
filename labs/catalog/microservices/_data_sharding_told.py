"""What the sharding lab says of a run."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labs.base import Run
from labs.catalog.microservices._shards import some_slow


def numbers_of(run: Run) -> dict[str, float]:
    """Every number the sentences name."""
    given = {spec: float(value) for spec, value in run.parameters.items()}
    after = int(given["nodes"] + given["added"])
    pieces = min(int(given["parts"]), after)
    slow = given["slow"] / 100
    return {
        **given,
        **run.totals,
        "after": after,
        "mean_moved": 100.0 * given["added"] / after,
        "pieces": pieces,
        "even_ring": 1.0 - given["hot"] / 100 + after * given["hot"] / 100 / pieces,
        "all_slow": 100.0 * some_slow(slow, after),
        "hot_slow": 100.0 * some_slow(slow, pieces),
    }


def moved_sentence(numbers: Mapping[str, float]) -> str:
    """How many keys moved, and how many would have by remainder."""
    return (
        _(
            "Growing from %(nodes)d to %(after)d nodes moved %(moved).1f %% of the keys on this "
            "ring; over all rings the mean is %(added)d/%(after)d = %(mean_moved).1f %%. By "
            "remainder %(moved_without).1f %% move."
        )
        % numbers
    )


def load_sentence(numbers: Mapping[str, float]) -> str:
    """Who is busiest, and whether keys or the hot key make it so."""
    if not numbers["hot"]:
        return (
            ngettext(
                "With no hot key, load follows keys: the busiest node takes %(busiest).2f times "
                "the mean, with %(virtual)d point per node on the ring.",
                "With no hot key, load follows keys: the busiest node takes %(busiest).2f times "
                "the mean, with %(virtual)d points per node on the ring.",
                int(numbers["virtual"]),
            )
            % numbers
        )
    return (
        ngettext(
            "The largest share of keys is %(largest).2f times the mean. With %(hot)d %% of the "
            "load on one key, in one piece, the busiest node takes %(busiest).2f times the mean; "
            "on a perfectly even ring it would be %(even_ring).2f.",
            "The largest share of keys is %(largest).2f times the mean. With %(hot)d %% of the "
            "load on one key, in parts on %(pieces)d nodes, the busiest node takes %(busiest).2f "
            "times the mean; on a perfectly even ring it would be %(even_ring).2f.",
            int(numbers["pieces"]),
        )
        % numbers
    )


def tail_sentence(numbers: Mapping[str, float]) -> str:
    """What asking all shards costs."""
    if not numbers["hot"]:
        return (
            _(
                "Each shard is slow in %(slow).1f %% of its answers: a read of all %(after)d "
                "shards waits for a slow one in %(all_slow).1f %% of cases, and of all reads "
                "%(slow_reads).1f %% do."
            )
            % numbers
        )
    return (
        _(
            "Each shard is slow in %(slow).1f %% of its answers: a read of all %(after)d shards "
            "waits for a slow one in %(all_slow).1f %% of cases, a read of the hot key in "
            "%(hot_slow).1f %%, and of all reads %(slow_reads).1f %% do."
        )
        % numbers
    )

"""Idempotent consumer: orders that are delivered twice, and cards that are charged twice.

*Without the pattern* the consumer charges the card for whatever is delivered.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop

from labs.base import (
    Challenge,
    Curve,
    Half,
    Lab,
    Option,
    Prediction,
    Preset,
    Reading,
    Run,
    Scale,
    at_least,
    at_most,
    parameter,
)
from labs.catalog.microservices._deliveries import (
    CAUSES,
    CHECK,
    CLAIM,
    FORGOTTEN,
    INBOX,
    KILLED,
    NO_KEY,
    ORDERS,
    OTHER_KEY,
    RACE,
    RATE,
    SLOW,
    UNRECORDED,
    Consumed,
    Consumer,
    Order,
    consumed,
)
from labs.catalog.microservices._idempotent_consumer_told import (
    CAUSE_TEXTS,
    DAY_S,
    EVENT_TEXTS,
    HOUR_S,
    TTL_TEXTS,
    copies_sentence,
    copies_table,
    log_of,
    memory_sentence,
    wrong_sentence,
)
from simulation import percentile


@dataclass(frozen=True, slots=True)
class Parameters:
    """The controls; the defaults look up, act, and remember for ten minutes."""

    duplicates: int = parameter(
        5,
        label=lazy("Orders delivered twice"),
        unit="%",
        minimum=0,
        maximum=20,
        step=1,
        help=lazy("For half of them the sender tried again, for half the answer was lost."),
    )
    killed: int = parameter(
        1,
        label=lazy("Consumers killed"),
        unit="%",
        minimum=0,
        maximum=5,
        step=1,
        help=lazy(
            "Share of orders: dead just before the charge, just after it, or before the answer."
        ),
    )
    replay: int = parameter(
        HOUR_S,
        label=lazy("Operator replays orders"),
        choices={
            0: lazy("never"),
            HOUR_S: lazy("after 1 h"),
            12 * HOUR_S: lazy("after 12 h"),
            3 * DAY_S: lazy("after 3 days"),
        },
        help=lazy("One order in a hundred is sent in once more, though it had been charged."),
    )
    visibility_s: int = parameter(
        30,
        label=lazy("Visibility timeout"),
        unit="s",
        minimum=5,
        maximum=600,
        step=5,
        help=lazy(
            "The broker delivers again what has no answer by then. A charge takes 7 s on average."
        ),
    )
    key: str = parameter(
        "order",
        label=lazy("Key"),
        choices={"order": lazy("order number"), "message": lazy("broker’s message id")},
        help=lazy("What a delivery is recognised by. Only the broker’s own copies keep its id."),
    )
    keeping: str = parameter(
        CHECK,
        label=lazy("How it is kept"),
        choices={
            CHECK: lazy("look up, charge, record"),
            CLAIM: lazy("record, then charge"),
            INBOX: lazy("both in one transaction"),
        },
        help=lazy("In which order key and charge are written; each step may be the last one."),
    )
    ttl: int = parameter(
        600,
        label=lazy("Keys kept for"),
        choices=TTL_TEXTS,
        help=lazy("How long a key is remembered; ten orders a second leave ten keys a second."),
    )


def _consumer(parameters: Parameters, *, protected: bool) -> Consumer:
    return Consumer(
        duplicates=parameters.duplicates / 100,
        killed=parameters.killed / 100,
        visibility_s=float(parameters.visibility_s),
        replay_s=float(parameters.replay),
        keeping=parameters.keeping if protected else NO_KEY,
        by_order=parameters.key == "order",
        ttl_s=float(parameters.ttl),
    )


DUPLICATES = at_least("duplicates", 5, "%", lazy("At least 5 % of orders are delivered twice"))
KILLS = at_least("killed", 1, "%", lazy("Consumers are killed at 1 % of orders or more"))
NONE_WRONG = at_most("wrong", 0, "", lazy("Every order is charged exactly once"))


def _fate(run: Run) -> str:
    twice, never = run.totals["twice"] > 0, run.totals["never"] > 0
    return {(0, 0): "once", (1, 0): "twice", (0, 1): "never", (1, 1): "both"}[twice, never]


class IdempotentConsumerLab(Lab[Parameters]):
    """Four thousand orders, some of which come more than once."""

    slug = "idempotent-consumer"
    title = lazy("The card is charged twice")
    pattern = lazy("Idempotent consumer")
    group = lazy("Data")
    version = 1
    summary = lazy(
        "Senders try again, answers get lost, consumers die, operators replay: orders arrive more "
        "than once. See which copies a consumer recognises, and which way of remembering fails."
    )
    parameters = Parameters
    presets = {
        "sqs": Preset(
            lazy("SQS message id"),
            Parameters(visibility_s=30, key="message"),
            lazy(
                "Amazon SQS’s default visibility timeout of 30 s (it allows 0 s to 12 h), with "
                "the message id taken for a key. Kills and copies are this lab’s own."
            ),
        ),
        "stripe": Preset(
            lazy("Stripe"),
            Parameters(keeping=INBOX, ttl=DAY_S),
            lazy(
                "Stripe’s API keeps idempotency keys for at least 24 h. The transaction and the "
                "queue are this lab’s own."
            ),
        ),
        "short-memory": Preset(
            lazy("Memory shorter than the timeout"),
            Parameters(replay=0, keeping=INBOX, ttl=10),
            lazy("Keys live for 10 s, and copies of what was not acknowledged come after 30 s."),
        ),
    }
    event_texts = EVENT_TEXTS
    curves = (
        Curve("wrong", noop("Wrong charges"), ""),
        Curve("copies", noop("Copies delivered"), ""),
        Curve("recognised", noop("Copies recognised"), ""),
    )
    readings = (
        Reading("wrong", noop("Wrong charges"), "", "down"),
        Reading("twice", noop("Extra charges"), "", "down"),
        Reading("never", noop("Orders never charged"), "", "down"),
        Reading("early", noop("Copies while still at work"), "", "down"),
        Reading("latest_s", noop("99.9 % of first charges within"), "s", "down"),
        Reading("keys", noop("Keys to keep"), "", "down"),
    )
    challenges = (
        Challenge(
            "exactly-once",
            lazy("Exactly one charge"),
            lazy(
                "With at least 5 % of orders delivered twice, consumers killed at 1 % or more and "
                "a replay after an hour or more, charge every order exactly once."
            ),
            "easy",
            (
                DUPLICATES,
                KILLS,
                at_least("replay", HOUR_S, "s", lazy("Replays come after an hour or more")),
                NONE_WRONG,
            ),
        ),
        Challenge(
            "exactly-once-for-less",
            lazy("Exactly one charge, for less"),
            lazy(
                "With at least 5 % of orders delivered twice, consumers killed at 1 % or more and "
                "a replay after 12 h or more: charge every order exactly once, keep at most "
                "1,000,000 keys, have at most 15 copies delivered while the first is still at "
                "work, and charge 99.9 % of orders within 75 s in spite of kills."
            ),
            "hard",
            (
                DUPLICATES,
                KILLS,
                at_least("replay", 12 * HOUR_S, "s", lazy("Replays come after 12 h or more")),
                NONE_WRONG,
                at_most("keys", 1_000_000, "", lazy("At most 1,000,000 keys are kept")),
                at_most("early", 15, "", lazy("At most 15 copies come while still at work")),
                at_most("latest_s", 75, "s", lazy("99.9 % of orders are charged within 75 s")),
            ),
        ),
    )
    prediction = Prediction(
        lazy(
            "The key is recorded first, under a unique constraint, then the card is charged. Keys "
            "are kept for 24 h. At one order in a hundred the consumer is killed. What becomes of "
            "the orders?"
        ),
        (
            Option("once", lazy("Each is charged exactly once")),
            Option("twice", lazy("Some are charged twice, none is left out")),
            Option("never", lazy("Some are never charged, none twice")),
            Option("both", lazy("Some are charged twice and some never")),
        ),
        Parameters(keeping=CLAIM, ttl=DAY_S),
        _fate,
        lambda run: (
            _(
                "Extra charges: %(twice)d. Never charged: %(never)d. A consumer that dies "
                "between key and charge leaves a key that turns every further copy away."
            )
            % dict(run.totals)
        ),
    )

    def scale(self, parameters: Parameters) -> Scale:
        """Why copies come, in the order in which they do."""
        places = tuple(float(place) for place in range(1, len(CAUSES) + 1))
        return Scale(noop("Copy"), "", places, tuple(CAUSE_TEXTS[cause] for cause in CAUSES))

    def half(self, parameters: Parameters, *, seed: int, protected: bool) -> Half:
        """Four thousand orders, with keys or without."""
        run = consumed(seed, _consumer(parameters, protected=protected))
        orders = run.told
        counted = {
            "wrong": _by_cause(_wrong_causes(orders)),
            "copies": _by_cause([cause for one in orders for cause in one.copies]),
            "recognised": _by_cause([cause for one in orders for cause in one.recognised]),
        }
        curves = {name: tuple(map(float, counts.values())) for name, counts in counted.items()}
        totals = _totals(run, RATE * parameters.ttl if protected else 0)
        return Half(curves, totals, log_of(orders), (copies_table(counted),))

    def explain(self, run: Run) -> Sequence[str]:
        """How many copies came, what they did, and what remembering them costs."""
        totals = dict(run.totals)
        return [copies_sentence(totals), wrong_sentence(totals), memory_sentence(run)]


def _wrong_causes(orders: Sequence[Order]) -> list[str]:
    twice = [effect.cause for one in orders for effect in one.extra]
    return twice + [KILLED for one in orders if not one.effects]


def _by_cause(causes: Sequence[str]) -> dict[str, int]:
    return {cause: causes.count(cause) for cause in CAUSES}


def _totals(run: Consumed, keys: int) -> dict[str, float]:
    orders = run.told
    reasons = [effect.reason for one in orders for effect in one.extra]
    never = sum(not one.effects for one in orders)
    return {
        "orders": float(ORDERS),
        "copies": float(sum(len(one.copies) for one in orders)),
        "recognised": float(sum(len(one.recognised) for one in orders)),
        "early": float(sum(one.copies.count(SLOW) for one in orders)),
        "twice": float(len(reasons)),
        "never": float(never),
        "wrong": float(len(reasons) + never),
        "races": float(reasons.count(RACE)),
        "forgotten": float(reasons.count(FORGOTTEN)),
        "other_key": float(reasons.count(OTHER_KEY)),
        "unrecorded": float(reasons.count(UNRECORDED)),
        "latest_s": percentile(run.charged_after_s, 0.999),
        "latest_copy_s": max((one.latest for one in orders), default=0.0),
        "keys": float(keys),
    }


LAB = IdempotentConsumerLab()

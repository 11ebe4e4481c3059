"""Orders to charge that arrive more than once: the model behind the idempotent-consumer lab.

Copies meet only copies of the same order, so each order is followed on its own. A delivery sees
what those that began before it have recorded; its own luck is drawn before anything is decided.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from simulation import Streams

ORDERS = 4000
RATE = 10  # orders per second
WORK_S = 7.0  # mean of an exponential time
SENDER_WAIT_S = 20.0  # the sender tries again after anything up to this
REPLAY_SPREAD_S = 600.0
REPLAY_SHARE = 0.01
MOST_DELIVERIES = 4  # of one message by the broker

FIRST, SENDER, SLOW, ACK, KILLED, REPLAY = "first", "sender", "slow", "ack", "killed", "replay"
CAUSES = (SENDER, SLOW, ACK, KILLED, REPLAY)

NO_KEY, CHECK, CLAIM, INBOX = "no key", "check", "claim", "inbox"

# where a consumer is killed, and why a copy was not recognised
ALIVE, BEFORE_EFFECT, AFTER_EFFECT, BEFORE_ACK = range(4)
OTHER_KEY, FORGOTTEN, RACE, UNRECORDED = "other key", "forgotten", "race", "unrecorded"


@dataclass(frozen=True, slots=True)
class Consumer:
    """How deliveries go wrong and what the consumer does about it; shares are in [0, 1].

    `keeping` says how a key is recorded; `by_order` that it names the order, not the message.
    """

    duplicates: float
    killed: float
    visibility_s: float
    replay_s: float  # 0 for no replay
    keeping: str
    by_order: bool
    ttl_s: float


class Luck(NamedTuple):
    """What chance holds for one order."""

    duplicated: float
    kind: float
    killed: float
    replayed: float
    sender_wait: float
    replay_wait: float
    work_s: float


class Delivery(NamedTuple):
    """One delivery of an order; times in seconds since its first one."""

    at: float
    message: int  # the broker's own number for it
    cause: str
    work_s: float
    killed: int = ALIVE
    ack_lost: bool = False


class Effect(NamedTuple):
    """A charge that a delivery made, and why the delivery had not been recognised."""

    at: float
    cause: str
    reason: str


@dataclass(slots=True)
class Order:
    """What became of one order."""

    number: int
    copies: list[str] = field(default_factory=list)  # causes of deliveries but the first
    recognised: list[str] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    latest: float = 0.0  # when the last copy came

    @property
    def extra(self) -> list[Effect]:
        """Every charge but the one that was wanted: that of the first delivery, or else the
        earliest."""
        return sorted(self.effects, key=lambda one: (one.cause != FIRST, one.at))[1:]

    @property
    def charged_at(self) -> float:
        """When the order was first charged; infinite if it never was."""
        return min((one.at for one in self.effects), default=inf)


class Consumed(NamedTuple):
    """The orders of a run: those with a story, and when the others were charged."""

    told: list[Order]
    plain_s: list[float]

    @property
    def charged_after_s(self) -> list[float]:
        """How long each order waited for its first charge, sorted; without those never charged."""
        return sorted(self.plain_s + [one.charged_at for one in self.told if one.effects])


def consumed(seed: int, consumer: Consumer) -> Consumed:
    """All orders of a run; nine in ten come once, are charged once, and have no story."""
    lucks = _lucks(Streams(seed))
    duplicates, killed, visibility_s = consumer.duplicates, consumer.killed, consumer.visibility_s
    replayed = REPLAY_SHARE if consumer.replay_s else 0.0
    told, plain_s = [], []
    for number, luck in enumerate(lucks):
        if (
            luck.duplicated >= duplicates
            and luck.killed >= killed
            and luck.replayed >= replayed
            and luck.work_s <= visibility_s
        ):
            plain_s.append(luck.work_s)
        else:
            told.append(_Story(Order(number), number, lucks, consumer).told())
    return Consumed(told, plain_s)


def _lucks(streams: Streams) -> list[Luck]:
    names = ("duplicates", "kinds", "kills", "replays", "sender", "replay times")
    sources = [streams.random(name) for name in names]
    sources.append(streams.exponential("work", WORK_S))
    columns = [[source() for _ in range(ORDERS)] for source in sources]
    return list(map(Luck._make, zip(*columns, strict=True)))


class _Story:
    """One order from its first delivery to its last copy."""

    __slots__ = ("_consumer", "_index", "_locked_until", "_luck", "_lucks", "_order", "_records")

    def __init__(self, order: Order, index: int, lucks: Sequence[Luck], consumer: Consumer) -> None:
        self._order = order
        self._index = index
        self._lucks = lucks
        self._luck = lucks[index]
        self._consumer = consumer
        self._records: list[tuple[int, float, float]] = []  # key, from, until
        self._locked_until: dict[int, float] = {}

    def told(self) -> Order:
        """The order after all its deliveries, taken in the order in which they begin."""
        waiting = list(self._from_outside())
        own: Delivery | None = self._first()
        acked_at, count = inf, 1
        while own is not None or waiting:
            if own is None or (waiting and waiting[0].at < own.at):
                self._take(waiting.pop(0))
                continue
            acked_at = min(acked_at, self._take(own))
            due = own.at + self._consumer.visibility_s
            again = acked_at > due and count < MOST_DELIVERIES
            own = self._redelivered(own, due, count) if again else None
            count += 1
        return self._order

    def _is_replayed(self) -> bool:
        return self._consumer.replay_s > 0.0 and self._luck.replayed < REPLAY_SHARE

    def _first(self) -> Delivery:
        luck, consumer = self._luck, self._consumer
        killed = 1 + int(3 * luck.killed / consumer.killed) if luck.killed < consumer.killed else 0
        ack_lost = luck.duplicated < consumer.duplicates and luck.kind >= 0.5
        return Delivery(0.0, 0, FIRST, luck.work_s, killed, ack_lost)

    def _from_outside(self) -> Iterator[Delivery]:
        luck, consumer = self._luck, self._consumer
        if luck.duplicated < consumer.duplicates and luck.kind < 0.5:
            yield Delivery(luck.sender_wait * SENDER_WAIT_S, 1, SENDER, self._other_work(1))
        if self._is_replayed():
            at = consumer.replay_s + luck.replay_wait * REPLAY_SPREAD_S
            yield Delivery(at, 2, REPLAY, self._other_work(2))

    def _redelivered(self, before: Delivery, at: float, count: int) -> Delivery:
        """The broker's next delivery of the message whose last one was not acknowledged."""
        cause = SLOW
        if before.killed:
            cause = KILLED
        elif before.ack_lost and before.at + before.work_s <= at:
            cause = ACK
        return Delivery(at, 0, cause, self._other_work(2 + count))

    def _other_work(self, number: int) -> float:
        # another order's time is as good as a new one, and shifts no stream
        return self._lucks[(self._index + 997 * number) % ORDERS].work_s

    def _take(self, delivery: Delivery) -> float:
        """Let the consumer work on a delivery; when it acknowledges it, if ever."""
        order, keeping = self._order, self._consumer.keeping
        if delivery.cause != FIRST:
            order.copies.append(delivery.cause)
            order.latest = max(order.latest, delivery.at)
        key = 0 if self._consumer.by_order else delivery.message
        begun = max(delivery.at, self._locked_until.get(key, 0.0))
        if keeping != NO_KEY and self._knows(key, begun):
            order.recognised.append(delivery.cause)
            return begun
        reason = self._reason(key, begun)
        done = begun + delivery.work_s
        charged = self._works(delivery, key, begun, done)
        if charged:
            order.effects.append(Effect(done, delivery.cause, reason))
        return inf if delivery.killed or delivery.ack_lost else done

    def _works(self, delivery: Delivery, key: int, begun: float, done: float) -> bool:
        """Record and charge in the consumer's way; whether the charge was made for good."""
        keeping, killed = self._consumer.keeping, delivery.killed
        if keeping == CLAIM:
            self._record(key, begun)
        elif keeping == CHECK and killed in (ALIVE, BEFORE_ACK):
            self._record(key, done)
        elif keeping == INBOX:
            ended = begun + delivery.work_s / 2 if killed == BEFORE_EFFECT else done
            self._locked_until[key] = ended
            if killed in (BEFORE_EFFECT, AFTER_EFFECT):
                return False  # the transaction is rolled back, the charge with it
            self._record(key, done)
        return killed != BEFORE_EFFECT

    def _record(self, key: int, at: float) -> None:
        self._records.append((key, at, at + self._consumer.ttl_s))

    def _knows(self, key: int, at: float) -> bool:
        return any(one == key and begin <= at < end for one, begin, end in self._records)

    def _reason(self, key: int, at: float) -> str:
        """Why a delivery that begins now is not recognised; for the first there is none."""
        records = self._records
        if any(one == key and end <= at for one, _begin, end in records):
            return FORGOTTEN
        if any(one == key for one, _begin, _end in records):
            return RACE  # recorded by somebody who is still at work
        return OTHER_KEY if records else UNRECORDED

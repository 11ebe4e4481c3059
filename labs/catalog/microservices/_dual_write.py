"""An order and its event, written to a database and a broker: the model behind the outbox lab.

Both halves get the same orders and the same kills; a kill always hits the process that has one
certain order in hand, after a certain number of its three writes.
"""

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import inf

from simulation import EventLog, Streams

ORDERS_END_S = 50.0
END_S = 60.0
DOWN_S = 10.0
PUBLISH_S = 0.002
TRIP_S = 0.01  # one call to the database: read the outbox, or mark what was sent
RESTART_S = 1.0
POINTS = (1, 2, 3, 4)  # killed before the first write, … after the third

COMMIT, PUBLISH, ANSWER, COMMIT_BOTH, MARK = "commit", "publish", "answer", "commit both", "mark"
DESIGNS = {
    "commit": (COMMIT, PUBLISH, ANSWER),
    "publish": (PUBLISH, COMMIT, ANSWER),
    "outbox": (COMMIT_BOTH, PUBLISH, MARK),
}
NOTHING, LOST, INVENTED, UNANSWERED, LATER, AGAIN, FINE = (
    "nothing",
    "lost",
    "invented",
    "unanswered",
    "later",
    "again",
    "fine",
)


def aftermath(design: str, point: int) -> str:
    """What is left when the process is killed at this point of a design, after recovery."""
    written = set(DESIGNS[design][: point - 1])
    saved, sent = COMMIT in written or COMMIT_BOTH in written, PUBLISH in written
    if not saved and not sent:
        return NOTHING
    if not saved:
        return INVENTED
    if design == "outbox":  # the relay sends whatever is not marked
        return LATER if not sent else AGAIN if MARK not in written else FINE
    return LOST if not sent else FINE if ANSWER in written else UNANSWERED


@dataclass(frozen=True, slots=True)
class World:
    """The orders and what happens to them: the same for every design."""

    arrivals: tuple[float, ...]
    kills: dict[int, int]  # index of the order in hand → point
    back_s: float

    def broker_down(self, time_s: float) -> bool:
        """Whether the broker refuses events."""
        return DOWN_S <= time_s < self.back_s


def world(seed: int, *, rate: float, outage_s: float, kills: int, points: Sequence[int]) -> World:
    """Orders at `rate` per second, and `kills` at random times, at the `points` in turn."""
    streams = Streams(seed)
    arrivals = tuple(_arrivals(streams, rate))
    draw = streams.uniform("kills", 0.0, ORDERS_END_S)
    hit: dict[int, int] = {}
    for number in range(kills):
        index = bisect(arrivals, draw())
        while index in hit:
            index += 1
        if index < len(arrivals):
            hit[index] = points[number % len(points)]
    return World(arrivals, hit, DOWN_S + outage_s)


def _arrivals(streams: Streams, rate: float) -> Iterator[float]:
    gap = streams.exponential("arrivals", 1.0 / rate)
    time_s = gap()
    while time_s < ORDERS_END_S:
        yield time_s
        time_s += gap()


@dataclass(slots=True)
class Books:
    """What database and broker hold; times are infinite for what never came about.

    `saved` and `sent` have one entry per order, `copies` the times of events sent once more.
    """

    saved: list[float]
    sent: list[float]
    copies: list[float] = field(default_factory=list)
    calls: int = 0  # to the database, by the relay
    relayed: bool = False  # whether what is not sent yet will be sent later
    log: EventLog = field(default_factory=EventLog)

    def disagreeing(self, times: Sequence[float]) -> tuple[float, ...]:
        """Orders without an event plus events without an order, at each of the times."""
        pairs = list(zip(self.saved, self.sent, strict=True))
        begins = sorted(min(pair) for pair in pairs)
        ends = sorted(max(pair) for pair in pairs)
        return tuple(float(bisect(begins, one) - bisect(ends, one)) for one in times)

    def waits(self) -> list[tuple[float, float]]:
        """When each order was saved, and how long its event took or has waited so far.

        An event that was lost does not wait.
        """
        return [
            (saved, min(sent, END_S) - saved)
            for saved, sent in zip(self.saved, self.sent, strict=True)
            if saved < inf and (sent < inf or self.relayed)
        ]


def dual_write(design: str, these: World) -> Books:
    """Two writes, one after the other, by the process that takes the order."""
    books = Books([], [])
    for index, arrived in enumerate(these.arrivals):
        saved, sent = _written(design, these, arrived, these.kills.get(index, len(POINTS)))
        books.saved.append(saved)
        books.sent.append(sent)
    return books


def _written(design: str, these: World, arrived: float, point: int) -> tuple[float, float]:
    done: dict[str, float] = {}
    for action in DESIGNS[design][: point - 1]:
        if action == PUBLISH and these.broker_down(arrived):
            break
        done[action] = arrived + (PUBLISH_S if action == PUBLISH else 0.0)
    return done.get(COMMIT, inf), done.get(PUBLISH, inf)


def outbox(these: World, *, poll_s: float, batch: int) -> Books:
    """The event is saved with the order; a relay polls for events and sends them."""
    saved = [
        inf if these.kills.get(index) == 1 else arrived
        for index, arrived in enumerate(these.arrivals)
    ]
    books = Books(saved, [inf] * len(saved), relayed=True)
    _log_outage(books.log, these)
    for index, point in these.kills.items():
        if point <= 2:
            books.log.add(these.arrivals[index], "shop", f"killed {point}", order=index + 1)
    _Relay(these, books, poll_s, batch).run()
    books.log.events.sort(key=lambda event: event.time_s)
    return books


def _log_outage(log: EventLog, these: World) -> None:
    if these.back_s > DOWN_S:
        log.add(DOWN_S, "broker", "down begins")
        log.add(these.back_s, "broker", "down ends")


class _Relay:
    """Reads a batch of events in order, sends them one by one, marks them together."""

    def __init__(self, these: World, books: Books, poll_s: float, batch: int) -> None:
        self._world = these
        self._books = books
        self._poll_s = poll_s
        self._batch = batch
        self._rows = [index for index, saved in enumerate(books.saved) if saved < inf]
        self._saved = [books.saved[index] for index in self._rows]
        self._marked = 0  # rows from the beginning that are done with
        self._killed: set[int] = set()

    def run(self) -> None:
        """Poll until the run ends."""
        now = self._poll_s
        while now < END_S:
            now = self._poll(now)

    def _poll(self, now: float) -> float:
        """Work on one batch; when the next poll is due."""
        self._books.calls += 1
        first = self._marked
        rows = self._rows[first : min(first + self._batch, bisect(self._saved, now))]
        if not rows or self._world.broker_down(now):
            return self._next_tick(now)
        now += TRIP_S
        for count, index in enumerate(rows, start=1):
            now += PUBLISH_S
            self._send(index, now)
            if self._killed_at(index, 3):
                self._books.log.add(now, "relay", "killed 3", count=count)
                return now + RESTART_S
        return self._mark(rows, now + TRIP_S)

    def _send(self, index: int, now: float) -> None:
        if self._books.sent[index] < inf:
            self._books.copies.append(now)
        else:
            self._books.sent[index] = now

    def _mark(self, rows: Sequence[int], now: float) -> float:
        self._books.calls += 1
        self._marked += len(rows)
        killers = [index for index in rows if self._killed_at(index, 4)]
        if killers:
            self._books.log.add(now, "relay", "killed 4", count=len(rows))
            return now + RESTART_S
        return now if len(rows) == self._batch else self._next_tick(now)

    def _killed_at(self, index: int, point: int) -> bool:
        if self._world.kills.get(index) != point or index in self._killed:
            return False
        self._killed.add(index)
        return True

    def _next_tick(self, now: float) -> float:
        tick = int(now / self._poll_s) + 1
        if tick * self._poll_s <= now:  # the division was rounded down
            tick += 1
        return tick * self._poll_s

"""Three teams on one database, or on one each: the model behind the database-per-service lab."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import simulation
from labs.readings import Axis, arrived_within, percent_of, served, served_percent
from simulation import Done, Handler, Outcome, Record, Request, Simulator, Streams, percentile
from simulation.policies import timeout

DURATION_S = 40.0
AXIS = Axis(width_s=0.5, count=80)
RATE = 50.0
KINDS = ("catalogue", "list", "profile")
CATALOGUE_SHARE, LIST_SHARE = 0.4, 0.4
QUERY_S = 0.004
CONNECTIONS = 20  # of the shared database; each team's own has half as many
OWN_CONNECTIONS = 10
PATIENCE_S = 2.0
LOCK_S = 12.0  # when the migration begins
SETTLED_S = 1.0  # after its end, times count as normal again
MOST_EVENTS = 60_000


class Joining(Enum):
    """How order lists get the names of customers out of another team's database."""

    IN_TURN = "in-turn"
    AT_ONCE = "at-once"
    BATCH = "batch"
    COPY = "copy"


class Instead(Enum):
    """What a list does without an answer."""

    FAIL = "fail"
    NAMELESS = "nameless"
    COPY = "copy"


@dataclass(frozen=True, slots=True)
class Composing:
    """How order lists are put together; times in seconds, shares in [0, 1]."""

    rows: int
    joining: Joining
    call_s: float
    timeout_s: float
    instead: Instead

    @property
    def calls(self) -> int:
        """Calls to the customers service per list, when none fails."""
        if self.joining is Joining.COPY:
            return 0
        return 1 if self.joining is Joining.BATCH else self.rows


class TableLock:
    """Statements on a locked table wait, and keep their connections while they do."""

    def __init__(self, simulator: Simulator, kinds: Sequence[str], end_s: float) -> None:
        self.end_s = end_s
        self._kinds = tuple(kinds)
        self._is_locked = False
        self._waiting: list[tuple[Request, Done]] = []
        if end_s > LOCK_S:
            simulator.at(LOCK_S, self._lock)
            simulator.at(end_s, self._release)

    def __call__(self, request: Request, done: Done) -> None:
        """Let a statement go on at once or once the table is free."""
        if self._is_locked and request.kind in self._kinds:
            self._waiting.append((request, done))
        else:
            done(request, Outcome.OK)

    def _lock(self, _argument: None) -> None:
        self._is_locked = True

    def _release(self, _argument: None) -> None:
        self._is_locked = False
        waiting, self._waiting = self._waiting, []
        for request, done in waiting:
            done(request, Outcome.OK)


class Site:
    """Forty seconds of requests to three teams' services."""

    def __init__(
        self, *, seed: int, availability: float, lock_s: float, composing: Composing | None
    ) -> None:
        """Without `composing` all three share a database, and lists are one join."""
        self.simulator = Simulator(max_events=MOST_EVENTS)
        self.streams = Streams(seed)
        self.log = simulation.EventLog()
        self.ledger = simulation.Ledger()
        self.kinds: list[str] = []  # by request id
        self.calls: list[float] = []  # when the customers service was called for a list
        self.asked: dict[int, int] = {}  # calls made for a list
        self.named: dict[int, bool] = {}  # lists with names: whether from an older copy
        self.end_s = LOCK_S + lock_s
        self._availability = availability
        self._rows_luck = self.streams.random("luck of rows")
        self._tell_lock(lock_s)
        if composing is None:
            route = self._shared()
        else:
            self._composing = composing
            self._call_time = self.streams.exponential("calls", composing.call_s)
            route = self._apart()
        self._clients(route)
        self.simulator.run()

    def _tell_lock(self, lock_s: float) -> None:
        def tell(kind: str) -> None:
            self.log.add(self.simulator.now, "customers", kind)

        if lock_s:
            self.simulator.at(LOCK_S, tell, "lock begins")
            self.simulator.at(self.end_s, tell, "lock ends")

    def _database(self, name: str, connections: int, locked: Sequence[str]) -> Handler:
        """A database whose calls are given up after two seconds, though statements go on."""
        service = simulation.Service(
            self.simulator,
            name,
            servers=connections,
            service_time=self.streams.exponential(name, QUERY_S),
            downstream=TableLock(self.simulator, locked, self.end_s),
        )
        told: list[float] = []

        def watch(_request: Request) -> None:
            if service.busy == service.servers and not told:
                told.append(self.simulator.now)
                self.log.add(self.simulator.now, name, "full", connections=connections)

        return timeout(self.simulator, simulation.tapped(service, watch), PATIENCE_S)

    def _shared(self) -> dict[str, Handler]:
        database = self._database("shared database", CONNECTIONS, ("list", "profile"))

        def joined(request: Request, done: Done) -> None:
            self.named[request.id] = False
            database(request, done)

        return {"catalogue": database, "list": joined, "profile": database}

    def _apart(self) -> dict[str, Handler]:
        orders = self._database("orders database", OWN_CONNECTIONS, ())

        def composed(request: Request, done: Done) -> None:
            def join(_request: Request, outcome: Outcome) -> None:
                if outcome is Outcome.OK:
                    self._compose(request, done)
                else:
                    done(request, outcome)

            orders(request, join)

        return {
            "catalogue": self._database("catalogue database", OWN_CONNECTIONS, ()),
            "list": composed,
            "profile": self._database("customers database", OWN_CONNECTIONS, ("profile",)),
        }

    def _clients(self, route: dict[str, Handler]) -> None:
        chance, luck = self.streams.random("kinds"), self.streams.random("luck")

        def kind() -> str:
            at = chance()
            place = (at >= CATALOGUE_SHARE) + (at >= CATALOGUE_SHARE + LIST_SHARE)
            self.kinds.append(KINDS[place])
            return KINDS[place]

        def front(request: Request, done: Done) -> None:
            if luck() < self._availability:
                route[request.kind](request, done)
            else:
                done(request, Outcome.ERROR)

        gaps = self.streams.exponential("arrivals", 1.0 / RATE)
        simulation.OpenLoop(
            self.simulator, front, gaps, until_s=DURATION_S, kinds=kind, ledger=self.ledger
        )

    def _compose(self, request: Request, done: Done) -> None:
        """Get the names; what is certain beforehand is one event, however many calls."""
        composing = self._composing
        if composing.joining is Joining.COPY:
            self.named[request.id] = True
            done(request, Outcome.FALLBACK)
            return
        is_row = composing.joining is Joining.AT_ONCE
        before = len(self.calls)
        ended_s, answered = self._at_once() if is_row else self._in_turn()
        self.asked[request.id] = len(self.calls) - before

        def end(_argument: None) -> None:
            done(request, self._joined(request, answered=answered))

        self.simulator.at(ended_s, end)

    def _joined(self, request: Request, *, answered: bool) -> Outcome:
        instead = self._composing.instead
        if answered or instead is Instead.COPY:
            self.named[request.id] = not answered
        if answered:
            return Outcome.OK
        return Outcome.ERROR if instead is Instead.FAIL else Outcome.FALLBACK

    def _in_turn(self) -> tuple[float, bool]:
        """One call after the other, up to the first without an answer."""
        now, answered = self.simulator.now, True
        for _call in range(self._composing.calls):
            now, answered = self._call(now)
            if not answered:
                break
        return now, answered

    def _at_once(self) -> tuple[float, bool]:
        """All calls together: over at the first failure or with the last answer."""
        found = [self._call(self.simulator.now) for _call in range(self._composing.calls)]
        failures = [ended for ended, answered in found if not answered]
        return (min(failures), False) if failures else (max(ended for ended, _ in found), True)

    def _call(self, begun_s: float) -> tuple[float, bool]:
        """When a call to the customers service ends, and whether with an answer."""
        self.calls.append(begun_s)
        time_s, lucky = self._call_time(), self._rows_luck() < self._availability
        if LOCK_S <= begun_s < self.end_s:
            time_s += self.end_s - begun_s
        if time_s > self._composing.timeout_s:
            return begun_s + self._composing.timeout_s, False
        return begun_s + time_s, lucky

    def arrived(self, kind: str, start_s: float, end_s: float) -> list[Record]:
        """Requests of one kind that arrived in [start_s, end_s), in order."""
        records = arrived_within(self.ledger, start_s, end_s)
        return [record for record in records if self.kinds[record[0]] == kind]

    def normal_lists(self) -> list[Record]:
        """Order lists asked for long enough before or after the migration."""
        before = self.arrived("list", 0.0, LOCK_S - PATIENCE_S)
        return before + self.arrived("list", self.end_s + SETTLED_S, DURATION_S)

    def lists(self) -> simulation.Ledger:
        """The ledger of order lists alone."""
        ledger = simulation.Ledger()
        for record in self.ledger:
            if self.kinds[record[0]] == "list":
                ledger.rows += record
        return ledger

    def is_current(self, record: Record) -> bool:
        """Whether a list came in time with names that are not from a copy."""
        return served(record, PATIENCE_S) and self.named.get(record[0], True) is False

    def totals(self) -> dict[str, float]:
        """The raw numbers, by name."""
        locked = arrived_within(self.ledger, LOCK_S, self.end_s)
        lists_locked = self.arrived("list", LOCK_S, self.end_s)
        normal = self.normal_lists()
        asked = sum(self.asked.get(one[0], 0) for one in normal)
        has_names = [served(one, PATIENCE_S) and one[0] in self.named for one in lists_locked]
        return {
            "requests": float(len(self.kinds)),
            "served_lock": served_percent(locked, patience_s=PATIENCE_S),
            "catalogue_lock": served_percent(
                self.arrived("catalogue", LOCK_S, self.end_s), patience_s=PATIENCE_S
            ),
            "lists_lock": served_percent(lists_locked, patience_s=PATIENCE_S),
            "named_lock": percent_of(has_names),
            "lists_normal": served_percent(normal, patience_s=PATIENCE_S),
            "current_normal": percent_of([self.is_current(one) for one in normal]),
            "mean_ms": 1000.0 * sum(one[2] - one[1] for one in normal) / max(1, len(normal)),
            "p95_ms": _within_ms(normal),
            "p95_lock_ms": _within_ms(lists_locked),
            "calls_per_list": asked / max(1, len(normal)),
        }


def _within_ms(records: Sequence[Record]) -> float:
    """The time within which 95 % of calls ended; all of them end, after two seconds at most."""
    times = sorted(left - arrived for _id, arrived, left, _outcome in records)
    return 1000.0 * percentile(times, 0.95) if times else 0.0

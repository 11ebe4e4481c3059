"""Instances behind a balancer, with sessions in their memory or outside: the stateless lab's model.

A crash takes one instance at `CRASH_S` until `BACK_S`. At `BLOCK_S` one account in twenty is
blocked. At `ROLL_S` a roll-out replaces all instances in groups, and from `STORE_DOWN_S` to
`STORE_UP_S` the session store answers nothing but errors. The balancer notices at once when an
instance is gone, so a request fails only if it was under way there.
"""

from dataclasses import dataclass

import simulation
from labs.readings import Axis, served_percent
from simulation import Done, Handler, Outcome, Request, Simulator, Streams, constant

DURATION_S = 60.0
AXIS = Axis(width_s=0.5, count=120)
CRASH_S, BACK_S = 12.0, 20.0
BLOCK_S = 22.0
ROLL_S = 28.0
STORE_DOWN_S, STORE_UP_S = 54.0, 56.0
START_S = 2.0  # how long a new instance takes to be ready
WORKERS = 8
WAITING_ROOM = 40
CUSTOMERS = 300
BLOCKED_EVERY = 20
PATIENCE_S = 1.0
NOBODY = -1
MOST_EVENTS = 200_000  # of the engine; the busiest parameters need less than half of that


@dataclass(frozen=True, slots=True)
class Setting:
    """How the fleet is run; `batch` is the number of instances replaced at the same time."""

    instances: int
    rate: float
    work_s: float
    store_s: float
    token_s: float
    drain_s: float
    batch: int

    @property
    def roll_s(self) -> float:
        """How long the roll-out takes."""
        groups = -(-self.instances // min(self.batch, self.instances))
        return groups * (self.drain_s + START_S)


class Fleet:
    """One simulated minute, and the numbers that tiles and challenges need."""

    def __init__(self, setting: Setting, *, seed: int, stateless: bool) -> None:
        """Without `stateless` each customer's session lives in the memory of one instance."""
        self.setting = setting
        self.simulator = Simulator(max_events=MOST_EVENTS)
        self.streams = Streams(seed)
        self.log = simulation.EventLog()
        self.ledger = simulation.Ledger()
        self.customers: list[int] = []  # by request id
        self.sessions_crash = self.sessions_roll = 0
        self.failed_checks = 0
        self.checks = 0
        self.lost_crash = self.lost_roll = 0
        self._turn = 0
        self._stateless = stateless
        self._homes = [one % setting.instances for one in range(CUSTOMERS)]
        age = self.streams.random("token ages")
        self._expires = [age() * setting.token_s for _customer in range(CUSTOMERS)]
        self._signed_in = CUSTOMERS
        self._up = list(range(setting.instances))
        self._store = self._session_store()
        self._instances = self._fleet()
        self._plan()
        gauge = simulation.Gauge(
            self.simulator,
            {"sessions": self._sessions, "up": lambda: float(len(self._up))},
            width_s=AXIS.width_s,
            count=AXIS.count,
        )
        self.simulator.run()
        self.welcome = self._welcome()
        self.sessions = tuple(gauge.samples["sessions"])
        self.up = tuple(gauge.samples["up"])

    def _session_store(self) -> Handler:
        store = simulation.Service(
            self.simulator, "store", servers=10_000, service_time=constant(self.setting.store_s)
        )
        if self._stateless:
            outage = simulation.failing(STORE_DOWN_S, STORE_UP_S, kind="store")
            simulation.schedule(self.simulator, self.log, store, [outage])
        return store

    def _fleet(self) -> list[simulation.Service]:
        work = self.streams.exponential("work", self.setting.work_s)
        return [
            simulation.Service(
                self.simulator,
                f"instance {number + 1}",
                servers=WORKERS,
                queue_limit=WAITING_ROOM,
                service_time=work,
                downstream=self._check if self._stateless else None,
            )
            for number in range(self.setting.instances)
        ]

    def _plan(self) -> None:
        pick = self.streams.random("customers")

        def kind() -> str:
            self.customers.append(int(pick() * CUSTOMERS))
            return ""

        simulation.OpenLoop(
            self.simulator,
            self._balance if self._stateless else self._stick,
            self.streams.exponential("arrivals", 1.0 / self.setting.rate),
            until_s=DURATION_S,
            kinds=kind,
            ledger=self.ledger,
        )
        self.simulator.at(CRASH_S, self._crash)
        self.simulator.at(BACK_S, self._crashed_is_back)
        self.simulator.at(BLOCK_S, self._block)
        self.simulator.at(ROLL_S, self._roll, 0)

    # ---- requests ------------------------------------------------------------------------------

    def _balance(self, request: Request, done: Done) -> None:
        """Send a request to whichever instance's turn it is."""
        instance = self._next_up()
        if instance == NOBODY:
            done(request, Outcome.ERROR)
        else:
            self._instances[instance](request, done)

    def _stick(self, request: Request, done: Done) -> None:
        """Send a request to the instance that has its customer's session."""
        customer = self.customers[request.id]
        home = self._homes[customer]
        if home != NOBODY:
            self._instances[home](request, done)
            return
        if self._up and not self.is_blocked(customer, self.simulator.now):
            self._homes[customer] = self._next_up()  # signs in again, for the next request
            self._signed_in += 1
        done(request, Outcome.REFUSED)

    def _next_up(self) -> int:
        if not self._up:
            return NOBODY
        self._turn += 1
        return self._up[self._turn % len(self._up)]

    def _check(self, request: Request, done: Done) -> None:
        """Accept a token that is still good; ask the store for a new one otherwise."""
        customer, now = self.customers[request.id], self.simulator.now
        if now < self._expires[customer]:
            done(request, Outcome.OK)
            return
        self.checks += 1
        blocked = self.is_blocked(customer, now)

        def checked(_request: Request, outcome: Outcome) -> None:
            if outcome is not Outcome.OK:
                self.failed_checks += 1
                done(request, outcome)
            elif blocked:
                done(request, Outcome.REFUSED)
            else:
                self._expires[customer] = self.simulator.now + self.setting.token_s
                done(request, Outcome.OK)

        self._store(request, checked)

    @staticmethod
    def is_blocked(customer: int, now: float) -> bool:
        """Whether a customer's account is blocked at this time."""
        return now >= BLOCK_S and customer % BLOCKED_EVERY == 0

    # ---- what happens to instances --------------------------------------------------------------

    def _kill(self, instance: int) -> tuple[int, int]:
        """End an instance; returns how many requests and how many sessions went with it."""
        service = self._instances[instance]
        under_way = service.busy + service.queue_length
        service.crash()
        return under_way, self._forget(instance)

    def _forget(self, instance: int) -> int:
        """Lose the sessions in one instance's memory, if that is where they are."""
        if self._stateless:
            return 0
        gone = [customer for customer, home in enumerate(self._homes) if home == instance]
        for customer in gone:
            self._homes[customer] = NOBODY
        self._signed_in -= len(gone)
        return len(gone)

    def _crash(self, _argument: None) -> None:
        self._up.remove(0)
        requests, sessions = self._kill(0)
        self.lost_crash, self.sessions_crash = requests, sessions
        self._note("instance 1", "crash", requests=requests, sessions=sessions)

    def _crashed_is_back(self, _argument: None) -> None:
        self._open(0)
        self._note("instance 1", "back")

    def _open(self, instance: int) -> None:
        self._up = sorted([*self._up, instance])

    def _block(self, _argument: None) -> None:
        self._note("accounts", "block", accounts=CUSTOMERS // BLOCKED_EVERY)

    def _roll(self, first: int) -> None:
        """Take the group that begins with instance `first` out of the balancer."""
        group = range(first, min(first + self.setting.batch, self.setting.instances))
        self._up = [one for one in self._up if one not in group]
        self.simulator.after(self.setting.drain_s, self._replace, group)

    def _replace(self, group: range) -> None:
        requests = sessions = 0
        for instance in group:
            under_way, lost = self._kill(instance)
            requests, sessions = requests + under_way, sessions + lost
        self.lost_roll += requests
        self.sessions_roll += sessions
        name = "roll-out"
        if len(group) == 1:
            self._note(
                name, "replace one", number=group[0] + 1, requests=requests, sessions=sessions
            )
        else:
            first, last = group[0] + 1, group[-1] + 1
            self._note(
                name, "replace", first=first, last=last, requests=requests, sessions=sessions
            )
        self.simulator.after(START_S, self._ready, group)

    def _ready(self, group: range) -> None:
        for instance in group:
            self._open(instance)
        if group.stop < self.setting.instances:
            self._roll(group.stop)
        else:
            self._note("roll-out", "rolled", seconds=self.simulator.now - ROLL_S)

    def _note(self, component: str, kind: str, **values: float) -> None:
        self.log.add(self.simulator.now, component, kind, **values)

    # ---- numbers -------------------------------------------------------------------------------

    def _sessions(self) -> float:
        """Percentage of the customers that are signed in."""
        return 100.0 * self._signed_in / CUSTOMERS

    def _welcome(self) -> simulation.Ledger:
        """The requests of customers that were not blocked when they came."""
        customers, blocked = self.customers, self.is_blocked
        kept = simulation.Ledger()
        for record in self.ledger:
            if record[1] < BLOCK_S or not blocked(customers[record[0]], record[1]):
                kept.rows += record
        return kept

    def served_curve(self) -> tuple[float | None, ...]:
        """Percentage of the welcome requests that were served in time, by time of arrival."""
        return AXIS.served_percent(self.welcome, patience_s=PATIENCE_S)

    def _under_way_expected(self) -> float:
        """Requests one instance holds by Little's law, from the answers before the crash."""
        answered = [one for one in self.ledger if one[2] < CRASH_S and one[3].served]
        seconds = sum(one[2] - one[1] for one in answered)
        return seconds / CRASH_S / self.setting.instances

    def totals(self) -> dict[str, float]:
        """The raw numbers, by name."""
        outcomes = self.welcome.rows[3::4]
        blocked = len(self.ledger) - len(self.welcome)
        answered = sum(one.served for one in self.ledger.rows[3::4])
        return {
            "requests": float(len(self.ledger)),
            "served": served_percent(self.welcome, patience_s=PATIENCE_S),
            "signed_out": float(self.sessions_crash + self.sessions_roll),
            "sessions_crash": float(self.sessions_crash),
            "sessions_roll": float(self.sessions_roll),
            "sign_ins": float(outcomes.count(Outcome.REFUSED)),
            "lost_crash": float(self.lost_crash),
            "lost_roll": float(self.lost_roll),
            "roll_s": self.setting.roll_s,
            "blocked_asked": float(blocked),
            "blocked_answered": float(answered - sum(one.served for one in outcomes)),
            "store_checks": float(self.checks),
            "store_failed": float(self.failed_checks),
            "under_way_expected": self._under_way_expected(),
        }

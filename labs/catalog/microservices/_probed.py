"""Ten instances behind a balancer, and what checks their health: the health check lab's model.

Each instance works on two requests at a time, 0.4 s each on average, and lets eight wait; the
balancer sends twenty a second, to one instance after the other. At 15 s three instances hang:
they take requests and never answer. From 85 s to 125 s the database refuses connections; half
of all requests need it. From 40 s on each instance pauses now and then, for up to four
seconds, and goes on as if nothing had been.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf

import simulation
from labs.readings import Axis, arrived_within, served_percent
from simulation import HEALTHY, Done, Health, Outcome, Record, Request, Simulator, Streams
from simulation.policies import timeout

DURATION_S = 160.0
AXIS = Axis(width_s=2.0, count=80)
INSTANCES = 10
HANGING = (2, 5, 8)
HANG_S, MINUTE_S = 15.0, 60.0
DB_S, DB_BACK_S, AFTERMATH_S = 85.0, 125.0, 145.0
PAUSES_S, PAUSE_GAP_S, PAUSE_LEAST_S, PAUSE_MOST_S = 40.0, 60.0, 0.5, 4.0
START_S = 15.0  # from a restart until an instance takes requests
RATE = 20.0
SERVERS, WORK_S, QUEUE = 2, 0.4, 8
PATIENCE_S = 2.0
DB_SHARE = 0.5
EJECTION_S, EJECTION_CAP_S = 30.0, 300.0  # times the number of ejections, at most the cap
EJECTABLE = 1  # a tenth of the instances
MOST_EVENTS = 60_000  # of the engine; the busiest parameters need about half of that


class Look(StrEnum):
    """What a check looks at."""

    PROCESS = "process"
    SELF = "self"
    DATABASE = "database"
    TRAFFIC = "traffic"


class Action(StrEnum):
    """What follows when an instance is found ill."""

    OUT = "out"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class Checks:
    """`threshold` failures in a row make an instance ill; `panic` is a share of instances."""

    look: Look
    action: Action
    period_s: float
    timeout_s: float
    threshold: int
    panic: float


@dataclass(slots=True)
class Instance:
    """One instance: its service, and what is known of it."""

    number: int
    service: simulation.Service
    pauses: Sequence[tuple[float, float]]  # (beginning, end), in order
    is_hung: bool = False
    is_starting: bool = False
    is_out: bool = False
    failures: int = 0
    ejections: int = 0
    lives: int = 0  # how often it was restarted
    acted: list[tuple[float, bool]] = field(default_factory=list)  # when, and if it was hung

    def answers_from(self, now_s: float) -> float:
        """From when on it would answer a request made now; infinity if never."""
        if self.is_hung:
            return inf
        return next((end for begin, end in self.pauses if begin <= now_s < end), now_s)

    def set_health(self, now_s: float) -> None:
        """Tell the service how it fares."""
        if self.is_starting:
            self.service.set_health(Health(refusing=True))
        elif self.answers_from(now_s) > now_s:
            self.service.set_health(Health(stalled=True))
        else:
            self.service.set_health(HEALTHY)


class Fleet:
    """Two and two thirds simulated minutes, and the numbers for tiles and challenges."""

    def __init__(self, *, seed: int, checks: Checks | None) -> None:
        """Without `checks` the balancer sends requests to every instance, always."""
        self.simulator = Simulator(max_events=MOST_EVENTS)
        self.log = simulation.EventLog()
        self.ledger = simulation.Ledger()
        self.needs_database: list[bool] = []  # by request id
        self._checks = checks
        self._streams = Streams(seed)
        self.instances = [self._instance(number) for number in range(1, INSTANCES + 1)]
        self._calls = [timeout(self.simulator, one.service, PATIENCE_S) for one in self.instances]
        self._sent_to: list[int] = list(range(INSTANCES))
        self._panics = False
        self._turn = 0
        self._faults()
        if checks is not None and checks.look is not Look.TRAFFIC:
            self._probe_all(checks)
        self._arrivals()
        levels = {
            "sent_to": lambda: float(len(self._sent_to)),
            "answering": lambda: float(sum(self._answers(one) for one in self.instances)),
        }
        gauge = simulation.Gauge(self.simulator, levels, width_s=AXIS.width_s, count=AXIS.count)
        self.simulator.run(DURATION_S)
        self.sent_to, self.answering = gauge.samples["sent_to"], gauge.samples["answering"]

    # ---- instances and what befalls them ----------------------------------------------------

    def _instance(self, number: int) -> Instance:
        service = simulation.Service(
            self.simulator,
            f"instance {number}",
            servers=SERVERS,
            service_time=self._streams.exponential(f"work/{number}", WORK_S),
            queue_limit=QUEUE,
        )
        return Instance(number, service, self._pauses(number))

    def _pauses(self, number: int) -> list[tuple[float, float]]:
        gap = self._streams.exponential(f"pauses/{number}", PAUSE_GAP_S)
        length = self._streams.uniform(f"lengths/{number}", PAUSE_LEAST_S, PAUSE_MOST_S)
        pauses, end = [], PAUSES_S
        while (begin := end + gap()) < DURATION_S:
            end = begin + length()
            pauses.append((begin, end))
        return pauses

    def _faults(self) -> None:
        self.simulator.at(HANG_S, self._hang)
        self.simulator.at(DB_S, self._tell_database, "down")
        self.simulator.at(DB_BACK_S, self._tell_database, "back")
        for one in self.instances:
            for begin, end in one.pauses:
                self.simulator.at(begin, self._refresh, one)
                self.simulator.at(end, self._refresh, one)

    def _hang(self, _argument: None) -> None:
        for number in HANGING:
            one = self.instances[number]
            one.is_hung = True
            self._refresh(one)
            self._tell(one, "hangs")

    def _refresh(self, one: Instance) -> None:
        one.set_health(self.simulator.now)

    def _answers(self, one: Instance) -> bool:
        return not one.is_starting and one.answers_from(self.simulator.now) <= self.simulator.now

    def _tell(self, one: Instance, kind: str) -> None:
        self.log.add(self.simulator.now, f"instance {one.number}", kind)

    def _tell_database(self, kind: str) -> None:
        self.log.add(self.simulator.now, "database", kind)

    @property
    def _is_database_down(self) -> bool:
        return DB_S <= self.simulator.now < DB_BACK_S

    # ---- checks ------------------------------------------------------------------------------

    def _probe_all(self, checks: Checks) -> None:
        phase = self._streams.random("phases")
        for one in self.instances:
            self.simulator.at(phase() * checks.period_s, self._probe, one)

    def _probe(self, one: Instance) -> None:
        checks = self._checks
        assert checks is not None  # noqa: S101 -- narrows the type
        now = self.simulator.now
        wait_s = 0.0 if one.is_starting else self._judge(one, checks)
        self.simulator.at(now + max(checks.period_s, wait_s), self._probe, one)

    def _judge(self, one: Instance, checks: Checks) -> float:
        """Note how a probe made now ends; gives how long it takes to end, in seconds."""
        now = self.simulator.now
        answers_s = now if checks.look is Look.PROCESS else one.answers_from(now)
        if answers_s > now + checks.timeout_s:
            self.simulator.after(checks.timeout_s, self._failed, (one, one.lives))
            return checks.timeout_s
        if checks.look is Look.DATABASE and self._is_database_down:
            self._failed((one, one.lives))  # refused connections are known at once
        else:
            self._passed(one)
        return answers_s - now

    def _passed(self, one: Instance) -> None:
        one.failures = 0
        if one.is_out:
            self._let_in(one)

    def _failed(self, probe: tuple[Instance, int]) -> None:
        one, life = probe
        if one.lives != life:
            return  # restarted while the probe waited
        checks = self._checks
        assert checks is not None  # noqa: S101 -- narrows the type
        one.failures += 1
        if one.failures >= checks.threshold and not one.is_out:
            self._act(one, checks)

    def _act(self, one: Instance, checks: Checks) -> None:
        if checks.action is Action.RESTART:
            one.acted.append((self.simulator.now, one.is_hung))
            self._restart(one)
        elif checks.look is not Look.TRAFFIC or self._ejected() < EJECTABLE:
            one.acted.append((self.simulator.now, one.is_hung))
            one.is_out = True
            self._tell(one, "out")
            if checks.look is Look.TRAFFIC:
                one.ejections += 1
                away_s = min(EJECTION_S * one.ejections, EJECTION_CAP_S)
                self.simulator.after(away_s, self._let_in, one)
            self._route()

    def _ejected(self) -> int:
        return sum(one.is_out for one in self.instances)

    def _let_in(self, one: Instance) -> None:
        one.is_out = False
        one.failures = 0
        self._tell(one, "in")
        self._route()

    def _restart(self, one: Instance) -> None:
        one.lives += 1
        one.failures = 0
        one.is_hung, one.is_starting = False, True
        self._tell(one, "restarts")
        self._refresh(one)
        self._route()
        one.service.crash()
        self.simulator.after(START_S, self._started, one)

    def _started(self, one: Instance) -> None:
        one.is_starting = False
        self._refresh(one)
        self._tell(one, "started")
        self._route()

    # ---- requests ----------------------------------------------------------------------------

    def _route(self) -> None:
        """Decide anew which instances get requests."""
        well = [
            index for index, one in enumerate(self.instances) if not (one.is_out or one.is_starting)
        ]
        panic = 0.0 if self._checks is None else self._checks.panic
        panics = len(well) < panic * INSTANCES
        if panics is not self._panics:
            self._panics = panics
            kind = "panic begins" if panics else "panic ends"
            self.log.add(self.simulator.now, "balancer", kind, well=len(well), all=INSTANCES)
        self._sent_to = list(range(INSTANCES)) if panics else well

    def _arrivals(self) -> None:
        chance = self._streams.random("database")

        def kind() -> str:
            self.needs_database.append(chance() < DB_SHARE)
            return ""

        gaps = self._streams.exponential("arrivals", 1.0 / RATE)
        simulation.OpenLoop(
            self.simulator,
            self._send,
            gaps,
            until_s=DURATION_S - PATIENCE_S,
            kinds=kind,
            ledger=self.ledger,
        )

    def _send(self, request: Request, done: Done) -> None:
        if not self._sent_to:
            done(request, Outcome.REFUSED)
            return
        self._turn += 1
        index = self._sent_to[self._turn % len(self._sent_to)]
        one = self.instances[index]

        def answer(request: Request, outcome: Outcome) -> None:
            needs = self.needs_database[request.id]
            if outcome is Outcome.OK and needs and self._is_database_down:
                outcome = Outcome.ERROR
            if self._checks is not None and self._checks.look is Look.TRAFFIC:
                self._heard(one, outcome)
            done(request, outcome)

        self._calls[index](request, answer)

    def _heard(self, one: Instance, outcome: Outcome) -> None:
        """Count failed requests in a row, where those are the check."""
        if outcome.served:
            one.failures = 0
        elif not one.is_starting:
            self._failed((one, one.lives))

    # ---- numbers -----------------------------------------------------------------------------

    def served_percent(self) -> tuple[float | None, ...]:
        """Percentage of each stretch's requests that were served."""
        return AXIS.served_percent(self.ledger, patience_s=PATIENCE_S)

    def found_s(self) -> list[float]:
        """How long each of the hung instances went unnoticed; infinity where none noticed."""
        hung = [self.instances[number] for number in HANGING]
        return [
            min((moment - HANG_S for moment, was_hung in one.acted if was_hung), default=inf)
            for one in hung
        ]

    def _in_vain(self) -> list[float]:
        """When instances were acted on that were not hung."""
        return sorted(
            moment for one in self.instances for moment, was_hung in one.acted if not was_hung
        )

    def _served(self, start_s: float, end_s: float, *, without_database: bool = False) -> float:
        records: list[Record] = arrived_within(self.ledger, start_s, end_s)
        if without_database:
            records = [one for one in records if not self.needs_database[one[0]]]
        return served_percent(records, patience_s=PATIENCE_S)

    def totals(self) -> dict[str, float]:
        """The raw numbers, by name."""
        found_s = self.found_s()
        noticed = [delay for delay in found_s if delay != inf]
        in_vain = self._in_vain()
        by_database = sum(DB_S <= moment <= DB_BACK_S for moment in in_vain)
        return {
            "requests": float(len(self.ledger)),
            "served": served_percent(self.ledger, patience_s=PATIENCE_S),
            "served_minute": self._served(HANG_S, HANG_S + MINUTE_S),
            "no_database": self._served(DB_S, AFTERMATH_S, without_database=True),
            "served_late": self._served(DB_BACK_S - 10.0, DB_BACK_S),
            "found": float(len(noticed)),
            "found_first_s": min(noticed, default=DURATION_S - HANG_S),
            "found_s": min(max(found_s), DURATION_S - HANG_S),
            "restarts": float(sum(one.lives for one in self.instances)),
            "in_vain": float(len(in_vain)),
            "in_vain_database": float(by_database),
            "in_vain_pauses": float(len(in_vain) - by_database),
        }

"""A year of changes to rules, some made in services and some in the bus between them.

A change is built in a pipeline, which works on one change at a time, first come, first served.
A service ships what is built at once. The bus ships with a release train: whatever is ready
leaves together after a day of testing everything, and one bad change holds back the whole train.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from simulation import EventLog, Streams, percentile

YEAR_DAYS = 240  # working days
WEEK_DAYS = 5
HOURS = 8  # of work a day
LEAST_WORK = MORE_WORK = 0.5  # days: half of the mean work is certain, the rest exponential
ROUTE_TEST = 0.1  # days to test one route again
TRAIN_DAY = 1.0  # days that a release train keeps the bus's pipeline busy
BAD = 0.05  # share of changes that turn out bad when they are released
MAPPINGS = 0.25  # share of changes that concern a mapping several services share
CROWDS = (5, 10, 20, 40, 80, 160, 320)  # waiting changes worth a line in the log
TINY = 1e-9


@dataclass(slots=True)
class Change:
    """A request to change one rule; times in working days since the start of the year.

    `place` in [0, 1) says up to which share of rules left in the bus this one is not among them.
    """

    asked: float
    team: int
    is_mapping: bool
    work: float
    is_bad: bool
    place: float
    in_bus: bool = False
    routes: int = 1
    effort: float = 0.0
    live: float = 0.0

    @property
    def lead(self) -> float:
        """Days from the request until the last service has it."""
        return self.live - self.asked


def changes_of_a_year(seed: int, per_week: float, teams: int) -> list[Change]:
    """Who asks for what, and when (Poisson); the same for a seed wherever the rules live."""
    streams = Streams(seed)
    gap = streams.exponential("arrivals", WEEK_DAYS / per_week)
    more = streams.exponential("work", MORE_WORK)
    team, mapping = streams.random("teams"), streams.random("mappings")
    bad, place = streams.random("bad"), streams.random("places")
    changes, now = [], gap()
    while now < YEAR_DAYS:
        work = LEAST_WORK + more()
        one = Change(now, int(team() * teams), mapping() < MAPPINGS, work, bad() < BAD, place())
        changes.append(one)
        now += gap()
    return changes


class Pipeline:
    """A service's own pipeline: builds one change at a time and ships it at once."""

    def __init__(self) -> None:
        self._free = 0.0

    def build(self, asked: float, effort: float) -> float:
        """When a change that was asked for now is live; call in order of asking."""
        self._free = max(asked, self._free) + effort
        return self._free


@dataclass(slots=True)
class Bus:
    """The shared pipeline with its release train."""

    train_days: int
    log: EventLog
    trains: int = 0
    trains_in_year: int = 0
    held: int = 0

    def ship(self, changes: Sequence[Change]) -> None:
        """Build the changes in order and let them leave; gives each its day of going live."""
        waiting = list(reversed(changes))
        ready: list[Change] = []
        left, start, departure = 0.0, 0.0, float(self.train_days)
        current: Change | None = None
        shipped, told = 0, 0
        while waiting or current or ready:
            now = start
            while now < departure - TINY and (current or waiting):
                if current is None:
                    if waiting[-1].asked >= departure:
                        break
                    current = waiting.pop()
                    now, left = max(now, current.asked), current.effort
                spent = min(left, departure - now)
                now, left = now + spent, left - spent
                if left <= TINY:
                    ready.append(current)
                    current = None
            start = departure
            if ready:
                start += TRAIN_DAY
                shipped += self._depart(departure, ready)
            told = self._tell_crowd(departure, changes, shipped, told)
            departure += self.train_days

    def _depart(self, day: float, ready: list[Change]) -> int:
        """Let a train leave, or hold it back; returns how many changes went live."""
        self.trains += 1
        self.trains_in_year += day < YEAR_DAYS
        bad = sum(change.is_bad for change in ready)
        if bad:
            self.held += 1
            self.log.add(day, "bus", "held", bad=bad, all=len(ready))
            for change in ready:
                change.is_bad = False  # mended by the next train
            return 0
        for change in ready:
            change.live = day + TRAIN_DAY
        count = len(ready)
        ready.clear()
        return count

    def _tell_crowd(self, day: float, changes: Sequence[Change], shipped: int, told: int) -> int:
        waiting = sum(change.asked < day for change in changes) - shipped
        while told < len(CROWDS) and waiting >= CROWDS[told]:
            self.log.add(day, "bus", "crowd", waiting=CROWDS[told])
            told += 1
        return told


@dataclass(frozen=True, slots=True)
class Rules:
    """Where rules live: the share of business rules in the bus, and the mappings there or not."""

    teams: int
    routes: int
    left: float
    mappings_in_bus: bool
    copies: int
    train_days: int


class Year:
    """A year of changes under some rules, and what became of them."""

    def __init__(self, *, seed: int, per_week: float, rules: Rules) -> None:
        self.rules = rules
        self.log = EventLog()
        self.changes = changes_of_a_year(seed, per_week, rules.teams)
        self.bus = Bus(rules.train_days, self.log)
        pipelines = [Pipeline() for _ in range(rules.teams)]
        for change in self.changes:
            self._place(change)
            if not change.in_bus:
                self._build(change, pipelines)
        self.bus.ship([change for change in self.changes if change.in_bus])

    def _place(self, change: Change) -> None:
        rules = self.rules
        if change.is_mapping:
            change.in_bus = rules.mappings_in_bus
        else:
            change.in_bus = change.place < rules.left
        if change.in_bus:
            change.routes = rules.routes
            change.effort = change.work + ROUTE_TEST * rules.routes
        else:
            change.routes = min(rules.copies, rules.teams) if change.is_mapping else 1
            once = change.work + ROUTE_TEST
            change.effort = once * (change.routes + change.is_bad)

    def _build(self, change: Change, pipelines: list[Pipeline]) -> None:
        """Make the change in each service that has the rule, a bad one twice in the first."""
        once = change.work + ROUTE_TEST
        for copy in range(change.routes):
            again = once if change.is_bad and copy == 0 else 0.0
            pipeline = pipelines[(change.team + copy) % self.rules.teams]
            change.live = max(change.live, pipeline.build(change.asked, once + again))

    def by_team(self, measure: str) -> list[float | None]:
        """The mean of an attribute over the changes each team asked for; None without any."""
        values: list[list[float]] = [[] for _ in range(self.rules.teams)]
        for change in self.changes:
            values[change.team].append(float(getattr(change, measure)))
        return [sum(one) / len(one) if one else None for one in values]

    def asked_by_team(self) -> list[float]:
        """How many changes each team asked for."""
        counts = [0.0] * self.rules.teams
        for change in self.changes:
            counts[change.team] += 1.0
        return counts

    def some(self, *, is_mapping: bool, in_bus: bool | None = None) -> list[Change]:
        """The changes of one kind, made in one place or in either."""
        return [
            change
            for change in self.changes
            if change.is_mapping is is_mapping and in_bus in (None, change.in_bus)
        ]

    def totals(self) -> dict[str, float]:
        """The raw numbers, by name."""
        changes = self.changes
        leads = sorted(change.lead for change in changes) or [0.0]
        bus_work = sum(change.effort for change in changes if change.in_bus)
        all_work = sum(change.effort for change in changes) + TRAIN_DAY * self.bus.trains
        return {
            "changes": float(len(changes)),
            "in_bus": float(sum(change.in_bus for change in changes)),
            "mappings": float(sum(change.is_mapping for change in changes)),
            "routes_touched": float(sum(change.routes for change in changes)),
            "lead_days": sum(leads) / len(leads),
            "lead_90_days": percentile(leads, 0.9),
            "rule_days": mean_lead(self.some(is_mapping=False)),
            "mapping_days": mean_lead(self.some(is_mapping=True)),
            "work_hours": HOURS * all_work / len(changes) if changes else 0.0,
            "waiting": float(sum(change.live >= YEAR_DAYS for change in changes)),
            "trains": float(self.bus.trains),
            "held": float(self.bus.held),
            "bus_work": bus_work,
            "bus_days": YEAR_DAYS - TRAIN_DAY * self.bus.trains_in_year,
        }


def mean_lead(changes: Sequence[Change]) -> float:
    """Days from request to live, on average; 0 without changes."""
    return sum(change.lead for change in changes) / len(changes) if changes else 0.0

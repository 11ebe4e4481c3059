"""A registry with leases, and callers who work from copies of its list.

Instances renew their leases by heartbeats, each in its own phase. A sweep evicts leases that
have run out, the registry hands out a copy of its list, and every caller keeps a copy of that
copy. Requests are not simulated one by one: a caller spreads them evenly over its list, so the
share that meets a dead address follows from the list.

The guards are those of Netflix Eureka: the sweep evicts nothing unless more renewals came in
the last full minute than 85 % of those expected, and at most what is above 85 % of the
registry in one go. An evicted instance counts no longer among the expected ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from labs.readings import Axis
from simulation import EventLog, Simulator, Streams

AXIS = Axis(width_s=10.0, count=96)
DURATION_S = 960.0
CRASH_S = 120.0
WINDOW_S = 300.0  # after the crash, for the shares that tiles and challenges use
BLIP_S, BLIP_END_S = 660.0, 680.0
BLIP_WINDOW_S = 120.0
CALLERS = 10
RATE = 100.0  # requests per second of all callers together
MINUTE_S = 60.0
KEPT_PERCENT = 85
MOST_EVENTS = 70_000  # of the engine; the busiest parameters need about half of that


@dataclass(frozen=True, slots=True)
class Rules:
    """How a registry keeps its list; times in seconds.

    `preserves`: evicts nothing while too few renewals arrive. `limited`: evicts a bounded
    number per sweep.
    """

    heartbeat_s: int
    missed: int
    sweep_s: int
    copy_s: int
    preserves: bool
    limited: bool

    @property
    def lease_s(self) -> int:
        """How long a lease lasts after a heartbeat."""
        return self.heartbeat_s * self.missed

    def threshold(self, expected: int) -> int:
        """Renewals per minute that must be exceeded before anything is evicted."""
        return expected * 60 * KEPT_PERCENT // (self.heartbeat_s * 100)

    def most_evicted(self, registered: int) -> int:
        """How many leases one sweep may end."""
        return registered - registered * KEPT_PERCENT // 100 if self.limited else registered


@dataclass(slots=True)
class Life:
    """What became of one crashed instance: seconds of the run, or None for never."""

    last_heartbeat: float
    evicted: float | None = None
    copied: float | None = None
    gone: float | None = None


@dataclass(slots=True)
class Lists:
    """Time-weighted levels per stretch of the axis, averaged over the callers.

    `failed` and `met` are shares of requests, `dead` and `listed` addresses per list.
    """

    failed: list[float] = field(default_factory=lambda: [0.0] * AXIS.count)
    met: list[float] = field(default_factory=lambda: [0.0] * AXIS.count)
    dead: list[float] = field(default_factory=lambda: [0.0] * AXIS.count)
    listed: list[float] = field(default_factory=lambda: [0.0] * AXIS.count)

    def add(self, start_s: float, end_s: float, state: "State", weight: float) -> None:
        """Enter that a caller (or all, by `weight`) was in this state for a while."""
        index = int(start_s / AXIS.width_s)
        while start_s < end_s:
            until = min(end_s, (index + 1) * AXIS.width_s)
            part = weight * (until - start_s) / AXIS.width_s
            self.failed[index] += part * state.failed
            self.met[index] += part * state.met
            self.dead[index] += part * state.dead
            self.listed[index] += part * state.listed
            start_s, index = until, index + 1


@dataclass(frozen=True, slots=True)
class State:
    """What a list means for the requests spread over it."""

    dead: int
    listed: int
    tries: int

    @property
    def met(self) -> float:
        """The share of requests whose first address is dead, or that find none at all."""
        return self.dead / self.listed if self.listed else 1.0

    @property
    def failed(self) -> float:
        """The share of requests for which every address tried (each once) is dead."""
        share = 1.0
        for tried in range(min(self.tries, self.listed)):
            share *= max(0, self.dead - tried) / (self.listed - tried)
        return share


def share_percent(levels: Sequence[float], start_s: float, length_s: float) -> float:
    """The mean of a share over a stretch that begins and ends with stretches of the axis."""
    first, count = round(start_s / AXIS.width_s), round(length_s / AXIS.width_s)
    return 100.0 * sum(levels[first : first + count]) / count


def fixed_list(instances: int, crashed: int, tries: int) -> Lists:
    """What callers see who have a list of addresses in their configuration."""
    lists = Lists()
    lists.add(0.0, CRASH_S, State(0, instances, tries), 1.0)
    lists.add(CRASH_S, DURATION_S, State(crashed, instances, tries), 1.0)
    return lists


class Registry:
    """Sixteen minutes of a registry, its instances and its callers.

    The first `crashed` instances crash at `CRASH_S`; between `BLIP_S` and `BLIP_END_S` no
    heartbeat arrives.
    """

    def __init__(self, *, seed: int, instances: int, crashed: int, tries: int, rules: Rules):
        self.rules = rules
        self.log = EventLog()
        self.lists = Lists()
        self.wrong = 0  # evictions of instances that were alive
        self.held = 0  # sweeps in a row, up to now, that left all leases that had run out
        self.renewals_at_hold = self.needed_at_hold = 0
        self.most_expired = 0  # leases that had run out, at the worst sweep
        self.most_evicted = 0  # in one sweep
        self._simulator = Simulator(max_events=MOST_EVENTS)
        self._crashed = crashed
        self._tries = tries
        self._streams = Streams(seed)
        self._luck = self._streams.random("eviction")
        self._heard = [0.0] * instances
        self._registered = dict.fromkeys(range(instances))  # in order, unlike a set
        self._expected = instances
        self._renewals = self._last_minute = 0
        self._copy = tuple(range(instances))
        self._callers = [self._copy] * CALLERS
        self._since = [0.0] * CALLERS
        self.lives: list[Life] = []
        self._start(instances)
        self._simulator.run(DURATION_S)
        for caller in range(CALLERS):
            self._account(caller)

    def _start(self, instances: int) -> None:
        phase, rules, simulator = self._streams.random("phases"), self.rules, self._simulator
        simulator.at(CRASH_S, self._crash)
        simulator.at(BLIP_S, lambda _: self._tell("heartbeats", "blip begins"))
        simulator.at(BLIP_END_S, lambda _: self._tell("heartbeats", "blip ends"))
        simulator.at(MINUTE_S * phase(), self._count_minute)
        simulator.at(rules.sweep_s * phase(), self._sweep)
        simulator.at(rules.copy_s * phase(), self._renew_copy)
        for caller in range(CALLERS):
            simulator.at(rules.copy_s * phase(), self._fetch, caller)
        for instance in range(instances):
            first = rules.heartbeat_s * phase()
            self._heard[instance] = first - rules.heartbeat_s
            simulator.at(first, self._beat, instance)

    def _tell(self, component: str, kind: str, **values: float) -> None:
        self.log.add(self._simulator.now, component, kind, **values)

    def _is_dead(self, instance: int) -> bool:
        return instance < self._crashed and self._simulator.now >= CRASH_S

    def _crash(self, _argument: None) -> None:
        self._tell("instances", "crash", count=self._crashed, all=len(self._heard))
        for caller in range(CALLERS):
            self._account(caller)
        self.lives = [Life(heard) for heard in self._heard[: self._crashed]]
        for instance, life in enumerate(self.lives):
            self._simulator.at(
                max(self._simulator.now, life.last_heartbeat + self.rules.lease_s),
                self._tell_expired,
                instance,
            )

    def _tell_expired(self, instance: int) -> None:
        self._tell("registry", "expired", number=instance + 1)

    def _beat(self, instance: int) -> None:
        if self._is_dead(instance):
            return
        now = self._simulator.now
        self._simulator.after(self.rules.heartbeat_s, self._beat, instance)
        if BLIP_S <= now < BLIP_END_S:
            return
        self._heard[instance] = now
        if instance in self._registered:
            self._renewals += 1
        else:
            self._registered[instance] = None
            self._expected += 1
            self._tell("registry", "returned", number=instance + 1)

    def _count_minute(self, _argument: None) -> None:
        self._last_minute, self._renewals = self._renewals, 0
        self._simulator.after(MINUTE_S, self._count_minute)

    def _sweep(self, _argument: None) -> None:
        now = self._simulator.now
        self._simulator.after(self.rules.sweep_s, self._sweep)
        oldest = now - self.rules.lease_s
        expired = [one for one in self._registered if self._heard[one] < oldest]
        if not expired:
            self.held = 0
        elif self.rules.preserves and self._last_minute <= self.rules.threshold(self._expected):
            self._hold()
        else:
            self._evict(expired)

    def _hold(self) -> None:
        if not self.held:
            needed = self.rules.threshold(self._expected)
            self._tell("registry", "held", renewals=self._last_minute, needed=needed)
            self.renewals_at_hold, self.needed_at_hold = self._last_minute, needed
        self.held += 1

    def _evict(self, expired: list[int]) -> None:
        self.held = 0
        limit = self.rules.most_evicted(len(self._registered))
        self.most_expired = max(self.most_expired, len(expired))
        if limit < len(expired):
            self._tell("registry", "limited", expired=len(expired), limit=limit)
        count = min(limit, len(expired))
        self.most_evicted = max(self.most_evicted, count)
        for _ in range(count):
            instance = expired.pop(int(self._luck() * len(expired)))
            del self._registered[instance]
            self._expected -= 1
            self._note_eviction(instance)

    def _note_eviction(self, instance: int) -> None:
        if self._is_dead(instance):
            self.lives[instance].evicted = self._simulator.now
            self._tell("registry", "evicted", number=instance + 1)
        else:
            self.wrong += 1
            self._tell("registry", "evicted alive", number=instance + 1)

    def _renew_copy(self, _argument: None) -> None:
        now = self._simulator.now
        self._simulator.after(self.rules.copy_s, self._renew_copy)
        if len(self._copy) == len(self._registered) == len(self._heard):
            return  # nobody is missing
        self._copy = tuple(sorted(self._registered))
        for life in self.lives:
            if life.evicted is not None and life.copied is None:
                life.copied = now

    def _fetch(self, caller: int) -> None:
        self._simulator.after(self.rules.copy_s, self._fetch, caller)
        before = self._callers[caller]
        if before is self._copy or before == self._copy:
            return
        self._account(caller)
        self._callers[caller] = self._copy
        self._note_gone()

    def _note_gone(self) -> None:
        for instance, life in enumerate(self.lives):
            if life.gone is None and not any(instance in one for one in self._callers):
                life.gone = self._simulator.now
                self._tell("callers", "gone", number=instance + 1)

    def _account(self, caller: int) -> None:
        """Enter what a caller saw since its list or the world last changed."""
        now, since = min(self._simulator.now, DURATION_S), self._since[caller]
        listed = self._callers[caller]
        dead = sum(one < self._crashed for one in listed) if since >= CRASH_S else 0
        self.lists.add(since, now, State(dead, len(listed), self._tries), 1.0 / CALLERS)
        self._since[caller] = now

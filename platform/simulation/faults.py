"""What goes wrong, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from simulation.kernel import Simulator
from simulation.metrics import EventLog


@dataclass(frozen=True, slots=True)
class Health:
    """How a service fares.

    `silent`: calls vanish, no answer comes. `refusing`: calls fail at once. `stalled`: no
    call is started, the queue only grows. `slowdown` multiplies service times.
    `error_rate` is the share of calls, in [0, 1], that fail after having been worked on.
    """

    silent: bool = False
    refusing: bool = False
    stalled: bool = False
    slowdown: float = 1.0
    error_rate: float = 0.0


HEALTHY = Health()


@dataclass(frozen=True, slots=True)
class Fault:
    """A `Health` that lasts from `start_s` to `end_s`. `kind` names it in the event log."""

    kind: str
    start_s: float
    end_s: float
    health: Health
    drops_queue: bool = False  # at the end, as a restart does
    crashes: bool = False  # at the start, all work is lost


class Patient(Protocol):
    """What a fault can befall."""

    name: str
    health: Health

    def set_health(self, health: Health) -> None:
        """Take on another health."""

    def reset(self) -> None:
        """Drop what waits."""

    def crash(self) -> None:
        """Lose what waits and what is under way."""


def down(start_s: float, end_s: float, *, kind: str = "down") -> Fault:
    """No answer to any call: only a timeout ends the wait."""
    return Fault(kind, start_s, end_s, Health(silent=True))


def failing(start_s: float, end_s: float, *, kind: str = "failing") -> Fault:
    """Every call fails at once."""
    return Fault(kind, start_s, end_s, Health(refusing=True))


def slow(start_s: float, end_s: float, *, factor: float, kind: str = "slow") -> Fault:
    """Calls take `factor` times as long."""
    return Fault(kind, start_s, end_s, Health(slowdown=factor))


def erring(start_s: float, end_s: float, *, rate: float, kind: str = "erring") -> Fault:
    """A share of calls in [0, 1] fails."""
    return Fault(kind, start_s, end_s, Health(error_rate=rate))


def stalled(start_s: float, end_s: float, *, kind: str = "stalled") -> Fault:
    """Work stops while calls go on queueing; the restart at the end drops the queue."""
    return Fault(kind, start_s, end_s, Health(stalled=True), drops_queue=True)


def crashed(start_s: float, end_s: float, *, kind: str = "crashed") -> Fault:
    """Work under way and queue are lost with errors; until the restart, calls fail at once."""
    return Fault(kind, start_s, end_s, Health(refusing=True), crashes=True)


def partition(start_s: float, end_s: float, *, kind: str = "partition") -> Fault:
    """A link carries nothing, in either direction."""
    return Fault(kind, start_s, end_s, Health(silent=True))


def schedule(
    simulator: Simulator, log: EventLog, patient: Patient, faults: Sequence[Fault]
) -> None:
    """Let the faults befall `patient`; those that overlap add up."""
    active: list[Fault] = []

    def begin(fault: Fault) -> None:
        active.append(fault)
        patient.set_health(combined([one.health for one in active]))
        log.add(simulator.now, patient.name, f"{fault.kind} begins")
        if fault.crashes:
            patient.crash()

    def end(fault: Fault) -> None:
        active.remove(fault)
        log.add(simulator.now, patient.name, f"{fault.kind} ends")
        if fault.drops_queue:
            patient.reset()
        patient.set_health(combined([one.health for one in active]))

    for fault in faults:
        simulator.at(fault.start_s, begin, fault)
        simulator.at(fault.end_s, end, fault)


def combined(healths: Sequence[Health]) -> Health:
    """Several ills at once: slowdowns multiply, error rates are independent."""
    slowdown, survival = 1.0, 1.0
    for health in healths:
        slowdown *= health.slowdown
        survival *= 1.0 - health.error_rate
    total = Health(
        silent=any(health.silent for health in healths),
        refusing=any(health.refusing for health in healths),
        stalled=any(health.stalled for health in healths),
        slowdown=slowdown,
        error_rate=1.0 - survival,
    )
    return HEALTHY if total == HEALTHY else total

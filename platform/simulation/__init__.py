"""A deterministic discrete-event engine for models of services that call each other.

Pure Python, standard library only. The same seed and parameters give the same results, bit
for bit, on any machine. `docs/labs.md` shows how a model is put together.
"""

from simulation.calls import Done, Handler, Outcome, Request
from simulation.clients import ClosedLoop, OpenLoop
from simulation.fan import fan_out
from simulation.faults import (
    HEALTHY,
    Fault,
    Health,
    crashed,
    down,
    erring,
    failing,
    partition,
    schedule,
    slow,
    stalled,
)
from simulation.hashing import HashRing, modulo_owner, shares
from simulation.kernel import Simulator, TooManyEventsError
from simulation.link import Link
from simulation.messaging import Queue
from simulation.metrics import (
    Bucket,
    EventLog,
    Gauge,
    Ledger,
    LoggedEvent,
    Record,
    buckets,
    outcomes,
    percentile,
)
from simulation.outbox import Outbox
from simulation.profile import Profile, bursts, ramp
from simulation.service import Service, network, tapped
from simulation.streams import Sampler, Streams, constant

__all__ = [
    "HEALTHY",
    "Bucket",
    "ClosedLoop",
    "Done",
    "EventLog",
    "Fault",
    "Gauge",
    "Handler",
    "HashRing",
    "Health",
    "Ledger",
    "Link",
    "LoggedEvent",
    "OpenLoop",
    "Outbox",
    "Outcome",
    "Profile",
    "Queue",
    "Record",
    "Request",
    "Sampler",
    "Service",
    "Simulator",
    "Streams",
    "TooManyEventsError",
    "buckets",
    "bursts",
    "constant",
    "crashed",
    "down",
    "erring",
    "failing",
    "fan_out",
    "modulo_owner",
    "network",
    "outcomes",
    "partition",
    "percentile",
    "ramp",
    "schedule",
    "shares",
    "slow",
    "stalled",
    "tapped",
]

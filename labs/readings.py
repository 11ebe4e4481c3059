"""From what the engine measured to what a run shows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from django.utils.translation import gettext_noop as noop

from labs.results import Event, Scale, limited
from simulation import EventLog, Ledger, Record, buckets, percentile

type Kept = Callable[[Record], bool]


@dataclass(frozen=True, slots=True)
class Axis:
    """A run's time axis: `count` stretches of `width_s`; points stand at their ends."""

    width_s: float
    count: int

    @property
    def times(self) -> tuple[float, ...]:
        """The ends of the stretches, in seconds."""
        return tuple(self.width_s * (index + 1) for index in range(self.count))

    @property
    def scale(self) -> Scale:
        """The axis as a run shows it."""
        return Scale(noop("Time"), "s", self.times)

    def per_second(self, moments: Iterable[float]) -> tuple[float, ...]:
        """How often something happened, per second, in each stretch."""
        counts = [0] * self.count
        for moment in moments:
            index = int(moment / self.width_s)
            if index < self.count:
                counts[index] += 1
        return tuple(count / self.width_s for count in counts)

    def served_percent(self, ledger: Ledger, *, patience_s: float) -> tuple[float | None, ...]:
        """Percentage of the calls that arrived in each stretch and were served in time."""
        offered, good = [0] * self.count, [0] * self.count
        for record in ledger:
            index = int(record[1] / self.width_s)
            if index < self.count:
                offered[index] += 1
                good[index] += served(record, patience_s)
        return tuple(
            100.0 * part / whole if whole else None
            for part, whole in zip(good, offered, strict=True)
        )

    def p95_ms(self, ledger: Ledger) -> tuple[float | None, ...]:
        """The time within which 95 % of each stretch's calls ended, in milliseconds."""
        measured = buckets(ledger, width_s=self.width_s, count=self.count)
        return tuple(None if one.p95 is None else 1000.0 * one.p95 for one in measured)


def served(record: Record, patience_s: float) -> bool:
    """Whether the caller got an answer to work with, before losing patience."""
    _id, arrived, left, outcome = record
    return outcome.served and left - arrived <= patience_s


def served_percent(records: Iterable[Record], *, patience_s: float) -> float:
    """Percentage of the calls that were served in time; 100 when there were none."""
    return percent_of([served(record, patience_s) for record in records])


def percent_of(verdicts: Sequence[bool], *, otherwise: float = 100.0) -> float:
    """Percentage of the verdicts that are true; `otherwise` when there are none."""
    return 100.0 * sum(verdicts) / len(verdicts) if verdicts else otherwise


def arrived_within(ledger: Ledger, start_s: float, end_s: float) -> list[Record]:
    """The calls that arrived in [start_s, end_s), in order of arrival."""
    return sorted(record for record in ledger if start_s <= record[1] < end_s)


def first_row_of(length: int, records: Sequence[Record], good: Kept) -> float | None:
    """When the first of `length` good calls in a row arrived, or None; calls in order."""
    row = 0
    for index, record in enumerate(records):
        row = row + 1 if good(record) else 0
        if row == length:
            return records[index + 1 - length][1]
    return None


def p99_served_ms(ledger: Ledger, *, patience_s: float) -> float:
    """The time within which 99 % of the served calls were answered, in milliseconds; 0 without.

    What was turned away at once would make a collapsing service look fast.
    """
    waits = sorted(record[2] - record[1] for record in ledger if served(record, patience_s))
    return 1000.0 * percentile(waits, 0.99) if waits else 0.0


def p99_ms(ledger: Ledger) -> float:
    """The time within which 99 % of all calls ended, in milliseconds; 0 without calls."""
    latencies = ledger.latencies()
    return 1000.0 * percentile(latencies, 0.99) if latencies else 0.0


def told(log: EventLog, texts: Mapping[str, str]) -> tuple[tuple[Event, ...], int]:
    """The log in words, shortened to what a run may hold, and how many were left out."""
    events = [
        Event(one.time_s, one.component, texts[one.kind], dict(one.values)) for one in log.events
    ]
    kept, left_out = limited(events)
    return kept, left_out + log.left_out


def finite_or(value: float | None, otherwise: float) -> float:
    """The value, or `otherwise` when there is none to speak of."""
    return otherwise if value is None or value == inf else value

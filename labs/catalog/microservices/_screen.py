"""A phone's screen made of several sections: the model behind the lab of BFFs. In milliseconds."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from simulation import EventLog, Streams, percentile

SCREENS = 800
WORK_MS, SPREAD_MS = 7.0, 3.0  # a section's call: seven plus an exponential time of three
BFF_MS = 1.0
ANSWER_KB = 20.0
USED_PERCENT = 20  # of the general API's answer, by the screen
SLOW_SHARE = 0.02
SLOW_LEAST_MS, SLOW_MOST_MS = 100.0, 600.0
SILENT_SHARE = 0.08  # of screens: the last section gives no answer
NEVER_MS = 1e9

LEFT_OUT, FALLBACK, FRESH = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Network:
    """Between the phone and the site."""

    rtt_ms: float
    kb_per_ms: float


@dataclass(frozen=True, slots=True)
class Section:
    """When a section's place on the screen was settled, and with what."""

    at_ms: float
    state: int


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen: its sections, when nothing more will come, and what was downloaded."""

    sections: tuple[Section, ...]
    finished_ms: float
    kb: float

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to see, not even an older copy."""
        return all(section.state == LEFT_OUT for section in self.sections)


def answers(seed: int, sections: int) -> list[list[float]]:
    """How long the service behind each section takes, for every screen."""
    streams = Streams(seed)
    work, luck = streams.exponential("work", SPREAD_MS), streams.random("luck")
    slowness = streams.uniform("slowness", SLOW_LEAST_MS, SLOW_MOST_MS)
    silence = streams.random("silence")
    found = []
    for _screen in range(SCREENS):
        row = [
            WORK_MS + work() + (slowness() if luck() < SLOW_SHARE else 0.0)
            for _section in range(sections)
        ]
        if silence() < SILENT_SHARE:
            row[-1] = NEVER_MS
        found.append(row)
    return found


def through_bff(
    row: Sequence[float],
    network: Network,
    *,
    timeout_ms: float,
    kept_percent: int,
    stale: bool,
    whole: bool,
) -> Screen:
    """One call by the phone; the backend asks all services at once."""
    waited = BFF_MS + min(timeout_ms, max(row))
    missing = sum(ms > timeout_ms for ms in row)
    if whole and missing:
        at = network.rtt_ms + BFF_MS + timeout_ms
        return Screen((Section(at, LEFT_OUT),) * len(row), at, 0.0)
    sent = len(row) if stale else len(row) - missing
    kb = sent * ANSWER_KB * kept_percent / 100.0
    at = network.rtt_ms + waited + kb / network.kb_per_ms
    instead = FALLBACK if stale else LEFT_OUT
    sections = tuple(Section(at, FRESH if ms <= timeout_ms else instead) for ms in row)
    return Screen(sections, at, kb)


def by_phone(row: Sequence[float], network: Network, *, timeout_ms: float, at_once: int) -> Screen:
    """A call for every section, so many at a time, over one downlink."""
    sections: dict[int, Section] = {}
    answered: list[tuple[float, int]] = []  # when an answer begins to come down, or never does
    link_free = 0.0

    def call(place: int, begun: float) -> None:
        wait = network.rtt_ms + min(row[place], timeout_ms)
        heappush(answered, (begun + wait, place))

    for place in range(min(at_once, len(row))):
        call(place, 0.0)
    called = len(answered)
    while answered:
        ended, place = heappop(answered)
        state = FRESH if row[place] <= timeout_ms else LEFT_OUT
        if state == FRESH:
            ended = link_free = max(link_free, ended) + ANSWER_KB / network.kb_per_ms
        sections[place] = Section(ended, state)
        if called < len(row):
            call(called, ended)
            called += 1
    finished = max(section.at_ms for section in sections.values())
    received = sum(section.state == FRESH for section in sections.values())
    return Screen(tuple(sections.values()), finished, received * ANSWER_KB)


class Screens:
    """All screens, measured."""

    def __init__(self, screens: Sequence[Screen]) -> None:
        self.screens = screens
        self._shown = sorted(
            section.at_ms
            for screen in screens
            for section in screen.sections
            if section.state != LEFT_OUT
        )
        self._finished = sorted(screen.finished_ms for screen in screens)
        self._sections = sum(len(screen.sections) for screen in screens)

    def shown_by(self, times_ms: Sequence[float]) -> list[float]:
        """Percentage of all sections on the screen by then."""
        return [100.0 * bisect_right(self._shown, ms) / self._sections for ms in times_ms]

    def finished_by(self, times_ms: Sequence[float]) -> list[float]:
        """Percentage of screens to which nothing more will come by then."""
        return [100.0 * bisect_right(self._finished, ms) / len(self.screens) for ms in times_ms]

    def totals(self) -> dict[str, float]:
        """The raw numbers, by name."""
        states = [section.state for screen in self.screens for section in screen.sections]
        count = len(self.screens)
        return {
            "p50_ms": percentile(self._finished, 0.50),
            "p95_ms": percentile(self._finished, 0.95),
            "shown": 100.0 * len(self._shown) / self._sections,
            "fresh": 100.0 * states.count(FRESH) / self._sections,
            "older": 100.0 * states.count(FALLBACK) / self._sections,
            "blank": 100.0 * sum(screen.is_blank for screen in self.screens) / count,
            "kb": sum(screen.kb for screen in self.screens) / count,
        }


def tell(
    log: EventLog, row: Sequence[float], screen: Screen, network: Network, timeout_ms: float
) -> None:
    """Write down how one screen came about through its backend."""
    asked_ms = network.rtt_ms / 2.0
    in_time = [ms for ms in row if ms <= timeout_ms]
    missing = len(row) - len(in_time)
    log.add(0.0, "phone", "asks")
    log.add(asked_ms / 1000, "backend", "asks all", sections=len(row))
    if in_time:
        log.add((asked_ms + BFF_MS + min(in_time)) / 1000, "backend", "first", ms=min(in_time))
        log.add((asked_ms + BFF_MS + max(in_time)) / 1000, "backend", "last", ms=max(in_time))
    if missing:
        log.add((asked_ms + BFF_MS + timeout_ms) / 1000, "backend", "gives up", missing=missing)
    kind = "blank" if screen.is_blank else "shows"
    log.add(screen.finished_ms / 1000, "phone", kind, kb=screen.kb)

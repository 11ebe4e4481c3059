"""Pages put together from the answers of many services: the model behind the gateway lab."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from simulation import EventLog, Sampler, Streams, percentile

PAGES = 800
BASE_MS, WORK_MS = 10.0, 10.0  # a healthy answer: ten plus an exponential time of ten
SLOWEST_MS = 1000.0
SLOWNESS_MS = 100.0  # the least that a slow answer takes longer
HELD_UP_MS = BASE_MS + SLOWNESS_MS
HOP_MS = 2.0  # the gateway's own work on a page
ERROR_SHARE = 0.001
SILENT_SHARE = 0.1  # of the slow answers: they never come
CLIENT_PATIENCE_MS = 5_000.0
MOST_TOLD = 12


@dataclass(frozen=True, slots=True)
class Way:
    """How a page is put together. Times in milliseconds.

    `page_ms` is spent once per page and `call_ms` once per call, whatever the services do.
    `is_whole` pages end with an error once a part is missing for good.
    """

    page_ms: float
    call_ms: float
    timeout_ms: float
    retries: int
    is_parallel: bool
    is_whole: bool


class Page:
    """The calls of one page: how long each took, which got no answer, which were repeated."""

    __slots__ = ("durations", "extra", "failed")

    def __init__(self) -> None:
        self.durations: list[float] = []
        self.failed: list[int] = []
        self.extra: list[tuple[int, int]] = []  # which call, and how many further attempts

    def first_over(self, limit_ms: float) -> int:
        """The place of the first call that took longer than this, or the number of calls."""
        if max(self.durations) > limit_ms:
            return next(i for i, ms in enumerate(self.durations) if ms > limit_ms)
        return len(self.durations)


class Services:
    """Where the answers come from. Every attempt has streams of its own: see `Streams`."""

    def __init__(self, *, seed: int, slow_share: float, way: Way) -> None:
        streams = Streams(seed)
        self._slow = slow_share
        self._way = way
        self._streams = [
            (
                streams.exponential(f"work {attempt}", WORK_MS),
                streams.random(f"luck {attempt}"),
                streams.uniform(f"slowness {attempt}", SLOWNESS_MS, SLOWEST_MS),
            )
            for attempt in range(way.retries + 1)
        ]

    def page(self, services: int) -> Page:
        """Call every service once, and again where the way of the page says so."""
        page = Page()
        work, luck, slowness = self._streams[0]
        slow, sound = self._slow, 1.0 - ERROR_SHARE
        most_ms, call_ms, append = self._way.timeout_ms, self._way.call_ms, page.durations.append
        for place in range(services):
            ms, chance = BASE_MS + work(), luck()
            if slow <= chance < sound and ms <= most_ms:
                append(call_ms + ms)
            else:
                append(call_ms + self._troubled(page, place, self._ended(ms, chance, slowness)))
        return page

    def _ended(self, ms: float, chance: float, slowness: Sampler) -> tuple[float, bool]:
        """How long an attempt took and whether it brought an answer."""
        most_ms = self._way.timeout_ms
        if chance < self._slow:
            ms += slowness()
            if chance < self._slow * SILENT_SHARE:
                ms = most_ms + 1.0
        if ms > most_ms:
            return most_ms, False
        return ms, chance < 1.0 - ERROR_SHARE

    def _troubled(self, page: Page, place: int, first: tuple[float, bool]) -> float:
        """Finish a call whose first attempt was slow or failed; returns its whole time."""
        total_ms, answered = first
        tries = 1
        while not answered and tries < len(self._streams):
            work, luck, slowness = self._streams[tries]
            ms, answered = self._ended(BASE_MS + work(), luck(), slowness)
            total_ms += ms
            tries += 1
        if tries > 1:
            page.extra.append((place, tries - 1))
        if not answered:
            page.failed.append(place)
        return total_ms


class Pages:
    """Many pages, measured for their first service alone, their first two, and so on."""

    def __init__(self, *, seed: int, services: int, slow_share: float, way: Way) -> None:
        self.services = services
        self.way = way
        source = Services(seed=seed, slow_share=slow_share, way=way)
        self.pages = [source.page(services) for _page in range(PAGES)]
        rows = [self._waits(page) for page in self.pages]
        self._columns: list[list[float]] = [sorted(column) for column in zip(*rows, strict=True)]
        self._rows = rows

    def _waits(self, page: Page) -> list[float]:
        """How long the page takes with each number of services."""
        way = self.way
        joined = accumulate(page.durations, max) if way.is_parallel else accumulate(page.durations)
        waits = [way.page_ms + ms for ms in joined]
        if way.is_whole and page.failed:
            self._cut(waits, page)
        return waits

    def _cut(self, waits: list[float], page: Page) -> None:
        """A page that must be whole ends with the first failure."""
        first = page.failed[0]
        if not self.way.is_parallel:
            waits[first:] = [waits[first]] * (len(waits) - first)
            return
        earliest = self.way.page_ms + SLOWEST_MS * CLIENT_PATIENCE_MS
        failed = dict.fromkeys(page.failed)
        for place in range(first, len(waits)):
            if place in failed:
                earliest = min(earliest, self.way.page_ms + page.durations[place])
            waits[place] = earliest

    def _called(self, page: Page) -> int:
        """How many services the page asks: a whole page in series stops at a failure."""
        if self.way.is_whole and not self.way.is_parallel and page.failed:
            return page.failed[0] + 1
        return self.services

    def waits_ms(self, share: float) -> list[float]:
        """The time within which that share of pages was answered, by number of services."""
        return [percentile(column, share) for column in self._columns]

    def mean_ms(self) -> float:
        """The mean time of a page that asks all services."""
        return sum(self._columns[-1]) / PAGES

    def complete(self) -> list[float]:
        """Percentage of pages that have every part, by number of services."""
        return self._share_without([page.failed[0] if page.failed else None for page in self.pages])

    def shown(self) -> list[float]:
        """Percentage of pages that show something, by number of services."""
        if self.way.is_whole:
            return self.complete()
        leading = [_leading(page.failed) for page in self.pages]
        return [
            100.0 * sum(length < services for length in leading) / PAGES
            for services in range(1, self.services + 1)
        ]

    def held_up(self) -> list[float]:
        """Percentage of pages that waited long for one service, by number of services."""
        firsts: list[int | None] = []
        for page in self.pages:
            first = page.first_over(HELD_UP_MS + self.way.call_ms)
            firsts.append(first if first < self._called(page) else None)
        return [100.0 - share for share in self._share_without(firsts)]

    def calls(self) -> list[float]:
        """Calls per page with all further attempts, by number of services."""
        made = [0] * self.services
        for page in self.pages:
            called = self._called(page)
            for place in range(called):
                made[place] += 1
            for place, tries in page.extra:
                made[place] += tries if place < called else 0
        return [total / PAGES for total in accumulate(made)]

    def _share_without(self, firsts: Sequence[int | None]) -> list[float]:
        """Percentage of pages whose first place of some kind has not been reached yet."""
        reached = [0] * self.services
        for first in firsts:
            if first is not None:
                reached[first] += 1
        return [100.0 * (PAGES - total) / PAGES for total in accumulate(reached)]

    def tell(self, log: EventLog, *, share: float) -> None:
        """Write down what happened on the page that took as long as that share of pages."""
        wanted = percentile(self._columns[-1], share)
        place = next(i for i, row in enumerate(self._rows) if row[-1] == wanted)
        page, way = self.pages[place], self.way
        start = way.page_ms / 2.0
        log.add(
            start / 1000,
            "gateway",
            "asks at once" if way.is_parallel else "asks in turn",
            services=self.services,
        )
        for at, which, kind in sorted(_notable(page, way, start, self._called(page)))[:MOST_TOLD]:
            log.add(at / 1000, f"service {which + 1}", kind, ms=page.durations[which])
        is_error = way.is_whole and bool(page.failed)
        kind = "fails" if is_error else "lacks parts" if page.failed else "is complete"
        log.add(wanted / 1000, "page", kind, missing=len(page.failed), place=place + 1)


def _leading(failed: Sequence[int]) -> int:
    """How many calls from the first one on failed in a row."""
    length = 0
    while length < len(failed) and failed[length] == length:
        length += 1
    return length


def _notable(page: Page, way: Way, start: float, called: int) -> list[tuple[float, int, str]]:
    """The calls of a page worth telling: when they ended, which, and how."""
    repeated, failed = dict(page.extra), dict.fromkeys(page.failed)
    told = []
    at = start
    for place, ms in enumerate(page.durations[:called]):
        at = start + ms if way.is_parallel else at + ms
        if place in failed:
            told.append((at, place, "no answer"))
        elif place in repeated:
            told.append((at, place, "answers a retry"))
        elif ms > HELD_UP_MS:
            told.append((at, place, "answers late"))
    return told

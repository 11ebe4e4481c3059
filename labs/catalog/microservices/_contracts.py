"""A provider, three consumers and the contracts between them: the consumer-driven contracts model.

Everything here is sets of field names. A consumer breaks when the answer lacks a field it reads
or when the provider demands a field it does not send. What a contract demands may be less or more
than that, depending on who publishes one and how it was written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from django.utils.translation import gettext_noop as noop

from labs.results import Cell, Table
from simulation import EventLog

type Fields = frozenset[str]

PROVIDER = "Orders"
SHOP, INVOICING, WAREHOUSE = "Shop", "Invoicing", "Warehouse"
TRAFFIC_PERCENT: Mapping[str, int] = {SHOP: 60, INVOICING: 30, WAREHOUSE: 10}


class Change(StrEnum):
    """What one release changes."""

    NONE = "none"
    DROP_PROMO = "drop-promo"
    DROP_NOTE = "drop-note"
    DROP_TOTAL = "drop-total"
    RENAME = "rename"
    ADD_AMOUNT = "add-amount"
    OPTIONAL = "optional"
    REQUIRED = "required"
    NOTE_UNREAD = "note-unread"
    READ_AMOUNT = "read-amount"
    SEND_CURRENCY = "send-currency"


class Style(StrEnum):
    """What a contract writes down."""

    USED = "used"  # the fields the consumer reads
    COPIED = "copied"  # the whole answer, as recorded
    EXACT = "exact"  # the whole answer, and nothing more


PUBLISHERS: Mapping[str, tuple[str, ...]] = {
    "one": (SHOP,),
    "two": (SHOP, INVOICING),
    "all": (SHOP, INVOICING, WAREHOUSE),
}
NAMES: Mapping[Change, str] = {
    Change.NONE: "–",
    Change.DROP_PROMO: noop("remove promo"),
    Change.DROP_NOTE: noop("remove gift_note"),
    Change.DROP_TOTAL: noop("remove total"),
    Change.RENAME: noop("total → amount"),
    Change.ADD_AMOUNT: noop("add amount"),
    Change.OPTIONAL: noop("accept currency"),
    Change.REQUIRED: noop("demand currency"),
    Change.NOTE_UNREAD: noop("stop gift_note"),
    Change.READ_AMOUNT: noop("read amount"),
    Change.SEND_CURRENCY: noop("send currency"),
}


@dataclass(frozen=True, slots=True)
class Provider:
    """One version of the provider: the fields of its answer, and those it demands."""

    version: int
    answer: Fields
    demands: Fields
    accepts: Fields

    @property
    def name(self) -> str:
        """Name and version."""
        return f"{PROVIDER} {self.version}"


@dataclass(frozen=True, slots=True)
class Consumer:
    """One version of a consumer; `recorded` is the whole answer it was tested against."""

    team: str
    version: int
    reads: Fields
    sends: Fields
    recorded: Fields

    @property
    def name(self) -> str:
        """Name and version."""
        return f"{self.team} {self.version}"

    def breaks_with(self, provider: Provider) -> bool:
        """Whether this version cannot work with that one of the provider."""
        return not (self.reads <= provider.answer and provider.demands <= self.sends)

    def objections(self, provider: Provider, style: Style) -> list[str]:
        """The fields over which this version's contract fails against the provider."""
        asked = self.reads if style is Style.USED else self.recorded | self.reads
        objections = sorted(asked - provider.answer)
        if style is Style.EXACT:
            objections += sorted(provider.answer - asked)
        return objections + sorted(provider.demands - self.sends)


FIRST_ANSWER = frozenset({"id", "total", "gift_note", "promo"})
FIRST_PROVIDER = Provider(1, FIRST_ANSWER, frozenset({"order"}), frozenset({"order"}))
FIRST_READS: Mapping[str, Fields] = {
    SHOP: frozenset({"id", "total"}),
    INVOICING: frozenset({"id", "total"}),
    WAREHOUSE: frozenset({"id", "gift_note"}),
}


def changed_provider(provider: Provider, change: Change) -> Provider:
    """The provider after a change of its own; equal to before when there is nothing to change."""
    answer, demands, accepts = provider.answer, provider.demands, provider.accepts
    currency = frozenset({"currency"})
    match change:
        case Change.DROP_PROMO:
            answer -= {"promo"}
        case Change.DROP_NOTE:
            answer -= {"gift_note"}
        case Change.DROP_TOTAL:
            answer -= {"total"}
        case Change.RENAME if "total" in answer:
            answer = answer - {"total"} | {"amount"}
        case Change.ADD_AMOUNT:
            answer |= {"amount"}
        case Change.OPTIONAL:
            accepts, demands = accepts | currency, demands - currency
        case Change.REQUIRED:
            accepts, demands = accepts | currency, demands | currency
    return replace(provider, answer=answer, demands=demands, accepts=accepts)


def changed_consumer(consumer: Consumer, change: Change) -> Consumer:
    """The consumer after a change of its own; equal to before when there is nothing to change."""
    reads, sends = consumer.reads, consumer.sends
    match change:
        case Change.NOTE_UNREAD:
            reads -= {"gift_note"}
        case Change.READ_AMOUNT if "total" in reads:
            reads = reads - {"total"} | {"amount"}
        case Change.SEND_CURRENCY:
            sends |= {"currency"}
    return replace(consumer, reads=reads, sends=sends)


@dataclass(frozen=True, slots=True)
class Step:
    """One release: who would break by it anew, who objects, and what became of it."""

    change: Change
    released: bool
    breaks: tuple[str, ...]
    objectors: tuple[str, ...]
    broken_after: tuple[str, ...]

    @property
    def held_rightly(self) -> bool:
        """Whether it was held back and would have broken somebody."""
        return not self.released and bool(self.breaks)

    @property
    def held_for_nothing(self) -> bool:
        """Whether it was held back although nobody would have broken."""
        return not self.released and not self.breaks


@dataclass(slots=True)
class History:
    """A sequence of releases, checked against contracts or not checked at all."""

    style: Style
    publishers: tuple[str, ...]
    checked: bool
    log: EventLog = field(default_factory=EventLog)
    steps: list[Step | None] = field(default_factory=list)  # None: there was nothing to change
    provider: Provider = FIRST_PROVIDER
    providers: list[Provider] = field(default_factory=lambda: [FIRST_PROVIDER])
    consumers: dict[str, Consumer] = field(default_factory=dict)
    versions: dict[str, list[Consumer]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for team, reads in FIRST_READS.items():
            first = Consumer(team, 1, reads, frozenset({"order"}), FIRST_ANSWER)
            self.consumers[team] = first
            self.versions[team] = [first]

    def release_all(self, changes: Sequence[Change]) -> None:
        """Release one change after the other."""
        for change in changes:
            self._release(change)

    @property
    def broken(self) -> tuple[str, ...]:
        """The consumers that do not work with the provider now."""
        return _broken(self.provider, self.consumers)

    def objections(self, consumer: Consumer, provider: Provider) -> list[str] | None:
        """The fields that `can-i-deploy` names for a pair; None when there is no contract."""
        if consumer.team not in self.publishers:
            return None
        return consumer.objections(provider, self.style)

    def _release(self, change: Change) -> None:
        provider = self._next_provider(change)
        moved = self._next_consumers(change)
        number = len(self.steps) + 1
        if provider is self.provider and not moved:
            self.steps.append(None)
            return
        consumers = self.consumers | {one.team: one for one in moved}
        asked = consumers.values() if provider is not self.provider else moved
        objectors = tuple(one.team for one in asked if self.objections(one, provider))
        after = _broken(provider, consumers)
        breaks = tuple(team for team in after if team not in self.broken)
        released = not (self.checked and objectors)
        if released:
            self.provider, self.consumers = provider, consumers
        step = Step(change, released, breaks, objectors, self.broken)
        self.steps.append(step)
        name = ", ".join(one.name for one in moved) or provider.name
        self.log.add(number, name, _kind(step), broken=len(self.broken), would=len(breaks))

    def _next_provider(self, change: Change) -> Provider:
        changed = changed_provider(self.provider, change)
        if changed == self.provider:
            return self.provider
        numbered = replace(changed, version=len(self.providers) + 1)
        self.providers.append(numbered)
        return numbered

    def _next_consumers(self, change: Change) -> list[Consumer]:
        moved = []
        for team, consumer in self.consumers.items():
            changed = changed_consumer(consumer, change)
            if changed != consumer:
                version = len(self.versions[team]) + 1
                changed = replace(changed, version=version, recorded=self.provider.answer)
                self.versions[team].append(changed)
                moved.append(changed)
        return moved

    # ---- numbers and tables ----------------------------------------------------------------------

    def after_each(self) -> list[tuple[str, ...]]:
        """Who is broken after each step."""
        now: tuple[str, ...] = ()
        result = []
        for step in self.steps:
            now = now if step is None else step.broken_after
            result.append(now)
        return result

    def failing_percent(self) -> list[float]:
        """The share of requests that fail after each step."""
        return [
            float(sum(TRAFFIC_PERCENT[team] for team in broken)) for broken in self.after_each()
        ]

    def totals(self) -> dict[str, float]:
        """The raw numbers, by name."""
        steps = [step for step in self.steps if step is not None]
        failing = self.failing_percent()
        answer = self.provider.answer
        return {
            "changes": float(len(steps)),
            "released": float(sum(step.released for step in steps)),
            "held_rightly": float(sum(step.held_rightly for step in steps)),
            "held_for_nothing": float(sum(step.held_for_nothing for step in steps)),
            "held": float(sum(not step.released for step in steps)),
            "breaking": float(sum(step.released and bool(step.breaks) for step in steps)),
            "broken_most": float(max(len(broken) for broken in self.after_each())),
            "failing": sum(failing) / len(failing),
            "failing_most": max(failing),
            "publishers": float(len(self.publishers)),
            "promo_gone": float("promo" not in answer),
            "note_gone": float("gift_note" not in answer),
            "renamed": float("amount" in answer and "total" not in answer),
            "currency_demanded": float("currency" in self.provider.demands),
        }

    def steps_table(self) -> Table:
        """The releases one after the other."""
        head = (
            noop("Release"),
            noop("Change"),
            noop("Would break"),
            "can-i-deploy",
            noop("Outcome"),
        )
        rows = [_step_row(number, step) for number, step in enumerate(self.steps, start=1)]
        return Table("releases", noop("One release after the other"), head, tuple(rows))

    def matrix(self) -> Table:
        """What `can-i-deploy` answers for every pair of versions."""
        head = ("", *(provider.name for provider in self.providers))
        consumers = [one for versions in self.versions.values() for one in versions]
        rows = [
            (Cell(one.name), *(self._pair(one, provider) for provider in self.providers))
            for one in consumers
        ]
        return Table(
            "matrix",
            noop("can-i-deploy for each pair of versions, from contracts"),
            head,
            tuple(rows),
        )

    def _pair(self, consumer: Consumer, provider: Provider) -> Cell:
        objections = self.objections(consumer, provider)
        if objections is None:
            return Cell(noop("no contract"))
        if not objections:
            return Cell(noop("yes"), "good")
        return Cell(f"no: {', '.join(objections)}", "bad")


def _broken(provider: Provider, consumers: Mapping[str, Consumer]) -> tuple[str, ...]:
    return tuple(team for team, one in consumers.items() if one.breaks_with(provider))


def _kind(step: Step) -> str:
    if step.held_rightly:
        return "held rightly"
    if step.held_for_nothing:
        return "held for nothing"
    return "breaks" if step.breaks else "released"


OUTCOMES: Mapping[str, Cell] = {
    "held rightly": Cell(noop("held back"), "good"),
    "held for nothing": Cell(noop("held back for nothing"), "bad"),
    "breaks": Cell(noop("released, and breaks"), "bad"),
    "released": Cell(noop("released"), "good"),
}


def _step_row(number: int, step: Step | None) -> tuple[Cell, ...]:
    if step is None:
        return (Cell(str(number)), Cell(noop("nothing to change")), Cell("–"), Cell("–"), Cell("–"))
    answer = f"no: {', '.join(step.objectors)}" if step.objectors else noop("yes")
    return (
        Cell(str(number)),
        Cell(NAMES[step.change]),
        Cell(", ".join(step.breaks) or noop("nobody")),
        Cell(answer),
        OUTCOMES[_kind(step)],
    )

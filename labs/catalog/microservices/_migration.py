"""A shop that moves out of its old system feature by feature: the strangler fig model.

All times are weeks since the start. One team builds a slice of features, compares it with the old
system for a while, and lets the facade send it the slice's requests. Nothing is drawn by lot:
each feature has defects that show after so many weeks of real requests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext_noop as noop

from labs.results import Cell, Table
from simulation import EventLog

HORIZON = 60.0
STEP = 0.5
WEEKS = tuple(STEP * (index + 1) for index in range(int(HORIZON / STEP)))

ROUTING = 0.5  # weeks of work per slice: its route in the facade, its data to copy over
ADAPTER = 1.0  # weeks of work per dependency that is still in the old system
PAIRING = 0.25  # weeks of work per pair of features that go live together
DRIFT = 0.02  # weeks of rework per (week of building)², as the old system changes meanwhile
WINDOW_WORK = 0.25  # weeks of work per week in which a slice can still go back
REPAIR = 1.0  # weeks of work per defect found by customers
SWITCH_OFF = 1.0  # weeks from the last slice being final until the old system is off
BROKEN_SHARE = 0.5  # of a feature's requests fail while a defect is there
BACK_AFTER = 0.5  # weeks until a slice that can go back has gone back
BACK_FOR = 1.0  # weeks it stays there
REPAIR_AFTER = 2.0  # weeks until a defect is repaired where there is no way back


@dataclass(frozen=True, slots=True)
class Feature:
    """A part of the shop: its share of requests in %, its writes per minute, its work in weeks.

    `defects` are the weeks of real requests after which each of its defects shows.
    """

    key: str
    name: str
    traffic: float
    writes: float
    work: float
    needs: tuple[str, ...]
    defects: tuple[float, ...]


FEATURES = (
    Feature("catalogue", noop("Catalogue"), 34, 5, 3, (), (0.5,)),
    Feature("search", noop("Search"), 20, 0, 2, ("catalogue",), (0.5,)),
    Feature("reviews", noop("Reviews"), 7, 15, 2, ("catalogue",), ()),
    Feature("accounts", noop("Accounts"), 10, 20, 3, (), (0.5, 1.5)),
    Feature("cart", noop("Cart"), 11, 120, 3, ("catalogue", "accounts"), (1.0,)),
    Feature("payments", noop("Payments"), 6, 60, 5, ("accounts",), (0.5, 1.5)),
    Feature("orders", noop("Orders"), 8, 60, 5, ("cart", "payments", "accounts"), (1.0, 2.0)),
    Feature("reports", noop("Reports"), 4, 20, 4, ("orders", "payments"), (4.0,)),
)
BY_KEY: Mapping[str, Feature] = {feature.key: feature for feature in FEATURES}
WORK = sum(feature.work for feature in FEATURES)
WRITES = sum(feature.writes for feature in FEATURES)


class Order(StrEnum):
    """What goes next."""

    SMALLEST = "smallest"
    TRAFFIC = "traffic"
    WRITES = "writes"
    NEEDS = "needs"
    HARDEST = "hardest"


class Sync(StrEnum):
    """How writes of the old system reach the new one."""

    STREAM = "stream"
    MINUTE = "minute"
    QUARTER = "quarter"
    NIGHT = "night"


LAG_MINUTES: Mapping[Sync, float] = {
    Sync.STREAM: 1 / 60,
    Sync.MINUTE: 1.0,
    Sync.QUARTER: 15.0,
    Sync.NIGHT: 1440.0,
}
UPKEEP: Mapping[Sync, float] = {  # share of the team's time while both systems run
    Sync.STREAM: 0.20,
    Sync.MINUTE: 0.10,
    Sync.QUARTER: 0.05,
    Sync.NIGHT: 0.02,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How to migrate; times in weeks. Without `facade` all goes live at once, with no way back."""

    first: str
    order: Order
    slice_size: int
    parity: float
    window: float
    sync: Sync
    granted: float
    facade: bool


def ordered(first: str, order: Order) -> list[Feature]:
    """All features in the order in which they move."""
    rest = [feature for feature in FEATURES if feature.key != first]
    keys = {
        Order.SMALLEST: lambda one: one.work,
        Order.TRAFFIC: lambda one: -one.traffic,
        Order.WRITES: lambda one: -one.writes,
        Order.NEEDS: FEATURES.index,
        Order.HARDEST: lambda one: -one.work,
    }
    return [BY_KEY[first], *sorted(rest, key=keys[order])]


@dataclass(frozen=True, slots=True)
class Defect:
    """A defect that customers met: when, until when, and whether its slice went back."""

    feature: Feature
    start: float
    end: float
    goes_back: bool


@dataclass(slots=True)
class Slice:
    """Features that go live together, if they do before the team is gone."""

    features: list[Feature]
    adapters: int
    live: float
    delivered: bool
    defects: list[Defect] = field(default_factory=list)

    def is_live(self, week: float) -> bool:
        """Whether customers are served by the new system at this time."""
        if not self.delivered or week < self.live:
            return False
        return not any(
            one.goes_back and one.end <= week < one.end + BACK_FOR for one in self.defects
        )


class Migration:
    """The migration as planned, and the numbers that tiles and challenges need."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.log = EventLog()
        self.slices: list[Slice] = []
        self._build()
        self.is_off = False
        self.off_week = self._off_week()
        self.traffic = [self._traffic(week) for week in WEEKS]
        self.failing = [self._failing(week) for week in WEEKS]
        self.uncopied = [self._uncopied(week) for week in WEEKS]

    @property
    def left(self) -> list[str]:
        """The names of the features that stay in the old system."""
        done = {feature.key for one in self._delivered for feature in one.features}
        return [feature.name for feature in FEATURES if feature.key not in done]

    # ---- the work ------------------------------------------------------------------------------

    def _build(self) -> None:
        plan = self.plan
        order = ordered(plan.first, plan.order)
        size = plan.slice_size if plan.facade else len(order)
        week, done = 0.0, set[str]()
        for start in range(0, len(order), size):
            features = order[start : start + size]
            one = self._slice(features, week, done)
            self.slices.append(one)
            self._tell(len(self.slices), one)
            if not one.delivered:
                break
            week = one.live
            done |= {feature.key for feature in features}

    def _slice(self, features: list[Feature], week: float, done: set[str]) -> Slice:
        adapters = _adapters(features, done)
        effort = self._effort(features, adapters)
        pace = 1.0 - UPKEEP[self.plan.sync] if self.slices else 1.0
        parity = self.plan.parity if self.plan.facade else 0.0
        live = week + effort / pace + parity
        one = Slice(features, adapters, live, delivered=live <= self.plan.granted)
        if one.delivered:
            one.defects = [
                defect for feature in features for defect in self._defects(feature, live)
            ]
        return one

    def _effort(self, features: Sequence[Feature], adapters: int) -> float:
        """Weeks of work for a slice, and for what the slice before it left to do."""
        work = sum(feature.work for feature in features)
        pairs = len(features) * (len(features) - 1) / 2
        effort = work + DRIFT * work * work + ADAPTER * adapters + PAIRING * pairs + ROUTING
        if self.slices:
            effort += WINDOW_WORK * self.plan.window + REPAIR * len(self.slices[-1].defects)
        return effort

    def _defects(self, feature: Feature, live: float) -> list[Defect]:
        """The defects that neither tests nor the comparison found."""
        parity = self.plan.parity if self.plan.facade else 0.0
        window = self.plan.window if self.plan.facade else 0.0
        found = []
        for shows in feature.defects:
            if shows > parity:
                goes_back = shows - parity <= window
                start = live + shows - parity
                end = start + (BACK_AFTER if goes_back else REPAIR_AFTER)
                found.append(Defect(feature, start, end, goes_back))
        return found

    def _off_week(self) -> float:
        """When the old system is off; the horizon if nobody gets round to it."""
        window = self.plan.window if self.plan.facade else 0.0
        off = self.slices[-1].live + window + SWITCH_OFF
        complete = sum(len(one.features) for one in self._delivered) == len(FEATURES)
        self.is_off = complete and off <= self.plan.granted
        return off if self.is_off else HORIZON

    def _tell(self, number: int, one: Slice) -> None:
        if not one.delivered:
            self.log.add(number, "team", "gone", week=self.plan.granted, left=len(one.features))
            return
        count = len(one.features)
        self.log.add(number, "facade", "live", week=one.live, features=count)
        for defect in sorted(one.defects, key=lambda item: item.start):
            kind = "goes back" if defect.goes_back else "repaired"
            self.log.add(number, defect.feature.name, kind, week=defect.start)

    # ---- numbers -------------------------------------------------------------------------------

    @property
    def _delivered(self) -> list[Slice]:
        return [one for one in self.slices if one.delivered]

    def _live(self, week: float) -> list[Feature]:
        return [feature for one in self.slices if one.is_live(week) for feature in one.features]

    def _traffic(self, week: float) -> float:
        return float(sum(feature.traffic for feature in self._live(week)))

    def _failing(self, week: float) -> float:
        """The share of all requests that fail because of defects, in percent."""
        hit: dict[str, float] = {}
        for one in self._delivered:
            for defect in one.defects:
                if defect.start <= week < defect.end and one.is_live(week):
                    key = defect.feature.key
                    hit[key] = min(1.0, hit.get(key, 0.0) + BROKEN_SHARE)
        return sum(share * BY_KEY[key].traffic for key, share in hit.items())

    def _uncopied(self, week: float) -> float:
        """Writes the new system does not know yet: those per minute of the old one × the lag."""
        if not self.plan.facade or not self._delivered or week < self._delivered[0].live:
            return 0.0
        if week >= self.off_week and self.is_off:
            return 0.0
        old = WRITES - sum(feature.writes for feature in self._live(week))
        return old * LAG_MINUTES[self.plan.sync]

    def totals(self) -> dict[str, float]:
        """The raw numbers, by name."""
        delivered = self._delivered
        defects = [defect for one in delivered for defect in one.defects]
        return {
            "traffic_new": self.traffic[-1],
            "moved": float(sum(one.traffic for part in delivered for one in part.features)),
            "features_new": float(sum(len(one.features) for one in delivered)),
            "off_week": self.off_week,
            "is_off": float(self.is_off),
            "first_week": delivered[0].live if delivered else HORIZON,
            "last_week": delivered[-1].live if delivered else HORIZON,
            "built_week": self.slices[-1].live,
            "slices": float(len(delivered)),
            "failing_most": max(self.failing),
            "failing": sum(self.failing) / len(self.failing),
            "uncopied_most": max(self.uncopied),
            "uncopied_end": self.uncopied[-1],
            "adapters": float(sum(one.adapters for one in self.slices)),
            "defects_met": float(len(defects)),
            "went_back": float(sum(defect.goes_back for defect in defects)),
        }

    def table(self) -> Table:
        """The slices in their order."""
        head = (
            noop("Slice"),
            noop("Features"),
            noop("Adapters"),
            noop("Live in week"),
            noop("Requests moved"),
            noop("Defects customers met"),
        )
        rows, moved = [], 0.0
        for number, one in enumerate(self.slices, start=1):
            moved += sum(feature.traffic for feature in one.features) if one.delivered else 0.0
            rows.append(_row(number, one, moved))
        return Table("slices", noop("One slice after the other"), head, tuple(rows))


def _adapters(features: Sequence[Feature], done: set[str]) -> int:
    """Dependencies that are still in the old system when these features leave it."""
    there = done | {feature.key for feature in features}
    return sum(need not in there for feature in features for need in feature.needs)


def _row(number: int, one: Slice, moved: float) -> tuple[Cell, ...]:
    names = ", ".join(feature.name for feature in one.features)
    cells = (Cell(str(number)), Cell(names), Cell(str(one.adapters)))
    if not one.delivered:
        return (*cells, Cell(noop("not delivered"), "bad"), Cell(f"{moved:.0f} %"), Cell("–"))
    met = len(one.defects)
    return (
        *cells,
        Cell(f"{one.live:.1f}"),
        Cell(f"{moved:.0f} %"),
        Cell(str(met), "bad" if met else "good"),
    )

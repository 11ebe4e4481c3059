"""A service whose requests are copied to its successor: the shadow deployment lab's model.

Old and new version share one database. From `START_S` on, either the new version serves everybody
(no shadow), or a share of the requests is copied to it until the shadow ends; then the new version
takes over only if the upper end of the 95 % interval of mismatches is at most `LIMIT_PERCENT`.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from django.utils.translation import gettext_noop as noop

import simulation
from labs.readings import Axis
from labs.results import Cell, Table
from simulation import Done, Outcome, Record, Request, Simulator, Streams

DURATION_S = 60.0
AXIS = Axis(width_s=2.0, count=30)
START_S = 10.0
CAPACITY = 100  # database calls per second
SERVERS = 2
PATIENCE_S = 1.0
WRITE_SHARE = 0.2
WRITES_WORSE = 5.0  # a write is this many times as likely to be answered wrongly as a read
WRONG_CENTS = (2, 50)
HARMLESS_SHARE = 0.08
HARMLESS_CENTS = (1, 3)
LIMIT_PERCENT = 2.0
CROWD = 50  # calls waiting at the database that are worth a line in the log
LOOKS = 6  # rows of the table that shows how the estimate narrows
MOST_EVENTS = 120_000  # of the engine; the busiest parameters need a third of that


class Writes(StrEnum):
    """What the shadow does with a copied write."""

    EXECUTED = "executed"
    STUBBED = "stubbed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Mirroring:
    """How requests are copied and compared; `share` is in [0, 1]."""

    share: float
    shadow_s: float
    writes: Writes
    tolerance_cents: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share of mismatches from a sample, in percent, with its 95 % margin in points."""

    compared: int
    mismatches: int

    @property
    def percent(self) -> float:
        """The measured share; 0 without a sample."""
        return 100.0 * self.mismatches / self.compared if self.compared else 0.0

    @property
    def margin(self) -> float:
        """1.96 · √(p(1 − p)/n) in points; 100 (nothing is known) without a sample.

        The formula gives 0 when none or all differ; there the rule of three, 3/n, stands in.
        """
        if not self.compared:
            return 100.0
        if self.mismatches in (0, self.compared):
            return min(100.0, 300.0 / self.compared)
        share = self.mismatches / self.compared
        return 196.0 * sqrt(share * (1.0 - share) / self.compared)

    def holds(self, truth_percent: float) -> bool:
        """Whether the true share lies within the margin."""
        return abs(self.percent - truth_percent) <= self.margin


@dataclass(slots=True)
class _Draw:
    """What chance decided about one request before it arrived."""

    is_write: bool
    is_wrong: bool
    cents: int
    luck: float


class Mirror:
    """One simulated minute, and the numbers that tiles and challenges need."""

    def __init__(
        self, *, seed: int, rate: float, wrong: float, mirroring: Mirroring | None
    ) -> None:
        """`wrong` is the share of answers in [0, 1] that the new version gets wrong."""
        self.simulator = Simulator(max_events=MOST_EVENTS)
        self.streams = Streams(seed)
        self.log = simulation.EventLog()
        self.ledger = simulation.Ledger()
        self.draws: list[_Draw] = []
        self.database_calls: list[float] = []
        self.comparisons: list[tuple[float, bool]] = []  # when, and whether they differed
        self.charged_twice: list[int] = []  # ids of requests
        self.wrongly: list[int] = []
        self.released = False
        self._wrong_percent = 100.0 * wrong
        self._mirroring = mirroring
        self._mirrors = False
        self._crowded = False
        self._deviation = self.streams.random("deviation")
        self._database = simulation.Service(
            self.simulator,
            "database",
            servers=SERVERS,
            service_time=self.streams.exponential("database", SERVERS / CAPACITY),
        )
        self._customers(rate, wrong)
        self.simulator.at(START_S, self._begin)
        self.simulator.run()

    # ---- requests ------------------------------------------------------------------------------

    def _customers(self, rate: float, wrong: float) -> None:
        kinds, rights, luck = (self.streams.random(name) for name in ("kinds", "rights", "mirror"))
        on_reads = wrong / (1.0 - WRITE_SHARE + WRITES_WORSE * WRITE_SHARE)

        def kind() -> str:
            is_write = kinds() < WRITE_SHARE
            is_wrong = rights() < on_reads * (WRITES_WORSE if is_write else 1.0)
            cents = self._cents(is_wrong=is_wrong)
            self.draws.append(_Draw(is_write, is_wrong, cents, luck()))
            return ""

        simulation.OpenLoop(
            self.simulator,
            self._serve,
            self.streams.exponential("arrivals", 1.0 / rate),
            until_s=DURATION_S,
            kinds=kind,
            ledger=self.ledger,
        )

    def _cents(self, *, is_wrong: bool) -> int:
        """By how much the new version's answer is off; the same number of draws each time."""
        chance, size = self._deviation(), self._deviation()
        if not is_wrong and chance >= HARMLESS_SHARE:
            return 0
        low, high = WRONG_CENTS if is_wrong else HARMLESS_CENTS
        return low + int(size * (high - low + 1))

    def _serve(self, request: Request, done: Done) -> None:
        draw = self.draws[request.id]
        if self.released and draw.is_wrong:
            self.wrongly.append(request.id)
        mirroring = self._mirroring
        if mirroring is not None and self._mirrors and _is_copied(draw, mirroring):
            self._copy(request, done, draw, mirroring)
        else:
            self._call(request, done)

    def _copy(self, request: Request, done: Done, draw: _Draw, mirroring: Mirroring) -> None:
        """Serve from the old version and send a copy to the new one; nobody waits for that."""
        answers: list[Outcome] = []

        def compare(_request: Request, outcome: Outcome) -> None:
            answers.append(outcome)
            if len(answers) == 2:
                differs = draw.cents > mirroring.tolerance_cents
                self.comparisons.append((self.simulator.now, differs))

        def answer(_request: Request, outcome: Outcome) -> None:
            done(request, outcome)
            compare(_request, outcome)

        self._call(request, answer)
        if draw.is_write and mirroring.writes is Writes.STUBBED:
            compare(request, Outcome.OK)
            return
        if draw.is_write:
            self.charged_twice.append(request.id)
        self._call(request, compare)

    def _call(self, request: Request, done: Done) -> None:
        self.database_calls.append(self.simulator.now)
        self._database(request, done)
        if not self._crowded and self._database.queue_length >= CROWD:
            self._crowded = True
            self._note("database", "crowded", calls=CROWD)

    # ---- the release ---------------------------------------------------------------------------

    def _begin(self, _argument: None) -> None:
        if self._mirroring is None:
            self._release()
            return
        self._mirrors = True
        self._note("shadow", "begins", share=100.0 * self._mirroring.share)
        self.simulator.after(self._mirroring.shadow_s, self._decide)

    def _release(self) -> None:
        self.released = True
        self._note("new version", "released")

    def _decide(self, _argument: None) -> None:
        self._mirrors = False
        found = self.estimate(self.simulator.now)
        self._note("shadow", "ends", compared=found.compared, mismatches=found.mismatches)
        if found.compared and found.percent + found.margin <= LIMIT_PERCENT:
            self._release()
        else:
            self._note("new version", "held back")

    def _note(self, component: str, kind: str, **values: float) -> None:
        self.log.add(self.simulator.now, component, kind, **values)

    # ---- numbers -------------------------------------------------------------------------------

    @property
    def decided_s(self) -> float:
        """When the new version was released or held back."""
        return START_S + (self._mirroring.shadow_s if self._mirroring else 0.0)

    def estimate(self, until_s: float) -> Estimate:
        """What the comparisons up to `until_s` say."""
        seen = [differs for time_s, differs in self.comparisons if time_s <= until_s]
        return Estimate(len(seen), sum(seen))

    def harmed(self) -> list[Record]:
        """Requests answered wrongly or late, or whose write was done twice."""
        hurt = {*self.charged_twice, *self.wrongly}
        return [one for one in self.ledger if one[0] in hurt or one[2] - one[1] > PATIENCE_S]

    def harmed_curve(self) -> tuple[float, ...]:
        """Harmed requests per second, by time of arrival."""
        return AXIS.per_second(one[1] for one in self.harmed())

    def table(self) -> Table:
        """The estimate as it narrows while samples come in."""
        rows = []
        for look in range(1, LOOKS + 1):
            passed_s = (self.decided_s - START_S) * look / LOOKS
            rows.append(_row(passed_s, self.estimate(START_S + passed_s), self._wrong_percent))
        return Table(
            "estimate",
            noop("How the estimate narrows (95 % interval)"),
            (
                noop("Shadow for"),
                noop("Compared"),
                noop("Different"),
                noop("Share"),
                noop("Holds the truth"),
            ),
            tuple(rows),
        )

    def totals(self, window_end_s: float) -> dict[str, float]:
        """The raw numbers, by name; the load is taken from the shadow's start to `window_end_s`."""
        late = sum(one[2] - one[1] > PATIENCE_S for one in self.ledger)
        window = [one for one in self.ledger if START_S <= one[1] < window_end_s]
        calls = sum(START_S <= time_s < window_end_s for time_s in self.database_calls)
        late_in_window = sum(one[2] - one[1] > PATIENCE_S for one in window)
        found = self.estimate(self.decided_s)
        return {
            "requests": float(len(self.ledger)),
            "harmed": float(len(self.harmed())),
            "charged_twice": float(len(self.charged_twice)),
            "wrongly": float(len(self.wrongly)),
            "late": float(late),
            "late_percent": 100.0 * late_in_window / len(window) if window else 0.0,
            "load": calls / len(window) if window else 1.0,
            "compared": float(found.compared),
            "mismatches": float(found.mismatches),
            "measured": found.percent,
            "margin": found.margin,
            "off": abs(found.percent - self._wrong_percent) if found.compared else 100.0,
            "released": float(self.released),
        }


def _is_copied(draw: _Draw, mirroring: Mirroring) -> bool:
    is_skipped = draw.is_write and mirroring.writes is Writes.SKIPPED
    return draw.luck < mirroring.share and not is_skipped


def _row(passed_s: float, found: Estimate, truth_percent: float) -> tuple[Cell, ...]:
    if not found.compared:
        return (Cell(f"{passed_s:.1f} s"), Cell("0"), Cell("0"), Cell("–"), Cell("–"))
    holds = found.holds(truth_percent)
    return (
        Cell(f"{passed_s:.1f} s"),
        Cell(str(found.compared)),
        Cell(str(found.mismatches)),
        Cell(f"{found.percent:.1f} % ± {found.margin:.1f}"),
        Cell(noop("yes") if holds else noop("no"), "good" if holds else "bad"),
    )

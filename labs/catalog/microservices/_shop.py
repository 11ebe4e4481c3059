"""A shop whose checkouts call a payment provider: the model behind the breaker lab."""

import simulation
from labs.readings import Axis, arrived_within, first_row_of, p99_served_ms, served, served_percent
from simulation import Done, Handler, Outcome, Record, Request, Simulator, Streams
from simulation.policies import BreakerSettings, CircuitBreaker, fallback, timeout

DURATION_S = 60.0
AXIS = Axis(width_s=0.5, count=120)
DOWN_S, BACK_S = 15.0, 35.0
BLIP_S, BLIP_END_S = 50.0, 51.0
PATIENCE_S = 4.0
WORKERS = 20
WAITING_ROOM = 20
CHECKOUT_SHARE = 0.25
IN_A_ROW = 5  # checkouts charged at once, one after the other, that count as normal again
MOST_EVENTS = 250_000  # of the engine; the busiest parameters need a third of that


class Shop:
    """One simulated minute of the shop, and the numbers that tiles and challenges need."""

    def __init__(
        self, *, seed: int, rate: float, timeout_s: float, breaker: BreakerSettings | None
    ) -> None:
        """`rate` is requests per second; without `breaker` there is only the timeout."""
        self.simulator = Simulator(max_events=MOST_EVENTS)
        self.streams = Streams(seed)
        self.log = simulation.EventLog()
        self.ledger = simulation.Ledger()
        self.calls: list[float] = []  # when payments was called
        self.kinds: list[str] = []  # by request id
        self._pay = self._payments(timeout_s, breaker)
        shop = simulation.Service(
            self.simulator,
            "shop",
            servers=WORKERS,
            queue_limit=WAITING_ROOM,
            service_time=self.streams.exponential("shop", 0.015),
            downstream=self._work,
        )
        self._customers(shop, rate)
        levels = {"busy": lambda: float(shop.busy)}
        gauge = simulation.Gauge(self.simulator, levels, width_s=AXIS.width_s, count=AXIS.count)
        self.simulator.run()
        self.busy = tuple(gauge.samples["busy"])

    def _payments(self, timeout_s: float, breaker: BreakerSettings | None) -> Handler:
        provider = simulation.Service(
            self.simulator,
            "payments",
            servers=1000,
            service_time=self.streams.lognormal("payments", 0.07, 0.35),
        )
        outages = (
            simulation.down(DOWN_S, BACK_S),
            simulation.down(BLIP_S, BLIP_END_S, kind="blip"),
        )
        simulation.schedule(self.simulator, self.log, provider, outages)
        counted = simulation.tapped(provider, lambda _: self.calls.append(self.simulator.now))
        patient = timeout(self.simulator, counted, timeout_s)
        if breaker is None:
            return patient
        guarded = CircuitBreaker(self.simulator, patient, breaker, name="breaker", log=self.log)
        return fallback(guarded, when={Outcome.REFUSED})

    def _customers(self, shop: Handler, rate: float) -> None:
        chance = self.streams.random("kinds")

        def kind() -> str:
            self.kinds.append("checkout" if chance() < CHECKOUT_SHARE else "catalogue")
            return self.kinds[-1]

        gaps = self.streams.exponential("arrivals", 1.0 / rate)
        simulation.OpenLoop(
            self.simulator, shop, gaps, until_s=DURATION_S, kinds=kind, ledger=self.ledger
        )

    def _work(self, request: Request, done: Done) -> None:
        if request.kind == "checkout":
            self._pay(request, done)
        else:
            done(request, Outcome.OK)

    def arrived(self, kind: str, start_s: float, end_s: float) -> list[Record]:
        """Requests of one kind that arrived in [start_s, end_s), in order."""
        records = arrived_within(self.ledger, start_s, end_s)
        return [record for record in records if self.kinds[record[0]] == kind]

    def recovery_s(self) -> float:
        """Seconds from the recovery until checkouts are charged at once again."""
        checkouts = self.arrived("checkout", BACK_S, DURATION_S)
        first = first_row_of(
            IN_A_ROW, checkouts, lambda one: one[3] is Outcome.OK and served(one, PATIENCE_S)
        )
        return (DURATION_S if first is None else first) - BACK_S

    def openings(self, start_s: float, end_s: float) -> list[float]:
        """When the breaker opened in [start_s, end_s), from closed or from half-open."""
        opened = (one.time_s for one in self.log.events if one.kind in ("open", "reopened"))
        return [time_s for time_s in opened if start_s <= time_s < end_s]

    def closed_since(self, start_s: float) -> bool:
        """Whether the breaker was closed at `start_s` and has stayed so."""
        changes = [one for one in self.log.events if one.component == "breaker"]
        return all(one.time_s < start_s for one in changes) and (
            not changes or changes[-1].kind == "closed"
        )

    def open_at(self, moment_s: float) -> bool:
        """Whether the breaker was open or half-open then."""
        kinds = [
            one.kind
            for one in self.log.events
            if one.component == "breaker" and one.time_s < moment_s
        ]
        return bool(kinds) and kinds[-1] != "closed"

    def totals(self) -> dict[str, float]:
        """The raw numbers, by name."""
        down = arrived_within(self.ledger, DOWN_S, BACK_S)
        catalogue = self.arrived("catalogue", DOWN_S, BACK_S)
        checkouts = self.arrived("checkout", DOWN_S, BACK_S)
        openings = self.openings(DOWN_S, BACK_S)
        return {
            "served_down": served_percent(down, patience_s=PATIENCE_S),
            "catalogue_down": served_percent(catalogue, patience_s=PATIENCE_S),
            "checkouts_down": float(len(checkouts)),
            "checkouts_lost": float(sum(not served(one, PATIENCE_S) for one in checkouts)),
            "calls_down": float(sum(DOWN_S <= time_s < BACK_S for time_s in self.calls)),
            "charged_later": float(sum(one[3] is Outcome.FALLBACK for one in self.ledger)),
            "p99_ms": p99_served_ms(self.ledger, patience_s=PATIENCE_S),
            "recovery_s": self.recovery_s(),
            "busy_most": max(self.busy),
            "openings_down": float(len(openings)),
            "opened_after_s": openings[0] - DOWN_S if openings else BACK_S - DOWN_S,
            "steady_in_blip": float(self.closed_since(BLIP_S)),
            "open_before": float(self.open_at(DOWN_S)),
        }

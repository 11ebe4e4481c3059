"""A network between two parties, as a thing that can fail."""

from collections.abc import Callable

from simulation.calls import Done, Handler, Outcome, Request, direct
from simulation.faults import HEALTHY, Health
from simulation.kernel import Simulator
from simulation.streams import Sampler

type _Arrival = Callable[[Outcome | None], None]  # a request has no outcome yet, an answer has


class Link:
    """`target` behind a network that takes `one_way` seconds there and again back.

    Each message, in either direction, is lost with probability `loss`; a request arrives
    twice with probability `duplication`, each copy in its own time, and the caller hears the
    first answer. `luck` gives the uniform numbers that decide. A link that is down or
    partitioned swallows what is sent or would arrive meanwhile; one that is refusing fails
    calls at once; slowness stretches the time of messages, an error rate adds to the loss.
    """

    __slots__ = (
        "_duplication",
        "_loss",
        "_luck",
        "_one_way",
        "_simulator",
        "_target",
        "duplicated",
        "health",
        "lost",
        "name",
        "sent",
    )

    def __init__(
        self,
        simulator: Simulator,
        name: str,
        target: Handler,
        *,
        one_way: Sampler,
        loss: float = 0.0,
        duplication: float = 0.0,
        luck: Sampler | None = None,
    ) -> None:
        if luck is None and (loss or duplication):
            raise ValueError("A link that loses or duplicates messages needs luck.")
        self.name = name
        self.health = HEALTHY
        self.sent = 0
        self.lost = 0
        self.duplicated = 0
        self._simulator = simulator
        self._target = direct(target)
        self._one_way = one_way
        self._loss = loss
        self._duplication = duplication
        self._luck = luck

    def __call__(self, request: Request, done: Done) -> None:
        """Send the request over, once or twice."""
        if self.health.refusing:
            done(request, Outcome.ERROR)
            return
        exchange = _Exchange(self, request, done)
        self.send(exchange.arrive, None)
        # drawn whatever the probability is, so that changing it leaves other chances alone
        if self._luck is not None and self._luck() < self._duplication:
            self.duplicated += 1
            self.send(exchange.arrive, None)

    def set_health(self, health: Health) -> None:
        """Change how messages fare from now on."""
        self.health = health

    def reset(self) -> None:
        """Do nothing: no message waits on a link."""

    def crash(self) -> None:
        """Do nothing: what is on its way is swallowed when it would arrive."""

    def send(self, arrive: _Arrival, content: Outcome | None) -> None:
        """Put one message on its way, unless it is lost."""
        self.sent += 1
        if self._swallows() or self._unlucky():
            self.lost += 1
            return
        delay = self._one_way() * self.health.slowdown
        self._simulator.after(delay, self._deliver, (arrive, content))

    def forward(self, request: Request, done: Done) -> None:
        """Hand a request that has arrived to the target."""
        self._target(request, done)

    def _deliver(self, message: tuple[_Arrival, Outcome | None]) -> None:
        if self._swallows():
            self.lost += 1
            return
        arrive, content = message
        arrive(content)

    def _swallows(self) -> bool:
        return self.health is not HEALTHY and self.health.silent

    def _unlucky(self) -> bool:
        survival = (1.0 - self._loss) * (1.0 - self.health.error_rate)
        return self._luck is not None and self._luck() >= survival


class _Exchange:
    """A request and its answers on a link; the caller hears the first."""

    __slots__ = ("_answered", "_done", "_link", "_request")

    def __init__(self, link: Link, request: Request, done: Done) -> None:
        self._link = link
        self._request = request
        self._done = done
        self._answered = False

    def arrive(self, _content: Outcome | None) -> None:
        self._link.forward(self._request, self._reply)

    def _reply(self, _request: Request, outcome: Outcome) -> None:
        self._link.send(self._hear, outcome)

    def _hear(self, outcome: Outcome | None) -> None:
        if not self._answered and outcome is not None:
            self._answered = True
            self._done(self._request, outcome)

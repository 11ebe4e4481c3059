"""Handlers that tests put in the place of services, and calls made at set moments."""

from collections.abc import Callable, Sequence

from simulation import Handler, Outcome, Request, Simulator
from simulation.calls import Done


def answering(outcome: Callable[[], Outcome] = lambda: Outcome.OK) -> Handler:
    """A handler that ends every call at once."""

    def call(request: Request, done: Done) -> None:
        done(request, outcome())

    return call


def taking(
    simulator: Simulator,
    seconds: Callable[[], float],
    outcome: Callable[[], Outcome] = lambda: Outcome.OK,
) -> Handler:
    """A handler that ends every call after a while, however many there are."""

    def call(request: Request, done: Done) -> None:
        ends_as = outcome()
        simulator.after(seconds(), lambda _: done(request, ends_as))

    return call


def silent(_request: Request, _done: Done) -> None:
    """Never answer."""


class Ends:
    """How calls ended: rows of request id, moment and outcome, in order."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self.rows: list[tuple[int, float, Outcome]] = []

    def note(self, request: Request, outcome: Outcome) -> None:
        """Write one end down."""
        self.rows.append((request.id, self._simulator.now, outcome))

    @property
    def outcomes(self) -> list[Outcome]:
        """The outcomes in order of the requests' ids."""
        return [outcome for _id, _moment, outcome in sorted(self.rows, key=lambda row: row[0])]

    @property
    def moments(self) -> list[float]:
        """The moments in order of the requests' ids."""
        return [moment for _id, moment, _outcome in sorted(self.rows, key=lambda row: row[0])]


def called(
    simulator: Simulator,
    target: Handler,
    moments: Sequence[float],
    *,
    keys: Sequence[str] = (),
    kinds: Sequence[str] = (),
) -> Ends:
    """Call `target` at these moments, run to the end, and give how the calls ended."""
    ends = Ends(simulator)
    for number, moment in enumerate(moments):
        kind = kinds[number] if kinds else ""
        request = Request(number, moment, kind, key=keys[number] if keys else "")
        simulator.at(moment, lambda one: target(one, ends.note), request)
    simulator.run()
    return ends

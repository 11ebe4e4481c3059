"""Clients: where requests come from."""

from collections.abc import Callable
from heapq import heappush
from math import inf
from sys import maxsize

from simulation.calls import Handler, Outcome, Request, direct
from simulation.kernel import Entry, Simulator
from simulation.metrics import Ledger
from simulation.profile import Profile
from simulation.streams import Sampler

type Kinds = Callable[[], str]
type Keys = Callable[[], str]


class _Client:
    """Numbers requests, sends them to `target`, and enters how each ended in the ledger."""

    __slots__ = (
        "_answered",
        "_enter",
        "_keys",
        "_kinds",
        "_labels",
        "_simulator",
        "_target",
        "sent",
    )

    def __init__(
        self,
        simulator: Simulator,
        target: Handler,
        kinds: Kinds | None,
        keys: Keys | None,
        ledger: Ledger | None,
    ) -> None:
        self.sent = 0
        self._simulator = simulator
        self._target = direct(target)
        self._kinds = kinds
        self._keys = keys
        self._labels = kinds is not None or keys is not None
        self._enter = None if ledger is None else ledger.rows.extend
        self._answered = self._note  # bound once, not once per request

    def _send(self) -> None:
        request = Request(self.sent, self._simulator.now, "")
        self.sent += 1
        if self._labels:
            self._label(request)
        self._target(request, self._answered)

    def _label(self, request: Request) -> None:
        """Give a request its kind and its key."""
        if self._kinds is not None:
            request.kind = self._kinds()
        if self._keys is not None:
            request.key = self._keys()

    def _note(self, request: Request, outcome: Outcome) -> None:
        if self._enter is not None:
            self._enter((request.id, request.started_at, self._simulator.now, outcome))


class OpenLoop(_Client):
    """Requests that come whether or not earlier ones were answered.

    `gaps` gives the seconds from one arrival to the next: exponential for Poisson arrivals,
    constant for a steady beat. Ends at `until_s` or after `limit` requests. `kinds` labels
    each request, `keys` gives each its key.

    With a `profile` the rate changes over time, and `gaps` counts expected requests instead
    of seconds: exponential with mean 1 for Poisson arrivals, `constant(1.0)` for a beat.
    """

    __slots__ = ("_arrival", "_expected", "_gaps", "_limit", "_profile", "_until_s")

    def __init__(
        self,
        simulator: Simulator,
        target: Handler,
        gaps: Sampler,
        *,
        until_s: float = inf,
        limit: float = inf,
        kinds: Kinds | None = None,
        keys: Keys | None = None,
        ledger: Ledger | None = None,
        profile: Profile | None = None,
    ) -> None:
        super().__init__(simulator, target, kinds, keys, ledger)
        self._gaps = gaps
        self._until_s = until_s
        # a whole number: comparing one with the float infinity takes several times as long
        self._limit = int(min(limit, maxsize))
        self._profile = profile
        self._expected = 0.0
        if profile is None:
            self._arrival = self._arrive
            simulator.after(gaps(), self._arrival)
        else:
            self._arrival = self._arrive_by_profile
            self._plan(profile)

    def _arrive(self, _argument: None) -> None:
        simulator, sent = self._simulator, self.sent
        now = simulator.now
        if now >= self._until_s or sent >= self._limit:
            return
        entry: Entry = (now + self._gaps(), simulator.ticket(), self._arrival, None)
        heappush(simulator.agenda, entry)
        self.sent = sent + 1
        request = Request(sent, now, "")
        if self._labels:
            self._label(request)
        self._target(request, self._answered)

    def _arrive_by_profile(self, _argument: None) -> None:
        if self._simulator.now >= self._until_s or self.sent >= self._limit:
            return
        assert self._profile is not None  # noqa: S101 -- narrows the type
        self._plan(self._profile)
        self._send()

    def _plan(self, profile: Profile) -> None:
        """Schedule the next arrival, if the profile has room for one more."""
        self._expected += self._gaps()
        moment = profile.when(self._expected)
        if moment < self._until_s:
            self._simulator.at(max(moment, self._simulator.now), self._arrival)


class ClosedLoop(_Client):
    """`users` who each wait for their answer, think for `think_time` seconds, and ask again."""

    __slots__ = ("_think_time", "_until_s")

    def __init__(
        self,
        simulator: Simulator,
        target: Handler,
        *,
        users: int,
        think_time: Sampler,
        until_s: float = inf,
        kinds: Kinds | None = None,
        keys: Keys | None = None,
        ledger: Ledger | None = None,
    ) -> None:
        super().__init__(simulator, target, kinds, keys, ledger)
        self._think_time = think_time
        self._until_s = until_s
        for _user in range(users):
            simulator.after(think_time(), self._ask)

    def _ask(self, _argument: None) -> None:
        if self._simulator.now < self._until_s:
            self._send()

    def _note(self, request: Request, outcome: Outcome) -> None:
        super()._note(request, outcome)
        self._simulator.after(self._think_time(), self._ask)

"""Messages that are written with the data, and sent by somebody else a little later."""

from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from math import floor

from simulation.calls import Request
from simulation.kernel import Simulator

_HAIR = 1e-9


class Outbox:
    """A table of messages, and a relay that publishes them in order, at least once.

    At every multiple of `poll_s` seconds the relay publishes the first `batch` rows that are
    not marked, and marks them all `mark_s` seconds later. If it crashes in between, also from
    within `publish`, it publishes them again after its restart. Rows outlive a crash.
    """

    __slots__ = (
        "_batch",
        "_life",
        "_mark_s",
        "_poll_s",
        "_polling",
        "_publish",
        "_rows",
        "_running",
        "_simulator",
        "published",
        "repeated",
    )

    def __init__(
        self,
        simulator: Simulator,
        publish: Callable[[Request], None],
        *,
        poll_s: float,
        batch: int,
        mark_s: float = 0.0,
    ) -> None:
        self.published = 0  # every time counts
        self.repeated = 0  # times after the first
        self._simulator = simulator
        self._publish = publish
        self._poll_s = poll_s
        self._batch = batch
        self._mark_s = mark_s
        self._rows: deque[_Row] = deque()  # in the order in which they were added
        self._running = True
        self._life = 0  # goes up with each crash: what an earlier life left behind is void
        self._polling = False

    @property
    def pending(self) -> int:
        """Rows that are not marked as published."""
        return len(self._rows)

    def add(self, request: Request) -> None:
        """Append a row, as part of the caller's transaction."""
        self._rows.append(_Row(request))
        self._plan()

    def crash(self) -> None:
        """Stop the relay where it is."""
        self._running = False
        self._life += 1
        self._polling = False

    def restart(self) -> None:
        """Let the relay begin again with the first row that is not marked."""
        self._running = True
        self._plan()

    def _plan(self) -> None:
        """Be at the next poll, if there is something to publish: idle polls change nothing."""
        if self._running and self._rows and not self._polling:
            self._polling = True
            beat = floor(self._simulator.now / self._poll_s + _HAIR) + 1
            self._simulator.at(beat * self._poll_s, self._poll, self._life)

    def _poll(self, life: int) -> None:
        if life != self._life:
            return
        rows = list(islice(self._rows, self._batch))
        for row in rows:
            self.published += 1
            self.repeated += row.published
            row.published = True
            self._publish(row.request)
            if life != self._life:
                return
        if self._mark_s:
            self._simulator.after(self._mark_s, self._mark, (life, rows))
        else:
            self._mark((life, rows))

    def _mark(self, batch: "tuple[int, Sequence[_Row]]") -> None:
        life, rows = batch
        if life == self._life:
            for _row in rows:  # always the first ones: nobody else takes rows away
                self._rows.popleft()
            self._polling = False
            self._plan()


class _Row:
    """A message in the table."""

    __slots__ = ("published", "request")

    def __init__(self, request: Request) -> None:
        self.request = request
        self.published = False

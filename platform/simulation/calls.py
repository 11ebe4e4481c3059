"""What travels through a model: requests, and calls that end in an outcome.

Everything that can be called is a *handler*: `handler(request, done)` starts a call, and
`done(request, outcome)` is called when it ends, now or later, and at most once (a call to
something that is down may never end). Services are handlers; policies are handlers around a
handler; so they stack in any order.
"""

from collections.abc import Callable
from enum import Enum
from math import inf
from types import FunctionType, MethodType


class Outcome(Enum):
    """How a call ended."""

    OK = "ok"
    FALLBACK = "fallback"  # answered, but with the second-best answer
    ERROR = "error"
    TIMEOUT = "timeout"
    REJECTED = "rejected"  # the queue was full
    REFUSED = "refused"  # a policy did not let the call through
    LOST = "lost"  # no answer will ever come

    # outcomes are singletons; the enum's own hash is written in Python and slow
    __hash__ = object.__hash__

    @property
    def served(self) -> bool:
        """Whether the caller got an answer to work with."""
        return self is Outcome.OK or self is Outcome.FALLBACK


class Request:
    """One thing a client wants; the same object through all attempts and layers.

    Many calls may carry one request at the same time (hedges, fan-out), so nobody changes a
    request once it is sent: whoever needs other values sends a `child` on. `done` is always
    called with the request that the handler itself was given.

    `deadline` is the simulated second at which nobody will wait for the answer any more.
    `key` names what is asked for: a cache entry, a tenant, an idempotency key.
    """

    __slots__ = ("_root", "deadline", "id", "key", "kind", "started_at")

    _root: "Request"

    def __init__(
        self,
        request_id: int,
        started_at: float,
        kind: str,
        deadline: float = inf,
        key: str = "",
    ) -> None:
        self.id = request_id
        self.started_at = started_at
        self.kind = kind
        self.deadline = deadline
        self.key = key

    @property
    def root(self) -> "Request":
        """The request that a client sent and this one was made for, maybe itself."""
        return getattr(self, "_root", self)  # only children have one

    def child(
        self, *, kind: str | None = None, deadline: float = inf, key: str | None = None
    ) -> "Request":
        """A request on behalf of this one: same id and start, never a later deadline."""
        made = Request(
            self.id,
            self.started_at,
            self.kind if kind is None else kind,
            min(self.deadline, deadline),
            self.key if key is None else key,
        )
        made._root = self.root
        return made


type Done = Callable[[Request, Outcome], None]
type Handler = Callable[[Request, Done], None]


def direct(handler: Handler) -> Handler:
    """The handler as a function or bound method, which Python calls faster than an object."""
    if isinstance(handler, FunctionType | MethodType):
        return handler
    bound: Handler = type(handler).__call__.__get__(handler)
    return bound

"""What travels through a model: requests, and calls that end in an outcome.

Everything that can be called is a *handler*: `handler(request, done)` starts a call, and
`done(request, outcome)` is called when it ends, now or later, and at most once (a call to
something that is down may never end). Services are handlers; policies are handlers around a
handler; so they stack in any order.
"""

from collections.abc import Callable
from enum import Enum
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
    """One thing a client wants; the same object through all attempts and layers."""

    __slots__ = ("id", "kind", "started_at")

    def __init__(self, request_id: int, started_at: float, kind: str) -> None:
        self.id = request_id
        self.started_at = started_at
        self.kind = kind


type Done = Callable[[Request, Outcome], None]
type Handler = Callable[[Request, Done], None]


def direct(handler: Handler) -> Handler:
    """The handler as a function or bound method, which Python calls faster than an object."""
    if isinstance(handler, FunctionType | MethodType):
        return handler
    bound: Handler = type(handler).__call__.__get__(handler)
    return bound

"""A chain of services whose calls pass proxies: the arithmetic behind the sidecar lab.

Nothing is drawn by lot; all figures are expectations. A try of a call is refused with a fixed
chance; else the service called works and calls the next one. A try that fails is repeated
first by the proxy, then by the caller's code, in every layer. How often a call is tried and
how a try ends are independent between tries, so the expected work of a call is the expected
number of tries times the expected work of one (Wald's identity).
"""

from dataclasses import dataclass

WORK_MS = 5.0
BISECTIONS = 60


@dataclass(frozen=True, slots=True)
class Retrying:
    """Further tries per call, in the caller's code and in its proxy.

    `budget` is the most tries the proxies may add, as a share of the calls they are given.
    """

    in_code: int
    in_proxy: int
    budget: float | None


@dataclass(frozen=True, slots=True)
class Tried:
    """A call with all its tries: the chance that one works, and how many there are."""

    success: float
    tries: float


@dataclass(frozen=True, slots=True)
class Depth:
    """What a request through so many services meets, as expectations."""

    served: float
    calls: float  # tries of all calls together
    time_ms: float
    proxy_ms: float
    calls_down: float  # that reach the last service while it is down


def geometric(ratio: float, most: int) -> float:
    """1 + ratio + … + ratio to the power `most`."""
    total = 1.0
    for _power in range(most):
        total = 1.0 + ratio * total
    return total


def affordable(failure: float, retrying: Retrying) -> float:
    """The share of proxy retries that the budget pays for, in [0, 1]."""
    budget = retrying.budget
    if budget is None or geometric(failure, retrying.in_proxy) - 1.0 <= budget:
        return 1.0
    low, high = 0.0, 1.0
    for _halving in range(BISECTIONS):
        middle = (low + high) / 2.0
        if geometric(middle * failure, retrying.in_proxy) - 1.0 <= budget:
            low = middle
        else:
            high = middle
    return low


def tried(failure: float, retrying: Retrying) -> Tried:
    """A call whose single try fails with this chance, repeated by proxy and code."""
    in_proxy = geometric(affordable(failure, retrying) * failure, retrying.in_proxy)
    seen = 1.0 - (1.0 - failure) * in_proxy  # the chance of failure as the code sees it
    in_code = geometric(seen, retrying.in_code)
    return Tried((1.0 - seen) * in_code, in_proxy * in_code)


def depths(count: int, *, refused: float, retrying: Retrying, pass_ms: float) -> tuple[Depth, ...]:
    """Chains of one to `count` services; a try passes two proxies of `pass_ms` each."""
    found = []
    dead = tried(1.0, retrying).tries
    served, calls, time_ms, calls_down = 1.0, 0.0, 0.0, 1.0
    for _layer in range(count):
        works = 1.0 - refused
        call = tried(1.0 - works * served, retrying)
        calls = call.tries * (1.0 + works * calls)
        time_ms = call.tries * (2.0 * pass_ms + works * (WORK_MS + time_ms))
        calls_down *= dead
        served = call.success
        found.append(Depth(served, calls, time_ms, 2.0 * pass_ms * calls, calls_down))
    return tuple(found)

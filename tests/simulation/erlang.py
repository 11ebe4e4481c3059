"""Erlang's formulas."""

from math import factorial


def erlang_c(servers: int, utilisation: float) -> float:
    """Probability of waiting in M/M/c (Erlang's second formula)."""
    load = servers * utilisation
    last = load**servers / factorial(servers) / (1 - utilisation)
    return last / (sum(load**k / factorial(k) for k in range(servers)) + last)


def waiting_time(servers: int, utilisation: float) -> float:
    """Mean wait in M/M/c in units of the mean service time."""
    return erlang_c(servers, utilisation) / (servers * (1 - utilisation))


def blocking(servers: int, places: int, load: float) -> float:
    """Probability that M/M/c/K (c servers, K places in all) turns a call away."""
    weights = [
        load**n / factorial(min(n, servers)) / servers ** max(0, n - servers)
        for n in range(places + 1)
    ]
    return weights[-1] / sum(weights)

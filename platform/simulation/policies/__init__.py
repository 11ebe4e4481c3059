"""Policies: handlers around a handler, each one idea about how to call something."""

from simulation.policies.breaker import BreakerSettings, BreakerState, CircuitBreaker
from simulation.policies.fallback import fallback
from simulation.policies.retry import Backoff, Jitter, Retry, RetryBudget
from simulation.policies.timeout import timeout

__all__ = [
    "Backoff",
    "BreakerSettings",
    "BreakerState",
    "CircuitBreaker",
    "Jitter",
    "Retry",
    "RetryBudget",
    "fallback",
    "timeout",
]

"""Policies: handlers around a handler, each one idea about how to call something."""

from simulation.policies.breaker import BreakerSettings, BreakerState, CircuitBreaker
from simulation.policies.budget import Budget, RetryBudget, RetryQuota, RetryThrottle
from simulation.policies.bulkhead import Bulkhead
from simulation.policies.cache import Cache
from simulation.policies.deadline import deadline
from simulation.policies.fallback import fallback
from simulation.policies.hedge import Hedge
from simulation.policies.idempotency import IdempotencyStore
from simulation.policies.limiter import FixedWindow, RateLimiter, Rule, SlidingWindow, TokenBucket
from simulation.policies.retry import Backoff, Jitter, Retry
from simulation.policies.shedding import LoadShedder
from simulation.policies.throttle import AdaptiveThrottle
from simulation.policies.timeout import timeout

__all__ = [
    "AdaptiveThrottle",
    "Backoff",
    "BreakerSettings",
    "BreakerState",
    "Budget",
    "Bulkhead",
    "Cache",
    "CircuitBreaker",
    "FixedWindow",
    "Hedge",
    "IdempotencyStore",
    "Jitter",
    "LoadShedder",
    "RateLimiter",
    "Retry",
    "RetryBudget",
    "RetryQuota",
    "RetryThrottle",
    "Rule",
    "SlidingWindow",
    "TokenBucket",
    "deadline",
    "fallback",
    "timeout",
]

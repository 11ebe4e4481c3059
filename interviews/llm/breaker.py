"""The circuit breaker: after some failures in a row nobody asks for a while, then one may try.

Its state is in the cache, so that all worker processes see it.
"""

from django.conf import settings
from django.core.cache import cache

LIMIT = 5  # conversations in a row without a usable reply
_MEMORY_S = 3600  # how long failures are remembered
_FAILURES, _OPEN, _PROBE = "grader-llm:failures", "grader-llm:open", "grader-llm:probe"


def may_ask() -> bool:
    """Whether the server may be asked now.

    Once the pause is over one caller may, as a probe; it reports by `succeeded`, `failed` or
    `withdrawn`, and when it is lost the next may after a while.
    """
    if cache.get(_OPEN):
        return False
    if cache.get(_FAILURES, 0) < LIMIT:
        return True
    return bool(cache.add(_PROBE, 1, timeout=settings.GRADER_LLM_SECONDS + 30))


def succeeded() -> None:
    """A usable reply came: all is forgotten."""
    cache.delete_many([_FAILURES, _PROBE])


def failed() -> None:
    """No usable reply came; the last of a row opens the breaker, and so does a probe's."""
    cache.add(_FAILURES, 0, timeout=_MEMORY_S)
    failures = cache.incr(_FAILURES)
    cache.touch(_FAILURES, max(_MEMORY_S, 2 * settings.GRADER_LLM_PAUSE_SECONDS))
    if failures >= LIMIT:
        cache.set(_OPEN, 1, timeout=settings.GRADER_LLM_PAUSE_SECONDS)
    cache.delete(_PROBE)


def withdrawn() -> None:
    """The server was not asked after all, or it is not known what came of it."""
    cache.delete(_PROBE)

"""How many runs one person may have made in a minute; runs from the cache are free."""

import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

WINDOW_S = 60
VISITORS_RUNS = 60  # per address
MEMBERS_RUNS = 300  # per account


def may_run(request: HttpRequest, runs: int = 1) -> bool:
    """Whether this person may have `runs` more runs made now; counts them."""
    who, most = _who(request)
    window = int(time.time() // WINDOW_S)
    key = f"runs:{who}:{window}"
    cache.add(key, 0, 2 * WINDOW_S)
    return cache.incr(key, runs) <= most


def _who(request: HttpRequest) -> tuple[str, int]:
    if request.user.is_authenticated:
        return f"user:{request.user.pk}", MEMBERS_RUNS
    return f"address:{get_adapter().get_client_ip(request)}", VISITORS_RUNS

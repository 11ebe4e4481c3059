"""What a load balancer asks: is the process alive, and can it serve people now."""

from dataclasses import asdict

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from interviews.grading_queue import queue_health


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Answer without touching anything else: a failing dependency is no reason to restart."""
    return HttpResponse("alive\n", content_type="text/plain")


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when database, migrations and cache are usable, else 503 with what is not.

    The state of the grading queue is told, but no reason to send nobody here: other processes
    grade.
    """
    checks: dict[str, object] = {"database": _database(), "cache": _cache()}
    status = 200 if all(value == "ok" for value in checks.values()) else 503
    if checks["database"] == "ok":
        checks["grading"] = asdict(queue_health())
    return JsonResponse(checks, status=status)


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unreachable"
    return "migrations are missing" if plan else "ok"


def _cache() -> str:
    try:
        cache.set("health", "ok", 10)
    except Exception:  # noqa: BLE001 - whatever the client raises means the cache is not usable
        return "unreachable"
    return "ok"

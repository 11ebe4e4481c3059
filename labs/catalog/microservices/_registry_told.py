"""What the registry lab counts, and what it says of a run."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from labs.base import Cell, Run, Table
from labs.catalog.microservices._registry import (
    BLIP_S,
    BLIP_WINDOW_S,
    CALLERS,
    CRASH_S,
    DURATION_S,
    RATE,
    WINDOW_S,
    Life,
    Lists,
    Registry,
    share_percent,
)

NEVER_S = DURATION_S - CRASH_S


def list_totals(lists: Lists) -> dict[str, float]:
    """The raw numbers of callers whose lists never change, by name."""
    return {
        "failed": share_percent(lists.failed, CRASH_S, WINDOW_S),
        "met": share_percent(lists.met, CRASH_S, WINDOW_S),
        "failed_blip": share_percent(lists.failed, BLIP_S, BLIP_WINDOW_S),
        "removed_s": NEVER_S,
        "removed": 0.0,
        "held": 0.0,
        "wrong": 0.0,
        "registry_calls": 0.0,
        "most_evicted": 0.0,
        "most_expired": 0.0,
        "held_renewals": 0.0,
        "held_needed": 0.0,
    }


def registry_totals(registry: Registry, instances: int) -> dict[str, float]:
    """The raw numbers of a run with the registry, by name."""
    ends = [NEVER_S if life.gone is None else life.gone - CRASH_S for life in registry.lives]
    rules = registry.rules
    return list_totals(registry.lists) | {
        "removed_s": max(ends),
        "removed": float(sum(life.gone is not None for life in registry.lives)),
        "held": float(registry.held),
        "wrong": float(registry.wrong),
        "registry_calls": 60.0 * (instances / rules.heartbeat_s + CALLERS / rules.copy_s),
        "most_evicted": float(registry.most_evicted),
        "most_expired": float(registry.most_expired),
        "held_renewals": float(registry.renewals_at_hold),
        "held_needed": float(registry.needed_at_hold),
    }


def curves_of(lists: Lists) -> dict[str, Sequence[float | None]]:
    """What the callers saw over time, by the id of the curve."""
    return {
        "failed": [RATE * share for share in lists.failed],
        "met": [RATE * share for share in lists.met],
        "dead": lists.dead,
        "listed": lists.listed,
    }


def timeline(registry: Registry) -> Table:
    """What the slowest of the crashed instances went through, from its last heartbeat on."""
    life = max(registry.lives, key=lambda one: DURATION_S if one.gone is None else one.gone)
    rules = registry.rules
    expiry = life.last_heartbeat + rules.lease_s
    steps = (
        (noop("Lease runs out"), expiry if expiry <= DURATION_S else None, rules.lease_s),
        (noop("Sweep evicts it"), life.evicted, rules.sweep_s),
        (noop("Answer renewed"), life.copied, rules.copy_s),
        (noop("Last list renewed"), life.gone, rules.copy_s),
    )
    rows, worst = [], 0
    for name, moment, longest in steps:
        worst += longest
        rows.append((Cell(name), _moment(moment, life, worst), Cell(f"{worst} s")))
    return Table(
        "timeline",
        noop("After the last heartbeat of the crashed instance listed longest"),
        (noop("Step"), noop("This run"), noop("At worst")),
        tuple(rows),
    )


def _moment(moment: float | None, life: Life, worst: int) -> Cell:
    if moment is None:
        return Cell(noop("not in this run"), "bad")
    after = moment - life.last_heartbeat
    return Cell(f"{after:.1f} s", "bad" if after > worst + 1e-6 else "")


def removal_sentence(run: Run) -> str:
    """When the dead addresses were out of use, or why they were not."""
    totals = dict(run.totals)
    crashed = int(str(run.parameters["crash"]).split("-")[0])
    if totals["removed"] == crashed:
        return (
            ngettext(
                "The dead address had left every caller’s list %(removed_s).0f s after the crash.",
                "The last dead address had left every caller’s list %(removed_s).0f s after the "
                "crash.",
                crashed,
            )
            % totals
        )
    if totals["held"]:
        return (
            _(
                "A dead address was still in use when the run ended, because the registry "
                "preserved itself: %(held_renewals)d renewals had come in the last full minute, "
                "and it evicts nobody unless more than %(held_needed)d do."
            )
            % totals
        )
    return _(
        "With a lease of %(lease)d s, a sweep every %(sweep)d s and copies up to %(copy)d s old, "
        "a dead address was still in use when the run ended, %(never)d s after the crash."
    ) % {
        "lease": _number(run, "heartbeat_s") * _number(run, "missed"),
        "sweep": _number(run, "sweep_s"),
        "copy": _number(run, "copy_s"),
        "never": NEVER_S,
    }


def _number(run: Run, name: str) -> int:
    return int(run.parameters[name])


def cost_sentence(run: Run) -> str:
    """What the dead addresses cost."""
    sentence = ngettext(
        "In the five minutes after the crash %(met).1f %% of requests met a dead address; with "
        "one try each, as many failed (with a fixed list %(failed_without).1f %%).",
        "In the five minutes after the crash %(met).1f %% of requests met a dead address first; "
        "with up to %(tries)d tries each, %(failed).1f %% failed (with a fixed list "
        "%(failed_without).1f %%).",
        _number(run, "tries"),
    )
    return sentence % (dict(run.totals) | {"tries": _number(run, "tries")})


def blip_sentence(run: Run) -> str:
    """What the stretch without heartbeats did to the living."""
    wrong = int(run.totals["wrong"])
    if not wrong:
        return _("When no heartbeat arrived for 20 s, no live instance lost its place.")
    return ngettext(
        "When no heartbeat arrived for 20 s, %(wrong)d live instance was evicted; in the two "
        "minutes from then %(failed_blip).1f %% of requests failed (with a fixed list "
        "%(failed_blip_without).1f %%).",
        "When no heartbeat arrived for 20 s, live instances were evicted %(wrong)d times; in the "
        "two minutes from then %(failed_blip).1f %% of requests failed (with a fixed list "
        "%(failed_blip_without).1f %%).",
        wrong,
    ) % dict(run.totals)

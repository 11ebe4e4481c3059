"""Ways to run proxies, and what each of them costs."""

from typing import NamedTuple

from django.utils.translation import gettext_noop as noop

from labs.base import Cell, Table

SIDECAR, NODE = "sidecar", "node"
PODS_PER_NODE = 10


class Proxy(NamedTuple):
    """One way to run proxies; cost per proxy at 1,000 requests/s."""

    name: str
    vcpu: float  # per 1,000 requests/s
    memory_mb: float  # per proxy
    pass_ms: float
    pods: int  # that share one


NO_PROXY = Proxy(noop("Library in the code"), 0.0, 0.0, 0.0, 1)
PROXIES = {
    SIDECAR: Proxy(noop("Sidecar in every pod"), 0.20, 60.0, 0.6, 1),
    NODE: Proxy(noop("Proxy on every node"), 0.06, 12.0, 0.2, PODS_PER_NODE),
}


def bill_of(proxy: Proxy, pods: int) -> tuple[float, float, float]:
    """How many proxies, vCPU and MB; the processor time goes with the requests."""
    count = 0 if proxy is NO_PROXY else -(-pods // proxy.pods)
    return float(count), pods * proxy.vcpu, count * proxy.memory_mb


def bills_table(kind: str, pods: int) -> Table:
    """What each way to run proxies costs for these pods."""
    chosen = PROXIES[kind]
    return Table(
        "bill",
        noop("The bill at 1,000 requests/s per pod"),
        ("", noop("Proxies"), "vCPU", noop("Memory"), noop("Added to a call")),
        tuple(
            _bill_row(proxy, pods, is_chosen=proxy is chosen)
            for proxy in (NO_PROXY, *PROXIES.values())
        ),
    )


def _bill_row(proxy: Proxy, pods: int, *, is_chosen: bool) -> tuple[Cell, ...]:
    count, vcpu, memory_mb = bill_of(proxy, pods)
    texts = (
        f"{count:,.0f}",
        f"{vcpu:,.0f}",
        f"{memory_mb / 1000:,.2f}".rstrip("0").rstrip(".") + " GB",
        f"{2 * proxy.pass_ms:.1f} ms",
    )
    return (Cell(proxy.name), *(Cell(text, "good" if is_chosen else "") for text in texts))

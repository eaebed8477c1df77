"""The parts of the miniature multi-cloud, what each one needs, and who is connected to whom.

A new region is data: a gate and a gateway more in these tables.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One resource. It cannot start without its `needs`; `uses` are waited for where they exist."""

    name: str
    kind: str
    needs: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()
    region: str = ""


def _part(name: str, kind: str, *needs: str, uses: str = "", region: str = "") -> Part:
    return Part(name, kind, frozenset(needs), frozenset(uses.split()), region)


PARTS: dict[str, Part] = {
    part.name: part
    for part in (
        _part("redis", "redis"),
        _part("kafka", "kafka"),
        _part("ingest", "ingest", "kafka"),
        _part("gate-eu", "gate", uses="kafka", region="eu"),
        _part("gate-us", "gate", uses="kafka", region="us"),
        _part("users", "service"),
        _part("orders", "service"),
        _part("auth", "service"),
        _part("upstream", "service"),
        _part("eu-1", "gateway", "gate-eu", uses="redis kafka", region="eu"),
        _part("eu-2", "gateway", "gate-eu", uses="redis kafka", region="eu"),
        _part("us-1", "gateway", "gate-us", uses="redis kafka", region="us"),
    )
}
"""Every part by its name."""

LEDGER_KEEPERS = frozenset({"users", "orders", "auth", "upstream"})
"""Parts that are called and remember what reached them."""

CLOUD_ISSUER = "GateproofCloud"
CLOUD_AUDIENCE = "CloudGate"
"""What every Cloud Token says of itself."""

SPOKEN = {"Users": "users", "Orders": "orders", "Auth": "auth", "Echo": "upstream"}
"""The services by the names that features use."""

ALWAYS = frozenset({"gate-eu", "eu-1"})
"""What every shared environment has: one gateway and the gate it gets its document from."""

EVERYTHING = frozenset(PARTS)

USED_BY_PARTS = frozenset(
    {"users.url", "orders.url", "auth.url", "upstream.url", "kafka.bootstrap"}
    | {f"gate-{region}.{what}" for region in ("eu", "us") for what in ("sync", "reports")}
)
"""Addresses that parts know of each other; all others are looked up by the harness each time.

Redis is not among them: its unix socket keeps its path.
"""


def link_of(address: str) -> str:
    """Return the name of the link that leads to an address, as rigs and faults call it."""
    return "redis" if address == "redis.url" else address


def led_to(link: str) -> str:
    """Return the part that a link leads to."""
    return link.partition(".")[0]


ADVERTISING = frozenset({"kafka"})
"""Kinds of parts that tell clients where they are: they must know the relay in front of them."""


def with_needs(names: Iterable[str]) -> frozenset[str]:
    """Return the parts together with everything they need, directly or not.

    Errors: KeyError naming an unknown part.
    """
    found: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(PARTS[name].needs)
    return frozenset(found)


def in_order(names: Iterable[str]) -> list[str]:
    """Return the parts so that each comes after everything it needs or uses."""
    there = sorted(names)
    done: list[str] = []
    while there:
        ready = [n for n in there if not (PARTS[n].needs | PARTS[n].uses) & set(there)]
        done += ready
        there = [name for name in there if name not in ready]
    return done


def regions(names: Iterable[str]) -> list[str]:
    return sorted({PARTS[name].region for name in names if PARTS[name].region})


def gateways(names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if PARTS[name].kind == "gateway")

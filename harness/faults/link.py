"""Faults on a link: cut it, heal it, look whether the cut has been felt."""

from typing import Any

from harness.relay import Relay
from harness.warden.rig import Rig
from harness.warden.wire import Refused


def _relay(rig: Rig, link: str) -> Relay:
    if link not in rig.relays:
        there = ", ".join(sorted(rig.relays)) or "none"
        raise Refused(f"{rig.name} has no relay on {link!r}; it can break: {there}")
    return rig.relays[link]


async def cut(rig: Rig, target: str) -> dict[str, Any]:
    relay = _relay(rig, target)
    relay.cut()
    return {"bites": relay.bites}


async def heal(rig: Rig, target: str) -> dict[str, Any]:
    relay = _relay(rig, target)
    relay.heal()
    return {"bites": relay.bites}


async def look(rig: Rig, target: str) -> dict[str, Any]:
    relay = _relay(rig, target)
    return {"bites": relay.bites, "broken": relay.broken, "refused": relay.refused}

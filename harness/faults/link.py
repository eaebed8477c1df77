"""Faults on a link: cut it, heal it, look whether the cut has been felt."""

from typing import Any

from harness.environments.contract import LinkRelay
from harness.warden.rig import Rig
from harness.warden.wire import Refused


def _relay(rig: Rig, link: str) -> LinkRelay:
    if link not in rig.relays:
        there = ", ".join(sorted(rig.relays)) or "none"
        raise Refused(f"{rig.name} has no relay on {link!r}; it can break: {there}")
    return rig.relays[link]


async def cut(rig: Rig, target: str) -> dict[str, Any]:
    """End every connection over a link and refuse new ones."""
    relay = _relay(rig, target)
    await relay.cut()
    return {"bites": (await relay.look()).bites}


async def heal(rig: Rig, target: str) -> dict[str, Any]:
    """Let connections over a link pass again."""
    relay = _relay(rig, target)
    await relay.heal()
    return {"bites": (await relay.look()).bites}


async def look(rig: Rig, target: str) -> dict[str, Any]:
    """Say whether anybody has run into the cut so far."""
    felt = await _relay(rig, target).look()
    return {"bites": felt.bites, "broken": felt.broken, "refused": felt.refused}

"""Faults on a resource: kill it, start it again at its old addresses, pause and resume it."""

import asyncio
from typing import Any

from harness import patience
from harness.environments.contract import Fidelity, Resource
from harness.warden.rig import Rig
from harness.warden.wire import Refused


def _resource(rig: Rig, name: str) -> Resource:
    if name not in rig.resources:
        there = ", ".join(sorted(rig.resources)) or "nothing"
        raise Refused(f"{rig.name} has no {name!r} of its own; it has {there}")
    if name == "kafka" and rig.environment.fidelity["kafka"] is not Fidelity.REAL:
        raise Refused("the built-in Kafka cannot be broken; that needs a real broker (KAFKA=real)")
    return rig.resources[name]


async def kill(rig: Rig, target: str) -> dict[str, Any]:
    """End it at once (SIGKILL), and wait until it has ended."""
    resource = _resource(rig, target)
    await resource.kill()
    bites = await resource.ended() < 0
    await rig.unplug(target)
    return {"bites": bites}


async def end(rig: Rig, target: str) -> dict[str, Any]:
    """Tell it to end (SIGTERM) and wait until it has, with exit code 0."""
    resource = _resource(rig, target)
    await resource.terminate()
    code = await asyncio.wait_for(resource.ended(), patience.RESOURCE_ENDED_S)
    await rig.unplug(target)
    return {"bites": code == 0, "code": code}


async def start(rig: Rig, target: str) -> dict[str, Any]:
    """Start it again, at the addresses that others know."""
    before = _resource(rig, target).pid
    lost = rig.lost_by(target)
    if lost:
        raise Refused(
            f"{target} cannot be started again: the others would look for it at its old address; "
            f"put a relay on {' and '.join(lost)} (links= of the @opens_rig Given)"
        )
    await rig.start(target)
    return {"bites": rig.resources[target].pid != before, "addresses": rig.addresses()}


async def pause(rig: Rig, target: str) -> dict[str, Any]:
    """Freeze it (SIGSTOP): it keeps its connections and says nothing."""
    resource = _resource(rig, target)
    await resource.pause()
    return {"bites": await _comes_to_stand(resource, still=True)}


async def resume(rig: Rig, target: str) -> dict[str, Any]:
    """Let a frozen one go on."""
    resource = _resource(rig, target)
    await resource.resume()
    return {"bites": await _comes_to_stand(resource, still=False)}


async def _comes_to_stand(resource: Resource, *, still: bool) -> bool:
    """Look until the system says so: a signal takes a moment."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience.FAULT_BITES_S
    while await resource.stands_still() is not still:
        if loop.time() >= deadline:
            return False
        await asyncio.sleep(patience.POLL_S)
    return True

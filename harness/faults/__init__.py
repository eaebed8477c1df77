"""What can be broken on purpose: a link (through a relay) or a resource. One list wires them.

Each takes the rig and the name of its target, and returns what was found: `bites` says whether the
fault has had an effect so far.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from harness.faults import link, resource
from harness.warden.rig import Rig

FAULTS: dict[str, Callable[[Rig, str], Awaitable[dict[str, Any]]]] = {
    "cut": link.cut,
    "heal": link.heal,
    "look": link.look,
    "kill": resource.kill,
    "end": resource.end,
    "start": resource.start,
    "pause": resource.pause,
    "resume": resource.resume,
}

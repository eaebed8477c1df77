"""How runner and workers talk to the warden: one JSON object a line, over a unix socket.

A request is {"id", "op", "args"}; its answer {"id", "result"} or {"id", "error": {"kind", "text"}}.
A line without an id is news (`{"news": "died", …}`) or, towards the warden, a record for the journal.
"""

import json
from typing import Any

LIMIT = 64 * 1024 * 1024
"""The longest line in bytes: a plan of thousands of routes fits."""


class WardenLost(Exception):
    """The warden is gone; nothing can be said about what was under way."""


class EnvironmentDied(Exception):
    """A part of the environment ended that should not."""


class Refused(Exception):
    """The warden will not do what was asked; the text says why."""


KINDS: dict[str, type[Exception]] = {"died": EnvironmentDied, "refused": Refused}


def pack(message: dict[str, Any]) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


def unpack(line: bytes) -> dict[str, Any]:
    return json.loads(line)  # type: ignore[no-any-return]

"""How much of a body is written down: 4096 characters, and 128 once a journal is a large file.

What was cut says so: `body_size` is the length of all of it (`body_bytes` in an arrival).
"""

from typing import Any

SHOWN = 4096
SHOWN_WHEN_LARGE = 128
LARGE = 16 * 1024 * 1024
"""From this size of a journal on, in characters, bodies are cut short."""

_BODIES = {"body": "body_size", "request_body": "request_body_size"}


def bounded(record: dict[str, Any], size_so_far: int) -> dict[str, Any]:
    """Return a record whose bodies are no longer than they may be."""
    limit = SHOWN if size_so_far < LARGE else SHOWN_WHEN_LARGE
    cut: dict[str, Any] = {}
    for name, size in _BODIES.items():
        body = record.get(name)
        if isinstance(body, str) and len(body) > limit:
            cut |= {name: body[:limit], size: record.get(size, len(body))}
            if record.get("kind") == "arrival":
                cut["body_cut"] = True
    return {**record, **cut} if cut else record

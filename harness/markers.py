"""The harness's own mark on every call: what arrives, is logged or counted is joined by it.

The proof does not rest on an id that the subject makes.
"""

from dataclasses import dataclass

HEADER = "X-Gateproof-Marker"


@dataclass(frozen=True, slots=True)
class Marker:
    """`<run>.<scenario>.<worker>-<number>`, at most 64 characters."""

    run: str
    scenario: str
    call: str

    def __str__(self) -> str:
        return f"{self.run}.{self.scenario}.{self.call}"


def read(text: str | None) -> Marker | None:
    """Read a marker back; None for a text that is not one."""
    pieces = (text or "").split(".")
    return Marker(*pieces) if len(pieces) == 3 and all(pieces) else None

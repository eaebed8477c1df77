"""What the harness asks of a gateway, whichever product it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Deviation:
    """A known difference from what the features promise."""

    promise: str
    reason: str
    link: str = ""


class Gateway(Protocol):
    """Talks to one replica's admin port."""

    name: str
    capabilities: frozenset[str]
    deviations: tuple[Deviation, ...]

    def __init__(self, admin: str, client: Any, token: str = "") -> None: ...

    def status(self) -> Mapping[str, Any]:
        """Return {version, ready, source: {connected, refused}, …} of the replica."""

    def wait_for_version(self, version: int, within_s: float) -> Mapping[str, Any]:
        """Return the status as soon as the replica serves or has refused this version."""

    def credentials(self, consumer: str) -> list[Mapping[str, Any]]:
        """Return a consumer's JWT credentials, each with key, secret and algorithm."""

"""What the warden asks of an environment: start a part, and handle on one resource what it started."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from harness.topology import Part


class Fidelity(StrEnum):
    """How close a resource is to what a user would run."""

    REAL = "real"
    EMULATED = "emulated"
    ABSENT = "absent"


class CannotStart(Exception):
    """A resource did not come up. The text is one line: what, where, why, what next."""


@dataclass(slots=True)
class Site:
    """What a part may know when it starts: where it stands, and who is there already.

    Shape:  addresses maps "part.name" to a URL or address ("gate-eu.sync", "redis.url");
            secrets maps a secret's name to its value; cloud_token maps a region to a Cloud Token.
    """

    folder: Path
    subjects: Path
    key_set: Path
    cloud_token: Callable[[str], str]
    secrets: Mapping[str, str]
    addresses: dict[str, str] = field(default_factory=dict)


class Resource(Protocol):
    """One started part."""

    addresses: Mapping[str, str]
    end_expected: bool

    @property
    def pid(self) -> int: ...
    def logs(self, lines: int) -> list[str]: ...
    def expect_end(self) -> None: ...
    def kill(self) -> None: ...
    def terminate(self) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    async def ended(self) -> int: ...
    async def end(self) -> None: ...


class Environment(Protocol):
    """Makes the topology real.

    `fidelity` says for each kind of part how real it is here.
    """

    name: str
    fidelity: Mapping[str, Fidelity]

    def missing(self) -> str | None:
        """Say in one line why this environment cannot run here; None when it can."""

    async def start(self, part: Part, site: Site) -> Resource:
        """Start a part. Where it listens is new each time: a relay is what keeps an address.

        Errors: CannotStart.
        """

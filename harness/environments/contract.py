"""What the warden asks of an environment: start a part, stand in a link, handle what was started.

Every address has two faces: `addresses` are for the harness, `inside` for the parts and for what a
document names. Where everything is on one loopback they are the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from harness.relay import Felt
from harness.topology import Part

if TYPE_CHECKING:
    from harness.warden.rig import Rig
    from harness.warden.ways import Way


class Fidelity(StrEnum):
    """How close a resource is to what a user would run."""

    REAL = "real"
    EMULATED = "emulated"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Identity:
    """What the Cloud Tokens of one region of a rig say."""

    account: str
    environment: str
    index: str


class CannotStart(Exception):
    """A resource did not come up. The text is one line: what, where, why, what next."""


@dataclass(slots=True)
class Site:
    """What a part may know when it starts: where it stands, and who is there already.

    Shape:  addresses and inside map "part.name" to a URL or address ("gate-eu.sync", "redis.url");
            relays maps a link to the "host:port" under which parts reach it, before the part that
            it leads to is started; secrets maps a secret's name to its value; cloud_token maps a
            region to a Cloud Token; parts are the names of all parts that are being opened.
    """

    rig: str
    folder: Path
    subjects: Path
    key_set: Path
    cloud_token: Callable[[str], str]
    secrets: Mapping[str, str]
    addresses: dict[str, str] = field(default_factory=dict)
    inside: dict[str, str] = field(default_factory=dict)
    relays: dict[str, str] = field(default_factory=dict)
    parts: set[str] = field(default_factory=set)


class Resource(Protocol):
    """One started part. `ended` tells the exit code, negative for a signal."""

    addresses: Mapping[str, str]
    inside: Mapping[str, str]
    end_expected: bool

    @property
    def pid(self) -> int:
        """The process on this machine; another one after each start."""

    def expect_end(self) -> None: ...
    async def logs(self, lines: int) -> list[str]: ...
    async def kill(self) -> None: ...
    async def terminate(self) -> None: ...
    async def pause(self) -> None: ...
    async def resume(self) -> None: ...
    async def stands_still(self) -> bool:
        """Is it paused, as the system tells?"""

    async def ended(self) -> int: ...
    async def end(self) -> None: ...


class LinkRelay(Protocol):
    """Stands in a link; its addresses ("host:port") stay the same whatever it leads to.

    `outside` is empty where the harness does not go through it.
    """

    inside: str
    outside: str

    async def lead_to(self, where: str | None) -> None: ...
    async def cut(self) -> None: ...
    async def heal(self) -> None: ...
    async def look(self) -> Felt: ...
    async def stop(self) -> None: ...


KAFKAS = ("emulated", "real")
"""What may be asked of an environment's Kafka."""


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked of the environment besides its name.

    Shape: kafka is "emulated", "real", or empty for what the environment has by itself; config is
           a file of addresses and addresses are single ones, for an environment that runs already.
    """

    kafka: str = ""
    config: str = ""
    addresses: Mapping[str, str] = field(default_factory=dict)


@runtime_checkable
class TellsVersions(Protocol):
    """What an environment adds when it knows which versions of foreign software it runs.

    Shape: images maps a name to {"reference", "digest"}; empty where there are none.
    """

    def versions(self) -> Mapping[str, str]: ...
    def images(self) -> Mapping[str, Mapping[str, str]]: ...


class Environment(Protocol):
    """Makes the topology real.

    `fidelity` says for each kind of part how real it is here; for single parts, "rig" and
    "document" (may we publish one?) only where they are absent. `keeps_addresses` says whether a
    part that is started again is where it was, also when no relay leads to it.
    """

    name: str
    keeps_addresses: bool

    @property
    def fidelity(self) -> Mapping[str, Fidelity]: ...

    def missing(self) -> str | None:
        """Say in one line why this environment cannot run here; None when it can."""

    async def open(self, run: str, folder: Path) -> None:
        """Make what every rig of the run needs, such as networks.

        Errors: CannotStart.
        """

    async def close(self) -> None:
        """Remove what `open` made. Rigs are closed by then."""

    def nowhere(self) -> str:
        """Return a URL for documents at which nobody ever listens."""

    async def start(self, part: Part, site: Site) -> Resource:
        """Start a part.

        Errors: CannotStart.
        """

    async def relay(self, link: str, site: Site) -> LinkRelay:
        """Stand in a link; it leads nowhere yet.

        Errors: CannotStart.
        """


@runtime_checkable
class Attached(Protocol):
    """An environment that somebody else started: it brings secrets and identities of its own.

    What its services saw before the run is no business of the run, and an arrival that no call
    accounts for is listed and breaks nothing: others may call them too.
    """

    @property
    def secrets(self) -> Mapping[str, str]: ...

    @property
    def identities(self) -> Mapping[str, Identity]: ...

    def ways(self, rig: "Rig", region: str) -> "list[Way]":
        """Return the ways by which a document gets to a region."""


class LeftBehind(Exception):
    """Something of ours is still there after the end. The text says what, and how to remove it."""

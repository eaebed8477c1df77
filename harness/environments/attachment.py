"""What is known of a multi-cloud that somebody else runs: addresses, secrets, and what we may do there.

Pure. It is drawn from a TOML file (`attachment_file.py`) or from a running Compose project.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import urlsplit

from harness import topology
from harness.environments.contract import Fidelity, Identity

RIG = "rig"
DOCUMENT = "document"
"""What a scenario may need besides parts: an environment of its own, a document of its own."""

NEEDED = {
    "gateway": ("proxy", "admin"),
    "gate": ("management",),
    "redis": ("url",),
    "kafka": ("bootstrap",),
    "ingest": ("url",),
    "service": ("url", "control"),
}
"""The addresses that a part of each kind has to have."""

OPTIONAL = {"gate": ("sync", "reports", "url"), "service": ("direct",)}
"""The addresses that it may have. A service's `direct` is where we reach it, its `url` where the
gateway does."""

WANTED = {
    "jwt": frozenset({"users", "orders", "auth"}),
    "aws_key": frozenset({"auth"}),
    "aws_secret": frozenset({"auth"}),
    "management": frozenset({"gate-eu", "gate-us"}),
}
"""The secrets that parts which run already share with us."""

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Attachment:
    """Shape: addresses map "part.what" to a URL as this machine reaches it, inside as the gateway
    does; identities are by region; own says that documents may be published; advertise is the host
    under which the gateway reaches what is started here; restores says that a demo which was served
    before the run is served again after it.
    """

    source: str
    addresses: Mapping[str, str]
    inside: Mapping[str, str]
    own: bool = False
    advertise: str = ""
    bind: str = ""
    secrets: Mapping[str, str] = field(default_factory=lambda: _NOTHING, repr=False)
    identities: Mapping[str, Identity] = field(default_factory=dict)
    restores: bool = False

    @property
    def parts(self) -> frozenset[str]:
        """Parts that run already."""
        return frozenset(name.partition(".")[0] for name in self.addresses)

    @property
    def started_here(self) -> frozenset[str]:
        """Services that we bring along: where no document is published nobody would reach them."""
        return topology.LEDGER_KEEPERS - self.parts if self.own else frozenset()

    @property
    def gateways(self) -> list[str]:
        return topology.gateways(self.parts)

    def gate_of(self, region: str) -> str | None:
        """Return the management address through which a region's documents go, if there is one."""
        return self.addresses.get(f"gate-{region}.management")

    def fidelity(self) -> dict[str, Fidelity]:
        """Say for every part, for rigs and for documents what is there."""
        there = self.parts | self.started_here
        found = {
            name: Fidelity.REAL if name in there else Fidelity.ABSENT for name in topology.PARTS
        }
        for part in topology.PARTS.values():
            if found.get(part.kind) is not Fidelity.REAL:
                found[part.kind] = found[part.name]
        found[RIG] = Fidelity.ABSENT
        found[DOCUMENT] = Fidelity.REAL if self.own else Fidelity.ABSENT
        return found


def problem_of(name: str, address: str) -> str:
    """Say what is wrong with an address; empty when nothing is."""
    part, _, what = name.partition(".")
    if part not in topology.PARTS:
        return f"there is no part {part!r}; there are {', '.join(sorted(topology.PARTS))}"
    kind = topology.PARTS[part].kind
    known = (*NEEDED[kind], *OPTIONAL.get(kind, ()))
    if what not in known:
        return f"{part} has no address {what!r}; it has {', '.join(known)}"
    if kind in ("redis", "kafka"):
        return "" if address else "is empty"
    where = urlsplit(address)
    try:
        complete = where.scheme == "http" and where.hostname and where.port
    except ValueError:
        complete = False
    if not complete or where.path.strip("/") or where.query:
        return f"is no http://HOST:PORT, found {address!r}"
    return ""


def missing_from(attachment: Attachment) -> str:
    """Say what a set of addresses lacks; empty when nothing is."""
    if "eu-1" not in attachment.parts:
        return "names no gateway: give eu-1 a proxy and an admin address"
    for part in sorted(attachment.parts):
        for what in NEEDED[topology.PARTS[part].kind]:
            if f"{part}.{what}" not in attachment.addresses:
                return f"{part} needs its {what} address as well"
    if attachment.own and attachment.started_here and not attachment.advertise:
        names = ", ".join(sorted(attachment.started_here))
        return (
            f"says own = true and not under which address the gateway reaches {names}, which are "
            'started here: give advertise = "HOST", or their addresses'
        )
    for secret, users in WANTED.items():
        if secret not in attachment.secrets and (using := sorted(users & attachment.parts)):
            return f"needs secrets.{secret}, because {using[0]} runs already and knows it"
    for region in topology.regions(attachment.gateways):
        if attachment.gate_of(region) and region not in attachment.identities:
            return f"gate-{region} needs environment = NAME: the one that its gateways belong to"
    if "ingest" in attachment.parts and not attachment.identities:
        return "ingest needs to know where events go: give gate-eu environment and index"
    return ""

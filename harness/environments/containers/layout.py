"""Who stands where: one network per cloud, and the names under which parts reach each other. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness import topology
from harness.topology import Part

SHARED = "shared"
"""The rig that every run has. Parts are added to it for as long as workers bring them."""

GCP, AWS, DATA = "gcp", "aws", "data"


def control(region: str) -> str:
    """Return the network of a region's control plane."""
    return f"control-{region}"


CONTROL = tuple(control(region) for region in topology.regions(topology.EVERYTHING))
NETWORKS = (GCP, AWS, *CONTROL, DATA)
"""Every network of a run. Rigs share them: opening a rig makes none."""

RELAYS = "relays"
"""The host name of the one container that holds the relays of all rigs, in every network.

A container takes half a second of a processor to come and to go, and a relay is a port.
"""

_CLOUD_OF = {"users": GCP, "upstream": GCP, "orders": AWS, "auth": AWS}


def attached(part: Part) -> tuple[str, ...]:
    """Return the networks that a part stands in."""
    match part.kind:
        case "service":
            return (_CLOUD_OF[part.name],)
        case "gate":
            return (control(part.region),)
        case "gateway":  # its callers, the clouds it calls, and its own region's control plane
            return (DATA, *sorted(set(_CLOUD_OF.values())), control(part.region))
        case "kafka":  # every region's gate hands in reports
            return CONTROL
        case "ingest":
            return CONTROL[:1]
        case _:
            return (DATA,)


def alias(name: str, rig: str, number: int) -> str:
    """Return the host name of a container; in the shared environment its part's own.

    Rigs come and go, and hand on their containers: these have numbers.
    """
    return name if rig == SHARED else f"{name}-berth{number}"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a container, network or volume is. Shape: folder is the run's, which its owner locks."""

    run: str
    folder: Path
    pid: int
    host: str

    def labels(self, part: str = "") -> dict[str, str]:
        return {
            RUN: self.run,
            FOLDER: str(self.folder),
            "gateproof.pid": str(self.pid),
            HOST: self.host,
            **({"gateproof.part": part} if part else {}),
        }

    def name(self, what: str) -> str:
        """Return the name of something that is ours, as `docker ps` shows it."""
        return f"gateproof-{self.run}-{what}"


MARK = "containers"
"""A file in a run's folder: whoever sweeps it has to look into Docker, too."""

RUN = "gateproof.run"
FOLDER = "gateproof.owner"
HOST = "gateproof.host"
"""Labels by which what a killed run left is found again."""


@dataclass(frozen=True, slots=True)
class Whose:
    """What the labels of a leftover say."""

    run: str
    folder: Path
    host: str


def whose(labels: Mapping[str, str]) -> Whose | None:
    """Read the labels; None for what is not ours."""
    if not all(labels.get(name) for name in (RUN, FOLDER, HOST)):
        return None
    return Whose(labels[RUN], Path(labels[FOLDER]), labels[HOST])

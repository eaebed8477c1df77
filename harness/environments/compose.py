"""The environment `compose`: what `make up ENV=compose` started, with the rights of its owner."""

from collections.abc import Iterable, Mapping
from typing import Any

from harness.environments.attached import AttachedEnvironment
from harness.environments.attachment import Attachment
from harness.environments.compose_project import Project
from harness.environments.contract import CannotStart
from harness.topology import LEDGER_KEEPERS, PARTS

_PROXY, _SIDE = 8080, 8081
PORTS: Mapping[str, Mapping[str, int]] = {
    "gateway": {"proxy": _PROXY, "admin": _SIDE},
    "gate": {"url": _PROXY, "sync": _PROXY, "reports": _PROXY, "management": _SIDE},
    "service": {"url": _PROXY, "control": _SIDE},
    "ingest": {"url": _PROXY},
    "redis": {"url": 6379},
    "kafka": {"bootstrap": 9094},
}
"""The ports inside the containers, by the kind of a part and the name of the address."""

SHARED_SECRETS = ("jwt", "admin", "management", "aws_key", "aws_secret")


class Compose(AttachedEnvironment):
    """Attaches to the running project; the demo is served again when a run is over."""

    name = "compose"

    def find(self) -> Attachment:
        project = Project(self.settings)
        if problem := project.missing():
            raise CannotStart(problem)
        return attachment(project)


def attachment(project: Project) -> Attachment:
    """Draw what is known of a running project.

    Errors: CannotStart.
    """
    given = project.given()
    outside = published(project.containers())
    if "eu-1.proxy" not in outside:
        raise CannotStart("no Compose project is up; make up ENV=compose starts it")
    return Attachment(
        source="the Compose project",
        addresses=outside,
        inside=outside | {what: inside(what) for what in outside if what.partition(".")[0] in LEDGER_KEEPERS},
        own=True,
        secrets={name: project.secret(name) for name in SHARED_SECRETS},
        identities=given.identities,
        restores=True,
    )  # fmt: skip


def published(containers: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return where each address of running containers is on this machine."""
    found = {}
    for container in containers:
        part = PARTS.get(container["Service"])
        if part is None or container.get("State") != "running":
            continue
        ports = {
            one["TargetPort"]: one["PublishedPort"]
            for one in container.get("Publishers") or ()
            if one["PublishedPort"]
        }
        for what, port in PORTS[part.kind].items():
            if port in ports:
                found[f"{part.name}.{what}"] = _written(part.kind, "127.0.0.1", ports[port])
    return found


def inside(what: str) -> str:
    """Return an address as the gateways know it."""
    name, _, address = what.partition(".")
    kind = PARTS[name].kind
    return _written(kind, name, PORTS[kind][address])


def _written(kind: str, host: str, port: int) -> str:
    scheme = {"redis": "redis://", "kafka": ""}.get(kind, "http://")
    return f"{scheme}{host}:{port}"

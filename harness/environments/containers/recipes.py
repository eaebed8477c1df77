"""How each part runs in a container: image, command line, files, ports, and how it shows that it serves.

Parts that run on Python have a keeper, which is told all this when they begin. Secrets travel that way, never
in a command line or in what `docker inspect` shows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness import topology
from harness.environments.broker_settings import FETCH_WAIT_MS
from harness.environments.containers import broker, keeper, layout
from harness.environments.contract import Site
from harness.markers import HEADER
from harness.settings import ROOT
from harness.topology import Part

AWS_REGION = "eu-west-1"
_TOPIC = "reports"

USER = 10001
"""Nobody's: no image has to know it."""

HOME = "/run/gateproof"
"""Where a container's volume is."""

STATE, GIVEN = f"{HOME}/state", f"{HOME}/given"
"""What a part keeps while its rig is open, and the files that it finds when it begins."""

_KEEPER = "keeper.py"
_CODE = f"{HOME}/code"
_MAIN, _SIDE = 8080, 8081
_REDIS = 6379
RELAY_CONTROL = 7001


@dataclass(frozen=True, slots=True)
class Recipe:
    """Shape: ports maps what an address is called ("url") to the port inside;
    files maps a path below GIVEN, or below HOME where there is no keeper, to its content;
    shows says how it becomes known that it serves: "line" (one JSON line on standard output, from
    a part that has a keeper), "ping" (Redis) or "topic" (Kafka, as soon as it has this topic).
    """

    image: str
    argv: tuple[str, ...]
    networks: tuple[str, ...]
    alias: str
    ports: Mapping[str, int]
    shows: str = "line"
    secrets: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    writes: tuple[str, ...] = ()
    own_code: bool = False
    topic: str = ""

    @property
    def has_keeper(self) -> bool:
        return self.shows == "line"

    @property
    def command(self) -> list[str]:
        """Return what the container runs."""
        if not self.has_keeper:
            return list(self.argv)
        return ["python", "-I", "-S", f"{HOME}/{_KEEPER}", GIVEN, STATE, "/tmp"]

    @property
    def packed(self) -> Mapping[str, str]:
        """Return the files that are in the volume before it starts, by their path there."""
        return {_KEEPER: Path(keeper.__file__).read_text()} if self.has_keeper else self.files

    @property
    def folders(self) -> tuple[str, ...]:
        """Return the folders that are in the volume before it starts."""
        return tuple(_below_home(one) for one in (GIVEN, STATE)) if self.has_keeper else self.writes

    def order(self, life: str, *, keeps: bool) -> Mapping[str, Any]:
        """Return what the keeper is told. Shape: keeps is whether it finds what it had."""
        return {
            "life": life,
            "argv": self.argv,
            "environment": self.secrets,
            "folder": _CODE if self.own_code else None,
            "files": self.files,
            "keeps": keeps,
        }


NOTHING: Mapping[str, Any] = {}
"""The order after which nothing runs, and nothing is left of what ran."""


def _below_home(path: str) -> str:
    return path.removeprefix(f"{HOME}/")


CODE = _below_home(_CODE)


Published = Callable[[int], int]
"""Tells the outside port of an inside one."""


def recipe(part: Part, site: Site, alias: str, published: Published) -> Recipe:
    """Return how a part is run in a container with this host name and these ports."""
    return _RECIPES[part.kind](part, site, alias, published)


def _at(port: int) -> str:
    return f"0.0.0.0:{port}"


def _redis(part: Part, site: Site, alias: str, published: Published) -> Recipe:
    return Recipe(
        image="redis",
        argv=("redis-server", "--port", str(_REDIS), "--protected-mode", "no", "--save", "",
              "--appendonly", "no", "--dir", "/tmp"),
        networks=layout.attached(part),
        alias=alias,
        ports={"url": _REDIS},
        shows="ping",
    )  # fmt: skip


def _ingest(part: Part, site: Site, alias: str, published: Published) -> Recipe:
    return _subject(
        part, site, alias, {"url": _MAIN},
        "services", "ingest",
        "--kafka", site.inside["kafka.bootstrap"], "--topic", _topic(site),
        "--index", f"{STATE}/index.sqlite",
        "--fetch-wait-ms", FETCH_WAIT_MS,
        "--listen", _at(_MAIN),
    )  # fmt: skip


def _gate(part: Part, site: Site, alias: str, published: Published) -> Recipe:
    return _subject(
        part, site, alias, {"url": _MAIN, "management": _SIDE},
        "services", "cloud_gate",
        "--region", part.region,
        "--listen", _at(_MAIN),
        "--management", _at(_SIDE),
        "--jwks", f"{GIVEN}/jwks.json",
        "--issuer", topology.CLOUD_ISSUER,
        "--kafka", site.inside.get("kafka.bootstrap", "none"),
        "--topic", _topic(site),
        "--store", f"{STATE}/store.json",
        secrets={"CLOUD_GATE_MANAGEMENT_TOKEN": site.secrets["management"]},
        files={"jwks.json": site.key_set.read_text()},
    )  # fmt: skip


def _service(part: Part, site: Site, alias: str, published: Published) -> Recipe:
    return _subject(
        part, site, alias, {"url": _MAIN, "control": _SIDE},
        "services", part.name,
        "--listen", _at(_MAIN),
        "--control", _at(_SIDE),
        "--marker-header", HEADER,
        *(("--aws-region", AWS_REGION) if part.name == "auth" else ()),
        secrets={
            "JWT_SECRET": site.secrets["jwt"],
            "AWS_ACCESS_KEY_ID": site.secrets["aws_key"],
            "AWS_SECRET_ACCESS_KEY": site.secrets["aws_secret"],
        },
    )  # fmt: skip


def _gateway(part: Part, site: Site, alias: str, published: Published) -> Recipe:
    gate = f"gate-{part.region}"
    reports = f"{site.inside[f'{gate}.reports']}/reports"
    redis = ("--redis", site.inside["redis.url"]) if "redis.url" in site.inside else ()
    return _subject(
        part, site, alias, {"proxy": _MAIN, "admin": _SIDE},
        "gateway",
        "--cloud-token", f"{GIVEN}/cloud.token",
        "--state", STATE,
        "--gate", site.inside[f"{gate}.sync"],
        "--reports", reports if "kafka.bootstrap" in site.inside else "off",
        "--name", part.name,
        "--listen", _at(_MAIN),
        "--admin", _at(_SIDE),
        "--transaction-header", HEADER,
        *redis,
        secrets={
            "GATEWAY_SNAPSHOT_KEY": site.secrets["snapshot"],
            "GATEWAY_ADMIN_TOKEN": site.secrets["admin"],
        },
        files={"cloud.token": site.cloud_token(part.region)},
    )  # fmt: skip


def _subject(
    part: Part,
    site: Site,
    alias: str,
    ports: Mapping[str, int],
    *arguments: str,
    secrets: Mapping[str, str] | None = None,
    files: Mapping[str, str] | None = None,
) -> Recipe:
    return Recipe(
        image="subjects",
        argv=("python", "-m", *arguments),
        networks=layout.attached(part),
        alias=alias,
        ports=ports,
        secrets=secrets or {},
        files=files or {},
        own_code=site.subjects != ROOT,
    )


def relays() -> Recipe:
    """Return how the relays of all links that a run may cut are run."""
    return Recipe(
        image="suite",
        argv=("python", "-m", "harness.relay_server", "--control", _at(RELAY_CONTROL)),
        networks=layout.NETWORKS,
        alias=layout.RELAYS,
        ports={"control": RELAY_CONTROL},
    )


def _kafka(part: Part, site: Site, alias: str, published: Published) -> Recipe:
    inside = site.relays.get("kafka.bootstrap", f"{alias}:{broker.INSIDE}")
    return Recipe(
        image="kafka",
        argv=broker.command(HOME, STATE),
        networks=layout.attached(part),
        alias=alias,
        ports={"bootstrap": broker.OUTSIDE},
        shows="topic",
        files=broker.files(inside, f"127.0.0.1:{published(broker.OUTSIDE)}", STATE),
        writes=("state",),
        topic=_topic(site),
    )


def _topic(site: Site) -> str:
    """Return the topic of a rig's reports: its broker may have served another rig before."""
    owns = site.rig != layout.SHARED and "kafka" in site.parts
    return f"{_TOPIC}-{site.rig}" if owns else _TOPIC


def inside_address(name: str, made: Recipe, part: Part) -> str:
    """Return how other parts reach a port of this one."""
    if part.kind == "kafka":
        return f"{made.alias}:{broker.INSIDE}"
    return _written(part, made.alias, made.ports[name])


def outside_address(part: Part, port: int) -> str:
    """Return how the harness reaches a published port."""
    return _written(part, "127.0.0.1", port)


def _written(part: Part, host: str, port: int) -> str:
    scheme = {"redis": "redis://", "kafka": ""}.get(part.kind, "http://")
    return f"{scheme}{host}:{port}"


_RECIPES: dict[str, Callable[[Part, Site, str, Published], Recipe]] = {
    "redis": _redis,
    "kafka": _kafka,
    "ingest": _ingest,
    "gate": _gate,
    "service": _service,
    "gateway": _gateway,
}

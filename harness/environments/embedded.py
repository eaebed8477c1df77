"""The environment `embedded`: child processes on loopback, no Docker, no root, nothing to install.

Redis is a real redis-server. Kafka is librdkafka's built-in cluster and says so, or, where it is asked
for, Apache Kafka on the Java of this machine.
"""

import socket
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

from harness import kafka_kit, redis_binary, topology
from harness.environments import real_kafka
from harness.environments.broker_settings import FETCH_WAIT_MS
from harness.environments.contract import CannotStart, Fidelity, LinkRelay, Options, Resource, Site
from harness.environments.local_relay import LocalRelay
from harness.environments.processes import Child, Command
from harness.environments.real_kafka import Broker
from harness.kafka_jars import NoJars
from harness.markers import HEADER
from harness.settings import Settings
from harness.topology import Part

AWS_REGION = "eu-west-1"
TOPIC = "reports"
REAL_KAFKA = "real"
_ANY_PORT = "127.0.0.1:0"


class Embedded:
    """Starts every part as a child process of the warden."""

    name = "embedded"
    keeps_addresses = False

    def __init__(self, settings: Settings, options: Options) -> None:
        self.settings = settings
        self.options = options
        self.fidelity: Mapping[str, Fidelity] = {
            "redis": Fidelity.REAL,
            "kafka": Fidelity.REAL if self._has_real_kafka else Fidelity.EMULATED,
            "ingest": Fidelity.REAL,
            "gate": Fidelity.REAL,
            "service": Fidelity.REAL,
            "gateway": Fidelity.REAL,
        }
        self._nowhere: socket.socket | None = None

    def missing(self) -> str | None:
        try:
            redis_binary.find(self.settings.path, self.settings.venv)
        except redis_binary.NotFound as error:
            return str(error)
        if self._has_real_kafka and (lacking := kafka_kit.lacking(*self._kit)):
            return f"a real Kafka needs what is not here: {', and '.join(lacking)}"
        return None

    @property
    def _has_real_kafka(self) -> bool:
        return self.options.kafka == REAL_KAFKA

    @property
    def _kit(self) -> tuple[str, Path]:
        return self.settings.path, self.settings.cache_folder

    async def open(self, run: str, folder: Path) -> None:
        self._nowhere = socket.socket()
        self._nowhere.bind(("127.0.0.1", 0))  # bound and never listening: refuses every connection

    async def close(self) -> None:
        if self._nowhere is not None:
            self._nowhere.close()

    def nowhere(self) -> str:
        assert self._nowhere is not None, "the environment is not open"
        host, port = self._nowhere.getsockname()
        return f"http://{host}:{port}"

    async def relay(self, link: str, site: Site) -> LinkRelay:
        return await LocalRelay.started(link)

    def versions(self) -> Mapping[str, str]:
        binary = redis_binary.find(self.settings.path, self.settings.venv)
        return {
            "redis": redis_binary.version(binary) or "",
            "kafka": f"Apache Kafka {kafka_kit.lock().version}"
            if self._has_real_kafka
            else f"librdkafka {version('confluent-kafka')}, built-in cluster",
        }

    def images(self) -> Mapping[str, Mapping[str, str]]:
        return {}

    async def start(self, part: Part, site: Site) -> Resource:
        if part.kind == "kafka" and self._has_real_kafka:
            child = await self._real_kafka(part, site)
        else:
            child = Child(self.command(part, site))
            await _ready(child)
        child.addresses = child.inside = _addresses(part, child, site)
        return child

    def command(self, part: Part, site: Site) -> Command:
        """Draw how a part is started."""
        if part.kind == "ingest" and self._has_real_kafka:
            return _ingest(part, site, self.settings, "--fetch-wait-ms", FETCH_WAIT_MS)
        return _COMMANDS[part.kind](part, site, self.settings)

    async def _real_kafka(self, part: Part, site: Site) -> Child:
        try:
            kit = kafka_kit.locate(*self._kit)
        except NoJars as error:
            raise CannotStart(str(error)) from error
        return await real_kafka.started(Broker(part, site, kit, self.settings, TOPIC))


async def _ready(child: Child) -> None:
    try:
        await child.ready()
    except BaseException:
        await child.end()
        raise


def _python(
    part: Part, site: Site, settings: Settings, *arguments: str, **variables: str
) -> Command:
    return Command(
        name=part.name,
        argv=[sys.executable, "-m", *arguments],
        folder=site.subjects,
        environment={**settings.child_environment, **variables},
        log=site.folder / f"{part.name}.log",
    )


def _redis(part: Part, site: Site, settings: Settings) -> Command:
    socket = site.folder / "redis.sock"
    binary = redis_binary.find(settings.path, settings.venv)
    return Command(
        name=part.name,
        argv=[str(binary), "--port", "0", "--unixsocket", str(socket), "--save", "",
              "--appendonly", "no", "--dir", str(site.folder)],
        folder=site.folder,
        environment=settings.child_environment,
        log=site.folder / "redis.log",
        answers_when=socket,
    )  # fmt: skip


def _kafka(part: Part, site: Site, settings: Settings) -> Command:
    return _python(part, site, settings, "harness.environments.mock_kafka")


def _ingest(part: Part, site: Site, settings: Settings, *more: str) -> Command:
    return _python(
        part, site, settings, "services", "ingest",
        "--kafka", site.inside["kafka.bootstrap"], "--topic", TOPIC,
        "--index", str(site.folder / "index.sqlite"),
        "--listen", _ANY_PORT,
        *more,
    )  # fmt: skip


def _gate(part: Part, site: Site, settings: Settings) -> Command:
    return _python(
        part, site, settings, "services", "cloud_gate",
        "--region", part.region,
        "--listen", _ANY_PORT,
        "--management", _ANY_PORT,
        "--jwks", str(site.key_set),
        "--issuer", topology.CLOUD_ISSUER,
        "--kafka", site.inside.get("kafka.bootstrap", "none"),
        "--topic", TOPIC,
        "--store", str(site.folder / f"{part.name}.json"),
        CLOUD_GATE_MANAGEMENT_TOKEN=site.secrets["management"],
    )  # fmt: skip


def service_command(part: Part, site: Site, settings: Settings, listen: str = _ANY_PORT) -> Command:
    """Draw how a service is started; its control port stays on loopback."""
    arguments = [
        "services", part.name,
        "--listen", listen,
        "--control", _ANY_PORT,
        "--marker-header", HEADER,
    ]  # fmt: skip
    if part.name == "auth":
        arguments += ["--aws-region", AWS_REGION]
    return _python(
        part, site, settings, *arguments,
        JWT_SECRET=site.secrets["jwt"],
        AWS_ACCESS_KEY_ID=site.secrets["aws_key"],
        AWS_SECRET_ACCESS_KEY=site.secrets["aws_secret"],
    )  # fmt: skip


def _gateway(part: Part, site: Site, settings: Settings) -> Command:
    gate = f"gate-{part.region}"
    token = site.folder / f"{part.name}.token"
    token.touch(mode=0o600)
    token.write_text(site.cloud_token(part.region))
    reports = f"{site.inside[f'{gate}.reports']}/reports"
    redis = {"GATEWAY_REDIS_URL": site.inside["redis.url"]} if "redis.url" in site.inside else {}
    state = site.folder / f"{part.name}.state"
    state.mkdir(
        mode=0o700, exist_ok=True
    )  # kept while the rig is: a gateway that starts again finds it
    return _python(
        part, site, settings, "gateway",
        "--cloud-token", str(token),
        "--state", str(state),
        "--gate", site.inside[f"{gate}.sync"],
        "--reports", reports if "kafka.bootstrap" in site.inside else "off",
        "--name", part.name,
        "--listen", _ANY_PORT,
        "--admin", _ANY_PORT,
        "--transaction-header", HEADER,
        GATEWAY_SNAPSHOT_KEY=site.secrets["snapshot"],
        **redis,
    )  # fmt: skip


_COMMANDS: dict[str, Callable[[Part, Site, Settings], Command]] = {
    "redis": _redis,
    "kafka": _kafka,
    "ingest": _ingest,
    "gate": _gate,
    "service": service_command,
    "gateway": _gateway,
}


def _addresses(part: Part, child: Child, site: Site) -> dict[str, str]:
    """Name the addresses that a child announced: `part.what`."""
    if part.kind == "redis":
        return {"redis.url": f"unix://{site.folder / 'redis.sock'}"}
    found = {f"{part.name}.{what}": str(address) for what, address in child.announced.items()}
    if part.kind == "gate":
        found[f"{part.name}.sync"] = found[f"{part.name}.reports"] = found[f"{part.name}.url"]
    return found

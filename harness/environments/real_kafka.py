"""Kafka, real: Apache Kafka on the Java of this machine, one node, a child of the warden.

Its data stay in the folder of the rig, so a broker that was killed finds them when it starts again.
"""

import asyncio
import base64
import random
import socket
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path

from harness import patience
from harness.environments.broker_settings import HOST, Listener, Pulse, properties
from harness.environments.contract import CannotStart, Site
from harness.environments.processes import Child, Command
from harness.kafka_kit import Kit
from harness.settings import ROOT, Settings
from harness.topology import Part

LINK = "kafka.bootstrap"
PARTITIONS = 4
_ATTEMPTS = 3
_PORTS = range(10_000, 32_000)  # below what systems give away by themselves
_TAKEN = "Address already in use"
_JVM = (
    "-XX:TieredStopAtLevel=1",  # half the time to the port; nobody measures this broker
    "-XX:+UseSerialGC",
    "-Xmx384m",
    "-XX:-UsePerfData",  # would leave a file in /tmp behind a kill
    "-Dlog4j2.level=warn",
    "-Dlog4j2.disableJmx=true",
    "-Djava.awt.headless=true",
)


_PULSE = Pulse(session_ms=1000, heartbeat_ms=100)


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the three listeners of a broker are."""

    clients: int
    direct: int
    controller: int


@dataclass(frozen=True, slots=True)
class Broker:
    """What starting one broker needs to know."""

    part: Part
    site: Site
    kit: Kit
    settings: Settings
    topic: str

    @property
    def folder(self) -> Path:
        return self.site.folder / self.part.name


async def started(broker: Broker) -> Child:
    """Start a broker, or start it again with what it holds; return it when the topic is there.

    Errors: CannotStart.
    """
    broker.folder.mkdir(mode=0o700, exist_ok=True)
    for _ in range(_ATTEMPTS - 1):
        try:
            return await _attempt(broker)
        except CannotStart as error:
            if _TAKEN not in str(error):
                raise
            (broker.folder / "ports").unlink()
    return await _attempt(broker)


async def _attempt(broker: Broker) -> Child:
    ports = ports_for(broker.folder)
    here = f"{HOST}:{ports.clients}"
    advertised = broker.site.relays.get(LINK, here)
    text = settings_text(ports, advertised, str(broker.folder / "data"))
    (broker.folder / "server.properties").write_text(text)
    await _formatted(broker)
    child = Child(_java(broker, "kafka.Kafka", str(broker.folder / "server.properties")))
    asking = Child(_topic(broker, f"{HOST}:{ports.direct}", here))
    try:
        child.announced = await _served(child, asking)
    except BaseException:
        await child.end()
        raise
    finally:
        await asking.end()
    return child


def settings_text(ports: Ports, advertised: str, data: str) -> str:
    """Draw `server.properties`: everything on loopback.

    CLIENTS is advertised at the relay in front of it, so that a cut link is really cut; DIRECT is
    never behind a relay and tells whether the broker serves.
    """
    direct = f"{HOST}:{ports.direct}"
    listeners = (
        Listener("CLIENTS", f"{HOST}:{ports.clients}", advertised),
        Listener("DIRECT", direct, direct),
    )
    return properties(listeners, ports.controller, data, _PULSE)


async def _formatted(broker: Broker) -> None:
    """Format the folder unless it is: once in the life of a rig."""
    if (broker.folder / "data" / "meta.properties").exists():
        return
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    tool = Child(
        _java(
            broker, "kafka.tools.StorageTool", "format",
            "--config", str(broker.folder / "server.properties"), f"--cluster-id={cluster}",
        )
    )  # fmt: skip
    try:
        code = await asyncio.wait_for(tool.ended(), patience.BROKER_READY_S)
    except TimeoutError:
        raise CannotStart(
            f"{broker.part.name} did not format its folder within {patience.BROKER_READY_S:g} s; "
            "is this machine very busy?"
        ) from None
    finally:
        await tool.end()
    if code != 0:
        raise CannotStart(f"{broker.part.name} cannot format its folder: {await tool.why_not()}")


async def _served(child: Child, asking: Child) -> dict[str, str]:
    """Wait until the topic is there, or until one of the two has given up.

    Errors: CannotStart with the last line of whoever gave up.
    """
    ready = asyncio.ensure_future(asking.ready(patience.BROKER_READY_S))
    over = asyncio.ensure_future(child.ended())
    try:
        await asyncio.wait({ready, over}, return_when=asyncio.FIRST_COMPLETED)
        if over.done():
            raise CannotStart(await _why_not(child))
        await ready
    finally:
        ready.cancel()
        over.cancel()
    return asking.announced


async def _why_not(child: Child) -> str:
    """A port that was taken is said in the middle of a stack trace."""
    said = await child.logs(200)
    taken = [line.strip() for line in said if _TAKEN in line]
    return taken[-1] if taken else await child.why_not()


def _java(broker: Broker, *arguments: str) -> Command:
    return Command(
        name=broker.part.name,
        argv=[
            broker.kit.java, *_JVM, f"-Djava.io.tmpdir={broker.folder}",
            "-cp", broker.kit.classpath, *arguments,
        ],
        folder=broker.folder,
        environment=broker.settings.child_environment,
        log=broker.site.folder / f"{broker.part.name}.log",
        announces=False,
    )  # fmt: skip


def _topic(broker: Broker, straight: str, announced: str) -> Command:
    return Command(
        name=f"{broker.part.name}'s topic",
        argv=[
            sys.executable, "-m", "harness.environments.kafka_topic",
            "--broker", straight, "--announce", announced,
            "--topic", broker.topic, "--partitions", str(PARTITIONS),
        ],
        folder=ROOT,
        environment=broker.settings.child_environment,
        log=broker.site.folder / f"{broker.part.name}.log",
    )  # fmt: skip


def ports_for(folder: Path) -> Ports:
    """Return the ports of the last start if they are free, else three others.

    Kafka needs its own addresses before it starts, so it cannot be given port 0.
    """
    kept = folder / "ports"
    try:
        before = [int(word) for word in kept.read_text().split()]
    except OSError:
        before = []
    if len(before) == 3 and all(map(_is_free, before)):
        return Ports(*before)
    chosen = [port for port in random.sample(_PORTS, 60) if _is_free(port)][:3]
    if len(chosen) < 3:
        raise CannotStart(
            f"kafka finds no free ports from {_PORTS.start} to {_PORTS.stop} on {HOST}; "
            "run `make doctor`"
        )
    kept.write_text(" ".join(map(str, chosen)))
    return Ports(*chosen)


def _is_free(port: int) -> bool:
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as Java does
        try:
            door.bind((HOST, port))
        except OSError:
            return False
    return True

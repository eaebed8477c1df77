"""Docker through Testcontainers, and through its SDK where Testcontainers has no word for it.

Every call runs in a thread of a bounded pool and fails with one line. Nothing else imports either.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import docker
import docker.errors
import requests
from docker.types import LogConfig, Mount
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.docker_client import DockerClient
from testcontainers.core.network import Network

from harness.environments.containers import complaints, recipes, streams
from harness.environments.contract import CannotStart

T = TypeVar("T")

_AT_ONCE = 8
"""Calls to Docker at a time. More of them only wait for each other inside the engine."""

_LISTENERS = 32
"""Parts whose first line is awaited at a time."""

testcontainers_config.ryuk_disabled = True  # ours is started by reaper.py, and told our labels
testcontainers_config.hub_image_name_prefix = ""  # which image is used says our own list


@dataclass(frozen=True, slots=True)
class Wanted:
    """A container to be. Shape: published maps inside ports to ports of 127.0.0.1."""

    name: str
    image: str
    command: list[str]
    networks: tuple[str, ...]
    alias: str
    published: Mapping[int, int]
    labels: Mapping[str, str]
    parcel: bytes


class PortTaken(CannotStart):
    """Somebody else has a port that was chosen for a container."""


class Engine:
    """One connection to Docker for a run."""

    def __init__(self) -> None:
        self._testcontainers = _translated(DockerClient, "reach Docker")
        self.client: Any = self._testcontainers.client
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="docker")
        self._listeners = ThreadPoolExecutor(_LISTENERS, thread_name_prefix="docker logs")

    async def do(
        self, attempt: str, function: Callable[..., T], *arguments: Any, **named: Any
    ) -> T:
        """Call a function of the SDK in a thread.

        Errors: CannotStart, PortTaken.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._pool, lambda: _translated(lambda: function(*arguments, **named), attempt)
        )

    async def hear(
        self, container: Any, mark: str, since_s: float | None, within_s: float
    ) -> bytes | None:
        """Return the line of standard output that follows a mark; None if none does in time."""
        following = streams.Following(container, since_s)
        loop = asyncio.get_running_loop()
        heard = loop.run_in_executor(self._listeners, following.line_after, mark.encode())
        try:
            return await asyncio.wait_for(heard, within_s)
        except (docker.errors.DockerException, requests.RequestException, OSError, TimeoutError):
            return None
        finally:
            following.close()

    async def settle(self) -> None:
        """Wait for what is under way and take on nothing more: nothing may come into being now."""
        for pool in (self._listeners, self._pool):
            await asyncio.to_thread(pool.shutdown, wait=True, cancel_futures=True)

    def close(self) -> None:
        self.client.close()

    async def network(self, name: str, labels: Mapping[str, str]) -> None:
        made = Network(docker_network_kw={"labels": dict(labels), "driver": "bridge"})
        made.name = name
        await self.do(f"make the network {name}", made.create)

    async def create(self, wanted: Wanted, watch: Callable[[str], T]) -> tuple[Any, T]:
        """Create a container and start it.

        Shape:  `watch` is told its id before it starts; what it returned is returned.
        Errors: CannotStart, PortTaken; then nothing of it is left.
        """
        box: _Box | None = None
        watched: list[T] = []

        def start() -> Any:  # a box makes a connection of its own: nothing for the loop's thread
            nonlocal box
            box = _Box(wanted, self._testcontainers, lambda made: watched.append(watch(made)))
            box.start()
            return box.created

        try:
            return await self.do(f"start {wanted.name}", start), watched[0]
        except CannotStart:
            if box is not None and box.created is not None:
                await self.remove(box.created)
            raise

    async def remove(self, container: Any) -> None:
        """Remove a container with its volume, whatever state it is in."""
        try:
            await self.do("remove a container", container.remove, force=True, v=True)
        except CannotStart as error:
            if not isinstance(error.__cause__, docker.errors.NotFound):
                raise


class _Box(DockerContainer):
    """A Testcontainers container that joins all its networks, and gets its files, before it starts."""

    def __init__(
        self, wanted: Wanted, shared: DockerClient, before_start: Callable[[str], None]
    ) -> None:
        super().__init__(wanted.image)
        self._wanted = wanted
        self._told = before_start
        self._between = _Between(shared, self._prepare)
        self.created: Any = None
        network = Network.__new__(Network)
        network.name = wanted.networks[0]
        self.with_name(wanted.name).with_command(wanted.command)
        self.with_network(network).with_network_aliases(wanted.alias)
        self.with_tmpfs_mount("/tmp", "size=64m,mode=1777")
        ports = cast(dict[str, Any], self.ports)  # an address on this side, too: never beyond us
        ports.update({f"{i}/tcp": ("127.0.0.1", o) for i, o in wanted.published.items()})
        self.with_kwargs(
            entrypoint=[],
            hostname=wanted.alias,
            user=f"{recipes.USER}:{recipes.USER}",
            stdin_open=True,
            labels=dict(wanted.labels),
            mounts=[Mount(recipes.HOME, None, type="volume", labels=dict(wanted.labels))],
            read_only=True,
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
            healthcheck={"test": ["NONE"]},  # the warden knows better, and sooner
            log_config=LogConfig(type=LogConfig.types.JSON, config={"max-size": "64m"}),
        )

    def get_docker_client(self) -> DockerClient:
        return self._between

    def _prepare(self, container: Any) -> None:
        self.created = container
        networks = self._between.client.networks
        for name in self._wanted.networks[1:]:
            networks.get(name).connect(container, aliases=[self._wanted.alias])
        if self._wanted.parcel:
            container.put_archive(recipes.HOME, self._wanted.parcel)
        self._told(container.id)


class _Between(DockerClient):
    """Testcontainers' client, with something to do between creation and start."""

    def __init__(self, shared: DockerClient, prepare: Callable[[Any], None]) -> None:
        self.client = shared.client
        self._prepare = prepare

    def start(self, container: Any) -> None:
        self._prepare(container)
        super().start(container)


def _translated(act: Callable[[], T], attempt: str) -> T:
    try:
        return act()
    except (docker.errors.DockerException, requests.RequestException, OSError) as error:
        kind = PortTaken if complaints.is_port_taken(str(error)) else CannotStart
        raise kind(complaints.in_one_line(attempt, complaints.plainly(error))) from error

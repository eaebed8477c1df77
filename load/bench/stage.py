"""Everybody who takes part in a bench, running: peers that are there, one upstream, one Redis."""

import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from harness import redis_binary, settings
from harness.eventually import GaveUp, eventually
from load.bench.peers import PEERS, nginx
from load.bench.peers.contract import Peer, Site, Start

READY_S = 30.0


class NotReady(Exception):
    """A program that does not serve. One line: which, and what it said last."""


@dataclass(frozen=True, slots=True)
class Running:
    """One process group, and where it serves."""

    process: psutil.Process
    port: int

    def cpu_s(self) -> float:
        """CPU seconds so far, children included."""
        group = [self.process, *self.process.children(recursive=True)]
        return float(sum(sum(one.cpu_times()[:2]) for one in group))


@dataclass(slots=True)
class Stage:
    """`running` by the peer's name and the service; `missing` says in one line each who is not there."""

    upstream: int
    redis: Running
    running: dict[tuple[str, str], Running] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


@contextmanager
def stage(folder: Path, services: frozenset[str]) -> Iterator[Stage]:
    """Start everybody, end everybody. Errors: NotReady."""
    read, socket_path = settings.read(), folder / "redis.sock"
    path = os.pathsep.join((str(read.venv / "bin"), read.path))
    with ExitStack() as held:
        site = Site(folder, path, 0, f"unix://{socket_path}", "")
        if site.binary("nginx") is None:
            raise NotReady("no nginx on PATH, and it is everybody's upstream: install nginx")
        upstream = held.enter_context(serving(nginx.upstream(site), folder, "upstream"))
        redis = held.enter_context(
            a_redis(str(redis_binary.find(read.path, read.venv)), socket_path)
        )
        site = Site(folder, path, upstream.port, site.redis, f"http://127.0.0.1:{upstream.port}")
        found = Stage(upstream.port, redis)
        for peer in PEERS:
            if peer.program is not None and site.binary(peer.program) is None:
                found.missing.append(f"{peer.name} is not on PATH: {peer.remedy}")
                continue
            for service in sorted(services & peer.services.keys()):
                name = f"{peer.name}-{service}"
                start = peer.services[service](site)
                found.running[peer.name, service] = held.enter_context(serving(start, folder, name))
        yield found


def takes_part(peer: Peer, found: Stage) -> bool:
    return any(name == peer.name for name, _ in found.running)


@contextmanager
def serving(start: Start, folder: Path, name: str) -> Iterator[Running]:
    """A process that serves on its port, ended by its own number."""
    said = folder / f"{name}.err"
    with said.open("wb") as errors, child(start, errors) as process:
        if not comes(process, lambda: listens(start.port)):
            lines = said.read_text(errors="replace").strip().splitlines()
            raise NotReady(f"{name} does not serve: {lines[-1] if lines else 'silence'}")
        yield Running(psutil.Process(process.pid), start.port)


@contextmanager
def child(start: Start, errors: object) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        start.argv,
        stdout=subprocess.DEVNULL,
        stderr=errors,  # type: ignore[call-overload]
        env={**settings.read().child_environment, **dict(start.variables)},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def a_redis(binary: str, path: Path) -> Iterator[Running]:
    argv = (
        binary,
        "--port",
        "0",
        "--unixsocket",
        str(path),
        "--save",
        "",
        "--dir",
        str(path.parent),
    )
    with child(Start(argv, 0), subprocess.DEVNULL) as process:
        if not comes(process, path.exists):
            raise NotReady("redis-server does not serve")
        yield Running(psutil.Process(process.pid), 0)


def comes(process: subprocess.Popen[bytes], there: Callable[[], bool]) -> bool:
    """Whether it is there in time, before its process ends."""
    try:
        return eventually(
            lambda: (there(), process.poll()),
            until=lambda seen: seen[0] or seen[1] is not None,
            within_s=READY_S,
            reason="a program to serve",
        )[0]
    except GaveUp:
        return False


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True

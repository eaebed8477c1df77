"""What a peer is: it writes its configuration and says how it is started."""

import shutil
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SECRET = "the-secret-of-everybody-who-is-measured-here"
KEY = "caller"


@dataclass(frozen=True, slots=True)
class Site:
    """Where a peer stands: a folder of its own, the upstream, what else it may use."""

    folder: Path
    path: str
    upstream_port: int
    redis: str
    gate: str

    def binary(self, name: str) -> str | None:
        return shutil.which(name, path=self.path)


@dataclass(frozen=True, slots=True)
class Start:
    """A command line that serves on a port, and variables for its environment."""

    argv: tuple[str, ...]
    port: int
    variables: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Peer:
    """`services` makes a start of each kind of service the peer has, by the row's name for it.

    `lacks` holds paths that it cannot serve as the others do; `program` is what has to be on PATH.
    """

    name: str
    program: str | None
    remedy: str
    note: str
    services: dict[str, Callable[[Site], Start]]
    lacks: frozenset[str] = frozenset()


def free_port() -> int:
    """A port for a program that cannot say which one it got."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])

"""Ryuk, where its image is here: it removes what a run leaves whose warden was killed, within seconds.

It is a container that is told a label, waits until whoever told it is gone, removes everything that carries
the label, and ends. Without it, the next run or `make clean` does that. Blocking: for threads.
"""

import contextlib
import socket
from typing import Any

from harness import patience
from harness.environments.containers import layout
from harness.environments.contract import CannotStart
from harness.eventually import GaveUp, eventually

_PORT = 8080
_DOOR = "/var/run/docker.sock"
_ANSWER_S = 1.0


class Reaper:
    """One that waits. Whoever holds this keeps it waiting."""

    def __init__(self, container: Any, line: socket.socket) -> None:
        self._container = container
        self._line = line

    @classmethod
    def start(cls, client: Any, image: str, name: str, run: str) -> "Reaper":
        """Start it for a run. Errors: CannotStart."""
        container = client.containers.run(
            image,
            name=name,  # without the run's label: it would remove itself before all the rest
            detach=True,
            auto_remove=True,
            ports={f"{_PORT}/tcp": ("127.0.0.1", None)},
            volumes={_door(client): {"bind": _DOOR, "mode": "rw"}},
        )
        try:
            container.reload()
            port = int(container.ports[f"{_PORT}/tcp"][0]["HostPort"])
            return cls(container, told(port, f"{layout.RUN}={run}"))
        except BaseException:
            _remove(container)
            raise

    def close(self) -> None:
        """End it: there is nothing left for it to do."""
        self._line.close()
        _remove(self._container)


def _door(client: Any) -> str:
    """Return where the engine's socket is; one that is reached over TCP has it where all have it."""
    adapter = client.api.get_adapter(client.api.base_url)
    return str(getattr(adapter, "socket_path", _DOOR))


def told(port: int, label: str) -> socket.socket:
    """Tell it the label, as soon as it listens. Returns the connection: it waits while that is open.

    Errors: CannotStart.
    """
    try:
        line = eventually(
            lambda: _line(port, label), until=lambda one: one is not None,
            within_s=patience.CONTAINER_READY_S, every_s=patience.CONTAINER_POLL_S,
            reason="Ryuk to take the label of the run",
        )  # fmt: skip
    except GaveUp as error:
        raise CannotStart(
            f"{error}; the run does without it where its image is not there"
        ) from None
    assert line is not None
    return line


def _line(port: int, label: str) -> socket.socket | None:
    """Docker accepts for it before it listens, and hangs up then."""
    try:
        line = socket.create_connection(("127.0.0.1", port), _ANSWER_S)
        try:
            line.sendall(f"label={label}\n".encode())
            if line.recv(16).startswith(b"ACK"):
                return line
        except OSError:
            pass
        line.close()
    except OSError:
        pass
    return None


def _remove(container: Any) -> None:
    import docker.errors

    with contextlib.suppress(docker.errors.APIError):  # it removes itself as well
        container.remove(force=True)

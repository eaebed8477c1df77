"""Ryuk: told the label of a run once it listens, and kept waiting by an open connection."""

import socket
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from harness import patience
from harness.environments.containers import reaper
from harness.environments.contract import CannotStart


class _Ryuk:
    """Hangs up on the first callers, as Docker does for one that is coming up, then answers."""

    def __init__(self, deaf: int) -> None:
        self.heard: list[bytes] = []
        self.gone = threading.Event()
        self._deaf = deaf
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._answer)
        self._thread.start()

    def _answer(self) -> None:
        with self._listening:
            for _ in range(self._deaf):
                self._listening.accept()[0].close()
            caller, _ = self._listening.accept()
            with caller:
                self.heard.append(caller.recv(1000))
                caller.sendall(b"ACK\n")
                caller.recv(1)
                self.gone.set()

    def join(self) -> None:
        self._thread.join(10)


@pytest.fixture
def ryuk() -> Iterator[_Ryuk]:
    one = _Ryuk(deaf=2)
    yield one
    one.join()


class _Client:
    """Docker. Shape: port is where the container is published."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.run_with: dict[str, Any] = {}
        self.removed = 0
        self.containers = SimpleNamespace(run=self._run)
        door = SimpleNamespace(socket_path="/run/user/1/docker.sock")
        self.api = SimpleNamespace(base_url="http+docker://localhost", get_adapter=lambda _: door)

    def _run(self, image: str, **how: Any) -> Any:
        self.run_with = {"image": image, **how}
        return SimpleNamespace(
            reload=lambda: None,
            ports={"8080/tcp": [{"HostPort": str(self.port)}]},
            remove=self._remove,
        )

    def _remove(self, *, force: bool) -> None:
        assert force
        self.removed += 1


def test_it_is_told_the_label_of_the_run_and_waits_until_it_is_closed(ryuk: _Ryuk) -> None:
    client = _Client(ryuk.port)

    one = reaper.Reaper.start(client, "testcontainers/ryuk:1", "gateproof-k3f9-reaper", "k3f9")

    assert ryuk.heard == [b"label=gateproof.run=k3f9\n"]
    assert not ryuk.gone.is_set()
    assert client.removed == 0
    one.close()
    assert ryuk.gone.wait(10)
    assert client.removed == 1


def test_it_does_not_carry_the_label_that_it_removes_by(ryuk: _Ryuk) -> None:
    client = _Client(ryuk.port)

    reaper.Reaper.start(client, "testcontainers/ryuk:1", "gateproof-k3f9-reaper", "k3f9").close()

    assert "labels" not in client.run_with
    assert client.run_with["auto_remove"] is True
    assert client.run_with["ports"] == {"8080/tcp": ("127.0.0.1", None)}
    inside = {"bind": "/var/run/docker.sock", "mode": "rw"}
    assert client.run_with["volumes"] == {"/run/user/1/docker.sock": inside}


def test_one_that_does_not_answer_is_removed_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "CONTAINER_READY_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = taken.getsockname()[1]
    client = _Client(nobody)

    with pytest.raises(CannotStart, match=r"waited 0\.05 s for Ryuk .* does without it"):
        reaper.Reaper.start(client, "testcontainers/ryuk:1", "gateproof-k3f9-reaper", "k3f9")
    assert client.removed == 1

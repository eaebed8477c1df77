"""Relays in a process of their own: told over HTTP, and they do what they are told."""

import json
import signal
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from harness.relay import Relay
from harness.relay_server import lead, main

FREE = "127.0.0.1:0"


class _Echo(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(self.rfile.readline())


@pytest.fixture
def echo() -> Iterator[str]:
    """A server that repeats a line; its address."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def server() -> Iterator[dict[str, Any]]:
    """A process for relays, with what it announced."""
    words = ["--on", "127.0.0.1", "--control", FREE]
    with subprocess.Popen(
        [sys.executable, "-m", "harness.relay_server", *words], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline()) | {"process": process}
        if process.poll() is None:
            process.kill()


@pytest.fixture
def relay(server: dict[str, Any]) -> dict[str, Any]:
    """A relay in one link: where it is entered, and where it is told what to do."""
    return _stood_in(server, "rig1.gate-eu.sync")


def _stood_in(server: dict[str, Any], link: str) -> dict[str, Any]:
    control = f"{server['control']}/{link}"
    answer = httpx.post(control, trust_env=False)
    assert answer.status_code == 200, answer.text
    return {"control": control, "listen": f"127.0.0.1:{answer.json()['port']}"}


def _said(at: str, line: bytes) -> bytes:
    host, _, port = at.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(line)
            return connection.makefile("rb").readline()
    except ConnectionError:
        return b"reset"


def _told(relay: dict[str, Any], path: str, body: Any = None) -> dict[str, Any]:
    answer = httpx.put(f"{relay['control']}{path}", json=body, trust_env=False)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


@pytest.mark.parametrize("scheme", ["", "http://", "redis://"])
def test_it_leads_where_it_is_told(relay: dict[str, Any], echo: str, scheme: str) -> None:
    _told(relay, "/leads-to", {"where": f"{scheme}{echo}"})

    assert _said(relay["listen"], b"hello\n") == b"hello\n"


def test_it_leads_nowhere_until_it_is_told_and_when_it_is_told_so(
    relay: dict[str, Any], echo: str
) -> None:
    assert _said(relay["listen"], b"hello\n") in (b"", b"reset")
    _told(relay, "/leads-to", {"where": echo})
    _told(relay, "/leads-to", {"where": None})
    assert _said(relay["listen"], b"hello\n") in (b"", b"reset")


def test_a_cut_is_felt_counted_and_healed(relay: dict[str, Any], echo: str) -> None:
    _told(relay, "/leads-to", {"where": echo})

    assert _told(relay, "/cut") == {"broken": 0, "refused": 0}
    assert _said(relay["listen"], b"hello\n") in (b"", b"reset")
    felt = httpx.get(f"{relay['control']}/felt", trust_env=False).json()
    assert felt == {"broken": 0, "refused": 1}

    _told(relay, "/heal")
    assert _said(relay["listen"], b"hello\n") == b"hello\n"


def test_a_cut_is_of_one_link_alone(server: dict[str, Any], echo: str) -> None:
    one, other = (_stood_in(server, f"rig{number}.gate-eu.sync") for number in (1, 2))
    for each in (one, other):
        _told(each, "/leads-to", {"where": echo})

    _told(one, "/cut")

    assert _said(one["listen"], b"hello\n") in (b"", b"reset")
    assert _said(other["listen"], b"hello\n") == b"hello\n"


def test_a_link_that_is_left_is_closed_and_can_be_stood_in_again(
    server: dict[str, Any], relay: dict[str, Any]
) -> None:
    assert httpx.post(relay["control"], trust_env=False).status_code == 404

    assert httpx.delete(relay["control"], trust_env=False).status_code == 200

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(relay["listen"].rpartition(":")[2])), timeout=10)
    assert httpx.put(f"{relay['control']}/cut", trust_env=False).status_code == 404
    _stood_in(server, "rig1.gate-eu.sync")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "/leads-to", "{}", 400),
        ("PUT", "/leads-to", "no JSON", 400),
        ("PUT", "/burn", "", 404),
        ("PUT", "/felt", "", 404),
        ("GET", "/cut", "", 404),
        ("POST", "/cut", "", 404),
        ("DELETE", "/cut", "", 404),
    ],
)
def test_what_it_does_not_understand_it_refuses(
    relay: dict[str, Any], method: str, path: str, body: str, status: int
) -> None:
    answer = httpx.request(method, f"{relay['control']}{path}", content=body, trust_env=False)

    assert answer.status_code == status
    assert answer.json()["error"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_ends_with_0(
    server: dict[str, Any], relay: dict[str, Any], number: signal.Signals
) -> None:
    server["process"].send_signal(number)

    assert server["process"].wait(10) == 0


def test_an_address_that_is_taken_is_one_line(echo: str) -> None:
    words = ["--control", echo]

    done = subprocess.run(
        [sys.executable, "-m", "harness.relay_server", *words], capture_output=True, text=True
    )

    assert done.returncode == 2
    assert done.stderr.startswith("relay_server: cannot listen: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("said", ["7001", ":7001", "127.0.0.1:", "127.0.0.1:65536"])
def test_an_address_that_cannot_be_read_is_refused(
    said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["--control", said])

    assert refused.value.code == 2
    assert f"expected HOST:PORT, found {said!r}" in capsys.readouterr().err


def test_a_bare_address_is_one_of_tcp() -> None:
    relay = Relay("kafka.bootstrap")

    lead(relay, "kafka:9092")

    assert relay._far_end is not None
    assert (relay._far_end.hostname, relay._far_end.port) == ("kafka", 9092)

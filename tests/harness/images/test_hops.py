"""The way to a container is looked at hop by hop, on an engine of our own making; nothing is raised."""

import json
import os
import socketserver
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from harness.images import content, hops
from harness.images.hops import look

Answers = dict[str, tuple[int, Any]]
Start = Callable[[Answers], dict[str, str]]

WELL: Answers = {
    "/version": (200, {"Version": "20.10.24"}),
    "/info": (200, {"Driver": "overlay2", "DockerRootDir": "/"}),
    "/images/json": (200, []),
    "/distribution": (200, {"Descriptor": {"digest": "sha256:1"}}),
}


class _Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Start]:
    """Start an engine that gives these answers; returns the environment in which it is found."""
    servers: list[_Unix] = []

    def start(answers: Answers) -> dict[str, str]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = (told for path, told in answers.items() if self.path.startswith(path))
                status, told = next(found, (404, {"message": "page not found"}))
                body = told if isinstance(told, bytes) else json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

            def address_string(self) -> str:
                return "here"

        path = tmp_path / f"{len(servers)}.sock"
        server = _Unix(str(path), Handler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        servers.append(server)
        return {"PATH": os.defpath, "DOCKER_HOST": f"unix://{path}"}

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_daemon_with_a_registry(engine: Start, tmp_path: Path) -> None:
    found = look(engine(WELL), tmp_path)

    assert (found.engine, found.driver) == ("20.10.24", "overlay2")
    assert found.registry == "docker.io"
    assert found.registry_problem == ""
    assert found.free_bytes is not None
    assert found.absent == found.listed == ("redis", "kafka", "base/python", "subjects", "suite")


def test_a_daemon_without_a_registry_says_what_the_daemon_said(
    engine: Start, tmp_path: Path
) -> None:
    answer = (500, {"message": 'Get "https://registry-1.docker.io/v2/": no such host'})

    found = look(engine({**WELL, "/distribution": answer}), tmp_path)

    assert found.engine == "20.10.24"
    assert found.registry_problem.endswith("no such host")


def test_images_that_are_here_under_either_name_are_not_absent(
    engine: Start, tmp_path: Path
) -> None:
    held = [
        {"RepoTags": [f"gateproof/redis:{content.stand_in_tag('redis')}"]},
        {"RepoTags": ["apache/kafka:4.1.0"], "RepoDigests": None},
        {"RepoTags": None},
    ]

    found = look(engine({**WELL, "/images/json": (200, held)}), tmp_path)

    assert found.absent == ("base/python", "subjects", "suite")


def test_a_list_that_cannot_be_used_is_a_hop_of_its_own(engine: Start, tmp_path: Path) -> None:
    found = look({**engine(WELL), "GATEPROOF_IMAGE_REDIS": "redis:latest"}, tmp_path)

    assert "GATEPROOF_IMAGE_REDIS" in found.list_problem


@pytest.mark.parametrize(
    "answer", [(500, {"message": "storage is broken"}), (200, b"not JSON"), (200, {})]
)
def test_a_daemon_that_talks_nonsense_does_not_count(
    answer: tuple[int, Any], engine: Start, tmp_path: Path
) -> None:
    found = look(engine({**WELL, "/version": answer}), tmp_path)

    assert found.engine is None
    assert found.engine_problem


def test_a_socket_that_is_not_there_or_not_listened_to(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")

    assert hops.socket_problem(f"unix://{tmp_path}/none") == f"there is no {tmp_path}/none"
    assert hops.socket_problem(f"unix://{tmp_path}/plain").startswith("nothing accepts at unix:")
    assert hops.socket_problem("tcp://127.0.0.1:1").startswith("nothing accepts at tcp:")
    assert "cannot be looked at" in hops.socket_problem("ssh://somebody@host")


@pytest.mark.skipif(os.getuid() == 0, reason="root may open every socket")
def test_a_socket_of_somebody_else_is_told_apart(engine: Start, tmp_path: Path) -> None:
    environ = engine(WELL)
    Path(environ["DOCKER_HOST"].removeprefix("unix://")).chmod(0)

    assert look(environ, tmp_path).socket_problem.startswith("no permission on ")

"""Bytes to a socket, and whatever comes back."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from harness import patience
from harness.scenario import raw


@pytest.fixture
def server() -> Iterator[Callable[[bytes], tuple[str, list[bytes]]]]:
    """A server that reads once and answers like this, then hangs up."""
    listening = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def answering(answer: bytes) -> tuple[str, list[bytes]]:
        heard: list[bytes] = []

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                heard.append(connection.recv(65536))
                connection.sendall(answer)

        threads.append(threading.Thread(target=serve))
        threads[0].start()
        return f"http://127.0.0.1:{listening.getsockname()[1]}", heard

    yield answering
    for thread in threads:
        thread.join(5)
    listening.close()


def test_the_bytes_arrive_as_they_are_and_the_answer_is_read(server: Callable[..., tuple]) -> None:
    base, heard = server(b"HTTP/1.1 400 Bad Request\r\nX-A: b\r\nContent-Length: 2\r\n\r\nno")

    found = raw.exchanged(base, "eu-1", b"SSH-2.0-OpenSSH\r\n\r\n")

    assert heard == [b"SSH-2.0-OpenSSH\r\n\r\n"]
    assert (found.status, found.body, found.header("x-a")) == (400, "no", "b")
    assert found.request_body == "SSH-2.0-OpenSSH\r\n\r\n"
    assert (found.method, found.replica) == ("RAW", "eu-1")


@pytest.mark.parametrize("after", [b"", b"something"])
def test_what_follows_the_head_of_an_answer_to_head_is_told(
    server: Callable[..., tuple], after: bytes
) -> None:
    base, _ = server(b"HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n" + after)

    found = raw.exchanged(base, "eu-1", b"HEAD /nowhere HTTP/1.1\r\n\r\n")

    assert (found.status, found.method, found.body) == (404, "HEAD", after.decode())


@pytest.mark.parametrize("answer", [b"", b"not http at all\r\n\r\n"])
def test_what_is_no_answer_is_told_as_such(server: Callable[..., tuple], answer: bytes) -> None:
    base, _ = server(answer)

    found = raw.exchanged(base, "eu-1", b"x")

    assert found.status is None
    assert not found.timed_out
    assert found.error


def test_a_place_where_nobody_listens_is_no_answer() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        found = raw.exchanged(f"http://127.0.0.1:{bound.getsockname()[1]}", "eu-1", b"x")

    assert (found.status, found.timed_out) == (None, False)
    assert found.error.startswith("ConnectionRefusedError")


def test_no_answer_in_time_is_neither_admitted_nor_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "CALL_S", 0.02)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        found = raw.exchanged(f"http://127.0.0.1:{deaf.getsockname()[1]}", "eu-1", b"x")

    assert found.timed_out
    assert found.status is None

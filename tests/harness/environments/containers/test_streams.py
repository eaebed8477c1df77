"""Orders into a container and lines out of it, before an engine that is not there."""

import json
import os
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from harness.environments.containers.streams import Following, Orders


class _Response:
    closed = False

    def close(self) -> None:
        self.closed = True


class _Pipe:
    """What the SDK hands out for an engine behind a unix socket: to be read, with a descriptor."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._response = _Response()

    def fileno(self) -> int:
        return self._to


class _Channel(_Pipe):
    """And for one behind TLS."""

    def sendall(self, line: bytes) -> None:
        os.write(self._to, line)


class _Container:
    def __init__(self, stream: Any = None, pieces: Any = None) -> None:
        self.stream = stream
        self.pieces = pieces
        self.asked: dict[str, Any] = {}

    def attach_socket(self, params: dict[str, Any]) -> Any:
        self.asked = params
        return self.stream

    def logs(self, **asked: Any) -> Any:
        self.asked = asked
        return self.pieces


@pytest.mark.parametrize("kind", [_Pipe, _Channel])
def test_an_order_is_a_line(kind: type[_Pipe]) -> None:
    out, into = os.pipe()
    stream = kind(into)
    orders = Orders(container := _Container(stream))

    orders.give({"argv": ["a"], "files": {"key": "one\ntwo"}})
    orders.give({})
    orders.close()

    os.close(into)
    with os.fdopen(out) as read:
        assert [json.loads(line) for line in read] == [
            {"argv": ["a"], "files": {"key": "one\ntwo"}},
            {},
        ]
    assert container.asked == {"stdin": 1, "stream": 1}
    assert stream._response.closed


def test_an_order_that_does_not_fit_at_once_arrives_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    out, into = os.pipe()
    order = {"files": {"key": "x" * 300_000}}
    write = os.write
    monkeypatch.setattr(os, "write", lambda to, what: write(to, what[:200_000]))

    def give() -> None:
        Orders(_Container(_Pipe(into))).give(order)
        os.close(into)

    giving = threading.Thread(target=give)
    giving.start()

    with os.fdopen(out, "rb") as read:
        assert json.loads(read.read()) == order
    giving.join()


class _Pieces:
    """A stream of the SDK. Shape: comes are the pieces, None where it waits until it is closed."""

    def __init__(self, *comes: bytes | None) -> None:
        self.comes = comes
        self._response = _Response()
        self.closed = threading.Event()

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.comes:
            if piece is None:
                assert self.closed.wait(10)
                return
            yield piece

    def close(self) -> None:
        self.closed.set()


def test_the_line_after_the_mark_is_heard_however_it_is_cut_in_pieces() -> None:
    container = _Container(pieces=_Pieces(b"old\nma", b"rk\n{", b'"url": 1}', b"\nmore\n"))

    assert Following(container, 12.5).line_after(b"mark") == b'{"url": 1}'
    assert container.asked["since"] == 12.5
    assert container.asked["follow"] is True
    assert container.asked["stderr"] is False


@pytest.mark.parametrize("comes", [(), (b"other\nline\n",), (b"mark\n",), (b"mark\nhalf a li",)])
def test_no_line_is_heard_when_the_output_ends_before(comes: tuple[bytes, ...]) -> None:
    assert Following(_Container(pieces=_Pieces(*comes)), 0).line_after(b"mark") is None


def test_one_that_is_closed_stops_waiting() -> None:
    pieces = _Pieces(b"mark\n", None)
    following = Following(_Container(pieces=pieces), 0)
    heard: list[bytes | None] = []
    waiting = threading.Thread(target=lambda: heard.append(following.line_after(b"mark")))
    waiting.start()

    following.close()
    waiting.join(10)

    assert heard == [None]
    assert pieces._response.closed


def test_one_that_is_closed_before_it_began_does_not_wait() -> None:
    following = Following(_Container(pieces=(pieces := _Pieces(None))), 0)

    following.close()

    assert following.line_after(b"mark") is None
    assert pieces.closed.is_set()

"""One answer onto one connection."""

import asyncio
from types import SimpleNamespace

import pytest

from gateway.http.reply import Clock, Reply


class Wire:
    def __init__(self, hears_out=True):
        self.said, self.closing, self.aborted, self._hears_out = b"", False, False, hears_out

    def hears_out(self, request):
        return self._hears_out

    def write(self, data):
        self.said += data

    async def drained(self):
        self.said += b"~"

    def abort(self):
        self.aborted = True


def replying(method="GET", version="1.1", keep_alive=True, **wire):
    wire = Wire(**wire)
    request = SimpleNamespace(method=method, version=version, keep_alive=keep_alive)
    reply = Reply(wire, request, Clock())
    reply.dated = True
    return wire, reply


@pytest.mark.parametrize(
    ("method", "status", "body", "expected"),
    [
        ("GET", 200, b"ok", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
        ("GET", 200, b"", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        ("HEAD", 200, b"ok", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"),
        ("HEAD", 200, b"", b"HTTP/1.1 200 OK\r\n\r\n"),
        ("GET", 204, b"", b"HTTP/1.1 204 No Content\r\n\r\n"),
        ("GET", 204, b"ok", b"HTTP/1.1 204 No Content\r\n\r\n"),
        ("GET", 304, b"", b"HTTP/1.1 304 Not Modified\r\n\r\n"),
        ("GET", 299, b"", b"HTTP/1.1 299 Unknown\r\nContent-Length: 0\r\n\r\n"),
    ],
)
def test_a_whole_answer(method, status, body, expected):
    wire, reply = replying(method)
    reply.send(status, [], body)
    assert (wire.said, reply.status, reply.complete) == (expected, status, True)
    assert reply.body_bytes == (len(body) if expected.endswith(b"ok") else 0)


def test_a_head_alone():
    wire, reply = replying("HEAD")
    reply.send_head(200, [(b"Content-Length", b"7")], b"Fine")
    assert wire.said == b"HTTP/1.1 200 Fine\r\nContent-Length: 7\r\n\r\n"
    assert reply.complete


@pytest.mark.parametrize(
    ("version", "length", "head", "rest"),
    [
        ("1.1", 2, b"Content-Length: 2", b"~o~k~"),
        ("1.1", None, b"Transfer-Encoding: chunked", b"~1\r\no\r\n~1\r\nk\r\n~0\r\n\r\n"),
        ("1.0", None, b"Connection: close", b"~o~k~"),
        ("1.0", 2, b"Content-Length: 2\r\nConnection: keep-alive", b"~o~k~"),
    ],
)
def test_an_answer_in_parts(version, length, head, rest):
    async def scenario():
        wire, reply = replying(version=version)
        reply.start(200, [], length)
        for part in (b"", b"o", b"k"):
            await reply.write(part)
        assert not reply.complete
        reply.end()
        assert wire.said == b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n" + rest
        assert (reply.complete, reply.body_bytes) == (True, 2)

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("how", "kept"),
    [
        ({}, True),
        ({"keep_alive": False}, False),
        ({"hears_out": False}, False),
    ],
)
def test_a_connection_that_ends_is_announced(how, kept):
    wire, reply = replying(**how)
    reply.send(200, [], b"")
    assert (b"Connection: close" not in wire.said) == reply.keep_alive == kept


def test_half_an_answer_can_be_cut():
    wire, reply = replying()
    reply.abort()
    assert wire.aborted


def test_the_date_is_formatted_once_a_second():
    clock = Clock()
    assert clock.date() is clock.date() or clock.date()[-3:] == b"GMT"
    wire, reply = replying()
    reply.dated = False
    reply.send(200, [], b"")
    assert b"\r\nDate: " in wire.said

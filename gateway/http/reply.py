"""Writing one answer to one client connection, framed as HTTP/1.1 wants it."""

from email.utils import formatdate
from http import HTTPStatus
from time import time
from typing import Protocol

from gateway.http.headers import Headers, lines
from gateway.http.messages import Request

REASONS = {status.value: status.phrase.encode() for status in HTTPStatus}


class Wire(Protocol):
    """The connection as a reply sees it."""

    closing: bool

    def hears_out(self, request: Request) -> bool: ...
    def write(self, data: bytes) -> None: ...
    async def drained(self) -> None: ...
    def abort(self) -> None: ...


class Clock:
    """The Date field, formatted once a second."""

    def __init__(self) -> None:
        self._second = 0
        self._text = b""

    def date(self) -> bytes:
        second = int(time())
        if second != self._second:
            self._second = second
            self._text = formatdate(second, usegmt=True).encode()
        return self._text


class Reply:
    """The answer to one request: either `send`, or `start`, `write`… and `end`.

    `status` is what went onto the wire, 0 while nothing did; `complete` says that all of it did.
    Set `dated` when the headers hold a Date already.
    """

    __slots__ = (
        "_chunked",
        "_clock",
        "_request",
        "_wire",
        "body_bytes",
        "complete",
        "dated",
        "keep_alive",
        "status",
    )

    def __init__(self, wire: Wire, request: Request, clock: Clock) -> None:
        self._wire = wire
        self._request = request
        self._clock = clock
        self._chunked = False
        self.status = 0
        self.body_bytes = 0
        self.complete = False
        self.keep_alive = False
        self.dated = False

    def send(self, status: int, headers: Headers, body: bytes, reason: bytes = b"") -> None:
        """The whole answer in one write."""
        bodiless = status in (204, 304) or self._request.method == "HEAD"
        if not (status == 204 or (bodiless and not body)):
            headers = [*headers, (b"Content-Length", b"%d" % len(body))]
        head = self._head(status, headers, reason)
        self.body_bytes = 0 if bodiless else len(body)
        self._wire.write(head if bodiless else head + body)
        self.complete = True

    def send_head(self, status: int, headers: Headers, reason: bytes = b"") -> None:
        """An answer without a body whose headers say how long it would have been."""
        self._wire.write(self._head(status, headers, reason))
        self.complete = True

    def start(self, status: int, headers: Headers, length: int | None, reason: bytes = b"") -> None:
        """Begin an answer whose body follows; without a length it is chunked, or ends by closing."""
        if length is not None:
            headers = [*headers, (b"Content-Length", b"%d" % length)]
        elif self._request.version == "1.1":
            self._chunked = True
            headers = [*headers, (b"Transfer-Encoding", b"chunked")]
        else:
            self._wire.closing = True
        self._wire.write(self._head(status, headers, reason))

    async def write(self, chunk: bytes) -> None:
        """Send the next part of the body, waiting while the client is slow."""
        self._wire.write(self._framed(chunk))
        await self._wire.drained()

    def end(self) -> None:
        if self._chunked:
            self._wire.write(b"0\r\n\r\n")
        self.complete = True

    def abort(self) -> None:
        """Cut the connection, so that half an answer never looks whole."""
        self._wire.abort()

    def _framed(self, chunk: bytes) -> bytes:
        self.body_bytes += len(chunk)
        if not self._chunked or not chunk:
            return chunk
        return b"%x\r\n%b\r\n" % (len(chunk), chunk)

    def _head(self, status: int, headers: Headers, reason: bytes) -> bytes:
        self.status = status
        self.keep_alive = (
            self._request.keep_alive
            and not self._wire.closing
            and self._wire.hears_out(self._request)
        )
        fields = list(headers)
        if not self.dated:
            fields.append((b"Date", self._clock.date()))
        if not self.keep_alive:
            fields.append((b"Connection", b"close"))
        elif self._request.version == "1.0":
            fields.append((b"Connection", b"keep-alive"))
        phrase = reason or REASONS.get(status, b"Unknown")
        return b"HTTP/1.1 %d %b\r\n%b\r\n" % (status, phrase, lines(fields))

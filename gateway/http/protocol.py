"""The server's side of one client connection: bytes in, requests one after the other, bytes out.

One coroutine serves one request. What a client pipelines waits in order, and no more is read
while something waits. The parser is llhttp in its strict mode.
"""

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from gateway.http.body import Body, whole
from gateway.http.headers import Headers, index, tokens
from gateway.http.messages import Request
from gateway.http.reply import Reply

if TYPE_CHECKING:
    from gateway.http.server import Server

Handler = Callable[[Request, Reply], Awaitable[None]]

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
ONCE_ONLY = frozenset({b"host", b"content-length", b"transfer-encoding", b"authorization"})


class BodyBroken(Exception):
    """A request's body will not arrive: malformed, too slow, or the client is gone."""

    def __init__(self, flaw: str) -> None:
        super().__init__(flaw)
        self.flaw = flaw


class ServerConnection(asyncio.Protocol):
    """One client connection. Its handler gets every request, flawed ones included."""

    def __init__(self, server: "Server") -> None:
        self._server = server
        self._limits = server.limits
        self._parser = HttpRequestParser(self)
        self._transport: asyncio.Transport = cast(asyncio.Transport, None)
        self._peer = self._local = ("", 0)
        self._target = b""
        self._headers: Headers = []
        self._in_head = False
        self._head_bytes = 0
        self._head_since = 0.0
        self._flaw: str | None = None
        self._receiving: Body | None = None
        self._discarded: int | None = None
        self._waiting: deque[Request] = deque()
        self._task: asyncio.Task[None] | None = None
        self._reading_paused = False
        self._drain: asyncio.Future[None] | None = None
        self._deaf = False
        self._unheard = False
        self.closing = False
        self.last_heard = 0.0

    # -- the transport's callbacks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._peer = address(transport.get_extra_info("peername"))
        self._local = address(transport.get_extra_info("sockname"))
        self.last_heard = self._server.loop.time()
        self._server.connections.add(self)

    def data_received(self, data: bytes) -> None:
        self.last_heard = self._server.loop.time()
        if self._deaf:
            self._unheard = True
            return
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            # No upgrade is offered: the request was served as an ordinary one, what follows is not HTTP.
            self._deaf = True
        except HttpParserError:
            self._refuse_rest("bad-request")
        else:
            if self._in_head:
                self._head_bytes += len(data)
                if self._head_bytes > self._limits.head_bytes:
                    self._refuse_rest("head-too-large")

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.gone(self)
        self._deaf = True
        self._waiting.clear()
        if self._receiving is not None:
            self._receiving.fail(BodyBroken("client-gone"))
        if self._drain is not None and not self._drain.done():
            self._drain.set_result(None)
        if self._task is not None:
            self._task.cancel()

    def pause_writing(self) -> None:
        self._drain = self._server.loop.create_future()

    def resume_writing(self) -> None:
        if self._drain is not None and not self._drain.done():
            self._drain.set_result(None)
        self._drain = None

    # -- the parser's callbacks

    def on_message_begin(self) -> None:
        self._target = b""
        self._headers = []
        self._in_head = True
        self._head_bytes = 0
        self._head_since = self.last_heard
        self._flaw = None

    def on_url(self, part: bytes) -> None:
        self._target += part
        if len(self._target) > self._limits.target_bytes:
            self._flaw = "target-too-long"

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_head:
            return  # a trailer never becomes a header
        self._headers.append((name, value))
        size = len(name) + len(value)
        self._head_bytes += size
        if (
            size > self._limits.field_bytes
            or len(self._headers) > self._limits.fields
            or self._head_bytes > self._limits.head_bytes
        ):
            self._flaw = self._flaw or "head-too-large"

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._head_bytes = 0
        if self._deaf:
            return
        request = self._request()
        self._receiving = request.body
        self._discarded = None
        if self._task is None:
            self._serve(request)
        else:
            self._waiting.append(request)
            self._pause_reading()

    def on_body(self, chunk: bytes) -> None:
        if self._discarded is not None:
            self._discarded += len(chunk)
            if self._discarded > self._limits.discard_bytes:
                self._close()
        elif self._receiving is not None:
            self._receiving.feed(chunk)

    def on_message_complete(self) -> None:
        receiving, self._receiving = self._receiving, None
        if receiving is not None:
            receiving.finish()
        if self._discarded is not None:
            self._discarded = None
            self._server.loop.call_soon(self._next)

    # -- the body's callbacks

    def body_filled(self) -> None:
        self._pause_reading()

    def body_emptied(self) -> None:
        if not self._waiting:
            self._resume_reading()

    # -- what a reply needs

    def write(self, data: bytes) -> None:
        self._transport.write(data)

    async def drained(self) -> None:
        if self._drain is not None:
            await self._drain

    def abort(self) -> None:
        """Close with a reset: an end of file would let half an answer pass as a whole one."""
        sock = self._transport.get_extra_info("socket")
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        except OSError:
            pass  # closed already
        self._deaf = True
        self._transport.abort()

    def hears_out(self, request: Request) -> bool:
        """Whether what is left of a body that nobody wanted is worth reading past.

        A client that was not told to continue may or may not send it, so there it is not.
        """
        if request.body.complete:
            return True
        left = (request.content_length or 0) - request.body.size_bytes
        return left <= self._limits.discard_bytes and request.body.wanted is None

    # -- one request after the other

    def _request(self) -> Request:
        parser, headers = self._parser, self._headers
        request = Request(
            method=parser.get_method().decode(),
            target=self._target,
            version=parser.get_http_version(),
            headers=headers,
            first=index(headers),
            body=Body(self),
            peer=self._peer,
            local=self._local,
            keep_alive=parser.should_keep_alive(),
        )
        read_framing(request)
        request.flaw = self._flaw or request.flaw
        if parser.should_upgrade():
            # llhttp stops here: a body that the head announces would never be seen.
            request.keep_alive = False
            if request.chunked or request.content_length or request.method == "CONNECT":
                request.flaw = request.flaw or "bad-request"
        if request.flaw is not None:
            request.keep_alive = False
            request.body.finish()
            self._deaf = self._unheard = True
        return request

    def _serve(self, request: Request) -> None:
        if request.body is self._receiving and b"expect" in request.first:
            request.body.wanted = self._continue
        self._task = self._server.loop.create_task(self._answer(request))

    def _continue(self) -> None:
        self._transport.write(CONTINUE)

    async def _answer(self, request: Request) -> None:
        reply = Reply(self, request, self._server.clock)
        try:
            await self._server.handler(request, reply)
            await self.drained()
        finally:
            self._task = None
            self._answered(request, reply)

    def _answered(self, request: Request, reply: Reply) -> None:
        if self._transport.is_closing():
            return
        if not reply.complete:
            self.abort()
        elif not reply.keep_alive or self.closing:
            self._close()
        elif request.body.complete:
            self._next()
        else:
            # The rest of a body that nobody wanted is read past, up to a limit.
            self._discarded = 0
            self._receiving = None
            self._resume_reading()

    def _next(self) -> None:
        if self._task is not None or self._transport.is_closing():
            return
        if self._waiting:
            request = self._waiting.popleft()
            if not self._waiting and not request.body.full:
                self._resume_reading()
            self._serve(request)

    def _refuse_rest(self, flaw: str) -> None:
        """Answer what is not HTTP once, after everything before it, and hear no more."""
        if self._deaf:
            return
        self._deaf = self._unheard = True
        if self._receiving is not None:
            # The head was fine and is being served; its body is not HTTP.
            self._receiving.fail(BodyBroken(flaw))
            self.closing = True
            return
        headers = self._headers if self._in_head else []
        request = Request(
            method="",
            target=self._target,
            version="1.1",
            headers=headers,
            first=index(headers),
            body=whole(b""),
            peer=self._peer,
            local=self._local,
            keep_alive=False,
            flaw=self._flaw or flaw,
        )
        self._in_head = False
        if self._task is None and self._discarded is None:
            self._serve(request)
        else:
            self._waiting.append(request)

    # -- closing

    @property
    def busy(self) -> bool:
        return self._task is not None

    def close_when_idle(self) -> None:
        """Finish what is in flight, answer nothing new."""
        self.closing = True
        if self._task is None:
            self._transport.close()

    def _close(self) -> None:
        """End politely: a reset while the client still sends would destroy the answer."""
        self._deaf = True
        self._waiting.clear()
        settled = self._receiving is None and self._discarded is None and not self._reading_paused
        if settled and not self._unheard:
            self._transport.close()
            return
        self._receiving = None
        self._discarded = None
        self._resume_reading()
        try:
            self._transport.write_eof()
        except OSError:
            self._transport.abort()  # the client has reset the connection already
            return
        self._server.loop.call_later(self._limits.linger_s, self._transport.close)

    def sweep(self, now: float) -> None:
        """Called about once a second: give up on who is too slow."""
        limits, quiet_s = self._limits, now - self.last_heard
        if self._drain is not None and quiet_s > limits.write_s:
            self._transport.abort()
        elif self._in_head and now - self._head_since > limits.head_s and not self._reading_paused:
            self._refuse_rest("request-timeout")
        elif self._receiving is not None and not self._reading_paused and quiet_s > limits.body_s:
            self._receiving.fail(BodyBroken("request-timeout"))
            self._deaf = self.closing = True
        elif self._task is None and quiet_s > limits.idle_s:
            self._transport.close()

    def _pause_reading(self) -> None:
        if not self._reading_paused:
            self._reading_paused = True
            self._transport.pause_reading()

    def _resume_reading(self) -> None:
        if self._reading_paused and not self._transport.is_closing():
            self._reading_paused = False
            self._transport.resume_reading()
            self.last_heard = self._head_since = self._server.loop.time()


def read_framing(request: Request) -> None:
    """Note how the body is framed, and what forbids serving the request (RFC 9112, 3.2 and 6)."""
    first = request.first
    if len(first) < len(request.headers) and repeated(request.headers, ONCE_ONLY):
        request.flaw = "bad-request"
    length, coding = first.get(b"content-length"), first.get(b"transfer-encoding")
    if length is not None:
        request.content_length = int(length) if length.isdigit() else None
    if coding is not None:
        request.chunked = True
        if tokens(coding) != [b"chunked"] or request.version == "1.0":
            request.flaw = "bad-request"
    if first.get(b"expect", b"100-continue").strip().lower() != b"100-continue":
        request.flaw = request.flaw or "expectation-failed"
    if b"host" not in first and request.version == "1.1":
        request.flaw = "bad-request"
    if request.version not in ("1.0", "1.1"):
        request.flaw = "bad-request" if request.version == "0.9" else "version-not-supported"


def repeated(headers: Headers, names: frozenset[bytes]) -> bool:
    """Whether one of the fields has more than one line."""
    lines = [name.lower() for name, _ in headers]
    return any(lines.count(name) > 1 for name in names)


def address(name: Any) -> tuple[str, int]:
    """Host and port of a socket name; a unix socket has neither."""
    return (name[0], name[1]) if isinstance(name, tuple) else ("", 0)

"""The keep-alive client: one pool of connections per endpoint, one request at a time on each.

It never retries by itself. Its errors say what the caller has to know to decide: whether a
connection was made, and whether a single byte of an answer came.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from gateway.http.body import Body
from gateway.http.headers import Headers, index, tokens
from gateway.http.messages import Answer, Response

# Below the 5 s after which uvicorn and Node close a quiet connection: less chance to meet a dying one.
IDLE_S = 4.0
IDLE_PER_ENDPOINT = 256
HEAD_LIMIT_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to connect. `tls` is the context to use, None for plain."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None

    @property
    def authority(self) -> str:
        """As it stands in a Host field: without the scheme's default port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"


class UpstreamFailure(Exception):
    """No usable answer. `code` names the refusal that the client gets for it."""

    code = "upstream-failed"


class ConnectFailed(UpstreamFailure):
    """Refused, reset or unreachable: nothing was sent."""


class ConnectTimedOut(UpstreamFailure):
    """No connection in time: nothing was sent."""

    code = "upstream-timeout"


class NameUnknown(UpstreamFailure):
    """The host name does not resolve: nothing was sent."""

    code = "name-unknown"


class NoAnswer(UpstreamFailure):
    """Closed or silent after the request was sent and before the first byte of an answer.

    `stale` says that the connection had been used before and was probably closed by then.
    """

    def __init__(self, message: str, stale: bool = False, timed_out: bool = False) -> None:
        super().__init__(message)
        self.stale = stale
        self.code = "upstream-timeout" if timed_out else "upstream-failed"


class BrokenAnswer(UpstreamFailure):
    """An answer began and is not HTTP, or ended in the middle."""

    def __init__(self, message: str, timed_out: bool = False) -> None:
        super().__init__(message)
        self.code = "upstream-timeout" if timed_out else "upstream-failed"


class ClientConnection(asyncio.Protocol):
    """One connection to an endpoint; `send` a request, await its `response`, read its body."""

    def __init__(self, released: Callable[["ClientConnection"], None]) -> None:
        self._released = released
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport = cast(asyncio.Transport, None)
        self._parser = HttpResponseParser(self)
        self._head: asyncio.Future[Response] | None = None
        self._response: Response | None = None
        self._headers: Headers = []
        self._head_bytes = 0
        self._reason = b""
        self._in_trailer = False
        self._interim = False
        self._bodiless = False
        self._heard = False
        self._finished = True
        self._sending = False
        self._reusable = True
        self._uses = 0
        self._timeout_s = 0.0
        self._last_heard = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._drain: asyncio.Future[None] | None = None
        self._paused = False
        self.idle_since = 0.0

    # -- one exchange

    def send(
        self, message: bytes, bodiless: bool, read_timeout_s: float, more: bool = False
    ) -> None:
        """Begin an exchange; `bodiless` for HEAD, `more` when parts of the body follow."""
        self._head = self._loop.create_future()
        self._response = None
        self._bodiless = bodiless
        self._heard = self._finished = False
        self._sending = more
        self._uses += 1
        self._timeout_s = read_timeout_s
        self._last_heard = self._loop.time()
        self._timer = self._loop.call_later(read_timeout_s, self._watch)
        self._transport.write(message)

    async def send_more(self, part: bytes) -> None:
        """Send the next part of the body, waiting while the upstream is slow."""
        self._last_heard = self._loop.time()
        self._transport.write(part)
        if self._drain is not None:
            await self._drain

    def sent(self) -> None:
        """The body is complete."""
        self._sending = False
        self._last_heard = self._loop.time()
        self._release_if_done()

    def cut_upload(self) -> None:
        """Send no more of the body; this connection cannot be used again."""
        self._sending = self._reusable = False
        self._release_if_done()

    async def response(self) -> Response:
        """The head of the answer."""
        assert self._head is not None
        return await self._head

    def close(self) -> None:
        """Abandon the exchange, or an idle connection."""
        self._reusable = False
        self._stop_timer()
        self._transport.abort()

    @property
    def alive(self) -> bool:
        return self._reusable and not self._transport.is_closing()

    # -- the transport's callbacks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._last_heard = self._loop.time()
        if self._finished:
            self.close()  # bytes that nobody asked for
            return
        self._heard = True
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            self._break(BrokenAnswer(f"not an HTTP answer: {error}"))
            return
        if self._response is None:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_LIMIT_BYTES:
                self._break(BrokenAnswer("head too large"))
                return
        self._release_if_done()

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._reusable = False
        if self._drain is not None and not self._drain.done():
            self._drain.set_result(None)
        if self._finished:
            return
        if self._response is not None and self._response.until_close and exc is None:
            self._finish()
        else:
            self._break(BrokenAnswer("the answer was cut short"))
        self._stop_timer()

    def pause_writing(self) -> None:
        self._drain = self._loop.create_future()

    def resume_writing(self) -> None:
        if self._drain is not None and not self._drain.done():
            self._drain.set_result(None)
        self._drain = None

    # -- the parser's callbacks

    def on_message_begin(self) -> None:
        if self._finished:
            self._reusable = False  # more than one answer to one request
        self._headers = []
        self._reason = b""
        self._in_trailer = False

    def on_status(self, part: bytes) -> None:
        self._reason += part

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_trailer:
            self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        self._in_trailer = True
        status = self._parser.get_status_code()
        self._interim = 100 <= status < 200 and status != 101
        if self._interim or self._finished:
            return
        self._reusable = self._reusable and self._parser.should_keep_alive()
        first = index(self._headers)
        framing = first.get(b"transfer-encoding")
        if status == 101 or (framing is not None and tokens(framing) != [b"chunked"]):
            self._break(BrokenAnswer("an answer that was not asked for"))
            return
        self._response = Response(status, self._reason, self._headers, first, Body(self))
        if self._bodiless:
            self._finish()
        elif framing is None and b"content-length" not in first:
            self._response.until_close = True
        if self._head is not None and not self._head.done():
            self._head.set_result(self._response)

    def on_body(self, chunk: bytes) -> None:
        if self._finished:
            self._reusable = False
        elif self._response is not None:
            self._response.body.feed(chunk)

    def on_message_complete(self) -> None:
        if not self._interim and not self._finished:
            self._finish()

    # -- the body's callbacks

    def body_filled(self) -> None:
        if not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def body_emptied(self) -> None:
        self._resume()

    # -- the end of an exchange

    def _finish(self) -> None:
        self._finished = True
        if self._response is not None:
            self._response.body.finish()
        self._resume()

    def _release_if_done(self) -> None:
        if not self._finished or self._sending or self._head is None:
            return
        self._head = None
        self._stop_timer()
        if self._bodiless:
            # llhttp cannot be told that a HEAD's answer has no body: it would wait for one.
            self._parser = HttpResponseParser(self)
        if self._reusable and not self._transport.is_closing():
            self._head_bytes = 0
            self.idle_since = self._loop.time()
            self._released(self)
        else:
            self._transport.abort()

    def _break(self, failure: UpstreamFailure) -> None:
        self._finished = True
        self._reusable = False
        self._stop_timer()
        if not self._heard and isinstance(failure, BrokenAnswer):
            failure = NoAnswer("closed without an answer", stale=self._uses > 1)
        if self._response is not None:
            self._response.body.fail(failure)
        if self._head is not None and not self._head.done():
            self._head.set_exception(failure)
            self._head.exception()  # seen: whoever awaited it may have been cancelled
        self._transport.abort()

    def _watch(self) -> None:
        """Give up when nothing came for the read timeout; a paused or sending side is not silent."""
        now = self._loop.time()
        if self._paused or self._sending:
            self._last_heard = now
        left_s = self._last_heard + self._timeout_s - now
        if left_s > 0.001:
            self._timer = self._loop.call_later(left_s, self._watch)
        elif self._heard:
            self._break(BrokenAnswer("the answer stalled", timed_out=True))
        else:
            self._break(NoAnswer("no answer in time", timed_out=True))

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _resume(self) -> None:
        if self._paused:
            self._paused = False
            self._last_heard = self._loop.time()
            if not self._transport.is_closing():
                self._transport.resume_reading()


class Client:
    """Pools of keep-alive connections; they outlive every publication."""

    def __init__(self) -> None:
        self._idle: dict[Endpoint, list[ClientConnection]] = {}
        self._loop = asyncio.get_running_loop()

    async def connect(
        self, endpoint: Endpoint, timeout_s: float, fresh: bool = False
    ) -> ClientConnection:
        """An idle connection, or a new one."""
        if not fresh and (pooled := self._pooled(endpoint)) is not None:
            return pooled
        try:
            async with asyncio.timeout(timeout_s):
                _, connection = await self._loop.create_connection(
                    lambda: ClientConnection(lambda done: self._release(endpoint, done)),
                    endpoint.host,
                    endpoint.port,
                    ssl=endpoint.tls,
                    server_hostname=endpoint.host if endpoint.tls else None,
                )
        except TimeoutError as error:
            raise ConnectTimedOut(f"no connection to {endpoint.authority} in time") from error
        except (socket.gaierror, UnicodeError) as error:
            raise NameUnknown(f"cannot resolve {endpoint.host}") from error
        except OSError as error:
            raise ConnectFailed(f"cannot connect to {endpoint.authority}: {error}") from error
        return connection

    async def ask(
        self,
        endpoint: Endpoint,
        message: bytes,
        *,
        connect_timeout_s: float,
        read_timeout_s: float,
        limit_bytes: int = 16 * 1024 * 1024,
    ) -> Answer:
        """One whole exchange with a whole answer; UpstreamFailure when there is none."""
        connection = await self.connect(endpoint, connect_timeout_s)
        try:
            connection.send(message, False, read_timeout_s)
            response = await connection.response()
            body = await response.body.read_all(limit_bytes)
        except BaseException:
            connection.close()
            raise
        if body is None:
            connection.close()
            raise BrokenAnswer(f"an answer of more than {limit_bytes} bytes")
        return Answer(response.status, response.headers, response.first, body)

    def close(self) -> None:
        for connections in self._idle.values():
            for connection in connections:
                connection.close()
        self._idle.clear()

    def _pooled(self, endpoint: Endpoint) -> ClientConnection | None:
        idle = self._idle.get(endpoint)
        while idle:
            connection = idle.pop()
            if connection.alive and self._loop.time() - connection.idle_since < IDLE_S:
                return connection
            connection.close()
        return None

    def _release(self, endpoint: Endpoint, connection: ClientConnection) -> None:
        idle = self._idle.setdefault(endpoint, [])
        if len(idle) < IDLE_PER_ENDPOINT:
            idle.append(connection)
        else:
            connection.close()


def request_head(method: bytes, target: bytes, headers: Headers) -> bytes:
    """The head of a request, ready to send."""
    lines = [b"%b %b HTTP/1.1" % (method, target)]
    lines += [b"%b: %b" % field for field in headers]
    lines.append(b"\r\n")
    return b"\r\n".join(lines)

"""One connection to the upstream: parse, record, wait as the script says, answer."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field

import httptools

from services.ledger import Arrival, Ledger, shown
from services.upstream.answering import Request, answer
from services.upstream.scripts import ECHO, Script
from services.upstream.sending import Sender

MAX_BODY_BYTES = 16 * 1024 * 1024
BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
TOO_LARGE = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Upstream:
    """What all connections share: the scripts, the ledger, and who is connected."""

    service: str
    ledger: Ledger
    marker_header: str
    scripts: dict[str, Script] = field(default_factory=dict)
    connections: "set[Connection]" = field(default_factory=set)

    def hang_up(self) -> None:
        """Close every connection, whatever it waits for."""
        for connection in tuple(self.connections):
            connection.hang_up()

    def record(self, request: Request) -> int:
        """Write a request into the ledger; returns its number there."""
        marker = self.marker_header.lower()
        return self.ledger.arrive(
            Arrival(
                service=self.service,
                at=time.time(),
                method=request.method,
                path=request.target,
                headers=request.headers,
                marker=next(
                    (text for name, text in request.headers if name.lower() == marker), None
                ),
                function=request.function,
                body_bytes=len(request.body),
                body=shown(request.body),
                trailers=request.trailers,
                head=request.head,
            )
        )


class Connection(asyncio.Protocol):
    """Answers the requests of one connection in order, one at a time."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[tuple[int, Request]] = deque()
        self._work: asyncio.Task[None] | None = None
        self._early: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport
        self._sender: Sender
        self._raw: bytes | None = b""
        self._head: str | None = None
        self._start_message()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be known, so that the end of the service reaches this connection."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._sender = Sender(transport)
        self._upstream.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Abandon whatever a script is waiting for: nobody will read the answer.

        Half a request has arrived too; the ledger says so.
        """
        self._upstream.connections.discard(self)
        self._sender.resume()
        if self._receiving:
            self._record(self._request())
        for task in (self._work, self._early):
            if task:
                task.cancel()

    def pause_writing(self) -> None:
        """The client reads more slowly than a script sends."""
        self._sender.pause()

    def resume_writing(self) -> None:
        """It has caught up."""
        self._sender.resume()

    def hang_up(self) -> None:
        """Close now; connection_lost abandons the rest."""
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Parse; what is not HTTP gets 400 and a closed connection."""
        if self._raw is not None:
            self._raw += data
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # an upgrade is offered, not demanded; the request is answered as it stands
        except httptools.HttpParserError:
            self._refuse(BAD_REQUEST)

    # What httptools calls while it parses.

    def on_message_begin(self) -> None:
        """The next request starts; only at the start of a packet is its first byte known."""
        self._raw = self._raw or None
        self._start_message()

    def on_url(self, url: bytes) -> None:
        """The target comes in pieces."""
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Names keep their spelling; what comes behind the body is a trailer."""
        fields = self._trailers if self._receiving else self._headers
        fields.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        """Ask for the body where the client waits to be asked; answer early where a script says so."""
        self._receiving = True
        self._head, self._raw = head_of(self._raw), None
        if any(name.lower() == "expect" for name, _ in self._headers):
            self._transport.write(CONTINUE)
        request = self._request()
        script = self._script(request)
        loop = asyncio.get_running_loop()
        if script.read_delay_s:
            self._transport.pause_reading()
            loop.call_later(script.read_delay_s, self._read_on)
        if script.early:
            self._early = loop.create_task(self._answer(None, request))

    def on_body(self, body: bytes) -> None:
        """Bodies are kept whole, up to a limit."""
        self._body += body
        if len(self._body) > MAX_BODY_BYTES:
            self._refuse(TOO_LARGE)

    def on_message_complete(self) -> None:
        """Record the request and queue it behind those still unanswered."""
        self._receiving = False
        self._raw = b""
        request = self._request()
        seq = self._record(request)
        if self._early is not None:
            self._early = None
            return
        self._waiting.append((seq, request))
        if self._work is None or self._work.done():
            self._work = asyncio.get_running_loop().create_task(self._answer_all())

    def _request(self) -> Request:
        keep_alive = self._parser.should_keep_alive() and not self._parser.should_upgrade()
        return Request(
            self._parser.get_method().decode("ascii"),
            self._target.decode("latin-1"),
            tuple(self._headers),
            bytes(self._body),
            keep_alive,
            tuple(self._trailers),
            self._head,
        )

    def _record(self, request: Request) -> int:
        """Into the ledger; one that was answered early has its status at once."""
        seq = self._upstream.record(request)
        if self._early is not None:
            self._upstream.ledger.answered(seq, self._script(request).status)
        return seq

    def _script(self, request: Request) -> Script:
        return self._upstream.scripts.get(request.script_name, ECHO)

    def _start_message(self) -> None:
        self._target = b""
        self._headers: list[tuple[str, str]] = []
        self._trailers: list[tuple[str, str]] = []
        self._body = bytearray()
        self._head = None
        self._receiving = False

    def _read_on(self) -> None:
        if not self._transport.is_closing():
            self._transport.resume_reading()

    async def _answer_all(self) -> None:
        while self._waiting and not self._transport.is_closing():
            await self._answer(*self._waiting.popleft())

    async def _answer(self, seq: int | None, request: Request) -> None:
        script = self._script(request)
        if script.delay_s:
            await asyncio.sleep(script.delay_s)
        if seq is not None:
            self._upstream.ledger.answered(seq, script.status)
        await self._sender.send(answer(request, script), script)
        if script.ending or not request.keep_alive:
            self._sender.end(script.ending or "fin")

    def _refuse(self, with_bytes: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(with_bytes)
            self._transport.close()


def head_of(raw: bytes | None) -> str | None:
    """The head at the start of what has come, byte for byte, if that is known."""
    if raw is None:
        return None
    return raw.lstrip(b"\r\n").partition(b"\r\n\r\n")[0].decode("latin-1")

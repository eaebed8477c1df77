"""One client connection: its requests served in order, its answers written, its end.

One coroutine serves one request. What a client pipelines waits, and no more is read while
something waits. Slow clients are found by `sweep`.
"""

import asyncio
import select
import socket
import struct
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, cast

from gateway.http.body import BodyBroken
from gateway.http.limits import Limits
from gateway.http.messages import Request
from gateway.http.reply import Clock, Reply
from gateway.http.requests import RequestReader

Handler = Callable[[Request, Reply], Awaitable[None]]

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Home(Protocol):
    """The server that a connection belongs to."""

    loop: asyncio.AbstractEventLoop
    limits: Limits
    clock: Clock
    handler: Handler

    def entered(self, connection: "ServerConnection") -> int:
        """A connection was accepted; how many there are beyond the bound."""

    def left(self, connection: "ServerConnection") -> None:
        """A connection has ended."""


class ServerConnection(asyncio.Protocol):
    """One client connection. Its handler gets every request, flawed ones included."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._limits = home.limits
        self._transport: asyncio.Transport = cast(asyncio.Transport, None)
        self._reader: RequestReader = cast(RequestReader, None)
        self._waiting: deque[Request] = deque()
        self._task: asyncio.Task[None] | None = None
        self._reading_paused = False
        self._drain: asyncio.Future[None] | None = None
        self._deaf = False
        self._unheard = False
        self._heard_at = self._idle_since = home.loop.time()
        self._unsent_bytes = 0
        self._unsent_since = 0.0
        self.closing = False

    # -- the transport's callbacks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        peer, local = (transport.get_extra_info(name) for name in ("peername", "sockname"))
        self._reader = RequestReader(self, self._limits, address(peer), address(local))
        excess = self._home.entered(self)
        if excess > self._limits.turned_away:
            self.abort()
        elif excess > 0:
            self._refuse_rest("too-many-connections")

    def data_received(self, data: bytes) -> None:
        if self._deaf or self._reader.deaf:
            self._unheard = True
            return
        self._heard_at = now = self._home.loop.time()
        flaw = self._reader.feed(data, now)
        if flaw is not None:
            self._refuse_rest(flaw)
        elif (self._reader.skipped_bytes or 0) > self._limits.discard_bytes:
            self._close()

    def eof_received(self) -> bool:
        """A client that has said its last word has left, as for nginx: who closes looks the same."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._home.left(self)
        self._deaf = True
        self._waiting.clear()
        if self._reader.receiving is not None:
            self._reader.receiving.fail(BodyBroken("client-gone"))
        self._reader.end()
        self.resume_writing()
        if self._task is not None:
            self._task.cancel()

    def pause_writing(self) -> None:
        self._drain = self._home.loop.create_future()

    def resume_writing(self) -> None:
        if self._drain is not None and not self._drain.done():
            self._drain.set_result(None)
        self._drain = None

    # -- what the reader reports

    def received(self, request: Request) -> None:
        if self._task is None and not self._waiting:
            self._serve(request)
            return
        self._waiting.append(request)
        if len(self._waiting) >= self._limits.pipelined:
            request.keep_alive = False  # the reader hears nothing after it
        self._pause_reading()

    def skipped(self) -> None:
        self._home.loop.call_soon(self._next)

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

    def _serve(self, request: Request) -> None:
        if b"expect" in request.first and request.version == "1.1" and not request.body.complete:
            request.body.wanted = self._continue
        self._task = self._home.loop.create_task(self._answer(request))

    def _continue(self) -> None:
        self._transport.write(CONTINUE)

    async def _answer(self, request: Request) -> None:
        reply = Reply(self, request, self._home.clock)
        try:
            await self._home.handler(request, reply)
            if self._drain is not None:
                await self._drain
        finally:
            self._task = None
            self._answered(request, reply)

    def _answered(self, request: Request, reply: Reply) -> None:
        if self._transport.is_closing():
            return
        self._idle_since = self._home.loop.time()
        if not reply.complete:
            self.abort()
        elif not reply.keep_alive or self.closing:
            self._close()
        elif request.body.complete:
            self._next()
        else:
            self._reader.skip()
            self._resume_reading()

    def _next(self) -> None:
        if self._task is not None or self._transport.is_closing():
            return
        request = self._waiting.popleft() if self._waiting else None
        if not self._waiting and (request is None or not request.body.full):
            self._resume_reading()
        if request is not None:
            self._serve(request)

    def _refuse_rest(self, flaw: str) -> None:
        """Answer what is not HTTP once, after everything before it, and hear no more."""
        if self._deaf:
            return
        self._deaf = self._unheard = True
        if self._reader.receiving is not None:
            # The head was fine and is being served; its body is not HTTP.
            self._reader.receiving.fail(BodyBroken(flaw))
            self.closing = True
            return
        request = self._reader.broken(flaw)
        if self._task is None and self._reader.skipped_bytes is None:
            self._serve(request)
        else:
            self._waiting.append(request)

    # -- the end

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
        reader = self._reader
        self._deaf = True
        self._waiting.clear()
        settled = reader.receiving is None and reader.skipped_bytes is None
        if settled and not self._reading_paused and not self._unheard:
            self._transport.close()
            return
        reader.receiving = reader.skipped_bytes = None
        self._resume_reading()
        try:
            self._transport.write_eof()
        except OSError:
            self._transport.abort()  # the client has reset the connection already
            return
        self._home.loop.call_later(self._limits.linger_s, self._transport.close)

    def sweep(self, now: float) -> None:
        """Called about once a second: give up on who is too slow."""
        limits, reader = self._limits, self._reader
        if self._stopped_reading(now) or (self._reading_paused and self._was_reset()):
            self.abort()
        elif self._transport.is_closing() or self._reading_paused:
            return
        elif reader.in_head and now - reader.head_since > limits.head_s:
            self._refuse_rest("request-timeout")
        elif reader.receiving is not None:
            if now - self._heard_at > limits.body_s:
                reader.receiving.fail(BodyBroken("request-timeout"))
                self._deaf = self._unheard = self.closing = True
        elif self._task is None and now - self._idle_since > limits.idle_s:
            self._transport.close()

    def _stopped_reading(self, now: float) -> bool:
        """Whether the client has taken nothing of what waits for it for too long."""
        unsent = self._transport.get_write_buffer_size()
        if unsent == 0 or unsent != self._unsent_bytes:
            self._unsent_bytes, self._unsent_since = unsent, now
            return False
        return now - self._unsent_since > self._limits.write_s

    def _was_reset(self) -> bool:
        """Whether the client has cut the connection, which only who reads is told."""
        trouble = select.poll()
        trouble.register(self._transport.get_extra_info("socket").fileno(), 0)
        return bool(trouble.poll(0))

    def _pause_reading(self) -> None:
        if not self._reading_paused:
            self._reading_paused = True
            self._transport.pause_reading()

    def _resume_reading(self) -> None:
        if self._reading_paused and not self._transport.is_closing():
            self._reading_paused = False
            self._transport.resume_reading()
            self._heard_at = self._reader.head_since = self._home.loop.time()


def address(name: Any) -> tuple[str, int]:
    """Host and port of a socket name; a unix socket has neither."""
    return (name[0], name[1]) if isinstance(name, tuple) else ("", 0)

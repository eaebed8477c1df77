"""One connection to an upstream: one exchange at a time, with its timeouts and its end."""

import asyncio
import select
from collections.abc import Callable
from typing import cast

from gateway.http.answers import AnswerReader
from gateway.http.failures import BrokenAnswer, NoAnswer, UpstreamFailure
from gateway.http.messages import Response

# Below the 5 s after which uvicorn and Node close a quiet connection: less chance to meet a dying one.
IDLE_S = 4.0


class UpstreamConnection(asyncio.Protocol):
    """`send` a request, await the answer, read its body; then it goes back to its pool."""

    def __init__(
        self,
        released: Callable[["UpstreamConnection"], None],
        lost: Callable[["UpstreamConnection"], None],
    ) -> None:
        self._released = released
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport = cast(asyncio.Transport, None)
        self._incoming = select.poll()
        self._reader = AnswerReader(self)
        self._head: asyncio.Future[Response] | None = None
        self._sending = False
        self._uses = 0
        self._timeout_s = 0.0
        self._last_heard = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._drain: asyncio.Future[None] | None = None
        self._paused = False
        self._idle_since = 0.0
        self._ended = False

    # -- one exchange

    def send(
        self, message: bytes, bodiless: bool, read_timeout_s: float, more: bool = False
    ) -> asyncio.Future[Response]:
        """Begin an exchange; the result is the head of its answer.

        `bodiless` for HEAD, `more` when parts of the body follow.
        """
        self._reader.expect(bodiless)
        self._head = head = self._loop.create_future()
        self._sending = more
        self._uses += 1
        self._timeout_s = read_timeout_s
        self._last_heard = now = self._loop.time()
        if self._transport.is_closing():
            self._break(BrokenAnswer("the connection was closed"))
            return head
        self._watch_until(now + read_timeout_s)
        self._transport.write(message)
        return head

    async def send_more(self, part: bytes) -> None:
        """Send the next part of the body, waiting while the upstream is slow."""
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
        self._sending = self._reader.reusable = False
        self._release_if_done()

    def abandon(self, head: asyncio.Future[Response]) -> None:
        """Give an exchange up; one that has ended no longer owns the connection."""
        if self._head is head:
            self.close()

    def close(self) -> None:
        """End the connection, whatever it is doing."""
        self._reader.reusable = False
        self._transport.abort()

    def ready(self) -> bool:
        """Whether an idle connection can carry another request.

        Not when it was quiet for long, and not when something waits to be read on it: an end of
        file, or bytes that would be taken for the answer to a request that has not been sent.
        """
        return (
            self._reader.reusable
            and not self._transport.is_closing()
            and self._loop.time() - self._idle_since < IDLE_S
            and not self._incoming.poll(0)
        )

    # -- the transport's callbacks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._incoming.register(transport.get_extra_info("socket").fileno(), select.POLLIN)

    def data_received(self, data: bytes) -> None:
        reader = self._reader
        if reader.ended:
            self.close()  # bytes that nobody asked for
            return
        self._last_heard = self._loop.time()
        flaw = reader.feed(data)
        if flaw is not None:
            self._break(BrokenAnswer(flaw))
            return
        if reader.response is not None:
            if self._head is not None and not self._head.done():
                self._head.set_result(reader.response)
            if reader.ended:
                self._resume()
                self._release_if_done()

    def eof_received(self) -> bool:
        """The peer has said that this is the end: over TLS, uvloop calls this for a close_notify
        alone, and an end of file that anybody on the way can make is a lost connection (RFC 9112, 9.8).
        """
        self._ended = True
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        reader = self._reader
        reader.reusable = False
        reader.end()
        self.resume_writing()
        if not reader.ended:
            if reader.response is not None and reader.response.until_close and self._ended:
                reader.finish()
            else:
                self._break(BrokenAnswer("the answer was cut short"))
        if self._timer is not None:
            self._timer.cancel()
        self._lost(self)

    def pause_writing(self) -> None:
        self._drain = self._loop.create_future()

    def resume_writing(self) -> None:
        if self._drain is not None and not self._drain.done():
            self._drain.set_result(None)
        self._drain = None

    # -- the body's callbacks

    def body_filled(self) -> None:
        if not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def body_emptied(self) -> None:
        self._resume()

    def _resume(self) -> None:
        if self._paused:
            self._paused = False
            self._last_heard = self._loop.time()
            if not self._transport.is_closing():
                self._transport.resume_reading()

    # -- the end of an exchange

    def _release_if_done(self) -> None:
        if not self._reader.ended or self._sending or self._head is None:
            return
        self._head = None
        if self._reader.reusable and not self._transport.is_closing():
            self._idle_since = self._loop.time()
            self._released(self)
        else:
            self._transport.abort()

    def _break(self, failure: UpstreamFailure) -> None:
        reader = self._reader
        reader.ended = True
        reader.reusable = False
        if not reader.heard and isinstance(failure, BrokenAnswer):
            failure = NoAnswer("closed without an answer", stale=self._uses > 1)
        if reader.response is not None:
            reader.response.body.fail(failure)
        if self._head is not None and not self._head.done():
            self._head.set_exception(failure)
            self._head.exception()  # seen: whoever awaited it may have been cancelled
        self._transport.abort()

    # -- time

    def _watch_until(self, when: float) -> None:
        """Look after the connection at `when` at the latest; one timer serves many exchanges."""
        if self._timer is not None:
            if self._timer.when() <= when:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(min(when, self._loop.time() + IDLE_S), self._watch)

    def _watch(self) -> None:
        self._timer = None
        now = self._loop.time()
        if self._head is None:
            if now - self._idle_since >= IDLE_S:
                self.close()
                return
            due = self._idle_since + IDLE_S
        else:
            due = self._answer_due(now)
            if due - now < 0.001:
                self._give_up()
                return
        self._watch_until(due)

    def _answer_due(self, now: float) -> float:
        """When the silence is too long; a paused or sending side is not silent."""
        if self._paused or self._sending:
            self._last_heard = now
        return self._last_heard + self._timeout_s

    def _give_up(self) -> None:
        if self._reader.heard:
            self._break(BrokenAnswer("the answer stalled", timed_out=True))
        else:
            self._break(NoAnswer("no answer in time", timed_out=True))

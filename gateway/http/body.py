"""The content of a message while it arrives: bounded, awaited by one reader."""

import asyncio
from collections.abc import Callable
from typing import Protocol

HIGH_WATER_BYTES = 128 * 1024


class BodyBroken(Exception):
    """A request's body will not arrive; `flaw` is the code of the refusal that says why."""

    def __init__(self, flaw: str) -> None:
        super().__init__(flaw)
        self.flaw = flaw


class Source(Protocol):
    """Where the bytes come from; it stops reading its socket while the body is full."""

    def body_filled(self) -> None: ...
    def body_emptied(self) -> None: ...


class Body:
    """Holds what has arrived and not been read, and tells its source when that is too much.

    One reader awaits `next` or `gather`. After `fail` every read raises what failed.
    """

    __slots__ = (
        "_chunks",
        "_failure",
        "_held",
        "_limit",
        "_source",
        "_waiter",
        "complete",
        "size_bytes",
        "wanted",
    )

    def __init__(self, source: Source | None) -> None:
        self._source = source
        self._chunks: list[bytes] = []
        self._held = 0
        self._waiter: asyncio.Future[None] | None = None
        self._failure: Exception | None = None
        self._limit: tuple[int, Exception] | None = None
        self.complete = False
        self.size_bytes = 0
        self.wanted: Callable[[], None] | None = None

    @property
    def full(self) -> bool:
        return self._held >= HIGH_WATER_BYTES and not self.complete

    @property
    def held_bytes(self) -> int:
        return self._held

    def feed(self, chunk: bytes) -> None:
        self.size_bytes += len(chunk)
        if self._limit is not None and self.size_bytes > self._limit[0]:
            self._exceed(self._limit[1])
            return
        self._chunks.append(chunk)
        self._held += len(chunk)
        if self._held >= HIGH_WATER_BYTES and self._source is not None:
            self._source.body_filled()
        self._wake()

    def finish(self) -> None:
        self.complete = True
        self._source = None
        self._wake()

    def fail(self, failure: Exception) -> None:
        if not self.complete and self._failure is None:
            self._failure = failure
            self._source = None
            self._wake()

    def bound(self, limit_bytes: int, failure: Exception) -> None:
        """Let a body that is longer fail as soon as that shows; what it holds is dropped.

        Of several bounds the tightest counts.
        """
        if self._limit is None or limit_bytes < self._limit[0]:
            self._limit = (limit_bytes, failure)
        if self.size_bytes > limit_bytes:
            self._exceed(failure)

    def _exceed(self, failure: Exception) -> None:
        self._failure = self._failure or failure
        self._chunks.clear()
        self._held = 0
        if self._source is not None:
            self._source.body_emptied()
        self._wake()

    def take(self) -> bytes:
        """Everything held now, without waiting."""
        if not self._chunks:
            return b""
        taken = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        self._chunks.clear()
        self._held = 0
        if self._source is not None:
            self._source.body_emptied()
        return taken

    async def next(self) -> bytes:
        """The next bytes; empty when the body has ended."""
        while not self._chunks:
            if self.complete and self._failure is None:
                return b""
            await self._arrival()
        return self.take()

    async def gather(self, limit_bytes: int) -> bool:
        """Wait until the whole body is held, at most `limit_bytes`; whether it is.

        The limit may not exceed HIGH_WATER_BYTES unless the caller reads chunk by chunk.
        """
        while self._failure is not None or (not self.complete and self._held < limit_bytes):
            await self._arrival()
        return self.complete

    async def read_all(self, limit_bytes: int) -> bytes | None:
        """The whole body, or None when it is longer than `limit_bytes`."""
        chunks: list[bytes] = []
        while chunk := await self.next():
            chunks.append(chunk)
            if self.size_bytes > limit_bytes:
                return None
        return b"".join(chunks)

    async def _arrival(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self.wanted is not None:
            wanted, self.wanted = self.wanted, None
            wanted()
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None
        if self._failure is not None and not self._chunks:
            raise self._failure

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def whole(content: bytes) -> Body:
    """A body that has already arrived."""
    body = Body(None)
    if content:
        body.feed(content)
    body.finish()
    return body

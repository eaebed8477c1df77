"""One pipelined connection to one Redis: all that is asked in one turn of the event loop is one write.

A Redis that is dead or silent costs its timeout once. Then everything fails at once while one
background task tries to come back; it counts as back when it has answered, not when it accepts.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, cast

import hiredis

from gateway.counters.address import RedisAddress
from gateway.counters.script import Script

FIRST_RETRY_S = 0.05
LAST_RETRY_S = 2.0


# Its stub knows commands of one word only.
pack = cast(Callable[[tuple[str | int | bytes, ...]], bytes], hiredis.pack_command)


class RedisAway(Exception):
    """No answer: refused, gone, or silent for too long."""


class RedisError(Exception):
    """Redis answered with an error."""


class RedisLink(asyncio.Protocol):
    """The wire: commands out in order, replies in in order."""

    def __init__(self, timeout_s: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._timeout_s = timeout_s
        self._reader = hiredis.Reader()
        self._transport: asyncio.Transport = cast(asyncio.Transport, None)
        self._out: list[bytes] = []
        self._pending: deque[tuple[asyncio.Future[Any], float]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self.lost: asyncio.Future[None] = self._loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def ask(self, *command: str | int | bytes) -> asyncio.Future[Any]:
        """The reply, as a future; an error reply is a value of type hiredis.ReplyError."""
        reply: asyncio.Future[Any] = self._loop.create_future()
        if self.lost.done():
            reply.set_exception(RedisAway("the connection is closed"))
            return reply
        if not self._out:
            self._loop.call_soon(self._flush)
        self._out.append(pack(command))
        self._pending.append((reply, self._loop.time() + self._timeout_s))
        if self._timer is None:
            self._timer = self._loop.call_later(self._timeout_s, self._watch)
        return reply

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        try:
            while (reply := self._reader.gets()) is not False:
                if not self._pending:
                    raise hiredis.ProtocolError("a reply to nothing")
                future, _ = self._pending.popleft()
                if not future.done():
                    future.set_result(reply)
        except hiredis.HiredisError as error:
            self._lose(f"not a Redis: {error}")

    def connection_lost(self, exc: Exception | None) -> None:
        self._lose("the connection was lost")

    def close(self) -> None:
        self._lose("closed")

    def _flush(self) -> None:
        out, self._out = self._out, []
        if not self._transport.is_closing():
            self._transport.write(b"".join(out))

    def _watch(self) -> None:
        """One timer for the oldest question, not one per question."""
        self._timer = None
        if not self._pending:
            return
        left_s = self._pending[0][1] - self._loop.time()
        if left_s > 0:
            self._timer = self._loop.call_later(left_s, self._watch)
        else:
            self._lose("no answer in time")

    def _lose(self, reason: str) -> None:
        if self.lost.done():
            return
        self.lost.set_result(None)
        if self._timer is not None:
            self._timer.cancel()
        self._transport.abort()
        failure = RedisAway(reason)
        for future, _ in self._pending:
            if not future.done():
                future.set_exception(failure)
        self._pending.clear()


class RedisConnection:
    """Keeps a link to one Redis, and says at once when there is none."""

    def __init__(
        self, address: RedisAddress, scripts: tuple[Script, ...], tell: Callable[[str], None]
    ) -> None:
        self._address = address
        self._tell = tell
        self._scripts = scripts
        self._timeout_s = address.timeout_ms / 1000
        self._link: RedisLink | None = None
        self._first: asyncio.Future[None] | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._said = ""

    async def run(self, script: Script, arguments: tuple[str | int | bytes, ...]) -> Any:
        """Run a script with one key. Errors: RedisAway at once or after the timeout; RedisError."""
        link = self._link or await self._opened()
        reply = await link.ask("EVALSHA", script.digest, 1, *arguments)
        if isinstance(reply, hiredis.ReplyError) and str(reply).startswith("NOSCRIPT"):
            reply = await link.ask("EVAL", script.text, 1, *arguments)
        if isinstance(reply, hiredis.ReplyError):
            raise RedisError(str(reply))
        return reply

    @property
    def connected(self) -> bool:
        return self._link is not None

    def open(self) -> None:
        """Begin to connect, without waiting for it."""
        if self._keeper is None:
            self._first = asyncio.get_running_loop().create_future()
            self._keeper = asyncio.get_running_loop().create_task(self._keep())

    def close(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
        if self._link is not None:
            self._link.close()
            self._link = None

    async def _opened(self) -> RedisLink:
        """The link, awaited while the very first attempt is under way."""
        self.open()
        if self._first is not None and not self._first.done():
            await asyncio.shield(self._first)
        if self._link is None:
            raise RedisAway(f"no Redis at {self._address}")
        return self._link

    async def _keep(self) -> None:
        """Connect, stay until the link is lost, connect again; slower the longer it is away."""
        pause_s = 0.0
        while True:
            await asyncio.sleep(pause_s)
            try:
                async with asyncio.timeout(self._timeout_s):
                    link = await self._connect()
            except (OSError, RedisAway, RedisError, UnicodeError) as error:
                self._say(f"no Redis at {self._address}: {error or 'no answer in time'}")
                pause_s = min(LAST_RETRY_S, max(FIRST_RETRY_S, pause_s * 2))
            else:
                self._link, pause_s = link, 0.0
                self._say(f"connected to Redis at {self._address}")
            if self._first is not None and not self._first.done():
                self._first.set_result(None)
            if self._link is not None:
                # Shielded: a cancelled keeper must not mark the link as lost while it is open.
                await asyncio.shield(self._link.lost)
                self._link = None

    def _say(self, news: str) -> None:
        """Tell what is new, once."""
        if news != self._said:
            self._said = news
            self._tell(news)

    async def _connect(self) -> RedisLink:
        """A link on which Redis has answered: accepting a connection is done by a kernel alone."""
        loop, address = asyncio.get_running_loop(), self._address
        if address.socket_path:
            _, link = await loop.create_unix_connection(
                lambda: RedisLink(self._timeout_s), address.socket_path
            )
        else:
            _, link = await loop.create_connection(
                lambda: RedisLink(self._timeout_s), address.host, address.port
            )
        try:
            for command in self._greeting():
                reply = await link.ask(*command)
                if isinstance(reply, hiredis.ReplyError):
                    raise RedisError(str(reply))
        except BaseException:
            link.close()
            raise
        return link

    def _greeting(self) -> list[tuple[str | int, ...]]:
        address = self._address
        commands: list[tuple[str | int, ...]] = []
        if address.password is not None:
            name = (address.username,) if address.username else ()
            commands.append(("AUTH", *name, address.password))
        if address.database:
            commands.append(("SELECT", address.database))
        commands += [("SCRIPT", "LOAD", script.text) for script in self._scripts]
        return commands

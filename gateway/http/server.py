"""All connections of one listening socket: accepted up to a bound, swept for slow ones, drained at the end."""

import asyncio
import socket

from gateway.http.connection import Handler, ServerConnection
from gateway.http.limits import Limits
from gateway.http.reply import Clock

SWEEP_S = 1.0


class Server:
    """Serves `handler` on a socket that somebody else has bound.

    Beyond the bound of its limits a connection is answered 503 at once and closed: a caller
    learns what is wrong, where a paused accept would let it wait in a queue that nobody sees.
    """

    def __init__(self, handler: Handler, limits: Limits | None = None) -> None:
        self.handler = handler
        self.limits = limits or Limits()
        self.clock = Clock()
        self.connections: set[ServerConnection] = set()
        self.turned_away = 0
        self.loop: asyncio.AbstractEventLoop = asyncio.get_running_loop()
        self._listener: asyncio.Server | None = None
        self._sweep: asyncio.TimerHandle | None = None
        self._emptied: asyncio.Future[None] | None = None

    async def start(self, sock: socket.socket) -> None:
        self._listener = await self.loop.create_server(
            lambda: ServerConnection(self), sock=sock, backlog=1024
        )
        self._sweep = self.loop.call_later(SWEEP_S, self._sweep_all)

    @property
    def in_flight(self) -> int:
        return sum(connection.busy for connection in self.connections)

    def entered(self, connection: ServerConnection) -> int:
        """A connection was accepted; how many there are beyond the bound."""
        self.connections.add(connection)
        excess = max(0, len(self.connections) - self.limits.connections)
        self.turned_away += excess > 0
        return excess

    def left(self, connection: ServerConnection) -> None:
        """A connection has ended."""
        self.connections.discard(connection)
        if not self.connections and self._emptied is not None and not self._emptied.done():
            self._emptied.set_result(None)

    async def stop(self, patience_s: float) -> None:
        """Accept nothing more, let what is in flight finish, at most `patience_s`."""
        if self._listener is not None:
            self._listener.close()
        for connection in list(self.connections):
            connection.close_when_idle()
        if self.connections:
            self._emptied = self.loop.create_future()
            await asyncio.wait((self._emptied,), timeout=patience_s)
        if self._sweep is not None:
            self._sweep.cancel()
        for connection in list(self.connections):
            connection.abort()

    def _sweep_all(self) -> None:
        now = self.loop.time()
        for connection in list(self.connections):
            connection.sweep(now)
        self._sweep = self.loop.call_later(SWEEP_S, self._sweep_all)

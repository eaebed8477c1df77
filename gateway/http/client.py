"""The keep-alive client: one pool of connections per endpoint, one request at a time on each.

It never retries by itself; `failures` tell the caller what it has to know to decide.
"""

import asyncio
import socket
import ssl

from gateway.http.endpoint import Endpoint
from gateway.http.failures import (
    BrokenAnswer,
    ConnectFailed,
    ConnectTimedOut,
    NameUnknown,
    UpstreamFailure,
)
from gateway.http.headers import Headers, lines
from gateway.http.messages import Answer
from gateway.http.upstream_connection import UpstreamConnection

__all__ = ["Client", "Endpoint", "UpstreamFailure", "request_head"]

IDLE_PER_ENDPOINT = 256


class Client:
    """Pools of keep-alive connections; they outlive every publication."""

    def __init__(self) -> None:
        self._idle: dict[Endpoint, list[UpstreamConnection]] = {}
        self._loop = asyncio.get_running_loop()
        self._tls: ssl.SSLContext | None = None

    @property
    def tls(self) -> ssl.SSLContext:
        """The one context for upstreams: a context of one's own would be a pool of one's own."""
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls

    async def connect(
        self, endpoint: Endpoint, timeout_s: float, fresh: bool = False
    ) -> UpstreamConnection:
        """An idle connection, or a new one."""
        if not fresh and (pooled := self._pooled(endpoint)) is not None:
            return pooled
        try:
            async with asyncio.timeout(timeout_s):
                return await self._connected(endpoint)
        except TimeoutError as error:
            raise ConnectTimedOut(f"no connection to {endpoint.authority} in time") from error
        except (socket.gaierror, UnicodeError) as error:
            raise NameUnknown(f"cannot resolve {endpoint.host}") from error
        except OSError as error:
            raise ConnectFailed(f"cannot connect to {endpoint.authority}: {error}") from error

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
        head = connection.send(message, False, read_timeout_s)
        try:
            response = await head
            body = await response.body.read_all(limit_bytes)
        except BaseException:
            connection.abandon(head)
            raise
        if body is None:
            connection.abandon(head)
            raise BrokenAnswer(f"an answer of more than {limit_bytes} bytes")
        return Answer(response.status, response.headers, response.first, body)

    def close(self) -> None:
        """Let go of every idle connection."""
        for connections in list(self._idle.values()):
            for connection in list(connections):
                connection.close()
        self._idle.clear()

    @property
    def idle(self) -> int:
        """How many connections wait to be used again."""
        return sum(len(connections) for connections in self._idle.values())

    async def _connected(self, endpoint: Endpoint) -> UpstreamConnection:
        _, connection = await self._loop.create_connection(
            lambda: UpstreamConnection(
                lambda done: self._release(endpoint, done),
                lambda gone: self._forget(endpoint, gone),
            ),
            endpoint.host,
            endpoint.port,
            ssl=endpoint.tls,
            server_hostname=endpoint.host if endpoint.tls else None,
        )
        return connection

    def _pooled(self, endpoint: Endpoint) -> UpstreamConnection | None:
        idle = self._idle.get(endpoint)
        while idle:
            connection = idle.pop()
            if connection.ready():
                return connection
            connection.close()
        return None

    def _release(self, endpoint: Endpoint, connection: UpstreamConnection) -> None:
        idle = self._idle.setdefault(endpoint, [])
        if len(idle) < IDLE_PER_ENDPOINT:
            idle.append(connection)
        else:
            connection.close()

    def _forget(self, endpoint: Endpoint, connection: UpstreamConnection) -> None:
        idle = self._idle.get(endpoint)
        if idle is None:
            return
        if connection in idle:
            idle.remove(connection)
        if not idle:
            del self._idle[endpoint]


def request_head(method: bytes, target: bytes, headers: Headers) -> bytes:
    """The head of a request, ready to send."""
    return b"%b %b HTTP/1.1\r\n%b\r\n" % (method, target, lines(headers))

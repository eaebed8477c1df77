"""Listening: a socket bound by us, and what answers behind it."""

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from services.failures import Failure
from services.settings import Address

# Longer than any client of ours keeps an idle connection, so that a pooled one is not cut under it.
KEEP_ALIVE_S = 75
GRACE_S = 5
BACKLOG = 2048

Close = Callable[[], Awaitable[None]]


class Door(Protocol):
    """One listening address of a service."""

    @property
    def key(self) -> str:
        """Its name in the JSON line."""

    @property
    def option(self) -> str:
        """The option that moves it, for error lines."""

    @property
    def address(self) -> Address:
        """Where to bind."""

    async def open(self, listener: socket.socket) -> Close:
        """Accept on `listener` from now on; the result ends that and finishes what is in flight."""


def bind(service: str, door: Door) -> socket.socket:
    """A listening socket at the door's address, or one line that says why not."""
    try:
        return _listener(door.address)
    except (OSError, UnicodeError) as found:
        where = f"{door.address.host}:{door.address.port}"
        line = (
            f"{service}: cannot listen on {where}: {_reason(found)}; choose another {door.option}"
        )
        raise Failure(line) from None


def _listener(address: Address) -> socket.socket:
    family, _, _, _, sockaddr = socket.getaddrinfo(
        address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    # The protocol is named because asyncio sets TCP_NODELAY only where it is: without it head
    # and body of an answer, two writes, are 40 ms apart.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(sockaddr)
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


def _reason(found: OSError | UnicodeError) -> str:
    if isinstance(found, UnicodeError):
        return "not a host name"
    # A failed bind appends the address to the words; the number alone has them plain.
    named = isinstance(found, socket.gaierror) or not found.errno
    return str(found.strerror if named else os.strerror(found.errno or 0)).lower()


def url_of(listener: socket.socket) -> str:
    """The address as callers write it."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@dataclass(frozen=True, slots=True)
class AsgiDoor:
    """An ASGI application behind uvicorn."""

    key: str
    option: str
    address: Address
    app: ASGIApp

    async def open(self, listener: socket.socket) -> Close:
        """Start uvicorn on the socket, without its signal handling and its ten ticks a second."""
        config = uvicorn.Config(
            self.app,
            loop="asyncio",
            http=AsReceived,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level=logging.ERROR,
            access_log=False,
            server_header=False,
            backlog=BACKLOG,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=GRACE_S,
        )
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup(sockets=[listener])
        clock = asyncio.create_task(_keep_date(server))

        async def close() -> None:
            clock.cancel()
            await server.shutdown(sockets=[listener])

        return close


async def _keep_date(server: uvicorn.Server) -> None:
    while True:
        await server.on_tick(0)
        await asyncio.sleep(1)


class AsReceived(HttpToolsProtocol):
    """Hands the application the target and the headers as they came over the wire.

    ASGI splits the target and lower-cases the names; a ledger has to show what really arrived.
    """

    def on_message_begin(self) -> None:
        """Start an empty list of headers for the next request."""
        super().on_message_begin()
        self._as_received: list[tuple[bytes, bytes]] = []

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep the spelling beside uvicorn's own list."""
        self._as_received.append((name, value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Put both where an application finds them."""
        scope: dict[str, Any] = self.scope  # type: ignore[assignment]  # a TypedDict with one more key
        scope["as_received"] = (self.url, self._as_received)
        super().on_headers_complete()


@dataclass(frozen=True, slots=True)
class RawDoor:
    """A protocol of our own, for bytes that no framework would send."""

    key: str
    option: str
    address: Address
    protocol: Callable[[], asyncio.Protocol]
    hang_up: Callable[[], None]

    async def open(self, listener: socket.socket) -> Close:
        """Accept with one protocol per connection; at the end every connection is closed."""
        server = await asyncio.get_running_loop().create_server(self.protocol, sock=listener)

        async def close() -> None:
            server.close()
            self.hang_up()

        return close

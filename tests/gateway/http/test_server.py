"""All connections of a socket: swept about once a second, and reset when patience ends."""

import asyncio
import socket

from gateway.http import server as servers
from gateway.http.limits import Limits
from gateway.http.server import Server


def listening():
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.bind(("127.0.0.1", 0))
    sock.setblocking(False)
    return sock


async def never(request, reply):
    await asyncio.Event().wait()


async def silent(request, reply):
    """A handler that answers nothing."""


def test_sweeps_come_by_themselves(world, monkeypatch):
    monkeypatch.setattr(servers, "SWEEP_S", 0.01)

    async def scenario():
        server, sock = Server(never, Limits(idle_s=0.02)), listening()
        await server.start(sock)
        reader, writer = await asyncio.open_connection(*sock.getsockname())
        assert await reader.read() == b""
        writer.close()
        await server.stop(1.0)

    asyncio.run(scenario())


def test_what_does_not_finish_is_reset_when_patience_ends(world):
    async def scenario():
        server, sock = Server(never), listening()
        await server.start(sock)
        reader, writer = await asyncio.open_connection(*sock.getsockname())
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        await world.until(lambda: server.in_flight == 1)
        await server.stop(0.01)
        try:
            assert await reader.read() == b""
        except ConnectionResetError:
            pass
        writer.close()

    asyncio.run(scenario())


def test_a_handler_that_answers_nothing_costs_the_connection(world):
    async def scenario():
        server, sock = Server(silent), listening()
        await server.start(sock)
        reader, writer = await asyncio.open_connection(*sock.getsockname())
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        try:
            assert await reader.read() == b""
        except ConnectionResetError:
            pass
        writer.close()
        await server.stop(0.1)
        await Server(silent).stop(0.0)  # one that was never started

    asyncio.run(scenario())

"""The pool: connections used again, let go of in time, and failures told apart."""

import asyncio
import ssl
from contextlib import asynccontextmanager

import pytest

from gateway.http import client as pools
from gateway.http import upstream_connection
from gateway.http.client import Client, request_head
from gateway.http.endpoint import Endpoint
from gateway.http.failures import (
    BrokenAnswer,
    ConnectFailed,
    ConnectTimedOut,
    NameUnknown,
    NoAnswer,
)

ASK = request_head(b"GET", b"/x", [(b"Host", b"a")])


@asynccontextmanager
async def pool():
    client = Client()
    try:
        yield client
    finally:
        client.close()


def ask(client, endpoint, read_timeout_s=2.0, **how):
    return client.ask(endpoint, ASK, connect_timeout_s=2.0, read_timeout_s=read_timeout_s, **how)


@pytest.mark.parametrize(
    ("endpoint", "authority"),
    [
        (Endpoint("a", 80), "a"),
        (Endpoint("a", 443), "a:443"),
        (Endpoint("a", 443, ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)), "a"),
        (Endpoint("::1", 8080), "[::1]:8080"),
    ],
)
def test_an_authority_leaves_out_the_default_port(endpoint, authority):
    assert endpoint.authority == authority


def test_a_head_is_lines():
    assert ASK == b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n"


def test_a_connection_is_used_again(world):
    async def scenario():
        async with world.upstream() as up, pool() as client:
            for _ in range(3):
                assert (await ask(client, Endpoint("127.0.0.1", up.port))).body == b"ok"
            assert (up.connections, client.idle) == (1, 1)

    asyncio.run(scenario())


def test_no_more_than_so_many_wait(world, monkeypatch):
    monkeypatch.setattr(pools, "IDLE_PER_ENDPOINT", 2)

    async def scenario():
        async with world.upstream() as up, pool() as client:
            await asyncio.gather(*(ask(client, Endpoint("127.0.0.1", up.port)) for _ in range(5)))
            assert client.idle == 2

    asyncio.run(scenario())


def test_a_quiet_connection_is_let_go_of(world, monkeypatch):
    monkeypatch.setattr(upstream_connection, "IDLE_S", 0.05)

    async def scenario():
        async with world.upstream() as up, pool() as client:
            await ask(client, Endpoint("127.0.0.1", up.port))
            await world.until(lambda: not client.idle)
            assert not client._idle

    asyncio.run(scenario())


def test_a_connection_that_the_upstream_closes_is_forgotten(world):
    async def scenario():
        writers = []

        async def keep(arrival, writer):
            writers.append(writer)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        async with world.upstream(keep) as up, pool() as client:
            await ask(client, Endpoint("127.0.0.1", up.port))
            writers[0].close()
            await world.until(lambda: not client._idle)

    asyncio.run(scenario())


@pytest.mark.parametrize("unasked", [b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", b""])
def test_a_connection_on_which_something_waits_is_not_used_again(world, unasked):
    """Bytes there would be taken for the answer to the next request; an end of file would lose it."""

    async def scenario():
        writers = []

        async def keep(arrival, writer):
            writers.append(writer)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        async with world.upstream(keep) as up, pool() as client:
            endpoint = Endpoint("127.0.0.1", up.port)
            await ask(client, endpoint)
            (idle,) = client._idle[endpoint]
            idle._transport.pause_reading()  # the loop has not come to read it yet
            writers[0].write(unasked)
            if not unasked:
                writers[0].close()
            await world.until(lambda: idle._incoming.poll(0))
            another = await client.connect(endpoint, 2.0)
            assert another is not idle
            another.close()

    asyncio.run(scenario())


def test_an_old_connection_is_not_used_again(world, monkeypatch):
    async def scenario():
        async with world.upstream() as up, pool() as client:
            await ask(client, Endpoint("127.0.0.1", up.port))
            monkeypatch.setattr(upstream_connection, "IDLE_S", 0.0)
            await ask(client, Endpoint("127.0.0.1", up.port))
            assert up.connections == 2

    asyncio.run(scenario())


def test_silence_is_noticed_whatever_timeout_was_used_before(world):
    async def quiet_the_second_time(arrival, writer):
        if not hasattr(writer, "used"):
            writer.used = True
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async def scenario():
        async with world.upstream(quiet_the_second_time) as up, pool() as client:
            await ask(client, Endpoint("127.0.0.1", up.port), 60.0)
            with pytest.raises(NoAnswer) as silence:
                await ask(client, Endpoint("127.0.0.1", up.port), 0.02)
            assert (silence.value.code, silence.value.stale) == ("upstream-timeout", False)

    asyncio.run(scenario())


def test_an_answer_may_be_slow_as_long_as_it_goes_on(world):
    async def drip(arrival, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n")
        for _ in range(6):
            await asyncio.sleep(0.03)
            writer.write(b"x")

    async def scenario():
        async with world.upstream(drip) as up, pool() as client:
            answer = await ask(client, Endpoint("127.0.0.1", up.port), 0.1)
            assert answer.body == b"xxxxxx"

    asyncio.run(scenario())


def test_an_answer_that_stalls_is_broken_by_the_timeout(world):
    async def stall(arrival, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nx")

    async def scenario():
        async with world.upstream(stall) as up, pool() as client:
            with pytest.raises(BrokenAnswer, match="stalled") as stalled:
                await ask(client, Endpoint("127.0.0.1", up.port), 0.02)
            assert stalled.value.code == "upstream-timeout"

    asyncio.run(scenario())


def test_an_answer_beyond_the_limit_is_not_held(world):
    async def scenario():
        async with world.upstream() as up, pool() as client:
            with pytest.raises(BrokenAnswer, match="more than 1 bytes"):
                await ask(client, Endpoint("127.0.0.1", up.port), limit_bytes=1)
            assert client.idle == 1  # it has ended all the same

    asyncio.run(scenario())


def test_who_gives_up_late_does_not_end_the_exchange_of_another(world):
    async def scenario():
        async with world.upstream() as up, pool() as client:
            connection = await client.connect(Endpoint("127.0.0.1", up.port), 2.0)
            first = connection.send(ASK, False, 2.0)
            await first
            second = connection.send(ASK, False, 2.0)
            connection.abandon(first)
            assert (await second).status == 200
            third = connection.send(ASK, False, 2.0)
            connection.abandon(third)
            with pytest.raises(NoAnswer):
                await third

    asyncio.run(scenario())


def test_failures_to_connect_are_told_apart(world):
    async def scenario():
        async with world.upstream() as up:
            port = up.port
        async with pool() as client:
            with pytest.raises(ConnectFailed):
                await client.connect(Endpoint("127.0.0.1", port), 2.0)
            with pytest.raises(NameUnknown):
                await client.connect(Endpoint("nowhere.invalid", 80), 2.0)
            with pytest.raises(NameUnknown):
                await client.connect(Endpoint("a" * 70 + ".test", 80), 2.0)
            with pytest.raises(ConnectTimedOut) as late:
                await client.connect(Endpoint("127.0.0.1", port), 0.0)
            assert late.value.code == "upstream-timeout"

    asyncio.run(scenario())


def test_one_tls_context_serves_all_upstreams():
    async def scenario():
        client = Client()
        assert client.tls is client.tls

    asyncio.run(scenario())


def test_what_waits_is_closed_at_the_end(world):
    async def scenario():
        async with world.upstream() as up:
            client = Client()
            await ask(client, Endpoint("127.0.0.1", up.port))
            client.close()
            assert client.idle == 0

    asyncio.run(scenario())

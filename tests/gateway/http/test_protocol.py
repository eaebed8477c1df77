"""One client connection: order, framing, limits, and what is not HTTP."""

import asyncio
import socket
import struct
from dataclasses import replace

import pytest

from gateway.http.limits import Limits


async def raw(gw, *parts):
    """Everything the gateway says to these bytes until it closes."""
    caller = await gw.connect()
    for part in parts:
        caller.send(part)
    said = await caller.closed()
    caller.close()
    return said


NOT_HTTP = [
    b"garbage\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET /users HTTP/1.1\r\n\r\n",
    b"GET /users HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
    b"GET /users HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\nAuthorization: Bearer x\r\n\r\n",
    b"GET /users HTTP/1.1\r\nHost: a b\r\n\r\n",
    b"GET /users HTTP/1.1\r\nHost: a/b\r\n\r\n",
    b"GET /users HTTP/1.1\r\nHost: a\r\nX : 1\r\n\r\n",
    b"GET /users HTTP/1.1\r\nHost: a\r\n X: folded\r\n\r\n",
    b"GET /us\x00ers HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /us\xc3\xa9rs HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET users HTTP/1.1\r\nHost: a\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
    b"POST /users HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /users HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
    b"POST /users HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    b"POST /users HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na",
    b"POST /users HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    b"POST /users HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    b"POST /users HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /users HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    b"POST /users HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 2\r\n\r\nab",
]


@pytest.mark.parametrize("message", NOT_HTTP)
def test_what_is_not_http_is_400_and_the_end(world, message):
    async def scenario():
        async with world.upstream() as up, world.gateway(world.document(up.url)) as gw:
            said = await raw(gw, message, b"GET /users HTTP/1.1\r\nHost: a\r\n\r\n")
            assert (await gw.get("/users")).status == 200
        assert said.startswith(b"HTTP/1.1 400 Bad Request\r\n")
        assert said.count(b"HTTP/1.1 ") == 1
        assert b'"message":"Bad request","request_id":"' in said
        assert b"Connection: close" in said
        assert len(up.arrivals) == 1

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 9000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: 1\r\n" * 200 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 100_000, 431),
        (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        (b"TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 405),
        (b"GET / HTTP/1.1\r\nHost: a\r\nExpect: magic\r\n\r\n", 417),
    ],
)
def test_limits_have_their_own_answers(world, message, status):
    async def scenario():
        async with world.upstream() as up, world.gateway(world.document(up.url)) as gw:
            said = await raw(gw, message)
        assert said.startswith(b"HTTP/1.1 %d " % status)
        assert b'"request_id"' in said

    asyncio.run(scenario())


def test_clients_that_reset_in_the_middle_leave_no_trace(world, capfd):
    async def scenario():
        async with world.upstream() as up, world.gateway(world.document(up.url)) as gw:
            for message in (
                b"garbage\r\n\r\n" * 50,
                b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab",
            ):
                for _ in range(20):
                    caller = await gw.connect()
                    sock = caller.writer.get_extra_info("socket")
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    caller.send(message)
                    caller.writer.transport.abort()
            server = gw.gateway._servers[0]
            await world.until(lambda: gw.gateway.status()["requests"] and not server.connections)

    asyncio.run(scenario())
    assert "unexpected" not in capfd.readouterr().err


def test_pipelined_requests_are_answered_in_order(world):
    async def slow_first(arrival, writer):
        if arrival.path == "/0":
            await asyncio.sleep(0.02)
        body = arrival.path.encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    async def scenario():
        async with world.upstream(slow_first) as up, world.gateway(world.document(up.url)) as gw:
            caller = await gw.connect()
            caller.send(
                b"".join(b"GET /users/%d HTTP/1.1\r\nHost: a\r\n\r\n" % n for n in range(20))
            )
            last = await caller.answer(20)
            caller.close()
        assert [answer.body for answer in caller.answers.found] == [b"/%d" % n for n in range(20)]
        assert last.status == 200

    asyncio.run(scenario())


def test_request_byte_by_byte(world):
    async def scenario():
        async with world.upstream() as up, world.gateway(world.document(up.url)) as gw:
            caller = await gw.connect()
            for byte in b"POST /users/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab":
                caller.send(bytes([byte]))
                await caller.writer.drain()
                await asyncio.sleep(0)
            assert (await caller.answer()).status == 200
            caller.close()
        assert up.arrivals[0].body == b"ab"

    asyncio.run(scenario())


def test_http_1_0_closes_unless_asked(world):
    async def scenario():
        async with world.upstream() as up, world.gateway(world.document(up.url)) as gw:
            said = await raw(gw, b"GET /users HTTP/1.0\r\n\r\n")
            assert b"Connection: close" in said
            caller = await gw.connect()
            for count in (1, 2):
                caller.send(b"GET /users HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                assert (await caller.answer(count))["Connection"] == "keep-alive"
            caller.close()
        assert len(up.arrivals) == 3

    asyncio.run(scenario())


def test_expect_continue_is_answered_before_the_body(world):
    async def scenario():
        async with world.upstream() as up, world.gateway(world.document(up.url)) as gw:
            caller = await gw.connect()
            caller.send(
                b"POST /users HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
            )
            assert await caller.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
            caller.send(b"ab")
            assert (await caller.answer()).status == 200
            caller.close()
        assert up.arrivals[0].body == b"ab"
        assert up.arrivals[0].values("Expect") == []

    asyncio.run(scenario())


def test_refused_request_is_not_told_to_continue(world):
    async def scenario():
        document = world.document("http://127.0.0.1:1", {"name": "jwt"})
        async with world.gateway(document) as gw:
            said = await raw(
                gw,
                b"POST /users HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n",
            )
        assert said.startswith(b"HTTP/1.1 401 ")

    asyncio.run(scenario())


def test_connection_survives_a_refusal_with_an_unread_body(world):
    async def scenario():
        async with world.upstream() as up, world.gateway(world.document(up.url)) as gw:
            caller = await gw.connect()
            caller.send(b"POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n")
            assert (await caller.answer(1)).status == 404
            caller.send(b"abGET /users HTTP/1.1\r\nHost: a\r\n\r\n")
            assert (await caller.answer(2)).status == 200
            caller.close()

    asyncio.run(scenario())


def test_refusal_of_a_long_upload_reaches_a_client_that_still_sends(world):
    async def scenario():
        async with world.gateway(world.document("http://127.0.0.1:1")) as gw:
            caller = await gw.connect()
            caller.send(b"POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n")
            caller.send(b"x" * 3_000_000)
            answer = await caller.answer()
            caller.close()
        assert answer.status == 404
        assert answer["Connection"] == "close"

    asyncio.run(scenario())


def test_two_trailers_and_chunk_extensions_are_not_headers(world):
    async def scenario():
        async with world.upstream() as up, world.gateway(world.document(up.url)) as gw:
            caller = await gw.connect()
            caller.send(
                b"POST /users HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                b"2;x=y\r\nab\r\n0\r\nHost: evil\r\nX-T: 1\r\n\r\n"
                b"GET /users HTTP/1.1\r\nHost: a\r\n\r\n"
            )
            assert (await caller.answer(2)).status == 200
            caller.close()
        assert up.arrivals[0].body == b"ab"
        assert up.arrivals[0].values("Content-Length") == ["2"]
        assert up.arrivals[0].values("X-T") == []

    asyncio.run(scenario())


def test_absolute_form_is_routed_by_its_own_host(world):
    async def scenario():
        async with (
            world.upstream() as up,
            world.gateway(world.document(up.url, hosts=["other.test"])) as gw,
        ):
            caller = await gw.connect()
            caller.send(b"GET http://Other.test:80/users/1 HTTP/1.1\r\nHost: a\r\n\r\n")
            assert (await caller.answer()).status == 200
            caller.close()
        assert up.arrivals[0].path == "/1"
        assert up.arrivals[0].values("X-Forwarded-Host") == ["other.test"]

    asyncio.run(scenario())


def test_slow_head_and_idle_connections_are_ended(world):
    async def scenario():
        async with world.gateway(world.document("http://127.0.0.1:1")) as gw:
            server = gw.gateway._servers[0]
            server.limits = replace(Limits(), head_s=0.0, idle_s=0.0, body_s=0.0)
            slow, idle, stalled = [await gw.connect() for _ in range(3)]
            slow.send(b"GET / HT")
            stalled.send(b"POST /users HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na")
            await world.until(lambda: server.in_flight == 1 and len(server.connections) == 3)
            await asyncio.sleep(0.01)
            server._sweep_all()
            assert (await slow.closed()).startswith(b"HTTP/1.1 408 ")
            assert (await stalled.closed()).startswith(b"HTTP/1.1 408 ")
            assert await idle.closed() == b""
            for caller in (slow, idle, stalled):
                caller.close()

    asyncio.run(scenario())


def test_slow_reader_slows_the_upstream_down(world):
    sent = 0

    async def endless(arrival, writer):
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
            await writer.drain()
            sent += 65536

    async def scenario():
        async with world.upstream(endless) as up, world.gateway(world.document(up.url)) as gw:
            caller = await gw.connect()
            caller.writer.transport.pause_reading()
            caller.send(b"GET /users HTTP/1.1\r\nHost: a\r\n\r\n")
            last = -1
            while last != sent or not sent:
                last = sent
                await asyncio.sleep(0.05)
            caller.close()
        assert 0 < sent < 40_000_000

    asyncio.run(scenario())

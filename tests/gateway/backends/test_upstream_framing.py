"""Where an upstream's answer ends: each row is what it says, and exactly what the client is told.

No half answer looks whole, and a connection that said too much is never used again.
"""

import asyncio

import pytest

GET = b"GET /users HTTP/1.1\r\nHost: a\r\n\r\n"
HEAD = GET.replace(b"GET", b"HEAD")
A = b"HTTP/1.1 200 OK\r\n"
OK = A + b"Content-Length: 2\r\n\r\nok"
CHUNKED = A + b"Transfer-Encoding: chunked\r\n\r\n"
LEFTOVER = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
KEPT, DROPPED = True, False

# name, request, what the upstream says, status, body, is the upstream's connection used again
GOOD = [
    ("length", GET, OK, 200, b"ok", KEPT),
    ("length with a tab behind", GET, A + b"Content-Length: 2\t\r\n\r\nok", 200, b"ok", KEPT),
    ("length zero", GET, A + b"Content-Length: 0\r\n\r\n", 200, b"", KEPT),
    ("chunked", GET, CHUNKED + b"1\r\no\r\n1;x=y\r\nk\r\n0\r\n\r\n", 200, b"ok", KEPT),
    ("trailers", GET, CHUNKED + b"2\r\nok\r\n0\r\nX-T: 1\r\nContent-Type: x\r\n\r\n", 200, b"ok", KEPT),
    ("empty line before", GET, b"\r\n" + OK, 200, b"ok", KEPT),
    ("no phrase", GET, b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", KEPT),
    ("a phrase of its own", GET, b"HTTP/1.1 299 Fine \xe9\r\nContent-Length: 2\r\n\r\nok", 299, b"ok", KEPT),
    ("1.0", GET, b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", DROPPED),
    ("1.0 kept alive", GET, b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", KEPT),
    ("close", GET, A + b"Connection: close\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", DROPPED),
    ("interim", GET, b"HTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" + OK, 200, b"ok", KEPT),
    ("several interim", GET, b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + OK, 200, b"ok", KEPT),
    ("interim with a length", GET, b"HTTP/1.1 100 C\r\nContent-Length: 2\r\n\r\n" + OK, 200, b"ok", KEPT),
    ("upgrade offered", GET, A + b"Upgrade: h2c\r\nConnection: upgrade\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", KEPT),
    ("204", GET, b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", KEPT),
    ("204 with a length", GET, b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n", 204, b"", KEPT),
    ("204 with a body", GET, b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok", 204, b"", DROPPED),
    ("204 chunked", GET, b"HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 204, b"", DROPPED),
    ("304", GET, b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", 304, b"", KEPT),
    ("304 with a length", GET, b"HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n", 304, b"", KEPT),
    ("304 with a body", GET, b"HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\nok", 304, b"", DROPPED),
    ("HEAD", HEAD, A + b"Content-Length: 2\r\n\r\n", 200, b"", KEPT),
    ("HEAD without a length", HEAD, A + b"\r\n", 200, b"", DROPPED),
    ("HEAD chunked", HEAD, CHUNKED, 200, b"", KEPT),
    ("HEAD with a body", HEAD, OK, 200, b"", DROPPED),
    ("HEAD with another answer", HEAD, A + b"Content-Length: 2\r\n\r\n" + LEFTOVER, 200, b"", DROPPED),
    ("more behind", GET, OK + b"XYZ", 200, b"ok", DROPPED),
    ("another answer behind", GET, OK + LEFTOVER, 200, b"ok", DROPPED),
    ("half an answer behind", GET, OK + b"HTT", 200, b"ok", DROPPED),
    ("more behind a close", GET, A + b"Connection: close\r\nContent-Length: 2\r\n\r\nok" + LEFTOVER, 200, b"ok", DROPPED),
    ("more behind chunks", GET, CHUNKED + b"2\r\nok\r\n0\r\n\r\n" + LEFTOVER, 200, b"ok", DROPPED),
    ("a header twice", GET, A + b"Set-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", KEPT),
]  # fmt: skip

# What cannot be passed on as it is: the client gets 502 and none of it.
BAD = [
    ("garbage", b"hello world\r\n\r\n"),
    ("0.9 style", b"<html>hello</html>"),
    ("another protocol", b"ICY 200 OK\r\n\r\nok"),
    ("a TLS alert", b"\x15\x03\x01\x00\x02\x02\x16"),
    ("0.9", b"HTTP/0.9 200 OK\r\nContent-Length: 2\r\n\r\nok"),
    ("2.0", b"HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok"),
    ("1.2", b"HTTP/1.2 200 OK\r\nContent-Length: 2\r\n\r\nok"),
    ("status 0", b"HTTP/1.1 000 OK\r\nContent-Length: 2\r\n\r\nok"),
    ("status 99", b"HTTP/1.1 099 OK\r\nContent-Length: 2\r\n\r\nok"),
    ("status 600", b"HTTP/1.1 600 OK\r\nContent-Length: 2\r\n\r\nok"),
    ("status of two digits", b"HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok"),
    ("status of four digits", b"HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok"),
    ("NUL in the phrase", b"HTTP/1.1 200 O\x00K\r\nContent-Length: 2\r\n\r\nok"),
    ("escape in the phrase", b"HTTP/1.1 200 \x1b[1m\r\nContent-Length: 2\r\n\r\nok"),
    ("LF only", b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok"),
    ("LF behind a field", A + b"X: 1\nContent-Length: 2\r\n\r\nok"),
    ("CR in a field", A + b"X: 1\rContent-Length: 2\r\n\r\nok"),
    ("NUL in a field", A + b"X: \x00\r\nContent-Length: 2\r\n\r\nok"),
    ("folded", A + b"X: 1\r\n 2\r\nContent-Length: 2\r\n\r\nok"),
    ("space before the colon", A + b"X : 1\r\nContent-Length: 2\r\n\r\nok"),
    ("empty name", A + b": 1\r\nContent-Length: 2\r\n\r\nok"),
    ("length and coding", A + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("coding and length", A + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n"),
    ("two lengths", A + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nok"),
    ("length as a list", A + b"Content-Length: 2, 2\r\n\r\nok"),
    ("length with a sign", A + b"Content-Length: +2\r\n\r\nok"),
    ("length beyond 64 bits", A + b"Content-Length: 18446744073709551616\r\n\r\nok"),
    ("gzip, chunked", A + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    ("gzip", A + b"Transfer-Encoding: gzip\r\n\r\nok"),
    ("chunked, gzip", A + b"Transfer-Encoding: chunked, gzip\r\n\r\nok"),
    ("identity", A + b"Transfer-Encoding: identity\r\n\r\nok"),
    ("coding in 1.0", b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
    ("101 unasked", b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nraw"),
    ("101 and an answer", b"HTTP/1.1 101 Switching\r\n\r\n" + OK),
    ("interim that closes", b"HTTP/1.1 100 C\r\nConnection: close\r\n\r\n" + OK),
    ("a flood of interim answers", b"HTTP/1.1 102 Processing\r\n\r\n" * 4000 + OK),
    ("a large head", A + b"X: %b\r\n" % (b"a" * 70_000) + b"Content-Length: 2\r\n\r\nok"),
    ("many large fields", A + b"X: %b\r\n" % (b"a" * 7_000) * 10 + b"Content-Length: 2\r\n\r\nok"),
    ("half a status line", b"HTTP/1.1 2"),
    ("half a head", A + b"Content-Le"),
    ("interim only", b"HTTP/1.1 100 Continue\r\n\r\n"),
]  # fmt: skip

# Begun well: the client has a status, and is cut off so that it cannot take the rest for the end.
HALF = [
    ("half a length", A + b"Content-Length: 9\r\n\r\nhalf"),
    ("nothing of a length", A + b"Content-Length: 9\r\n\r\n"),
    ("half a chunk", CHUNKED + b"9\r\nhalf"),
    ("no last chunk", CHUNKED + b"4\r\nhalf\r\n"),
    ("half a last chunk", CHUNKED + b"4\r\nhalf\r\n0\r\n"),
    ("half a trailer", CHUNKED + b"4\r\nhalf\r\n0\r\nX: 1\r\n"),
]  # fmt: skip

BAD_CHUNKS = [
    ("plus", b"+2\r\nok\r\n0\r\n\r\n"),
    ("minus", b"-2\r\nok\r\n0\r\n\r\n"),
    ("space", b"2 \r\nok\r\n0\r\n\r\n"),
    ("hex prefix", b"0x2\r\nok\r\n0\r\n\r\n"),
    ("overflow", b"10000000000000002\r\nok\r\n0\r\n\r\n"),
    ("LF", b"2\nok\r\n0\r\n\r\n"),
    ("too long", b"2\r\nokay\r\n0\r\n\r\n"),
    ("length as a trailer", b"2\r\nok\r\n0\r\nContent-Length: 5\r\n\r\n"),
    ("an endless trailer", b"2\r\nok\r\n0\r\nX: " + b"a" * 200_000),
    ("an endless extension", b"2\r\nok\r\n2;x=" + b"a" * 200_000),
]  # fmt: skip


def rows(table):
    return [pytest.param(*row[1:], id=row[0].replace(" ", "-")) for row in table]


def saying(answer, close=False):
    """An upstream that says these bytes to the first request of a connection, then answers well."""

    async def behaviour(arrival, writer):
        first = not getattr(writer, "greeted", False) and arrival.path == "/"
        writer.greeted = True
        writer.write(answer if first else OK)
        await writer.drain()
        if first and close:
            writer.close()

    return behaviour


async def whole(caller, bodiless=False):
    """The answer, or None when the connection broke before its head."""
    try:
        return await caller.answer(bodiless=bodiless)
    except (ConnectionError, IndexError):
        return caller.answers.found[0] if caller.answers.found else None


@pytest.mark.parametrize(("request_", "said", "status", "body", "kept"), rows(GOOD))
def test_an_answer_is_passed_on_exactly(world, request_, said, status, body, kept):
    async def scenario():
        async with world.upstream(saying(said)) as up, world.gateway(world.document(up.url)) as gw:
            caller = await gw.connect()
            caller.send(request_)
            answer = await whole(caller, bodiless=request_ is HEAD)
            caller.close()
            assert (answer.status, answer.body) == (status, body)
            assert not {"x-t", "upgrade", "keep-alive"} & {
                name.lower() for name, _ in answer.headers
            }
            assert (status == 204) <= (answer["Content-Length"] == "")
            again = await gw.get("/users/again")
            assert (again.status, again.body) == (200, b"ok")
            assert up.connections == (1 if kept else 2)

    asyncio.run(scenario())


@pytest.mark.parametrize("said", rows(BAD))
def test_what_is_no_answer_is_502_and_nothing_of_it(world, said):
    async def scenario():
        behaviour = saying(said, close=True)
        async with world.upstream(behaviour) as up, world.gateway(world.document(up.url)) as gw:
            answer = await gw.get("/users")
            assert (answer.status, len(up.arrivals)) == (502, 1)
            assert answer.message == "An invalid response was received from the upstream server"
            assert (await gw.get("/users/again")).status == 200
            assert up.connections == 2

    asyncio.run(scenario())


@pytest.mark.parametrize("version", [b"HTTP/1.1", b"HTTP/1.0"])
@pytest.mark.parametrize("said", rows(HALF))
def test_half_an_answer_is_cut_off(world, said, version):
    async def scenario():
        behaviour = saying(said, close=True)
        async with world.upstream(behaviour) as up, world.gateway(world.document(up.url)) as gw:
            caller = await gw.connect()
            caller.send(GET.replace(b"HTTP/1.1", version))
            answer = await whole(caller)
            assert answer is None or not answer.whole
            with pytest.raises(ConnectionResetError):
                await caller.reader.read()
            caller.close()
            assert len(up.arrivals) == 1
            assert (await gw.get("/users/again")).status == 200

    asyncio.run(scenario())


@pytest.mark.parametrize("said", rows(BAD_CHUNKS))
def test_a_bad_chunk_never_ends_an_answer(world, said):
    async def scenario():
        behaviour = saying(CHUNKED + said)
        async with world.upstream(behaviour) as up, world.gateway(world.document(up.url)) as gw:
            caller = await gw.connect()
            caller.send(GET)
            answer = await whole(caller)
            caller.close()
            assert answer is None or answer.status == 502 or not answer.whole
            assert len(up.arrivals) == 1

    asyncio.run(scenario())


def test_the_end_of_the_connection_ends_an_answer_only_where_it_is_an_end(world):
    async def reset(arrival, writer):
        writer.write(A + b"\r\nhalf")
        await writer.drain()
        await asyncio.sleep(0.02)
        sock = writer.get_extra_info("socket")
        sock.setsockopt(1, 13, b"\x01\0\0\0\0\0\0\0")  # SO_LINGER, so that close is a reset
        writer.transport.abort()

    async def scenario():
        async with world.upstream(reset) as up, world.gateway(world.document(up.url)) as gw:
            caller = await gw.connect()
            caller.send(GET)
            answer = await whole(caller)
            assert not answer.whole
            caller.close()

    asyncio.run(scenario())


def test_an_upstream_that_speaks_first_is_not_believed(world):
    async def scenario():
        async def greet(reader, writer):
            writer.write(LEFTOVER)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(greet, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        from gateway.http.client import Client
        from gateway.http.endpoint import Endpoint
        from gateway.http.failures import NoAnswer

        connection = await Client().connect(Endpoint("127.0.0.1", port), 1.0)
        await world.until(lambda: connection._transport.is_closing())
        with pytest.raises(NoAnswer, match="closed"):
            await connection.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", False, 60.0)
        server.close()

    asyncio.run(scenario())

"""Bodies too long to hold, and upstreams that answer before they have them all."""

import asyncio
from contextlib import asynccontextmanager

import pytest

POST = b"POST /users HTTP/1.1\r\nHost: a\r\n"
LARGE = 300_000


@asynccontextmanager
async def before(world, serve, **service):
    """A gateway before an upstream that is a coroutine on a raw connection."""
    tasks = set()

    async def run(reader, writer):
        tasks.add(asyncio.current_task())
        try:
            await serve(reader, writer)
        except (ConnectionError, asyncio.CancelledError, asyncio.IncompleteReadError):
            pass
        writer.close()

    server = await asyncio.start_server(run, "127.0.0.1", 0)
    document = world.document(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    document["services"][0].update(service)
    try:
        async with world.gateway(document) as gw:
            yield gw
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        server.close()


def test_an_upstream_may_answer_while_it_still_reads(world):
    """Both directions at once: each part is echoed before the next one is sent."""

    async def echo(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while size := int(await reader.readuntil(b"\r\n"), 16):
            part = (await reader.readexactly(size + 2))[:-2]
            writer.write(b"%x\r\n%b\r\n" % (len(part), part))
        await reader.readuntil(b"\r\n")
        writer.write(b"0\r\n\r\n")

    async def scenario():
        async with before(world, echo) as gw:
            caller = await gw.connect()
            caller.send(POST + b"Transfer-Encoding: chunked\r\n\r\n")
            sent = 0
            for part in (b"a" * 100_000, b"b" * 1000, b"c" * 100_000):
                caller.send(b"%x\r\n%b\r\n" % (len(part), part))
                sent += len(part)
                await world.until(lambda: True)
                while not caller.answers.found or len(caller.answers.found[0].body) < sent:
                    async with asyncio.timeout(5):
                        caller.answers.parser.feed_data(await caller.reader.read(65536))
            caller.send(b"0\r\n\r\n")
            answer = await caller.answer()
            caller.close()
            assert (answer.whole, len(answer.body)) == (True, sent)

    asyncio.run(scenario())


def test_a_body_that_is_no_http_ends_both_sides(world):
    seen = b""

    async def collect(reader, writer):
        nonlocal seen
        while data := await reader.read(65536):
            seen += data

    async def scenario():
        async with before(world, collect) as gw:
            caller = await gw.connect()
            part = b"%x\r\n%b\r\n" % (LARGE, b"x" * LARGE)
            caller.send(POST + b"Transfer-Encoding: chunked\r\n\r\n" + part)
            await world.until(lambda: len(seen) > LARGE)
            caller.send(b"-1\r\n")
            answer = await caller.answer()
            assert (answer.status, answer["Connection"]) == (400, "close")
            caller.close()
            assert not seen.endswith(b"0\r\n\r\n")

    asyncio.run(scenario())


def test_a_body_that_breaks_under_a_begun_answer_cuts_that_off(world):
    async def begin(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n")
        while await reader.read(65536):
            pass

    async def scenario():
        async with before(world, begin) as gw:
            caller = await gw.connect()
            caller.send(POST + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % LARGE + bytes(LARGE))
            async with asyncio.timeout(5):
                while not caller.answers.found or caller.answers.found[0].body != b"ok":
                    caller.answers.parser.feed_data(await caller.reader.read(65536))
            caller.send(b"rubbish")
            with pytest.raises(ConnectionResetError):
                await caller.reader.read()
            assert not caller.answers.found[0].whole
            caller.close()

    asyncio.run(scenario())


def test_an_upstream_that_reads_nothing_is_504(world):
    async def deaf(reader, writer):
        writer.transport.pause_reading()
        await asyncio.Event().wait()

    async def scenario():
        async with before(world, deaf, write_timeout=50) as gw:
            caller = await gw.connect()
            caller.send(POST + b"Content-Length: 50000000\r\n\r\n")
            pouring = asyncio.create_task(pour(caller))
            answer = await caller.answer()
            assert answer.status == 504
            pouring.cancel()
            caller.writer.transport.abort()

    asyncio.run(scenario())


async def pour(caller):
    while True:
        caller.send(bytes(65536))
        await caller.writer.drain()


def test_an_upstream_that_answers_and_reads_nothing_is_not_waited_for(world):
    async def half_deaf(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.pause_reading()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
        await asyncio.Event().wait()

    async def scenario():
        async with before(world, half_deaf, write_timeout=50, read_timeout=100) as gw:
            caller = await gw.connect()
            caller.send(POST + b"Content-Length: 50000000\r\n\r\n")
            pouring = asyncio.create_task(pour(caller))
            with pytest.raises(ConnectionResetError):
                await caller.reader.read()
            pouring.cancel()
            await asyncio.gather(pouring, return_exceptions=True)
            caller.writer.transport.abort()

    asyncio.run(scenario())


def test_a_large_body_that_arrives_while_the_connection_is_made_is_sent(world):
    """What is complete by the time there is a connection was not when the head was written.

    More than is replayable, less than what stops the reading.
    """

    async def scenario():
        async with world.upstream() as up, world.gateway(world.document(up.url)) as gw:
            (server, _), client = gw.gateway._servers, gw.gateway._outside.client
            connect = client.connect

            async def connect_late(*how):
                (connection,) = server.connections
                caller.send(bytes(50_000))
                await world.until(lambda: connection._reader.receiving is None)
                return await connect(*how)

            client.connect = connect_late
            caller = await gw.connect()
            caller.send(POST + b"Content-Length: 120000\r\n\r\n" + bytes(70_000))
            assert (await caller.answer()).status == 200
            caller.close()
        assert [len(arrival.body) for arrival in up.arrivals] == [120_000]

    asyncio.run(scenario())


def test_a_long_upload_is_never_sent_twice(world):
    attempts = 0

    async def reset(reader, writer):
        nonlocal attempts
        attempts += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()

    async def scenario():
        async with before(world, reset, retries=5) as gw:
            caller = await gw.connect()
            caller.send(
                POST.replace(b"POST", b"PUT") + b"Content-Length: 300000\r\n\r\n" + bytes(300_000)
            )
            assert (await caller.answer()).status == 502
            caller.close()
        assert attempts == 1

    asyncio.run(scenario())

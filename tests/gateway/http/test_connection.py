"""One client connection: order, patience, pressure, and its end."""

import asyncio
import gc
import socket
import struct
import tracemalloc
import weakref
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from gateway.http.limits import Limits

GET = b"GET /users HTTP/1.1\r\nHost: a\r\n\r\n"


async def raw(gw, *parts):
    """Everything the gateway says to these bytes until it closes."""
    caller = await gw.connect()
    for part in parts:
        caller.send(part)
    said = await caller.closed()
    caller.close()
    return said


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


@asynccontextmanager
async def serving(world, upstream=None, **limits):
    """A gateway with these limits, its server, and a sweep at will."""
    url = upstream.url if upstream else "http://127.0.0.1:1"
    async with world.gateway(world.document(url)) as gw:
        server = gw.gateway._servers[0]
        server.limits = replace(Limits(), **limits)
        yield gw, server


async def swept(world, server, condition):
    """Sweep until the condition holds."""

    def sweep_and_look():
        server._sweep_all()
        return condition()

    await world.until(sweep_and_look)


def test_a_slow_head_and_a_slow_body_are_408(world):
    async def scenario():
        async with serving(world, head_s=0.01, body_s=0.01) as (gw, server):
            for message in (
                b"GET / HT",
                b"POST /users HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na",
            ):
                caller = await gw.connect()
                caller.send(message)
                await swept(world, server, lambda c=caller: c.reader._buffer)
                said = await caller.closed()
                assert said.startswith(b"HTTP/1.1 408 ")
                assert said.count(b"HTTP/1.1") == 1
                caller.close()

    asyncio.run(scenario())


def test_a_connection_that_is_not_used_is_closed_without_a_word(world):
    async def scenario():
        async with world.upstream() as up, serving(world, up, idle_s=0.01) as (gw, server):
            fresh, used = await gw.connect(), await gw.connect()
            used.send(GET)
            assert (await used.answer()).status == 200
            await swept(world, server, lambda: not server.connections)
            assert await fresh.closed() == await used.closed() == b""
            fresh.close()
            used.close()

    asyncio.run(scenario())


def test_idle_begins_when_the_answer_has_ended_and_empty_lines_do_not_move_it(world):
    async def scenario():
        async with world.upstream() as up, serving(world, up, idle_s=60.0) as (gw, server):
            caller = await gw.connect()
            caller.send(GET)
            await caller.answer()
            (connection,) = server.connections
            since = connection._idle_since
            connection._heard_at = 0.0  # the request came long ago
            connection.sweep(since + 59.0)
            assert not connection._transport.is_closing()
            caller.send(b"\r\n\r\n")
            await world.until(lambda: connection._heard_at)
            connection.sweep(since + 61.0)
            assert connection._transport.is_closing()
            caller.close()

    asyncio.run(scenario())


def test_a_client_that_reads_nothing_is_reset_after_a_while_and_a_slow_one_is_not(world):
    async def endless(arrival, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x" * 65536)
            await writer.drain()

    async def scenario():
        async with world.upstream(endless) as up, serving(world, up) as (gw, server):
            caller = await gw.connect()
            caller.writer.transport.pause_reading()
            caller.send(GET.replace(b"1.1", b"1.0"))
            await world.until(lambda: server.connections)
            (connection,) = server.connections
            await world.until(lambda: connection._drain is not None)
            connection.sweep(1000.0)
            connection._unsent_bytes += 1  # some of it was taken since
            connection.sweep(2000.0)
            connection.sweep(2050.0)
            assert not connection._transport.is_closing()
            connection.sweep(2061.0)
            assert connection._transport.is_closing()
            caller.writer.transport.resume_reading()
            with pytest.raises(ConnectionResetError):  # an end of file would end the answer
                await caller.reader.read()
            caller.close()

    asyncio.run(scenario())


def test_a_connection_that_cannot_be_flushed_does_not_stay(world):
    async def large(arrival, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 30000000\r\n\r\n" + bytes(30_000_000))

    async def scenario():
        async with world.upstream(large) as up, serving(world, up) as (gw, server):
            caller = await gw.connect()
            caller.writer.transport.pause_reading()
            caller.send(GET)
            await world.until(lambda: server.connections)
            (connection,) = server.connections
            await world.until(lambda: connection._drain is not None)
            connection._transport.close()
            for now in (1000.0, 1061.0):
                connection.sweep(now)
            await world.until(lambda: not server.connections)
            caller.close()

    asyncio.run(scenario())


def test_beyond_the_bound_a_connection_is_told_so_and_closed(world):
    async def scenario():
        async with (
            world.upstream() as up,
            serving(world, up, connections=2, turned_away=1) as (gw, server),
        ):
            first, second, third, fourth = [await gw.connect() for _ in range(4)]
            answer = await third.answer()
            assert (answer.status, answer.message) == (503, "Too many connections")
            assert answer["Connection"] == "close"
            assert await fourth.closed() == b""
            for caller in (first, second):
                caller.send(GET)
                assert (await caller.answer()).status == 200
            assert gw.gateway.status()["connections"] == {"open": 3, "limit": 2, "turned_away": 2}
            for caller in (first, second, third, fourth):
                caller.close()
            await world.until(lambda: not server.connections)
            assert (await gw.get("/users")).status == 200

    asyncio.run(scenario())


def test_who_pipelines_too_much_gets_that_much_and_a_close(world):
    async def scenario():
        async with world.upstream() as up, serving(world, up, pipelined=10) as (gw, _):
            caller = await gw.connect()
            caller.send(GET * 50)
            await caller.closed()
            caller.close()
            assert len(up.arrivals) == 11  # one served, ten waiting

    asyncio.run(scenario())


def test_reading_goes_on_after_a_body_that_filled_the_buffer(world):
    async def scenario():
        async with world.upstream() as up, world.gateway(world.document(up.url)) as gw:
            caller = await gw.connect()
            for count in (1, 2, 3):
                caller.send(
                    b"POST /users HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n"
                    + bytes(200_000)
                )
                assert (await caller.answer(count)).status == 200
            caller.close()
        assert [len(arrival.body) for arrival in up.arrivals] == [200_000] * 3

    asyncio.run(scenario())


def test_a_slow_reader_slows_the_upstream_down_and_nothing_piles_up(world):
    sent = 0

    async def endless(arrival, writer):
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        block = b"10000\r\n" + bytes(65536) + b"\r\n"
        while True:
            writer.write(block)
            await writer.drain()
            sent += 65536

    async def scenario():
        async with world.upstream(endless) as up, world.gateway(world.document(up.url)) as gw:
            caller = await gw.connect()
            caller.writer.transport.pause_reading()
            tracemalloc.start()
            caller.send(GET)
            await standstill(lambda: sent)
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            caller.close()
        assert sent > 0
        assert peak < 2_000_000

    asyncio.run(scenario())


def test_a_slow_upstream_slows_the_client_down_and_nothing_piles_up(world):
    async def deaf(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.pause_reading()
        await asyncio.Event().wait()

    async def scenario():
        tasks = set()

        async def serve(reader, writer):
            tasks.add(asyncio.current_task())
            try:
                await deaf(reader, writer)
            except asyncio.CancelledError:
                writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with world.gateway(world.document(f"http://127.0.0.1:{port}")) as gw:
            caller = await gw.connect()
            caller.send(b"POST /users HTTP/1.1\r\nHost: a\r\nContent-Length: 900000000\r\n\r\n")
            block, sent = bytes(65536), 0

            async def pour():
                nonlocal sent
                while True:
                    caller.send(block)
                    await caller.writer.drain()
                    sent += len(block)

            tracemalloc.start()
            pouring = asyncio.create_task(pour())
            await standstill(lambda: sent)
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            pouring.cancel()
            caller.writer.transport.abort()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        server.close()
        assert 0 < sent < 100_000_000
        assert peak < 2_000_000

    asyncio.run(scenario())


def test_a_client_that_resets_while_nothing_is_read_from_it_is_noticed(world):
    """An upstream that takes nothing stops the reading; the caller is gone all the same."""

    async def scenario():
        held = []
        stuck = await asyncio.start_server(lambda *pair: held.append(pair), "127.0.0.1", 0, limit=1)
        port = stuck.sockets[0].getsockname()[1]
        async with world.gateway(world.document(f"http://127.0.0.1:{port}")) as gw:
            caller = await gw.connect()
            caller.send(b"POST /users HTTP/1.1\r\nHost: a\r\nContent-Length: 900000000\r\n\r\n")
            caller.send(bytes(30_000_000))
            server = gw.gateway._servers[0]
            await world.until(lambda: any(it._reading_paused for it in server.connections))
            sock = caller.writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            caller.writer.transport.abort()
            await world.until(lambda: not server.connections)
            assert gw.gateway.status()["in_flight"] == 0
        stuck.close()
        for _, writer in held:
            writer.transport.abort()
        await asyncio.sleep(0)

    asyncio.run(scenario())


async def standstill(progress):
    """Wait until a number has not moved for a while."""
    last = -1
    while last != progress() or not progress():
        last = progress()
        await asyncio.sleep(0.1)


def test_what_is_in_flight_is_finished_at_the_end_and_nothing_new_is_begun(world):
    async def scenario():
        release = asyncio.Event()

        async def wait(arrival, writer):
            await release.wait()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

        async with world.upstream(wait) as up, serving(world, up) as (gw, server):
            busy, idle = await gw.connect(), await gw.connect()
            busy.send(GET + GET)
            await world.until(lambda: up.arrivals)
            stopping = asyncio.create_task(server.stop(5.0))
            assert await idle.closed() == b""
            release.set()
            answer = await busy.answer()
            assert (answer.status, answer["Connection"]) == (200, "close")
            busy.close()
            idle.close()
            await stopping
            assert len(up.arrivals) == 1
            assert not server.connections

    asyncio.run(scenario())


def test_a_connection_that_has_ended_is_freed_without_the_collector(world):
    async def scenario():
        async with world.upstream() as up, world.gateway(world.document(up.url)) as gw:
            await gw.get("/users")
            server = gw.gateway._servers[0]
            await world.until(lambda: not server.connections)
            gc.collect()
            gc.disable()
            try:
                caller = await gw.connect()
                caller.send(b"GET /users HTTP/1.1\r\nHost: a\r\n\r\n")
                await caller.answer()
                (ended,) = map(weakref.ref, server.connections)
                caller.close()
                await world.until(lambda: not server.connections)
                await asyncio.sleep(0)
                assert ended() is None
            finally:
                gc.enable()

    asyncio.run(scenario())

"""services.upstream.connection"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from services.doors import RawDoor
from services.ledger import Ledger
from services.serving import Service
from services.settings import Address
from services.upstream.connection import MAX_BODY_BYTES, Connection, Upstream
from services.upstream.scripts import Script

Running = Callable[[Service], AbstractAsyncContextManager[dict[str, str]]]
Caller = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[Upstream], AbstractAsyncContextManager[Caller]]
Eventually = Callable[[Callable[[], Awaitable[object]]], Awaitable[object]]
GET = b"GET /slow/x HTTP/1.1\r\nHost: h\r\nX-Mark: m1\r\n\r\n"


@pytest.fixture
def upstream() -> Upstream:
    return Upstream("upstream", Ledger(), "X-Mark")


@pytest.fixture
def connect(running: Running) -> Connect:
    @asynccontextmanager
    async def connected(upstream: Upstream) -> AsyncIterator[Caller]:
        door = RawDoor(
            "url",
            "--listen",
            Address("127.0.0.1", 0),
            lambda: Connection(upstream),
            upstream.hang_up,
        )
        async with running(Service("upstream", (door,))) as urls, asyncio.timeout(5):
            reader, writer = await asyncio.open_connection(*urls["url"][7:].split(":"))
            try:
                yield reader, writer
            finally:
                writer.close()
                try:
                    await writer.wait_closed()
                except ConnectionError:
                    pass  # the upstream was faster

    return connected


async def answered(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    return head, await reader.readexactly(length)


def test_requests_of_one_connection_are_answered_in_order(
    connect: Connect, upstream: Upstream
) -> None:
    async def story() -> list[str]:
        async with connect(upstream) as (reader, writer):
            for path in (b"/1", b"/2", b"/3"):
                writer.write(b"GET " + path + b" HTTP/1.1\r\nHost: h\r\n\r\n")
            return [json.loads((await answered(reader))[1])["path"] for _ in range(3)]

    assert asyncio.run(story()) == ["/1", "/2", "/3"]
    assert [one.status for one in upstream.ledger.after(0).arrivals] == [200, 200, 200]


def test_a_request_in_pieces_with_a_chunked_body_is_read_whole(
    connect: Connect, upstream: Upstream
) -> None:
    async def story() -> object:
        async with connect(upstream) as (reader, writer):
            for byte in b"PUT /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n":
                writer.write(bytes([byte]))
                await writer.drain()
            return json.loads((await answered(reader))[1])["body"]

    assert asyncio.run(story()) == "hi"


def test_who_waits_to_be_asked_for_the_body_is_asked(connect: Connect, upstream: Upstream) -> None:
    async def story() -> bytes:
        async with connect(upstream) as (reader, writer):
            writer.write(
                b"PUT /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
            )
            asked = await reader.readuntil(b"\r\n\r\n")
            writer.write(b"hi")
            await answered(reader)
            return asked

    assert asyncio.run(story()) == b"HTTP/1.1 100 Continue\r\n\r\n"


def test_who_hangs_up_is_not_waited_for(
    connect: Connect, upstream: Upstream, eventually: Eventually
) -> None:
    upstream.scripts["slow"] = Script(delay_s=60)

    async def gone() -> bool:
        return not upstream.connections

    async def story() -> None:
        async with connect(upstream) as (_reader, writer):
            writer.write(GET)
            await writer.drain()
            writer.close()
            await eventually(gone)
            waiting = [task for task in asyncio.all_tasks() if "_answer_all" in str(task)]
            await asyncio.gather(*waiting, return_exceptions=True)

    asyncio.run(story())
    (arrival,) = upstream.ledger.after(0).arrivals
    assert (arrival.marker, arrival.status) == ("m1", None)


def test_a_script_may_close_without_a_word(connect: Connect, upstream: Upstream) -> None:
    upstream.scripts["slow"] = Script(body="bye", then="close")

    async def story() -> bytes:
        async with connect(upstream) as (reader, writer):
            writer.write(GET)
            return await reader.read()

    found = asyncio.run(story())
    assert found.endswith(b"\r\n\r\nbye")
    assert b"onnection: close" not in found


def test_a_closing_client_gets_its_answer_first(connect: Connect, upstream: Upstream) -> None:
    async def story() -> bytes:
        async with connect(upstream) as (reader, writer):
            writer.write(b"GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            return await reader.read()

    assert b"Connection: close" in asyncio.run(story())


@pytest.mark.parametrize("sent", ["NOT HTTP\r\n\r\n", "GET / HTTP/1.1\r\nBad Header\r\n\r\n"])
def test_what_is_no_http_gets_400(connect: Connect, upstream: Upstream, sent: str) -> None:
    async def story() -> bytes:
        async with connect(upstream) as (reader, writer):
            writer.write(sent.encode())
            return await reader.read()

    assert asyncio.run(story()).startswith(b"HTTP/1.1 400 ")


def test_a_body_beyond_the_limit_gets_413(connect: Connect, upstream: Upstream) -> None:
    async def story() -> bytes:
        async with connect(upstream) as (reader, writer):
            size = str(MAX_BODY_BYTES + 1).encode()
            writer.write(b"PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: " + size + b"\r\n\r\n")
            writer.write(bytes(MAX_BODY_BYTES + 1))
            return await reader.readuntil(b"\r\n")

    assert asyncio.run(story()).startswith(b"HTTP/1.1 413 ")


def test_half_a_request_is_in_the_ledger(
    connect: Connect, upstream: Upstream, eventually: Eventually
) -> None:
    async def arrived() -> bool:
        return bool(upstream.ledger.after(0).arrivals)

    async def story() -> None:
        async with connect(upstream) as (_reader, writer):
            writer.write(b"PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf")
            await writer.drain()
            writer.close()
            await eventually(arrived)

    asyncio.run(story())
    (arrival,) = upstream.ledger.after(0).arrivals
    assert (arrival.method, arrival.body, arrival.status) == ("PUT", "half", None)


def test_an_upgrade_is_answered_as_a_plain_request(connect: Connect, upstream: Upstream) -> None:
    async def story() -> bytes:
        async with connect(upstream) as (reader, writer):
            writer.write(
                b"GET /x HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
            )
            return await reader.read()

    assert asyncio.run(story()).startswith(b"HTTP/1.1 200 OK")


def sent_by(connect: Connect, upstream: Upstream, script: Script, ask: bytes = GET) -> bytes:
    """Everything that comes under a script until the connection ends."""
    upstream.scripts["slow"] = script

    async def story() -> bytes:
        found = b""
        async with connect(upstream) as (reader, writer):
            writer.write(ask)
            try:
                while data := await reader.read(65536):
                    found += data
            except ConnectionResetError:
                found += b"<reset>"
        return found

    return asyncio.run(story())


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (Script(raw=b"odd\x00bytes", close="fin"), b"odd\x00bytes"),
        (Script(raw=b"HTTP/1.1 200 OK", cut_after_bytes=6), b"HTTP/1"),
        (Script(raw=b"", close="fin"), b""),
        (Script(cut_after_bytes=0, close="reset"), b"<reset>"),
        (Script(raw=b"abc", piece_bytes=1, piece_delay_s=0.001, close="fin"), b"abc"),
    ],
)
def test_half_answers_and_odd_bytes(
    connect: Connect, upstream: Upstream, script: Script, expected: bytes
) -> None:
    assert sent_by(connect, upstream, script) == expected


def test_a_large_answer_is_handed_over_before_the_reset(
    connect: Connect, upstream: Upstream
) -> None:
    found = sent_by(connect, upstream, Script(raw=bytes(8_000_000), close="reset"))
    assert found.endswith(b"<reset>")
    assert len(found) > 1_000_000


def test_an_early_answer_does_not_wait_for_the_body(connect: Connect, upstream: Upstream) -> None:
    upstream.scripts["slow"] = Script(status=413, body="no", early=True)

    async def story() -> bytes:
        async with connect(upstream) as (reader, writer):
            writer.write(b"PUT /slow/x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n")
            head, _ = await answered(reader)
            writer.write(b"late" + GET.replace(b"/slow", b"/echo"))
            second, _ = await answered(reader)
            return head + second

    said = asyncio.run(story())
    assert [line.split()[1] for line in said.split(b"\r\n") if line[:4] == b"HTTP"] == [
        b"413",
        b"200",
    ]
    arrivals = upstream.ledger.after(0).arrivals
    assert [(one.body, one.status) for one in arrivals] == [("late", 413), ("", 200)]


def test_a_body_that_is_not_read_yet_waits(connect: Connect, upstream: Upstream) -> None:
    upstream.scripts["slow"] = Script(read_delay_s=0.02, body="ok")

    async def story() -> bytes:
        async with connect(upstream) as (reader, writer):
            writer.write(b"PUT /slow/x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n")
            await writer.drain()
            writer.write(b"late")
            return (await answered(reader))[1]

    assert asyncio.run(story()) == b"ok"
    assert upstream.ledger.after(0).arrivals[0].body == "late"


def test_who_leaves_during_a_pause_is_forgotten(
    connect: Connect, upstream: Upstream, eventually: Eventually
) -> None:
    upstream.scripts["slow"] = Script(read_delay_s=0.02)

    async def gone() -> bool:
        return not upstream.connections

    async def story() -> None:
        async with connect(upstream) as (_reader, writer):
            writer.write(b"PUT /slow/x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n")
            await writer.drain()
            await eventually(lambda: _true(upstream))
            upstream.hang_up()
            await eventually(gone)
            await asyncio.sleep(0.03)

    asyncio.run(story())


async def _true(upstream: Upstream) -> bool:
    return bool(upstream.connections)


def test_the_ledger_has_trailers_and_the_head_byte_for_byte(
    connect: Connect, upstream: Upstream
) -> None:
    head = b"PUT /x HTTP/1.1\r\nHost: h\r\ntransfer-ENCODING:  chunked"

    async def story() -> None:
        async with connect(upstream) as (reader, writer):
            writer.write(head[:20])
            await writer.drain()
            await asyncio.sleep(0.01)
            writer.write(head[20:] + b"\r\n\r\n2\r\nhi\r\n0\r\nX-T: 1\r\n\r\n" + GET)
            await answered(reader)
            await answered(reader)
            writer.write(GET)
            await answered(reader)

    asyncio.run(story())
    first, pipelined, third = upstream.ledger.after(0).arrivals
    assert (first.trailers, first.head) == ((("X-T", "1"),), head.decode())
    assert [name for name, _ in first.headers] == ["Host", "transfer-ENCODING"]
    assert (pipelined.trailers, pipelined.head) == ((), None)
    assert third.head == GET.decode().strip()

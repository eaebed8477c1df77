"""A relay in a link, on real sockets of loopback: it carries, it is cut, it heals."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from harness.relay import Relay

LIMIT_S = 30


@asynccontextmanager
async def _far_end(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], unix: str = ""
) -> AsyncIterator[Relay]:
    """A server that talks like this, and a relay in front of it."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    if unix:
        server = await asyncio.start_unix_server(serve, unix)
        where = f"unix://{unix}"
    else:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        where = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    relay = Relay("link")
    await relay.start()
    relay.lead_to(urlsplit(where))
    try:
        async with asyncio.timeout(LIMIT_S):
            yield relay
    finally:
        await relay.stop()
        server.close()


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65536):
        writer.write(piece)
        await writer.drain()


async def _connect(at: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, _, port = at.rpartition(":")
    return await asyncio.open_connection(host, int(port))


async def _said(at: str, words: bytes) -> bytes:
    reader, writer = await _connect(at)
    writer.write(words)
    answer = await reader.readexactly(len(words))
    writer.close()
    return answer


async def _is_refused(at: str) -> bool:
    try:
        reader, writer = await _connect(at)
        writer.write(b"anybody there?")
        return await reader.read(1) == b""
    except ConnectionError:
        return True


@pytest.mark.parametrize("unix", [False, True], ids=["tcp", "unix"])
def test_it_carries_both_ways(tmp_path: Path, unix: bool) -> None:
    async def scenario() -> bytes:
        async with _far_end(_echo, str(tmp_path / "far.sock") if unix else "") as relay:
            return await _said(relay.address, b"there and back")

    assert asyncio.run(scenario()) == b"there and back"


def test_it_carries_more_than_any_buffer_holds() -> None:
    much = bytes(range(256)) * 8192

    async def scenario() -> bytes:
        async with _far_end(_echo) as relay:
            reader, writer = await _connect(relay.address)

            async def send() -> None:
                writer.write(much)
                await writer.drain()

            sending = asyncio.create_task(send())
            received = await reader.readexactly(len(much))
            await sending
            writer.close()
            return received

    assert asyncio.run(scenario()) == much


def test_many_connections_do_not_mix() -> None:
    async def scenario() -> list[bytes]:
        async with _far_end(_echo) as relay:
            at = relay.address
            return await asyncio.gather(*(_said(at, b"%03d" % n * 100) for n in range(20)))

    assert asyncio.run(scenario()) == [b"%03d" % n * 100 for n in range(20)]


def test_who_has_said_everything_can_still_listen() -> None:
    """A half-close arrives at the far end, and the answer to it comes back."""

    async def count_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        everything = await reader.read()
        writer.write(b"%d bytes" % len(everything))
        await writer.drain()

    async def scenario() -> bytes:
        async with _far_end(count_all) as relay:
            reader, writer = await _connect(relay.address)
            writer.write(b"x" * 1000)
            writer.write_eof()
            answer = await reader.read()
            writer.close()
            return answer

    assert asyncio.run(scenario()) == b"1000 bytes"


def test_a_cut_resets_what_is_open() -> None:
    async def scenario() -> tuple[bool, int]:
        async with _far_end(_echo) as relay:
            reader, writer = await _connect(relay.address)
            writer.write(b"hello")
            await reader.readexactly(5)
            relay.cut()
            with pytest.raises(ConnectionResetError):
                await reader.read()
            return relay.felt.bites, relay.broken

    assert asyncio.run(scenario()) == (True, 1)


def test_the_far_end_is_cut_off_too() -> None:
    async def scenario() -> bool:
        gone = asyncio.Event()

        async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"hello")
            try:
                await reader.read()
            finally:
                gone.set()

        async with _far_end(listen) as relay:
            reader, _ = await _connect(relay.address)
            await reader.readexactly(5)
            relay.cut()
            await gone.wait()
        return gone.is_set()

    assert asyncio.run(scenario())


def test_a_cut_refuses_what_tries_to_open_and_counts_it() -> None:
    async def scenario() -> tuple[list[bool], int]:
        async with _far_end(_echo) as relay:
            at = relay.address
            relay.cut()
            return [await _is_refused(at) for _ in range(3)], relay.refused

    assert asyncio.run(scenario()) == ([True, True, True], 3)


def test_healed_it_carries_again_at_the_same_address() -> None:
    async def scenario() -> bytes:
        async with _far_end(_echo) as relay:
            at = relay.address
            relay.cut()
            assert await _is_refused(at)
            relay.heal()
            return await _said(at, b"back again")

    assert asyncio.run(scenario()) == b"back again"


def test_a_cut_that_nobody_felt_does_not_bite() -> None:
    async def scenario() -> tuple[bool, bool]:
        async with _far_end(_echo) as relay:
            at = relay.address
            relay.cut()
            before = relay.felt.bites
            await _is_refused(at)
            return before, relay.felt.bites

    assert asyncio.run(scenario()) == (False, True)


def test_a_second_cut_counts_from_zero() -> None:
    async def scenario() -> tuple[int, int, bool]:
        async with _far_end(_echo) as relay:
            at = relay.address
            relay.cut()
            await _is_refused(at)
            relay.heal()
            relay.cut()
            return relay.broken, relay.refused, relay.felt.bites

    assert asyncio.run(scenario()) == (0, 0, False)


def test_a_far_end_that_is_down_is_told_by_a_hang_up_and_is_no_bite() -> None:
    async def scenario() -> tuple[bool, bool]:
        server = await asyncio.start_server(_echo, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        async with _far_end(_echo) as relay:
            relay.lead_to(urlsplit(f"http://127.0.0.1:{port}"))
            return await _is_refused(relay.address), relay.felt.bites

    assert asyncio.run(scenario()) == (True, False)


def test_led_to_another_place_it_keeps_its_address() -> None:
    async def shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.read(100)).upper())
        await writer.drain()

    async def scenario() -> tuple[bytes, bool, bytes]:
        async with _far_end(_echo) as relay, _far_end(shout) as other:
            before = await _said(relay.address, b"hello")
            relay.lead_to(None)
            nowhere = await _is_refused(relay.address)
            relay.lead_to(urlsplit(f"http://{other.address}"))
            return before, nowhere, await _said(relay.address, b"hello")

    assert asyncio.run(scenario()) == (b"hello", True, b"HELLO")


def test_stopped_it_listens_no_more() -> None:
    async def scenario() -> bool:
        async with _far_end(_echo) as relay:
            at = relay.address
            await relay.stop()
            return await _is_refused(at)

    assert asyncio.run(scenario())


def test_a_connection_that_was_being_made_when_the_link_was_cut_does_not_survive(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Finding the far end may take longer than a cut does."""

    async def scenario() -> tuple[bool, int]:
        async with _far_end(_echo) as relay:
            reaching, go_on = asyncio.Event(), asyncio.Event()
            reach = Relay._reach

            async def slowly(self: Relay) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
                reaching.set()
                await go_on.wait()
                return await reach(self)

            monkeypatch.setattr(Relay, "_reach", slowly)
            refused = asyncio.create_task(_is_refused(relay.address))
            await reaching.wait()
            relay.cut()
            go_on.set()
            return await refused, relay.felt.refused

    assert asyncio.run(scenario()) == (True, 1)

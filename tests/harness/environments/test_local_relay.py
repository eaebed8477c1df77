"""A relay in the warden leads to URLs, unix sockets, and to bare addresses as brokers have them."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.environments.local_relay import LocalRelay


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(await reader.readline())
    writer.close()


async def _said_through(relay: LocalRelay) -> bytes:
    host, _, port = relay.inside.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"hello\n")
    said = await reader.readline()
    writer.close()
    return said


@pytest.mark.parametrize("written", ["{}".format, "http://{}".format, "http://{}/path".format])
def test_it_leads_to_an_address_however_it_is_written(written: Callable[[str], str]) -> None:
    async def scenario() -> bytes:
        server = await asyncio.start_server(_echo, "127.0.0.1", 0)
        relay = await LocalRelay.started("kafka.bootstrap")
        host, port = server.sockets[0].getsockname()
        try:
            await relay.lead_to(written(f"{host}:{port}"))
            return await _said_through(relay)
        finally:
            await relay.stop()
            server.close()

    assert asyncio.run(scenario()) == b"hello\n"


def test_it_leads_to_a_unix_socket(tmp_path: Path) -> None:
    async def scenario() -> bytes:
        server = await asyncio.start_unix_server(_echo, tmp_path / "s")
        relay = await LocalRelay.started("redis")
        try:
            await relay.lead_to(f"unix://{tmp_path / 's'}")
            return await _said_through(relay)
        finally:
            await relay.stop()
            server.close()

    assert asyncio.run(scenario()) == b"hello\n"

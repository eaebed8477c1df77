"""services.doors"""

import asyncio
import socket
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from services.answers import application
from services.doors import AsgiDoor, bind, url_of
from services.failures import Failure
from services.serving import Service
from services.settings import Address

Running = Callable[[Service], AbstractAsyncContextManager[dict[str, str]]]


async def hello(_request: Request) -> Response:
    return PlainTextResponse("hello")


def door(host: str = "127.0.0.1", port: int = 0) -> AsgiDoor:
    return AsgiDoor("url", "--listen", Address(host, port), application([Route("/", hello)]))


def test_port_0_is_a_free_port() -> None:
    with bind("users", door()) as listener:
        assert listener.getsockname()[1] > 0
        assert url_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_an_ipv6_address_is_written_in_brackets() -> None:
    try:
        listener = bind("users", door("::1"))
    except Failure:
        pytest.skip("this machine has no IPv6 loopback")
    with listener:
        assert url_of(listener).startswith("http://[::1]:")


def test_a_busy_port_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Failure) as failure:
            bind("users", door(port=port))
    assert failure.value.code == 2
    assert failure.value.line == (
        f"users: cannot listen on 127.0.0.1:{port}: address already in use; choose another --listen"
    )


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.7", "a" * 300])
def test_an_address_that_is_not_ours_is_one_line(host: str) -> None:
    with pytest.raises(Failure, match=r"cannot listen on .*; choose another --listen"):
        bind("users", door(host))


def test_answers_come_without_waiting_for_acknowledgements() -> None:
    """asyncio sets TCP_NODELAY only on sockets that name their protocol; without, 40 ms are lost."""
    with bind("users", door()) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_what_is_no_http_gets_400_and_disturbs_nobody(running: Running) -> None:
    async def story() -> tuple[bytes, httpx.Response]:
        async with running(Service("users", (door(),))) as urls:
            reader, writer = await asyncio.open_connection(*urls["url"][7:].split(":"))
            writer.write(b"NOT HTTP AT ALL\r\n\r\n")
            refused = await reader.read()
            writer.close()
            await writer.wait_closed()
            async with httpx.AsyncClient() as client:
                return refused, await client.get(urls["url"])

    refused, served = asyncio.run(story())
    assert refused.startswith(b"HTTP/1.1 400")
    assert served.text == "hello"


def test_closing_ends_idle_connections_quickly(running: Running) -> None:
    async def story() -> float:
        async with httpx.AsyncClient() as client, running(Service("users", (door(),))) as urls:
            await client.get(urls["url"])
            began = time.monotonic()
        return time.monotonic() - began

    assert asyncio.run(story()) < 2

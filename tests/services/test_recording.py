"""services.recording"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from services.answers import application
from services.doors import AsgiDoor
from services.ledger import Ledger
from services.recording import MAX_BODY_BYTES, Recorded
from services.serving import Service
from services.settings import Address

Ask = Callable[..., httpx.Response]
Running = Callable[[Service], AbstractAsyncContextManager[dict[str, str]]]


async def length(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())), 201)


def recorded(ledger: Ledger) -> Recorded:
    app = application([Route("/length", length, methods=["POST"])])
    return Recorded(app, ledger, "users", "X-Mark", lambda path: path.rpartition("/")[2])


def test_a_request_is_in_the_ledger_when_its_answer_arrives(ask: Ask) -> None:
    ledger = Ledger()
    headers = {"x-mark": "m1", "X-Other": "a"}
    answer = ask(recorded(ledger), "POST", "/length?q=1", content=b"x" * 5000, headers=headers)
    (arrival,) = ledger.after(0).arrivals
    assert (answer.text, arrival.status) == ("5000", 201)
    assert (arrival.service, arrival.method, arrival.path) == ("users", "POST", "/length?q=1")
    assert (arrival.marker, arrival.function) == ("m1", "length")
    assert (arrival.body_bytes, arrival.body) == (5000, "x" * 4096)


def test_refusals_are_recorded_too(ask: Ask) -> None:
    ledger = Ledger()
    ask(recorded(ledger), "GET", "/nowhere")
    assert [arrival.status for arrival in ledger.after(0).arrivals] == [404]


def test_a_body_beyond_the_limit_is_refused_and_recorded(ask: Ask) -> None:
    ledger = Ledger()
    answer = ask(recorded(ledger), "POST", "/length", content=bytes(MAX_BODY_BYTES + 1))
    assert answer.status_code == 413
    assert [arrival.status for arrival in ledger.after(0).arrivals] == [413]


@pytest.fixture
def in_service() -> Callable[[Ledger], Service]:
    def make(ledger: Ledger) -> Service:
        door = AsgiDoor("url", "--listen", Address("127.0.0.1", 0), recorded(ledger))
        return Service("users", (door,))

    return make


def test_target_and_headers_are_kept_as_they_came(
    running: Running, in_service: Callable[[Ledger], Service]
) -> None:
    async def story() -> Ledger:
        ledger = Ledger()
        async with running(in_service(ledger)) as urls:
            reader, writer = await asyncio.open_connection(*urls["url"][7:].split(":"))
            writer.write(
                b"GET /a/../%62?x=1&&? HTTP/1.1\r\nHOST: h\r\nb: 2\r\nA: 1\r\nb: 3\r\n\r\n"
            )
            await reader.readuntil(b"\r\n\r\n")
            writer.close()
            await writer.wait_closed()
        return ledger

    (arrival,) = asyncio.run(story()).after(0).arrivals
    assert arrival.path == "/a/../%62?x=1&&?"
    assert arrival.headers == (("HOST", "h"), ("b", "2"), ("A", "1"), ("b", "3"))


def test_half_a_request_has_arrived_too(
    running: Running,
    in_service: Callable[[Ledger], Service],
    eventually: Callable[..., object],
) -> None:
    async def story() -> Ledger:
        ledger = Ledger()
        async with running(in_service(ledger)) as urls:
            _reader, writer = await asyncio.open_connection(*urls["url"][7:].split(":"))
            writer.write(b"POST /length HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf")
            await writer.drain()
            writer.close()
            await writer.wait_closed()

            async def arrived() -> bool:
                return bool(ledger.after(0).arrivals)

            await eventually(arrived)  # type: ignore[misc]
        return ledger

    (arrival,) = asyncio.run(story()).after(0).arrivals
    assert (arrival.body, arrival.status) == ("half", None)

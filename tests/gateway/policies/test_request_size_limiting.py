"""The request-size-limiting plugin: too much is refused, before it is read where that can be known."""

import asyncio

import pytest

from gateway.http.body import Body, BodyBroken
from gateway.policies import request_size_limiting as policy


@pytest.fixture
def check(unit):
    def checked(body=b"", length=None, headers=(), **config):
        limiting = policy.RequestSizeLimiting(unit.config(policy.KIND, **config))
        exchange = unit.exchange("POST", headers=list(headers), body=body)
        exchange.request.content_length = length
        refusal = unit.run(limiting, exchange)
        return refusal and (refusal.status, refusal.message)

    return checked


TOO_LARGE = (413, "Request size limit exceeded")


@pytest.mark.parametrize(
    ("config", "largest"),
    [
        ({"allowed_payload_size": 2, "size_unit": "bytes"}, 2),
        ({"allowed_payload_size": 0, "size_unit": "bytes"}, 0),
        ({"allowed_payload_size": 1, "size_unit": "kilobytes"}, 1024),
        ({"allowed_payload_size": 1}, 1024 * 1024),
        ({}, 128 * 1024 * 1024),
    ],
)
def test_units_are_powers_of_1024(check, config, largest):
    assert check(length=largest, **config) is None
    assert check(length=largest + 1, **config) == TOO_LARGE


def test_a_body_that_is_here_already_is_counted(check):
    config = {"allowed_payload_size": 2, "size_unit": "bytes"}
    assert check(b"ab", **config) is None
    assert check(b"abc", **config) == TOO_LARGE


def test_whoever_asks_before_sending_is_told_417(check):
    config = {"allowed_payload_size": 2, "size_unit": "bytes"}
    expecting = [("Expect", "100-continue")]
    assert check(length=3, headers=expecting, **config) == (417, "Request size limit exceeded")
    assert check(length=2, headers=expecting, **config) is None


def test_a_length_can_be_required(check):
    said = (411, "A valid Content-Length header is required")
    assert check(require_content_length=True) == said
    assert check(length=0, require_content_length=True) is None


def test_a_body_of_unknown_length_fails_when_it_grows_too_long(unit):
    async def scenario():
        limiting = policy.RequestSizeLimiting(
            unit.config(policy.KIND, allowed_payload_size=4, size_unit="bytes")
        )
        exchange = unit.exchange("POST")
        body = exchange.request.body = Body(None)
        body.feed(b"abc")
        assert await limiting(exchange) is None
        body.feed(b"de")
        body.finish()
        with pytest.raises(BodyBroken) as broken:
            await body.read_all(100)
        assert broken.value.flaw == "size-exceeded"
        assert body.held_bytes == 0

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"allowed_payload_size": -1}, "/allowed_payload_size must be a whole number from 0"),
        ({"size_unit": "bits"}, "/size_unit must be one of megabytes, kilobytes, bytes"),
    ],
)
def test_what_the_document_may_not_say(unit, config, expected):
    (problem,) = unit.problems(policy.KIND, **config)
    assert expected in problem


LIMIT = {
    "name": "request-size-limiting",
    "config": {"allowed_payload_size": 1, "size_unit": "kilobytes"},
}


@pytest.mark.parametrize(
    "parts", [(b"x" * 1025,), (b"x" * 1000, b"x" * 25), (b"x",) * 30 + (b"x" * 1000,)]
)
def test_over_the_wire_a_chunked_body_is_counted_and_never_arrives(world, parts):
    async def scenario():
        async with (
            world.upstream() as up,
            world.gateway(world.document(up.url, LIMIT)) as gw,
        ):
            caller = await gw.connect()
            caller.send(b"POST /users HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            for part in parts:
                caller.send(b"%x\r\n%b\r\n" % (len(part), part))
                await caller.writer.drain()
            caller.send(b"0\r\n\r\n")
            answer = await caller.answer()
            caller.send(b"GET /users HTTP/1.1\r\nHost: a\r\n\r\n")
            after = await caller.answer(2)
            caller.close()
        assert (answer.status, answer.message) == TOO_LARGE
        assert after.status == 200
        assert [arrival.method for arrival in up.arrivals] == ["GET"]

    asyncio.run(scenario())


def test_over_the_wire_what_fits_arrives(world):
    async def scenario():
        async with (
            world.upstream() as up,
            world.gateway(world.document(up.url, LIMIT)) as gw,
        ):
            answer = await gw.get("/users", method="POST", body=b"x" * 1024)
        assert answer.status == 200
        assert len(up.arrivals[0].body) == 1024

    asyncio.run(scenario())

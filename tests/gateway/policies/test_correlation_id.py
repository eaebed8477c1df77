"""The correlation-id plugin: every request has one id, also those that are refused."""

import asyncio
from uuid import UUID

import pytest

from gateway.policies import correlation_id


@pytest.fixture
def pass_through(unit):
    def passed(headers=(), **config):
        policy = correlation_id.CorrelationId(
            unit.config(correlation_id.KIND, **config), lambda: "made"
        )
        exchange = unit.exchange(headers=list(headers))
        assert unit.run(policy, exchange) is None
        return exchange

    return passed


def test_a_request_without_an_id_gets_one(pass_through):
    exchange = pass_through([("Accept", "*/*")])
    assert exchange.added == [(b"Kong-Request-ID", b"made")]
    assert exchange.onward == [(b"Accept", b"*/*")]
    assert (exchange.answer_headers, exchange.replaced) == ([], frozenset())


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ([("X-Corr", "mine")], b"mine"),
        ([("x-corr", "mine")], b"mine"),
        ([("X-Corr", "")], b"made"),
        ([("X-Corr", "first"), ("X-Corr", "second")], b"first"),
        ([("X-Corr", "x" * 3000)], b"x" * 255),
        ([("X_Corr", "other spelling")], b"made"),
    ],
)
def test_a_clients_id_is_kept_within_reason_and_once(pass_through, sent, kept):
    exchange = pass_through(sent, header_name="X-Corr", echo_downstream=True)
    assert exchange.added == [(b"X-Corr", kept)]
    assert exchange.onward == []
    assert exchange.answer_headers == [(b"X-Corr", kept)]
    assert exchange.replaced == {b"x-corr"}


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"generator": "tracker"}, "/generator must be one of uuid, uuid#counter"),
        ({"header_name": "a b"}, "/header_name must be the name of a header"),
        ({"header_name": "X-Request-Id"}, "/header_name X-Request-Id is the gateway's own"),
        ({"header_name": "x_consumer_id"}, "/header_name x_consumer_id is the gateway's own"),
        ({"bogus": 1}, "/bogus unknown field"),
    ],
)
def test_what_the_document_may_not_say(unit, config, expected):
    (problem,) = unit.problems(correlation_id.KIND, **config)
    assert expected in problem


def test_over_the_wire_refusals_echo_it_and_connection_cannot_strip_it(world):
    async def echoing(arrival, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nX-Corr: upstream's\r\nContent-Length: 0\r\n\r\n")

    async def scenario():
        async with world.upstream(echoing) as up:
            config = {"header_name": "X-Corr", "echo_downstream": True}
            document = world.document(
                up.url,
                {"name": "correlation-id", "config": config},
                {"name": "key-auth"},
            )
            document["consumers"] = [{"username": "a", "keyauth_credentials": [{"key": "k"}]}]
            async with world.gateway(document) as gw:
                refused = [await gw.get("/users") for _ in range(2)]
                answered = await gw.get("/users", {"apikey": "k", "Connection": "X-Corr"})
        ids = [answer["X-Corr"] for answer in (*refused, answered)]
        assert [answer.status for answer in refused] == [401, 401]
        first, number = ids[0].split("#")
        assert UUID(first)
        assert ids == [f"{first}#{int(number) + more}" for more in range(3)]
        assert up.arrivals[0].values("X-Corr") == [ids[2]]

    asyncio.run(scenario())


def test_generators(unit):
    from types import SimpleNamespace

    tools = SimpleNamespace(numbering=SimpleNamespace(uuid=lambda: "u", counted=lambda: "u#1"))
    for generator, made in (("uuid", b"u"), ("uuid#counter", b"u#1")):
        config = unit.config(correlation_id.KIND, generator=generator)
        exchange = unit.exchange()
        unit.run(correlation_id.build(config, None, tools), exchange)
        assert exchange.added[0][1] == made

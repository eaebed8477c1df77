"""The cors plugin: which pages may read the answers, as a running Kong says it."""

import asyncio

import pytest

from gateway.policies import cors

DEFAULT_METHODS = b"GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT"
ALLOW = b"Access-Control-Allow-"
PREFLIGHT = [("Origin", "https://a.test"), ("Access-Control-Request-Method", "GET")]


@pytest.fixture
def preflight(unit):
    def asked(sent=PREFLIGHT, **config):
        exchange = unit.exchange("OPTIONS", headers=list(sent))
        answer = unit.run(cors.Cors(unit.config(cors.KIND, **config)), exchange)
        assert exchange.answer_headers == []
        return answer and (answer.status, dict(answer.headers), answer.body)

    return asked


@pytest.fixture
def simple(unit):
    def asked(origin="https://a.test", **config):
        headers = [("Origin", origin)] if origin else []
        exchange = unit.exchange(headers=headers)
        assert unit.run(cors.Cors(unit.config(cors.KIND, **config)), exchange) is None
        assert exchange.replaced == cors.ALLOWING
        return dict(exchange.answer_headers)

    return asked


TWO = {"origins": ["https://a.test", "https://b.test:8443"]}


def test_a_preflight_is_answered_with_the_defaults(preflight):
    asking = [*PREFLIGHT, ("Access-Control-Request-Headers", "X-One, X-Two")]
    assert preflight(asking) == (
        200,
        {
            ALLOW + b"Origin": b"*",
            ALLOW + b"Headers": b"X-One, X-Two",
            ALLOW + b"Methods": DEFAULT_METHODS,
        },
        b"",
    )
    assert ALLOW + b"Headers" not in preflight()[1]


def test_a_preflight_is_answered_as_configured(preflight):
    config = {**TWO, "credentials": True, "max_age": 600, "headers": ["X-A", "X-C"], "methods": ["GET", "POST"], "exposed_headers": ["X-B"]}  # fmt: skip
    assert preflight(**config)[1] == {
        b"Vary": b"Origin",
        ALLOW + b"Origin": b"https://a.test",
        ALLOW + b"Credentials": b"true",
        ALLOW + b"Headers": b"X-A,X-C",
        ALLOW + b"Methods": b"GET,POST",
        b"Access-Control-Max-Age": b"600",
    }


def test_a_preflight_of_another_origin_is_answered_without_leave(preflight):
    status, headers, _ = preflight([("Origin", "https://c.test"), PREFLIGHT[1]], **TWO)
    assert status == 200
    assert headers == {b"Vary": b"Origin", ALLOW + b"Methods": DEFAULT_METHODS}


@pytest.mark.parametrize("missing", [0, 1])
def test_what_is_no_preflight_is_not_answered_here(preflight, unit, missing):
    exchange = unit.exchange("OPTIONS", headers=[PREFLIGHT[missing]])
    assert unit.run(cors.Cors(unit.config(cors.KIND)), exchange) is None
    assert exchange.answer_headers == [(b"Access-Control-Allow-Origin", b"*")]


def test_a_preflight_can_be_left_to_the_upstream(preflight):
    assert preflight(preflight_continue=True) is None


def test_private_networks(preflight):
    asking = [*PREFLIGHT, ("Access-Control-Request-Private-Network", "true")]
    name = b"Access-Control-Allow-Private-Network"
    assert preflight(asking, private_network=True)[1][name] == b"true"
    assert name not in preflight(asking)[1]
    assert name not in preflight(private_network=True)[1]


@pytest.mark.parametrize(
    ("origin", "config", "expected"),
    [
        ("https://a.test", {}, {ALLOW + b"Origin": b"*"}),
        (None, {"origins": ["*"]}, {ALLOW + b"Origin": b"*"}),
        ("https://a.test", TWO, {b"Vary": b"Origin", ALLOW + b"Origin": b"https://a.test"}),
        ("HTTPS://A.TEST:443", TWO, {b"Vary": b"Origin", ALLOW + b"Origin": b"HTTPS://A.TEST:443"}),
        ("https://b.test:8443", TWO, {b"Vary": b"Origin", ALLOW + b"Origin": b"https://b.test:8443"}),
        ("https://b.test", TWO, {b"Vary": b"Origin"}),
        ("http://a.test", TWO, {b"Vary": b"Origin"}),
        ("https://a.test.evil", TWO, {b"Vary": b"Origin"}),
        ("null", TWO, {b"Vary": b"Origin"}),
        (None, TWO, {b"Vary": b"Origin"}),
        ("https://c.test", {**TWO, "credentials": True}, {b"Vary": b"Origin"}),
        ("https://c.test", {"origins": ["https://a.test"]}, {b"Vary": b"Origin", ALLOW + b"Origin": b"https://a.test"}),
        ("https://c.test", {"credentials": True}, {b"Vary": b"Origin", ALLOW + b"Origin": b"https://c.test", ALLOW + b"Credentials": b"true"}),
        (None, {"credentials": True}, {b"Vary": b"Origin"}),
        ("https://a.test", {"exposed_headers": ["X-B", "X-C"]}, {ALLOW + b"Origin": b"*", b"Access-Control-Expose-Headers": b"X-B,X-C"}),
    ],
)  # fmt: skip
def test_who_may_read_an_answer(simple, origin, config, expected):
    assert simple(origin, **config) == expected


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"origins": ["a.test"]}, "/origins/0 must be * or like https://host:port"),
        ({"origins": ["*", r"https://.*\.a\.test"]}, "/origins/1 must be * or like"),
        ({"methods": ["get"]}, "/methods/0 must be one of GET"),
        ({"headers": ["a b"]}, "/headers/0 must be the name of a header"),
        ({"exposed_headers": ["a,b"]}, "/exposed_headers/0 must be the name of a header"),
        ({"max_age": -1}, "/max_age must be a whole number"),
        ({"allow_origin_absent": False}, "/allow_origin_absent unknown field"),
    ],
)
def test_what_the_document_may_not_say(unit, config, expected):
    (problem,) = unit.problems(cors.KIND, **config)
    assert expected in problem


def test_credentials_for_every_origin_are_warned_about(unit):
    ((place, warning),) = cors.warn(unit.config(cors.KIND, credentials=True))
    assert place == "credentials"
    assert "any website" in warning
    assert list(cors.warn(unit.config(cors.KIND, credentials=True, **TWO))) == []


def test_over_the_wire_before_authentication_and_in_place_of_the_upstreams(world):
    async def liberal(arrival, writer):
        writer.write(
            b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nVary: Accept\r\n"
            b"Content-Length: 0\r\n\r\n"
        )

    async def scenario():
        async with world.upstream(liberal) as up:
            document = world.document(up.url, {"name": "key-auth"}, {"name": "cors", "config": TWO})
            document["consumers"] = [{"username": "a", "keyauth_credentials": [{"key": "k"}]}]
            async with world.gateway(document) as gw:
                preflight = await gw.get("/users", dict(PREFLIGHT), "OPTIONS")
                refused = await gw.get("/users", {"Origin": "https://a.test"})
                good = await gw.get("/users", {"Origin": "https://a.test", "apikey": "k"})
                bad = await gw.get("/users", {"Origin": "https://c.test", "apikey": "k"})
        assert (preflight.status, preflight.body) == (200, b"")
        assert preflight["Content-Length"] == "0"
        assert preflight["X-Request-Id"]
        assert (refused.status, refused["Access-Control-Allow-Origin"]) == (401, "https://a.test")
        assert good.values("Access-Control-Allow-Origin") == ["https://a.test"]
        assert good.values("Vary") == ["Accept", "Origin"]
        assert (bad.status, bad.values("Access-Control-Allow-Origin")) == (200, [])
        assert len(up.arrivals) == 2

    asyncio.run(scenario())

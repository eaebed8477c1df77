"""Rate limiting over the wire: what is admitted, what the client is told, whose budget it is."""

import asyncio

import pytest

from gateway.counters.contract import CounterAway
from gateway.counters.local import LocalCounter
from gateway.document.entities import Consumer, Credential, Scope, Service
from gateway.policies import rate_limiting


@pytest.fixture(autouse=True)
def _steady_clock(monkeypatch):
    """Local windows stand still, so that none ends in the middle of a test."""
    monkeypatch.setattr(
        "gateway.app.LocalCounter", lambda: LocalCounter(lambda: 1_699_999_980 + 13.8)
    )


def limited(**config):
    return {"name": "rate-limiting", "config": config}


def calls(world, plugins, *requests, count=None):
    """The answers to requests one after the other: (path, headers)."""

    async def scenario():
        async with world.upstream() as up, world.gateway(world.document(up.url, *plugins)) as gw:
            answers = [await gw.get(path, headers) for path, headers in requests]
        return answers, up.arrivals

    return asyncio.run(scenario())


def statuses(answers):
    return [answer.status for answer in answers]


PLAIN = ("/users", {})


def test_the_fourth_call_on_three_a_minute_is_refused(world):
    answers, arrivals = calls(world, [limited(minute=3)], *[PLAIN] * 5)
    assert statuses(answers) == [200, 200, 200, 429, 429]
    assert [a["X-RateLimit-Remaining-Minute"] for a in answers] == ["2", "1", "0", "0", "0"]
    assert answers[3].json == {
        "message": "API rate limit exceeded",
        "request_id": answers[3]["X-Request-Id"],
    }
    assert answers[0]["X-RateLimit-Limit-Minute"] == "3"
    assert answers[3]["Retry-After"] == answers[3]["RateLimit-Reset"] == "47"
    assert answers[0]["Retry-After"] == ""
    assert len(arrivals) == 3


def test_a_rejected_call_uses_up_no_other_window(world):
    answers, _ = calls(world, [limited(minute=3, hour=10)], *[PLAIN] * 6)
    told = [(a["X-RateLimit-Remaining-Minute"], a["X-RateLimit-Remaining-Hour"]) for a in answers]
    assert told == [("2", "9"), ("1", "8"), ("0", "7"), ("0", "7"), ("0", "7"), ("0", "7")]


def test_concurrent_calls_are_never_over_admitted(world):
    async def slow(arrival, writer):
        await asyncio.sleep(0.02)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async def scenario():
        async with (
            world.upstream(slow) as up,
            world.gateway(world.document(up.url, limited(minute=10))) as gw,
        ):
            answers = await asyncio.gather(*(gw.get("/users") for _ in range(50)))
        assert sorted(statuses(answers)) == [200] * 10 + [429] * 40
        assert len(up.arrivals) == 10

    asyncio.run(scenario())


def test_own_code_and_message_and_hidden_headers(world):
    answers, _ = calls(
        world,
        [limited(minute=1, error_code=403, error_message="quota", hide_client_headers=True)],
        *[PLAIN] * 2,
    )
    assert (answers[1].status, answers[1].message) == (403, "quota")
    names = {name.lower() for answer in answers for name, _ in answer.headers}
    assert not [name for name in names if "ratelimit" in name or name == "retry-after"]


def test_limit_by_header(world):
    answers, _ = calls(
        world,
        [limited(minute=1, limit_by="header", header_name="X-Tenant")],
        ("/users", {"X-Tenant": "a"}),
        ("/users", {"x-tenant": "a"}),
        ("/users", {"X-Tenant": "b"}),
        ("/users", {}),
        ("/users", {}),
    )
    assert statuses(answers) == [200, 429, 200, 200, 429]


def test_limit_by_ip_does_not_believe_the_client(world):
    answers, _ = calls(
        world,
        [limited(minute=1, limit_by="ip")],
        ("/users", {"X-Forwarded-For": "1.1.1.1"}),
        ("/users", {"X-Forwarded-For": "2.2.2.2", "X-Real-IP": "3.3.3.3"}),
    )
    assert statuses(answers) == [200, 429]


def test_unauthenticated_calls_are_not_counted(world):
    token = world.token({"kid": "acme-key"})
    jwt = {"name": "jwt", "config": {"key_claim_name": "kid"}}
    answers, _ = calls(
        world,
        [jwt, limited(minute=1)],
        *[PLAIN] * 3,
        ("/users", {"Authorization": f"Bearer {token}"}),
    )
    assert statuses(answers) == [401, 401, 401, 200]
    assert answers[0]["RateLimit-Limit"] == ""


def test_the_most_specific_plugin_runs_alone(world):
    async def scenario():
        async with world.upstream() as up:
            jwt = {"name": "jwt", "config": {"key_claim_name": "kid"}}
            document = world.document(up.url, jwt, limited(minute=5))
            document["plugins"] = [
                {**limited(minute=9)},
                {**limited(minute=2), "service": "users", "consumer": {"username": "acme"}},
                {**limited(minute=7), "consumer": "acme"},
            ]
            async with world.gateway(document) as gw:
                headers = {"Authorization": f"Bearer {world.token({'kid': 'acme-key'})}"}
                answer = await gw.get("/users", headers)
                assert answer["X-RateLimit-Limit-Minute"] == "2"

    asyncio.run(scenario())


def test_a_service_has_one_budget_over_its_routes_and_a_publication_keeps_it(world):
    async def scenario():
        async with world.upstream() as up:
            document = world.document(up.url, limited(minute=3))
            document["services"][0]["routes"].append({"name": "more", "paths": ["/more"]})
            async with world.gateway(document) as gw:
                assert (await gw.get("/users"))["RateLimit-Remaining"] == "2"
                assert (await gw.get("/more"))["RateLimit-Remaining"] == "1"
                await gw.gateway.offer(2, document)
                assert (await gw.get("/users"))["RateLimit-Remaining"] == "0"
                assert (await gw.get("/nowhere"))["RateLimit-Remaining"] == ""
                assert (await gw.get("/more")).status == 429

    asyncio.run(scenario())


def test_limits_stand_on_an_answer_for_a_dead_upstream(world):
    async def scenario():
        async with world.gateway(world.document("http://127.0.0.1:1", limited(minute=3))) as gw:
            answer = await gw.get("/users")
        assert (answer.status, answer["RateLimit-Remaining"]) == (502, "2")

    asyncio.run(scenario())


ACME = Consumer("c1", "acme", None, None, None, ())
BOB = Consumer("c2", "bob", None, None, None, ())
KEYS = [Credential(name, name, "s", "HS256", None, None, None) for name in ("k1", "k2")]
SERVICE = Service("s1", "users", "http", "h", 80, "/", 1, 1, 1, 0)


@pytest.mark.parametrize(
    ("config", "first", "same", "other"),
    [
        ({}, {"consumer": ACME}, {"consumer": ACME, "credential": KEYS[0]}, {"consumer": BOB}),
        ({}, {}, {"host": "x"}, {"consumer": ACME}),
        ({"limit_by": "credential"}, {"credential": KEYS[0]}, {"credential": KEYS[0], "consumer": BOB}, {"credential": KEYS[1]}),
        ({"limit_by": "credential"}, {}, {"consumer": ACME}, {"credential": KEYS[1]}),
        ({"limit_by": "service"}, {"service": SERVICE}, {"service": SERVICE, "consumer": ACME}, {}),
        ({"limit_by": "path", "path": "/a"}, {"path": "/a"}, {"path": "/a", "consumer": ACME}, {"path": "/a/"}),
        ({"limit_by": "path", "path": "/a"}, {"path": "/b"}, {"path": "/c"}, {"path": "/a"}),
        ({"limit_by": "ip"}, {"consumer": ACME}, {"consumer": BOB}, None),
    ],
)  # fmt: skip
def test_whose_budget_it_is(unit, config, first, same, other):
    limiting = rate_limiting.RateLimiting(
        unit.config(rate_limiting.KIND, minute=1, **config), Scope(), LocalCounter()
    )
    outcomes = [
        unit.run(limiting, unit.exchange(**more))
        for more in (first, same, other)
        if more is not None
    ]
    assert [outcome is None for outcome in outcomes] == [True, False, True][: len(outcomes)]


def test_a_long_header_is_as_good_as_a_short_one(unit):
    limiting = rate_limiting.RateLimiting(
        unit.config(rate_limiting.KIND, minute=1, limit_by="header", header_name="T"),
        Scope(),
        LocalCounter(),
    )
    values = ["x" * 500, "x" * 500, "x" * 499 + "y", "", ""]
    outcomes = [unit.run(limiting, unit.exchange(headers=[("T", value)])) for value in values]
    assert [outcome is None for outcome in outcomes] == [True, False, True, True, False]


class Away:
    async def spend(self, key, limits):
        raise CounterAway("gone")


@pytest.mark.parametrize("tolerant", [True, False])
def test_without_its_counter_it_lets_pass_or_refuses_and_says_nothing_of_quotas(unit, tolerant):
    config = unit.config(rate_limiting.KIND, minute=1, fault_tolerant=tolerant)
    exchange = unit.exchange()
    refusal = unit.run(rate_limiting.RateLimiting(config, Scope(), Away()), exchange)
    assert (refusal and refusal.status) == (None if tolerant else 503)
    assert exchange.answer_headers == []


def test_an_upstreams_own_quota_fields_are_replaced(world):
    async def boasting(arrival, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nRateLimit-Remaining: 99\r\nContent-Length: 0\r\n\r\n")

    async def scenario():
        async with (
            world.upstream(boasting) as up,
            world.gateway(world.document(up.url, limited(minute=3))) as gw,
        ):
            answer = await gw.get("/users")
        assert answer.values("RateLimit-Remaining") == ["2"]

    asyncio.run(scenario())


def test_sixty_concurrent_calls_over_two_connections_admit_exactly_the_limit(world):
    async def scenario():
        async with (
            world.upstream() as up,
            world.gateway(world.document(up.url, limited(minute=10, hour=50))) as gw,
        ):
            callers = [await gw.connect() for _ in range(2)]
            for caller in callers:
                caller.send(b"GET /users HTTP/1.1\r\nHost: a\r\n\r\n" * 30)
            answers = [await caller.answer(n) for caller in callers for n in range(1, 31)]
            for caller in callers:
                caller.close()
        assert sorted(statuses(answers)) == [200] * 10 + [429] * 50
        assert {a["X-RateLimit-Remaining-Hour"] for a in answers if a.status == 429} == {"40"}
        assert len(up.arrivals) == 10

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"minute": 1, "limit_by": "header"}, "/header_name is required with limit_by header"),
        ({"minute": 1, "limit_by": "path"}, "/path is required with limit_by path"),
        ({"minute": 1, "path": "/a"}, "/path is used with limit_by path only"),
        ({"minute": 1, "header_name": "A"}, "/header_name is used with limit_by header only"),
        ({"minute": 1, "limit_by": "header", "header_name": "a b"}, "/header_name must be the name of a header"),
        ({"minute": 1, "limit_by": "route"}, "/limit_by must be one of consumer, credential, ip, service, header, path"),
        ({"minute": 1, "month": 5}, "/month is not in this version"),
        ({"minute": 1, "sync_rate": 0.5}, "/sync_rate is not in this version"),
        ({"minute": 1, "error_code": 200}, "/error_code must be a whole number from 400 to 599"),
        ({"day": 1, "hour": 2}, "/day must not be lower than hour (2), found 1"),
        ({"minute": "3"}, "/minute must be a whole number"),
        ({"minute": 1, "policy": "redis", "redis": {"host": "h", "ssl": True}}, "/redis/ssl is not in this version"),
    ],
)  # fmt: skip
def test_what_the_document_may_not_say(unit, config, expected):
    (problem,) = unit.problems(rate_limiting.KIND, **config)
    assert expected in problem

"""Rate limiting over the wire: what is admitted, what the client is told, whose budget it is."""

import asyncio

import pytest

from gateway.counters.local import LocalCounter


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
                gw.gateway._offered(2, document)
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

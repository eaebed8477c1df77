"""Documents swap in: whole, in order, beside the traffic, with nothing lost or reset."""

import asyncio
import json
from itertools import count

import pytest

from gateway.configuration import canonical, same
from gateway.document.fields import DocumentRefused
from gateway.last_good.seal import LastGood
from gateway.publication import Served
from gateway.slices import SLICE_S


def numbered(up, version, *plugins):
    """A document whose answers tell its version: by the path at the upstream and by a header rule."""
    document = json.loads(json.dumps({"url": up.url}))
    return {
        "_format_version": "3.0",
        "services": [
            {
                "name": "users",
                "url": f"{document['url']}/v{version}",
                "routes": [
                    {
                        "name": "users",
                        "id": "11111111-1111-4111-8111-111111111111",
                        "paths": ["/users"],
                    }
                ],
                "plugins": list(plugins),
            }
        ],
        "consumers": [{"username": f"acme-{version}"}],
    }


async def tell_path(arrival, writer):
    body = arrival.path.encode()
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))


def test_twenty_publications_under_load_lose_mix_and_reset_nothing(world):
    limit = {"name": "rate-limiting", "config": {"day": 10**9}}

    async def scenario():
        async with (
            world.upstream(tell_path) as up,
            world.gateway(numbered(up, 1, limit)) as gw,
        ):
            answers, stop = [], asyncio.Event()

            async def call():
                caller, count = await gw.connect(), 0
                while not stop.is_set():
                    before = gw.gateway.status()["version"]
                    caller.send(b"GET /users HTTP/1.1\r\nHost: a\r\n\r\n")
                    count += 1
                    answer = await caller.answer(count)
                    answers.append((before, answer, gw.gateway.status()["version"]))
                caller.close()

            calling = [asyncio.create_task(call()) for _ in range(8)]
            for version in range(2, 22):
                seen = len(answers)
                await gw.gateway.offer(version, numbered(up, version, limit))
                await world.until(lambda seen=seen: len(answers) > seen + 16)
            stop.set()
            await asyncio.gather(*calling)
            return answers, up.connections, gw.gateway.status()

    answers, connections, status = asyncio.run(scenario())
    assert {answer.status for _, answer, _ in answers} == {200}
    for before, answer, after in answers:
        assert before <= int(answer.body.removeprefix(b"/v")) <= after
    spent = [int(answer["X-RateLimit-Remaining-Day"]) for _, answer, _ in answers]
    assert sorted(spent, reverse=True) == list(range(10**9 - 1, 10**9 - 1 - len(answers), -1))
    assert connections <= 8
    assert (status["version"], status["requests"]) == (21, len(answers))


def big(up, version):
    """1,000 routes and 5,000 consumers."""
    secret = "a secret of sufficient length for HS256"
    return {
        "_format_version": "3.0",
        "services": [
            {
                "name": f"s{number}",
                "url": f"{up.url}/v{version}",
                "routes": [{"name": f"r{number}", "paths": [f"/r{number}"]}],
                "plugins": [
                    {"name": "jwt", "config": {"key_claim_name": "kid"}},
                    {"name": "rate-limiting", "config": {"minute": 5}},
                ],
            }
            for number in range(1000)
        ],
        "routes": [{"name": "users", "paths": ["/users"], "service": "s0"}],
        "consumers": [
            {"username": f"c{number}", "jwt_secrets": [{"key": f"k{number}", "secret": secret}]}
            for number in range(5000)
        ],
    }


ENTITIES = {"services": 1000, "routes": 1001, "consumers": 5000, "plugins": 2000}
"""Of the big document. Routes and plugins are looked at twice: they are read, then built."""


def test_a_big_document_is_applied_one_entity_at_a_time(world, monkeypatch):
    ticks = count(step=2 * SLICE_S)  # each step takes a slice, whatever the machine does
    monkeypatch.setattr("gateway.slices.perf_counter", lambda: next(ticks))

    async def scenario():
        async with world.upstream() as up, world.gateway(world.document(up.url)) as gw:
            turns, applying = 0, asyncio.create_task(gw.gateway.offer(2, big(up, 2)))
            while not applying.done():
                await asyncio.sleep(0)
                turns += 1
            return turns, gw.gateway.status()["version"]

    turns, version = asyncio.run(scenario())
    steps = sum(ENTITIES.values()) + ENTITIES["routes"] + ENTITIES["plugins"]
    assert version == 2
    assert turns >= steps  # never two entities without a pause between them


def test_documents_take_effect_one_after_the_other(world):
    async def scenario():
        async with world.upstream() as up, world.gateway(world.document(up.url)) as gw:
            await asyncio.gather(
                gw.gateway.offer(2, big(up, 2)), gw.gateway.offer(3, numbered(up, 3))
            )
            assert gw.gateway.status()["version"] == 3
            assert (await gw.ask_admin("/routes")).json["data"][0]["name"] == "users"

    asyncio.run(scenario())


def test_an_unexpected_failure_is_a_refusal(world, monkeypatch):
    async def broken(*_):
        raise RuntimeError("a bug")

    async def scenario():
        async with world.gateway(world.document("http://127.0.0.1:1")) as gw:
            monkeypatch.setattr("gateway.configuration.read_in_slices", broken)
            await gw.gateway.offer(2, {})
            status = gw.gateway.status()
            assert (status["version"], status["source"]["refused"]["version"]) == (1, 2)
            (error,) = status["source"]["refused"]["errors"]
            assert error["message"] == "cannot be served: RuntimeError: a bug"

    asyncio.run(scenario())


def test_canonical_json_does_not_depend_on_the_order():
    assert canonical({"b": [1, {"d": 1, "c": 2}], "a": 1}) == b'{"a":1,"b":[1,{"c":2,"d":1}]}'


@pytest.mark.parametrize("document", [{"a": "\ud800"}, {1: 2}])
def test_what_is_no_json_is_refused(document):
    with pytest.raises(DocumentRefused, match="cannot be written as JSON"):
        canonical(document)
    assert not same(document, Served.of(1, b"{}", "file"))


def test_the_same_document_is_recognised():
    served = Served.of(1, canonical({"a": 1, "b": 2}), "file")
    assert same({"b": 2, "a": 1}, served)
    assert not same({"b": 2}, served)
    assert not same({}, None)


def test_a_file_is_served_from_the_start_and_a_kept_document_only_when_nothing_is(world):
    url = "http://127.0.0.1:1"

    async def scenario():
        async with world.gateway(world.document(url)) as gw:
            configuration = gw.gateway._configuration
            await configuration.restore(LastGood(7, "then", canonical(world.document(url))))
            assert gw.gateway.status()["version"] == 1
            gw.gateway._publication.served = None
            await configuration.restore(LastGood(7, "then", canonical(world.document(url))))
            status = gw.gateway.status()
            assert (status["version"], status["source"]["kind"]) == (7, "snapshot")
            assert await configuration.replace(world.document(url)) is None
            assert await configuration.replace(world.document(url, paths=["/moved"])) == []
            problems = await configuration.replace({"_format_version": "2"})
            assert [problem.pointer for problem in problems] == ["/_format_version"]

    asyncio.run(scenario())


def test_what_was_taken_is_kept_and_what_was_not_is_not(world):
    url, kept = "http://127.0.0.1:1", []

    class Shelf:
        def keep(self, version, document):
            kept.append((version, document))

    async def scenario():
        async with world.gateway(world.document(url)) as gw:
            gw.gateway._configuration._keeper = Shelf()
            await gw.gateway.offer(2, world.document(url))
            await gw.gateway.offer(3, {})

    asyncio.run(scenario())
    assert kept == [(2, canonical(world.document(url)))]

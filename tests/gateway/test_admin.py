"""The admin port: what it shows, and whom it does not answer."""

import asyncio

import pytest


def asked(world, path, headers=None, method="GET"):
    async def scenario():
        async with world.gateway(world.document("http://127.0.0.1:1")) as gw:
            return await gw.ask_admin(path, {"Host": "127.0.0.1", **(headers or {})}, method)

    return asyncio.run(scenario())


def test_the_key_of_a_consumer_can_be_read(world):
    answer = asked(world, "/consumers/acme/jwt")
    (entry,) = answer.json["data"]
    assert (answer.status, answer.json["next"]) == (200, None)
    assert (entry["key"], entry["secret"], entry["algorithm"]) == (
        "acme-key",
        world.secret,
        "HS256",
    )
    assert entry["consumer"]["id"] == asked(world, "/consumers/acme").json["id"]
    by_id = asked(world, f"/consumers/{entry['consumer']['id']}/jwt")
    assert by_id.json == answer.json


def test_consumers_are_listed(world):
    answer = asked(world, "/consumers")
    assert [consumer["username"] for consumer in answer.json["data"]] == ["acme"]


@pytest.mark.parametrize(
    "path", ["/", "/nope", "/consumers/ghost", "/consumers/ghost/jwt", "/status/x"]
)
def test_unknown_is_404(world, path):
    answer = asked(world, path)
    assert (answer.status, answer.json) == (404, {"message": "Not found"})


def test_writes_are_405(world):
    answer = asked(world, "/consumers/acme/jwt", method="POST")
    assert (answer.status, answer.json) == (405, {"message": "Method not allowed"})
    assert answer["Allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Host": "10.0.0.1"}, 403),
        ({"Origin": "http://localhost"}, 403),
        ({"Origin": ""}, 403),
        ({"Host": "localhost:1234"}, 200),
        ({"Host": "[::1]:1234"}, 200),
        ({"Host": "127.0.0.1"}, 200),
    ],
)
def test_web_pages_are_not_answered(world, headers, status):
    assert asked(world, "/status", headers).status == status


def test_status_of_a_file(world):
    status = asked(world, "/status?wait_version=x").json
    assert (status["version"], status["ready"], status["in_flight"]) == (1, True, 0)
    assert status["source"]["kind"] == "file"
    assert status["source"]["refused"] is None
    assert len(status["document_hash"]) == 64


def test_waiting_for_a_version_ends(world):
    async def scenario():
        async with world.gateway(world.document("http://127.0.0.1:1")) as gw:
            answer = await gw.ask_admin("/status?wait_version=2&wait_s=0.01", {"Host": "localhost"})
        assert answer.json["version"] == 1

    asyncio.run(scenario())

"""The admin port: what it shows, what it takes, and whom it does not answer."""

import asyncio
import json

import pytest

TOKEN = "a token of sufficient length"
JSON = {"Content-Type": "application/json"}
NOWHERE = "http://127.0.0.1:1"


def asked(world, path, headers=None, method="GET", body=b""):
    async def scenario():
        async with world.gateway(world.document(NOWHERE)) as gw:
            return await gw.ask_admin(path, {"Host": "127.0.0.1", **(headers or {})}, method, body)

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
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/", "/nope", "/consumers/ghost", "/consumers/ghost/jwt", "/status/x", "/config/x"]
)
def test_unknown_is_404(world, path):
    answer = asked(world, path)
    assert (answer.status, answer.json) == (404, {"message": "Not found"})


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/consumers/acme/jwt", "GET, HEAD"),
        ("POST", "/status", "GET, HEAD"),
        ("PUT", "/config", "GET, HEAD, POST"),
        ("DELETE", "/metrics", "GET, HEAD"),
        ("OPTIONS", "/services", "GET, HEAD"),
    ],
)
def test_other_methods_are_405(world, method, path, allowed):
    answer = asked(world, path, method=method)
    assert (answer.status, answer.json) == (405, {"message": "Method not allowed"})
    assert answer["Allow"] == allowed


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


def test_what_is_not_http_is_400(world):
    answer = asked(world, "/status", {"Transfer-Encoding": "gzip"})
    assert (answer.status, answer.json) == (400, {"message": "Bad request"})


def test_a_token_is_wanted_by_every_request(world, tmp_path):
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")

    async def scenario():
        arguments = ("--admin-token-file", str(file))
        async with world.gateway(world.document(NOWHERE), *arguments) as gw:
            paths = ("/status", "/status/ready", "/metrics", "/consumers", "/config", "/nope")
            for path in paths:
                answer = await gw.ask_admin(path)
                assert (answer.status, answer["WWW-Authenticate"]) == (401, "Bearer")
                assert (await gw.ask_admin(path, {"Authorization": "Bearer x"})).status == 401
            good = {"Authorization": f"Bearer {TOKEN}"}
            assert [(await gw.ask_admin(path, good)).status for path in paths] == [200] * 5 + [404]
            posted = await gw.ask_admin("/config", JSON, "POST", b"{}")
            assert posted.status == 401

    asyncio.run(scenario())


def test_a_further_name_can_be_given(world):
    async def scenario():
        async with world.gateway(world.document(NOWHERE), "--admin-host", "GW.internal") as gw:
            assert (await gw.ask_admin("/status", {"Host": "gw.internal:8001"})).status == 200
            assert (await gw.ask_admin("/status", {"Host": "gw.external:8001"})).status == 403

    asyncio.run(scenario())


def test_status_of_a_file(world):
    status = asked(world, "/status?wait_version=x").json
    assert (status["version"], status["ready"], status["in_flight"]) == (1, True, 0)
    assert status["source"]["kind"] == "file"
    assert status["source"]["refused"] is None
    assert status["snapshot"]["kept"] is None
    assert len(status["document_hash"]) == 64


def test_waiting_for_a_version_ends(world):
    async def scenario():
        async with world.gateway(world.document(NOWHERE)) as gw:
            answer = await gw.ask_admin("/status?wait_version=2&wait_s=0.01", {"Host": "localhost"})
        assert answer.json["version"] == 1

    asyncio.run(scenario())


def test_a_gateway_that_drains_is_not_ready(world):
    async def hang(arrival, writer):
        await asyncio.Event().wait()

    async def scenario():
        async with world.upstream(hang) as up, world.gateway(world.document(up.url)) as gw:
            caller = await gw.connect()
            caller.send(b"GET /users HTTP/1.1\r\nHost: a\r\n\r\n")
            await world.until(lambda: up.arrivals)
            stopping = asyncio.create_task(gw.gateway.stop())
            await asyncio.sleep(0)
            answer = await gw.ask_admin("/status/ready")
            assert (answer.status, answer.json) == (503, {"message": "draining"})
            caller.close()
            await stopping

    asyncio.run(scenario())


# -- a new document


def posted(world, *bodies, headers=None):
    """The answers to some POSTs on one gateway, and its status afterwards."""

    async def scenario():
        async with world.gateway(world.document(NOWHERE)) as gw:
            answers = [
                await gw.ask_admin("/config", {**JSON, **(headers or {})}, "POST", body)
                for body in bodies
            ]
            return answers, (await gw.ask_admin("/status")).json

    return asyncio.run(scenario())


def test_a_new_document_is_201_and_the_same_again_304(world):
    changed = world.document(NOWHERE, paths=["/moved"])
    other_order = json.dumps(dict(reversed(changed.items()))).encode()
    first = json.dumps(world.document(NOWHERE)).encode()
    (same, new, again), status = posted(world, first, json.dumps(changed).encode(), other_order)
    assert (same.status, same.body) == (304, b"")
    assert new.status == 201
    assert new.json == {
        "version": 2,
        "document_hash": status["document_hash"],
        "services": 1,
        "routes": 1,
        "consumers": 1,
        "plugins": 0,
    }
    assert (again.status, status["version"], status["source"]["kind"]) == (304, 2, "admin")


def test_yaml_is_taken_and_so_is_kongs_form(world):
    yaml = b"_format_version: '3.0'\nservices: [{name: y, url: 'http://127.0.0.1:1'}]\n"
    kong = json.dumps({"config": yaml.decode()}).encode()
    (taken,), _ = posted(world, yaml, headers={"Content-Type": "text/yaml"})
    assert (taken.status, taken.json["services"]) == (201, 1)
    (taken,), _ = posted(world, kong)
    assert (taken.status, taken.json["services"]) == (201, 1)


def test_a_bad_document_is_400_with_every_error_and_the_old_one_stays(world):
    bad = world.document(NOWHERE, paths=["users"], bogus=1)
    (answer,), status = posted(world, json.dumps(bad).encode())
    assert answer.status == 400
    assert answer.message == "document refused: 2 problems; still serving version 1"
    assert [error["pointer"] for error in answer.json["errors"]] == [
        "/services/0/routes/0/paths/0",
        "/services/0/routes/0/bogus",
    ]
    assert (status["version"], status["source"]["refused"]["version"]) == (1, 2)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"{", "1:2: Expecting property name"),
        (b'{"a":1,"a":2}', "is written twice"),
        (b"\xff", "not UTF-8 at byte 0"),
        (b"[]", "must be an object"),
        (b"[" * 100_000, "recursion"),
        (b'{"_format_version":"3.0","_comment":"\\ud800"}', "surrogates not allowed"),
    ],
)
def test_what_is_no_document_is_400(world, body, error):
    (answer,), status = posted(world, body)
    assert answer.status == 400
    assert answer.message.endswith("1 problem; still serving version 1")
    assert error in answer.json["errors"][0]["message"]
    assert status["version"] == 1


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_other_content_types_are_415(world, kind):
    (answer,), status = posted(world, b"{}", headers={"Content-Type": kind})
    assert (answer.status, status["version"]) == (415, 1)


def test_a_document_may_be_only_so_long(world, monkeypatch):
    monkeypatch.setattr("gateway.admin.port.LONGEST_DOCUMENT_BYTES", 1000)
    (answer,), status = posted(world, b" " * 1001)
    assert (answer.status, status["version"]) == (413, 1)


def test_a_document_that_never_arrives_changes_nothing(world):
    async def scenario():
        async with world.gateway(world.document(NOWHERE)) as gw:
            reader, writer = await asyncio.open_connection("127.0.0.1", gw.admin)
            writer.write(
                b"POST /config HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"
            )
            said = await reader.read()
            writer.close()
            assert said.startswith(b"HTTP/1.1 400 ")
            assert gw.gateway.status()["version"] == 1

    asyncio.run(scenario())


def test_the_running_document_is_shown_without_its_secrets(world):
    answer = asked(world, "/config")
    assert answer.status == 200
    shown = answer.json
    assert shown["services"][0]["routes"][0]["paths"] == ["/users"]
    assert shown["consumers"][0]["jwt_secrets"] == [{"key": "acme-key", "secret": "***"}]
    assert world.secret not in answer.body.decode()


def test_metrics_are_text(world):
    answer = asked(world, "/metrics")
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert b"gateway_document_version 1\n" in answer.body
    head = asked(world, "/metrics", method="HEAD")
    assert (head.status, head.body) == (200, b"")

"""Configuration from a Cloud Gate: newer documents only, bad ones refused, nothing lost while it is away."""

import asyncio
import json
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey

from gateway.http.messages import Answer


def cloud_token(tmp_path, **claims):
    path = tmp_path / "cloud.token"
    claims = {"org": "acme-org", "envs": ["prod"], "cpg": "eu", "idx": "i", **claims}
    path.write_text(jwt.encode({"alg": "HS256"}, claims, OctKey.import_key("k" * 40)))
    return str(path)


class Sync:
    """A gate with documents by version; long polls end when one is published."""

    def __init__(self):
        self.version, self.document = 0, None
        self.polls, self.status = [], None
        self.changed = asyncio.Event()

    def publish(self, document, version=None):
        self.version, self.document = version or self.version + 1, document
        self.changed.set()

    async def __call__(self, arrival, writer):
        query = {name: values[0] for name, values in parse_qs(urlsplit(arrival.path).query).items()}
        self.polls.append((query, arrival))
        if self.status is not None:
            writer.write(b"HTTP/1.1 %d X\r\nContent-Length: 2\r\n\r\n{}" % self.status)
            return
        known = max(int(query["version"]), int(query.get("refused", 0)))
        while self.version <= known and query["wait_s"] != "0":
            self.changed.clear()
            await self.changed.wait()
        if self.version <= known:
            writer.write(b"HTTP/1.1 204 X\r\n\r\n")
            return
        body = json.dumps(
            {"environment": "prod", "version": self.version, "document": self.document}
        ).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))


def synced(world, tmp_path, use):
    async def scenario():
        sync = Sync()
        async with world.upstream() as up, world.upstream(sync) as gate:
            arguments = (
                "--cloud-token",
                cloud_token(tmp_path),
                "--gate",
                gate.url,
                "--reports",
                "off",
                "--name",
                "eu-1",
            )
            async with world.gateway(None, *arguments) as gw:
                await use(gw, sync, world.document(up.url))

    asyncio.run(scenario())


def test_a_document_arrives_and_changes(world, tmp_path):
    async def use(gw, sync, document):
        assert (await gw.get("/users")).message == "no Route matched with those values"
        assert (await gw.ask_admin("/status/ready")).status == 503
        sync.publish(document)
        await gw.ask_admin("/status?wait_version=1&wait_s=5")
        assert (await gw.get("/users")).status == 200
        assert (await gw.ask_admin("/status/ready")).json == {"message": "ready"}
        moved = json.loads(json.dumps(document))
        moved["services"][0]["routes"][0]["paths"] = ["/moved"]
        sync.publish(moved)
        status = (await gw.ask_admin("/status?wait_version=2&wait_s=5")).json
        assert (status["version"], status["ready"], status["account"]) == (2, True, "acme-org")
        assert [(await gw.get(path)).status for path in ("/users", "/moved")] == [404, 200]
        query, arrival = sync.polls[0]
        assert query == {"environment": "prod", "version": "0", "wait_s": "0"}
        assert arrival.values("X-Gateway-Name") == ["eu-1"]
        assert arrival.values("Authorization")[0].startswith("Bearer ey")

    synced(world, tmp_path, use)


def test_a_bad_document_is_refused_and_the_old_one_serves(world, tmp_path):
    async def use(gw, sync, document):
        sync.publish(document)
        await gw.ask_admin("/status?wait_version=1&wait_s=5")
        bad = json.loads(json.dumps(document))
        bad["services"][0]["routes"][0]["paths"] = ["users"]
        sync.publish(bad)
        status = (await gw.ask_admin("/status?wait_version=2&wait_s=5")).json
        assert (status["version"], status["ready"]) == (1, True)
        assert status["source"]["refused"] == {
            "version": 2,
            "errors": [
                {
                    "pointer": "/services/0/routes/0/paths/0",
                    "message": 'must start with "/", found "users"',
                }
            ],
        }
        assert (await gw.get("/users")).status == 200
        await world.until(lambda: sync.polls[-1][0].get("refused") == "2")
        sync.publish(document)
        assert (await gw.ask_admin("/status?wait_version=3&wait_s=5")).json["version"] == 3

    synced(world, tmp_path, use)


def test_an_older_or_equal_version_is_never_applied(world, tmp_path):
    async def use(gw, sync, document):
        sync.publish(document, version=5)
        await gw.ask_admin("/status?wait_version=5&wait_s=5")
        for version in (4, 5, True, "6"):
            empty = {"version": version, "document": {"_format_version": "3.0"}}
            offered = Answer(200, body=json.dumps(empty).encode())
            assert not await gw.gateway._control_plane._offer(offered)
            said = gw.gateway.status()["source"]["error"]
            assert ("one version" if version in (True, "6") else "not newer") in said
        assert gw.gateway.status()["version"] == 5
        assert (await gw.get("/users")).status == 200

    synced(world, tmp_path, use)


def test_a_gate_that_is_away_stops_nothing(world, tmp_path):
    async def use(gw, sync, document):
        sync.publish(document)
        await gw.ask_admin("/status?wait_version=1&wait_s=5")
        sync.status = 503
        sync.version += 1  # ends the long poll; the next ones fail
        sync.changed.set()
        await world.until(lambda: not gw.gateway.status()["source"]["connected"])
        assert "503" in gw.gateway.status()["source"]["error"]
        assert (await gw.get("/users")).status == 200
        sync.status = None
        sync.publish(document)
        assert (await gw.ask_admin("/status?wait_version=3&wait_s=5")).json["version"] == 3
        await world.until(lambda: gw.gateway.status()["source"]["connected"])

    synced(world, tmp_path, use)


def test_refused_tokens_and_absent_gates_are_said(world, tmp_path):
    async def scenario():
        async def unauthorized(arrival, writer):
            body = b'{"message":"wrong region","code":"wrong-region"}'
            writer.write(b"HTTP/1.1 403 X\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

        async with world.upstream(unauthorized) as gate:
            url = gate.url
            arguments = ("--cloud-token", cloud_token(tmp_path), "--gate", url, "--reports", "off")
            async with world.gateway(None, *arguments) as gw:
                await world.until(lambda: gw.gateway.status()["source"]["error"])
                source = gw.gateway.status()["source"]
        assert source["connected"] is False
        assert "403" in source["error"]
        assert "wrong-region" in source["error"]
        async with world.gateway(None, *arguments) as gw:
            await world.until(lambda: gw.gateway.status()["source"]["error"])
            assert "cannot connect" in gw.gateway.status()["source"]["error"]

    asyncio.run(scenario())


# -- a start without the control plane

KEY = "a snapshot key of sufficient length"


@asynccontextmanager
async def kept(world, tmp_path, gate_url, *arguments, **claims):
    """A gateway of a gate at the URL that keeps its last good document."""
    key = tmp_path / "key"
    key.write_text(KEY)
    argv = ("--cloud-token", cloud_token(tmp_path, **claims), "--gate", gate_url,
            "--reports", "off", "--snapshot-key-file", str(key), *arguments)  # fmt: skip
    async with world.gateway(None, *argv) as gw:
        yield gw


async def published(world, tmp_path, up, *arguments, versions=1, **claims):
    """Let a gateway serve so many versions and keep the last."""
    sync = Sync()
    async with (
        world.upstream(sync) as gate,
        kept(world, tmp_path, gate.url, *arguments, **claims) as gw,
    ):
        for version in range(1, versions + 1):
            sync.publish(world.document(up.url, paths=[f"/v{version}"]))
            await gw.ask_admin(f"/status?wait_version={version}&wait_s=5")
        await world.until(lambda: snapshot(gw)["version"] == versions)
        return gw.gateway.status()


def snapshot(gw):
    return gw.gateway.status()["snapshot"]


NOBODY = "http://127.0.0.1:1"


def in_both_places(tmp_path, redis_server):
    return (("--state", str(tmp_path)), ("--redis", redis_server.url))


def test_a_gateway_boots_from_its_last_good_document(world, tmp_path, redis_server):
    async def scenario(place):
        async with world.upstream() as up:
            before = await published(world, tmp_path, up, *place, versions=2)
            async with kept(world, tmp_path, NOBODY, *place) as gw:
                assert (await gw.ask_admin("/status?wait_version=2&wait_s=5")).status == 200
                status = gw.gateway.status()
                assert (await gw.get("/v2")).status == 200
                assert (await gw.ask_admin("/status/ready")).status == 200
        assert (status["version"], status["ready"]) == (2, True)
        assert status["document_hash"] == before["document_hash"]
        assert status["source"]["kind"] == "snapshot"
        assert status["source"]["saved_at"] == before["snapshot"]["saved_at"]
        assert not status["source"]["connected"]
        return status["snapshot"]["kept"]

    kinds = [asyncio.run(scenario(place)) for place in in_both_places(tmp_path, redis_server)]
    assert kinds == ["disk", "redis"]


def test_the_control_plane_comes_first_and_again_later(world, tmp_path, monkeypatch):
    monkeypatch.setattr("gateway.last_good.boot.GATE_PATIENCE_S", 5.0)  # a slow machine
    place = ("--state", str(tmp_path))

    async def scenario():
        async with world.upstream() as up:
            await published(world, tmp_path, up, *place, versions=3)
            sync = Sync()
            sync.publish(world.document(up.url, paths=["/new"]), version=4)
            async with (
                world.upstream(sync) as gate,
                kept(world, tmp_path, gate.url, *place) as gw,
            ):
                await gw.ask_admin("/status?wait_version=3&wait_s=5")
                assert gw.gateway.status()["source"]["kind"] == "cloud-gate"
                await world.until(lambda: snapshot(gw)["version"] == 4)
            # away at first, and then it comes back with something newer
            sync = Sync()
            sync.status = 503
            async with (
                world.upstream(sync) as gate,
                kept(world, tmp_path, gate.url, *place) as gw,
            ):
                await gw.ask_admin("/status?wait_version=4&wait_s=5")
                assert gw.gateway.status()["source"]["kind"] == "snapshot"
                sync.status = None
                sync.publish(world.document(up.url), version=5)
                await gw.ask_admin("/status?wait_version=5&wait_s=5")
                source = gw.gateway.status()["source"]
                assert (source["kind"], source["saved_at"]) == ("cloud-gate", None)

    asyncio.run(scenario())


def booted(gw):
    """Whether the start has ended, one way or the other: only the polls go on."""
    return len(gw.gateway._background) == 1


def not_served(world, tmp_path, *arguments, **claims):
    """What a start without the control plane says when nothing of ours is kept."""

    async def scenario():
        async with kept(world, tmp_path, NOBODY, *arguments, **claims) as gw:
            await world.until(lambda: gw.gateway.status()["source"]["error"])
            await world.until(lambda: booted(gw))
            assert gw.gateway.status()["version"] is None
            assert (await gw.ask_admin("/status/ready")).status == 503
            return snapshot(gw)

    return asyncio.run(scenario())


def keep_one(world, tmp_path, *arguments, versions=1):
    async def scenario():
        async with world.upstream() as up:
            await published(world, tmp_path, up, *arguments, versions=versions)

    asyncio.run(scenario())
    (path,) = [path for path in tmp_path.iterdir() if path.name.startswith("snapshot:")]
    return path


def test_a_tampered_or_truncated_one_is_not_served(world, tmp_path):
    path = keep_one(world, tmp_path, "--state", str(tmp_path))
    good = path.read_bytes()
    for bad in (good.replace(b"/v1", b"/v2"), good[:-10], b""):
        path.write_bytes(bad)
        found = not_served(world, tmp_path, "--state", str(tmp_path))
        assert found["error"].startswith("snapshot ignored: it ")
        assert found["kept"] == "disk"


def test_that_of_others_is_not_served(world, tmp_path):
    path = keep_one(world, tmp_path, "--state", str(tmp_path))
    place = ("--state", str(tmp_path))
    for arguments, claims in (
        (("--group", "other"), {}),
        ((), {"org": "other"}),
        ((), {"envs": ["other"]}),
    ):
        assert not_served(world, tmp_path, *place, *arguments, **claims)["error"] is None
    path.rename(path.with_name(path.name.replace("acme-org", "other")))
    assert "belongs to" in not_served(world, tmp_path, *place, org="other")["error"]


def test_an_older_one_that_was_put_back_is_not_served(world, tmp_path):
    place = ("--state", str(tmp_path))
    path = keep_one(world, tmp_path, *place)
    old = path.read_bytes()
    keep_one(world, tmp_path, *place, versions=2)
    path.write_bytes(old)
    found = not_served(world, tmp_path, *place)
    assert found["error"] == ("snapshot ignored: it is version 1, and version 2 ran here before")


def test_a_bad_document_never_becomes_the_last_good_one(world, tmp_path):
    async def scenario():
        sync = Sync()
        async with (
            world.upstream() as up,
            world.upstream(sync) as gate,
            kept(world, tmp_path, gate.url, "--state", str(tmp_path)) as gw,
        ):
            sync.publish(world.document(up.url))
            await world.until(lambda: snapshot(gw)["version"] == 1)
            sync.publish({"_format_version": "3.0", "bogus": 1})
            await gw.ask_admin("/status?wait_version=2&wait_s=5")
            sync.publish(world.document(up.url))
            await world.until(lambda: snapshot(gw)["version"] == 3)

    asyncio.run(scenario())


def test_a_gate_that_turns_the_gateway_away_is_not_away(world, tmp_path):
    place = ("--state", str(tmp_path))
    keep_one(world, tmp_path, *place)

    async def scenario():
        sync = Sync()
        sync.status = 403
        async with world.upstream(sync) as gate, kept(world, tmp_path, gate.url, *place) as gw:
            await world.until(lambda: booted(gw))
            assert gw.gateway.status()["version"] is None

    asyncio.run(scenario())


def test_a_gate_that_keeps_silent_is_away_after_a_while(world, tmp_path, monkeypatch):
    monkeypatch.setattr("gateway.last_good.boot.GATE_PATIENCE_S", 0.05)
    place = ("--state", str(tmp_path))
    keep_one(world, tmp_path, *place)

    async def silent(arrival, writer):
        await asyncio.Event().wait()

    async def scenario():
        async with world.upstream(silent) as gate, kept(world, tmp_path, gate.url, *place) as gw:
            await gw.ask_admin("/status?wait_version=1&wait_s=5")
            assert gw.gateway.status()["source"]["kind"] == "snapshot"

    asyncio.run(scenario())


def test_without_key_or_place_nothing_is_kept_and_status_says_so(world, tmp_path):
    async def scenario():
        sync = Sync()
        async with world.upstream(sync) as gate:
            token = ("--cloud-token", cloud_token(tmp_path), "--gate", gate.url, "--reports", "off")
            async with world.gateway(None, *token, "--state", str(tmp_path)) as gw:
                assert snapshot(gw)["error"].startswith("no key: give --snapshot-key-file")
            async with kept(world, tmp_path, gate.url) as gw:
                assert snapshot(gw)["error"].startswith("no place: give --redis URL or --state")
                assert snapshot(gw)["kept"] is None

    asyncio.run(scenario())


def test_documents_cannot_be_posted_where_a_cloud_gate_sends_them(world, tmp_path):
    async def use(gw, sync, document):
        answer = await gw.ask_admin("/config", {"Content-Type": "application/json"}, "POST", b"{}")
        assert (answer.status, answer["Allow"]) == (405, "GET, HEAD")
        assert (await gw.ask_admin("/config")).json == {}
        metrics = (await gw.ask_admin("/metrics")).body
        assert b"gateway_control_plane_connected " in metrics

    synced(world, tmp_path, use)


def test_answers_that_are_no_documents_are_said(world, tmp_path):
    async def use(gw, sync, document):
        link = gw.gateway._control_plane
        for body in (b"{", b"[]", b'{"version": 1}', b"null"):
            assert not await link._offer(Answer(200, body=body))
            assert "not a document" in link.error

    synced(world, tmp_path, use)


def test_a_key_written_twice_is_refused_by_its_pointer(world, tmp_path):
    async def use(gw, sync, document):
        sync.publish(document)
        await gw.ask_admin("/status?wait_version=1&wait_s=5")
        twice = json.dumps(document).replace('"retries"', '"retries": 1, "retries"')
        offered = Answer(200, body=f'{{"version": 2, "document": {twice}}}'.encode())
        assert await gw.gateway._control_plane._offer(offered)
        refused = gw.gateway.status()["source"]["refused"]
        assert refused == {
            "version": 2,
            "errors": [{"pointer": "/services/0/retries", "message": "is written twice"}],
        }
        envelope = Answer(200, body=b'{"version": 3, "version": 4, "document": {}}')
        assert not await gw.gateway._control_plane._offer(envelope)
        assert gw.gateway.status()["version"] == 1

    synced(world, tmp_path, use)

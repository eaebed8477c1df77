"""Configuration from a Cloud Gate: newer documents only, bad ones refused, nothing lost while it is away."""

import asyncio
import json
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
            assert not gw.gateway._control_plane._offer(offered)
            said = gw.gateway.status()["source"]["error"]
            assert ("no version" if version in (True, "6") else "not newer") in said
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

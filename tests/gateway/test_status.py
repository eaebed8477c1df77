"""What the gateway says about itself."""

import asyncio
from types import SimpleNamespace

from joserfc import jwt
from joserfc.jwk import OctKey

from gateway.last_good.seal import LastGood
from gateway.status import snapshot, why_not


def test_redis_is_shown_with_its_state(world, redis_server):
    limit = {"name": "rate-limiting", "config": {"minute": 9, "policy": "redis"}}

    async def scenario():
        async with (
            world.upstream() as up,
            world.gateway(world.document(up.url, limit), "--redis", redis_server.url) as gw,
        ):
            await gw.get("/users")
            metrics = (await gw.ask_admin("/metrics")).body.decode()
            return (await gw.ask_admin("/status")).json["redis"], metrics

    states, metrics = asyncio.run(scenario())
    assert states == {f"{redis_server.path}/0": True}
    assert f'gateway_redis_connected{{address="{redis_server.path}/0"}} 1' in metrics


def test_the_place_of_a_snapshot_is_none_for_a_file(world):
    async def scenario():
        async with world.gateway(world.document("http://127.0.0.1:1")) as gw:
            return gw.gateway.status()

    status = asyncio.run(scenario())
    assert status["snapshot"]["error"] == "documents do not come from a Cloud Gate"
    assert (status["group"], status["connections"]["open"]) == ("default", 0)
    assert (status["environment"], status["account"]) == (None, None)


def test_a_cloud_gate_and_what_it_refused_are_shown(world, tmp_path):
    token = tmp_path / "token"
    claims = {"org": "acme-org", "envs": ["prod"], "cpg": "eu"}
    token.write_text(jwt.encode({"alg": "HS256"}, claims, OctKey.import_key("k" * 40)))

    async def scenario():
        argv = ("--cloud-token", str(token), "--gate", "http://127.0.0.1:1", "--reports", "off")
        async with world.gateway(None, *argv) as gw:
            before = gw.gateway.status()
            await gw.gateway.offer(4, {})
            return before, gw.gateway.status(), (await gw.ask_admin("/metrics")).body.decode()

    before, status, metrics = asyncio.run(scenario())
    assert (before["ready"], before["source"]["kind"]) == (False, "cloud-gate")
    assert (status["environment"], status["account"]) == ("prod", "acme-org")
    assert status["source"]["location"] == "http://127.0.0.1:1"
    assert status["source"]["refused"]["errors"][0]["pointer"] == "/_format_version"
    assert status["snapshot"]["error"].startswith("no key")
    assert "gateway_control_plane_connected 0\n" in metrics
    assert "gateway_documents_refused_total 1\n" in metrics
    assert "gateway_ready 0\n" in metrics


def test_a_snapshot_that_is_kept_is_shown():
    keeper = SimpleNamespace(kind="disk", kept=LastGood(3, "then", b"{}"), error=None)
    assert snapshot(SimpleNamespace(keeper=keeper)) == {
        "kept": "disk",
        "version": 3,
        "saved_at": "then",
        "error": None,
    }


def test_why_nothing_is_kept():
    key, none = SimpleNamespace(snapshot_key=b"k"), SimpleNamespace(snapshot_key=None)
    assert why_not(SimpleNamespace(cloud=1, config=None, keeping=key)).startswith("no place")
    assert why_not(SimpleNamespace(cloud=1, config=None, keeping=none)).startswith("no key")
    assert why_not(SimpleNamespace(cloud=None, config="f", keeping=key)).startswith("documents do")

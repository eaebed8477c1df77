"""How the gateway talks to its gate."""

import asyncio

import pytest

from gateway.gate import Gate, complaint
from gateway.http.client import Client
from gateway.http.messages import Answer


def test_every_request_bears_the_token_and_keeps_the_base_path(world):
    async def scenario():
        async with world.upstream() as up:
            client = Client()
            gate = Gate(client, f"{up.url}/base", "cloud-token", None)
            await gate.get("/sync?x=1", [(b"X-A", b"1")], 1.0)
            await gate.post("", [], b"content", 1.0)
            await Gate(client, up.url, "t", None).get("", [], 1.0)
            client.close()
            return up.port, up.arrivals

    port, (got, posted, root) = asyncio.run(scenario())
    assert (got.method, got.path, got.values("X-A")) == ("GET", "/base/sync?x=1", ["1"])
    assert got.values("Authorization") == ["Bearer cloud-token"]
    assert got.values("Host") == [f"127.0.0.1:{port}"]
    assert (posted.method, posted.path, posted.body) == ("POST", "/base", b"content")
    assert root.path == "/"


@pytest.mark.parametrize(("url", "port"), [("https://gate.test", 443), ("https://gate.test:1", 1), ("http://gate.test", 80)])  # fmt: skip
def test_the_scheme_says_how_to_connect(url, port):
    async def scenario():
        return Gate(Client(), url, "t", None)._endpoint

    endpoint = asyncio.run(scenario())
    assert (endpoint.host, endpoint.port) == ("gate.test", port)
    assert (endpoint.tls is not None) == url.startswith("https")


def test_a_complaint_is_short():
    said = complaint(Answer(503, [], {}, b"\xff" + b"x" * 1000))
    assert said.startswith("the gate answered 503: ")
    assert len(said) < 250

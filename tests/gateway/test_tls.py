"""TLS to upstreams, to a function and to the Cloud Gate: who is not who they should be gets nothing."""

import asyncio
import json
import os
import socket
import ssl
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from joserfc import jwt
from joserfc.jwk import OctKey

EXPIRED = datetime.now(UTC) - timedelta(minutes=1)


class Trust:
    """A CA that the gateway trusts, and servers with certificates of every kind."""

    def __init__(self, folder):
        self.authority, stranger = trustme.CA(), trustme.CA()
        self.file = folder / "ca.pem"
        self.authority.cert_pem.write_to_path(str(self.file))
        self.servers = {
            "good": server(self.authority, "localhost"),
            "another name": server(self.authority, "elsewhere.test"),
            "an unknown CA": server(stranger, "localhost"),
            "expired": server(
                self.authority, "localhost", not_before=EXPIRED - timedelta(days=1),
                not_after=EXPIRED,
            ),
        }  # fmt: skip


def server(authority, name, **validity):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name, **validity).configure_cert(context)
    return context


@pytest.fixture(scope="module")
def trust(tmp_path_factory):
    return Trust(tmp_path_factory.mktemp("trust"))


@pytest.fixture
def trusting(trust, monkeypatch):
    """For upstreams and functions the system's CAs count: here that is the one of the tests."""
    monkeypatch.setenv("SSL_CERT_FILE", str(trust.file))
    return trust


BAD = {
    "another name": "Hostname mismatch",
    "an unknown CA": "unable to get local issuer certificate",
    "expired": "certificate has expired",
}


# -- upstreams


def asked(world, context, behaviour=None, path="/users"):
    async def scenario():
        given = {"behaviour": behaviour} if behaviour else {}
        async with (
            world.upstream(tls=context, **given) as up,
            world.gateway(world.document(up.url)) as gw,
        ):
            answers = [await gw.get(path) for _ in range(2)]
            return answers, up

    return asyncio.run(scenario())


def test_an_upstream_over_tls_answers_and_its_connection_is_kept(world, trusting):
    answers, up = asked(world, trusting.servers["good"])
    assert [(it.status, it.body) for it in answers] == [(200, b"ok")] * 2
    assert len(up.arrivals) == 2
    assert up.connections == 1
    assert up.arrivals[0].values("Host") == [f"localhost:{up.port}"]


@pytest.mark.parametrize("kind", BAD)
def test_an_upstream_that_is_somebody_else_is_502_and_sees_nothing(world, trusting, kind):
    (answer, _), up = asked(world, trusting.servers[kind])
    assert answer.status == 502
    assert up.arrivals == []


def test_a_plain_upstream_behind_https_is_502(world, trusting):
    async def scenario():
        async with world.upstream() as up:
            document = world.document(up.url.replace("http", "https"))
            async with world.gateway(document) as gw:
                return (await gw.get("/users")).status, up.arrivals

    assert asyncio.run(scenario()) == (502, [])


def until_the_end(cut):
    """An answer that ends with its connection: with a farewell, or cut below TLS."""

    async def behaviour(arrival, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf")
        await writer.drain()
        if cut:
            with socket.socket(fileno=os.dup(writer.get_extra_info("socket").fileno())) as below:
                below.shutdown(socket.SHUT_WR)
        else:
            writer.close()

    return behaviour


def test_an_answer_that_ends_with_a_farewell_is_whole(world, trusting):
    (answer, _), _ = asked(world, trusting.servers["good"], until_the_end(cut=False))
    assert (answer.status, answer.body, answer.whole) == (200, b"half", True)


def test_half_an_answer_that_was_cut_below_tls_does_not_look_whole(world, trusting):
    with pytest.raises(ConnectionResetError):
        asked(world, trusting.servers["good"], until_the_end(cut=True))


# -- a function


def invoked(world, context):
    async def say(arrival, writer):
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"yes"')

    async def scenario():
        async with world.upstream(say, tls=context) as function:
            plugin = {
                "name": "aws-lambda",
                "config": {
                    "aws_key": "k", "aws_secret": "s", "aws_region": "eu-west-1",
                    "function_name": "f", "host": "localhost", "port": function.port,
                },
            }  # fmt: skip
            async with world.gateway(world.document("http://127.0.0.1:1", plugin)) as gw:
                return await gw.get("/users"), function.arrivals

    return asyncio.run(scenario())


def test_a_function_over_tls_answers(world, trusting):
    answer, (arrival,) = invoked(world, trusting.servers["good"])
    assert (answer.status, answer.body) == (200, b'"yes"')
    assert arrival.path == "/2015-03-31/functions/f/invocations"


@pytest.mark.parametrize("kind", BAD)
def test_a_function_that_is_somebody_else_is_never_called(world, trusting, kind):
    answer, arrivals = invoked(world, trusting.servers[kind])
    assert (answer.status, arrivals) == (500, [])


# -- the Cloud Gate, whose CA is a setting


def cloud_token(tmp_path):
    path = tmp_path / "cloud.token"
    claims = {"org": "acme-org", "envs": ["prod"], "cpg": "eu", "idx": "i"}
    path.write_text(jwt.encode({"alg": "HS256"}, claims, OctKey.import_key("k" * 40)))
    return str(path)


class Cloud:
    """A gate: one document, and every report is taken."""

    def __init__(self, document):
        self.offer = json.dumps({"version": 1, "document": document}).encode()
        self.events, self.polls = [], 0

    async def __call__(self, arrival, writer):
        if arrival.path.startswith("/reports"):
            self.events += arrival.body.splitlines()
            writer.write(b"HTTP/1.1 202 X\r\nContent-Length: 0\r\n\r\n")
            return
        self.polls += 1
        if self.polls > 1:
            await asyncio.Event().wait()
        writer.write(b"HTTP/1.1 200 X\r\nContent-Length: %d\r\n\r\n" % len(self.offer) + self.offer)


def test_documents_come_and_reports_go_over_tls(world, trust, tmp_path):
    async def scenario():
        async with world.upstream() as up:
            cloud = Cloud(world.document(up.url))
            async with world.upstream(cloud, tls=trust.servers["good"]) as gate:
                arguments = ("--cloud-token", cloud_token(tmp_path), "--gate", gate.url,
                             "--gate-ca", str(trust.file))  # fmt: skip
                async with world.gateway(None, *arguments) as gw:
                    await gw.ask_admin("/status?wait_version=1&wait_s=5")
                    assert (await gw.get("/users")).status == 200
                    await world.until(lambda: cloud.events)

    asyncio.run(scenario())


@pytest.mark.parametrize("kind", [*BAD, "good"])
def test_a_gate_that_is_somebody_else_hears_no_token(world, trust, tmp_path, kind):
    """The good one is nobody either to a gateway that was not given its CA."""

    async def scenario():
        cloud = Cloud({"_format_version": "3.0"})
        async with world.upstream(cloud, tls=trust.servers[kind]) as gate:
            arguments = ["--cloud-token", cloud_token(tmp_path), "--gate", gate.url]
            if kind != "good":
                arguments += ["--gate-ca", str(trust.file)]
            async with world.gateway(None, *arguments) as gw:
                await world.until(lambda: gw.gateway.status()["source"]["error"])
                error = gw.gateway.status()["source"]["error"]
        assert error.startswith(f"cannot connect to localhost:{gate.port}: ")
        assert BAD.get(kind, BAD["an unknown CA"]) in error
        assert gate.arrivals == []

    asyncio.run(scenario())

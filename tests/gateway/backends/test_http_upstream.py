"""Proxying: what the upstream sees, what the client gets, and what is never done twice."""

import asyncio
import json

import pytest

IDENTITY = [
    "X-Consumer-ID",
    "X-Consumer-Username",
    "X-Consumer-Custom-ID",
    "X-Consumer-Groups",
    "X-Credential-Identifier",
    "X-Credential-Username",
    "X-Anonymous-Consumer",
    "X-Authenticated-Groups",
    "X-Authenticated-Userid",
]


def run(coroutine):
    return asyncio.run(coroutine)


def test_request_arrives_stripped_with_forwarding_headers(world):
    async def scenario():
        async with world.upstream() as up, world.gateway(world.document(up.url + "/srv")) as gw:
            answer = await gw.get(
                "/users/1?a=%20b&a",
                {"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Host": "evil", "Via": "1.0 cl"},
            )
        (arrival,) = up.arrivals
        assert answer.status == 200
        assert answer.body == b"ok"
        assert answer["Via"] == "1.1 gateproof"
        assert arrival.path == "/srv/1?a=%20b&a"
        assert arrival.values("Host") == [f"127.0.0.1:{up.port}"]
        assert arrival.values("X-Forwarded-For") == ["1.2.3.4, 127.0.0.1"]
        assert arrival.values("X-Forwarded-Host") == ["gateway.test"]
        assert arrival.values("X-Forwarded-Path") == ["/users/1"]
        assert arrival.values("X-Forwarded-Prefix") == ["/users"]
        assert arrival.values("X-Forwarded-Proto") == ["http"]
        assert arrival.values("X-Real-IP") == ["127.0.0.1"]
        assert arrival.values("Via") == ["1.0 cl, 1.1 gateproof"]
        assert arrival.values("X-Request-Id") == [answer["X-Request-Id"]]

    run(scenario())


@pytest.mark.parametrize("spelling", [str, str.upper, lambda name: name.replace("-", "_")])
def test_identity_headers_of_a_client_never_arrive(world, spelling):
    async def scenario():
        async with world.upstream() as up, world.gateway(world.document(up.url)) as gw:
            await gw.get("/users", {spelling(name): "root" for name in IDENTITY})
        names = {name.lower().replace("_", "-") for name, _ in up.arrivals[0].headers}
        assert not names & {name.lower() for name in IDENTITY}

    run(scenario())


def test_connection_header_cannot_strip_what_the_gateway_says(world):
    async def scenario():
        document = world.document(up.url, {"name": "jwt", "config": {"key_claim_name": "kid"}})
        async with world.gateway(document) as gw:
            await gw.get(
                "/users",
                {
                    "Authorization": f"Bearer {world.token({'kid': 'acme-key'})}",
                    "Connection": "X-Consumer-Username, X_Consumer_ID, X-Request-Id, X-Foo",
                    "X-Foo": "1",
                    "X-Consumer-Username": "root",
                },
            )
        (arrival,) = up.arrivals
        assert arrival.values("X-Consumer-Username") == ["acme"]
        assert arrival.values("X-Credential-Identifier") == ["acme-key"]
        assert len(arrival.values("X-Consumer-ID")) == 1
        assert len(arrival.values("X-Request-Id")) == 1
        assert arrival.values("X-Foo") == []

    async def outer():
        nonlocal up
        async with world.upstream() as up:
            await scenario()

    up = None
    run(outer())


def test_transaction_header_travels_and_is_cut(world):
    async def scenario():
        async with world.upstream() as up, world.gateway(world.document(up.url)) as gw:
            await gw.get("/users", {"X-Transaction-Id": "m" * 80})
            plain = await gw.get("/users", {"X-Request-Id": "mine"})
        assert up.arrivals[0].values("X-Transaction-Id") == ["m" * 64]
        assert up.arrivals[1].values("X-Transaction-Id") == [plain["X-Request-Id"]]
        assert plain["X-Request-Id"] != "mine"

    run(scenario())


def test_small_and_large_bodies_arrive_whole(world):
    async def scenario():
        async with world.upstream() as up, world.gateway(world.document(up.url)) as gw:
            await gw.get("/users", method="POST", body=b"abc")
            await gw.get("/users", method="POST", body=b"x" * 1_000_000)
            caller = await gw.connect()
            caller.send(b"POST /users HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in range(40):
                caller.send(b"2710\r\n" + b"y" * 10_000 + b"\r\n")
            caller.send(b"0\r\nX-Consumer-Username: root\r\n\r\n")
            answer = await caller.answer()
            caller.close()
        assert answer.status == 200
        assert up.arrivals[0].body == b"abc"
        assert up.arrivals[0].values("Content-Length") == ["3"]
        assert up.arrivals[1].body == b"x" * 1_000_000
        assert up.arrivals[2].body == b"y" * 400_000
        assert up.arrivals[2].values("X-Consumer-Username") == []

    run(scenario())


def test_large_and_chunked_answers_arrive_whole(world):
    async def chunked(arrival, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n")
        for _ in range(100):
            writer.write(b"2710\r\n" + b"z" * 10_000 + b"\r\n")
            await writer.drain()
        writer.write(b"0\r\nX-T: 1\r\n\r\n")

    async def scenario():
        async with world.upstream(chunked) as up, world.gateway(world.document(up.url)) as gw:
            answer = await gw.get("/users")
            again = await gw.get("/users")
        assert answer.body == again.body == b"z" * 1_000_000
        assert answer["X-T"] == ""
        assert up.connections == 1

    run(scenario())


def test_answer_until_close_is_passed_on(world):
    async def until_close(arrival, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nall of it")
        writer.close()

    async def scenario():
        async with world.upstream(until_close) as up, world.gateway(world.document(up.url)) as gw:
            answer = await gw.get("/users")
        assert (answer.status, answer.body, answer.whole) == (200, b"all of it", True)

    run(scenario())


def test_head_keeps_the_length_and_the_connection(world):
    async def head(arrival, writer):
        body = b"" if arrival.method == "HEAD" else b"12345"
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + body)

    async def scenario():
        async with world.upstream(head) as up, world.gateway(world.document(up.url)) as gw:
            first = await gw.get("/users", method="HEAD")
            second = await gw.get("/users")
        assert first["Content-Length"] == "5"
        assert second.body == b"12345"
        assert up.connections == 1

    run(scenario())


@pytest.mark.parametrize("status", [204, 304])
def test_answers_without_body(world, status):
    async def bodiless(arrival, writer):
        writer.write(b"HTTP/1.1 %d X\r\nETag: e\r\n\r\n" % status)

    async def scenario():
        async with world.upstream(bodiless) as up, world.gateway(world.document(up.url)) as gw:
            caller = await gw.connect()
            for count in (1, 2):
                caller.send(b"GET /users HTTP/1.1\r\nHost: a\r\n\r\n")
                answer = await caller.answer(count)
                assert (answer.status, answer.body, answer["ETag"]) == (status, b"", "e")
            caller.close()

    run(scenario())


def test_interim_answers_are_skipped(world):
    async def interim(arrival, writer):
        writer.write(
            b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"
        )

    async def scenario():
        async with world.upstream(interim) as up, world.gateway(world.document(up.url)) as gw:
            assert (await gw.get("/users")).body == b"a"

    run(scenario())


def test_half_an_answer_never_looks_whole(world):
    async def half(arrival, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        await writer.drain()
        writer.close()

    async def half_chunked(arrival, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
        await writer.drain()
        writer.close()

    async def scenario(behaviour):
        async with world.upstream(behaviour) as up, world.gateway(world.document(up.url)) as gw:
            caller = await gw.connect()
            caller.send(b"GET /users HTTP/1.1\r\nHost: a\r\n\r\n")
            try:
                answer = await caller.answer()
            except ConnectionError:
                return
            assert answer.status == 502 or not answer.whole

    run(scenario(half))
    run(scenario(half_chunked))


def test_dead_upstream_is_502_as_kong_says_it(world):
    async def scenario():
        async with world.upstream() as up:
            url = up.url
        async with world.gateway(world.document(url)) as gw:
            answer = await gw.get("/users")
        assert answer.status == 502
        assert answer.json == {
            "message": "An invalid response was received from the upstream server",
            "request_id": answer["X-Request-Id"],
        }

    run(scenario())


def test_garbage_is_502(world):
    async def garbage(arrival, writer):
        writer.write(b"hello world\r\n\r\n")

    async def scenario():
        async with world.upstream(garbage) as up, world.gateway(world.document(up.url)) as gw:
            assert (await gw.get("/users")).status == 502
        assert len(up.arrivals) == 1

    run(scenario())


def test_unknown_name_is_503(world):
    async def scenario():
        async with world.gateway(world.document("http://nowhere.invalid")) as gw:
            answer = await gw.get("/users")
        assert (answer.status, answer.message) == (503, "name resolution failed")

    run(scenario())


@pytest.mark.parametrize(
    ("method", "attempts"), [("GET", 3), ("PUT", 3), ("POST", 1), ("PATCH", 1)]
)
def test_reset_is_repeated_for_idempotent_methods_only(world, method, attempts):
    async def reset(arrival, writer):
        writer.transport.abort()

    async def scenario():
        async with world.upstream(reset) as up, world.gateway(world.document(up.url)) as gw:
            answer = await gw.get("/users", method=method, body=b"x" if method != "GET" else b"")
        assert answer.status == 502
        assert len(up.arrivals) == attempts

    run(scenario())


@pytest.mark.parametrize(("method", "attempts"), [("GET", 3), ("POST", 1)])
def test_silence_is_504(world, method, attempts):
    async def silence(arrival, writer):
        await asyncio.Event().wait()

    async def scenario():
        async with world.upstream(silence) as up:
            document = world.document(up.url)
            document["services"][0]["read_timeout"] = 30
            async with world.gateway(document) as gw:
                answer = await gw.get("/users", method=method)
        assert (answer.status, answer.message) == (504, "The upstream server is timing out")
        assert len(up.arrivals) == attempts

    run(scenario())


def test_stale_connection_is_replaced_without_using_up_a_retry(world):
    async def once_per_connection(arrival, writer):
        if getattr(writer, "used", False):
            writer.transport.abort()
            return
        writer.used = True
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    async def scenario():
        async with world.upstream(once_per_connection) as up:
            document = world.document(up.url)
            document["services"][0]["retries"] = 0
            async with world.gateway(document) as gw:
                assert [(await gw.get("/users")).status for _ in range(3)] == [200, 200, 200]
                assert (await gw.get("/users", method="POST")).status == 502

    run(scenario())


def test_early_answer_to_a_long_upload_is_passed_on(world):
    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
        await writer.drain()
        writer.close()

    async def scenario():
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with world.gateway(world.document(f"http://127.0.0.1:{port}")) as gw:
            caller = await gw.connect()
            caller.send(b"POST /users HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n")
            caller.send(b"x" * 200_000)
            answer = await caller.answer()
            caller.close()
        server.close()
        assert (answer.status, answer.body) == (413, b"no")

    run(scenario())


def test_connection_of_a_cut_upload_is_closed(world):
    ended = None

    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\nno")
        try:
            while await reader.read(65536):
                pass
        except ConnectionError:
            pass
        ended.set()
        writer.close()

    async def scenario():
        nonlocal ended
        ended = asyncio.Event()
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with world.gateway(world.document(f"http://127.0.0.1:{port}")) as gw:
            caller = await gw.connect()
            caller.send(b"POST /users HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n")
            caller.send(b"x" * 200_000)
            assert (await caller.answer()).status == 413
            async with asyncio.timeout(5):
                await ended.wait()
            caller.close()
        server.close()

    run(scenario())


def test_client_that_leaves_frees_the_upstream(world):
    async def silence(arrival, writer):
        await asyncio.Event().wait()

    async def scenario():
        async with world.upstream(silence) as up, world.gateway(world.document(up.url)) as gw:
            caller = await gw.connect()
            caller.send(b"GET /users HTTP/1.1\r\nHost: a\r\n\r\n")
            await world.until(lambda: up.arrivals)
            caller.close()
            await world.until(lambda: gw.gateway.status()["in_flight"] == 0)

    run(scenario())


def test_preserve_host_keeps_the_clients(world):
    async def scenario():
        async with (
            world.upstream() as up,
            world.gateway(world.document(up.url, preserve_host=True)) as gw,
        ):
            await gw.get("/users", {"Host": "foo.example:8443"})
        assert up.arrivals[0].values("Host") == ["foo.example:8443"]
        assert up.arrivals[0].values("X-Forwarded-Host") == ["foo.example"]

    run(scenario())


def test_publication_changes_no_connection(world):
    async def scenario():
        async with world.upstream() as up:
            document = world.document(up.url)
            async with world.gateway(document) as gw:
                await gw.get("/users")
                await gw.gateway.offer(2, json.loads(json.dumps(document)))
                await gw.get("/users")
        assert up.connections == 1

    run(scenario())

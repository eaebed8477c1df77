"""Analytics: one event for each answer, delivered in spite of the gate, with no secret in it."""

import asyncio
import json

from joserfc import jwt
from joserfc.jwk import OctKey


def cloud_token(tmp_path, **claims):
    path = tmp_path / "cloud.token"
    claims = {"org": "acme-org", "envs": ["prod"], "cpg": "eu", "idx": "i", **claims}
    path.write_text(jwt.encode({"alg": "HS256"}, claims, OctKey.import_key("k" * 40)) + "\n")
    return str(path)


class Gate:
    """Takes reports; answers with the statuses it is given first, then 202."""

    def __init__(self, *statuses):
        self.statuses = list(statuses)
        self.batches = []

    async def __call__(self, arrival, writer):
        status = self.statuses.pop(0) if self.statuses else 202
        assert arrival.method == "POST"
        self.batches.append([json.loads(line) for line in arrival.body.splitlines()])
        writer.write(b"HTTP/1.1 %d X\r\nContent-Length: 2\r\n\r\n{}" % status)

    @property
    def events(self):
        return [event for batch in self.batches for event in batch]


def reported(world, tmp_path, gate, use, *plugins):
    """Run `use` on a gateway that reports to the gate; the events."""

    async def scenario():
        async with world.upstream() as up, world.upstream(gate) as reports:
            document = world.document(up.url, *plugins)
            arguments = (
                "--cloud-token",
                cloud_token(tmp_path),
                "--reports",
                f"{reports.url}/reports",
                "--name",
                "eu-1",
            )
            async with world.gateway(document, *arguments) as gw:
                await use(gw)
            return gate.events, gw.gateway.status()["reports"]

    return asyncio.run(scenario())


def test_every_answer_is_exactly_one_event(world, tmp_path):
    async def use(gw):
        token = world.token({"kid": "acme-key"})
        headers = {
            "Authorization": f"Bearer {token}",
            "X-Transaction-Id": "m1",
        }
        assert (
            await gw.get(f"/users/1?a=1&jwt=&JWT=x&t={token}", headers, "POST", b"abc")
        ).status == 200
        assert (await gw.get("/users", headers)).status == 429
        assert (await gw.get("/users")).status == 401
        assert (await gw.get("/nowhere")).status == 404
        caller = await gw.connect()
        caller.send(b"garbage\r\n\r\n")
        await caller.closed()
        caller.close()

    jwt_plugin = {
        "name": "jwt",
        "config": {"key_claim_name": "kid", "uri_param_names": ["jwt", "t"]},
    }
    limit = {"name": "rate-limiting", "config": {"day": 1}}
    events, tally = reported(world, tmp_path, Gate(), use, jwt_plugin, limit)
    assert [event["status"] for event in events] == [200, 429, 401, 404, 400]
    assert tally["produced"] == tally["delivered"] == 5
    assert len({event["_id"] for event in events}) == 5
    good, over, refused, lost, garbage = events
    assert good["uri"] == "/users/1?a=1&jwt=***&JWT=***&t=***"
    assert good["transaction-id"] == "m1" != good["request-id"]
    assert lost["transaction-id"] == lost["request-id"]
    assert (good["gateway"], good["org-id"], good["env-id"]) == ("eu-1", "acme-org", "prod")
    assert (good["api-name"], good["route-name"]) == ("users", "users")
    assert good["application-name"] == "acme"
    assert (
        good["http-method"],
        good["request-content-length"],
        good["response-content-length"],
    ) == (7, 3, 2)
    assert good["path-info"] == "/1"
    assert good["endpoint"].endswith("/1")
    assert "error-key" not in good
    assert good["@timestamp"].endswith("+00:00")
    assert (over["error-key"], over["application-name"]) == ("over-quota", "acme")
    assert (refused["error-key"], refused["application-id"]) == ("no-token", "1")
    assert (lost["error-key"], lost["api-id"]) == ("no-route", "1")
    assert (garbage["error-key"], garbage["http-method"]) == ("bad-request", 0)


def test_a_batch_is_sent_again_with_the_same_ids(world, tmp_path):
    async def use(gw):
        await gw.get("/users")

    gate = Gate(503, 429, 500)
    events, tally = reported(world, tmp_path, gate, use)
    assert len(events) == 4
    assert len({event["_id"] for event in events}) == 1
    assert (tally["delivered"], tally["dropped"], tally["error"]) == (1, 0, None)


def test_what_the_gate_will_never_take_is_dropped_and_counted(world, tmp_path):
    async def use(gw):
        await gw.get("/users")

    _, tally = reported(world, tmp_path, Gate(400), use)
    assert (tally["delivered"], tally["dropped"]) == (0, 1)
    assert "400" in tally["error"]


def test_many_events_travel_together(world, tmp_path):
    async def use(gw):
        await asyncio.gather(*(gw.get("/users") for _ in range(50)))

    gate = Gate()
    events, _ = reported(world, tmp_path, gate, use)
    assert len(events) == 50
    assert len(gate.batches) < 10


def test_the_queue_is_bounded(world, tmp_path, monkeypatch):
    monkeypatch.setattr("gateway.reporter.QUEUE_EVENTS", 3)

    async def use(gw):
        for _ in range(5):
            await gw.get("/nowhere")

    monkeypatch.setattr("gateway.reporter.FLUSH_AFTER_S", 10)
    monkeypatch.setattr("gateway.app.FLUSH_S", 0.05)
    _, tally = reported(world, tmp_path, Gate(), use)
    assert (tally["produced"], tally["dropped"]) == (5, 2)


def test_reports_are_off_unless_somebody_wants_them(world):
    async def scenario():
        async with world.gateway(world.document("http://127.0.0.1:1")) as gw:
            await gw.get("/users")
            assert gw.gateway.status()["reports"] == {
                "enabled": False,
                "produced": 0,
                "delivered": 0,
                "queued": 0,
                "dropped": 0,
                "error": None,
            }

    asyncio.run(scenario())


def test_a_client_that_leaves_is_an_event_too(world, tmp_path):
    async def hang(arrival, writer):
        await asyncio.Event().wait()

    async def scenario():
        gate = Gate()
        async with world.upstream(hang) as up, world.upstream(gate) as reports:
            arguments = ("--cloud-token", cloud_token(tmp_path), "--reports", f"{reports.url}/r")
            async with world.gateway(world.document(up.url), *arguments) as gw:
                caller = await gw.connect()
                caller.send(b"GET /users HTTP/1.1\r\nHost: a\r\n\r\n")
                await world.until(lambda: up.arrivals)
                caller.close()
                await world.until(lambda: gate.events)
        (event,) = gate.events
        assert event["status"] == 499

    asyncio.run(scenario())

"""Analytics: one event for each answer, delivered in spite of the gate, with no secret in it."""

import asyncio
import json
from contextlib import asynccontextmanager

from joserfc import jwt
from joserfc.jwk import OctKey

from gateway.events import Event


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


class Picky(Gate):
    """Refuses every batch with an event of this path in it, and is away now and then."""

    async def __call__(self, arrival, writer):
        batch = [json.loads(line) for line in arrival.body.splitlines()]
        self.statuses.append(503 if len(self.batches) % 3 == 1 else 202)
        if any(event["uri"].startswith("/bad") for event in batch):
            self.statuses[-1] = 400
        self.taken = getattr(self, "taken", [])
        self.taken += batch if self.statuses[-1] == 202 else []
        await super().__call__(arrival, writer)


def test_one_bad_event_takes_no_other_along(world, tmp_path, monkeypatch):
    monkeypatch.setattr("gateway.reporter.FIRST_RETRY_S", 0.001)

    async def use(gw):
        await asyncio.gather(*(gw.get(f"/{kind}/{n}") for n in range(20) for kind in ("a", "b")))
        await gw.get("/bad")

    gate = Picky()
    _, tally = reported(world, tmp_path, gate, use)
    assert (tally["produced"], tally["delivered"], tally["dropped"]) == (41, 40, 1)
    assert len(gate.taken) == len({event["_id"] for event in gate.taken}) == 40


def test_many_events_travel_together(world, tmp_path):
    async def use(gw):
        await asyncio.gather(*(gw.get("/users") for _ in range(50)))

    gate = Gate()
    events, _ = reported(world, tmp_path, gate, use)
    assert len(events) == 50
    assert len(gate.batches) < 10


def test_the_queue_is_bounded(world, tmp_path, monkeypatch):
    monkeypatch.setattr("gateway.backlog.QUEUE_EVENTS", 3)

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
                "recovered": 0,
                "queued": 0,
                "spilled": 0,
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


# -- what outlives a gateway


class Away(Gate):
    """Is away until somebody opens it."""

    def __init__(self):
        super().__init__()
        self.open = False

    async def __call__(self, arrival, writer):
        if not self.open:
            writer.write(b"HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n")
            return
        await super().__call__(arrival, writer)


@asynccontextmanager
async def reporting(world, tmp_path, gate, *arguments):
    """A gateway with a state folder that reports to the gate."""
    async with world.upstream(gate) as reports:
        argv = ("--cloud-token", cloud_token(tmp_path), "--reports", f"{reports.url}/r",
                "--state", str(tmp_path / "state"), *arguments)  # fmt: skip
        async with world.gateway(world.document("http://127.0.0.1:1"), *argv) as gw:
            yield gw


def spill_files(tmp_path):
    return sorted((tmp_path / "state").rglob("*.ndjson"))


def said(gw):
    return gw.gateway.status()["reports"]


def test_what_the_gate_does_not_take_is_delivered_by_the_next_life(world, tmp_path):
    async def scenario():
        gate = Away()
        async with reporting(world, tmp_path, gate) as gw:
            for _ in range(3):
                await gw.get("/nowhere")
        before = said(gw)
        assert (before["produced"], before["spilled"], before["dropped"]) == (3, 3, 0)
        assert len(spill_files(tmp_path)) == 1
        assert spill_files(tmp_path)[0].stat().st_mode & 0o777 == 0o600
        gate.open = True
        async with reporting(world, tmp_path, gate) as gw:
            await gw.get("/nowhere")
            await world.until(lambda: said(gw)["delivered"] == 4)
            after = said(gw)
        assert (after["recovered"], after["produced"], after["spilled"]) == (3, 1, 0)
        assert len({event["_id"] for event in gate.events}) == len(gate.events) == 4
        assert spill_files(tmp_path) == []

    asyncio.run(scenario())


def test_what_is_not_delivered_in_time_is_on_disk_before_anybody_could_kill_us(world, tmp_path):
    async def scenario():
        gate = Away()
        async with reporting(world, tmp_path, gate) as gw:
            await gw.get("/nowhere")
            await gw.gateway._witness.all_ended(1)
            began = asyncio.get_running_loop().time()
            await world.until(lambda: said(gw)["spilled"] == 1)
            assert asyncio.get_running_loop().time() - began < 0.15  # 90 ms, and a slow machine
            assert spill_files(tmp_path)[0].read_bytes().count(b'"_id"') == 1
            gate.open = True
            await world.until(lambda: said(gw)["delivered"] == 1)
            assert spill_files(tmp_path) == []

    asyncio.run(scenario())


def test_what_is_delivered_in_time_touches_no_disk(world, tmp_path, monkeypatch):
    touched = []
    monkeypatch.setattr("gateway.spill.files.SpillFiles.append", lambda *a: touched.append(a))

    async def scenario():
        gate = Gate()
        async with reporting(world, tmp_path, gate) as gw:
            for count in range(1, 6):
                await gw.get("/nowhere")
                await world.until(lambda count=count: said(gw)["delivered"] == count)

    asyncio.run(scenario())
    assert touched == []


def test_one_account_never_delivers_for_another(world, tmp_path):
    async def scenario():
        gate = Away()
        async with reporting(world, tmp_path, gate) as gw:
            await gw.get("/nowhere")
        gate.open = True
        async with world.upstream(gate) as reports:
            argv = ("--cloud-token", cloud_token(tmp_path, org="other"), "--state",
                    str(tmp_path / "state"), "--reports", reports.url)  # fmt: skip
            async with world.gateway(world.document("http://127.0.0.1:1"), *argv) as gw:
                await gw.get("/nowhere")
                await world.until(lambda: said(gw)["delivered"] == 1)
        assert [event["org-id"] for event in gate.events] == ["other"]
        assert len(spill_files(tmp_path)) == 1

    asyncio.run(scenario())


def test_a_spill_that_cannot_be_read_stops_nothing(world, tmp_path):
    async def scenario():
        async with reporting(world, tmp_path, Away()) as gw:
            await gw.get("/nowhere")
        (file,) = spill_files(tmp_path)
        file.unlink()
        file.mkdir()
        gate = Gate()
        async with reporting(world, tmp_path, gate) as gw:
            await gw.get("/nowhere")
            await world.until(lambda: said(gw)["delivered"] == 1)

    asyncio.run(scenario())


def test_a_full_disk_is_said_and_loses_nothing_that_memory_holds(world, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    async def scenario():
        gate = Away()
        async with reporting(world, tmp_path, gate) as gw:
            monkeypatch.setattr("gateway.spill.files.SpillFiles.append", full)
            await gw.get("/nowhere")
            await world.until(lambda: "No space" in (said(gw)["error"] or ""))
            assert (said(gw)["queued"], said(gw)["dropped"]) == (1, 0)
        assert (said(gw)["dropped"], said(gw)["queued"]) == (1, 0)

    asyncio.run(scenario())


def test_without_a_folder_what_is_left_at_the_end_is_counted_as_lost(world, tmp_path, monkeypatch):
    monkeypatch.setattr("gateway.app.FLUSH_S", 0.05)

    async def use(gw):
        await gw.get("/nowhere")

    _, tally = reported(world, tmp_path, Gate(*[503] * 1000), use)
    assert (tally["produced"], tally["delivered"], tally["dropped"]) == (1, 0, 1)


def test_half_a_surrogate_pair_in_a_name_breaks_nothing(world, tmp_path):
    async def scenario():
        gate = Gate()
        async with reporting(world, tmp_path, gate) as gw:
            reporter = gw.gateway._reporter
            event = Event(*["\ud800"] * 9, 3, *["x"] * 6, 0, 200, 0, 0.0, 0.0)
            reporter.put(event)
            await world.until(lambda: said(gw)["delivered"] == 1)
        assert gate.events[0]["_id"] == "\ud800"

    asyncio.run(scenario())

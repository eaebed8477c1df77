"""The warden's socket over a fake environment: who may ask what, and what a hang-up means."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from harness.faults import FAULTS
from harness.warden.estate import Estate
from harness.warden.server import Server
from harness.warden.wire import pack, unpack

Scenario = Callable[..., Coroutine[Any, Any, None]]
PLAN = {
    "digest": "d1", "document": {}, "scripts": {}, "suffixes": [], "parts": ["eu-1", "users"],
}  # fmt: skip
RIG = {"parts": ["eu-1"], "links": ["gate-eu.sync"], "borrowed": ["users"]}


class Client:
    """One connection to the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self._number = 0

    async def ask(self, op: str, **args: Any) -> dict[str, Any]:
        await self.begin(op, **args)
        return await self.next()

    async def begin(self, op: str, **args: Any) -> None:
        self._number += 1
        self.writer.write(pack({"id": self._number, "op": op, "args": args}))
        await self.writer.drain()

    async def next(self) -> dict[str, Any]:
        return unpack(await self.reader.readline())

    async def result(self, op: str, **args: Any) -> Any:
        answer = await self.ask(op, **args)
        assert "error" not in answer, answer
        return answer["result"]

    async def refusal(self, op: str, **args: Any) -> tuple[str, str]:
        error = (await self.ask(op, **args))["error"]
        return error["kind"], error["text"]

    def hang_up(self) -> None:
        self.writer.close()


class Door:
    """Where the test's clients connect."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clients: list[Client] = []

    async def enter(self, role: str) -> Client:
        client = Client(*await asyncio.open_unix_connection(str(self.path)))
        self.clients.append(client)
        await client.result("hello", role=role)
        return client


@asynccontextmanager
async def _served(estate: Estate, *, stay: bool) -> AsyncIterator[tuple[Server, Door]]:
    server = Server(estate, stay=stay)
    door = Door(estate.held.path / "warden.sock")
    await server.listen(door.path)
    try:
        async with asyncio.timeout(30):
            yield server, door
    finally:
        for client in door.clients:
            client.hang_up()
        await server.close()
        for rig in list(estate.rigs.values()):
            await rig.close()
        for _ in range(10):
            await asyncio.sleep(0)


@pytest.fixture
def serve(estate: Estate) -> Callable[..., None]:
    """Run a scenario with the server and its door."""

    def run(scenario: Scenario, *, stay: bool = False) -> None:
        async def bounded() -> None:
            async with _served(estate, stay=stay) as (server, door):
                await scenario(server, door)

        asyncio.run(bounded())

    return run


async def _until(holds: Callable[[], bool]) -> None:
    """Let the server go on until a condition holds; the scenario's timeout bounds it."""
    while not holds():  # noqa: ASYNC110 - what changes has no event to tell it
        await asyncio.sleep(0)


def test_whoever_enters_is_told_the_facts(serve: Any, estate: Estate) -> None:
    async def scenario(server: Server, door: Door) -> None:
        facts = await (await door.enter("runner")).result("hello", role="runner")
        assert facts["run"] == "k3f9"
        assert facts["environment"] == "fake"
        assert facts["fidelity"] == {"redis": "emulated"}
        assert facts["secrets"] == estate.secrets
        assert bytes.fromhex(facts["mask_key"]) == estate.mask_key

    serve(scenario)


def test_a_plan_is_answered_with_addresses_identities_and_versions(serve: Any) -> None:
    async def scenario(server: Server, door: Door) -> None:
        facts = await (await door.enter("worker")).result("plan", **PLAN)
        assert facts["rig"] == "shared"
        assert facts["parts"] == ["eu-1", "gate-eu", "users"]
        assert {"eu-1.proxy", "users.url"} <= facts["addresses"].keys()
        assert facts["identities"]["eu"]["account"].startswith("account-eu-shared")
        assert (facts["versions"], facts["refused"]) == ({"eu": 1}, {})

    serve(scenario)


def test_only_the_owner_of_a_rig_may_break_it_publish_to_it_or_have_its_tokens(serve: Any) -> None:
    async def scenario(server: Server, door: Door) -> None:
        owner, other = await door.enter("worker"), await door.enter("worker")
        await owner.result("plan", **PLAN)
        rig = (await owner.result("rig_open", **RIG))["rig"]
        published = {"rig": rig, "document": {}, "scripts": {}, "wait": False}
        for client_may, client in ((False, other), (True, owner)):
            for op, args in (
                ("fault", {"rig": rig, "action": "cut", "target": "gate-eu.sync"}),
                ("publish", published),
                ("cloud_token", {"rig": rig, "region": "eu", "changes": {}}),
            ):
                answer = await client.ask(op, **args)
                assert ("result" in answer) is client_may, (op, answer)
        kind, text = await other.refusal("fault", rig=rig, action="cut", target="redis")
        assert kind == "refused"
        assert text.startswith(f"only the owner of a rig may break it; {rig} is not yours")

    serve(scenario)


def test_nobody_may_break_the_shared_environment_or_write_to_it(serve: Any) -> None:
    async def scenario(server: Server, door: Door) -> None:
        worker = await door.enter("worker")
        await worker.result("plan", **PLAN)
        for op, args in (
            ("fault", {"action": "kill", "target": "users"}),
            ("publish", {"document": {}, "scripts": {}, "wait": True}),
        ):
            kind, text = await worker.refusal(op, rig="shared", **args)
            assert kind == "refused"
            assert "shared is not yours: open one with an @opens_rig Given" in text

    serve(scenario)


def test_an_unknown_fault_is_answered_with_those_there_are(serve: Any) -> None:
    async def scenario(server: Server, door: Door) -> None:
        worker = await door.enter("worker")
        await worker.result("plan", **PLAN)
        rig = (await worker.result("rig_open", **RIG))["rig"]
        _, text = await worker.refusal("fault", rig=rig, action="explode", target="redis")
        assert text == f"there is no fault 'explode'; there are {', '.join(sorted(FAULTS))}"

    serve(scenario)


def test_a_fault_is_in_the_journal(serve: Any, estate: Estate) -> None:
    async def scenario(server: Server, door: Door) -> None:
        worker = await door.enter("worker")
        await worker.result("plan", **PLAN)
        rig = (await worker.result("rig_open", **RIG))["rig"]
        await worker.result("fault", rig=rig, action="cut", target="gate-eu.sync")

    serve(scenario)

    (record,) = estate.journal.of("fault")
    assert (record["rig"], record["action"], record["target"]) == ("rig1", "cut", "gate-eu.sync")
    assert record["bites"] is False


def test_a_rig_needs_the_shared_environment_first(serve: Any) -> None:
    async def scenario(server: Server, door: Door) -> None:
        _, text = await (await door.enter("worker")).refusal("rig_open", **RIG)
        assert text == "no rig 'shared' is open"

    serve(scenario)


def test_the_rigs_of_a_worker_end_with_its_connection_and_others_go_on(
    serve: Any, estate: Estate
) -> None:
    async def scenario(server: Server, door: Door) -> None:
        one, two = await door.enter("worker"), await door.enter("worker")
        await one.result("plan", **PLAN)
        mine = (await one.result("rig_open", **RIG))["rig"]
        theirs = (await two.result("rig_open", **RIG))["rig"]
        one.hang_up()
        await _until(lambda: mine not in estate.rigs)
        assert theirs in estate.rigs
        assert "shared" in estate.rigs
        assert not server.over.is_set()

    serve(scenario)


def test_a_rig_whose_worker_was_killed_while_it_opened_is_closed(
    serve: Any, estate: Estate, environment: Any
) -> None:
    async def scenario(server: Server, door: Door) -> None:
        worker = await door.enter("worker")
        await worker.result("plan", **PLAN)
        held = environment.hold("eu-1")
        await worker.begin("rig_open", **RIG)
        await _until(lambda: "rig1" in estate.rigs and environment.begun.count("eu-1") == 2)
        worker.hang_up()
        await _until(lambda: len(server._connections) == 0)
        held.set()
        await _until(lambda: "rig1" not in estate.rigs)

    serve(scenario)


def test_the_end_of_the_runner_is_the_end(serve: Any) -> None:
    async def scenario(server: Server, door: Door) -> None:
        runner = await door.enter("runner")
        assert not server.over.is_set()
        runner.hang_up()
        await server.over.wait()

    serve(scenario)


def test_a_warden_that_stays_outlives_its_runner_and_ends_when_it_is_told(serve: Any) -> None:
    async def scenario(server: Server, door: Door) -> None:
        (await door.enter("runner")).hang_up()
        visitor = await door.enter("visitor")
        assert not server.over.is_set()
        await visitor.result("end")
        assert server.over.is_set()

    serve(scenario, stay=True)


def test_a_death_is_news_for_listeners_and_the_answer_to_every_question(
    serve: Any, estate: Estate, environment: Any
) -> None:
    async def scenario(server: Server, door: Door) -> None:
        estate.on_death = server.announce_death
        worker, listener = await door.enter("worker"), await door.enter("listener")
        await worker.result("plan", **PLAN)
        environment.there("users").die(1)
        news = await listener.next()
        assert news["news"] == "died"
        assert news["text"].startswith("users (shared) died with exit code 1")
        assert await worker.refusal("rig_open", **RIG) == ("died", news["text"])

    serve(scenario)


def test_a_shared_environment_that_does_not_come_up_is_told_to_who_brings_the_plan(
    serve: Any, environment: Any
) -> None:
    environment.broken.add("users")

    async def scenario(server: Server, door: Door) -> None:
        runner, worker = await door.enter("runner"), await door.enter("worker")
        assert await runner.result("begin", parts=PLAN["parts"]) is None
        kind, text = await worker.refusal("plan", **PLAN)
        said = "the shared environment did not come up: users ended with 2 before it served"
        assert (kind, text) == ("died", f"{said}: no reason"), "it ends the run"

    serve(scenario)


def test_what_was_begun_is_not_started_again_by_the_plan(serve: Any, environment: Any) -> None:
    async def scenario(server: Server, door: Door) -> None:
        runner, worker = await door.enter("runner"), await door.enter("worker")
        await runner.result("begin", parts=PLAN["parts"])
        await worker.result("plan", **PLAN)

    serve(scenario)

    assert sorted(environment.begun) == ["eu-1", "gate-eu", "users"]


def test_records_go_into_the_journal(serve: Any, estate: Estate) -> None:
    async def scenario(server: Server, door: Door) -> None:
        worker = await door.enter("worker")
        worker.writer.write(pack({"record": {"kind": "call", "marker": "a"}}))
        found = await worker.result("drain")
        assert found["unaccounted"] == []
        assert found["cost"]["processes"] >= 1

    serve(scenario)

    assert [record["marker"] for record in estate.journal.of("call")] == ["a"]


def test_a_mistake_of_the_wardens_own_is_an_answer_and_no_silence(serve: Any) -> None:
    async def scenario(server: Server, door: Door) -> None:
        worker = await door.enter("worker")
        assert await worker.refusal("nonsense") == ("refused", "KeyError: 'nonsense'")
        kind, text = await worker.refusal("plan", wrong=1)
        assert kind == "refused"
        assert text.startswith("TypeError: ")

    serve(scenario)


def test_a_stranger_who_talks_nonsense_is_hung_up_on(serve: Any) -> None:
    async def scenario(server: Server, door: Door) -> None:
        stranger = Client(*await asyncio.open_unix_connection(str(door.path)))
        stranger.writer.write(b"GET / HTTP/1.1\n")
        await _until(lambda: len(server._connections) == 0)
        stranger.hang_up()
        assert await (await door.enter("visitor")).result("hello", role="visitor")

    serve(scenario)


def test_logs_are_shown_without_secrets(serve: Any, estate: Estate, environment: Any) -> None:
    async def scenario(server: Server, door: Door) -> None:
        worker = await door.enter("worker")
        await worker.result("plan", **PLAN)
        environment.there("users").said = ["a", f"b {estate.secrets['jwt']}"]
        (line,) = await worker.result("logs", rig="shared", part="users", lines=1)
        assert line.startswith("b «secret ")
        assert await worker.result("logs", rig="shared", part="redis", lines=1) == []

    serve(scenario)


def test_closing_the_server_says_goodbye_to_everybody(serve: Any) -> None:
    async def scenario(server: Server, door: Door) -> None:
        clients = [await door.enter(role) for role in ("runner", "worker", "listener")]
        await server.close()
        for client in clients:
            assert await client.next() == {"news": "ended", "left": ""}
            assert await client.reader.read() == b""

    serve(scenario)

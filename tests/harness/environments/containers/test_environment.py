"""Who begins in which container, before an engine that is not there."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness import settings, topology
from harness.environments.containers import layout
from harness.environments.containers.contained import Contained
from harness.environments.containers.environment import Containers
from harness.environments.contract import CannotStart, Options, Site

Sites = Callable[..., Site]


class _Docker:
    """An engine. Shape: made are the names of the containers it made, removed those it removed."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.started: list[str] = []
        self.removed: list[str] = []

    async def create(self, wanted: Any, watch: Callable[[str], Any]) -> tuple[Any, Any]:
        name = wanted.name.removeprefix("gateproof-k3f9-")
        self.made.append(name)
        container = SimpleNamespace(
            id=name, name=name, start=lambda: self.started.append(name), reload=lambda: None
        )
        return container, watch(name)

    async def do(self, attempt: str, function: Callable[..., Any], *args: Any, **named: Any) -> Any:
        return function(*args, **named)

    async def remove(self, container: Any) -> None:
        self.removed.append(container.name)


class _Deaths:
    """Shape: futures of the ends of containers, by their ids."""

    def __init__(self) -> None:
        self.awaited: dict[str, asyncio.Future[int]] = {}

    def of(self, container: str) -> "asyncio.Future[int]":
        self.awaited[container] = asyncio.get_running_loop().create_future()
        return self.awaited[container]


class _World:
    """An open environment whose parts serve at once and can be vacated."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.docker, self.deaths = _Docker(), _Deaths()
        self.vacates: Any = True
        self.vacating: asyncio.Event | None = None
        self.began: list[tuple[str, bool]] = []
        self.asked: list[tuple[str, str]] = []
        self.environment = Containers(settings.read(), Options())
        image = SimpleNamespace(reference="image")
        self.environment._images = dict.fromkeys(("redis", "kafka", "subjects", "suite"), image)  # type: ignore[arg-type]
        owner = layout.Owner("k3f9", folder, 1, "host")
        self.environment._open = (self.docker, self.deaths, owner)  # type: ignore[assignment]
        self.environment._web = SimpleNamespace(ask=self._ask)  # type: ignore[assignment]
        began = self.began

        async def begin(one: Contained, *, keeps: bool) -> None:
            began.append((one._berth.life, keeps))

        async def ready(one: Contained) -> None:
            one._serves = True

        async def vacate(one: Contained) -> bool:
            if self.vacating is not None:
                await self.vacating.wait()
            if isinstance(self.vacates, Exception):
                raise self.vacates
            return bool(self.vacates)

        for name, act in (("begin", begin), ("ready", ready), ("vacate", vacate)):
            monkeypatch.setattr(Contained, name, act)

    async def _ask(self, method: str, url: str, **_: Any) -> tuple[int, Any]:
        self.asked.append((method, url.partition("/rig")[2]))
        return 200, {"port": 40000 + len(self.asked), "broken": 0, "refused": 0}

    async def start(self, name: str, site: Site) -> Any:
        return await self.environment.start(topology.PARTS[name], site)

    async def all_left(self) -> None:
        await asyncio.gather(*self.environment._leaving)


Play = Callable[[Callable[[_World], Awaitable[Any]]], Any]


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    def played(act: Callable[[_World], Awaitable[Any]]) -> Any:
        async def all_of_it() -> Any:
            async with asyncio.timeout(10):
                return await act(_World(tmp_path, monkeypatch))

        return asyncio.run(all_of_it())

    return played


def test_what_a_rig_left_is_the_next_ones(play: Play, site: Sites) -> None:
    async def act(world: _World) -> None:
        first = await world.start("users", site("rig1"))
        await first.end()
        second = await world.start("users", site("rig2"))
        await first.end()  # that rig is closed once more: it has nothing there any more

        assert world.environment._berths.of("rig2", "users") is not None
        assert world.docker.made == ["users-berth1"]
        assert world.docker.removed == []
        assert second.inside == first.inside
        assert second.addresses == first.addresses
        assert world.began == [
            ("users of rig1, start 1", False),
            ("users of rig2, start 1", False),
        ]

    play(act)


def test_two_rigs_at_a_time_have_two_and_other_parts_have_others(play: Play, site: Sites) -> None:
    async def act(world: _World) -> None:
        one = await world.start("users", site("rig1"))
        await world.start("users", site("rig2"))
        await one.end()
        await world.start("orders", site("rig3"))

        assert world.docker.made == ["users-berth1", "users-berth2", "orders-berth3"]

    play(act)


def test_the_shared_environment_has_plain_names(play: Play, site: Sites) -> None:
    async def act(world: _World) -> None:
        left = await world.start("users", site("rig1"))
        await left.end()
        await world.start("users", site("shared"))

        assert world.docker.made == ["users-berth1", "users"]

    play(act)


def test_what_is_still_being_vacated_is_waited_for(play: Play, site: Sites) -> None:
    async def act(world: _World) -> None:
        world.vacating = asyncio.Event()
        await (await world.start("users", site("rig1"))).end()
        next_one = asyncio.ensure_future(world.start("users", site("rig2")))
        await asyncio.sleep(0)
        assert not next_one.done()

        world.vacating.set()
        await next_one

        assert world.docker.made == ["users-berth1"]

    play(act)


@pytest.mark.parametrize("vacates", [False, CannotStart("Docker does not answer")])
def test_what_cannot_be_vacated_is_removed(play: Play, site: Sites, vacates: Any) -> None:
    async def act(world: _World) -> None:
        world.vacates = vacates
        await (await world.start("users", site("rig1"))).end()
        await world.start("users", site("rig2"))
        await world.all_left()

        assert world.docker.made == ["users-berth1", "users-berth2"]
        assert world.docker.removed == ["users-berth1"]

    play(act)


def test_what_has_ended_is_removed_and_its_ports_are_free_again(play: Play, site: Sites) -> None:
    async def act(world: _World) -> None:
        one = await world.start("users", site("rig1"))
        world.deaths.awaited["users-berth1"].set_result(-9)
        await one.end()
        await world.all_left()

        assert world.docker.removed == ["users-berth1"]
        assert world.environment._ports._given == set()

    play(act)


def test_a_part_that_is_started_again_is_in_its_own_container_and_keeps_what_it_had(
    play: Play, site: Sites
) -> None:
    async def act(world: _World) -> None:
        here = site("rig1")
        first = await world.start("users", here)
        world.deaths.awaited["users-berth1"].set_result(-9)
        again = await world.start("users", here)

        assert world.docker.made == world.docker.started == ["users-berth1"]
        assert again.addresses == first.addresses
        assert world.began[1] == ("users of rig1, start 2", True)
        assert not again._exit.done()

        await again.end()
        await first.end()  # long replaced: it has nothing to leave
        await world.start("users", site("rig2"))
        assert world.docker.removed == []

    play(act)


def test_what_does_not_serve_is_removed(
    play: Play, site: Sites, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(world: _World) -> None:
        async def never(one: Contained) -> None:
            raise CannotStart("users did not serve")

        monkeypatch.setattr(Contained, "ready", never)
        with contextlib.suppress(CannotStart):
            await world.start("users", site("rig1"))
        await world.all_left()

        assert world.docker.removed == ["users-berth1"]
        assert world.environment._berths.of("rig1", "users") is None

    play(act)


def test_the_relays_of_all_rigs_are_in_one_container(play: Play, site: Sites) -> None:
    async def act(world: _World) -> None:
        one, two = await asyncio.gather(
            world.environment.relay("gate-eu.sync", site("rig1")),
            world.environment.relay("redis", site("rig2")),
        )
        await one.stop()

        assert world.docker.made == ["relays"]
        assert one.inside != two.inside
        assert world.asked == [
            ("POST", "1.gate-eu.sync"),
            ("POST", "2.redis"),
            ("DELETE", "1.gate-eu.sync"),
        ]

    play(act)


def test_a_broker_goes_from_rig_to_rig_with_the_relay_that_it_names(
    play: Play, site: Sites
) -> None:
    async def act(world: _World) -> None:
        insides = []
        for rig in ("rig1", "rig2"):
            relay = await world.environment.relay("kafka.bootstrap", site(rig))
            here = site(rig, relays={"kafka.bootstrap": relay.inside})
            broker = await world.start("kafka", here)
            insides.append(relay.inside)
            await broker.end()
            await relay.stop()

        assert world.docker.made == ["relays", "kafka-berth2"]
        assert world.docker.started == [], "it just goes on"
        assert insides[0] == insides[1]
        assert world.asked == [
            ("POST", "1.kafka.bootstrap"),
            ("PUT", "1.kafka.bootstrap/heal"),
            ("PUT", "1.kafka.bootstrap/heal"),
        ]

    play(act)


def test_a_broker_that_names_no_relay_is_not_for_a_rig_that_wants_one(
    play: Play, site: Sites
) -> None:
    async def act(world: _World) -> None:
        await (await world.start("kafka", site("rig1"))).end()
        relay = await world.environment.relay("kafka.bootstrap", site("rig2"))
        await world.start("kafka", site("rig2", relays={"kafka.bootstrap": relay.inside}))
        assert world.docker.made == ["kafka-berth1", "relays", "kafka-berth3"]

        await world.start("kafka", site("rig3"))
        assert world.docker.made == ["kafka-berth1", "relays", "kafka-berth3"]

    play(act)


def test_the_relay_of_a_broker_that_is_removed_goes_with_it(play: Play, site: Sites) -> None:
    async def act(world: _World) -> None:
        relay = await world.environment.relay("kafka.bootstrap", site("rig1"))
        here = site("rig1", relays={"kafka.bootstrap": relay.inside})
        broker = await world.start("kafka", here)
        world.deaths.awaited["kafka-berth2"].set_result(-9)
        await broker.end()
        await world.all_left()

        assert world.docker.removed == ["kafka-berth2"]
        assert world.asked[-1] == ("DELETE", "1.kafka.bootstrap")

    play(act)

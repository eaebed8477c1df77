"""A live topology in Docker: who reaches whom, what survives a fault, what Docker shows. Skipped without."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import redis

from harness import faults, patience, settings
from harness.environments.containers import ports
from harness.environments.containers.environment import Containers
from harness.environments.contract import CannotStart, Options
from harness.settings import ROOT
from harness.warden import folders
from harness.warden.estate import Estate
from harness.warden.journal import Journal
from harness.warden.launch import fresh_run_id
from harness.warden.rig import Rig

pytestmark = pytest.mark.usefixtures("docker_here")

Play = Callable[[Estate], Awaitable[Any]]


@contextlib.asynccontextmanager
async def _estate(folder: Path, subjects: Path = ROOT) -> AsyncIterator[Estate]:
    """An estate in containers, as the warden's process makes one."""
    run = fresh_run_id()
    estate = Estate(
        run=run,
        held=folders.take(folder / run),
        environment=Containers(settings.read(), Options()),
        journal=Journal(folder / "run.ndjson"),
        subjects=subjects,
        on_death=lambda text: None,
    )
    try:
        await estate.environment.open(run, estate.held.path)
        yield estate
    finally:
        await estate.close()
        estate.held.remove()


@pytest.fixture
def play(tmp_path: Path) -> Callable[..., Any]:
    def played(act: Play, **how: Any) -> Any:
        async def all_of_it() -> Any:
            async with asyncio.timeout(120), _estate(tmp_path, **how) as estate:
                return await act(estate)

        return asyncio.run(all_of_it())

    return played


def _environment(estate: Estate) -> Any:
    return estate.environment


def _container(estate: Estate, rig: str, part: str) -> Any:
    return _environment(estate)._berths.of(rig, part).container


async def _in(container: Any, *argv: str) -> tuple[int, str]:
    code, said = await asyncio.to_thread(container.exec_run, list(argv))
    return code, said.decode()


_REACH = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 2)"


async def _reaches(container: Any, host: str, port: int = 8080) -> bool:
    code, _ = await _in(container, "python", "-c", _REACH, host, str(port))
    return code == 0


def _host(url: str) -> str:
    return str(httpx.URL(url).host)


def _address_of(container: Any) -> str:
    container.reload()
    networks = container.attrs["NetworkSettings"]["Networks"].values()
    return str(next(iter(networks))["IPAddress"])


def test_clouds_are_apart_and_only_gateways_stand_between_them(play: Callable[..., Any]) -> None:
    async def look(estate: Estate) -> dict[str, bool]:
        await estate.open_shared(frozenset({"users", "orders", "gate-eu", "gate-us", "eu-1"}))
        users, orders, eu, us, gateway = (
            _container(estate, "shared", part)
            for part in ("users", "orders", "gate-eu", "gate-us", "eu-1")
        )
        asked = {
            "gateway to gcp": (gateway, "users"),
            "gateway to aws": (gateway, "orders"),
            "gateway to its control plane": (gateway, "gate-eu"),
            "gateway to another region's": (gateway, "gate-us"),
            "gateway to another region's address": (gateway, _address_of(us)),
            "gcp to control plane": (users, "gate-eu"),
            "gcp to control plane's address": (users, _address_of(eu)),
            "gcp to aws": (users, _address_of(orders)),
            "aws to control plane": (orders, _address_of(eu)),
            "control plane to control plane": (eu, _address_of(us)),
        }
        answers = await asyncio.gather(*(_reaches(*each) for each in asked.values()))
        return dict(zip(asked, answers, strict=True))

    assert play(look) == {
        "gateway to gcp": True,
        "gateway to aws": True,
        "gateway to its control plane": True,
        "gateway to another region's": False,
        "gateway to another region's address": False,
        "gcp to control plane": False,
        "gcp to control plane's address": False,
        "gcp to aws": False,
        "aws to control plane": False,
        "control plane to control plane": False,
    }


def test_a_part_is_where_it_was_after_a_kill_an_end_and_a_pause(play: Callable[..., Any]) -> None:
    async def break_it(estate: Estate) -> None:
        rig = await estate.open_rig(frozenset({"gate-eu", "eu-1"}), frozenset(), frozenset())
        before = dict(rig.site.addresses), dict(rig.site.inside)
        serves = f"{rig.site.addresses['gate-eu.url']}/sync"

        for fault in (_killed, _told_to_end, _frozen):
            await fault(rig)
            assert (dict(rig.site.addresses), dict(rig.site.inside)) == before
            async with httpx.AsyncClient(trust_env=False) as client:
                assert (await client.get(serves)).status_code == 401
            gateway = _container(estate, rig.name, "eu-1")
            assert await _reaches(gateway, _host(rig.site.inside["gate-eu.url"]))

    play(break_it)


async def _killed(rig: Rig) -> None:
    assert (await faults.FAULTS["kill"](rig, "gate-eu"))["bites"]
    assert (await faults.FAULTS["start"](rig, "gate-eu"))["bites"]


async def _told_to_end(rig: Rig) -> None:
    assert await faults.FAULTS["end"](rig, "gate-eu") == {"bites": True, "code": 0}
    await faults.FAULTS["start"](rig, "gate-eu")


async def _frozen(rig: Rig) -> None:
    await faults.FAULTS["pause"](rig, "gate-eu")
    async with httpx.AsyncClient(trust_env=False, timeout=0.5) as client:
        with pytest.raises(httpx.TimeoutException):
            await client.get(f"{rig.site.addresses['gate-eu.url']}/sync")
    await faults.FAULTS["resume"](rig, "gate-eu")


def test_docker_shows_no_secret_and_parts_have_no_rights(play: Callable[..., Any]) -> None:
    async def look(estate: Estate) -> None:
        await estate.open_shared(frozenset({"auth", "gate-eu", "eu-1", "redis"}))
        for part in ("auth", "gate-eu", "eu-1", "redis"):
            container = _container(estate, "shared", part)
            shown = str(container.attrs) + str(container.logs())
            assert [name for name, value in estate.secrets.items() if value in shown] == []
            host = container.attrs["HostConfig"]
            assert host["ReadonlyRootfs"] is True
            assert host["CapDrop"] == ["ALL"]
            assert {one["HostIp"] for each in host["PortBindings"].values() for one in each} == {
                "127.0.0.1"
            }
            code, said = await _in(container, "sh", "-c", "id -u; touch /x /etc/x 2>&1")
            assert code != 0
            assert said.startswith("10001\n")

    play(look)


def test_a_relay_keeps_its_address_is_cut_and_healed(play: Callable[..., Any]) -> None:
    async def cut(estate: Estate) -> None:
        link = "gate-eu.sync"
        rig = await estate.open_rig(frozenset({"gate-eu", "eu-1"}), frozenset({link}), frozenset())
        gateway = _container(estate, rig.name, "eu-1")
        host, _, port = rig.relays[link].inside.partition(":")
        assert rig.site.inside[link] == f"http://{host}:{port}"
        asked = ("python", "-c", _ASK, f"http://{host}:{port}/sync")

        assert await _in(gateway, *asked) == (0, "401\n")
        await faults.FAULTS["cut"](rig, link)
        assert (await _in(gateway, *asked))[0] != 0
        assert (await faults.FAULTS["look"](rig, link))["bites"]
        await faults.FAULTS["heal"](rig, link)
        assert await _in(gateway, *asked) == (0, "401\n")

    play(cut)


_ASK = """
import sys, urllib.request, urllib.error
try:
    urllib.request.urlopen(sys.argv[1], timeout=5)
except urllib.error.HTTPError as error:
    print(error.code)
"""


def test_changed_subjects_are_what_runs(play: Callable[..., Any], tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    (changed / "gateway").mkdir(parents=True)
    (changed / "services").mkdir()
    (changed / "services" / "__init__.py").touch()
    (changed / "services" / "__main__.py").write_text(
        'import time\nprint(\'{"url": "http://planted"}\', flush=True)\ntime.sleep(60)\n'
    )

    async def look(estate: Estate) -> list[str]:
        rig = await estate.open_shared(frozenset({"users"}))
        return await rig.resources["users"].logs(5)

    assert play(look, subjects=changed) == ['{"url": "http://planted"}']


_PARTS = frozenset({"gate-eu", "eu-1", "redis"})
_LOOK = "cat /proc/[0-9]*/cmdline; find /run/gateproof/state /run/gateproof/given /tmp -type f"


def test_the_next_rig_begins_in_the_containers_of_the_one_before_and_finds_nothing(
    play: Callable[..., Any],
) -> None:
    async def reuse(estate: Estate) -> None:
        first = await estate.open_rig(_PARTS, frozenset(), frozenset())
        left = {part: _container(estate, first.name, part) for part in _PARTS}
        _, alive = await _in(left["gate-eu"], "sh", "-c", _LOOK)
        assert "/run/gateproof/given/jwks.json" in alive
        await estate.close_rig(first.name)
        await asyncio.gather(*_environment(estate)._leaving)
        assert "services" not in (await _in(left["gate-eu"], "sh", "-c", _LOOK))[1]

        second = await estate.open_rig(_PARTS, frozenset(), frozenset())

        now = {part: _container(estate, second.name, part) for part in _PARTS}
        assert {part for part in _PARTS if now[part].id == left[part].id} == _PARTS
        said = await second.resources["eu-1"].logs(50)
        assert ['"proxy"' in line for line in said].count(True) == 1, "what it says as it begins"
        async with httpx.AsyncClient(trust_env=False) as client:
            gate = second.site.addresses["gate-eu.url"]
            assert (await client.get(f"{gate}/sync")).status_code == 401
        assert await _reaches(now["eu-1"], _host(second.site.inside["gate-eu.url"]))

    play(reuse)


def test_a_broker_and_a_redis_serve_the_next_rig_as_if_they_were_new(
    play: Callable[..., Any],
) -> None:
    """The broker names its relay to its clients: that goes with it, and is whole."""
    parts, links = frozenset({"gate-eu", "kafka", "redis"}), frozenset({"kafka.bootstrap"})

    def topics(at: str) -> set[str]:
        from confluent_kafka.admin import AdminClient

        return set(AdminClient({"bootstrap.servers": at}).list_topics(timeout=20).topics)

    def keys(at: str) -> int:
        with redis.Redis.from_url(at) as client:
            held: int = client.dbsize()
            client.set("key", "value")
            return held

    async def reuse(estate: Estate) -> None:
        seen = []
        for number in (1, 2):
            rig = await estate.open_rig(parts, links, frozenset())
            at = rig.site.addresses
            assert await asyncio.to_thread(topics, at["kafka.bootstrap"]) == {
                f"reports-rig{number}"
            }
            assert await asyncio.to_thread(keys, at["redis.url"]) == 0
            gate = _container(estate, rig.name, "gate-eu")
            inside = rig.site.inside["kafka.bootstrap"]
            host, _, port = inside.partition(":")
            assert await _reaches(gate, host, int(port))
            seen.append((inside, _container(estate, rig.name, "kafka").id))
            await faults.FAULTS["cut"](rig, "kafka.bootstrap")
            await estate.close_rig(rig.name)
            await asyncio.gather(*_environment(estate)._leaving)
        assert seen[0] == seen[1]

    play(reuse)


def test_what_was_killed_is_not_handed_on(play: Callable[..., Any]) -> None:
    async def kill(estate: Estate) -> None:
        parts = frozenset({"gate-eu"})
        first = await estate.open_rig(parts, frozenset(), frozenset())
        killed = _container(estate, first.name, "gate-eu").id
        await faults.FAULTS["kill"](first, "gate-eu")
        await estate.close_rig(first.name)

        second = await estate.open_rig(parts, frozenset(), frozenset())

        assert _container(estate, second.name, "gate-eu").id != killed

    play(kill)


def test_the_log_of_a_dead_part_can_still_be_read(play: Callable[..., Any]) -> None:
    async def kill(estate: Estate) -> list[str]:
        rig = await estate.open_shared(frozenset({"users"}))
        await faults.FAULTS["kill"](rig, "users")
        return await rig.resources["users"].logs(50)

    assert any('"url"' in line for line in play(kill))


def test_a_port_that_somebody_was_faster_to_take_is_exchanged_for_another(
    play: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def take(estate: Estate) -> None:
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        taken = server.sockets[0].getsockname()[1]
        environment: Any = estate.environment
        free = ports.Ports()
        first = [{8080: taken, 8081: free.take((1,))[1]}]
        environment._ports = SimpleNamespace(
            take=lambda inside: first.pop() if first else free.take(inside),
            give_back=free.give_back,
        )
        rig = await estate.open_shared(frozenset({"users"}))
        assert not first
        assert f":{taken}" not in rig.site.addresses["users.url"]
        server.close()

    play(take)


def test_a_kafka_that_does_not_become_ready_is_one_line_and_leaves_nothing(
    play: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, docker_client: Any
) -> None:
    monkeypatch.setattr(patience, "CONTAINER_READY_S", 0.2)
    runs: list[str] = []

    async def start(estate: Estate) -> None:
        runs.append(estate.run)
        await estate.open_shared(frozenset({"kafka"}))

    with pytest.raises(CannotStart, match=r"^kafka did not serve within 0\.2 s \(last: .*\)$"):
        play(start)
    label = {"label": f"gateproof.run={runs[0]}"}
    assert docker_client.containers.list(all=True, filters=label) == []
    assert docker_client.networks.list(filters=label) == []
    assert docker_client.volumes.list(filters=label) == []


def test_a_broker_that_was_killed_comes_back_with_what_it_held(play: Callable[..., Any]) -> None:
    from confluent_kafka import Consumer, Producer, TopicPartition

    topic = "reports-rig1"

    def produced(at: str) -> int:
        producer = Producer({"bootstrap.servers": at, "acks": "all"})
        for number in range(100):
            producer.produce(topic, str(number), partition=0)
        return int(producer.flush(20))

    def held(at: str) -> tuple[int, int]:
        consumer = Consumer({"bootstrap.servers": at, "group.id": "test"})
        marks = consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=20)
        consumer.close()
        return marks[0], marks[1]

    async def kill(estate: Estate) -> None:
        rig = await estate.open_rig(frozenset({"kafka"}), frozenset(), frozenset())
        at = rig.site.addresses["kafka.bootstrap"]
        assert await asyncio.to_thread(produced, at) == 0
        await _killed_broker(rig)
        assert rig.site.addresses["kafka.bootstrap"] == at
        assert await asyncio.to_thread(held, at) == (0, 100)

    play(kill)


async def _killed_broker(rig: Rig) -> None:
    assert (await faults.FAULTS["kill"](rig, "kafka"))["bites"]
    assert (await faults.FAULTS["start"](rig, "kafka"))["bites"]

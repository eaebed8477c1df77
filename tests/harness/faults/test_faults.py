"""Faults on links and resources: what they do, and what they say of a target that is not there."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

import pytest

from harness import patience, topology
from harness.environments.contract import Fidelity
from harness.environments.local_relay import LocalRelay
from harness.faults import FAULTS
from harness.relay import Relay
from harness.scenario import faulting
from harness.warden.wire import Refused


class Resource:
    def __init__(self, pid: int = 1) -> None:
        self.pid = pid
        self.doings: list[str] = []
        self.code = -9
        self.deaf: bool | None = None
        """How it stands whatever it is told."""

    async def kill(self) -> None:
        self.doings.append("killed")

    async def terminate(self) -> None:
        self.doings.append("told to end")

    async def pause(self) -> None:
        self.doings.append("paused")

    async def resume(self) -> None:
        self.doings.append("resumed")

    async def stands_still(self) -> bool:
        return self.doings[-1] == "paused" if self.deaf is None else self.deaf

    async def ended(self) -> int:
        return self.code


class Environment:
    fidelity: Mapping[str, Fidelity]

    def __init__(self) -> None:
        self.fidelity = {"kafka": Fidelity.EMULATED}


class Rig:
    """What a fault sees of a rig."""

    def __init__(self) -> None:
        self.name = "rig1"
        self.links = {"gate-eu.sync": Relay("gate-eu.sync"), "redis": Relay("redis")}
        self.relays = {name: LocalRelay(relay) for name, relay in self.links.items()}
        self.environment = Environment()
        self.resources: dict[str, Any] = {"eu-1": Resource(), "kafka": Resource()}
        self.lost: list[str] = []
        self.unplugged: list[str] = []

    def lost_by(self, name: str) -> list[str]:
        return self.lost

    async def unplug(self, name: str) -> None:
        self.unplugged.append(name)

    async def start(self, name: str) -> None:
        self.resources[name] = Resource(pid=2)

    def addresses(self) -> dict[str, str]:
        return {"eu-1.proxy": "http://new:1"}


def _done(rig: Any, action: str, target: str) -> dict[str, Any]:
    doing: Coroutine[Any, Any, dict[str, Any]] = FAULTS[action](rig, target)  # type: ignore[assignment]
    return asyncio.run(doing)


@pytest.mark.parametrize("action", ["cut", "heal", "look"])
def test_a_link_without_a_relay_is_refused_with_those_there_are(action: str) -> None:
    with pytest.raises(Refused) as refused:
        _done(Rig(), action, "gate-us.sync")

    assert str(refused.value) == (
        "rig1 has no relay on 'gate-us.sync'; it can break: gate-eu.sync, redis"
    )


def test_a_rig_without_relays_can_break_none() -> None:
    rig = Rig()
    rig.relays = {}

    with pytest.raises(Refused, match="it can break: none"):
        _done(rig, "cut", "redis")


@pytest.mark.parametrize("action", ["kill", "end", "start", "pause", "resume"])
def test_a_resource_of_somebody_else_is_refused_with_ones_own(action: str) -> None:
    with pytest.raises(Refused) as refused:
        _done(Rig(), action, "users")

    assert str(refused.value) == "rig1 has no 'users' of its own; it has eu-1, kafka"


@pytest.mark.parametrize("action", ["kill", "end", "start", "pause", "resume"])
def test_the_built_in_kafka_cannot_be_broken(action: str) -> None:
    with pytest.raises(Refused, match=r"needs a real broker \(KAFKA=real\)"):
        _done(Rig(), action, "kafka")


def test_a_real_kafka_can_be_broken() -> None:
    rig = Rig()
    rig.environment.fidelity = {"kafka": Fidelity.REAL}

    assert _done(rig, "kill", "kafka") == {"bites": True}


def test_a_link_is_cut_looked_at_and_healed() -> None:
    rig = Rig()
    relay = rig.links["redis"]

    assert _done(rig, "cut", "redis") == {"bites": False}
    assert relay.cut_off
    relay.refused = 2
    assert _done(rig, "look", "redis") == {"bites": True, "broken": 0, "refused": 2}
    assert _done(rig, "heal", "redis") == {"bites": True}
    assert not relay.cut_off
    assert not rig.links["gate-eu.sync"].cut_off


def test_a_kill_bites_when_a_signal_ended_it_and_nothing_leads_there_any_more() -> None:
    rig = Rig()

    assert _done(rig, "kill", "eu-1") == {"bites": True}
    assert rig.resources["eu-1"].doings == ["killed"]
    assert rig.unplugged == ["eu-1"]


def test_a_kill_of_what_had_ended_by_itself_does_not_bite() -> None:
    rig = Rig()
    rig.resources["eu-1"].code = 0

    assert _done(rig, "kill", "eu-1") == {"bites": False}


@pytest.mark.parametrize(("code", "bites"), [(0, True), (1, False), (-15, False)])
def test_an_end_is_one_with_exit_code_0(code: int, bites: bool) -> None:
    rig = Rig()
    rig.resources["eu-1"].code = code

    assert _done(rig, "end", "eu-1") == {"bites": bites, "code": code}
    assert rig.resources["eu-1"].doings == ["told to end"]
    assert rig.unplugged == ["eu-1"]


def test_a_start_is_another_process_and_tells_where_everybody_is_now() -> None:
    assert _done(Rig(), "start", "eu-1") == {
        "bites": True,
        "addresses": {"eu-1.proxy": "http://new:1"},
    }


def test_a_start_that_others_could_not_find_again_is_refused_with_the_remedy() -> None:
    rig = Rig()
    rig.lost = ["gate-eu.reports", "gate-eu.sync"]

    with pytest.raises(Refused) as refused:
        _done(rig, "start", "eu-1")

    assert "put a relay on gate-eu.reports and gate-eu.sync" in str(refused.value)
    assert rig.resources["eu-1"].pid == 1


def test_a_resource_is_paused_and_resumed() -> None:
    rig = Rig()

    assert _done(rig, "pause", "eu-1")["bites"]
    assert _done(rig, "resume", "eu-1")["bites"]
    assert rig.resources["eu-1"].doings == ["paused", "resumed"]


@pytest.mark.parametrize(("action", "still"), [("pause", False), ("resume", True)])
def test_a_resource_that_does_not_listen_is_not_bitten(
    action: str, still: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "FAULT_BITES_S", 0.03)
    rig = Rig()
    rig.resources["eu-1"].deaf = still

    assert _done(rig, action, "eu-1") == {"bites": False}


def test_the_names_that_features_use_lead_to_parts_and_links_that_exist() -> None:
    assert set(faulting.RESOURCES.values()) <= set(topology.PARTS)
    known = {topology.link_of(address) for address in (*topology.USED_BY_PARTS, "redis.url")}
    assert set(faulting.LINKS.values()) <= known


def test_every_fault_is_in_the_one_list() -> None:
    assert sorted(FAULTS) == ["cut", "end", "heal", "kill", "look", "pause", "resume", "start"]

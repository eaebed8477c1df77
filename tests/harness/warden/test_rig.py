"""A rig of parts that are values: order, parallel start, failure, relays, what was slow."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from harness.environments.contract import CannotStart
from harness.warden.rig import Rig, Started, rehosted

Make = Callable[..., Rig]
EVERYTHING_EU = frozenset({"eu-1", "redis", "kafka"})


def _running(coroutine: Any) -> Any:
    async def bounded() -> Any:
        async with asyncio.timeout(30):
            return await coroutine

    return asyncio.run(bounded())


async def _settled() -> None:
    """Let everything that can go on go on."""
    for _ in range(20):
        await asyncio.sleep(0)


def test_a_part_starts_only_when_what_it_needs_and_uses_is_ready(
    rig: Make, environment: Any
) -> None:
    async def scenario() -> None:
        gate, kafka = environment.hold("gate-eu"), environment.hold("kafka")
        opening = asyncio.ensure_future(rig().open(EVERYTHING_EU))
        await _settled()
        assert sorted(environment.begun) == ["kafka", "redis"]
        kafka.set()
        await _settled()
        assert "eu-1" not in environment.begun
        gate.set()
        await opening
        assert environment.begun[-1] == "eu-1"

    _running(scenario())


def test_a_part_knows_the_addresses_of_what_it_waited_for(rig: Make, environment: Any) -> None:
    _running(_opened(rig(), EVERYTHING_EU))

    assert {"gate-eu.sync", "redis.url", "kafka.bootstrap"} <= environment.sites["eu-1"].keys()


async def _opened(one: Rig, parts: frozenset[str]) -> Rig:
    await one.open(parts)
    return one


def test_parts_that_do_not_need_each_other_start_together(rig: Make, environment: Any) -> None:
    async def scenario() -> list[str]:
        for name in ("users", "orders", "redis"):
            environment.hold(name)
        opening = asyncio.ensure_future(rig().open(frozenset({"users", "orders", "redis"})))
        await _settled()
        begun = list(environment.begun)
        for event in environment.held.values():
            event.set()
        await opening
        return begun

    assert sorted(_running(scenario())) == ["orders", "redis", "users"]


def test_parts_can_be_added_and_nothing_is_started_twice(rig: Make, environment: Any) -> None:
    async def scenario() -> Rig:
        one = rig()
        await asyncio.gather(one.open(frozenset({"users"})), one.open(frozenset({"users", "eu-1"})))
        await one.open(frozenset({"eu-1", "redis"}))
        return one

    one = _running(scenario())

    assert sorted(environment.begun) == ["eu-1", "gate-eu", "redis", "users"]
    assert one.parts == {"eu-1", "gate-eu", "redis", "users"}


def test_the_failure_of_one_part_fails_the_opening_with_its_reason(
    rig: Make, environment: Any
) -> None:
    environment.broken.add("gate-eu")

    async def scenario() -> None:
        one = rig()
        try:
            await one.open(EVERYTHING_EU)
        finally:
            await one.close()

    with pytest.raises(CannotStart, match="gate-eu ended with 2 before it served: no reason"):
        _running(scenario())
    assert "eu-1" not in environment.begun
    assert all(one.end_expected for one in environment.started)


def test_closing_ends_everything_also_what_is_still_starting(rig: Make, environment: Any) -> None:
    async def scenario() -> None:
        environment.hold("eu-1")
        one = rig()
        opening = asyncio.ensure_future(one.open(frozenset({"eu-1", "users"})))
        await _settled()
        await one.close()
        assert one.resources == {}
        with pytest.raises(asyncio.CancelledError):
            await opening

    _running(scenario())

    assert sorted(one.part.name for one in environment.started) == ["gate-eu", "users"]
    assert all(one.end_expected for one in environment.started)


def test_what_is_borrowed_is_not_started(rig: Make, environment: Any) -> None:
    lent = {"users.url": "http://shared-users:1", "kafka.bootstrap": "shared-kafka:1"}

    one = _running(_opened(rig(lent=lent), frozenset({"eu-1", "users"})))

    assert sorted(environment.begun) == ["eu-1", "gate-eu"]
    assert one.addresses()["users.url"] == "http://shared-users:1"
    assert environment.sites["gate-eu"]["kafka.bootstrap"] == "shared-kafka:1"


def test_a_death_is_told_of_and_an_expected_end_is_not(rig: Make, environment: Any) -> None:
    died: list[tuple[str, int]] = []

    async def hear(_: Rig, name: str, resource: Any, code: int) -> None:
        died.append((name, code))

    async def scenario() -> None:
        one = rig(died=hear)
        await one.open(frozenset({"users", "orders", "redis"}))
        environment.there("users").die(3)
        await environment.there("orders").kill()
        await _settled()
        await one.close()

    _running(scenario())

    assert died == [("users", 3)]


def test_a_relay_stands_on_every_link_that_may_be_broken_and_on_no_other(
    rig: Make, environment: Any
) -> None:
    async def scenario() -> Rig:
        one = rig(links=frozenset({"gate-eu.sync", "redis"}))
        await one.open(EVERYTHING_EU)
        await one.close()
        return one

    one = _running(scenario())
    addresses = one.addresses()

    assert sorted(one.relays) == ["gate-eu.sync", "redis"]
    assert addresses["gate-eu.sync"] == f"http://{one.relays['gate-eu.sync'].inside}"
    assert addresses["redis.url"] == f"redis://{one.relays['redis'].inside}"
    assert addresses["gate-eu.url"].startswith("http://gate-eu-url:")
    assert addresses["gate-eu.reports"].startswith("http://gate-eu-reports:")
    assert environment.sites["eu-1"]["gate-eu.sync"] == addresses["gate-eu.sync"]


def test_a_part_behind_a_relay_keeps_its_address_when_it_is_started_again(
    rig: Make, environment: Any
) -> None:
    async def scenario() -> tuple[dict[str, str], dict[str, str]]:
        one = rig(links=frozenset({"gate-eu.sync"}))
        await one.open(frozenset({"eu-1"}))
        before = dict(one.addresses())
        await one.start("gate-eu")
        await one.close()
        return before, dict(one.addresses())

    before, after = _running(scenario())

    assert after["gate-eu.sync"] == before["gate-eu.sync"]
    assert after["gate-eu.management"] != before["gate-eu.management"]
    assert [one.part.name for one in environment.started].count("gate-eu") == 2


def test_addresses_that_others_would_lose_are_named(rig: Make, environment: Any) -> None:
    async def scenario() -> tuple[list[str], list[str]]:
        plain, relayed = rig(), rig(links=frozenset({"gate-eu.sync", "gate-eu.reports"}))
        for one in (plain, relayed):
            await one.open(frozenset({"eu-1"}))
        found = plain.lost_by("gate-eu"), relayed.lost_by("gate-eu")
        assert plain.lost_by("eu-1") == []
        for one in (plain, relayed):
            await one.close()
        return found

    assert _running(scenario()) == (["gate-eu.reports", "gate-eu.sync"], [])


def _timed(one: Rig, *rows: tuple[str, float, float, tuple[str, ...]]) -> list[str]:
    one.timeline = [Started(*row) for row in rows]
    return [started.name for started in one.critical_path()]


def test_the_critical_path_is_the_chain_that_was_ready_last(rig: Make) -> None:
    names = _timed(
        rig(),
        ("kafka", 0.0, 0.4, ()),
        ("redis", 0.0, 0.02, ()),
        ("users", 0.0, 0.6, ()),
        ("gate-eu", 0.4, 0.7, ("kafka",)),
        ("eu-1", 0.7, 1.0, ("gate-eu", "kafka", "redis")),
    )

    assert names == ["kafka", "gate-eu", "eu-1"]


def test_a_slow_part_that_nobody_waits_for_is_a_critical_path_by_itself(rig: Make) -> None:
    names = _timed(rig(), ("kafka", 0.0, 0.4, ()), ("users", 0.0, 2.0, ()))

    assert names == ["users"]


def test_nothing_opened_has_no_critical_path(rig: Make) -> None:
    assert rig().critical_path() == []


def test_what_advertises_its_address_knows_the_relay_before_it_starts(
    rig: Make, environment: Any
) -> None:
    async def scenario() -> Rig:
        one = rig(links=frozenset({"kafka.bootstrap"}))
        await one.open(frozenset({"gate-eu", "kafka"}))
        await one.close()
        return one

    one = _running(scenario())

    relay = one.relays["kafka.bootstrap"].inside
    assert environment.relays_at_start["kafka"] == {"kafka.bootstrap": relay}
    assert environment.sites["gate-eu"]["kafka.bootstrap"].endswith(relay)


def test_where_addresses_are_kept_nothing_is_lost_by_a_new_start(
    rig: Make, environment: Any
) -> None:
    environment.keeps_addresses = True

    assert _running(_opened(rig(), frozenset({"users"}))).lost_by("users") == []


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("127.0.0.1:9092", "relay:7"),
        ("http://127.0.0.1:80", "http://relay:7"),
        ("https://gate:443/sync/v1", "https://relay:7/sync/v1"),
        ("unix:///run/redis.sock", "redis://relay:7"),
        ("redis://redis:6379", "redis://relay:7"),
    ],
)
def test_an_address_is_moved_to_its_relay(address: str, found: str) -> None:
    assert rehosted(address, "relay:7") == found

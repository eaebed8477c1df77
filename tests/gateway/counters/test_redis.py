"""Counting in a real Redis: exact over replicas, nothing on rejection, and what its absence costs."""

import asyncio
import os
import signal
import time
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.counters.address import RedisAddress
from gateway.counters.contract import CounterAway
from gateway.counters.redis import RedisCounters, count_from
from gateway.quota import Limit

DAY = Limit("day", 10)


def address(server, timeout_ms=2000):
    return RedisAddress(socket_path=server.path, timeout_ms=timeout_ms)


async def let_go():
    """A cancelled task closes its connection some turns of the loop later."""
    for _ in range(5):
        await asyncio.sleep(0)


async def with_counters(server, use, timeout_ms=2000, replicas=1):
    """Run `use` with one counter per replica; everything is let go of afterwards."""
    homes = [RedisCounters() for _ in range(replicas)]
    try:
        return await use(*(home.counter(address(server, timeout_ms)) for home in homes))
    finally:
        for home in homes:
            home.close()
        await let_go()


def test_two_replicas_admit_exactly_the_limit(redis_server):
    async def use(one, two):
        return await asyncio.gather(*(c.spend("k", (DAY,)) for _ in range(25) for c in (one, two)))

    counts = asyncio.run(with_counters(redis_server, use, replicas=2))
    assert sum(count.admitted for count in counts) == 10
    assert sorted(count.used[0] for count in counts if count.admitted) == list(range(10))


def test_a_rejected_call_is_counted_in_no_window(redis_server):
    limits = (Limit("hour", 2), DAY)

    async def use(counter):
        return [await counter.spend("k", limits) for _ in range(4)]

    counts = asyncio.run(with_counters(redis_server, use))
    assert [count.admitted for count in counts] == [True, True, False, False]
    assert counts[-1].used == (2, 2)


def test_keys_name_their_window_and_expire(redis_server):
    async def use(counter):
        return await counter.spend("-:svc:-:consumer:1", (Limit("hour", 2), DAY))

    count = asyncio.run(with_counters(redis_server, use))
    start = count.at_s - count.at_s % 3600
    keys = redis_server.command("KEYS", "*")
    assert f"ratelimit:{{-:svc:-:consumer:1}}:{start}:hour" in keys
    assert len(keys) == 2
    for key in keys:
        assert 0 < redis_server.command("TTL", key) <= 86401


def test_windows_are_those_of_redis(redis_server):
    async def use(counter):
        return await counter.spend("k", (DAY,))

    count = asyncio.run(with_counters(redis_server, use))
    assert abs(count.at_s - int(redis_server.command("TIME")[0])) <= 1


def test_a_forgotten_script_is_loaded_again(redis_server):
    async def use(counter):
        await counter.spend("k", (DAY,))
        redis_server.command("SCRIPT", "FLUSH")
        return await counter.spend("k", (DAY,))

    assert asyncio.run(with_counters(redis_server, use)).used == (1,)


def test_an_error_of_redis_is_an_absent_counter(redis_server):
    async def use(counter):
        await counter.spend("k", (DAY,))
        for key in redis_server.command("KEYS", "*"):
            redis_server.command("DEL", key)
            redis_server.command("LPUSH", key, "x")
        with pytest.raises(CounterAway):
            await counter.spend("k", (DAY,))

    asyncio.run(with_counters(redis_server, use))


def test_everything_asked_in_one_turn_is_one_write(redis_server, monkeypatch):
    writes = []

    async def use(counter):
        await counter.spend("k", (DAY,))
        link = counter._connection._link
        original = link._transport.write

        class Counting:
            def __getattr__(self, name):
                return getattr(transport, name)

            def write(self, data):
                writes.append(data)
                original(data)

        transport = link._transport
        link._transport = Counting()
        await asyncio.gather(*(counter.spend("k", (DAY,)) for _ in range(20)))

    asyncio.run(with_counters(redis_server, use))
    assert len(writes) == 1


def test_a_dead_redis_fails_at_once_and_comes_back_by_itself(own_redis):
    async def use(counter):
        await counter.spend("k", (DAY,))
        own_redis.kill()
        with pytest.raises(CounterAway):
            await counter.spend("k", (DAY,))
        began = time.monotonic()
        for _ in range(20):
            with pytest.raises(CounterAway):
                await counter.spend("k", (DAY,))
        assert time.monotonic() - began < 0.1
        os.unlink(own_redis.path)
        await asyncio.to_thread(own_redis.start)
        async with asyncio.timeout(5):
            while True:
                try:
                    return await counter.spend("k", (DAY,))
                except CounterAway:
                    await asyncio.sleep(0.01)

    assert asyncio.run(with_counters(own_redis, use)).admitted


def test_a_silent_redis_costs_its_timeout_once(own_redis):
    async def use(counter):
        await counter.spend("k", (DAY,))
        own_redis.process.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        answers = await asyncio.gather(
            *(counter.spend("k", (DAY,)) for _ in range(5)), return_exceptions=True
        )
        waited = time.monotonic() - began
        for _ in range(10):
            with pytest.raises(CounterAway):
                await counter.spend("k", (DAY,))
        assert time.monotonic() - began - waited < 0.1
        own_redis.process.send_signal(signal.SIGCONT)
        assert all(isinstance(answer, CounterAway) for answer in answers)
        assert 0.15 < waited < 0.6

    asyncio.run(with_counters(own_redis, use, timeout_ms=200))


@pytest.mark.parametrize(("tolerant", "status"), [(True, 200), (False, 503)])
def test_a_gateway_without_its_redis(world, tolerant, status):
    async def scenario():
        config = {
            "minute": 1,
            "policy": "redis",
            "fault_tolerant": tolerant,
            "redis": {"host": "127.0.0.1", "port": 1},
        }
        async with world.upstream() as up:
            document = world.document(up.url, {"name": "rate-limiting", "config": config})
            async with world.gateway(document) as gw:
                answers = [await gw.get("/users") for _ in range(3)]
        assert [answer.status for answer in answers] == [status] * 3
        assert answers[0]["RateLimit-Limit"] == ""
        assert len(up.arrivals) == (3 if tolerant else 0)

    asyncio.run(scenario())


def test_a_gateway_counts_in_its_own_redis(world, redis_server):
    async def scenario():
        plugin = {"name": "rate-limiting", "config": {"day": 2, "policy": "redis"}}
        async with world.upstream() as up:
            document = world.document(up.url, plugin)
            redis = ("--redis", redis_server.url)
            async with (
                world.gateway(document, *redis) as one,
                world.gateway(document, *redis) as two,
            ):
                answers = [await gw.get("/users") for gw in (one, two, one, two)]
        assert [answer.status for answer in answers] == [200, 200, 429, 429]
        assert answers[1]["RateLimit-Remaining"] == "0"

    asyncio.run(scenario())


def test_what_is_not_a_redis_is_away(world):
    async def scenario():
        async with world.upstream() as up:
            home = RedisCounters()
            counter = home.counter(RedisAddress(host="127.0.0.1", port=up.port, timeout_ms=300))
            with pytest.raises(CounterAway):
                await counter.spend("k", (DAY,))
            home.close()
            await let_go()

    asyncio.run(scenario())


def test_sixty_concurrent_calls_over_two_connections_admit_exactly_the_limit(redis_server):
    async def use(one, two):
        calls = [c.spend("k", (Limit("hour", 7), DAY)) for _ in range(30) for c in (one, two)]
        return await asyncio.gather(*calls)

    counts = asyncio.run(with_counters(redis_server, use, replicas=2))
    assert sum(count.admitted for count in counts) == 7
    assert sorted(count.used for count in counts if count.admitted) == [(n, n) for n in range(7)]
    assert {count.used for count in counts if not count.admitted} == {(7, 7)}


def test_a_frozen_redis_is_counted_in_again_after_it_thaws(own_redis):
    async def use(counter):
        await counter.spend("k", (DAY,))
        own_redis.process.send_signal(signal.SIGSTOP)
        with pytest.raises(CounterAway):
            await counter.spend("k", (DAY,))
        own_redis.process.send_signal(signal.SIGCONT)
        async with asyncio.timeout(5):
            while True:
                try:
                    return await counter.spend("k", (DAY,))
                except CounterAway:
                    await asyncio.sleep(0.01)

    count = asyncio.run(with_counters(own_redis, use, timeout_ms=100))
    # What was asked before it froze is executed once it thaws, and then it was admitted after all.
    assert count.admitted
    assert count.used[0] in (1, 2)


def test_a_redis_that_is_frozen_from_the_start_costs_its_timeout_once(own_redis):
    async def use(counter):
        own_redis.process.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        answers = await asyncio.gather(
            *(counter.spend("k", (DAY,)) for _ in range(5)), return_exceptions=True
        )
        waited = time.monotonic() - began
        with pytest.raises(CounterAway):
            await counter.spend("k", (DAY,))
        own_redis.process.send_signal(signal.SIGCONT)
        assert all(isinstance(answer, CounterAway) for answer in answers)
        assert waited < 0.6
        assert time.monotonic() - began - waited < 0.1

    asyncio.run(with_counters(own_redis, use, timeout_ms=200))


@given(
    limits=st.lists(
        st.builds(Limit, st.sampled_from(["hour", "day"]), st.integers(1, 4)),
        min_size=1,
        max_size=2,
        unique_by=lambda limit: limit.period,
    ),
    turns=st.lists(st.lists(st.sampled_from("ab"), max_size=6), max_size=4),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
def test_no_interleaving_ever_gets_more_than_was_promised(redis_server, limits, turns):
    """Each turn is asked at once, by two replicas in turns."""

    async def use(one, two):
        for turn in turns:
            asked = [
                (one, two)[place % 2].spend(f"{number}-{key}", tuple(limits))
                for place, key in enumerate(turn)
            ]
            for key, count in zip(turn, await asyncio.gather(*asked), strict=True):
                found[key].append(count)

    number, found = uuid4(), {"a": [], "b": []}
    asyncio.run(with_counters(redis_server, use, replicas=2))
    for counts in found.values():
        admitted = sum(count.admitted for count in counts)
        assert admitted == min(len(counts), *(limit.calls for limit in limits))
        for count in counts:
            assert count.admitted or max(count.used) <= admitted


def test_an_answer_that_is_not_the_scripts_is_an_absent_counter():
    for answer in (None, b"OK", [], [1, 1], [1, 1, 0, 0]):
        with pytest.raises(CounterAway):
            count_from(answer, (DAY,))
    assert count_from([5, 1, 0], (DAY,)).admitted


def test_what_no_plugin_names_is_let_go(redis_server):
    async def scenario():
        home = RedisCounters()
        kept, gone = address(redis_server), RedisAddress(host="127.0.0.1", port=1)
        assert home.counter(kept)._connection is home.counter(kept)._connection
        home.counter(gone)
        home.keep_only({kept})
        assert set(home._connections) == {kept}
        home.close()
        await let_go()

    asyncio.run(scenario())

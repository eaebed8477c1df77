"""Counters: every one of them keeps the promise of the contract."""

import asyncio

import pytest

from gateway.counters.address import RedisAddress
from gateway.counters.contract import Counter, CounterAway
from gateway.counters.local import LocalCounter
from gateway.counters.redis import RedisCounters
from gateway.quota import Limit


async def twice(counter: Counter):
    limits = (Limit("day", 1),)
    return [await counter.spend("contract", limits) for _ in range(2)]


def test_the_local_one():
    assert [count.admitted for count in asyncio.run(twice(LocalCounter()))] == [True, False]


def test_the_one_in_redis(redis_server):
    async def scenario():
        home = RedisCounters()
        try:
            return await twice(home.counter(RedisAddress(socket_path=redis_server.path)))
        finally:
            home.close()
            await asyncio.sleep(0)

    assert [count.admitted for count in asyncio.run(scenario())] == [True, False]


def test_the_one_that_is_away():
    async def scenario():
        home = RedisCounters()
        try:
            await twice(home.counter(RedisAddress(host="127.0.0.1", port=1)))
        finally:
            home.close()
            await asyncio.sleep(0)

    with pytest.raises(CounterAway):
        asyncio.run(scenario())

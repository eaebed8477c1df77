"""Counts in a Redis that all replicas share: one script call per request, at Redis's own clock."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from gateway.counters.address import RedisAddress
from gateway.counters.connection import RedisAway, RedisConnection, RedisError
from gateway.counters.contract import CounterAway
from gateway.counters.script import SPEND
from gateway.quota import Count, Limit


class RedisCounter:
    """The quota's counter in one Redis."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection

    async def spend(self, key: str, limits: tuple[Limit, ...]) -> Count:
        try:
            answer = await self._connection.run(SPEND, (f"ratelimit:{{{key}}}", *windows(limits)))
        except (RedisAway, RedisError) as error:
            raise CounterAway(str(error)) from error
        return count_from(answer, limits)


@lru_cache(1024)
def windows(limits: tuple[Limit, ...]) -> tuple[str | int, ...]:
    """The script's ARGV: period, seconds and calls of each limit."""
    return tuple(part for it in limits for part in (it.period, it.window_s, it.calls))


def count_from(answer: Any, limits: tuple[Limit, ...]) -> Count:
    """The script's answer: its clock, 1 or 0, the calls used before in each window."""
    if not isinstance(answer, list) or len(answer) != 2 + len(limits):
        raise CounterAway("an answer that is not the script's")
    at_s, admitted, *used = answer
    return Count(at_s, admitted == 1, tuple(used))


def ignore(news: str) -> None:
    """Tell nobody."""


class RedisCounters:
    """One connection per distinct Redis; they outlive every publication."""

    def __init__(self, tell: Callable[[str], None] = ignore) -> None:
        self._tell = tell
        self._connections: dict[RedisAddress, RedisConnection] = {}

    def counter(self, address: RedisAddress) -> RedisCounter:
        connection = self._connections.get(address)
        if connection is None:
            connection = RedisConnection(address, (SPEND,), self._tell)
            connection.open()
            self._connections[address] = connection
        return RedisCounter(connection)

    def keep_only(self, addresses: set[RedisAddress]) -> None:
        """Let go of what no plugin names any more."""
        for address in set(self._connections) - addresses:
            self._connections.pop(address).close()

    def states(self) -> dict[str, bool]:
        """Whether each Redis is connected, by address and database."""
        return {
            f"{address}/{address.database}": connection.connected
            for address, connection in self._connections.items()
        }

    def close(self) -> None:
        self.keep_only(set())

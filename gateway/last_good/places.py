"""Where sealed documents are kept: a folder of the gateway's own, or a Redis that its group shares."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, cast

from gateway.counters.address import RedisAddress
from gateway.counters.connection import RedisAway, RedisConnection, RedisError
from gateway.counters.script import script
from gateway.last_good.seal import TAG_BYTES
from gateway.state import write_safely


class PlaceAway(Exception):
    """Neither read nor written, and why."""


class Place(Protocol):
    """Holds values under names. The kind is for people."""

    kind: str

    async def read(self, name: str) -> bytes | None: ...

    async def replace(self, name: str, tag: bytes, content: bytes) -> bool:
        """Write if what is there still has the tag, or nothing is and the tag is empty."""
        ...


class Folder:
    """Files of mode 0600. Nobody else writes here: the gateway holds the folder's lock."""

    kind = "disk"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def read(self, name: str) -> bytes | None:
        try:
            return await asyncio.to_thread((self._folder / name).read_bytes)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise PlaceAway(f"cannot read {self._folder / name}: {error.strerror}") from error

    async def replace(self, name: str, tag: bytes, content: bytes) -> bool:
        try:
            await asyncio.to_thread(write_safely, self._folder / name, content)
        except OSError as error:
            raise PlaceAway(f"cannot write {self._folder / name}: {error.strerror}") from error
        return True


READ = script("return redis.call('GET', KEYS[1])")
REPLACE = script(f"""
if redis.call('GETRANGE', KEYS[1], 0, {TAG_BYTES - 1}) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
""")


class SharedRedis:
    """Keys in the gateway's Redis, over a connection that lasts for one question."""

    kind = "redis"

    def __init__(self, address: RedisAddress) -> None:
        self._address = address

    async def read(self, name: str) -> bytes | None:
        return cast("bytes | None", await self._ask(lambda it: it.run(READ, (f"gateway:{name}",))))

    async def replace(self, name: str, tag: bytes, content: bytes) -> bool:
        arguments = (f"gateway:{name}", tag, content)
        return await self._ask(lambda it: it.run(REPLACE, arguments)) == 1

    async def _ask(self, ask: Callable[[RedisConnection], object]) -> object:
        connection = RedisConnection(self._address, (), lambda news: None)
        try:
            return await ask(connection)  # type: ignore[misc]
        except (RedisAway, RedisError) as error:
            raise PlaceAway(str(error)) from error
        finally:
            connection.close()

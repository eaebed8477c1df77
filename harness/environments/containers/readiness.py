"""How it becomes known that a part in a container serves: it says so, or it answers."""

import asyncio
import json
from collections.abc import Awaitable, Callable

from harness.environments.contract import CannotStart

_SOCKET_S = 1.0


def is_announced(line: bytes, name: str) -> bool:
    """Tell whether a part has said that it serves: its first line is JSON.

    Errors: CannotStart for a line that is something else.
    """
    try:
        json.loads(line)
    except ValueError as error:
        raise CannotStart(
            f"{name} announced itself with {line[:200]!r}, not with a line of JSON"
        ) from error
    return True


async def pongs(port: int) -> bool:
    """Ask a Redis for a PONG."""
    return (await _asked_redis(port, "PING")) == b"+PONG"


async def is_emptied(port: int) -> bool:
    """Have a Redis forget everything that it was told."""
    return (
        await _asked_redis(port, "FLUSHALL") == await _asked_redis(port, "SCRIPT FLUSH") == b"+OK"
    )


async def _asked_redis(port: int, command: str) -> bytes:
    """Return the first line of the answer, b"" if there is none."""
    try:
        async with asyncio.timeout(_SOCKET_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(f"{command}\r\n".encode())
                return (await reader.readline()).rstrip()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return b""


async def until(
    holds: Callable[[], Awaitable[bool]],
    ended: "asyncio.Future[int]",
    within_s: float,
    poll_s: float,
) -> bool:
    """Look until it holds. Returns False when the part ended first, or after `within_s` seconds."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within_s
    while not await holds():
        if ended.done() or loop.time() >= deadline:
            return False
        await asyncio.wait([ended], timeout=poll_s)
    return True

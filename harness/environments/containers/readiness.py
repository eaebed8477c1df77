"""How it becomes known that a part in a container serves: it says so, or it answers."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from harness.environments.contract import CannotStart

_SOCKET_S = 1.0
_METADATA_S = 1.0


def announced(said: bytes, name: str) -> dict[str, Any] | None:
    """Read the one JSON line that a part prints; None while it is not complete.

    Errors: CannotStart for a line that is something else.
    """
    line, end, _ = said.partition(b"\n")
    if not end:
        return None
    try:
        found: dict[str, Any] = json.loads(line)
    except ValueError as error:
        raise CannotStart(
            f"{name} announced itself with {line[:200]!r}, not with a line of JSON"
        ) from error
    return found


async def pongs(port: int) -> bool:
    """Ask a Redis for a PONG."""
    try:
        async with asyncio.timeout(_SOCKET_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(b"PING\r\n")
                return (await reader.readline()).startswith(b"+PONG")
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


class KafkaAsked:
    """One client that asks for metadata until a broker is named; made once, closed with the wait."""

    def __init__(self, port: int) -> None:
        from confluent_kafka.admin import AdminClient

        self._client = AdminClient(
            {
                "bootstrap.servers": f"127.0.0.1:{port}",
                "reconnect.backoff.ms": 50,
                "reconnect.backoff.max.ms": 100,
                "socket.nagle.disable": True,
                "log_level": 0,
            }
        )

    def answers(self) -> bool:
        from confluent_kafka import KafkaException

        try:
            return bool(self._client.list_topics(timeout=_METADATA_S).brokers)
        except KafkaException:
            return False


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

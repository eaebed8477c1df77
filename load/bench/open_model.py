"""An open model: calls begin when they are due, whoever is slow; latency counts from then.

A closed generator waits for a slow answer and sends nothing meanwhile: it measures the fast ones.
"""

import asyncio
import selectors
import time
from collections import deque
from dataclasses import dataclass
from typing import cast

from httptools import HttpResponseParser

LATE_S = 0.001
"""A generator whose calls begin later than this, one in a hundred, has measured itself."""
PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Latencies:
    """Seconds, sorted: of every call since it was due, and of how late each began."""

    calls: tuple[float, ...]
    late: tuple[float, ...]
    failed: int

    def at(self, share: float) -> float:
        return self.calls[min(len(self.calls) - 1, int(len(self.calls) * share))]

    @property
    def void(self) -> str | None:
        """Why the figure says nothing; None when it does."""
        late_s = self.late[int(len(self.late) * 0.99)]
        if self.failed:
            return f"{self.failed} calls were not answered as expected"
        if late_s > LATE_S:
            return f"the generator was {late_s * 1000:.1f} ms late (p99)"
        return None


class Connection(asyncio.Protocol):
    """One keep-alive connection with calls one after the other."""

    def __init__(self, status: int, done: list[float]) -> None:
        self._status, self._done = status, done
        self._due: deque[float] = deque()
        self.failed = 0

    @property
    def waiting(self) -> int:
        return len(self._due)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._parser = HttpResponseParser(self)

    def ask(self, message: bytes, due: float) -> None:
        self._due.append(due)
        self._transport.write(message)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        self._done.append(time.perf_counter() - self._due.popleft())
        self.failed += self._parser.get_status_code() != self._status

    def close(self) -> None:
        self._transport.close()


def measure(
    port: int, message: bytes, rate: float, seconds: float, connections: int = 32, status: int = 200
) -> Latencies:
    """Call at a steady rate for a while. Errors: OSError when nobody is there."""
    # epoll rounds up to a millisecond, which is what is to be measured; select does not.
    loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
    try:
        return loop.run_until_complete(_drive(port, message, rate, seconds, connections, status))
    finally:
        loop.close()


async def _drive(
    port: int, message: bytes, rate: float, seconds: float, connections: int, status: int
) -> Latencies:
    loop, done, late = asyncio.get_running_loop(), cast("list[float]", []), cast("list[float]", [])
    pool = [
        (await loop.create_connection(lambda: Connection(status, done), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    began = time.perf_counter() + 0.01
    for number in range(int(rate * seconds)):
        due = began + number / rate
        while (left_s := due - time.perf_counter()) > 0:  # noqa: ASYNC110 - the clock itself
            await asyncio.sleep(left_s)
        late.append(-left_s)
        min(pool, key=lambda it: it.waiting).ask(message, due)
    deadline = time.perf_counter() + PATIENCE_S
    while any(it.waiting for it in pool) and time.perf_counter() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    failed = sum(it.failed + it.waiting for it in pool)
    for connection in pool:
        connection.close()
    return Latencies(tuple(sorted(done)), tuple(sorted(late)), failed)

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
LONGEST_BURST = 20


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
        if self.failed or not self.calls:
            return f"{self.failed} calls were not answered as expected"
        if late_s > LATE_S:
            return f"the generator was {late_s * 1000:.1f} ms late (p99)"
        return None


class Calls:
    """Calls that are due wait here for a free connection: nobody pipelines, nobody is spared."""

    def __init__(self, message: bytes, status: int) -> None:
        self.message, self.status = message, status
        self.free: list[Connection] = []
        self.answered: list[float] = []
        self.failed = 0
        self._due: deque[float] = deque()

    @property
    def waiting(self) -> int:
        return len(self._due)

    def begin(self, due: float) -> None:
        self._due.append(due)
        if self.free:
            self.next(self.free.pop())

    def next(self, connection: "Connection") -> None:
        """The connection is free: for the call that waits longest, if one does."""
        if self._due:
            connection.ask(self._due.popleft())
        else:
            self.free.append(connection)


class Connection(asyncio.Protocol):
    """One keep-alive connection with one call at a time."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._due: float | None = None

    @property
    def busy(self) -> bool:
        return self._due is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._parser = HttpResponseParser(self)
        self._calls.free.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        if self in self._calls.free:
            self._calls.free.remove(self)
        self._calls.failed += self.busy
        self._due = None

    def ask(self, due: float) -> None:
        self._due = due
        self._transport.write(self._calls.message)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        if self._due is not None:
            self._calls.answered.append(time.perf_counter() - self._due)
            self._calls.failed += self._parser.get_status_code() != self._calls.status
            self._due = None
            self._calls.next(self)

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
    loop, calls, late = asyncio.get_running_loop(), Calls(message, status), cast("list[float]", [])
    pool = [
        (await loop.create_connection(lambda: Connection(calls), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    began = time.perf_counter() + 0.01
    for number in range(int(rate * seconds)):
        due = began + number / rate
        while (left_s := due - time.perf_counter()) > 0:  # noqa: ASYNC110 - the clock itself
            await asyncio.sleep(left_s)
        if number % LONGEST_BURST == 0:
            await asyncio.sleep(0)  # who is behind still has to hear its answers
        late.append(-left_s)
        calls.begin(due)
    deadline = time.perf_counter() + PATIENCE_S
    while any(it.busy for it in pool) and time.perf_counter() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    failed = calls.failed + calls.waiting + sum(it.busy for it in pool)
    for connection in pool:
        connection.close()
    await asyncio.sleep(0)
    return Latencies(tuple(sorted(calls.answered)), tuple(sorted(late)), failed)

"""Analytics: one event for every answered request, delivered in batches, never in the way.

The queue is bounded; what does not fit is dropped, oldest first, and counted. A batch is sent
again, with the same `_id`s, until the gate has taken it or says that it never will.
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Any

import msgspec

from gateway.gate import Gate, complaint
from gateway.http.client import UpstreamFailure
from gateway.logs import Log

FLUSH_AFTER_S = 0.05
BATCH_EVENTS = 1000
QUEUE_EVENTS = 100_000
FIRST_RETRY_S = 0.05
LAST_RETRY_S = 2.0
ANSWER_TIMEOUT_S = 10.0


@dataclass(slots=True)
class Tally:
    """What became of the events."""

    produced: int = 0
    delivered: int = 0
    dropped: int = 0
    error: str | None = None


class Reporter:
    """Takes events, and delivers them while `run` runs."""

    def __init__(self, gate: Gate | None, log: Log) -> None:
        self._gate = gate
        self._log = log
        self._queue: deque[dict[str, Any]] = deque()
        self._encoder = msgspec.json.Encoder()
        self._arrived = asyncio.Event()
        self._stopping = False
        self._in_hand = 0
        self.tally = Tally()

    @property
    def enabled(self) -> bool:
        return self._gate is not None

    @property
    def queued(self) -> int:
        return len(self._queue) + self._in_hand

    def put(self, event: dict[str, Any]) -> None:
        self.tally.produced += 1
        if len(self._queue) >= QUEUE_EVENTS:
            self._queue.popleft()
            self.tally.dropped += 1
        self._queue.append(event)
        self._arrived.set()

    async def run(self) -> None:
        """Deliver until `stop`, then what is left."""
        while self._gate is not None:
            await self._arrived.wait()
            if not self._queue:
                return
            if not self._stopping:
                await asyncio.sleep(FLUSH_AFTER_S)
            await self._deliver(self._gate, self._take())

    def stop(self) -> None:
        """Let `run` end as soon as everything is delivered."""
        self._stopping = True
        self._arrived.set()

    def _take(self) -> list[dict[str, Any]]:
        batch = [self._queue.popleft() for _ in range(min(BATCH_EVENTS, len(self._queue)))]
        self._in_hand = len(batch)
        if not self._queue and not self._stopping:
            self._arrived.clear()
        return batch

    async def _deliver(self, gate: Gate, batch: list[dict[str, Any]]) -> None:
        content, pause_s = self._encoder.encode_lines(batch), FIRST_RETRY_S
        while not await self._sent(gate, content, len(batch)):
            await asyncio.sleep(pause_s)
            pause_s = min(LAST_RETRY_S, pause_s * 2)
        self._in_hand = 0

    async def _sent(self, gate: Gate, content: bytes, events: int) -> bool:
        """Whether the batch is done with: delivered, or refused for good."""
        headers = [(b"Content-Type", b"application/x-ndjson")]
        try:
            answer = await gate.post("", headers, content, ANSWER_TIMEOUT_S)
        except UpstreamFailure as failure:
            self._note(f"cannot deliver reports: {failure}")
            return False
        if answer.status < 300:
            self.tally.delivered += events
            self.tally.error = None
            return True
        self._note(complaint(answer))
        if answer.status >= 500 or answer.status == 429:
            return False
        self.tally.dropped += events
        self._log.error("reports refused", status=answer.status, events=events)
        return True

    def _note(self, error: str) -> None:
        if self.tally.error != error:
            self._log.warning("reports are delayed", error=error)
        self.tally.error = error

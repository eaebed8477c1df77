"""Analytics: one event for every answered request, delivered in batches, never in the way.

A batch is sent again, with the same `_id`s, until the gate has taken it or says that it never
will. At the end what the gate does not take in time is spilled, if there is a folder for it.
"""

import asyncio
import json
from dataclasses import dataclass

import msgspec

from gateway.backlog import Backlog
from gateway.events import Event
from gateway.gate import Gate, complaint
from gateway.halving import Halving
from gateway.http.client import UpstreamFailure
from gateway.logs import Log
from gateway.spill.files import SpillFiles

FLUSH_AFTER_S = 0.03
AHEAD_S = 0.09
"""An event is on disk at the latest so long after its answer, if the gate has not taken it."""
FIRST_RETRY_S = 0.05
LAST_RETRY_S = 2.0
ANSWER_TIMEOUT_S = 10.0


@dataclass(slots=True)
class Tally:
    """What became of the events: produced + recovered = delivered + dropped + queued."""

    produced: int = 0
    recovered: int = 0
    delivered: int = 0
    refused: int = 0
    error: str | None = None


class Reporter:
    """Takes events, and delivers them between `start` and `finish`."""

    def __init__(
        self, gate: Gate | None, log: Log, files: SpillFiles | None = None, limit_bytes: int = 0
    ) -> None:
        self._gate = gate
        self._log = log
        self._files = files
        self._backlog = Backlog(files, limit_bytes)
        self._encoder = msgspec.json.Encoder()
        self._arrived = asyncio.Event()
        self._stopping = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._ahead: asyncio.TimerHandle | None = None
        self._warned_of = 0
        self._said_error: str | None = None
        self.tally = Tally()

    @property
    def enabled(self) -> bool:
        return self._gate is not None

    @property
    def queued(self) -> int:
        return self._backlog.events

    @property
    def spilled(self) -> int:
        """How many of those queued are on disk."""
        return self._backlog.spilled

    @property
    def spilled_bytes(self) -> int:
        return self._backlog.spilled_bytes

    @property
    def dropped(self) -> int:
        return self._backlog.dropped + self.tally.refused

    @property
    def error(self) -> str | None:
        return self._backlog.error or self.tally.error

    def put(self, event: Event) -> None:
        self.tally.produced += 1
        self._backlog.add(self._encoded(event))
        self._arrived.set()
        if self._ahead is None and self._files is not None:
            self._arm()

    def start(self) -> None:
        if self._gate is not None:
            self._running = asyncio.get_running_loop().create_task(self._run(self._gate))

    async def finish(self, patience_s: float) -> None:
        """Deliver what is left, at most `patience_s`; spill the rest, or count it as dropped."""
        self._stopping.set()
        self._arrived.set()
        if self._running is not None:
            await asyncio.wait((self._running,), timeout=patience_s)
            self._running.cancel()
            await asyncio.wait((self._running,))
        if self._ahead is not None:
            self._ahead.cancel()
        if self._backlog.events:
            self._put_away()

    # -- delivery

    async def _run(self, gate: Gate) -> None:
        await self._recover()
        while True:
            await self._arrived.wait()
            if not self._backlog.events:
                self._arrived.clear()
                if self._stopping.is_set():
                    return
                continue
            if not self._backlog.has_full_batch:
                await self._pause(FLUSH_AFTER_S)
            if not await self._deliver(gate):
                return

    async def _recover(self) -> None:
        """Take over what an earlier life could not deliver."""
        if self._files is None:
            return
        try:
            found = await asyncio.to_thread(self._files.recover)
        except OSError as error:
            self._log.error("cannot read spilled reports", error=str(error))
            return
        for file in found:
            self._backlog.adopt(file.number, file.events)
        self.tally.recovered = sum(file.events for file in found)
        if found:
            self._log.info("reports of an earlier life", events=self.tally.recovered)
            self._arrived.set()

    async def _deliver(self, gate: Gate) -> bool:
        """Deliver one batch; False when it is left for the next life."""
        halving, pause_s = Halving(self._backlog.take()), FIRST_RETRY_S
        self._complain()
        while (part := halving.part()) is not None:
            status = await self._status(gate, part)
            if status is None or status >= 500 or status == 429:
                if self._stopping.is_set() and self._files is not None:
                    return False
                await self._pause(pause_s)
                pause_s = min(LAST_RETRY_S, pause_s * 2)
                continue
            pause_s = FIRST_RETRY_S
            if status < 300:
                halving.delivered()
            else:
                halving.refused(status)
        self._account(halving)
        self._backlog.done()
        return True

    async def _status(self, gate: Gate, lines: list[bytes]) -> int | None:
        """What the gate says to these events; None when it says nothing."""
        headers = [(b"Content-Type", b"application/x-ndjson")]
        try:
            answer = await gate.post("", headers, b"\n".join([*lines, b""]), ANSWER_TIMEOUT_S)
        except UpstreamFailure as failure:
            self._note(f"cannot deliver reports: {failure}")
            return None
        if answer.status < 300:
            self.tally.error = None
        else:
            self._note(complaint(answer))
        return answer.status

    def _account(self, halving: Halving) -> None:
        """Count a batch when it is done with: what is left for a next life counts there."""
        self.tally.delivered += halving.taken
        self.tally.refused += halving.dropped
        if halving.dropped:
            self._log.error("reports refused", status=halving.status, events=halving.dropped)

    async def _pause(self, pause_s: float) -> None:
        """Wait, but not once the end has come: then what can be tried is tried at once."""
        try:
            async with asyncio.timeout(pause_s):
                await self._stopping.wait()
        except TimeoutError:
            return
        await asyncio.sleep(FIRST_RETRY_S if pause_s > FLUSH_AFTER_S else 0)

    def _note(self, error: str) -> None:
        if self.tally.error != error:
            self._log.warning("reports are delayed", error=error)
        self.tally.error = error

    # -- the disk

    def _arm(self) -> None:
        self._ahead = asyncio.get_running_loop().call_later(AHEAD_S / 2, self._write_ahead)

    def _write_ahead(self) -> None:
        self._backlog.write_ahead()
        self._complain()
        self._ahead = None
        if self._backlog.events > self._backlog.spilled:
            self._arm()

    def _put_away(self) -> None:
        """The end: to the disk with what is left."""
        self._backlog.write_ahead(everything=True)
        self._backlog.sync()
        if self._backlog.spilled:
            self._log.info("reports are kept for the next start", events=self._backlog.spilled)
        if lost := self._backlog.give_up():
            self._log.error("reports lost at the end", events=lost)
        self._complain()

    def _complain(self) -> None:
        """One line for each new trouble of the backlog."""
        backlog = self._backlog
        if backlog.error != self._said_error:
            self._said_error = backlog.error
            if backlog.error is not None:
                self._log.error(backlog.error)
        if backlog.broken:
            self._log.warning(
                "torn records in the spilled reports are skipped", events=backlog.broken
            )
            backlog.broken = 0
        if backlog.dropped >= 2 * self._warned_of + 1:
            self._warned_of = backlog.dropped
            self._log.error("reports dropped: there is no room", events=backlog.dropped)

    def _encoded(self, event: Event) -> bytes:
        try:
            return self._encoder.encode(event)
        except UnicodeEncodeError:  # half a surrogate pair, out of a name in the document
            return json.dumps(msgspec.to_builtins(event)).encode()

"""Events on their way to the gate: batches in order, in memory and, with a folder, on disk.

Without a folder the backlog is bounded by events. With one, whatever waits longer than
`AHEAD_S` is written ahead, so that it outlives the process; batches that are far from their turn
are kept on disk only, and the backlog is bounded by bytes. What does not fit is dropped, oldest
first, and counted.
"""

from collections import deque
from dataclasses import dataclass, field

from gateway.spill.files import SpillFiles

BATCH_EVENTS = 1000
BATCH_BYTES = 1024 * 1024  # a gate takes 5 MiB
QUEUE_EVENTS = 100_000
QUEUE_BYTES = 128 * 1024 * 1024
BATCHES_IN_MEMORY = 20


@dataclass(slots=True)
class Batch:
    """Events that travel together. `lines` is empty while they are on disk only."""

    number: int
    lines: list[bytes] = field(default_factory=list)
    events: int = 0
    bytes: int = 0
    written: int = 0
    seen: int = 0
    closed: bool = False
    unloaded: bool = False

    @property
    def full(self) -> bool:
        return self.closed or self.events >= BATCH_EVENTS or self.bytes >= BATCH_BYTES


class Backlog:
    """Holds events until they are delivered. `files` is where they are spilled, `limit` its bytes."""

    def __init__(self, files: SpillFiles | None = None, limit_bytes: int = 0) -> None:
        self._files = files
        self._limit_bytes = limit_bytes
        self._batches: deque[Batch] = deque()
        self._next_number = files.next_number if files else 1
        self._in_hand: Batch | None = None
        self.events = 0
        self.spilled = 0
        self.dropped = 0
        self.broken = 0
        self._memory_bytes = 0  # of what is on no disk
        self.error: str | None = None

    @property
    def spilled_bytes(self) -> int:
        return self._files.bytes if self._files else 0

    @property
    def has_full_batch(self) -> bool:
        return bool(self._batches) and self._batches[0].full

    def adopt(self, number: int, events: int) -> None:
        """Put a file from an earlier life behind those adopted before and before what is new."""
        batch = Batch(number, events=events, written=events, closed=True, unloaded=True)
        older = sum(it.number < number for it in self._batches)
        self._batches.insert(older, batch)
        self.events += events
        self.spilled += events

    def add(self, line: bytes) -> None:
        batch = self._batches[-1] if self._batches else None
        if batch is None or batch.full:
            batch = Batch(self._next_number)
            self._next_number += 1
            self._batches.append(batch)
        batch.lines.append(line)
        batch.events += 1
        batch.bytes += len(line) + 1
        self.events += 1
        self._memory_bytes += len(line)
        while self.events - self.spilled > QUEUE_EVENTS or self._memory_bytes > QUEUE_BYTES:
            if not self._drop_oldest():
                break

    # -- delivery

    def take(self) -> list[bytes]:
        """The oldest batch: its events, which stay in the backlog until `done`."""
        batch = self._in_hand = self._batches[0]
        batch.closed = True
        if batch.unloaded:
            self._load(batch)
        return batch.lines

    def done(self) -> int:
        """The batch in hand needs no more care; how many events it had."""
        batch = self._in_hand
        assert batch is not None, "done without take"
        self._forget(batch)
        return batch.events

    def _load(self, batch: Batch) -> None:
        assert self._files is not None, "only a spilled batch is unloaded"
        try:
            batch.lines, broken = self._files.read(batch.number)
        except OSError as error:
            self.error = f"cannot read spilled reports: {error.strerror}"
            batch.lines, broken = [], 0
        lost = batch.events - len(batch.lines)
        self.broken += broken
        self.dropped += lost
        self.events -= lost
        self.spilled -= lost
        batch.events = batch.written = batch.seen = len(batch.lines)
        batch.unloaded = False

    # -- the disk

    def write_ahead(self, everything: bool = False) -> None:
        """Write what was here at the last call already and still is: called every `AHEAD_S` / 2."""
        if self._files is None:
            return
        for batch in list(self._batches):
            due = len(batch.lines) if everything else batch.seen
            if batch.written < due:
                self._write(self._files, batch, due)
            batch.seen = max(batch.seen, len(batch.lines))
        self._unload()
        while self._files.bytes > self._limit_bytes and self._drop_oldest_batch():
            pass

    def sync(self) -> None:
        if self._files is not None:
            try:
                self._files.sync()
            except OSError as error:
                self.error = f"cannot sync spilled reports: {error.strerror}"

    def give_up(self) -> int:
        """At the end: what is on no disk is lost; how much."""
        lost = self.events - self.spilled
        self.dropped += lost
        self.events = self.spilled
        return lost

    def _write(self, files: SpillFiles, batch: Batch, due: int) -> None:
        lines = batch.lines[batch.written : due]
        try:
            files.append(batch.number, lines)
        except OSError as error:
            self.error = f"cannot spill reports: {error.strerror}"
            return
        self.error = None
        self.spilled += len(lines)
        self._memory_bytes -= sum(map(len, lines))
        batch.written = due

    def _unload(self) -> None:
        """Keep in memory what is sent next and what is not written yet."""
        for place, batch in enumerate(self._batches):
            whole = batch.full and batch.written == batch.events
            if place >= BATCHES_IN_MEMORY and whole and not batch.unloaded:
                batch.lines, batch.unloaded = [], True

    # -- the bounds

    def _drop_oldest(self) -> bool:
        """One event that is in memory only; those on disk are bounded by its bytes."""
        for batch in self._batches:
            if batch is not self._in_hand and batch.written < len(batch.lines):
                line = batch.lines.pop(batch.written)
                batch.events -= 1
                batch.bytes -= len(line) + 1
                batch.seen = max(batch.written, batch.seen - 1)
                self.events -= 1
                self._memory_bytes -= len(line)
                self.dropped += 1
                if not batch.events and batch is not self._batches[-1]:
                    self._forget(batch)
                return True
        return False

    def _drop_oldest_batch(self) -> bool:
        for batch in self._batches:
            if batch is not self._in_hand and batch.written:
                self.dropped += batch.events
                self._forget(batch)
                return True
        return False

    def _forget(self, batch: Batch) -> None:
        self._batches.remove(batch)
        self.events -= batch.events
        self.spilled -= batch.written
        self._memory_bytes -= sum(map(len, batch.lines[batch.written :]))
        if batch is self._in_hand:
            self._in_hand = None
        if self._files is not None:
            try:
                self._files.remove(batch.number)
            except OSError as error:
                self.error = f"cannot remove delivered reports: {error.strerror}"

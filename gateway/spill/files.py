"""The folder of spill files: one per batch of events, appended to, removed when delivered.

What is written survives the end of the process, also a SIGKILL, as soon as `append` returns. Only
`sync` makes it survive the end of the machine; it is called at shutdown. Syncing each append would
cost a disk's latency ten times a second, for events that the gate mostly takes before that.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from gateway.spill.records import framed, unframed

SUFFIX = ".ndjson"


@dataclass(frozen=True, slots=True)
class Found:
    """A file from an earlier life."""

    number: int
    events: int


class SpillFiles:
    """Errors: OSError, when the disk is full or broken; a file then holds what it held before."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._sizes: dict[int, int] = {}
        self._found = sorted(numbered(folder))
        self.bytes = 0
        for number in self._found:
            self._resize(number, self._path(number).stat().st_size)

    @property
    def next_number(self) -> int:
        return max(self._sizes, default=0) + 1

    def recover(self) -> list[Found]:
        """What was there at the start, oldest first. Reads everything once: not for the loop."""
        return [
            Found(number, self._path(number).read_bytes().count(b"\n")) for number in self._found
        ]

    def append(self, number: int, lines: list[bytes]) -> None:
        records, before = framed(lines), self._sizes.get(number, 0)
        descriptor = os.open(self._path(number), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            left = records
            while left:
                left = left[os.write(descriptor, left) :]
        except OSError:
            os.ftruncate(descriptor, before)  # half a record would spoil the next one
            raise
        finally:
            os.close(descriptor)
        self._resize(number, before + len(records))

    def read(self, number: int) -> tuple[list[bytes], int]:
        """The events of a file, and how many records in it are broken."""
        return unframed(self._path(number).read_bytes())

    def remove(self, number: int) -> None:
        if number in self._sizes:
            self.bytes -= self._sizes.pop(number)
            self._path(number).unlink(missing_ok=True)

    def sync(self) -> None:
        """Make sure of everything there is."""
        for path in [*map(self._path, self._sizes), self._folder]:
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def _resize(self, number: int, size: int) -> None:
        self.bytes += size - self._sizes.get(number, 0)
        self._sizes[number] = size

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:012d}{SUFFIX}"


def numbered(folder: Path) -> list[int]:
    return [int(path.stem) for path in folder.glob(f"*{SUFFIX}") if path.stem.isdigit()]

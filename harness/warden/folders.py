"""A run's folder: who owns it, and how what a killed owner left is swept.

An owner holds a lock on its folder for as long as it lives; a folder whose lock can be had has no
owner any more.
"""

import contextlib
import fcntl
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_LOCK = "lock"
_PIDS = "pids"


@dataclass(frozen=True, slots=True)
class Held:
    """A folder that this process owns."""

    path: Path
    lock: IO[str]

    def remember(self, pid: int) -> None:
        """Note a child's process group, for sweepers where children outlive their warden."""
        with (self.path / _PIDS).open("a") as pids:
            pids.write(f"{pid}\n")

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        self.lock.close()


def take(path: Path) -> Held:
    """Make the folder, readable by its owner alone, and lock it.

    Errors: BlockingIOError if somebody else owns it.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.mkdir(mode=0o700, exist_ok=True)
    lock = (path / _LOCK).open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise
    return Held(path, lock)


def ownerless(runs: Path) -> Iterator[Path]:
    """Yield the folders whose owner is dead."""
    if not runs.is_dir():
        return
    for path in sorted(runs.iterdir()):
        with contextlib.suppress(OSError):
            held = take(path)
            try:
                yield path
            finally:
                held.lock.close()


def is_dead(folder: Path) -> bool:
    """Tell whether nobody owns a run's folder any more, or it is gone."""
    try:
        if not (folder / _LOCK).exists():
            return True
        take(folder).lock.close()
    except OSError:  # locked, or somebody else's
        return False
    return True


def sweep(runs: Path, found: Callable[[Path], None] = lambda folder: None) -> list[str]:
    """Remove what killed wardens left, and end what they started. Returns the runs' names.

    `found` is told each folder before it is removed.
    """
    swept = []
    for path in ownerless(runs):
        found(path)
        for pid in _pids(path):
            if _belongs_to(pid, path):
                with contextlib.suppress(OSError):
                    os.killpg(pid, signal.SIGKILL)
        shutil.rmtree(path, ignore_errors=True)
        swept.append(path.name)
    return swept


def _pids(path: Path) -> list[int]:
    try:
        return [int(line) for line in (path / _PIDS).read_text().split()]
    except OSError:
        return []


def _belongs_to(pid: int, folder: Path) -> bool:
    """A process id may have been given to a stranger since: look at what it has open."""
    import psutil

    try:
        process = psutil.Process(pid)
        used = [entry.path for entry in process.open_files()]
    except psutil.Error:
        return False
    return any(path.startswith(str(folder)) for path in used)

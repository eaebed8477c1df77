"""The folder of a run's results, and who may write into it."""

import fcntl
from dataclasses import dataclass
from pathlib import Path
from typing import IO


@dataclass(slots=True)
class ReportFolder:
    """A locked folder. `wanted` is the one that was asked for; it may have been taken."""

    path: Path
    wanted: Path
    _lock: IO[str]

    @property
    def elsewhere(self) -> bool:
        return self.path != self.wanted

    def release(self) -> None:
        self._lock.close()


def open_folder(wanted: Path, run: str) -> ReportFolder:
    """Lock the folder, or one beside it that carries the run's id when another run is writing."""
    for path in (wanted, wanted.with_name(f"{wanted.name}.{run}")):
        path.mkdir(parents=True, exist_ok=True)
        lock = (path / ".lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            continue
        return ReportFolder(path, wanted, lock)
    raise BlockingIOError(f"both {wanted} and its sibling for run {run} are in use")

"""One setup at a time: the second waits for the first and then finds everything done."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.setup.progress import Progress


@contextmanager
def taken(file: Path, progress: Progress) -> Iterator[int]:
    """Hold the lock on `file` and give its descriptor.

    The kernel gives the lock back when its holders have ended, however they ended.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say("another setup is under way here, waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle.fileno()

"""Work in forks of one process that has everything loaded: importing takes longer than most trials."""

import multiprocessing
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Generic, TypeVar

Item = TypeVar("Item")
Found = TypeVar("Found")

END_S = 10.0
SAID = "said.txt"
"""Where a fork's output goes, in the folder that it gets."""

_FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True, slots=True)
class Job(Generic[Item]):
    """Something to be done in a fork. Units: limit_s is the time that it may take."""

    item: Item
    name: str
    limit_s: float


@dataclass(frozen=True, slots=True)
class Lost(Generic[Item]):
    """A fork that ended without a result, or had to be ended."""

    item: Item
    why: str


@dataclass(slots=True)
class _Under(Generic[Item]):
    job: Job[Item]
    process: BaseProcess
    answer: Connection
    folder: Path
    until: float


def each(
    jobs: Sequence[Job[Item]], work: Callable[[Item, Path], Found], at_once: int
) -> Iterator[Found | Lost[Item]]:
    """Do every job in a fork with a folder of its own, and yield what comes back as it does.

    The process must have no threads when this is called. Nothing is left behind, also when the
    caller stops listening.
    """
    waiting = list(reversed(jobs))
    under_way: list[_Under[Item]] = []
    try:
        while waiting or under_way:
            while waiting and len(under_way) < at_once:
                under_way.append(_begun(waiting.pop(), work))
            for one in _ended(under_way):
                under_way.remove(one)
                yield _found(one)
    finally:
        for one in under_way:
            _end(one)


def _begun(job: Job[Item], work: Callable[[Item, Path], Found]) -> _Under[Item]:
    folder = Path(tempfile.mkdtemp(prefix=f"gateproof-{job.name[:30]}-"))
    answer, ours = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=_in_fork, args=(work, job.item, folder, ours), daemon=True)
    process.start()
    ours.close()
    return _Under(job, process, answer, folder, time.monotonic() + job.limit_s)


def _in_fork(
    work: Callable[[Item, Path], Found], item: Item, folder: Path, answer: Connection
) -> None:
    said = os.open(folder / SAID, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(said, stream)
    answer.send(work(item, folder))


def _ended(under_way: Sequence[_Under[Item]]) -> list[_Under[Item]]:
    """Wait until one has answered, died, or takes too long."""
    left_s = min(one.until for one in under_way) - time.monotonic()
    ready = wait([one.answer for one in under_way], max(0.0, left_s))
    now = time.monotonic()
    return [one for one in under_way if one.answer in ready or one.until <= now]


def _found(one: _Under[Item]) -> Found | Lost[Item]:
    try:
        if one.answer.poll():
            found: Found = one.answer.recv()
            return found
        return Lost(one.job.item, f"no end within {one.job.limit_s:g} s")
    except EOFError:
        return Lost(one.job.item, last_line(one.folder))
    finally:
        _end(one)


def _end(one: _Under[Item]) -> None:
    """End it: as Ctrl-C does, so that it can end what it has started, and at once where that fails."""
    if one.process.pid is not None and one.process.is_alive():
        os.kill(one.process.pid, signal.SIGINT)
    one.process.join(END_S)
    one.process.kill()
    one.process.join()
    one.answer.close()
    shutil.rmtree(one.folder, ignore_errors=True)


def last_line(folder: Path) -> str:
    """Return the last thing that the fork with this folder has said."""
    lines = [line for line in said(folder).splitlines() if line.strip()]
    return lines[-1] if lines else "it ended without a word"


def said(folder: Path) -> str:
    """Return everything that the fork with this folder has said."""
    try:
        return (folder / SAID).read_text(errors="replace")
    except OSError:
        return ""

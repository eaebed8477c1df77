"""What the environment costs: memory and CPU of the warden and its descendants."""

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psutil


def cpu_s(pids: Iterable[int]) -> float:
    """Return the CPU seconds that these processes, and those below them, have used so far."""
    import psutil

    used = 0.0
    for process in _all_of(pids, set()):
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            used += times.user + times.system
    return round(used, 2)


def measure(elsewhere: Iterable[int] = ()) -> dict[str, Any]:
    """Return memory and CPU of this process and all below it.

    Shape: elsewhere are parts that are not below it but in containers, as far as this system has them.
    Units: memory_mib is summed PSS in MiB where the system tells it (Linux), else RSS;
           cpu_s is user and system seconds so far.
    """
    import psutil

    mother = psutil.Process(os.getpid())
    memory, cpu, seen = 0, 0.0, 0
    below = [mother, *mother.children(recursive=True)]
    contained = (pid for pid in elsewhere if is_contained(pid))
    for process in [*below, *_all_of(contained, {one.pid for one in below})]:
        try:
            info = process.memory_full_info()
            times = process.cpu_times()
        except psutil.Error:
            continue  # it ended while we looked
        memory += getattr(info, "pss", info.rss)
        seen += 1
        cpu += times.user + times.system
    return {"memory_mib": round(memory / 2**20, 1), "cpu_s": round(cpu, 2), "processes": seen}


def is_contained(pid: int, proc: Path = Path("/proc")) -> bool:
    """Tell whether a process of this system is in a container.

    An engine may be in a virtual machine or far away: its process ids are somebody else's here.
    """
    try:
        groups = (proc / str(pid) / "cgroup").read_text()
    except OSError:
        return False
    return any(word in groups for word in ("docker", "containerd", "libpod", "kubepods"))


def _all_of(pids: Iterable[int], counted: set[int]) -> "Iterator[psutil.Process]":
    import psutil

    for pid in pids:
        with contextlib.suppress(psutil.Error):
            root = psutil.Process(pid)
            yield from (o for o in (root, *root.children(recursive=True)) if o.pid not in counted)

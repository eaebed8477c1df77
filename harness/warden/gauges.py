"""What the environment costs: memory and CPU of the warden and its descendants."""

import contextlib
import os
from collections.abc import Iterable
from typing import Any


def cpu_s(pids: Iterable[int]) -> float:
    """Return the CPU seconds that these processes have used so far."""
    import psutil

    used = 0.0
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            times = psutil.Process(pid).cpu_times()
            used += times.user + times.system
    return round(used, 2)


def measure() -> dict[str, Any]:
    """Return memory and CPU of this process and all below it.

    Units: memory_mib is summed PSS in MiB where the system tells it (Linux), else RSS;
           cpu_s is user and system seconds so far.
    """
    import psutil

    mother = psutil.Process(os.getpid())
    memory, cpu, seen = 0, 0.0, 0
    for process in [mother, *mother.children(recursive=True)]:
        try:
            info = process.memory_full_info()
            times = process.cpu_times()
        except psutil.Error:
            continue  # it ended while we looked
        memory += getattr(info, "pss", info.rss)
        seen += 1
        cpu += times.user + times.system
    return {"memory_mib": round(memory / 2**20, 1), "cpu_s": round(cpu, 2), "processes": seen}

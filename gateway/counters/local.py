"""Counts in this process: exact for one gateway, gone with it."""

from collections.abc import Callable
from time import time

from gateway.quota import Count, Limit, admits, window_start

# Whoever can invent identifiers (header values, addresses) could fill the memory otherwise.
MOST_KEYS = 200_000


class LocalCounter:
    """Counts per window. A window's counts are dropped when the next one of that length begins,
    and the oldest one where there are more than `MOST_KEYS`."""

    def __init__(self, clock: Callable[[], float] = time) -> None:
        self._clock = clock
        self._windows: dict[int, tuple[int, dict[str, int]]] = {}

    async def spend(self, key: str, limits: tuple[Limit, ...]) -> Count:
        # No await in here: between looking and counting nothing else runs.
        now_s = int(self._clock())
        counts = [self._window(limit.window_s, now_s) for limit in limits]
        used = tuple(count.get(key, 0) for count in counts)
        admitted = admits(limits, used)
        if admitted:
            for count in counts:
                if len(count) >= MOST_KEYS and key not in count:
                    del count[next(iter(count))]
                count[key] = count.get(key, 0) + 1
        return Count(now_s, admitted, used)

    def _window(self, window_s: int, now_s: int) -> dict[str, int]:
        start = window_start(now_s, window_s)
        kept = self._windows.get(window_s)
        if kept is None or kept[0] < start:
            kept = (start, {})
            self._windows[window_s] = kept
        return kept[1]

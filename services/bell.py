"""Waiting without polling: who waits for news looks again the moment there may be some."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class Bell:
    """Wakes everybody who waits, at once; closing it ends every wait."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._closed = False

    def ring(self) -> None:
        """Let everybody who waits look again."""
        self._rung.set()
        self._rung = asyncio.Event()

    def close(self) -> None:
        """Answer all waits now and from now on."""
        self._closed = True
        self.ring()

    async def until(self, look: Callable[[], Found | None], wait_s: float) -> Found | None:
        """What `look` returns as soon as that is not None; None after `wait_s` or at the end."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait_s
        while True:
            rung = self._rung
            found = look()
            left_s = deadline - loop.time()
            if found is not None or left_s <= 0 or self._closed:
                return found
            try:
                await asyncio.wait_for(rung.wait(), left_s)
            except TimeoutError:
                return look()

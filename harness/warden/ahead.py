"""Rigs that are opened before they are asked for: where a rig takes seconds, they pass unnoticed.

A worker tells what its next scenario will want, and takes it if the scenario wants just that. What nobody
takes is closed. One that does not come up says nothing: whoever asks for it opens another and hears why.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from harness.warden.rig import Rig


@dataclass(frozen=True, slots=True)
class Wish:
    """What a rig is opened from."""

    parts: frozenset[str]
    links: frozenset[str]
    borrowed: frozenset[str]


@dataclass(slots=True)
class Ahead:
    """At most one rig that nobody has asked for yet."""

    open_rig: Callable[[frozenset[str], frozenset[str], frozenset[str]], Awaitable[Rig]]
    close_rig: Callable[[str], Awaitable[None]]
    _wish: Wish | None = None
    _opening: "asyncio.Task[Rig] | None" = None
    _leaving: set["asyncio.Task[None]"] = field(default_factory=set)

    def begin(self, wish: Wish) -> None:
        """Open a rig for later, in place of one that was for something else."""
        if self._opening is not None and self._wish == wish and not self._has_failed():
            return
        leaving = asyncio.ensure_future(self._closed(self._opening))
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)
        self._wish = wish
        self._opening = asyncio.ensure_future(self.open_rig(wish.parts, wish.links, wish.borrowed))
        self._opening.add_done_callback(_heard)

    def _has_failed(self) -> bool:
        opening = self._opening
        return bool(opening and opening.done() and (opening.cancelled() or opening.exception()))

    async def take(self, wish: Wish) -> Rig | None:
        """Return the rig that was opened for this; None if there is none, or it did not come up."""
        if self._wish != wish or self._opening is None:
            return None
        opening, self._opening = self._opening, None
        try:
            return await opening
        except asyncio.CancelledError:  # who waited gave up, and the rig with it
            raise
        except Exception:
            return None

    async def drop(self) -> None:
        """Close what nobody has taken."""
        opening, self._opening = self._opening, None
        await self._closed(opening)

    async def _closed(self, opening: "asyncio.Task[Rig] | None") -> None:
        if opening is None:
            return
        opening.cancel()  # if it is not open yet, it closes itself
        with contextlib.suppress(Exception, asyncio.CancelledError):
            await self.close_rig((await opening).name)


def _heard(opening: "asyncio.Task[Rig]") -> None:
    """Nobody may ever ask what became of it."""
    if not opening.cancelled():
        opening.exception()

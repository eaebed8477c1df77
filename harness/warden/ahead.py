"""Rigs that are opened before they are asked for: where a rig takes seconds, they pass unnoticed.

A worker tells what its next scenario will want, and takes it if the scenario wants just that. What nobody
takes is closed. One that does not come up says nothing: whoever asks for it opens another and hears why.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from harness.warden.rig import Rig


@dataclass(frozen=True, slots=True)
class Wish:
    """What a rig is opened from."""

    parts: frozenset[str]
    links: frozenset[str]
    borrowed: frozenset[str]

    @classmethod
    def told(cls, parts: Iterable[str], links: Iterable[str], borrowed: Iterable[str]) -> "Wish":
        return cls(frozenset(parts), frozenset(links), frozenset(borrowed))


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

    def claim(self, wish: Wish) -> "asyncio.Task[Rig] | None":
        """Return the rig that was opened for this, or is about to be; None if there is none."""
        if self._wish != wish or self._has_failed():
            return None
        opening, self._opening = self._opening, None
        return opening

    async def take(self, wish: Wish, then: Wish | None = None) -> Rig:
        """Open a rig, or return the one that was opened for this; and begin with the one after it.

        Somebody waits for what nobody opened ahead: that comes first.
        Errors: CannotStart.
        """
        claimed = self.claim(wish)
        if claimed is not None:
            if then is not None:
                self.begin(then)
            with contextlib.suppress(Exception):  # it did not come up: the next one may
                return await claimed
        rig = await self.open_rig(wish.parts, wish.links, wish.borrowed)
        if then is not None:
            self.begin(then)
        return rig

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

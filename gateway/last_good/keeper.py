"""Keeps the last good document, newest only, and finds it again at the start.

Beside the document stands a mark: the newest version that ran under this name. A document that
is older than its mark was put back by somebody, and is not served.
"""

import asyncio
from collections.abc import Callable, Sequence

from gateway.last_good.places import Place, PlaceAway
from gateway.last_good.seal import LastGood, SealBroken, opened, sealed, tag_of
from gateway.logs import Log

FIRST_RETRY_S = 0.25
LAST_RETRY_S = 10.0
ATTEMPTS = 5  # at a place that others write to at the same time


class Keeper:
    """Keeps documents of one name in one place; the marks may have places of their own as well."""

    def __init__(
        self,
        place: Place,
        name: str,
        key: bytes,
        log: Log,
        now: Callable[[], str],
        mark_places: Sequence[Place] = (),
    ) -> None:
        self._place = place
        self._mark_places = (place, *mark_places)
        self._name, self._mark_name = f"snapshot:{name}", f"newest:{name}"
        self._key = key
        self._log = log
        self._now = now
        self._next: LastGood | None = None
        self._saving: asyncio.Task[None] | None = None
        self.kept: LastGood | None = None
        self.error: str | None = None

    @property
    def kind(self) -> str:
        return self._place.kind

    # -- at the start

    async def load(self) -> LastGood | None:
        """What may be served without a control plane; one log line when what is there may not."""
        try:
            found = await self._read(self._place, self._name)
            newest = [await self._read(place, self._mark_name) for place in self._mark_places]
        except (PlaceAway, SealBroken) as trouble:
            self._ignore(str(trouble))
            return None
        floor = max((mark.version for mark in newest if mark is not None), default=0)
        if found is not None and found.version < floor:
            self._ignore(f"it is version {found.version}, and version {floor} ran here before")
            return None
        self.kept = found
        return found

    async def _read(self, place: Place, name: str) -> LastGood | None:
        content = await place.read(name)
        return None if content is None else opened(content, name, self._key)

    def _ignore(self, why: str) -> None:
        self.error = f"snapshot ignored: {why}"
        self._log.warning(self.error)

    # -- from then on

    def keep(self, version: int, document: bytes) -> None:
        """Save a document that is served now, in the background; the newest wins."""
        self._next = LastGood(version, self._now(), document)
        if self._saving is None or self._saving.done():
            self._saving = asyncio.get_running_loop().create_task(self._save())

    async def finish(self, patience_s: float) -> None:
        if self._saving is not None:
            await asyncio.wait((self._saving,), timeout=patience_s)
            self._saving.cancel()

    async def _save(self) -> None:
        pause_s = FIRST_RETRY_S
        while (found := self._next) is not None:
            try:
                await self._replace(self._place, self._name, found)
                for place in self._mark_places:
                    mark = LastGood(found.version, found.saved_at, b"")
                    await self._replace(place, self._mark_name, mark)
            except PlaceAway as trouble:
                self._complain(f"cannot keep version {found.version}: {trouble}")
                await asyncio.sleep(pause_s)
                pause_s = min(LAST_RETRY_S, pause_s * 2)
                continue
            self.kept, self.error, pause_s = found, None, FIRST_RETRY_S
            if self._next is found:
                self._next = None

    async def _replace(self, place: Place, name: str, found: LastGood) -> None:
        """Write it, unless something newer that is ours is there already."""
        content = sealed(found, name, self._key)
        for _ in range(ATTEMPTS):
            there = await place.read(name) or b""
            if self._version_of(there, name) > found.version:
                return
            if await place.replace(name, tag_of(there), content):
                return
        raise PlaceAway("others keep writing there")

    def _version_of(self, content: bytes, name: str) -> int:
        """The version of what is there; 0 when it is nothing of ours."""
        try:
            return opened(content, name, self._key).version
        except SealBroken:
            return 0

    def _complain(self, error: str) -> None:
        if error != self.error:
            self._log.warning("snapshot not kept", error=error)
        self.error = error

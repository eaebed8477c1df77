"""Brings into the journal what the parts of a rig wrote down by themselves: events and log lines.

Read before a rig is closed, and when the run drains; each event and each line is recorded once.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from harness import patience
from harness.masking import Mask
from harness.warden.journal import Journal
from harness.warden.rig import Rig
from harness.warden.web import Web

EVENTS_READ = 10_000
"""As many as ingest shows of one index; more are counted and named, not recorded."""
LINES_READ = 200_000
_LONGEST = 2_000
_LOUD = frozenset({"warning", "error", "critical", "fatal"})
_SOUNDS_LOUD = re.compile(r"warning|error|fatal|exception|traceback|failed", re.IGNORECASE)


@dataclass(slots=True)
class Harvest:
    """Remembers what is recorded already. Never raises: a rig that is broken tells less."""

    journal: Journal
    web: Web
    run: str
    _events: set[str] = field(default_factory=set)
    _lines: dict[tuple[str, str], int] = field(default_factory=dict)
    _answered: Counter[str] = field(default_factory=Counter)
    _said: set[tuple[str, str, str]] = field(default_factory=set)

    async def of(self, rig: Rig, mask: Mask, *, last: bool = False) -> None:
        """Record the events and log lines of a rig. With `last`, events may still be under way."""
        for name in sorted(rig.resources):
            await self._read_log(rig, name, mask)
        if "ingest" in rig.resources and not rig.resources["ingest"].end_expected:
            await self._read_events(rig, mask, patience.LATE_EVENTS_S if last else 0.0)

    # --- events ---------------------------------------------------------------------------------

    async def _read_events(self, rig: Rig, mask: Mask, wait_s: float) -> None:
        url = rig.site.addresses["ingest.url"]
        expected = self._answered[rig.name]  # each becomes an event, some a little later
        try:
            async with asyncio.timeout(patience.INDEX_READ_S):
                _, found = await self.web.ask("GET", f"{url}/indices")
                for one in found["indices"]:
                    await self._read_index(rig, url, str(one["name"]), mask, expected, wait_s)
        except Exception as error:
            self.journal.write(
                "unread-events", rig=rig.name, why=f"{type(error).__name__}: {error}"
            )

    async def _read_index(
        self, rig: Rig, url: str, name: str, mask: Mask, expected: int, wait_s: float
    ) -> None:
        region, _, owner = name.removeprefix("index-").partition("-")
        theirs = owner.rpartition("-")[0] or rig.name  # who borrows ingest has an index of its own
        query = f"limit={EVENTS_READ}"
        if theirs == rig.name and region:
            query += f"&at_least={min(expected, EVENTS_READ)}&wait_s={wait_s}"
        _, found = await self.web.ask("GET", f"{url}/indices/{quote(name, safe='')}/events?{query}")
        for event in found["events"]:
            if event["_id"] not in self._events:
                self._events.add(event["_id"])
                self.journal.note("event", rig=theirs, index=name, event=mask.plain(event))
        if found["total"] > len(found["events"]):
            self.journal.write(
                "left-out", rig=theirs, index=name,
                total=found["total"], recorded=len(found["events"]),
            )  # fmt: skip

    # --- logs -----------------------------------------------------------------------------------

    async def _read_log(self, rig: Rig, part: str, mask: Mask) -> None:
        try:
            lines = await rig.resources[part].logs(LINES_READ)
        except Exception as error:
            self.journal.write("unread-log", rig=rig.name, part=part, why=str(error))
            return
        begin = self._lines.get((rig.name, part), 0)
        self._lines[rig.name, part] = len(lines)
        markers: dict[str, str] = {}
        for line in _parsed(lines[begin:]):
            marker = self._marker(rig.name, line, markers)
            if marker is None and not self._is_news(rig.name, part, line):
                continue
            self.journal.note(
                "log", rig=rig.name, part=part, marker=marker, line=_short(mask.plain(line))
            )

    def _marker(self, rig: str, line: dict[str, Any], markers: dict[str, str]) -> str | None:
        """Return the mark of the call that a line is about: in it, or known by its request id."""
        request = str(line.get("request_id") or "")
        marker = str(line.get("transaction") or "")
        if marker.startswith(f"{self.run}."):
            if request:
                markers[request] = marker
                self._answered[rig] += 1
            return marker
        return None if marker else markers.get(request)

    def _is_news(self, rig: str, part: str, line: dict[str, Any]) -> bool:
        """Is it a warning or an error that this part has not written before?"""
        if line.get("level") not in _LOUD:
            return False
        said = (rig, part, str(line.get("message")))
        if said in self._said:
            return False
        self._said.add(said)
        return True


def _parsed(lines: list[str]) -> Iterator[dict[str, Any]]:
    """Yield log lines as objects; a line of plain text is a warning when it sounds like one."""
    for text in lines:
        try:
            line = json.loads(text)
        except ValueError:
            line = None
        if isinstance(line, dict):
            yield line
        elif _SOUNDS_LOUD.search(text):
            yield {"level": "warning", "message": text}


def _short(value: Any) -> Any:
    """Return a line whose texts are no longer than anybody reads."""
    if isinstance(value, dict):
        return {key: _short(one) for key, one in value.items()}
    return value[:_LONGEST] if isinstance(value, str) else value

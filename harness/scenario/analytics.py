"""The analytics index, seen from outside: which events did the calls become?

Absence needs a fence: one later event per replica that took calls. Events of one account travel in
one partition in order, so when the fence is in the index everything before it is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from harness import patience, topology
from harness.scenario.calls import Call, Calls
from harness.scenario.exchange import Exchange
from harness.scenario.stage import Stage

_FENCE = "/gateproof-fence"
_MANY = 20
"""So many calls are looked up by reading the whole index once, as far as one answer goes."""
_LIMIT = 10_000


@dataclass(slots=True)
class Index:
    """Queries the index through ingest. One document per event."""

    stage: Stage
    calls: Calls
    client: httpx.Client

    def events_of(self, exchanges: Sequence[Exchange]) -> list[dict[str, Any]]:
        """Return every event that these calls became, once a fence says that no more can come.

        Errors: GaveUp when a fence does not arrive.
        """
        for replica in sorted({exchange.replica for exchange in exchanges}):
            self._fence(replica)
        by_index: dict[str, list[str]] = defaultdict(list)
        for exchange in exchanges:
            by_index[self._index_of(exchange.replica)].append(exchange.marker)
        return [event for name in by_index for event in self._with(by_index[name], name)]

    def count_per_call(self, exchanges: Sequence[Exchange]) -> dict[str, int]:
        """Return how many events each call became, by marker."""
        counts = Counter(event["transaction-id"] for event in self.events_of(exchanges))
        return {exchange.marker: counts[exchange.marker] for exchange in exchanges}

    def off_by_s(self, exchange: Exchange) -> float:
        """Return how far the time in a call's only event is from when the call was made."""
        (event,) = self.events_of([exchange])
        dated = datetime.fromisoformat(event["@timestamp"]).timestamp()
        return max(exchange.started_s - dated, dated - exchange.ended_s, 0.0)

    def _with(self, markers: Sequence[str], name: str) -> Iterable[dict[str, Any]]:
        """The events of these calls, in one look when there are many and they fit into it."""
        if len(markers) > _MANY and self._count(name) <= _LIMIT:
            wanted = set(markers)
            everything = self._search({"limit": str(_LIMIT)}, name)["events"]
            return [event for event in everything if event["transaction-id"] in wanted]
        return [
            event
            for marker in markers
            for event in self._search({"transaction-id": marker}, name)["events"]
        ]

    def total(self, region: str, at_least: int = 0) -> int:
        """Return how many events the index of a region's account holds, fences left out.

        Waits a while for `at_least` of them.
        """
        name = self.stage.identity(region)["index"]
        return self._count(name, at_least=at_least) - self._count(name, {"uri": _FENCE})

    def documents_of(self, batches: Iterable[str], fence: str) -> list[str]:
        """Return the `_id`s of the documents of these batches, once a fence is in the index.

        Errors: GaveUp when the fence does not arrive.
        """
        name = self.stage.identity()["index"]
        self._until_indexed({"_id": fence}, name, patience.REPORTS_DELIVERED_S)
        return [
            event["_id"]
            for batch in batches
            for event in self._search({"batch": batch, "limit": str(_LIMIT)}, name)["events"]
        ]

    def repeated(self) -> int:
        """Return how many messages ingest has read from Kafka that made no document of their own."""
        kept = sum(index["count"] for index in self._ask("/indices")["indices"])
        return self._read() - int(kept)

    def wait_until_read(self, count: int) -> None:
        """Return as soon as ingest says that it is done with so many messages.

        Errors: GaveUp.
        """
        self.stage.waits.until(
            self._read,
            lambda read: read >= count,
            within_s=patience.EVENT_INDEXED_S,
            reason="ingest to have read every event",
        )

    def _read(self) -> int:
        return int(sum(self._ask("/health")["offsets"].values()))

    def leaks(self, exchanges: Sequence[Exchange]) -> list[str]:
        """Return the fields of the calls' events that hold something a caller must keep secret."""
        mask = self.stage.desk.mask
        return [
            field
            for event in self.events_of(exchanges)
            for field, value in event.items()
            if mask.reveals(str(value))
        ]

    def _fence(self, replica: str) -> None:
        fence = self.calls.send(Call("GET", _FENCE, replica))
        self._until_indexed(
            {"transaction-id": fence.marker}, self._index_of(replica), patience.EVENT_INDEXED_S
        )

    def _until_indexed(self, query: dict[str, str], name: str, within_s: float) -> None:
        self.stage.waits.until(
            lambda: self._search({**query, "at_least": "1", "wait_s": "2"}, name)["total"],
            lambda total: total >= 1,
            within_s=within_s,
            reason="an event to be in the index",
        )

    def _index_of(self, replica: str) -> str:
        return self.stage.identity(topology.PARTS[replica].region)["index"]

    def _count(self, name: str, query: dict[str, str] | None = None, at_least: int = 0) -> int:
        waiting = {"at_least": str(at_least), "wait_s": str(patience.ARRIVAL_S)} if at_least else {}
        return int(self._ask(f"/indices/{name}/count", {**(query or {}), **waiting})["count"])

    def _search(self, query: dict[str, str], name: str) -> dict[str, Any]:
        return self._ask(f"/indices/{name}/events", query)

    def _ask(self, path: str, query: dict[str, str] | None = None) -> dict[str, Any]:
        answer = self.client.get(f"{self.stage.address('ingest.url')}{path}", params=query)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

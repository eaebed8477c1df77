"""The analytics index, seen from outside: which events did the calls become?

Absence needs a fence: one later event per replica that took calls. Events of one account travel in
one partition in order, so when the fence is in the index everything before it is.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from harness import patience, topology
from harness.scenario.calls import Call, Calls
from harness.scenario.exchange import Exchange
from harness.scenario.stage import Stage

_FENCE = "/gateproof-fence"


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
        found: list[dict[str, Any]] = []
        for exchange in exchanges:
            name = self._index_of(exchange.replica)
            found += self._search({"transaction-id": exchange.marker}, name)["events"]
        return found

    def count_per_call(self, exchanges: Sequence[Exchange]) -> dict[str, int]:
        """Return how many events each call became, by marker."""
        counts = Counter(event["transaction-id"] for event in self.events_of(exchanges))
        return {exchange.marker: counts[exchange.marker] for exchange in exchanges}

    def off_by_s(self, exchange: Exchange) -> float:
        """Return how far the time in a call's only event is from when the call was made."""
        (event,) = self.events_of([exchange])
        dated = datetime.fromisoformat(event["@timestamp"]).timestamp()
        return max(exchange.started_s - dated, dated - exchange.ended_s, 0.0)

    def total(self, region: str, at_least: int = 0) -> int:
        """Return how many events the index of a region's account holds, fences left out.

        Waits a while for `at_least` of them.
        """
        name = self.stage.identity(region)["index"]
        query = {"limit": "10000", "at_least": str(at_least), "wait_s": str(patience.ARRIVAL_S)}
        everything = self._search(query, name)["events"]
        return sum(1 for event in everything if not str(event["uri"]).startswith(_FENCE))

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
        self.stage.waits.until(
            lambda: self._search(
                {"transaction-id": fence.marker, "at_least": "1", "wait_s": "2"},
                self._index_of(replica),
            )["total"],
            lambda total: total >= 1,
            within_s=patience.EVENT_INDEXED_S,
            reason="an event to be in the index",
        )

    def _index_of(self, replica: str) -> str:
        return self.stage.identity(topology.PARTS[replica].region)["index"]

    def _search(self, query: dict[str, str], name: str) -> dict[str, Any]:
        url = f"{self.stage.address('ingest.url')}/indices/{name}/events"
        answer = self.client.get(url, params=query)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

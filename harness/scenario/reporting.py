"""Reports as a gateway sends them: batches of events to the gate, sent again until they are taken."""

import itertools
import json
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from harness import patience
from harness.deliveries import TAKEN, Record, ids_of
from harness.scenario.stage import Stage

Around = Callable[[Callable[[], None]], tuple[float, float]]
"""Does something while there is trouble; returns from when to when that was."""

_GATE = "gate-eu"
_SENDERS = 4
_RETRY_S = 0.2
URI = "/reported"
FENCE = "/gateproof-fence"
"""What the events say they are of: one that was only reported, and one that stands at the end."""


@dataclass(frozen=True, slots=True)
class Batch:
    """So many events that are sent as one report."""

    name: str
    events: int
    uri: str = URI

    def body(self) -> bytes:
        """Draw the report. Source: NDJSON, one event per line, as gateways send them."""
        now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
        lines = (
            json.dumps({"_id": one, "@timestamp": now, "batch": self.name, "uri": self.uri,
                        "status": 200, "http-method": 3, "user-agent": "gateproof"})
            for one in ids_of(self.name, self.events)
        )  # fmt: skip
        return "\n".join(lines).encode()


@dataclass(slots=True)
class Reporting:
    """Reports to the scenario's own gate. `attempts` are the journal's records of that."""

    stage: Stage
    client: httpx.Client
    batches: list[Batch] = field(default_factory=list)
    attempts: list[Record] = field(default_factory=list)
    away: tuple[float, float] = (0.0, 0.0)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _token: str = ""

    def new_batches(self, count: int, size: int) -> list[Batch]:
        made = [
            Batch(f"{self.stage.scope.suffix}-b{next(self._numbers)}", size) for _ in range(count)
        ]
        self.batches += made
        return made

    def send(self, batch: Batch) -> int | None:
        """Send a batch once. Returns the gate's status; None when it did not answer."""
        started = time.time()
        status, error = None, ""
        try:
            answer = self.client.post(
                f"{self.stage.address(f'{_GATE}.reports')}/reports",
                content=batch.body(),
                headers={**self._credentials(), "Content-Type": "application/x-ndjson"},
            )
            status = answer.status_code
        except httpx.HTTPError as failure:
            error = f"{type(failure).__name__}: {failure}"
        self._record(batch, status=status, error=error, started=started)
        return status

    def send_until_taken(self, batches: Sequence[Batch]) -> None:
        """Send the batches over a few connections, each until it is taken.

        Errors: GaveUp when a batch is not taken in time.
        """
        with self._sending(batches):
            pass

    def report_around(self, batches: Sequence[Batch], trouble: Around) -> None:
        """Send every batch at once while there is trouble, and again when it is over."""
        self._credentials()

        def send() -> None:
            with ThreadPoolExecutor(max_workers=len(batches)) as pool:
                list(pool.map(self.send, batches))

        self.away = trouble(send)
        self.send_until_taken(batches)

    def report_through(self, batches: Sequence[Batch], trouble: Around) -> None:
        """Send the batches one after the other; there is trouble when a third of them was taken."""

        def until_refused() -> None:
            self._wait_for(1, "a report to be refused", lambda one: one["status"] != TAKEN)

        with self._sending(batches):
            third = len(batches) // 3
            self._wait_for(third, "reports to be taken", lambda one: one["status"] == TAKEN)
            self.away = trouble(until_refused)

    @contextmanager
    def _sending(self, batches: Sequence[Batch]) -> Iterator[None]:
        self._credentials()
        with ThreadPoolExecutor(max_workers=_SENDERS) as pool:
            sending = [pool.submit(self.until_taken, batch) for batch in batches]
            try:
                yield
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
            for one in sending:
                one.result()

    def until_taken(self, batch: Batch) -> None:
        self.stage.waits.until(
            lambda: self.send(batch),
            lambda status: status == TAKEN,
            within_s=patience.REPORTS_DELIVERED_S,
            reason="a batch of reports to be taken",
            every_s=_RETRY_S,
        )

    def warm_up(self) -> None:
        """Make sure that the gate has a connection to Kafka, over which a batch is sent at once."""
        self.send_until_taken(self.new_batches(1, 1))

    def _wait_for(self, count: int, what: str, fits: Callable[[Record], bool]) -> None:
        self.stage.waits.until(
            lambda: sum(map(fits, list(self.attempts))),
            lambda found: found >= count,
            within_s=patience.REPORTS_DELAYED_S,
            reason=what,
        )

    def fence(self) -> str:
        """Report one more event, after which nothing that was taken before can come; return its `_id`."""
        batch = Batch(f"{self.stage.scope.suffix}-fence{next(self._numbers)}", 1, FENCE)
        self.until_taken(batch)
        return ids_of(batch.name, 1)[0]

    def _record(self, batch: Batch, **found: Any) -> None:
        record = {"batch": batch.name, "events": batch.events, "ended": time.time(), **found}
        if batch.uri != FENCE:
            self.attempts.append(record)
        self.stage.tell("reported", **record)

    def _credentials(self) -> dict[str, str]:
        if not self._token:
            self._token = self.stage.desk.client.call(
                "cloud_token", rig=self.stage.rig, region="eu", changes={}
            )
        return {"Authorization": f"Bearer {self._token}"}

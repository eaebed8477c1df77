"""The calls that a scenario makes: sent, timed, marked, recorded."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import httpx

from harness import markers, patience, raw
from harness.exchange import Exchange, Headers
from harness.stage import Stage


@dataclass(frozen=True, slots=True)
class Call:
    """What is to be sent, and where: `to` is a gateway replica or a service."""

    method: str
    path: str
    to: str
    headers: Headers = ()
    body: str = ""


@dataclass(slots=True)
class Calls:
    """Makes calls and remembers them. `batch` is what the When step made."""

    stage: Stage
    client: httpx.Client
    made: list[Exchange] = field(default_factory=list)
    batch: list[Exchange] = field(default_factory=list)

    @property
    def last(self) -> Exchange:
        return self.batch[-1]

    def send(self, call: Call, intended_s: float | None = None) -> Exchange:
        """Send one call and record it. A call that timed out is recorded as unknown."""
        marker = self.stage.desk.marker(self.stage.scope.suffix)
        gateway = call.to in self.stage.replicas
        base = self.stage.address(f"{call.to}.proxy" if gateway else f"{call.to}.url")
        headers: Headers = (*call.headers, (markers.HEADER, marker))
        if gateway:
            headers = (("Host", self.stage.scope.host), *headers)
        exchange = _exchanged(self.client, call, base, headers, marker, intended_s)
        self._record(exchange)
        return exchange

    def _record(self, exchange: Exchange) -> None:
        self.made.append(exchange)
        self.stage.desk.client.tell(
            exchange.record(self.stage.scope.suffix, self.stage.step, self.stage.desk.mask)
        )

    def one(self, call: Call) -> Exchange:
        self.batch = [self.send(call)]
        return self.last

    def raw(self, replica: str, sent: bytes) -> Exchange:
        """Send bytes that no HTTP client would send, and read the answer to its end."""
        exchange = raw.exchanged(self.stage.address(f"{replica}.proxy"), replica, sent)
        marked = replace(exchange, marker=self.stage.desk.marker(self.stage.scope.suffix))
        self._record(marked)
        self.batch = [marked]
        return marked

    def in_turn(self, calls: Sequence[Call]) -> list[Exchange]:
        return [self.send(call) for call in calls]

    def at_once(self, calls: Sequence[Call]) -> list[Exchange]:
        """Send all calls at the same time, each on a connection of its own."""
        now = time.time()
        with ThreadPoolExecutor(max_workers=len(calls)) as pool:
            return list(pool.map(lambda call: self.send(call, now), calls))


def _exchanged(
    client: httpx.Client,
    call: Call,
    base: str,
    headers: Headers,
    marker: str,
    intended_s: float | None,
) -> Exchange:
    started = time.time()

    def exchange(**answer: object) -> Exchange:
        return Exchange(
            marker=marker,
            replica=call.to,
            method=call.method,
            url=f"{base}{call.path}",
            host=dict(headers).get("Host", ""),
            request_headers=headers,
            request_body=call.body,
            intended_s=intended_s or started,
            started_s=started,
            ended_s=time.time(),
            **answer,  # type: ignore[arg-type]
        )

    try:
        answer = client.request(
            call.method, f"{base}{call.path}", headers=list(headers), content=call.body or None
        )
    except httpx.TimeoutException as error:
        return exchange(error=f"timed out: {type(error).__name__}", timed_out=True)
    except httpx.HTTPError as error:
        return exchange(error=f"{type(error).__name__}: {error}")
    pairs = tuple((name.title(), value) for name, value in answer.headers.multi_items())
    return exchange(status=answer.status_code, headers=pairs, body=answer.text)


def client() -> httpx.Client:
    """Make the one HTTP client of a process: no proxies of the surroundings, no redirects."""
    return httpx.Client(
        trust_env=False,
        timeout=patience.CALL_S,
        follow_redirects=False,
        headers={"Accept": "*/*", "User-Agent": "gateproof"},
        limits=httpx.Limits(max_connections=200, max_keepalive_connections=100),
    )

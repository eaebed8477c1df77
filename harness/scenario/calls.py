"""The calls that a scenario makes: sent, timed, marked, recorded."""

import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import httpx

from harness import markers, patience
from harness.eventually import eventually
from harness.scenario import raw
from harness.scenario.counting import within_one_window
from harness.scenario.exchange import Exchange, Headers
from harness.scenario.stage import Stage
from harness.verdicts import Broken

_CHUNK = 8192
_BUSY_CALLERS = 4
_STEADY_CALLERS = 2
_PACE_S = 0.03
_WINDOW_S = 60


@dataclass(frozen=True, slots=True)
class Call:
    """What is to be sent, and where: `to` is a gateway replica or a service."""

    method: str
    path: str
    to: str
    headers: Headers = ()
    body: str = ""
    chunked: bool = False


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

    def send(
        self, call: Call, intended_s: float | None = None, sent: Callable[[], object] | None = None
    ) -> Exchange:
        """Send one call and record it. A call that timed out is recorded as unknown.

        `sent` is told when the whole request is on its way.
        """
        marker = self.stage.desk.marker(self.stage.scope.suffix)
        gateway = call.to in self.stage.replicas
        base = self.stage.address(_address_of(call.to, gateway))
        headers: Headers = (*call.headers, (markers.HEADER, marker))
        if gateway and not any(name == "Host" for name, _ in headers):
            headers = (("Host", self.stage.scope.host), *headers)
        if call.to.endswith(".admin"):  # anywhere but on loopback the port wants to know who asks
            headers = (*headers, *self._operator())
        exchange = _exchanged(self.client, call, base, headers, marker, intended_s, sent)
        self._record(exchange)
        return exchange

    def _operator(self) -> Headers:
        token = self.stage.desk.secrets.get("admin")
        return (("Authorization", f"Bearer {token}"),) if token else ()

    def _record(self, exchange: Exchange) -> None:
        self.made.append(exchange)
        stage = self.stage
        stage.desk.client.tell(
            exchange.record(stage.scope.suffix, stage.rig_name, stage.step, stage.desk.mask)
        )

    def one(self, call: Call) -> Exchange:
        self.batch = [self.send(call)]
        return self.last

    def raw(self, replica: str, draw: Callable[[str], bytes]) -> Exchange:
        """Send bytes that no HTTP client would send, and read the answer to its end.

        `draw` makes them from the header line that marks the call.
        """
        marker = self.stage.desk.marker(self.stage.scope.suffix)
        sent = draw(f"{markers.HEADER}: {marker}")
        exchange = raw.exchanged(self.stage.address(f"{replica}.proxy"), replica, sent)
        marked = replace(exchange, marker=marker)
        self._record(marked)
        self.batch = [marked]
        return marked

    def until_status(self, call: Call, status: int, reason: str) -> Exchange:
        """Repeat a call until it is answered with this status; return that exchange."""
        return self.stage.waits.until(
            lambda: self.send(call),
            lambda exchange: exchange.status == status,
            within_s=patience.FAULT_HEALED_S,
            reason=reason,
        )

    def while_busy(self, call: Call, work: Callable[[], None]) -> list[Exchange]:
        """Repeat a call on four connections for as long as the work takes."""
        made: list[Exchange] = []
        over = threading.Event()

        def repeat() -> None:
            while not over.is_set():
                made.append(self.send(call))

        with ThreadPoolExecutor(max_workers=_BUSY_CALLERS) as pool:
            busy = [pool.submit(repeat) for _ in range(_BUSY_CALLERS)]
            try:
                work()
            finally:
                over.set()
        for caller in busy:
            caller.result()
        return made

    def meanwhile(self, call: Call, work: Callable[[], None]) -> Exchange:
        """Send a call, and do something while it is under way."""
        with ThreadPoolExecutor(max_workers=1) as pool:
            sent = pool.submit(self.send, call)
            work()
        return sent.result()

    def steadily(self, call: Call, work: Callable[[], None]) -> list[Exchange]:
        """Repeat a call on two connections, at the pace of people, for as long as the work takes."""
        made: list[Exchange] = []
        over = threading.Event()

        def once() -> bool:
            made.append(self.send(call))
            return over.is_set()

        def repeat() -> None:
            eventually(once, until=bool, within_s=math.inf, reason="the end", every_s=_PACE_S)

        with ThreadPoolExecutor(max_workers=_STEADY_CALLERS) as pool:
            busy = [pool.submit(repeat) for _ in range(_STEADY_CALLERS)]
            try:
                work()
            finally:
                over.set()
        for caller in busy:
            caller.result()
        return made

    def until_counted(self, call: Call) -> None:
        """Repeat a call until its answer carries the headers of a limit again."""
        self.stage.waits.until(
            lambda: self.send(call).header("RateLimit-Limit"),
            lambda limit: limit is not None,
            within_s=patience.FAULT_HEALED_S,
            reason="a gateway to count again",
        )

    def in_one_window(
        self,
        send: Callable[[], list[Exchange]],
        reserve_s: float = patience.WINDOW_RESERVE_S,
    ) -> None:
        """Make a batch that no counting window of a minute may cut in two."""
        self.batch = within_one_window(
            send, window_s=_WINDOW_S, waits=self.stage.waits, reserve_s=reserve_s
        )

    def in_turn(self, calls: Sequence[Call]) -> list[Exchange]:
        return [self.send(call) for call in calls]

    def at_once(self, calls: Sequence[Call]) -> list[Exchange]:
        """Send all calls at the same time, each on a connection of its own."""
        now = time.time()
        with ThreadPoolExecutor(max_workers=len(calls)) as pool:
            return list(pool.map(lambda call: self.send(call, now), calls))

    def at_once_before(self, calls: Sequence[Call], wake: Callable[[], object]) -> list[Exchange]:
        """Send all calls to somebody who is asleep, and wake him when every one lies there."""
        now, sent = time.time(), threading.Semaphore(0)
        with ThreadPoolExecutor(max_workers=len(calls)) as pool:
            making = [pool.submit(self.send, call, now, sent.release) for call in calls]
            on_their_way = [sent.acquire(timeout=patience.CALL_S) for _ in making]
            wake()
        if not all(on_their_way):
            raise Broken("the calls could not all be sent before anybody looked at them")
        return [one.result() for one in making]


def _exchanged(
    client: httpx.Client,
    call: Call,
    base: str,
    headers: Headers,
    marker: str,
    intended_s: float | None,
    sent: Callable[[], object] | None = None,
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
            call.method, f"{base}{call.path}", headers=list(headers), content=_content(call),
            extensions={"trace": _when_sent(sent)} if sent else None,
        )  # fmt: skip
    except httpx.TimeoutException as error:
        return exchange(error=f"timed out: {type(error).__name__}", timed_out=True)
    except httpx.HTTPError as error:
        return exchange(error=f"{type(error).__name__}: {error}")
    pairs = tuple((name.title(), value) for name, value in answer.headers.multi_items())
    return exchange(status=answer.status_code, headers=pairs, body=answer.text)


def _when_sent(tell: Callable[[], object]) -> Callable[[str, object], None]:
    """Listen to httpcore for the end of the request."""

    def trace(event: str, _info: object) -> None:
        if event == "http11.send_request_body.complete":
            tell()

    return trace


def _address_of(to: str, gateway: bool) -> str:
    """A replica means its proxy, a service its URL; anything else is an address itself."""
    if gateway:
        return f"{to}.proxy"
    return to if "." in to else f"{to}.url"


def _content(call: Call) -> str | Iterator[bytes] | None:
    """The body; an iterator is sent in chunks, because nobody knows its length."""
    if not call.chunked:
        return call.body or None
    body = call.body.encode()
    return (body[start : start + _CHUNK] for start in range(0, len(body), _CHUNK))


def client() -> httpx.Client:
    """Make the one HTTP client of a process: no proxies of the surroundings, no redirects."""
    return httpx.Client(
        trust_env=False,
        timeout=patience.CALL_S,
        follow_redirects=False,
        headers={"Accept": "*/*", "User-Agent": "gateproof"},
        limits=httpx.Limits(max_connections=200, max_keepalive_connections=100),
    )

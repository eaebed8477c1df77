"""What is written down about an exchange, once: it is counted, reported, and logged."""

import asyncio
from time import perf_counter

from msgspec import Struct

from gateway.events import EventMaker, final_status
from gateway.exchange import Exchange
from gateway.http.reply import Reply
from gateway.logs import Log
from gateway.metrics import Metrics
from gateway.reporter import Reporter


class AccessLine(Struct):
    """One line of the access log. The path is without its query, which may hold secrets."""

    at: float
    level: str
    message: str
    request_id: str
    transaction: str
    method: str
    path: str
    status: int
    ms: float
    consumer: str | None
    route: str | None
    upstream: str | None
    refusal: str | None


class Witness:
    """Sees every exchange twice: when it begins and when its answer has been sent."""

    def __init__(
        self, metrics: Metrics, events: EventMaker, reporter: Reporter, access: Log | None
    ) -> None:
        self._metrics = metrics
        self._events = events
        self._reporter = reporter
        self._access = access
        self.begun = 0
        self.ended = 0

    def began(self) -> None:
        self.begun += 1

    async def all_ended(self, patience_s: float) -> None:
        """Wait until everything that began is written down; cut requests take a few turns."""
        deadline = perf_counter() + patience_s
        while self.ended < self.begun and perf_counter() < deadline:  # noqa: ASYNC110 - a few turns
            await asyncio.sleep(0)

    def answered(self, exchange: Exchange, reply: Reply, token_parameters: frozenset[str]) -> None:
        self.ended += 1
        elapsed_s = perf_counter() - exchange.started
        route = exchange.route
        self._metrics.answered(
            (route.name or route.id) if route else "", final_status(reply), elapsed_s
        )
        if self._reporter.enabled:
            self._reporter.put(self._events.event(exchange, reply, token_parameters, elapsed_s))
        if self._access is not None:
            self._access.put(access_line(exchange, reply, elapsed_s))


def access_line(exchange: Exchange, reply: Reply, elapsed_s: float) -> AccessLine:
    consumer, route, refusal = exchange.consumer, exchange.route, exchange.refusal
    return AccessLine(
        at=round(exchange.started_at + elapsed_s, 3),
        level="info",
        message="request",
        request_id=exchange.request_id,
        transaction=exchange.transaction,
        method=exchange.request.method,
        path=exchange.raw_path,
        status=final_status(reply),
        ms=round(elapsed_s * 1000, 3),
        consumer=(consumer.username or consumer.id) if consumer else None,
        route=(route.name or route.id) if route else None,
        upstream=exchange.endpoint or None,
        refusal=refusal.code if refusal else None,
    )

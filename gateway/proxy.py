"""The proxy port: every request becomes an exchange, gets an answer, and is written down once."""

import re
from functools import lru_cache
from time import perf_counter, time

import msgspec

from gateway import refusals
from gateway.exchange import Exchange
from gateway.http.body import BodyBroken
from gateway.http.headers import Headers
from gateway.http.messages import Request
from gateway.http.reply import Reply
from gateway.logs import Log
from gateway.paths import safe_path
from gateway.pipeline import Pipeline
from gateway.publication import Publication
from gateway.refusals import Refusal
from gateway.request_ids import RequestIds
from gateway.witness import Witness

LONGEST_TRANSACTION = 64
HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+;=%-]*)(?::[0-9]*)?")
ABSOLUTE = re.compile(r"https?://([^/?#]+)([^#]*)", re.IGNORECASE)
NO_PARAMETERS: frozenset[str] = frozenset()


class Proxy:
    """Answers the proxy port's requests with the pipeline that is current when they come."""

    def __init__(
        self,
        publication: Publication,
        witness: Witness,
        log: Log,
        transaction_header: str,
    ) -> None:
        self._publication = publication
        self._witness = witness
        self._log = log
        self._transaction_header = transaction_header.lower().encode()
        self._request_ids = RequestIds()

    async def __call__(self, request: Request, reply: Reply) -> None:
        self._witness.began()
        exchange = self._exchange(request)
        pipeline = self._publication.pipeline
        try:
            refusal = await self._answer(exchange, reply, pipeline)
            if refusal is not None:
                refuse(exchange, reply, refusal)
        finally:
            parameters = pipeline.token_parameters if pipeline else NO_PARAMETERS
            self._witness.answered(exchange, reply, parameters)

    async def _answer(
        self, exchange: Exchange, reply: Reply, pipeline: Pipeline | None
    ) -> Refusal | None:
        """None when an answer was sent, else the refusal to send."""
        flaw = exchange.request.flaw or locate(exchange)
        if flaw is not None:
            exchange.request.keep_alive = False
            return refusals.BY_CODE[flaw]
        if pipeline is None:
            return refusals.NO_ROUTE
        try:
            return await pipeline.answer(exchange, reply)
        except BodyBroken as broken:
            cut(reply)
            return refusals.BY_CODE.get(broken.flaw, refusals.BAD_REQUEST)
        except Exception as error:
            self._log.error(
                "a request failed",
                request_id=exchange.request_id,
                error=f"{type(error).__name__}: {error}",
            )
            cut(reply)
            return refusals.UNEXPECTED

    def _exchange(self, request: Request) -> Exchange:
        request_id = self._request_ids.next()
        sent = request.first.get(self._transaction_header)
        transaction = sent.decode("latin-1")[:LONGEST_TRANSACTION] if sent else request_id
        return Exchange(request, request_id, transaction, perf_counter(), time())


def cut(reply: Reply) -> None:
    """Where an answer has begun it is too late for another: half of it must not look whole."""
    if reply.status:
        reply.abort()


def refuse(exchange: Exchange, reply: Reply, refusal: Refusal) -> None:
    """The gateway's own answer: the same shape for every refusal."""
    exchange.refusal = refusal
    if reply.status:
        return
    told = {"message": refusal.message, "request_id": exchange.request_id}
    if refusal.error is not None:
        told["error"] = refusal.error
    content = msgspec.json.encode(told)
    headers: Headers = [(b"Content-Type", b"application/json; charset=utf-8")]
    headers += refusal.headers
    headers += exchange.answer_headers
    headers.append((b"X-Request-Id", exchange.request_id.encode()))
    reply.send(refusal.status, headers, content)


def locate(exchange: Exchange) -> str | None:
    """Fill in host and path; the code of a refusal when the target makes no sense."""
    request = exchange.request
    if request.method == "TRACE":
        return "method-not-allowed"
    target = request.target.decode("latin-1")
    authority = request.first.get(b"host", b"").decode("latin-1")
    if not target.startswith("/"):
        absolute = ABSOLUTE.fullmatch(target)
        if absolute is None:
            return "bad-request"
        authority, target = absolute[1], absolute[2]
        if not target.startswith("/"):
            target = "/" + target
    host = host_of(authority)
    exchange.raw_path, mark, query = target.partition("?")
    path = safe_path(exchange.raw_path)
    if host is None or path is None or "#" in target:
        return "bad-request"
    exchange.authority, exchange.host, exchange.path = authority.strip(), host, path
    exchange.query = query.encode("latin-1") if mark else None
    return None


@lru_cache(1024)
def host_of(authority: str) -> str | None:
    """The host as it is compared: lower case, without port and final dot. None when it is none."""
    found = HOST.fullmatch(authority.strip())
    return found[1].lower().rstrip(".") if found else None

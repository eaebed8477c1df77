"""The HTTP upstream: the request goes on to its service, the answer comes back as it is.

Repeated is only what cannot have happened: a failed connect always, a silent or closed
connection for idempotent methods while no byte of an answer came. A POST is never sent twice.
"""

import asyncio
import ssl
from time import perf_counter

from gateway import refusals
from gateway.document.entities import Service
from gateway.exchange import Exchange
from gateway.http.client import (
    Client,
    ClientConnection,
    Endpoint,
    NoAnswer,
    UpstreamFailure,
    request_head,
)
from gateway.http.headers import (
    DROPPED_FROM_REQUESTS,
    DROPPED_FROM_RESPONSES,
    Headers,
    canonical,
    forwardable,
)
from gateway.http.messages import Request, Response, joined
from gateway.http.reply import Reply
from gateway.refusals import Refusal
from gateway.routing import Match, upstream_path

IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
REPLAYABLE_BYTES = 64 * 1024
VIA = b"1.1 gateproof"


class HttpUpstream:
    """One service, as one route reaches it."""

    def __init__(self, service: Service, client: Client, transaction_header: str) -> None:
        tls = ssl.create_default_context() if service.protocol == "https" else None
        self._endpoint = Endpoint(service.host, service.port, tls)
        self._service = service
        self._client = client
        self._authority = self._endpoint.authority.encode()
        self._dropped = DROPPED_FROM_REQUESTS | {canonical(transaction_header.encode())}
        self._transaction_header = transaction_header.encode()

    async def __call__(self, exchange: Exchange, reply: Reply) -> Refusal | None:
        body = exchange.request.body
        if not body.complete:
            await body.gather(REPLAYABLE_BYTES)
        path = self._address(exchange)
        message = self._message(exchange, path)
        exchange.upstream_started = perf_counter()
        try:
            connection, response = await self._attempts(exchange, message)
            exchange.upstream_s = perf_counter() - exchange.upstream_started
            try:
                await relay(response, exchange, reply)
            finally:
                if not response.body.complete:
                    connection.close()
        except UpstreamFailure as failure:
            if exchange.upstream_s is None:
                exchange.upstream_s = perf_counter() - exchange.upstream_started
            if reply.status:
                reply.abort()
                return None
            return refusals.BY_CODE[failure.code]
        return None

    def _address(self, exchange: Exchange) -> str:
        """The target of the upstream request; notes where it goes."""
        assert exchange.route is not None
        match = Match(exchange.route, exchange.prefix)
        exchange.upstream_path = path = upstream_path(match, exchange.path, self._service.path)
        service = self._service
        exchange.endpoint = f"{service.protocol}://{self._endpoint.authority}{path}"
        return path

    def _message(self, exchange: Exchange, path: str) -> bytes:
        request = exchange.request
        target = path.encode("latin-1")
        if exchange.query is not None:
            target += b"?" + exchange.query
        headers: Headers = [(b"Host", self._host(exchange))]
        headers += forwardable(request.headers, self._dropped)
        headers += forwarding_headers(exchange)
        headers += identity_headers(exchange)
        headers.append((b"X-Request-Id", exchange.request_id.encode()))
        headers.append((self._transaction_header, exchange.transaction.encode("latin-1")))
        return request_head(request.method.encode(), target, headers + framing(request)) + (
            request.body.take() if request.body.complete else b""
        )

    def _host(self, exchange: Exchange) -> bytes:
        assert exchange.route is not None
        kept = exchange.request.first.get(b"host") if exchange.route.preserve_host else None
        return kept or self._authority

    async def _attempts(
        self, exchange: Exchange, message: bytes
    ) -> tuple[ClientConnection, Response]:
        request, left, fresh = exchange.request, self._service.retries, False
        repeatable = request.method in IDEMPOTENT and request.body.complete
        while True:
            connection = None
            try:
                connection = await self._client.connect(
                    self._endpoint, self._service.connect_timeout_ms / 1000, fresh
                )
                return connection, await self._response(connection, request, message)
            except UpstreamFailure as failure:
                sent = connection is not None
                if sent and not (repeatable and isinstance(failure, NoAnswer)):
                    raise
                stale = isinstance(failure, NoAnswer) and failure.stale
                if not stale:
                    left -= 1
                if left < 0:
                    raise
                fresh = True
            except BaseException:
                if connection is not None:
                    connection.close()
                raise

    async def _response(
        self, connection: ClientConnection, request: Request, message: bytes
    ) -> Response:
        more = not request.body.complete
        connection.send(
            message, request.method == "HEAD", self._service.read_timeout_ms / 1000, more
        )
        if not more:
            return await connection.response()
        upload = asyncio.ensure_future(
            pour(request, connection, self._service.write_timeout_ms / 1000)
        )
        answer = asyncio.ensure_future(connection.response())
        try:
            await asyncio.wait((upload, answer), return_when=asyncio.FIRST_COMPLETED)
            if upload.done() and not answer.done():
                upload.result()
            return await answer
        finally:
            answer.cancel()
            if not upload.done():
                upload.cancel()
                connection.cut_upload()
            elif not upload.cancelled():
                upload.exception()  # seen: an early answer counts more than a failed upload


async def pour(request: Request, connection: ClientConnection, write_timeout_s: float) -> None:
    """Send on a body that is too long to hold, part by part."""
    while chunk := await request.body.next():
        part = b"%x\r\n%b\r\n" % (len(chunk), chunk) if request.chunked else chunk
        try:
            async with asyncio.timeout(write_timeout_s):
                await connection.send_more(part)
        except TimeoutError as error:
            raise NoAnswer("the upstream reads too slowly", timed_out=True) from error
    if request.chunked:
        await connection.send_more(b"0\r\n\r\n")
    connection.sent()


def framing(request: Request) -> Headers:
    """How the body is framed towards the upstream: by its length wherever it is known."""
    if request.body.complete:
        if request.body.size_bytes or request.content_length is not None or request.chunked:
            return [(b"Content-Length", b"%d" % request.body.size_bytes)]
        return []
    if request.chunked:
        return [(b"Transfer-Encoding", b"chunked")]
    return [(b"Content-Length", b"%d" % (request.content_length or 0))]


def forwarding_headers(exchange: Exchange) -> Headers:
    """Who asked, for what, over which hop. Only X-Forwarded-For and Via keep what the client said."""
    request = exchange.request
    peer, port = request.peer[0].encode(), b"%d" % request.local[1]
    chain = joined(request, b"x-forwarded-for")
    via = joined(request, b"via")
    headers = [
        (b"X-Forwarded-For", chain + b", " + peer if chain else peer),
        (b"X-Forwarded-Proto", b"http"),
        (b"X-Forwarded-Host", exchange.host.encode("latin-1")),
        (b"X-Forwarded-Port", port),
        (b"X-Forwarded-Path", exchange.raw_path.encode("latin-1")),
    ]
    if (
        exchange.route is not None
        and exchange.route.strip_path
        and exchange.prefix not in ("", "/")
    ):
        headers.append((b"X-Forwarded-Prefix", exchange.prefix.encode("latin-1")))
    headers.append((b"X-Real-IP", peer))
    headers.append((b"Via", via + b", " + VIA if via else VIA))
    return headers


def identity_headers(exchange: Exchange) -> Headers:
    """Who the gateway found the caller to be."""
    consumer, credential = exchange.consumer, exchange.credential
    if consumer is None:
        return []
    headers = [(b"X-Consumer-ID", consumer.id.encode())]
    if consumer.username is not None:
        headers.append((b"X-Consumer-Username", consumer.username.encode()))
    if consumer.custom_id is not None:
        headers.append((b"X-Consumer-Custom-ID", consumer.custom_id.encode()))
    if credential is not None:
        headers.append((b"X-Credential-Identifier", credential.key.encode()))
    return headers


async def relay(response: Response, exchange: Exchange, reply: Reply) -> None:
    """Pass the answer on: whole when it is already here, else as it arrives."""
    headers = forwardable(response.headers, DROPPED_FROM_RESPONSES)
    via = joined(response, b"via")
    headers.append((b"Via", via + b", " + VIA if via else VIA))
    headers += exchange.answer_headers
    headers.append((b"X-Request-Id", exchange.request_id.encode()))
    body = response.body
    length = response.first.get(b"content-length")
    reply.dated = b"date" in response.first
    if body.complete:
        if length is not None and not body.held_bytes and response.status != 204:
            headers.append((b"Content-Length", length))
            reply.send_head(response.status, headers, response.reason)
        else:
            reply.send(response.status, headers, body.take(), response.reason)
        return
    reply.start(response.status, headers, int(length) if length else None, response.reason)
    while chunk := await body.next():
        await reply.write(chunk)
    reply.end()

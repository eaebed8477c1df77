"""The HTTP upstream: the request goes on to its service, the answer comes back as it is.

Repeated is only what cannot have happened: a failed connect always, a silent or closed
connection for idempotent methods while no byte of an answer came. A POST is never sent twice.
"""

from dataclasses import dataclass
from time import perf_counter

from gateway import refusals
from gateway.backends.onward import Onward
from gateway.backends.relay import relay
from gateway.backends.upload import Upload
from gateway.document.entities import Service
from gateway.exchange import Exchange
from gateway.http.client import Client
from gateway.http.endpoint import Endpoint
from gateway.http.failures import NoAnswer, UpstreamFailure
from gateway.http.messages import Request, Response
from gateway.http.reply import Reply
from gateway.http.upstream_connection import UpstreamConnection
from gateway.refusals import Refusal
from gateway.routing import upstream_path

IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
REPLAYABLE_BYTES = 64 * 1024


@dataclass(slots=True)
class Conversation:
    """An answer that has begun: the connection it comes on, and what is still being sent there."""

    connection: UpstreamConnection
    response: Response
    upload: Upload | None

    def end(self) -> None:
        """Nothing more is wanted from the upstream, and nothing more goes there."""
        if self.upload is not None:
            self.upload.stop()
        if not self.response.body.complete:
            self.connection.close()


class HttpUpstream:
    """One service, as one route reaches it."""

    def __init__(self, service: Service, client: Client, transaction_header: str) -> None:
        tls = client.tls if service.protocol == "https" else None
        self._endpoint = Endpoint(service.host, service.port, tls)
        self._base = f"{service.protocol}://{self._endpoint.authority}"
        self._onward = Onward(self._endpoint.authority, transaction_header)
        self._service = service
        self._client = client

    async def __call__(self, exchange: Exchange, reply: Reply) -> Refusal | None:
        whole = await exchange.request.body.gather(REPLAYABLE_BYTES)
        message = self._onward.message(exchange, self._path(exchange))
        exchange.upstream_started = perf_counter()
        try:
            try:
                conversation = await self._attempts(exchange.request, message, whole)
            finally:
                exchange.upstream_s = perf_counter() - exchange.upstream_started
            try:
                await relay(conversation.response, exchange, reply)
            finally:
                conversation.end()
        except UpstreamFailure as failure:
            if reply.status:
                reply.abort()
                return None
            return refusals.BY_CODE[failure.code]
        return None

    def _path(self, exchange: Exchange) -> str:
        """The path of the upstream request; notes where it goes."""
        assert exchange.route is not None
        stripped = exchange.prefix if exchange.route.strip_path else ""
        exchange.upstream_path = path = upstream_path(stripped, exchange.path, self._service.path)
        exchange.endpoint = self._base + path
        return path

    async def _attempts(self, request: Request, message: bytes, whole: bool) -> Conversation:
        """`whole` says that the message holds the body; what completes it later is not in there."""
        left, fresh = self._service.retries, False
        repeatable = whole and request.method in IDEMPOTENT
        while True:
            connection = None
            try:
                connection = await self._client.connect(
                    self._endpoint, self._service.connect_timeout_ms / 1000, fresh
                )
                return await self._attempt(connection, request, message, whole)
            except UpstreamFailure as failure:
                if connection is not None and not (repeatable and isinstance(failure, NoAnswer)):
                    raise
                # A connection that died while it was idle is no attempt, and met only once.
                if not (isinstance(failure, NoAnswer) and failure.stale):
                    left -= 1
                if left < 0:
                    raise
                fresh = True

    async def _attempt(
        self, connection: UpstreamConnection, request: Request, message: bytes, whole: bool
    ) -> Conversation:
        """One request on one connection, which is closed when no answer begins."""
        service, upload = self._service, None
        head = connection.send(
            message,
            bodiless=request.method == "HEAD",
            read_timeout_s=service.read_timeout_ms / 1000,
            more=not whole,
        )
        try:
            if whole:
                return Conversation(connection, await head, None)
            upload = Upload(request, connection, head, service.write_timeout_ms / 1000)
            return Conversation(connection, await upload.answered(), upload)
        except BaseException:
            if upload is not None:
                upload.stop()
            connection.abandon(head)
            raise

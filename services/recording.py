"""Writes every request of an ASGI application into the ledger, before the application sees it."""

import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.answers import refusal
from services.ledger import Arrival, Ledger, shown

MAX_BODY_BYTES = 16 * 1024 * 1024
NameOfFunction = Callable[[str], str | None]


def no_function(_path: str) -> str | None:
    """Most services are not functions."""
    return None


class Recorded:
    """The application behind a ledger: received in full, recorded, answered, status recorded."""

    def __init__(
        self,
        app: ASGIApp,
        ledger: Ledger,
        service: str,
        marker_header: str,
        function_of: NameOfFunction = no_function,
    ) -> None:
        self._app = app
        self._ledger = ledger
        self._service = service
        self._marker = marker_header.lower()
        self._function_of = function_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Record, then let the application answer."""
        body, complete = await _read(receive)
        seq = self._ledger.arrive(self._arrival(scope, body))
        if not complete:
            return

        async def send_and_record(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._ledger.answered(seq, message["status"])
            await send(message)

        app = self._app if len(body) <= MAX_BODY_BYTES else refusal(413, "request body too large")
        await app(scope, _replay(body, receive), send_and_record)

    def _arrival(self, scope: Scope, body: bytes) -> Arrival:
        target, headers = scope["as_received"]
        path = target.decode("latin-1")
        named = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)
        return Arrival(
            service=self._service,
            at=time.time(),
            method=scope["method"],
            path=path,
            headers=named,
            marker=next((value for name, value in named if name.lower() == self._marker), None),
            function=self._function_of(path.partition("?")[0]),
            body_bytes=len(body),
            body=shown(body),
        )


async def _read(receive: Receive) -> tuple[bytes, bool]:
    """The body up to just over the limit, and whether the request arrived in full."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return bytes(body), False
        body += message.get("body", b"")
        if not message.get("more_body", False) or len(body) > MAX_BODY_BYTES:
            return bytes(body), True


def _replay(body: bytes, receive: Receive) -> Receive:
    unread = [body]

    async def again() -> Message:
        if unread:
            return {"type": "http.request", "body": unread.pop(), "more_body": False}
        return await receive()

    return again

"""A body that is too long to hold, on its way to an upstream that may answer before it has it all."""

import asyncio

from gateway.http.body import BodyBroken
from gateway.http.failures import NoAnswer
from gateway.http.messages import Request, Response
from gateway.http.upstream_connection import UpstreamConnection


class Upload:
    """Sends a request's body part by part. Whoever starts it calls `stop` in the end."""

    def __init__(
        self,
        request: Request,
        connection: UpstreamConnection,
        head: asyncio.Future[Response],
        write_timeout_s: float,
    ) -> None:
        self._head = head
        self._request = request
        self._connection = connection
        self._write_timeout_s = write_timeout_s
        self._task = asyncio.ensure_future(self._pour())

    async def answered(self) -> Response:
        """The head of the answer, which need not wait for the end of the body.

        Errors: what breaks the body before there is an answer.
        """
        await asyncio.wait((self._task, self._head), return_when=asyncio.FIRST_COMPLETED)
        if self._task.done() and (not self._head.done() or self._head.exception()):
            self._task.result()  # what broke the body also ended the exchange
        return await self._head

    def stop(self) -> None:
        """Send no more. A connection that still lacks a part cannot be used again."""
        if not self._task.done():
            self._task.cancel()
            self._connection.cut_upload()
        elif not self._task.cancelled():
            self._task.exception()  # seen: an early answer counts more than a failed upload

    async def _pour(self) -> None:
        try:
            await self._send_all()
        except NoAnswer:
            self._connection.cut_upload()
            raise
        except BodyBroken:
            self._connection.close()  # half a request must not wait there for its other half
            raise

    async def _send_all(self) -> None:
        chunked, connection = self._request.chunked, self._connection
        while chunk := await self._request.body.next():
            await self._send(b"%x\r\n%b\r\n" % (len(chunk), chunk) if chunked else chunk)
        if chunked:
            await self._send(b"0\r\n\r\n")
        connection.sent()

    async def _send(self, part: bytes) -> None:
        try:
            async with asyncio.timeout(self._write_timeout_s):
                await self._connection.send_more(part)
        except TimeoutError as error:
            raise NoAnswer("the upstream reads too slowly", timed_out=True) from error

"""Sends raw bytes over a connection of their own, and keeps everything that comes back."""

import asyncio
from dataclasses import dataclass

PATIENT_S = 5.0
QUIET_S = 0.25
"""A caller that has sent everything and hears nothing for this long hangs up."""


@dataclass(frozen=True, slots=True)
class Received:
    """Shape: `closed` says that the gateway ended the connection, not the caller."""

    data: bytes
    closed: bool
    reset: bool


class _Caller(asyncio.Protocol):
    def __init__(self, sent: bytes, quiet_s: float) -> None:
        self._sent = sent
        self._quiet_s = quiet_s
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport
        self._data = bytearray()
        self._left = False
        self.done: asyncio.Future[Received] = self._loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._sent)
        self._wait()

    def data_received(self, data: bytes) -> None:
        self._data += data
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if not self.done.done():
            self.done.set_result(Received(bytes(self._data), not self._left, exc is not None))

    def _wait(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(self._quiet_s, self._leave)

    def _leave(self) -> None:
        self._left = True
        self._transport.abort()


async def called(port: int, sent: bytes, number: int, quiet_s: float = QUIET_S) -> Received:
    """Send a case; return what came back until somebody hung up.

    Callers come from many addresses of loopback: one address has too few ports for all of them.
    """
    here = f"127.{1 + number // 250 % 100}.0.{1 + number % 250}"
    _, caller = await asyncio.get_running_loop().create_connection(
        lambda: _Caller(sent, quiet_s), "127.0.0.1", port, local_addr=(here, 0)
    )
    return await caller.done

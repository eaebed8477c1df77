"""The service behind the gateway: it reports exactly what it saw, and says so when it was no HTTP."""

import asyncio
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass

from tests.fuzz.meaning import Message, requests_in


@dataclass(frozen=True, slots=True)
class Reply:
    """What the service sends, and what it does then: "stay", "close" or "reset"."""

    data: bytes
    ends: str = "stay"


Answer = Callable[[Message, int], Reply]

_UNFINISHED = (
    "incomplete",
    "peer unexpectedly closed",
    "no request line",
    "peer closed connection",
)
"""How h11 begins what it says of a request of which a part is still to come."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One arrival. Its serial number is what its answer says, so that answers can be told apart."""

    serial: int
    message: Message


class Witness:
    """Shape: `answer` takes what arrived and its serial."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.seen: list[Seen] = []
        self.strange: list[str] = []
        self._serial = 0

    def protocol(self) -> "WitnessConnection":
        return WitnessConnection(self)

    def take(self, message: Message) -> Reply:
        self._serial += 1
        self.seen.append(Seen(self._serial, message))
        return self.answer(message, self._serial)

    def taken(self) -> list[Seen]:
        """Return what was seen since somebody asked."""
        seen, self.seen = self.seen, []
        return seen


class WitnessConnection(asyncio.Protocol):
    """One connection from the gateway. It never pipelines, so that what is left over is strange."""

    def __init__(self, witness: Witness) -> None:
        self._witness = witness
        self._buffer = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        read = requests_in(self._buffer)
        if not read.messages:
            if not read.ended.startswith(_UNFINISHED):
                self._strange(f"no HTTP ({read.ended})")
                self._transport.abort()
            return
        if len(read.messages) > 1 or read.rest:
            self._strange("more than one request at once")
        self._buffer = b""
        for message in read.messages:
            reply = self._witness.take(message)
            self._transport.write(reply.data)
            if reply.ends == "reset":
                reset(self._transport)
            elif reply.ends == "close" or message.closes:
                self._transport.close()

    def _strange(self, what: str) -> None:
        self._witness.strange.append(f"the service was sent {what}: {self._buffer[:300]!r}")


def reset(transport: asyncio.Transport) -> None:
    """Close with a reset, once what was written has left."""
    sock = transport.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.close()

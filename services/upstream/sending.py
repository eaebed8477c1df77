"""How an answer goes out: at once or in pieces, whole or cut, and how the connection ends after it."""

import asyncio
import socket
import struct
from collections.abc import Iterator

from services.upstream.scripts import Script

RESET_ON_CLOSE = struct.pack("ii", 1, 0)


def pieces(answer: bytes, script: Script) -> Iterator[bytes]:
    """The parts of the answer that are sent, in order. Pure."""
    if script.cut_after_bytes is not None:
        answer = answer[: script.cut_after_bytes]
    size = script.piece_bytes or max(1, len(answer))
    for start in range(0, len(answer), size):
        yield answer[start : start + size]


class Sender:
    """Writes to one connection, waiting while its client reads slowly."""

    def __init__(self, transport: asyncio.Transport) -> None:
        # So that what is left unsent is known before the connection ends with a reset.
        transport.set_write_buffer_limits(high=0)
        self._transport = transport
        self._flushed = asyncio.Event()
        self._flushed.set()

    def pause(self) -> None:
        """The transport holds something back."""
        self._flushed.clear()

    def resume(self) -> None:
        """All of it has gone to the socket, or never will."""
        self._flushed.set()

    async def send(self, answer: bytes, script: Script) -> None:
        """Send an answer as the script says."""
        for number, piece in enumerate(pieces(answer, script)):
            if number and script.piece_delay_s:
                await asyncio.sleep(script.piece_delay_s)
            self._transport.write(piece)
            await self._flushed.wait()

    def end(self, how: str) -> None:
        """End the connection: "fin" for an end of file, "reset" for a reset."""
        if how == "reset":
            sock = self._transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            self._transport.abort()
        else:
            self._transport.close()

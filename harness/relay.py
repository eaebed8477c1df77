"""A relay stands in a link between two parts, so that the link can be cut and healed.

A cut resets what is open and what tries to open; the address stays the same throughout.
"""

import asyncio
import socket
import struct
from dataclasses import dataclass, field
from urllib.parse import SplitResult

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER on, zero seconds: close() sends RST
_CHUNK = 65536


@dataclass(frozen=True, slots=True)
class Felt:
    """What a cut did since it was made: connections it broke, and attempts it refused."""

    broken: int
    refused: int

    @property
    def bites(self) -> bool:
        return bool(self.broken or self.refused)


def _drop(writer: asyncio.StreamWriter) -> None:
    """Close a connection with a reset, whatever is still in its buffers."""
    sock = writer.get_extra_info("socket")
    if sock is not None and sock.family != socket.AF_UNIX:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()


@dataclass(slots=True)
class Relay:
    """One relayed link. Units: counters count connections since the last cut."""

    name: str
    address: str = ""
    cut_off: bool = False
    broken: int = 0
    refused: int = 0
    _far_end: SplitResult | None = None
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; by default on a free port of loopback. `address` is then `host:port`."""
        self._server = await asyncio.start_server(self._accept, host, port)
        host, port = self._server.sockets[0].getsockname()[:2]
        self.address = f"{host}:{port}"

    def lead_to(self, where: SplitResult | None) -> None:
        """Carry new connections to a URL (`http://host:port`, `unix:///path`), or nowhere."""
        self._far_end = where

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        self._drop_all()
        for task in self._tasks:
            task.cancel()

    def cut(self) -> None:
        self.cut_off = True
        self.broken = len(self._open) // 2
        self.refused = 0
        self._drop_all()

    def heal(self) -> None:
        self.cut_off = False

    @property
    def felt(self) -> Felt:
        return Felt(self.broken, self.refused)

    def _drop_all(self) -> None:
        for writer in list(self._open):
            _drop(writer)
        self._open.clear()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._carry(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.cut_off:
            self.refused += 1
            _drop(writer)
            return
        try:
            far_reader, far_writer = await self._reach()
        except OSError:
            _drop(writer)
            return
        if self.cut_off:  # while the far end was being reached
            self.refused += 1
            _drop(far_writer)
            _drop(writer)
            return
        self._open |= {writer, far_writer}
        try:
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        finally:
            self._open -= {writer, far_writer}
            writer.close()
            far_writer.close()

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._far_end is None:
            raise ConnectionRefusedError(f"{self.name} leads nowhere")
        if self._far_end.scheme == "unix":
            return await asyncio.open_unix_connection(self._far_end.path)
        return await asyncio.open_connection(self._far_end.hostname, self._far_end.port)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(_CHUNK):
            writer.write(piece)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except (OSError, RuntimeError):  # reset by a cut, or closed under our hands
        _drop(writer)

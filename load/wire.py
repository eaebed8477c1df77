"""HTTP/1.1 by hand, as little of it as the load needs: what a server reads, what a client reads."""

import asyncio
from dataclasses import dataclass
from email.utils import formatdate


@dataclass(frozen=True, slots=True)
class Message:
    """The first line, the fields by lower-case name, the body."""

    first: str
    fields: dict[str, str]
    body: bytes

    @property
    def status(self) -> int:
        return int(self.first.split(" ")[1])

    @property
    def target(self) -> str:
        return self.first.split(" ")[1]


async def read_message(reader: asyncio.StreamReader) -> Message | None:
    """The next message with a Content-Length or without a body; None at the end."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head.decode("latin-1").rstrip().split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (it.partition(":") for it in lines)}
    length = int(fields.get("content-length", 0))
    try:
        return Message(first, fields, await reader.readexactly(length) if length else b"")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


def answer(status: int, body: bytes = b"", kind: str = "application/json") -> bytes:
    head = f"HTTP/1.1 {status} X\r\nDate: {formatdate(usegmt=True)}\r\nContent-Type: {kind}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def request(method: str, target: str, body: bytes = b"", **fields: str) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", "Host: soak.test"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body

"""What the two sides exchange: a request as it was received, a response as it was received."""

from msgspec import Struct, field

from gateway.http.body import Body
from gateway.http.headers import Headers, every


class Request(Struct):
    """One request. `first` holds the first value of each field by its lower-case name.

    `flaw` is the code of a refusal when it must not be served at all.
    """

    method: str
    target: bytes
    version: str
    headers: Headers
    first: dict[bytes, bytes]
    body: Body
    peer: tuple[str, int]
    local: tuple[str, int]
    keep_alive: bool
    flaw: str | None = None
    content_length: int | None = None
    chunked: bool = False


class Response(Struct):
    """The head of an upstream's answer, and its body while it arrives."""

    status: int
    reason: bytes
    headers: Headers
    first: dict[bytes, bytes]
    body: Body
    version: str = "1.1"
    until_close: bool = False


class Answer(Struct, frozen=True):
    """A whole answer, read to its end."""

    status: int
    headers: Headers = field(default_factory=list)
    first: dict[bytes, bytes] = field(default_factory=dict)
    body: bytes = b""


def via(message: Request | Response) -> bytes:
    """The Via field after this hop: the version is that of the message received (RFC 9110, 7.6.3)."""
    hop = b"%b gateproof" % message.version.encode()
    before = joined(message, b"via")
    return before + b", " + hop if before else hop


def joined(message: Request | Response, name: bytes) -> bytes | None:
    """All lines of a list field as one value, or None."""
    if name not in message.first:
        return None
    return b", ".join(every(message.headers, name))

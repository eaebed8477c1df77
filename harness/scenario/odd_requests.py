"""Requests that no HTTP client would send, by the words a feature uses for them. One list.

Source: RFC 9112, sections 2.2, 3, 5 and 6, and what request smuggling makes of them.
"""

from collections.abc import Callable
from dataclasses import dataclass

_LAST_CHUNK = b"0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request goes. `mark` is the header line that makes its arrival known."""

    path: str
    host: str
    mark: str

    def head(self, *lines: str, method: str = "POST", version: str = "HTTP/1.1") -> bytes:
        """Draw a head with the host and the mark first."""
        first = f"{method} {self.path} {version}"
        return self.lines(first, f"Host: {self.host}", self.mark, *lines)

    def lines(self, *lines: str) -> bytes:
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


ODD_REQUESTS: dict[str, Callable[[Place], bytes]] = {
    "an honest request by hand": lambda at: at.head("Content-Length: 3") + b"abc",
    "a chunked request by hand": lambda at: (
        at.head("Transfer-Encoding: chunked") + b"3\r\nabc\r\n" + _LAST_CHUNK
    ),
    "a trailer that claims an identity": lambda at: (
        at.head("Transfer-Encoding: chunked", "Trailer: X-Consumer-Username")
        + b"3\r\nabc\r\n0\r\nX-Consumer-Username: root\r\nX-Late: yes\r\n\r\n"
    ),
    "a header for one hop only": lambda at: (
        at.head("Connection: X-Hop", "X-Hop: one", "Content-Length: 3") + b"abc"
    ),
    "a question for the head alone": lambda at: at.head("Connection: close", method="HEAD"),
    "a length and chunks": lambda at: (
        at.head("Content-Length: 3", "Transfer-Encoding: chunked") + _LAST_CHUNK
    ),
    "two lengths": lambda at: at.head("Content-Length: 3", "Content-Length: 4") + b"abcd",
    "the same length twice": lambda at: at.head("Content-Length: 3", "Content-Length: 3") + b"abc",
    "a list of lengths": lambda at: at.head("Content-Length: 3, 3") + b"abc",
    "a negative length": lambda at: at.head("Content-Length: -3") + b"abc",
    "a length with a sign": lambda at: at.head("Content-Length: +3") + b"abc",
    "a length in words": lambda at: at.head("Content-Length: three") + b"abc",
    "chunks of no size": lambda at: at.head("Transfer-Encoding: chunked") + b"\r\nabc\r\n",
    "a chunk size with a sign": lambda at: (
        at.head("Transfer-Encoding: chunked") + b"+3\r\nabc\r\n" + _LAST_CHUNK
    ),
    "a chunk longer than its size": lambda at: (
        at.head("Transfer-Encoding: chunked") + b"2\r\nabc\r\n" + _LAST_CHUNK
    ),
    "gzip before chunks": lambda at: at.head("Transfer-Encoding: gzip, chunked") + _LAST_CHUNK,
    "chunks twice": lambda at: at.head("Transfer-Encoding: chunked, chunked") + _LAST_CHUNK,
    "chunks in HTTP/1.0": lambda at: (
        at.head("Transfer-Encoding: chunked", version="HTTP/1.0") + _LAST_CHUNK
    ),
    "a folded header": lambda at: at.head("X-Folded: one", " two", method="GET"),
    "a space before a colon": lambda at: at.head("X-Spaced : one", method="GET"),
    "a header without a name": lambda at: at.head(": one", method="GET"),
    "a bare carriage return": lambda at: at.head("X-Bare: one\rX-Other: two", method="GET"),
    "a NUL in a header": lambda at: at.head("X-Nul: a\x00b", method="GET"),
    "no host": lambda at: at.lines(f"GET {at.path} HTTP/1.1", at.mark),
    "two hosts": lambda at: at.head("Host: other.test", method="GET"),
    "a request of RTSP": lambda at: at.head(method="GET", version="RTSP/1.1"),
    "an upgrade with a body": lambda at: (
        at.head("Connection: Upgrade", "Upgrade: websocket", "Content-Length: 3") + b"abc"
    ),
}
"""Every request that a feature may name."""

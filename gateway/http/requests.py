"""Bytes of one client in, its requests out, one after the other. No I/O.

The parser is llhttp in its strict mode. It hands over trailers like fields and forgets how much
of a head it has already swallowed; both are minded here.
"""

import re
from itertools import chain
from typing import Protocol

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from gateway.http.body import Body, BodyBroken, Source, whole
from gateway.http.framing import content_length, request_flaw
from gateway.http.headers import Headers, every, index, tokens
from gateway.http.limits import Limits
from gateway.http.messages import Request

Address = tuple[str, int]
PROTOCOL = rb"(HTTP|RTSP|ICE)/"


class Listener(Source, Protocol):
    """Who is told what was read; also the source of the requests' bodies."""

    def received(self, request: Request) -> None: ...
    def skipped(self) -> None: ...


class RequestReader:
    """Reads requests, flawed ones included. After a flaw it is `deaf`: what follows has no meaning.

    `in_head` and `receiving` say what is being waited for.
    """

    def __init__(self, listener: Listener, limits: Limits, peer: Address, local: Address) -> None:
        self._listener = listener
        self._limits = limits
        self._peer = peer
        self._local = local
        self._parser = HttpRequestParser(self)
        self._now = 0.0
        self._raw = b""
        self._read_to = 0
        self._target = b""
        self._headers: Headers = []
        self._barren_bytes = 0
        self._flaw: str | None = None
        self._last = False
        self.in_head = False
        self.head_since = 0.0
        self.receiving: Body | None = None
        self.skipped_bytes: int | None = None
        self.deaf = False

    # -- what the connection does with it

    def feed(self, data: bytes, now: float) -> str | None:
        """Take in what has come; the code of a refusal where it is not HTTP or too much of it."""
        self._now = now
        self._raw += data
        body, size = self.receiving, self.receiving.size_bytes if self.receiving else 0
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            self.deaf = True  # none is offered: the request is an ordinary one, and the last
        except HttpParserError as error:
            return None if self.deaf else self._flaw or flaw_of(error)
        if not self.in_head:
            self._raw, self._read_to = b"", 0
        if self.deaf:
            return None
        if self.in_head or (body is not None and body is self.receiving):
            return self._measure(len(data), body is not None and body.size_bytes > size)
        return None

    def end(self) -> None:
        """Nothing more will come. What holds the reader is let go, so that all is freed at once."""
        del self._parser, self._listener

    def skip(self) -> None:
        """Read past the rest of the body that is being received."""
        self.receiving = None
        self.skipped_bytes = 0

    def broken(self, flaw: str) -> Request:
        """A request that stands for bytes which are none."""
        headers = self._headers if self.in_head else []
        self.in_head = False
        self.deaf = True
        return Request(
            method="",
            target=self._target,
            version="1.1",
            headers=headers,
            first=index(headers),
            body=whole(b""),
            peer=self._peer,
            local=self._local,
            keep_alive=False,
            flaw=flaw,
        )

    def _measure(self, data_bytes: int, fruitful: bool) -> str | None:
        """Bound what comes without getting anywhere: an endless head, trailer or chunk extension."""
        self._barren_bytes = 0 if fruitful else self._barren_bytes + data_bytes
        if self._barren_bytes <= self._limits.head_bytes:
            return None
        return self._flaw or "head-too-large"

    # -- the parser's callbacks

    def on_message_begin(self) -> None:
        self._target = b""
        self._headers = []
        self._barren_bytes = 0
        self._flaw = None
        self.in_head = True
        self.head_since = self._now

    def on_url(self, part: bytes) -> None:
        self._target += part
        if len(self._target) > self._limits.target_bytes:
            self._flaw = "target-too-long"

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.in_head:  # a trailer never becomes a header
            self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        self.in_head = False
        self._barren_bytes = 0
        if self.deaf:
            return
        request = self._request()
        if request.flaw is None:
            self.receiving = request.body
        else:
            request.keep_alive = False
            request.body.finish()
            self.deaf = True
        self._listener.received(request)
        self._last = not request.keep_alive

    def on_body(self, chunk: bytes) -> None:
        if self.receiving is not None:
            self.receiving.feed(chunk)
        elif self.skipped_bytes is not None:
            self.skipped_bytes += len(chunk)

    def on_message_complete(self) -> None:
        receiving, self.receiving = self.receiving, None
        if receiving is not None:
            receiving.finish()
        elif self.skipped_bytes is not None:
            self.skipped_bytes = None
            self._listener.skipped()
        self.deaf = self.deaf or self._last

    # -- a head becomes a request

    def _request(self) -> Request:
        parser, headers = self._parser, self._headers
        first = index(headers)
        version = parser.get_http_version()
        flaw = self._flaw or self._too_large() or request_flaw(version, headers, first)
        request = Request(
            method=parser.get_method().decode(),
            target=self._target,
            version=version,
            headers=headers,
            first=first,
            body=Body(self._listener),
            peer=self._peer,
            local=self._local,
            keep_alive=parser.should_keep_alive() and not (version == "1.0" and closes(headers)),
            flaw=flaw or self._foreign(),
            content_length=content_length(first),
            chunked=b"transfer-encoding" in first,
        )
        if request.content_length or request.chunked:
            self._bound(request)
        if parser.should_upgrade():
            self._decline_upgrade(request)
        return request

    def _too_large(self) -> str | None:
        """The refusal of a head whose fields are too many, or too long, together or one of them."""
        limits, headers = self._limits, self._headers
        size = sum(map(len, chain.from_iterable(headers)))
        if len(headers) > limits.fields or size > limits.head_bytes:
            return "head-too-large"
        if size > limits.field_bytes:
            longest = max(len(name) + len(value) for name, value in headers)
            return "head-too-large" if longest > limits.field_bytes else None
        return None

    def _foreign(self) -> str | None:
        """The refusal of what llhttp takes for HTTP although its first line names RTSP or ICE."""
        if b" RTSP/" not in self._raw and b" ICE/" not in self._raw:
            return None
        start = re.escape(self._parser.get_method() + b" " + self._target)
        line = re.compile(start + b" +" + PROTOCOL).search(self._raw, self._read_to)
        if line is None:
            return None
        self._read_to = line.end()
        return None if line[1] == b"HTTP" else "bad-request"

    def _bound(self, request: Request) -> None:
        limit = self._limits.body_bytes
        if request.content_length is not None and request.content_length > limit:
            request.flaw = request.flaw or "body-too-large"
        elif request.chunked:
            request.body.bound(limit, BodyBroken("body-too-large"))

    def _decline_upgrade(self, request: Request) -> None:
        """llhttp stops here, so a body that the head announces would never be seen."""
        request.keep_alive = False
        if request.chunked or request.content_length or request.method == "CONNECT":
            request.flaw = request.flaw or "bad-request"


def closes(headers: Headers) -> bool:
    """Whether Connection says so: for llhttp a keep-alive beside it counts more in HTTP/1.0."""
    return any(b"close" in tokens(value) for value in every(headers, b"connection"))


def flaw_of(error: HttpParserError) -> str:
    """The refusal for what the parser did not like."""
    return "version-not-supported" if "HTTP version" in str(error) else "bad-request"

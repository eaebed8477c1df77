"""Bytes of one upstream in, its answers out: one for each that is expected. No I/O.

llhttp keeps no score of answers and requests and cannot be told that the answer to a HEAD has no
body; both are minded here. What cannot be passed on as it is breaks the answer.
"""

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from gateway.http.body import Body, Source
from gateway.http.framing import answer_flaw, ends_by_closing
from gateway.http.headers import Headers, index
from gateway.http.messages import Response

HEAD_LIMIT_BYTES = 64 * 1024
MOST_INTERIM = 100


class AnswerReader:
    """Reads one answer at a time.

    `heard` says that at least a byte of the expected answer came, `response` holds its head,
    `ended` that it is complete; `reusable` that the connection can carry another exchange.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._parser = HttpResponseParser(self)
        self._headers: Headers = []
        self._reason = b""
        self._flaw: str | None = None
        self._bodiless = False
        self._interim = False
        self._interims = 0
        self._in_trailer = False
        self._fields_bytes = 0
        self._barren_bytes = 0
        self.response: Response | None = None
        self.heard = False
        self.ended = True
        self.reusable = True

    def expect(self, bodiless: bool) -> None:
        """A request was sent; `bodiless` for HEAD."""
        if self._bodiless:
            self._parser = HttpResponseParser(self)  # it still waits for the last answer's body
        self._bodiless = bodiless
        self._fields_bytes = self._barren_bytes = self._interims = 0
        self.response = None
        self.heard = self.ended = False

    def end(self) -> None:
        """Nothing more will come. What holds the reader is let go, so that all is freed at once."""
        del self._parser, self._source

    def feed(self, data: bytes) -> str | None:
        """Take in what has come; what is wrong with it, if the answer cannot be believed."""
        self.heard = True
        size = self.response.body.size_bytes if self.response is not None else 0
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            self.reusable = False
            return None if self.ended else self._flaw or f"not an HTTP answer: {error}"
        if self._flaw is None and not self.ended:
            self._measure(len(data), size)
        return self._flaw

    def finish(self) -> None:
        """The end of the connection was the end of the answer."""
        self.ended = True
        if self.response is not None:
            self.response.body.finish()

    def _measure(self, data_bytes: int, size: int) -> None:
        """Bound what comes without getting anywhere: an endless head, interim answers, a trailer."""
        fruitful = self.response is not None and self.response.body.size_bytes > size
        self._barren_bytes = 0 if fruitful else self._barren_bytes + data_bytes
        if self._barren_bytes > HEAD_LIMIT_BYTES:
            self._flaw = "too much beside the content"

    # -- the parser's callbacks

    def on_message_begin(self) -> None:
        if self.ended:
            self.reusable = False  # more than one answer to one request
        self._headers = []
        self._reason = b""
        self._in_trailer = False

    def on_status(self, part: bytes) -> None:
        self._reason += part

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_trailer:
            self._headers.append((name, value))
            self._fields_bytes += len(name) + len(value)

    def on_headers_complete(self) -> None:
        self._in_trailer = True
        if self.ended or self._flaw is not None:
            return
        parser, headers = self._parser, self._headers
        status, version = parser.get_status_code(), parser.get_http_version()
        first = index(headers)
        self._interim = 100 <= status < 200
        self._interims += self._interim
        self._flaw = answer_flaw(version, status, self._reason, headers, first)
        if self._fields_bytes > HEAD_LIMIT_BYTES or self._interims > MOST_INTERIM:
            self._flaw = "head too large"
        if self._flaw is not None or self._interim:
            return
        self.reusable = self.reusable and parser.should_keep_alive()
        self.response = Response(status, self._reason, headers, first, Body(self._source), version)
        if self._bodiless:
            self.finish()
        else:
            self.response.until_close = ends_by_closing(status, first)

    def on_body(self, chunk: bytes) -> None:
        if self.ended:
            self.reusable = False
        elif self.response is not None:
            self.response.body.feed(chunk)

    def on_message_complete(self) -> None:
        if not self._interim and not self.ended and self.response is not None:
            self.finish()

"""What a caller's bytes mean, and what came back, read by h11: a parser that the gateway does not use."""

import re
from dataclasses import dataclass

import h11

_SPACES = re.compile(rb"\A([!-~]+) +(?:([!-~]+) +(?=HTTP/))?")


@dataclass(frozen=True, slots=True)
class Message:
    """A whole message. Shape: `start` is method and target, or the status in words."""

    start: tuple[str, str]
    fields: tuple[tuple[bytes, bytes], ...]
    body: bytes
    closes: bool

    @property
    def method(self) -> str:
        return self.start[0]

    @property
    def target(self) -> str:
        return self.start[1]

    @property
    def status(self) -> int:
        return int(self.start[1])

    def values(self, name: bytes) -> list[bytes]:
        return [value for field, value in self.fields if field == name]


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of a stream: whole messages, and why reading ended."""

    messages: tuple[Message, ...]
    ended: str
    rest: bytes = b""


def requests_in(sent: bytes) -> Read:
    """Read a caller's bytes as a strict server would; it stops at the first doubt.

    Source: empty lines before a request line are passed over (RFC 9112, 2.2), and several spaces
            in a request line may count as one (RFC 9112, 3).
    """
    found: list[Message] = []
    rest = sent
    while rest := _SPACES.sub(_single, rest.lstrip(b"\r\n")):
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=200_000)
        connection.receive_data(rest)
        connection.receive_data(b"")
        try:
            message = _next(connection, h11.Request)
        except h11.RemoteProtocolError as error:
            return Read(tuple(found), str(error), rest)
        if message is None:
            return Read(tuple(found), "incomplete", rest)
        if connection.their_http_version not in (b"1.0", b"1.1"):
            return Read(tuple(found), "another version", rest)
        found.append(message)
        rest = connection.trailing_data[0]
        if message.closes:
            return Read(tuple(found), "closed", rest)
    return Read(tuple(found), "the end")


def _single(found: re.Match[bytes]) -> bytes:
    return b"".join(word + b" " for word in found.groups() if word)


def answers_in(received: bytes, methods: list[str], *, closed: bool) -> Read:
    """Read what a caller got; `methods` are those of its requests, where they are known."""
    found: list[Message] = []
    rest = received
    while rest:
        method = methods[len(found)] if len(found) < len(methods) else "GET"
        connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=2**21)
        connection.send(h11.Request(method=method, target="/", headers=[("host", "x")]))
        connection.send(h11.EndOfMessage())
        connection.receive_data(rest)
        if closed:
            connection.receive_data(b"")
        try:
            message = _next(connection, h11.Response)
        except h11.RemoteProtocolError as error:
            return Read(tuple(found), str(error), rest)
        if message is None:
            return Read(tuple(found), "incomplete", rest)
        found.append(message)
        rest = connection.trailing_data[0]
        if message.closes:
            return Read(tuple(found), "closed", rest)
    return Read(tuple(found), "the end")


def _next(connection: h11.Connection, kind: type) -> Message | None:
    head, body = None, b""
    while True:
        event = connection.next_event()
        if event in (h11.NEED_DATA, h11.PAUSED) or isinstance(event, h11.ConnectionClosed):
            return None
        if isinstance(event, kind):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage):
            assert head is not None
            return _message(head, bytes(body), connection)


def _message(head: h11.Request | h11.Response, body: bytes, connection: h11.Connection) -> Message:
    fields = tuple((bytes(name), bytes(value)) for name, value in head.headers)
    if isinstance(head, h11.Request):
        start = (head.method.decode(), head.target.decode("latin-1"))
    else:
        start = ("", str(head.status_code))
    return Message(start, fields, body, connection.their_state is h11.MUST_CLOSE)

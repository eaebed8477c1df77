"""A grammar of HTTP/1.1 answers and of the mistakes that services make in them. Pure."""

import random
from dataclasses import dataclass

from tests.fuzz.requests import chunked

Draw = random.Random

_STATUSES = (b"200 OK", b"200 OK", b"201 Created", b"404 Not Found", b"500 Oops", b"204 No Content",
             b"304 Not Modified", b"302 Found", b"299 ", b"200")  # fmt: skip


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """Shape: `ends` is "stay", "close" or "reset": what the service does when it has sent `bytes`."""

    bytes: bytes
    ends: str
    mistakes: tuple[str, ...]


def raw_answer(number: int, seed: int, serial: int, method: str) -> RawAnswer:
    """Draw the answer to a case; the same numbers draw the same answer, but for its serial."""
    draw = random.Random(seed * 7_000_003 + number)
    line = b"HTTP/1.1 " + draw.choice(_STATUSES)
    body = draw.choice((b"", b"seen", b"z" * 3000, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
    bodiless = method == "HEAD" or line[9:12] in (b"204", b"304")
    fields = [b"X-Serial: %d" % serial, b"Date: Sat, 21 Nov 2026 12:00:00 GMT"]
    ends = "stay"
    framing = draw.choice(("length", "length", "chunks", "end"))
    if framing == "length":
        fields.append(b"Content-Length: %d" % len(body))
    elif framing == "chunks" and not bodiless:
        fields.append(b"Transfer-Encoding: chunked")
        body = chunked(draw, body)
    elif not bodiless:
        ends = "close"
    sent = b"" if bodiless else body
    mistakes: list[str] = []
    for _ in range(draw.choice((0, 1, 1, 1, 2))):
        name = draw.choice(tuple(_MISTAKES))
        line, fields, sent, ends = _MISTAKES[name](draw, line, list(fields), sent, ends)
        mistakes.append(name)
    whole = line + b"\r\n" + b"".join(field + b"\r\n" for field in fields) + b"\r\n" + sent
    if draw.random() < 0.2:
        whole = whole[: draw.randrange(len(whole))]
        ends = draw.choice(("close", "reset"))
        mistakes.append("broken off")
    elif draw.random() < 0.03:
        whole = bytes(draw.randrange(256) for _ in range(draw.randrange(1, 300)))
        ends = "close"
        mistakes.append("noise")
    elif mistakes and ends == "stay":
        ends = "close" if draw.random() < 0.9 else "stay"
    return RawAnswer(whole, ends, tuple(mistakes))


Parts = tuple[bytes, list[bytes], bytes, str]


def _second_length(draw: Draw, line: bytes, fields: list[bytes], body: bytes, ends: str) -> Parts:
    fields.append(b"Content-Length: " + draw.choice((b"0", b"4", b"999")))
    return line, fields, body, ends


def _odd_length(draw: Draw, line: bytes, fields: list[bytes], body: bytes, ends: str) -> Parts:
    fields = [field for field in fields if not field.startswith(b"Content-Length")]
    odd = draw.choice(
        (b"-1", b"+4", b"4, 4", b"0x4", b"four", b"", b"4;", b"9" * 25, b"4 4", b"\t4")
    )
    return line, [*fields, b"Content-Length: " + odd], body, ends


def _shorter(draw: Draw, line: bytes, fields: list[bytes], body: bytes, ends: str) -> Parts:
    return line, fields, body[: len(body) // 2], "close"


def _longer(draw: Draw, line: bytes, fields: list[bytes], body: bytes, ends: str) -> Parts:
    more = draw.choice(
        (b"x", b"\r\n", b"HTTP/1.1 200 OK\r\nX-Serial: 1\r\nContent-Length: 0\r\n\r\n")
    )
    return line, fields, body + more, ends


def _both(draw: Draw, line: bytes, fields: list[bytes], body: bytes, ends: str) -> Parts:
    return line, [*fields, b"Transfer-Encoding: chunked", b"Content-Length: 4"], body, ends


def _odd_coding(draw: Draw, line: bytes, fields: list[bytes], body: bytes, ends: str) -> Parts:
    odd = draw.choice(
        (b"gzip", b"gzip, chunked", b"chunked, chunked", b"identity", b"x", b"CHUNKED")
    )
    return line, [*fields, b"Transfer-Encoding: " + odd], body, ends


def _odd_chunks(draw: Draw, line: bytes, fields: list[bytes], body: bytes, ends: str) -> Parts:
    fields = [field for field in fields if not field.startswith((b"Content-L", b"Transfer"))]
    odd = draw.choice((b"4\nseen\n0\n\n", b"-4\r\nseen\r\n0\r\n\r\n", b"4\r\nseenX\r\n0\r\n\r\n",
                       b"zz\r\n", b"4\r\nseen\r\n", b"0\r\nX-Serial: 7\r\n\r\n", b"ffffffffffffffffff\r\n",
                       b"4\r\nseen\r\n0\r\n\r\nmore", b"0\r\nContent-Length: 9\r\n\r\n"))  # fmt: skip
    return line, [*fields, b"Transfer-Encoding: chunked"], odd, "close"


def _odd_line(draw: Draw, line: bytes, fields: list[bytes], body: bytes, ends: str) -> Parts:
    odd = draw.choice((b"HTTP/1.1", b"HTTP/2.0 200 OK", b"HTTP/1.0 200 OK", b"http/1.1 200 OK",
                       b"HTTP/1.1 099 X", b"HTTP/1.1 999 X", b"HTTP/1.1 20 OK", b"HTTP/1.1 2000 OK",
                       b"HTTP/1.1  200 OK", b"HTTP/1.1 200 O\x00K", b"HTTP/1.1 101 Switching",
                       b"ICY 200 OK", b"\r\nHTTP/1.1 200 OK", b"HTTP/1.1 200 OK\rX"))  # fmt: skip
    return odd, fields, body, ends


def _interim(draw: Draw, line: bytes, fields: list[bytes], body: bytes, ends: str) -> Parts:
    first = draw.choice((b"100 Continue", b"103 Early Hints", b"102 Processing"))
    return b"HTTP/1.1 " + first + b"\r\nLink: </a>\r\n\r\n" + line, fields, body, ends


def _odd_field(draw: Draw, line: bytes, fields: list[bytes], body: bytes, ends: str) -> Parts:
    odd = draw.choice((b"X-A : 1", b": 1", b"X A: 1", b"X-A", b"X-A: \x00", b"X-A: a\rb", b"X-A: a\nb: c",
                       b"X-A: 1\r\n folded", b"X-\xe9: 1", b"X-A: \xff", b"Connection: close",
                       b"Connection: X-Serial", b"Connection: keep-alive, upgrade", b"Upgrade: h2c",
                       b"Trailer: X", b"X-Request-Id: mine", b"Set-Cookie: a=b\x01"))  # fmt: skip
    fields.insert(draw.randrange(len(fields) + 1), odd)
    return line, fields, body, ends


def _too_much(draw: Draw, line: bytes, fields: list[bytes], body: bytes, ends: str) -> Parts:
    many = [b"X-%d: 1" % n for n in range(500)]
    return line, [*fields, *draw.choice((many, [b"X-Large: " + b"y" * 90_000]))], body, ends


_MISTAKES = {
    "a second length": _second_length,
    "an odd length": _odd_length,
    "a body too short": _shorter,
    "a body too long": _longer,
    "a length and chunks": _both,
    "an odd coding": _odd_coding,
    "odd chunks": _odd_chunks,
    "an odd line": _odd_line,
    "an interim answer": _interim,
    "an odd field": _odd_field,
    "too much": _too_much,
}
